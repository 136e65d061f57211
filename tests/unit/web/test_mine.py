"""The person's own pages in words: choices, their record, how easy it reads."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from garrod.adapters.fhir.consents import consent_of
from garrod.care.govern.consent.evaluate import ruling
from garrod.care.govern.consent.model import Features, Request
from garrod.core.finding import GeneFinding, Status
from garrod.core.person import Person
from garrod.entry.wallet import Facts
from garrod.entry.web.card import presenter as card
from garrod.entry.web.card.making import genes_that_matter
from garrod.entry.web.consent import presenter as consent
from garrod.entry.web.consent.choices import (
    ALL,
    OFF,
    ON,
    choice_of_place,
    consent_of_choice,
    option_of,
    place_of,
)
from garrod.entry.web.consent.words import OF_PLACES
from garrod.entry.web.mine import presenter as mine
from tests.making.reading import age

BY_CODE = {choice.code: choice for choice in ALL}
PRACTICE = choice_of_place("Organization/practice", "The practice")
AT = "2026-11-28T10:00:00+00:00"
LABEL = {"mental-health": "PSY", "sexual-health": "SEX", "substance-use": "SUD"}


def says(code: str, option: str, labels: set[str], purpose: str = "TREAT") -> bool | None:
    told = consent_of(consent_of_choice(BY_CODE[code], option, "p", AT))
    features = Features("Observation/x", "Observation", ("p",), frozenset(labels))
    asked = Request("Practitioner/a", frozenset(), purpose, datetime(2026, 12, 1, tzinfo=UTC))
    found = ruling([told], features, asked)
    return None if found is None else found.is_permitted


@pytest.mark.parametrize(("code", "label"), LABEL.items())
def test_hidden_is_denied_and_nothing_else_is_ruled(code: str, label: str) -> None:
    assert says(code, ON, {label, "R"}) is False
    assert says(code, ON, {"N"}) is None
    assert says(code, OFF, {label, "R"}) is None


def test_chance_findings_are_told_when_asked_for() -> None:
    told = {"SECONDARY-FINDING", "R"}
    assert says("extra-findings", ON, told) is True
    assert says("extra-findings", OFF, told) is False
    assert says("extra-findings", ON, {"N"}) is None


def test_research_is_said_yes_to_and_withdrawn() -> None:
    assert says("research", ON, {"N"}, "HRESCH") is True
    assert says("research", OFF, {"N"}, "HRESCH") is False
    assert says("research", ON, {"N"}) is None


def test_opt_out_ends_research_and_not_care() -> None:
    assert says("national-opt-out", ON, {"N"}, "HRESCH") is False
    assert says("national-opt-out", ON, {"N"}) is None
    assert says("national-opt-out", OFF, {"N"}, "HRESCH") is None


def test_each_choice_is_a_sort_of_its_own() -> None:
    sorts = {consent_of(consent_of_choice(c, ON, "p", AT)).categories for c in ALL}
    assert len(sorts) == len(ALL)


def test_preview_says_what_changes() -> None:
    (one,) = consent.previews_of(["X"], [[True] * 6], [[True, False, True, True, True, True]])
    assert [c.words for c in one.cells if c.is_changed] == ["can see it now, and will not"]
    assert consent.idle_of((one,), is_new=True) == ""
    (same,) = consent.previews_of(["X"], [[True] * 6], [[True] * 6])
    assert consent.idle_of((same,), is_new=True)
    assert not consent.idle_of((same,), is_new=False)


def test_option_is_read_off_the_consent() -> None:
    assert option_of(None) == OFF
    assert option_of(consent_of_choice(ALL[0], ON, "p", AT)) == ON
    assert option_of(consent_of_choice(ALL[0], OFF, "p", AT)) == OFF


def told_at(place: str, option: str, labels: set[str]) -> bool | None:
    """Return what somebody of a place is permitted by the choice about the practice."""
    told = consent_of(consent_of_choice(PRACTICE, option, "p", AT))
    features = Features("Observation/x", "Observation", ("p",), frozenset(labels))
    at = datetime(2026, 12, 1, tzinfo=UTC)
    found = ruling([told], features, Request("Practitioner/a", frozenset((place,)), "TREAT", at))
    return None if found is None else found.is_permitted


@pytest.mark.parametrize(
    ("option", "labels", "denied"),
    [
        (ON, {"N"}, True), (ON, {"PSY", "R"}, True), (OFF, {"N"}, False), (OFF, {"PSY"}, False),
        ("mental-health", {"PSY", "R"}, True), ("mental-health", {"N"}, False),
        ("mental-health", {"SEX", "R"}, False), ("sexual-health", {"HIV", "R"}, True),
        ("private", {"SUD", "R"}, True), ("private", {"RAW-GENOME", "R"}, True),
        ("private", {"N"}, False),
    ],
)  # fmt: skip
def test_one_place_is_denied_what_was_chosen_and_no_other(
    option: str, labels: set[str], denied: bool
) -> None:
    assert told_at("Organization/practice", option, labels) is (False if denied else None)
    assert told_at("Organization/hospital", option, labels) is None


@pytest.mark.parametrize("option", PRACTICE.options)
def test_choice_of_a_place_is_read_off_its_consent(option: str) -> None:
    body = consent_of_choice(PRACTICE, option, "p", AT)
    assert (place_of(body), option_of(body, PRACTICE)) == ("Organization/practice", option)
    assert place_of(consent_of_choice(ALL[0], ON, "p", AT)) == ""


def test_choices_of_two_places_end_neither_each_other_nor_those_of_all() -> None:
    other = choice_of_place("Organization/hospital", "The hospital")
    sorts = {
        consent_of(consent_of_choice(c, ON, "p", AT)).categories for c in (PRACTICE, other, *ALL)
    }
    assert len(sorts) == len(ALL) + 2


def test_words_about_a_place_read_easily() -> None:
    said = (PRACTICE.words, *PRACTICE.options.values(), OF_PLACES)
    assert age(" ".join(f"{words.rstrip('.')}." for words in said)) <= 12


def test_genes_in_words_say_what_is_not_known() -> None:
    found = mine.mine_of(
        Person(
            "Patient/p",
            findings=(
                GeneFinding("CYP2C19", Status.CALLED, phenotype="Poor Metabolizer"),
                GeneFinding("DPYD", Status.NO_CALL),
            ),
        ),
        date(2026, 11, 28),
        (),
        {},
    )
    assert found.genes[0].expert == "Poor metaboliser"
    assert found.genes[1].means == mine.UNTOLD
    assert mine.mine_of(Person("Patient/p"), date(2026, 1, 1), (), {}).untested == mine.UNTESTED


@pytest.mark.parametrize("phenotype", ["", "n/a", "None defined"])
def test_result_that_has_no_meaning_is_not_said_to_change_a_medicine(phenotype: str) -> None:
    person = Person(
        "Patient/p", findings=(GeneFinding("CYP4F2", Status.CALLED, phenotype=phenotype),)
    )
    (gene,) = mine.mine_of(person, date(2026, 11, 28), (), {}).genes
    assert (gene.means, gene.is_plain) == (mine.UNREAD, True)
    assert list(genes_that_matter(person)) == []


def test_empty_card_never_says_that_all_is_well() -> None:
    shown = card.words_of(
        Facts("A", "x", date(2026, 1, 1), date(2026, 7, 1), unknown=("allergies",), left_out=2)
    )
    assert all(part.none for part in shown.parts)
    assert any("could not read" in note for note in shown.notes)
    assert any("2 more" in note for note in shown.notes)


def texts() -> list[str]:
    choices = [w for c in ALL for w in (c.words,)]
    steady = [w for _, w in consent.STEADY]
    genes = [w for _, w in mine.MEANS]
    said = [mine.OTHER, mine.UNSURE, mine.UNTOLD, mine.UNTESTED, mine.DANGER, consent.IDLE]
    return [*choices, *steady, *genes, *said, consent.CHANGED, *card.NONE.values()]


def test_reads_at_twelve_or_younger() -> None:
    """The whole of it, and no text alone much harder."""
    assert age(" ".join(texts())) <= 12
