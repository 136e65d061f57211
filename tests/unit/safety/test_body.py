"""Weekly doses, doses by weight, weeks of a pregnancy, the liver's score: what is not known."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from garrod.core.errors import KnowledgeError
from garrod.core.medicine import MedicineLine
from garrod.core.person import Condition, Person, Result, Sign
from garrod.core.quantity import Quantity
from garrod.science.safety.atoms_body import weekly_mg, weeks_of
from garrod.science.safety.atoms_line import ATOMS
from garrod.science.safety.language import Asked, compiled
from garrod.science.safety.liver import Score, child_pugh, grade_in
from garrod.science.safety.subject import Subject, Taken, subject_of
from garrod.science.safety.truth import Answer
from tests.making.decisions import KNOWLEDGE

CLINICAL = KNOWLEDGE.clinical
TODAY = date(2026, 6, 1)
CHILD = Person("Patient/x", birth_date=date(2018, 1, 1), weight_kg=Decimal(20), weight_seen=TODAY)
ADULT = replace(CHILD, birth_date=date(1980, 1, 1))


def subject(person: Person, *, taken: str = "") -> Subject:
    found = KNOWLEDGE.medicines.find(taken) if taken else None
    named = [(MedicineLine(taken), (found,))] if found else []
    return subject_of(person, named, CLINICAL, today=TODAY)


def answer(text: str, person: Person, line: MedicineLine | None = None) -> Answer:
    taken = Taken("x", "x", frozenset(), line) if line else None
    return compiled(text, "r", CLINICAL, ATOMS)(Asked(subject(person), taken))


def lacks(found: Answer) -> list[str]:
    return [m.text for m in found.missing]


def test_week_is_seven_days_of_a_daily_dose_and_nothing_of_a_product_of_several() -> None:
    line = MedicineLine("x", weekly_mg=Decimal(10))
    assert weekly_mg(Taken("x", "x", frozenset(), line)) == 10
    assert weekly_mg(Taken("x", "x", frozenset(), line, is_alone=False)) is None
    assert weekly_mg(Taken("x", "x", frozenset(), MedicineLine("x", daily_mg=Decimal(2)))) == 14
    assert answer("weekly > 9", ADULT, line).is_yes
    assert answer("weekly > 10", ADULT, line).is_no
    assert answer("weekly > 9", ADULT).is_no
    found = answer("weekly > 9", ADULT, MedicineLine("x"))
    assert lacks(found) == ["the weekly dose of x is not known"]


@pytest.mark.parametrize(
    ("person", "is_known"),
    [
        (CHILD, True),
        (replace(CHILD, weight_seen=TODAY - timedelta(days=180)), True),
        (replace(CHILD, weight_seen=TODAY - timedelta(days=181)), False),
        (replace(CHILD, weight_seen=None), False),
        (replace(CHILD, weight_kg=None), False),
        (replace(CHILD, weight_kg=Decimal(0)), False),
        (replace(ADULT, weight_kg=Decimal(0)), False),
        (replace(ADULT, weight_seen=TODAY - timedelta(days=300)), True),
        (replace(CHILD, birth_date=None, weight_seen=TODAY - timedelta(days=300)), True),
    ],
)
def test_weight_of_a_child_holds_for_half_a_year(person: Person, is_known: bool) -> None:
    found = answer("per_kg > 10", person, MedicineLine("x", daily_mg=Decimal(220)))
    assert found.is_yes is is_known
    assert lacks(found) == ([] if is_known else ["body weight: no result in that time"])


def test_weight_that_was_measured_counts_by_its_own_day() -> None:
    result = Result("weight", (), Quantity(Decimal(22), "kg"), seen=TODAY - timedelta(days=10))
    found = replace(CHILD, results=(result,), weight_seen=None)
    line = MedicineLine("x", daily_mg=Decimal(220))
    assert answer("per_kg >= 10", found, line).is_yes
    assert answer("per_kg > 10", found, line).is_no
    assert answer("per_kg > 10", found).is_no
    assert lacks(answer("per_kg > 10", found, MedicineLine("x"))) == [
        "the daily dose of x is not known"
    ]


@pytest.mark.parametrize(
    ("ahead", "weeks"),
    [(280, 0), (141, 19), (140, 20), (0, 40), (-21, 43), (-22, None), (281, None)],
)
def test_weeks_are_counted_back_from_the_day_of_birth(ahead: int, weeks: int | None) -> None:
    assert weeks_of(TODAY + timedelta(days=ahead), TODAY) == weeks
    assert weeks_of(None, TODAY) is None


def test_pregnancy_is_asked_for_before_its_weeks() -> None:
    woman = replace(ADULT, sex="female", due_date=TODAY + timedelta(days=100))
    assert answer("gestation >= 25w", woman).is_yes
    assert answer("gestation >= 26w", woman).is_no
    not_now = replace(woman, is_pregnant=False, pregnancy_seen=TODAY)
    assert answer("gestation >= 1w", not_now).is_no
    assert answer("gestation >= 1w", replace(woman, sex="male")).is_no
    unknown = answer("gestation >= 1w", replace(woman, due_date=None))
    assert lacks(unknown) == ["how far the pregnancy is is not known"]
    for text in ("gestation >= 20", "gestation >= xw", "gestation 20w"):
        with pytest.raises(KnowledgeError):
            compiled(text, "r", CLINICAL, ATOMS)


def liver(signs: tuple[Sign, ...] = (), **values: str) -> Person:
    """Return a person with signs, and with results of some days ago."""
    units = {"bilirubin": "umol/L", "albumin": "g/L", "inr": "{INR}"}
    results = tuple(
        Result(
            name,
            (),
            Quantity(Decimal(value.strip("<>")), units[name]),
            comparator=value[: len(value) - len(value.strip("<>"))],
            seen=TODAY - timedelta(days=3),
        )
        for name, value in values.items()
    )
    return replace(ADULT, results=results, signs=signs)


BOTH = (Sign("ascites", "none", TODAY), Sign("encephalopathy", "none", TODAY))


def test_score_adds_up_when_all_five_are_known() -> None:
    found = child_pugh(subject(liver(bilirubin="20", albumin="40", inr="1.0", signs=BOTH)))
    assert found.value == 5
    assert found.inputs == (
        *("bilirubin 20 umol/L", "albumin 40 g/L", "INR 1.0"),
        *("ascites: none", "hepatic encephalopathy: none"),
    )
    worst = tuple(replace(sign, grade="severe") for sign in BOTH)
    assert (
        child_pugh(subject(liver(bilirubin="99", albumin="20", inr="3", signs=worst))).value == 15
    )


KNOWN = {"bilirubin": "20", "albumin": "40", "inr": "1.0"}
NOT_LOOKED_FOR = "hepatic encephalopathy (not looked for in that time)"


@pytest.mark.parametrize(
    ("values", "signs", "missing"),
    [
        ({**KNOWN, "bilirubin": "<20"}, BOTH, "bilirubin (only known as <20)"),
        ({"bilirubin": "20", "inr": "1.0"}, BOTH, "albumin (no result)"),
        (KNOWN, BOTH[:1], NOT_LOOKED_FOR),
        (KNOWN, (BOTH[0], replace(BOTH[1], seen=TODAY - timedelta(days=85))), NOT_LOOKED_FOR),
        (KNOWN, (replace(BOTH[0], seen=None), BOTH[1]), "ascites (not looked for in that time)"),
    ],
)
def test_score_lacks_what_is_not_known(
    values: dict[str, str], signs: tuple[Sign, ...], missing: str
) -> None:
    found = child_pugh(subject(liver(signs, **values)))
    assert found == Score(None, found.inputs, (missing,))
    assert len(found.inputs) == 4


def test_inr_under_an_anticoagulant_is_not_the_livers() -> None:
    person = liver(bilirubin="20", albumin="40", inr="2.5", signs=BOTH)
    assert child_pugh(subject(person, taken="warfarin")).missing == (
        "INR (an anticoagulant raises it, whatever the liver does)",
    )


@pytest.mark.parametrize(
    ("words", "points"),
    [
        ("Tense ascites", 7),
        ("Mild ascites, controlled by diuretics", 6),
        ("Ascites", None),
        ("Umbilical hernia", None),
    ],
)
def test_condition_on_record_tells_of_a_sign_that_nobody_looked_for(
    words: str, points: int | None
) -> None:
    person = liver(bilirubin="20", albumin="40", inr="1.0", signs=BOTH[1:])
    had = replace(person, conditions=(Condition(words),))
    assert child_pugh(subject(had)).value == points
    over = replace(person, conditions=(Condition(words, is_active=False),))
    assert child_pugh(subject(over)).value is None


def test_grades_are_told_by_words() -> None:
    assert [grade_in(w) for w in ("Grade 3", "grade II", "slight", "seen")] == [
        *("severe", "mild", "mild", ""),
    ]


def test_score_is_asked_of_a_diseased_liver_alone() -> None:
    text, line = "measure child_pugh >= 7", MedicineLine("x")
    assert answer(text, liver(), line).is_no
    assert lacks(answer(text, replace(ADULT, unseen=frozenset(("conditions",))), line)) == [
        "the list of conditions could not be seen"
    ]
