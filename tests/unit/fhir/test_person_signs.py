"""When a birth is expected, ascites and encephalopathy: as observations of a record say them."""

from datetime import date
from typing import Any

import pytest

from garrod.adapters.fhir.bundle import Own
from garrod.adapters.fhir.person_signs import due_date_of, signs_of
from garrod.core.person import Sign

DUE = {"valueDateTime": "2026-09-01"}


def observation(code: str, words: str = "", *, on: str = "2026-05-01", **more: Any) -> Any:
    """Return an observation of a person."""
    return {
        "resourceType": "Observation",
        "id": "o1",
        "status": "final",
        "code": {"coding": [{"code": code}], "text": words},
        "subject": {"reference": "Patient/1"},
        "effectiveDateTime": on,
        **more,
    }


def own(*resources: Any) -> Own:
    return Own(frozenset(("Patient/1",)), tuple((f"urn:{n}", r) for n, r in enumerate(resources)))


def weeks(value: Any, unit: str = "wk") -> dict[str, Any]:
    return {"valueQuantity": {"value": value, "unit": unit, "code": unit}}


@pytest.mark.parametrize(
    ("observations", "due"),
    [
        ([observation("11778-8", **DUE)], date(2026, 9, 1)),
        ([observation("18185-9", **weeks(20))], date(2026, 9, 18)),  # 140 days after 1 May
        ([observation("49051-6", **weeks(140, "d"))], date(2026, 9, 18)),
        ([observation("11778-8", **DUE), observation("18185-9", on="2026-04-01", **weeks(20))],
         date(2026, 9, 1)),
        ([observation("11778-8", **DUE), observation("18185-9", on="2026-05-08", **weeks(20))],
         date(2026, 9, 25)),
        ([observation("18185-9", **weeks(44))], None),
        ([observation("18185-9", **weeks("x"))], None),
        ([observation("18185-9", **weeks(20, "kg"))], None),
        ([observation("18185-9", on="", **weeks(20))], None),
        ([observation("18185-9", valueString="20 weeks")], None),
        ([observation("18185-9", valueQuantity={"value": 20, "code": "wk", "comparator": "<"})],
         None),
        ([observation("11778-8", valueString="in autumn")], None),
        ([observation("11778-8", status="entered-in-error", **DUE)], None),
        ([], None),
    ],
)  # fmt: skip
def test_day_of_birth_is_that_of_the_newest_observation(
    observations: list[Any], due: date | None
) -> None:
    assert due_date_of(own(*observations)) == due


def coded(code: str = "", words: str = "") -> dict[str, Any]:
    coding = [{"code": code}] if code else []
    return {"valueCodeableConcept": {"coding": coding, "text": words}}


@pytest.mark.parametrize(
    ("given", "grade"),
    [
        (observation("389026000", valueBoolean=True), ""),
        (observation("389026000", valueBoolean=False), "none"),
        (observation("389026000", **coded("2667000")), "none"),
        (observation("x", "Ascites", **coded("y", "Mild")), "mild"),
        (observation("x", "Ascites on ultrasound", valueString=" None "), "none"),
        (observation("x", "Ascites", valueString="Tense"), "severe"),
        (observation("x", "Ascites", **coded("y")), ""),
        (observation("389026000"), None),
        (observation("389026000", status="cancelled", valueBoolean=True), None),
        (observation("x", "Bilirubin", valueString="mild"), None),
    ],
)
def test_sign_is_read_with_its_grade(given: Any, grade: str | None) -> None:
    expected = (
        [Sign("ascites", grade, date(2026, 5, 1), "Observation/o1")] if grade is not None else []
    )
    assert list(signs_of(own(given))) == expected


def test_encephalopathy_is_that_of_the_liver() -> None:
    hepatic = observation("x", "Hepatic encephalopathy (West Haven)", valueString="Grade 2")
    other = observation("x", "Hypertensive encephalopathy", valueString="severe")
    (found,) = signs_of(own(hepatic, other))
    assert (found.name, found.grade) == ("encephalopathy", "mild")
