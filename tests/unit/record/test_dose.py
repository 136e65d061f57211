"""Doses that cannot be given are refused; directions are read as written or not at all."""

import json
from collections.abc import Iterator
from datetime import time
from decimal import Decimal
from pathlib import Path

import pytest

from garrod.care.record.medication.dose import (
    Amount,
    Every,
    Limit,
    PeriodUnit,
    Regimen,
    Span,
    Step,
    Timing,
    VariableByInr,
    Weekday,
    When,
    single,
    timing_of,
)
from garrod.care.record.medication.dose_reading import NotRead, read_words
from garrod.care.record.medication.dose_words import words_of, words_of_steps
from garrod.core.errors import InputError

ONE = Amount(Decimal(1), "tablet")
MG = Amount(Decimal(3), "mg")
MON, WED, FRI = Weekday.MON, Weekday.WED, Weekday.FRI


@pytest.mark.parametrize(
    "make",
    [
        lambda: Amount(Decimal(0), "mg"),
        lambda: Amount(Decimal("NaN"), "mg"),
        lambda: Amount(Decimal(2), "mg", Decimal(2)),
        lambda: Amount(Decimal(2), "spoons"),
        lambda: Every(0),
        lambda: Every(None),
        lambda: Every(2, 0),
        lambda: Every(2, times_max=2),
        lambda: Every(1, 6, period_max=4),
        lambda: Every(2, 4, period_max=6),
        lambda: Timing(when=(When.NIGHT, When.MORNING)),
        lambda: Timing(when=(When.NIGHT,), at=(time(8),)),
        lambda: Timing(at=(time(8, 0, 1),)),
        lambda: Timing(days=tuple(Weekday)),
        lambda: Timing(Every(), (When.NIGHT,)),
        lambda: Timing(Every(), days=(MON,)),
        lambda: Timing(Every(1, 2), days=(MON,)),
        lambda: Timing(when=(When.AFTER_FOOD,), offset_minutes=0),
        lambda: Timing(when=(When.WITH_FOOD,), offset_minutes=30),
        lambda: timing_of(every=Every(3), when=[When.NIGHT]),
        lambda: timing_of(every=Every(3, 1, PeriodUnit.WEEK), days=[MON]),
        lambda: Span(0, PeriodUnit.DAY),
        lambda: Limit(Amount(Decimal(1), "g", Decimal(2)), Span(1, PeriodUnit.DAY)),
        lambda: Step(),
        lambda: Step(ONE, route="sideways"),
        lambda: Step(ONE, method="throw"),
        lambda: Step(ONE, needed_for="pain"),
        lambda: Step(ONE, doses_in_all=0),
        lambda: Step(ONE, site="left (upper) arm"),
        lambda: Step(ONE, notes=("",)),
        lambda: Step(ONE, notes=("two  blanks",)),
        lambda: Regimen(()),
        lambda: Regimen(((Step(ONE),), (Step(ONE),))),
        lambda: VariableByInr(Decimal(3), Decimal(2)),
        lambda: VariableByInr(Decimal(2), Decimal(3), (MG,)),
        lambda: VariableByInr(Decimal(2), Decimal(3), (None,) * 7),
        lambda: VariableByInr(Decimal(2), Decimal(3), (Amount(Decimal(3)),) * 7),
        lambda: VariableByInr(Decimal(2), Decimal(3), route="sideways"),
    ],
)
def test_dose_that_cannot_be_given_is_refused(make: object) -> None:
    with pytest.raises(InputError, match="not one that can be given") as caught:
        make()  # type: ignore[operator]
    assert caught.value.code == "REC101"


def test_what_can_be_said_in_two_ways_is_kept_in_one() -> None:
    assert timing_of(every=Every(), when=[When.NIGHT]) == Timing(when=(When.NIGHT,))
    both = (When.MORNING, When.NIGHT)
    assert timing_of(every=Every(2), when=both[::-1]) == Timing(when=both)
    assert timing_of(every=Every(2), at=[time(20), time(8)]) == Timing(at=(time(8), time(20)))
    weekly = Every(2, 1, PeriodUnit.WEEK)
    assert timing_of(every=weekly, days=[FRI, MON]) == Timing(days=(MON, FRI))
    assert timing_of(every=Every(), days=[MON]) == Timing(days=(MON,))
    assert timing_of(days=list(Weekday)) == Timing(Every())
    assert timing_of(every=Every(3), when=[When.AFTER_FOOD]).every == Every(3)


