"""The fixed words of these pages, as they are read."""

from garrod.entry.web.wording import Words

WORDS = Words(
    today="Today",
    how_much_is_open="How much is open",
    whose_tasks="Whose tasks",
    all_of_today="All of today",
    what="What",
    who_for="Who for",
    whose_it_is="Whose it is",
    by_when="By when",
    go_to="Go to",
    for_="for {}",
    urgent="Urgent",
    nobody="Nobody",
    of="of {}",
    open="Open",
    pages_of="Pages of {}",
    back="Back",
    next="Next",
    days_are_those_of_this_servers=(
        "Days are those of this server’s clock (UTC). Only tasks of people whose record you "
        "may see are here."
    ),
    task="Task",
    nothing_was_done_it_has_changed="Nothing was done: it has changed since you saw it",
    what_is_otherwise_now="What is otherwise now",
    you_saw="You saw",
    now="Now",
    what_you_typed_stands_below="What you typed stands below.",
    decide_again_with_what_stands_there="Decide again with what stands there now",
    it_is_closed_now_nothing_is_left_to="It is closed now: nothing is left to decide.",
    nothing_was_done_yet="Nothing was done yet",
    nobody_is_named="Nobody is named",
    state="State",
    whose="Whose",
    asked_by="Asked by",
    what_was_said="What was said",
    it_is_decided_on_its_own_page_and="It is decided on its own page, and is done thereby.",
    what_becomes_of_it="What becomes of it",
    choose_one="Choose one",
    done="Done",
    not_needed_any_more="Not needed any more",
    hand_over="Hand over",
    who_it_goes_to="Who it goes to",
    only_when_it_is_handed_over="only when it is handed over",
    not_chosen="Not chosen",
    what_was_done_or_why="What was done, or why",
    may_be_left_empty_when_it_is_done=(
        "May be left empty when it is done. It is kept with your name."
    ),
    keep_this="Keep this",
    undo_open_it_again="Undo: open it again",
    as_long_as_nobody_else_has_touched="As long as nobody else has touched it.",
)
