"""Each question of the rule language: what answers yes, what no, and what stays unknown."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from garrod.core.errors import KnowledgeError
from garrod.core.finding import Candidate, GeneFinding, Status
from garrod.core.medicine import Coding, MedicineLine
from garrod.core.person import Person
from garrod.science.safety.subject import Subject, subject_of
from tests.making.safety import (
    SNOMED,
    TODAY,
    answer,
    clinical,
    condition,
    line,
    medicine,
    person,
    result,
    subject,
)

HF, BLEED = "84114007", "74474003"
OLD = date(2020, 1, 1)


def gene(*shares: tuple[str, float]) -> GeneFinding:
    """Return a finding of CYP2D6 with these phenotypes."""
    found = tuple(Candidate(p, x, p, keys=(p,)) for p, x in shares)
    return GeneFinding("CYP2D6", Status.CALLED, found)


PEOPLE: dict[str, Person] = {
    "plain": person(),
    "nobody": person(sex="", birth_date=None),
    "man": person(sex="male"),
    "young woman": person(birth_date=date(1996, 1, 1)),
    "pregnant": person(
        birth_date=date(1996, 1, 1), is_pregnant=True, pregnancy_seen=date(2026, 4, 1)
    ),
    "was pregnant": person(birth_date=date(1996, 1, 1), is_pregnant=True, pregnancy_seen=OLD),
    "feeds": person(birth_date=date(1996, 1, 1), is_breastfeeding=True),
    "smokes": person(is_smoker=True),
    "smokes not": person(is_smoker=False),
    "failing": person(conditions=(condition(HF, is_active=False),)),
    "bled": person(conditions=(condition(BLEED, is_active=False, since=OLD),)),
    "bleeds": person(conditions=(condition(BLEED, since=date(2026, 5, 20)),)),
    "bled once": person(conditions=(condition(BLEED),)),
    "worded": person(conditions=(condition("", words="Heart failure NYHA 2"),)),
    "family": person(conditions=(condition("", words="FH: heart failure"),)),
    "icd": person(conditions=(condition("I50.1", system="http://hl7.org/fhir/sid/icd-10"),)),
    "unseen": person(unseen=frozenset(("conditions", "medicines", "results"))),
    "weak": person(
        weight_kg=Decimal(60),
        results=(result("14682-9", "180", "umol/L"), result("2823-3", "5.9", "mmol/L")),
    ),
    "american": person(weight_kg=Decimal(60), results=(result("14682-9", "2.0", "mg/dL"),)),
    "reported": person(results=(result("33914-3", "90", "mL/min/{1.73_m2}", comparator=">"),)),
    "old results": person(
        weight_kg=Decimal(60),
        results=(
            result("14682-9", "180", "umol/L", seen=OLD),
            result("2823-3", "5", "mmol/L", seen=None),
        ),
    ),
    "odd": person(results=(result("2823-3", "59", "mmol/L"), result("59261-8", "7.5", "%"))),
    "bounded": person(results=(result("2823-3", "2.5", "mmol/L", comparator="<"),)),
    "child": person(
        birth_date=date(2016, 1, 1),
        weight_kg=Decimal(30),
        results=(result("14682-9", "50", "umol/L"),),
    ),
    "heavy": person(
        weight_kg=Decimal(140), height_cm=Decimal(160), results=(result("14682-9", "80", "umol/L"),)
    ),
    "reported old": person(
        results=(
            result("33914-3", "90", "mL/min/{1.73_m2}", seen=date(2026, 1, 1)),
            result("14682-9", "180", "umol/L"),
        )
    ),
    "future": person(results=(result("2823-3", "5", "mmol/L", seen=date(2027, 1, 1)),)),
    "none": person(results=(replace(result("2823-3", "5", "mmol/L"), value=None),)),
    "rising": person(
        weight_kg=Decimal(60),
        results=(
            result("14682-9", "80", "umol/L", seen=date(2026, 5, 26)),
            result("14682-9", "180", "umol/L", seen=date(2026, 5, 30)),
        ),
    ),
    "poor": person(findings=(gene(("Poor Metabolizer", 0.99), ("Normal Metabolizer", 0.01)),)),
    "maybe poor": person(findings=(gene(("Poor Metabolizer", 0.5), ("Normal Metabolizer", 0.5)),)),
    "normal": person(findings=(gene(("Normal Metabolizer", 1.0)),)),
    "above": person(results=(result("2823-3", "7", "mmol/L", comparator=">"),)),
    "at most": person(results=(result("2823-3", "3", "mmol/L", comparator="<="),)),
    "in grams": person(results=(result("29463-7", "55000", "g"), result("0-0", "1", "kg"))),
}


@pytest.mark.parametrize(
    ("who", "text", "expected"),
    [
        ("plain", "always", "yes"),
        ("plain", "age >= 65", "yes"),
        ("plain", "age < 65", "no"),
        ("nobody", "age < 65", "unknown"),
        ("plain", "sex female", "yes"),
        ("man", "sex female", "no"),
        ("nobody", "sex female", "unknown"),
        ("plain", "smoker", "unknown"),
        ("smokes", "smoker", "yes"),
        ("smokes not", "smoker", "no"),
        ("plain", "pregnant", "no"),
        ("man", "pregnant", "no"),
        ("young woman", "pregnant", "unknown"),
        ("pregnant", "pregnant", "yes"),
        ("was pregnant", "pregnant", "unknown"),
        ("feeds", "breastfeeding", "yes"),
        ("rising", "measure egfr < 30", "unknown"),
        ("child", "measure crcl < 30", "unknown"),
        ("child", "measure egfr < 30", "unknown"),
        ("nobody", "measure egfr < 30", "unknown"),
        ("heavy", "measure crcl < 300", "yes"),
        ("reported old", "measure egfr < 60", "yes"),
        ("future", "measure potassium < 60", "unknown"),
        ("none", "measure potassium < 60", "unknown"),
        ("young woman", "may_conceive", "yes"),
        ("man", "may_conceive", "no"),
        ("plain", "has heart_failure", "no"),
        ("failing", "has heart_failure", "yes"),  # once is for ever
        ("worded", "has heart_failure", "yes"),
        ("family", "has heart_failure", "no"),
        ("icd", "has heart_failure", "yes"),
        ("unseen", "has heart_failure", "unknown"),
        ("bled", "has gi_bleed", "no"),
        ("bled", "has gi_bleed ever", "yes"),
        ("bled", "has gi_bleed within 365d", "no"),
        ("bleeds", "has gi_bleed within 365d", "yes"),
        ("bled once", "has gi_bleed within 365d", "no"),
        ("bleeds", "has heart_failure|gi_bleed", "yes"),
        ("plain", "measure crcl < 30", "unknown"),
        # (140 − 70) · 60 · 1.04 / 180 = 24.3 mL/min
        ("weak", "measure crcl < 30", "yes"),
        ("weak", "measure crcl < 24", "no"),
        # 2.0 mg/dL is 176.8 µmol/L: 24.7 mL/min
        ("american", "measure crcl < 25", "yes"),
        ("old results", "measure crcl < 30", "unknown"),
        ("rising", "measure crcl < 30", "unknown"),
        ("rising", "rising", "yes"),
        ("weak", "rising", "no"),
        ("weak", "measure egfr < 30", "yes"),
        ("reported", "measure egfr < 30", "no"),
        ("weak", "measure potassium > 5.5", "yes"),
        ("weak", "measure potassium > 5.5 within 10d", "unknown"),
        ("plain", "measure potassium > 5.5", "unknown"),
        ("odd", "measure potassium > 5.5", "unknown"),
        ("odd", "measure hba1c > 48", "unknown"),  # 7.5 % is not 75 mmol/mol
        ("old results", "measure potassium > 4", "unknown"),
        ("bounded", "measure potassium < 3", "yes"),
        ("bounded", "measure potassium > 3", "no"),
        ("bounded", "measure potassium < 2", "unknown"),
        ("bounded", "measure potassium >= 2.5", "no"),
        ("bounded", "measure potassium = 2", "unknown"),
        ("above", "measure potassium > 6", "yes"),
        ("above", "measure potassium <= 7", "no"),
        ("above", "measure potassium > 8", "unknown"),
        ("at most", "measure potassium <= 3", "yes"),
        ("at most", "measure potassium > 3", "no"),
        ("at most", "measure potassium < 3", "unknown"),
        ("at most", "measure potassium >= 3", "unknown"),
        ("in grams", "measure weight < 56", "yes"),
        ("weak", "measure weight < 60", "no"),
        ("plain", "measure weight < 60", "unknown"),
        ("weak", "measured potassium within 90d", "yes"),
        ("weak", "measured potassium within 10d", "no"),
        ("weak", "measured hba1c|potassium within 90d", "yes"),
        ("unseen", "measured potassium within 90d", "unknown"),
        ("plain", 'gene CYP2D6 "Poor Metabolizer"', "unknown"),
        ("poor", 'gene CYP2D6 "Poor Metabolizer|Intermediate Metabolizer"', "yes"),
        ("maybe poor", 'gene CYP2D6 "Poor Metabolizer"', "unknown"),
        ("normal", 'gene CYP2D6 "Poor Metabolizer"', "no"),
        ("plain", "dose > 20", "no"),  # of no line in particular
        ("plain", "not (sex male or age < 65)", "yes"),
        ("plain", "smoker and sex male", "no"),
        ("plain", "smoker or sex female", "yes"),
    ],
)
def test_question_about_a_person(who: str, text: str, expected: str) -> None:
    assert answer(text, subject(PEOPLE[who])).truth.value == expected


LINES = {
    "on it": subject(taken=[line("ibuprofen"), line("omeprazole", started=date(2026, 1, 1))]),
    "gel": subject(taken=[line("ibuprofen", route="topical"), line("naproxen")]),
    "dosed": subject(
        taken=[
            line("ibuprofen", daily_mg=Decimal(1200), route="oral", started=date(2026, 5, 1)),
            line("naproxen"),
        ]
    ),
    "dosed late": subject(taken=[line("omeprazole"), line("ibuprofen", daily_mg=Decimal(1200))]),
    "for it": subject(taken=[line("ibuprofen", reasons=(Coding(SNOMED, HF),), is_as_needed=True)]),
    "stopped": subject(
        taken=[line("ibuprofen")], past=[line("omeprazole", ended=date(2026, 5, 1))]
    ),
    "proposed": subject(proposed=[line("ibuprofen")]),
    "again": subject(
        taken=[line("ibuprofen", started=date(2026, 1, 1))], proposed=[line("ibuprofen")]
    ),
    "unseen": subject(PEOPLE["unseen"], taken=[line("ibuprofen")]),
}


@pytest.mark.parametrize(
    ("who", "text", "expected"),
    [
        ("on it", "taking @ppi", "yes"),
        ("on it", "taking @ppi|naproxen", "yes"),
        ("on it", "taking @nsaid", "no"),  # only the line in question itself
        ("on it", "taking @ppi for 90d", "yes"),
        ("on it", "taking @ppi for 300d", "no"),
        ("on it", "taking @ppi dose > 20", "unknown"),
        ("on it", "took naproxen within 10d", "no"),
        ("dosed late", "taking @nsaid dose > 1000", "yes"),
        ("unseen", "taking @ppi", "unknown"),
        ("unseen", "took @ppi within 100d", "unknown"),
        ("unseen", "count @nsaid >= 2", "unknown"),
        ("gel", "taking @nsaid", "yes"),
        ("gel", "taking @nsaid by topical", "no"),
        ("gel", "taking @nsaid by any", "yes"),
        ("gel", "count @nsaid >= 2", "no"),
        ("gel", "count @ppi = 0", "yes"),
        ("dosed", "taking naproxen for 90d", "unknown"),
        ("on it", "took @ppi within 100d", "yes"),
        ("stopped", "took @ppi within 100d", "yes"),
        ("stopped", "took @ppi within 10d", "no"),
        ("on it", "took ibuprofen within 10d", "no"),  # the line in question itself
        ("dosed", "dose > 1000", "yes"),
        ("on it", "dose > 1000", "unknown"),
        ("dosed", "dosed", "yes"),
        ("on it", "dosed", "no"),
        ("dosed", "route oral|rectal", "yes"),
        ("on it", "route oral", "unknown"),
        ("gel", "local", "yes"),
        ("dosed", "local", "no"),
        ("proposed", "new", "yes"),
        ("on it", "new", "no"),
        ("again", "new", "no"),
        ("for it", "as_needed", "yes"),
        ("for it", "indicated heart_failure", "yes"),
        ("for it", "indicated gi_bleed", "no"),
        ("on it", "indicated gi_bleed", "unknown"),
        ("dosed", "taken for 30d", "yes"),
        ("dosed", "taken for 90d", "no"),
        ("on it", "taken for 90d", "unknown"),
        ("proposed", "taken for 90d", "no"),
        ("dosed", "other dose > 1000", "no"),
    ],
)
def test_question_about_lines(who: str, text: str, expected: str) -> None:
    assert answer(text, LINES[who], about=0).truth.value == expected


def test_dose_of_a_product_of_two_is_neither_s() -> None:
    both = line("naproxen with omeprazole", daily_mg=Decimal(1000))
    named = (medicine("naproxen"), medicine("omeprazole"))
    who = subject_of(person(), [(both, named)], clinical(), today=TODAY)
    assert answer("dose > 500", who, about=0).truth.value == "unknown"
    assert answer("dosed", who, about=0).truth.value == "no"
    assert answer("taking naproxen dose > 500", who).truth.value == "unknown"


def test_other_asks_the_other_line_of_a_pair() -> None:
    who = LINES["dosed"]
    assert answer("other dose > 1000", who, about=1, other=0).is_yes
    assert answer("taking @nsaid", who, about=1, other=0).is_no  # neither counts itself


def test_answer_names_the_entry_that_it_stands_in() -> None:
    found = answer(
        "has gi_bleed and taking @ppi", subject(PEOPLE["bleeds"], taken=[line("omeprazole")])
    )
    assert [f.text for f in found.facts] == ["on record: 74474003 (2026-05-20)", "takes omeprazole"]
    assert found.facts[1].ref == "MedicationRequest/omeprazole"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "found none"),
        ("age", "expected < or"),
        ("age >= old", "'old' is no number"),
        ("agee > 3", "'agee' is no question"),
        ("always always", "one word too many"),
        ("(always", "expected \\)"),
        ("has hart_failure", "no condition"),
        ("has gi_bleed within year", "no number of days"),
        ("measure haemoglobn < 3", "no measure"),
        ("measured haemoglobn within 3d", "no measure"),
        ("measured potassium", "“within …d” is expected"),
        ("taking @nsaids", "no set"),
        ("took @nsaid", "“within …d” is expected"),
        ("route orally", "no route"),
        ("indicated hart_failure", "no condition"),
        ("taken", "“for …d” is expected"),
        ('age > "65', "cannot be read from character 7"),
    ],
)
def test_expression_that_cannot_be_read_is_named(text: str, said: str) -> None:
    with pytest.raises(KnowledgeError, match=said) as raised:
        answer(text, subject())
    assert raised.value.code == "KNO010"
    assert "rule 'r'" in str(raised.value)


DAILY = {"daily_mg": Decimal(3000)}


@pytest.mark.parametrize(
    ("who", "about", "expected", "said"),
    [
        (subject(taken=[line("ibuprofen", **DAILY)]), 0, "no", "ibuprofen 3000 mg a day in all"),
        (subject(taken=[line("ibuprofen")]), 0, "unknown", "in ibuprofen is not known"),
        (
            subject(taken=[line("ibuprofen", **DAILY), line("ibuprofen", daily_mg=Decimal(1500))]),
            0, "yes", "4500 mg a day in all",
        ),
        (
            subject(taken=[line("ibuprofen", daily_mg=Decimal(4000)), line("ibuprofen")]),
            1, "yes", "4000 mg a day in all, and what is in ibuprofen",
        ),
        (
            subject(taken=[line("ibuprofen", **DAILY), line("ibuprofen")]),
            0, "unknown", "in ibuprofen is not known",
        ),
        (
            subject(taken=[line("ibuprofen", **DAILY)], proposed=[line("ibuprofen", **DAILY)]),
            1, "no", "3000 mg",
        ),
        (
            subject(proposed=[line("ibuprofen", **DAILY), line("ibuprofen", **DAILY)]),
            0, "yes", "6000 mg",
        ),
        (
            subject(
                taken=[line("ibuprofen", **DAILY), line("ibuprofen", route="topical", **DAILY)]
            ),
            0, "no", "3000 mg",
        ),
    ],
)  # fmt: skip
def test_doses_of_all_lines_of_an_ingredient_add_up(
    who: Subject, about: int, expected: str, said: str
) -> None:
    found = answer("total > 4000", who, about=about)
    assert found.truth.value == expected
    told = [f.text for f in found.facts] + [m.text for m in found.missing]
    assert said in " ".join(told)


def test_product_of_several_ingredients_adds_to_the_one_that_is_taken_alone() -> None:
    alone = line("paracetamol", daily_mg=Decimal(4000))
    both = MedicineLine("co-codamol", daily_mg=Decimal(240))
    named = (both, (medicine("codeine"), medicine("paracetamol")))
    who = subject_of(
        person(), [(alone, (medicine("paracetamol"),))], clinical(), today=TODAY, proposed=[named]
    )
    found = answer("total > 4000", who, about=2)
    assert found.is_yes
    assert "4000 mg a day in all, and what is in co-codamol" in found.facts[0].text
    assert answer("total > 4000", who, about=1).truth.value == "unknown"