READ = [
    ("1 tablet twice a day", "1 tablet, twice a day"),
    ("5ml three times a day when required", "5 mL, 3 times a day, when required"),
    ("one to be taken at night", "Take 1 of the product (unit not stated), at night"),
    (
        "take ONE daily after food",
        "Take 1 of the product (unit not stated), once a day, after food",
    ),
    ("One 5ml spoonful to be taken every SIX hours", "Take 5 mL, every 6 hours"),
    ("ONE puff to be inhaled TWICE a day", "Inhale 1 puff, twice a day"),
    (
        "EIGHT (8) tablets to be taken DAILY for two days. Take these tablets with or after food.",
        "Take 8 tablets, once a day, with or after food, for 2 days",
    ),
    ("1 tablet per day", "1 tablet, once a day"),
    ("40 mg daily", "40 mg, once a day"),
    ("2 tabs qds prn", "2 tablets, 4 times a day, when required"),
    ("half a tablet mane", "Half a tablet, in the morning"),
    ("one and a half tablets bd", "1.5 tablets, twice a day"),
    ("1½ tablets bd", "1.5 tablets, twice a day"),
    ("1,000 units od", "1000 units, once a day"),
    ("10 mg once weekly on Monday", "10 mg, on Monday"),
    ("1 tab on Mon, Wed & Fri", "1 tablet, on Monday, Wednesday and Friday"),
    ("1 tablet at 8am and 8pm", "1 tablet, at 08:00 and 20:00"),
    ("1 tablet at 8.30 am", "1 tablet, at 08:30"),
    ("1 tablet 12 hourly", "1 tablet, every 12 hours"),
    ("500mg IV q6h x 3 days", "500 mg intravenously, every 6 hours, for 3 days"),
    ("1 tablet every 4-6 hours", "1 tablet, every 4 to 6 hours"),
    ("1 capsule on alternate days", "1 capsule, every 2 days"),
    ("one sachet twice or three times a day", "1 sachet, 2 to 3 times a day"),
    (
        "1-2 tablets up to four times a day for pain prn".replace("for pain prn", "prn for pain"),
        "1 to 2 tablets, up to 4 times a day, when required for pain",
    ),
    (
        "Take 2 tablets every 6 hours, maximum 8 tablets in 24 hours",
        "Take 2 tablets, every 6 hours, up to 8 tablets in 24 hours",
    ),
    (
        "1 tablet an hour before food",
        "1 tablet, 60 minutes before food",
    ),
    ("1 drop to the left eye four times a day", "1 drop, to the left eye, 4 times a day"),
    (
        "40 mg daily for 5 days then 20mg daily for 5 days then stat 5 mg",
        "40 mg, once a day, for 5 days; then 20 mg, once a day, for 5 days; then 5 mg, "
        "as a single dose",
    ),
    ("5mg mane and 2.5mg nocte", "5 mg, in the morning; and 2.5 mg, at night"),
    ("1 vial every 3 months", "1 vial, every 3 months"),
    ("1 application 3 times every 2 weeks", "1 application, 3 times every 2 weeks"),
]


