"""The fixed words of these pages, as they are read."""

from garrod.entry.web.wording import Words

WORDS = Words(
    changed_since_you_opened_this_look="Changed since you opened this: look again",
    not_done_yet="Not done yet",
    all_reconciliations="All reconciliations",
    begin_anew_from_the_list_as_it_is="Begin anew from the list as it is now",
    closed="Closed.",
    were_not_decided_and_stay_as_they="{} were not decided and stay as they were:",
    every_medicine_was_decided="Every medicine was decided.",
    not_decided_yet_what_nobody_decides=(
        "{} not decided yet. What nobody decides stays as it is, and is named with the list."
    ),
    every_medicine_is_decided_nothing=(
        "Every medicine is decided. Nothing is written until you close it."
    ),
    not_decided="Not decided",
    understood_as="Understood as: {}",
    not_on_this_list="Not on this list",
    look_twice="Look twice: {}",
    what_is_decided="What is decided",
    of="of {}",
    why="Why",
    for_=", for {}",
    if_it_changes_how="If it changes: how",
    is_taken="{} is taken",
    if_on_hold_until="If on hold: until",
    when_is_held="when {} is held",
    why_2="Why: {}",
    parts_of_the_list="Parts of the list",
    part="Part {}",
    keep_these_decisions="Keep these decisions",
    hand_the_changes_over_to="Hand the changes over to",
    nobody="Nobody",
    only_what_changed_is_sent_each_with=(
        "Only what changed is sent, each with its reason, and what is still open."
    ),
    close_it_write_the_list_as_decided="Close it: write the list as decided",
    reconcile="Reconcile",
    nothing_was_opened_yet="Nothing was opened yet",
    reconcile_medicines="Reconcile medicines",
    handed_over="Handed over",
    to="To {}, {}",
    no_line_changed="No line changed.",
    not_decided_they_stand_as_they_were="{} not decided: they stand as they were.",
    seen_by="Seen by {}.",
    nobody_there_has_said_yet_that_they="Nobody there has said yet that they saw it.",
    i_have_seen_these_changes="I have seen these changes",
    question="Question:",
    answer="Answer:",
    not_answered_yet_it_waits_as_a_task=(
        "Not answered yet. It waits as a task of whoever handed this over."
    ),
    your_answer="Your answer",
    to_2="to: {}",
    send_the_answer="Send the answer",
    something_is_not_clear_ask_back="Something is not clear: ask back",
    of_what_was_handed_over=", of what was handed over {}",
    what_is_not_clear="What is not clear",
    send_the_question_back="Send the question back",
    under_way="Under way",
    none="No reconciliation is under way.",
    begin_one="Begin one",
    at_what="At what",
    this_records_own_list_is_put_beside=(
        "This record’s own list is put beside the lists that you write or paste here: one "
        "medicine a line, its directions after a dash, such as “Ramipril 5 mg capsules - one "
        "each morning”."
    ),
    put_them_side_by_side="Put them side by side",
)
