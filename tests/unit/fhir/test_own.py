"""A patient's own resources, asked for by their codes: as if each of them were looked at."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from garrod.adapters.fhir.bundle import Own
from garrod.adapters.fhir.json import has_code, one

CODES = st.sampled_from(("a", "b", "c"))
PATIENTS = st.sampled_from(("Patient/1", "Patient/2", "https://other.example/Patient/1", ""))


def coding(code: str | None) -> dict[str, Any]:
    return {"code": code} if code is not None else {"display": "no code"}


@st.composite
def resource(draw: st.DrawFn) -> dict[str, Any]:
    found: dict[str, Any] = {
        "resourceType": draw(st.sampled_from(("Observation", "Condition"))),
        "subject": {"reference": draw(PATIENTS)},
    }
    codings: Any = [coding(code) for code in draw(st.lists(st.none() | CODES, max_size=3))]
    code: Any = draw(st.sampled_from(({"coding": codings}, {"coding": "none"}, "none", {})))
    return found | ({"code": code} if draw(st.booleans()) else {})


@given(st.lists(resource(), max_size=8), st.lists(CODES, max_size=3))
def test_resources_of_some_codes_are_those_that_have_one_of_them_in_order(
    resources: list[dict[str, Any]], codes: list[str]
) -> None:
    own = Own(frozenset(("Patient/1",)), tuple(("", r) for r in resources))
    for kind in ("Observation", "Condition"):
        looked_at = [r for r in own.of(kind) if has_code(one(r, "code"), *codes)]
        found = own.coded(kind, *codes)
        assert list(map(id, found)) == list(map(id, looked_at))


def test_what_is_made_of_the_resources_is_made_once() -> None:
    own, made = Own(), [1, 2]
    assert [own.once("first", made.pop), own.once("first", made.pop)] == [2, 2]
    assert own.once("second", made.pop) == 1