@pytest.mark.parametrize(("text", "said"), READ)
def test_common_spellings_are_read(text: str, said: str) -> None:
    dose = read_words(text)
    assert not isinstance(dose, NotRead), dose.reason
    assert words_of(dose) == said
    assert read_words(said) == dose


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no words"),
        ("as directed", "directions elsewhere"),
        ("take as per yellow book", "directions elsewhere"),
        ("2 daily", "read in two ways"),
        ("1-2 daily", "read in two ways"),
        ("40 mg a day", "at once or in parts"),
        ("2 tablets per day", "at once or in parts"),
        ("10 mg per week", "not understood"),
        ("1 tablet at 13pm", "'at 13pm'"),
        ("1 tablet (8) daily", "not understood: (8)"),
        ("6 weekly", "read in two ways"),
        ("1 tablet bi-weekly", "read in two ways"),
        ("1 2 daily", "read in two ways"),
        ("take two three times a day", "so many at a time, or so many times"),
        ("1 drop od in left eye", "the right eye"),
        ("2,5 mg daily", "comma within a number"),
        (".5 mg daily", "begins with a point"),
        ("1/2 tablet daily", "stroke"),
        ("1 tablet at 12pm", "read in two ways"),
        ("1 tablet at 25:00", "'at 25:00'"),
        ("1 tablet daily avoid alcohol", "not understood: 'avoid alcohol'"),
        ("not daily", "not understood: 'not daily'"),
        ("1 tablet bd tds", "every is said twice"),
        ("10 mg daily 10 mg", "amount is said twice"),
        ("1 tablet three times a day at night", "how often is said twice"),
        ("3 tablets (6mg) daily", "not understood: (6mg)"),
        ("EIGHT (6) tablets daily", "not understood: (6)"),
        ("EIGHT (lots) tablets daily", "not understood: (lots)"),
        ("1 tablet at night and", "ends with and"),
        ("1 tablet and daily", "not understood"),
        ("1 tablet at night and avoid alcohol", "not understood"),
        ("1 tablet «0»", "guillemets"),
        ("10 U daily", "not understood"),
        ("1 tablet daily then 2 tablets daily", "does not say when it is over"),
        ("by mouth", "neither how much nor when"),
        ("1 tablet at night and 2 tablets in the morning for 5 days", "not understood"),
        ("Varies by INR, target 2 to 3; Monday 3 mg", "not one of seven days"),
        (
            "Varies by INR, target 2 to 3; Monday 3 mg, Tuesday lots, Wednesday none, "
            "Thursday none, Friday none, Saturday none, Sunday none",
            "not understood: 'tuesday lots'",
        ),
        ("Varies by INR, target 3 to 2; current plan not known", "no range of INR"),
    ],
)
def test_wrong_or_ambiguous_directions_are_not_read(text: str, reason: str) -> None:
    found = read_words(text)
    assert isinstance(found, NotRead), words_of(found)
    assert reason in found.reason
    assert found.text == text


def test_warfarin_has_one_wording_with_a_plan_for_each_day() -> None:
    plan = (MG, MG, None, MG, MG, MG, Amount(Decimal("1.5"), "mg"))
    dose = VariableByInr(Decimal(2), Decimal("3.0"), plan, "oral", When.EVENING)
    assert words_of(dose) == (
        "Varies by INR, target 2 to 3, by mouth, in the evening; Monday 3 mg, Tuesday 3 mg, "
        "Wednesday none, Thursday 3 mg, Friday 3 mg, Saturday 3 mg, Sunday 1.5 mg"
    )
    assert read_words(words_of(dose)) == dose


def test_free_words_stand_in_brackets_and_are_kept_as_they_are() -> None:
    step = Step(
        ONE,
        site="front of the belly",
        is_as_needed=True,
        needed_for="COPD; then worse",
        notes=("Take 2, with Water",),
    )
    said = words_of(single(step))
    assert said == (
        "1 tablet, (site: front of the belly), when required (for: COPD; then worse), "
        "(note: Take 2, with Water)"
    )
    assert read_words(said) == single(step)


def test_words_of_steps_are_those_of_the_regimen() -> None:
    dose = read_words("40 mg daily for 5 days then 20 mg daily")
    assert isinstance(dose, Regimen)
    assert words_of_steps(dose) == ("40 mg, once a day, for 5 days", "20 mg, once a day")


def dosages(node: object) -> Iterator[str]:
    """Yield the words of every dosage in a JSON value."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name in ("dosageInstruction", "dosage") and isinstance(value, list):
                yield from (d["text"] for d in value if isinstance(d, dict) and "text" in d)
            yield from dosages(value)
    elif isinstance(node, list):
        for value in node:
            yield from dosages(value)


@pytest.mark.shared
def test_directions_of_real_messages_are_read_back_or_refused_with_a_reason(shared: Path) -> None:
    texts = set()
    for folder in ("nhs-eps", "hl7-r4-examples", "nhs-iops-GPConnectDirectCareAPIs-R4"):
        for path in sorted((shared / "fhir" / folder).rglob("*.json")):
            texts |= set(dosages(json.loads(path.read_text(encoding="utf-8"))))
    read = {text: dose for text in texts if not isinstance(dose := read_words(text), NotRead)}
    assert all(read_words(words_of(dose)) == dose for dose in read.values())
    assert (len(texts), len(read)) == (76, 50)
