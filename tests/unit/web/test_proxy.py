"""What stands above each page of who acts for somebody."""

from __future__ import annotations

from garrod.entry.web.proxy.presenter import DOES, HIDDEN, SEES, acting_of
from tests.making.reading import age


def test_it_says_whose_record_as_what_and_what_they_may() -> None:
    does = {act: number < 2 for number, act in enumerate(DOES)}
    found = acting_of("Ada", "brother", dict.fromkeys(SEES, True), does)
    assert found.words == "You are looking at Ada’s record as their brother."
    assert found.lines == (
        "You can see: medicines, allergies, tests and genes, choices, who looked.",
        "You can: tell the care team things, choose who sees what.",
        "You cannot: change what the care team wrote, take a copy of the whole record.",
        HIDDEN,
    )


def test_what_may_not_be_seen_is_said_and_a_tie_that_is_not_known_is_not_made_up() -> None:
    nothing = dict.fromkeys(DOES, False)
    found = acting_of("", "", dict.fromkeys(SEES, False), nothing)
    assert found.words == "You are looking at a person’s record, for them."
    assert found.lines[0].startswith("You cannot see: medicines")
    assert not [line for line in found.lines if line.startswith("You can:")]


def test_it_reads_at_twelve() -> None:
    some = dict.fromkeys(DOES, True)
    found = acting_of("Ada", "brother", dict.fromkeys(SEES, True), some)
    assert age("\n".join((found.words, *found.lines))) <= 12
