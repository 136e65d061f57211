"""Days and moments in words, at the precision at which they were written. Pure."""

from __future__ import annotations

from datetime import date, datetime

from garrod.entry.web.prescribe.banner import day
from garrod.entry.web.wording import Words

UNKNOWN = "day not known"
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)


def day_words(written: str) -> str:
    """Return a FHIR date or time as a day, a month or a year in words."""
    parts = written[:10].split("-")
    try:
        numbers = [int(part) for part in parts]
        if len(numbers) == 1:
            return f"{numbers[0]:04}, day not stated"
        if len(numbers) == 2:
            return f"{MONTHS[numbers[1] - 1]} {numbers[0]:04}"
        return day(date(*numbers))
    except (ValueError, IndexError, TypeError):
        return UNKNOWN


def clock_words(at: datetime) -> str:
    """Return a moment of a day: "15:04 UTC on 3 March 2026"."""
    return f"{at:%H:%M} UTC on {day(at.date())}"


WORDS = Words(
    changed_show="This record has changed: show",
    as_of_load_the_page_again_to_see="As of {}. Load the page again to see what came since.",
    summary="Summary",
    what="What",
    newest_value="Newest value",
    how_it_moved="How it moved",
    when="When",
    what_is_open="What is open",
    no_task_is_open_that_you_may_see="No task is open that you may see.",
    awaited="Awaited",
    medicines_now="Medicines now",
    none_on_the_list_ask_what_they_take="None on the list. Ask what they take.",
    all_of_the_list_and_its_history="All of the list, and its history",
    problems="Problems",
    none_recorded_that_is_not_the_same="None recorded. That is not the same as none.",
    that_over="{} that is over | {} that are over",
    allergies="Allergies",
    genes_that_medicines_turn_on="Genes that medicines turn on",
    no_gene_was_read_that_guidance_asks="No gene was read that guidance asks for.",
    the_genome_with_its_proofs="The genome, with its proofs",
    results="Results",
    the_newest_of_each_beside_the_one=(
        "The newest of each, beside the one before it: no judgement is made here"
    ),
    more="{} more",
    measured_longer_ago="Measured longer ago",
    no_value_with_a_number_is_recorded="No value with a number is recorded.",
    where_this_comes_from="Where this comes from",
    timeline_of_all_settings="Timeline of all settings",
    setting="Setting",
    kind="Kind",
    show_these="Show these",
    show_all="Show all",
    which="Which",
    of="{} of {}, {}",
    nothing_is_recorded="Nothing is recorded",
    that_fits_choose_all_settings_or="that fits: choose all settings, or everything",
    pages_of_the_timeline="Pages of the timeline",
    newer="Newer",
    older="Older",
)
