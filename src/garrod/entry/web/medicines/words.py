"""The fixed words of these pages, as they are read."""

from garrod.entry.web.wording import Words

WORDS = Words(
    confirm_the_whole_list="Confirm the whole list",
    changed_since_you_opened_this_look="Changed since you opened this: look again",
    nothing_was_confirmed_yet="Nothing was confirmed yet",
    all_medicines="All medicines",
    every_line_is_spoken_of_it_is=(
        "Every line is spoken of. It is written as a whole, or not at all."
    ),
    what_this_takes_away="What this takes away",
    nothing_every_line_stays_as_it_is="Nothing: every line stays as it is.",
    confirm_the_list_like_this="Confirm the list like this",
    as_it_stands="As it stands",
    stop="Stop",
    why_stops="Why {} stops",
    why_if_it_stops="Why, if it stops",
    there_is_no_line_to_confirm_what_is=(
        "There is no line to confirm: what is confirmed is that the list is empty."
    ),
    look_again_at_what_it_takes_away="Look again at what it takes away",
    go_on_see_what_it_takes_away="Go on: see what it takes away",
    a_medicine_and_its_history="A medicine and its history",
    why="Why",
    in_your_words="In your words",
    needed_for_another_reason="needed for another reason",
    nothing_was_written_yet="Nothing was written yet",
    how="How",
    read_as="Read as",
    what_for="What for",
    whose="Whose",
    last_change="Last change",
    the_last_change_took_away="The last change took away:",
    do_something_about_it="Do something about it",
    how_it_is_to_be_taken_from_now_on="How it is to be taken from now on",
    such_as_5_mg_once_a_day_it_replaces=(
        "Such as: 5 mg once a day. It replaces what stands there as a whole."
    ),
    until_which_day="Until which day",
    or_until_what_has_happened="Or until what has happened",
    prescriptions_that_were_not_handed=(
        "Prescriptions that were not handed out yet are cancelled with it; a task names those"
        " that cannot be."
    ),
    undo_take_back_what_you_did_last="Undo: take back what you did last",
    the_line_stays_and_its_history_says=(
        "The line stays, and its history says both. A prescription that was cancelled stays "
        "cancelled."
    ),
    history_of_this_line="History of this line",
    the_newest_first="The newest first",
    when="When",
    what="What",
    who="Who",
    what_2="What:",
    who_2="Who:",
    why_2="Why:",
    medicines="Medicines",
    how_2="How:",
    understood_as="Understood as: {}",
    what_for_2="What for:",
    looked_after_by="Looked after by:",
    last_change_2="Last change:",
    medicine="Medicine",
    how_it_is_taken="How it is taken",
    looked_after_by_2="Looked after by",
    that_day_cannot_be_shown="That day cannot be shown",
    back_to_now="Back to now",
    start_a_medicine="Start a medicine",
    reconcile_with_other_lists="Reconcile with other lists",
    taken_on_hold_or_to_begin="{} taken, on hold or to begin",
    no_medicine_stands_on_this_list=(
        "No medicine stands on this list. That is not the same as: takes none."
    ),
    stopped_finished_or_replaced="{} stopped, finished or replaced",
    no_longer_in_force="No longer in force",
    how_complete_this_list_is="How complete this list is",
    the_list_of_another_day="The list of another day",
    what_was_taken_on="What was taken on",
    by_all_that_is_known_unless_the="By all that is known, unless the next field says otherwise",
    as_it_was_known_on="As it was known on",
    what_anybody_here_could_have_read="What anybody here could have read that day",
    show_that_list="Show that list",
    what_changed_and_what_you_wrote="What changed, and what you wrote",
    when_you_read_it="When you read it",
    now="Now",
    as_you_wrote_it="As you wrote it",
    whose_change="Whose change",
    when_you_read_it_2="When you read it:",
    now_2="Now:",
    as_you_wrote_it_2="As you wrote it:",
    whose_change_2="Whose change:",
    what_you_wrote_stands_in_the_form=(
        "What you wrote stands in the form below. Send it again to do it on the list as it is"
        " now, or leave it."
    ),
    you_act_for="You act for",
    change="Change",
    start_a_medicine_on_the_list="Start a medicine on the list",
    this_says_what_is_taken_and=(
        "This says what is taken, and prescribes nothing. Interactions, genes and doses are "
        "checked where it is prescribed:"
    ),
    prescribe_it="prescribe it",
    with_its_form_and_strength_such_as=(
        "With its form and strength, such as Amlodipine 5 mg tablets"
    ),
    optional="optional",
    what_it_is_for="What it is for",
    taken_since="Taken since",
    optional_today_where_nothing_is="optional; today where nothing is said",
    why_it_begins="Why it begins",
    put_it_on_the_list="Put it on the list",
)
