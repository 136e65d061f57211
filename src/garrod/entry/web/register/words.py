"""The fixed words of these pages, as they are read."""

from garrod.entry.web.wording import Words

WORDS = Words(
    uses_of_data="Uses of data",
    who_was_given_data_and_why="Who was given data, and why",
    this_lists_each_time_that_data=(
        "This lists each time that data about people left this place for research or "
        "planning. It also lists each time we said no."
    ),
    the_newest_first="{} use | {} uses, the newest first",
    when="When",
    who_asked="Who asked",
    why="Why",
    what_was_given="What was given",
    how_many_people="How many people",
    what_lets_them="What lets them",
    what_came_of_it="What came of it",
    number="number {}",
    who_asked_2="Who asked:",
    why_2="Why:",
    what_was_given_2="What was given:",
    from_="From: {}",
    how_many_people_2="How many people:",
    what_lets_them_2="What lets them:",
    what_came_of_it_2="What came of it:",
    earlier_uses="Earlier uses",
    no_data_has_been_given_out_from="No data has been given out from here.",
    what_this_does_not_show="What this does not show",
    uses_at_other_places_each_keeps_a="Uses at other places. Each keeps a list of its own.",
    who_looked_at_your_record_to_care=(
        "Who looked at your record to care for you. Your own record has a page for that."
    ),
    small_numbers_we_say_7_or_nothing=(
        "Small numbers. We say “≤ 7” or nothing, so that no one can be picked out."
    ),
    made_from_the_list_that_the_program=(
        "Made from the list that the program keeps as it gives data out. Read {}."
    ),
)
