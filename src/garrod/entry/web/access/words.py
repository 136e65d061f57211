"""The fixed words of these pages, as they are read."""

from garrod.entry.web.wording import Words

WORDS = Words(
    access_history="Access history",
    nobody_was_found="Nobody was found",
    nhs_number_or_record_id="NHS number or record id",
    show="Show",
    records_opened_in_an_emergency="Records opened in an emergency",
    those_that_nobody_has_judged_stand=(
        "Those that nobody has judged stand first, the newest on top; 50 at most"
    ),
    when="When",
    by_whom="By whom",
    why="Why",
    record="Record",
    what_it_was="What it was",
    judge="Judge",
    none_has_been_opened="None has been opened.",
    was_there_an_emergency="Was there an emergency?",
    all_records_opened_in_an_emergency="All records opened in an emergency",
    nothing_was_decided="Nothing was decided",
    opened_a_record_on="{} ({}) opened a record on {}.",
    they_said_why="They said why:",
    what_was_looked_at_in_the_history="What was looked at, in the history of record {}",
    decided="Decided: {}",
    what_was_it="What was it?",
    at_least_characters_it_is_kept_with=(
        "At least {} characters. It is kept, with your name, and cannot be changed."
    ),
    decide="Decide",
    who_saw_your_record="Who saw your record",
    who_saw_this_record="Who saw this record",
    who="Who",
    where="Where",
    what="What",
    proof="Proof",
    with_=", with {}",
    not_stated="Not stated",
    not_checked="Not checked",
    not_sealed_yet="Not sealed yet",
    every_time_it_was_looked_at_written=(
        "Every time it was looked at, written to or refused, for as long as it is kept here. "
        "The newest stands first."
    ),
    record_2="Record {}",
    each_line_comes_with_a_proof_that=(
        "Each line comes with a proof that it is in a sealed log of {} entries. Your browser "
        "checks them where it runs scripts; here it has not."
    ),
    sealed_a_line_that_is_newer_has_its=(
        "Sealed {}. A line that is newer has its proof within a minute."
    ),
    opened_in_an_emergency="Opened in an emergency",
    looked_at_without_a_tie_to_the=(
        "Looked at without a tie to the person, or against a consent, for the reason given"
    ),
    earlier_emergencies="Earlier emergencies",
    your="your",
    this="this",
    nobody_has_opened_record_in_an="Nobody has opened {} record in an emergency.",
    all_else="All else",
    everybody_else_who_asked_and_what=(
        "Everybody else who asked, and what they were given or refused"
    ),
    earlier_lines="Earlier lines",
    nobody_else_has_looked="Nobody else has looked.",
    back_to_the_newest_lines="Back to the newest lines",
)
