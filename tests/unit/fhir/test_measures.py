"""What observations say of a person: the newest of each, in a unit that is known, or not at all."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from garrod.adapters.fhir import measures
from garrod.adapters.fhir.person import read_person
from garrod.core.errors import FhirError
from garrod.core.identifiers import is_verhoeff
from garrod.core.person import ETHNICITIES, Person
from tests.unit.fhir.test_person import PATIENT, bundle, medicine
from tests.unit.fhir.test_reading import places

Json = dict[str, Any]


def seen(code: str, when: str = "2026-11-01", **value: Any) -> Json:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "effectiveDateTime": when,
        **value,
    }


def sized(code: str, value: object, unit: str, when: str = "2026-11-01", **more: Any) -> Json:
    quantity = {"value": value, "unit": unit, "code": unit, **more}
    return seen(code, when, valueQuantity=quantity)


def answered(code: str, answer: str, when: str = "2026-11-01") -> Json:
    return seen(code, when, valueCodeableConcept={"coding": [{"code": answer}]})


def person(tmp_path: Path, *resources: Json, **patient: Any) -> Person:
    return read_person(bundle(tmp_path, {**PATIENT, **patient}, *resources)).person


@pytest.mark.parametrize(
    ("value", "unit", "height_cm"), [(172, "cm", "172"), (1.72, "m", "172"), (172.5, "cm", "172.5")]
)
def test_height_is_read_in_centimetres(
    tmp_path: Path, value: float, unit: str, height_cm: str
) -> None:
    found = person(tmp_path, sized("8302-2", value, unit))
    assert found.height_cm == Decimal(height_cm)
    assert found.notes == ()


@pytest.mark.parametrize(
    "quantity",
    [
        sized("29463-7", 158, "[lb_av]"),
        sized("29463-7", 158, ""),
        sized("29463-7", 172, "cm"),
        sized("29463-7", 0, "kg"),
        sized("29463-7", "heavy", "kg"),
        sized("29463-7", 50, "kg", comparator="<"),
        seen("29463-7", valueString="70 kg"),
    ],
)
def test_weight_that_cannot_be_told_is_noted_and_an_older_one_is_not_used(
    tmp_path: Path, quantity: Json
) -> None:
    older = sized("29463-7", 70, "kg", "2020-01-01")
    found = person(tmp_path, older, quantity)
    assert found.weight_kg is None
    assert any("the newest weight" in note and "kg" in note for note in found.notes)


def test_newest_value_is_read_whichever_way_it_is_dated(tmp_path: Path) -> None:
    old = sized("29463-7", 60, "kg", "2024-01-01")
    undated = {**sized("29463-7", 61, "kg"), "effectiveDateTime": None}
    period = {**undated, "effectivePeriod": {"start": "2025-06-01"}}
    period["valueQuantity"] = {"value": 62, "unit": "kg"}
    empty = seen("29463-7", "2026-01-01", dataAbsentReason={"text": "refused"})
    withdrawn = {**sized("29463-7", 63, "kg"), "status": "entered-in-error"}
    found = person(tmp_path, old, undated, period, empty, withdrawn)
    assert (found.weight_kg, found.weight_seen) == (62, date(2025, 6, 1))
    assert person(tmp_path, undated).weight_kg == 61


@pytest.mark.parametrize(
    ("code", "answer", "is_so"),
    [
        *[("82810-3", code, True) for code in measures.PREGNANT],
        *[("82810-3", code, False) for code in measures.NOT_PREGNANT],
        ("82810-3", "LA4489-6", None),
        ("82810-3", "146799005", None),  # possible pregnancy
    ],
)
def test_pregnancy_is_yes_no_or_unknown(
    tmp_path: Path, code: str, answer: str, is_so: bool | None
) -> None:
    found = person(tmp_path, answered(code, answer))
    assert found.is_pregnant is is_so
    assert found.pregnancy_seen == date(2026, 11, 1)


@pytest.mark.parametrize(
    ("answer", "is_so"),
    [
        *[(code, True) for code in measures.FEEDING],
        *[(code, False) for code in measures.NOT_FEEDING],
        ("LA4489-6", None),
    ],
)
def test_breastfeeding_is_yes_no_or_unknown(
    tmp_path: Path, answer: str, is_so: bool | None
) -> None:
    found = person(tmp_path, answered("63895-7", answer))
    assert found.is_breastfeeding is is_so
    assert found.breastfeeding_seen == date(2026, 11, 1)
    assert person(tmp_path).breastfeeding_seen is None


def test_breastfeeding_is_read_from_a_plain_yes_or_no(tmp_path: Path) -> None:
    assert person(tmp_path, seen("63895-7", valueBoolean=False)).is_breastfeeding is False
    assert person(tmp_path, seen("63895-7", valueBoolean=True)).is_breastfeeding is True


@pytest.mark.parametrize(
    ("answer", "is_so"),
    [
        *[(code, True) for code in measures.SMOKES],
        *[(code, False) for code in measures.SMOKES_NOT],
        ("LA18979-7", None),  # a smoker, whether still is unknown
        ("LA18980-5", None),
    ],
)
def test_smoking_is_what_the_person_does_now(
    tmp_path: Path, answer: str, is_so: bool | None
) -> None:
    assert person(tmp_path, answered("72166-2", answer)).is_smoker is is_so


def test_answer_that_says_both_is_unknown(tmp_path: Path) -> None:
    both = {"coding": [{"code": "LA18976-3"}, {"code": "LA18978-9"}]}
    assert person(tmp_path, seen("72166-2", valueCodeableConcept=both)).is_smoker is None


def test_codes_of_snomed_have_their_check_digit() -> None:
    answers = (*measures.PREGNANT, *measures.NOT_PREGNANT, *measures.FEEDING)
    answers += (*measures.SMOKES, *measures.SMOKES_NOT, *measures.NOT_FEEDING)
    assert all(is_verhoeff(code) for code in answers if code.isdigit())


def uk(code: str) -> Json:
    url = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory"
    return {"url": url, "valueCodeableConcept": {"coding": [{"code": code}]}}


def us(*codes: str) -> Json:
    url = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-race"
    named = [{"url": "ombCategory", "valueCoding": {"code": code}} for code in codes]
    return {"url": url, "extension": [*named, {"url": "text", "valueString": "as told"}]}


@pytest.mark.parametrize(
    ("extensions", "group"),
    [
        ([uk("A")], "white"),
        ([uk("F")], "mixed"),
        ([uk("J")], "asian"),
        ([uk("R")], "asian"),
        ([uk("N")], "black"),
        ([uk("S")], "other"),
        ([uk("Z")], ""),
        ([uk("99")], ""),
        ([us("2106-3")], "white"),
        ([us("2054-5", "2028-9")], "mixed"),
        ([us("1002-5")], "other"),
        ([us("UNK")], ""),
        ([us()], ""),
        ([{"url": "urn:another", "valueString": "x"}], ""),
        ([], ""),
    ],
)
def test_ethnicity_is_a_coarse_group_or_unknown(
    tmp_path: Path, extensions: list[Json], group: str
) -> None:
    found = person(tmp_path, extension=extensions).ethnicity
    assert found == group
    assert found in ("", *ETHNICITIES)


def goal(*targets: Json, status: str = "active", code: str = "6301-6") -> Json:
    measured = {"coding": [{"code": code}]}
    return {
        "resourceType": "Goal",
        "lifecycleStatus": status,
        "subject": {"reference": "Patient/p1"},
        "target": [{"measure": measured, **target} for target in targets],
    }


TWO_TO_THREE = {"detailRange": {"low": {"value": 2}, "high": {"value": 3, "code": "{INR}"}}}


@pytest.mark.parametrize(
    ("given", "inr"),
    [
        (goal(TWO_TO_THREE), "2.5"),
        (goal({"detailQuantity": {"value": 3.5, "code": "1"}}), "3.5"),
        (goal(TWO_TO_THREE, TWO_TO_THREE), "2.5"),
        (goal(TWO_TO_THREE, code="34714-6"), "2.5"),
        (goal(TWO_TO_THREE, status="cancelled"), None),
        (goal(TWO_TO_THREE, code="718-7"), None),
    ],
)
def test_target_inr_is_the_middle_of_the_goal(tmp_path: Path, given: Json, inr: str | None) -> None:
    found = person(tmp_path, given)
    assert found.target_inr == (None if inr is None else Decimal(inr))
    assert found.notes == ()


@pytest.mark.parametrize(
    "given",
    [
        goal(TWO_TO_THREE, {"detailQuantity": {"value": 3.5}}),
        goal({"detailRange": {"low": {"value": 2}}}),
        goal({"detailQuantity": {"value": 2.5, "code": "mg"}}),
        goal({"detailQuantity": {"value": 2.5, "code": "odd"}}),
        goal({}),
    ],
)
def test_target_inr_that_cannot_be_told_is_noted(tmp_path: Path, given: Json) -> None:
    found = person(tmp_path, given)
    assert found.target_inr is None
    assert any("target INR" in note for note in found.notes)


@pytest.mark.parametrize("junk", [None, 1, -1, "s", [], [None], ["s"], {}, True, 1e400])
def test_malformed_measure_or_direction_is_never_a_traceback(tmp_path: Path, junk: object) -> None:
    dose = {"doseQuantity": {"value": 75, "unit": "mg", "code": "mg"}}
    often = {"frequency": 1, "period": 1, "periodUnit": "d", "when": ["MORN"]}
    given = {
        "route": {"coding": [{"code": "PO"}]},
        "timing": {"repeat": often, "code": {"coding": [{"code": "QD"}]}},
        "doseAndRate": [dose],
        "text": "75 mg daily",
    }
    weight, fed = sized("29463-7", 70, "kg"), answered("63895-7", "LA29252-6")
    line, aim = medicine("clopidogrel", dosage=[given]), goal(TWO_TO_THREE)
    origin = {**PATIENT, "extension": [uk("A"), us("2106-3")]}
    whole = bundle(tmp_path, origin, weight, fed, line, aim).read_text()
    for path in places(json.loads(whole)):
        if "resourceType" in path or "entry" in path[-1:]:
            continue
        broken = spot = json.loads(whole)
        for key in path[:-1]:
            spot = spot[key]
        spot[path[-1]] = junk
        written = tmp_path / "broken.json"
        written.write_text(json.dumps(broken))
        try:
            read = read_person(written).person
        except FhirError:
            continue
        assert read.weight_kg is None or read.weight_kg > 0, path
        assert all(m.daily_mg is None or m.daily_mg > 0 for m in read.medicines), path
