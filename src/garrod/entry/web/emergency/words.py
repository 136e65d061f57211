"""The fixed words of these pages, as they are read."""

from garrod.entry.web.wording import Words

WORDS = Words(
    open_a_record_in_an_emergency="Open a record in an emergency",
    nothing_was_opened="Nothing was opened",
    when_somebody_may_come_to_harm=(
        "When somebody may come to harm without it. It opens one person’s record to you for "
        "{} minutes, also what they asked to be kept from you."
    ),
    the_person_and_the_privacy_officer=(
        "The person and the privacy officer are told at once: your name, and your reason as "
        "you write it."
    ),
    everything_that_you_look_at_is=(
        "Everything that you look at is written down and stands first in the person’s access "
        "history."
    ),
    the_privacy_officer_looks_at_every="The privacy officer looks at every opening.",
    nhs_number_or_record_id="NHS number or record id",
    an_nhs_number_has_10_digits_like="An NHS number has 10 digits, like 999 123 4567.",
    why_you_need_it_now="Why you need it now",
    at_least_characters_the_person="At least {} characters. The person reads it.",
    open_the_record="Open the record",
    go_back_without_opening_it="Go back without opening it",
)
