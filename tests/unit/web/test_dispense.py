"""What the counter says: nothing that is not known passes for normal, and easy words are easy."""

from __future__ import annotations

from datetime import date

import pytest

from garrod.core.advice import Action, Advice, Because, Target, Tier
from garrod.core.finding import Candidate, GeneFinding, Status
from garrod.core.medicine import Coding, MedicineLine
from garrod.core.person import Allergy, Person, Requested
from garrod.entry.web.dispense import easy
from garrod.entry.web.dispense.easy import sheet_of
from garrod.entry.web.dispense.presenter import NO_DOSE, NO_GENE, day_of, genes_of, on_hold, shut
from garrod.entry.web.notes import CONVERTED, GENES, UNTESTED, explained
from tests.making.reading import age

TODAY = date(2026, 11, 28)
POOR = GeneFinding(
    "CYP2C19", Status.CALLED, (Candidate("*2/*2", 1.0, "Poor Metabolizer"),), "Poor Metabolizer"
)
MOST_AGE = 12


@pytest.mark.parametrize(
    ("person", "said"),
    [
        (Person("Patient/p"), "not tested, which is not the same as normal"),
        (Person("Patient/p", unseen=frozenset(("genetics",))), "could not be read"),
        (Person("Patient/p", requested=(Requested("t", genes=("CYP2C19",)),)), "is awaited"),
        (Person("Patient/p", findings=(POOR,)), "oor metaboliser (*2/*2)"),
        (
            Person("Patient/p", findings=(GeneFinding("CYP2C19", Status.NO_CALL),)),
            "could not be told",
        ),
    ],
)
def test_each_state_of_a_gene_has_its_words(person: Person, said: str) -> None:
    (line,) = genes_of(person, ("CYP2C19",))
    assert line.startswith("CYP2C19: ")
    assert said in line


def test_medicine_without_genes_says_so() -> None:
    assert genes_of(Person("Patient/p"), ()) == (NO_GENE,)


@pytest.mark.parametrize(
    ("order", "is_shut"),
    [
        ({"status": "active", "dosageInstruction": [{"text": "75 mg once a day"}]}, False),
        ({"status": "on-hold", "dosageInstruction": [{"text": "75 mg once a day"}]}, True),
        ({"status": "active", "dosageInstruction": [{"text": "dose to be chosen"}]}, True),
        ({"status": "active"}, True),
    ],
)
def test_order_on_hold_or_without_a_dose_is_not_dispensed(order: object, is_shut: bool) -> None:
    assert bool(shut(order)) is is_shut  # type: ignore[arg-type]


def test_medicine_that_the_list_holds_is_not_dispensed_unless_another_line_of_it_goes_on() -> None:
    code = (Coding("http://www.whocc.no/atc", "C09AA05", "ramipril"),)
    order = MedicineLine("Ramipril 5 mg capsules", code)
    held = MedicineLine("ramipril 5 MG capsules", is_held=True)
    by_code = MedicineLine("Ramipril", code, is_held=True)
    other = MedicineLine("Senna 7.5 mg tablets", is_held=True)
    for lines, is_shut in (
        ((held,), True), ((by_code, other), True), ((other,), False), ((), False),
        ((held, MedicineLine("Ramipril", code)), False),
    ):  # fmt: skip
        assert bool(on_hold(Person("Patient/p", medicines=lines), order)) is is_shut


def test_lack_of_a_dose_is_what_is_said() -> None:
    assert shut({"status": "active", "dosageInstruction": [{}]}) == NO_DOSE


def test_day_that_cannot_be_read_stays_as_written() -> None:
    assert day_of("2026-11-02T10:00:00Z") == "2 November 2026"
    assert day_of("soon") == "soon"
    assert day_of("") == ""


def test_easy_sheet_says_what_is_known_and_what_is_not() -> None:
    line = MedicineLine("aspirin 75 mg", reasons=(Coding("", "", "heart"),), reference="M/1")
    other = MedicineLine("salbutamol", is_as_needed=True)
    person = Person(
        "Patient/p", name="Ada", medicines=(line, other), unseen=frozenset(("results",))
    )
    sheet = sheet_of(person, TODAY, {"M/1": "75 mg once a day"})
    assert sheet.medicines[0].what_for == "Heart"
    assert sheet.medicines[0].how.startswith("75 mg once a day.")
    assert sheet.medicines[1].what_for == easy.UNKNOWN_USE
    assert easy.NEEDED in sheet.medicines[1].how
    assert sheet.allergies_note == easy.NO_ALLERGY
    assert sheet.gaps == (easy.UNSEEN["results"],)


def test_easy_sheet_names_allergies_that_stand() -> None:
    allergies = (Allergy("penicillin"), Allergy("latex", is_active=False))
    sheet = sheet_of(Person("Patient/p", allergies=allergies), TODAY, {})
    assert (sheet.allergies, sheet.allergies_note) == (("Penicillin",), "")


def test_easy_words_are_easy_to_read() -> None:
    said = (*easy.ADVICE, *easy.UNSEEN.values(), easy.HOW, easy.NEEDED, easy.NO_ALLERGY)
    for words in (" ".join(said), easy.UNKNOWN_USE):
        assert age(words) <= MOST_AGE, words


def advice(*steps: tuple[str, str]) -> Advice:
    because = tuple(Because(step, text, "") for step, text in steps)
    return Advice("a", Action.AVOID, Target("x"), Tier.T2, "", "Avoid x", "", because, (), ("p@1",))


def test_explanation_follows_what_the_advice_rests_on() -> None:
    told = explained(advice(("phenotype", "CYP2D6: ultrarapid"), ("diplotype", "CYP2D6 *1/*2xN")))
    assert told is not None
    assert told.words == GENES["CYP2D6"]
    blocked = explained(advice(("phenotype", "CYP2D6: x"), ("behaves-as", "by paroxetine")))
    assert blocked is not None
    assert blocked.words == CONVERTED
    untested = explained(advice(("not-tested", "CYP2C19 has no usable result")))
    assert untested is not None
    assert untested.words == UNTESTED
    assert explained(advice(("rule", "two medicines that bleed together"))) is None


@pytest.mark.parametrize("words", [*GENES.values(), CONVERTED, UNTESTED])
def test_explanation_is_two_sentences(words: str) -> None:
    assert words.count(". ") == 1
    assert words.endswith(".")
