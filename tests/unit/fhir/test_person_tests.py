"""Measured values as received, and what was asked for and has no result yet."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from garrod.adapters.fhir.person_tests import is_genetic
from garrod.adapters.fhir.units import ucum_of
from garrod.core.person import ANY_GENE, GeneState, Result
from garrod.core.quantity import Quantity
from tests.making.persons import LOINC, WHO, amount, concept, observation, person_of


def only(**more: Any) -> Result:
    (found,) = person_of(observation(**more)).results
    return found


def test_result_keeps_amount_day_code_and_reference() -> None:
    found = only(valueQuantity=amount(4.1, "mmol/L"))
    assert found.value == Quantity(Decimal("4.1"), "mmol/L")
    assert (found.text, found.seen, found.why_unread) == ("Potassium", date(2026, 5, 1), "")
    assert [(c.system, c.code) for c in found.codings] == [(LOINC, "2823-3")]
    assert (found.reference, found.comparator) == ("Observation/o1", "")


@pytest.mark.parametrize(
    ("status", "is_read"),
    [
        ("final", True),
        ("amended", True),
        ("corrected", True),
        ("preliminary", False),
        ("registered", False),
        ("cancelled", False),
        ("entered-in-error", False),
        ("unknown", False),
    ],
)
def test_only_results_that_stand_are_read(status: str, is_read: bool) -> None:
    person = person_of(observation(status=status, valueQuantity=amount(4.1, "mmol/L")))
    assert bool(person.results) is is_read


def test_components_are_results_of_their_own() -> None:
    def part(code: str, value: int) -> dict[str, Any]:
        return {"code": concept(LOINC, code), "valueQuantity": amount(value, "mm[Hg]")}

    pressure = observation(code="85354-9", component=[part("8480-6", 128), part("8462-4", 76)])
    found = person_of(pressure).results
    assert [(r.codings[0].code, str(r.value)) for r in found] == [
        ("8480-6", "128 mm[Hg]"),
        ("8462-4", "76 mm[Hg]"),
    ]
    assert {r.seen for r in found} == {date(2026, 5, 1)}


@pytest.mark.parametrize(
    ("more", "value", "comparator"),
    [
        ({"valueQuantity": amount(90, "mL/min", comparator=">")}, "90 mL/min", ">"),
        ({"valueString": ">90 mL/min"}, "90 mL/min", ">"),
        ({"valueString": " <= 0.5 mg/L"}, "0.5 mg/L", "<="),
        ({"valueString": "2.4"}, "2.4 1", ""),
        ({"valueInteger": 7}, "7 1", ""),
        ({"valueQuantity": {"value": 2.4}}, "2.4 1", ""),
        ({"valueQuantity": {"value": 88, "unit": "micromol/L"}}, "88 umol/L", ""),
        ({"valueQuantity": {"value": 88, "unit": "µmol/L"}}, "88 umol/L", ""),
    ],
)
def test_amounts_are_read_as_they_are_written(
    more: dict[str, Any], value: str, comparator: str
) -> None:
    found = only(**more)
    assert (str(found.value), found.comparator) == (value, comparator)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"valueQuantity": {"value": 4, "unit": "spoons"}}, "its unit 'spoons' is not known"),
        ({"valueQuantity": {"unit": "mmol/L"}}, "it has no number"),
        ({"valueQuantity": {"value": True, "unit": "mmol/L"}}, "it has no number"),
        ({"valueQuantity": amount(4, "mmol/L", comparator="~")}, "comparator '~' is not known"),
        ({"valueString": "haemolysed"}, "given in words"),
        ({"dataAbsentReason": {"text": "lost in post"}}, "no value was obtained (lost in post)"),
        ({"dataAbsentReason": {"coding": [{"code": "error"}]}}, "no value was obtained (error)"),
        ({"dataAbsentReason": {}}, "no value was obtained (no reason given)"),
    ],
)
def test_value_that_cannot_be_used_stays_and_says_why(more: dict[str, Any], why: str) -> None:
    found = only(**more)
    assert found.value is None
    assert why in found.why_unread


def test_what_measures_nothing_is_no_result() -> None:
    coded = observation(valueCodeableConcept={"text": "positive"})
    wordy = observation(component=[{"code": {"text": "ref"}, "valueString": "C"}])
    assert person_of(coded, wordy).results == ()


@pytest.mark.parametrize(
    ("more", "seen"),
    [
        ({"effectivePeriod": {"start": "2026-04-01", "end": "2026-04-03"}}, date(2026, 4, 3)),
        ({"effectivePeriod": {"start": "2026-04-01"}}, date(2026, 4, 1)),
        ({"effectiveInstant": "2026-04-02T01:00:00Z"}, date(2026, 4, 2)),
        ({"issued": "2026-04-05T01:00:00Z"}, date(2026, 4, 5)),
        ({"effectiveDateTime": "2026"}, None),
        ({}, None),
    ],
)
def test_day_of_a_result(more: dict[str, Any], seen: date | None) -> None:
    given = observation(valueQuantity=amount(4, "mmol/L"))
    del given["effectiveDateTime"]
    assert person_of({**given, **more}).results[0].seen == seen


@pytest.mark.parametrize(
    ("quantity", "unit"),
    [
        (amount(1, "mmol/L"), "mmol/L"),
        (amount(1, "mL/min/1.73m2"), "mL/min/{1.73_m2}"),
        ({"unit": "mL/min/1.73m²"}, "mL/min/{1.73_m2}"),
        ({"unit": "x10⁹/L"}, "10*9/L"),
        ({"unit": "Kg"}, "kg"),
        ({"unit": "IU/L"}, "U/L"),
        ({"unit": "mmHg"}, "mm[Hg]"),
        ({"unit": "MMOL/L"}, "mmol/L"),
        ({"unit": "tablets"}, "tablets"),
        ({"system": "http://other", "code": "258797006", "unit": "mmol/L"}, "mmol/L"),
        ({"system": "http://other", "code": "258797006"}, "1"),
        ({}, "1"),
    ],
)
def test_units_as_laboratories_write_them(quantity: dict[str, Any], unit: str) -> None:
    assert ucum_of(quantity) == unit


def asked(words: str = "DPYD genotyping", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "ServiceRequest",
        "id": "q1",
        "status": "active",
        "intent": "order",
        "subject": WHO,
        "code": {"text": words},
        "authoredOn": "2026-05-01",
        **more,
    }


def report(status: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "DiagnosticReport",
        "id": "d1",
        "status": status,
        "subject": WHO,
        "code": {"text": "Pharmacogenomic panel"},
        **more,
    }


def test_request_without_a_result_is_awaited() -> None:
    (found,) = person_of(asked()).requested
    assert (found.text, found.asked, found.reference) == (
        "DPYD genotyping",
        date(2026, 5, 1),
        "ServiceRequest/q1",
    )
    assert found.genes == ("DPYD",)


@pytest.mark.parametrize(
    "more",
    [
        {"status": "completed"},
        {"status": "revoked"},
        {"status": "draft"},
        {"intent": "plan"},
        {"intent": "proposal"},
        {"doNotPerform": True},
    ],
)
def test_what_nobody_asked_for_is_not_awaited(more: dict[str, Any]) -> None:
    assert person_of(asked(**more)).requested == ()


def test_request_with_a_result_is_not_awaited() -> None:
    mine = [{"reference": "https://ehr/ServiceRequest/q1"}]
    assert person_of(asked(), report("final", basedOn=mine)).requested == ()
    value = observation(valueQuantity=amount(4, "mmol/L"), basedOn=mine)
    assert person_of(asked(), value).requested == ()


@pytest.mark.parametrize(("day", "is_awaited"), [("2026-05-02", False), ("2026-04-30", True)])
def test_later_result_of_the_same_code_answers_a_request(day: str, is_awaited: bool) -> None:
    code = concept(LOINC, "2823-3", "Potassium")
    value = observation(valueQuantity=amount(4, "mmol/L"), effectiveDateTime=day)
    person = person_of(asked(code=code), value)
    assert bool(person.requested) is is_awaited


@pytest.mark.parametrize("status", ["registered", "partial", "preliminary"])
def test_report_under_way_is_awaited_once(status: str) -> None:
    (found,) = person_of(report(status)).requested
    assert (found.reference, found.genes) == ("DiagnosticReport/d1", (ANY_GENE,))
    mine = [{"reference": "ServiceRequest/q1"}]
    (both,) = person_of(asked(), report(status, basedOn=mine)).requested
    assert both.reference == "ServiceRequest/q1"


def genotype(status: str, *, gene: str = "DPYD", value: str = "") -> dict[str, Any]:
    told = {"valueCodeableConcept": {"text": value}} if value else {}
    studied = [
        {
            "code": concept(LOINC, "48018-6"),
            "valueCodeableConcept": {"coding": [{"display": gene}]},
        }
    ]
    part = {"component": studied} if gene else {}
    return {**observation("g1", "84413-4", status=status), **told, **part}


@pytest.mark.parametrize(
    ("gene", "told"),
    [("DPYD", GeneState.PENDING), ("TPMT", GeneState.ABSENT), ("", GeneState.PENDING)],
)
def test_registered_genotype_is_pending_for_its_gene(gene: str, told: GeneState) -> None:
    assert person_of(genotype("registered", gene=gene)).gene_state("DPYD") is told


def test_observation_of_nothing_is_not_awaited() -> None:
    assert person_of(observation(status="registered", code="1", effectiveDateTime="")).requested
    empty = {**observation(status="registered"), "code": {}}
    assert person_of(empty).requested == ()


@pytest.mark.parametrize(
    ("words", "genes"),
    [
        ("CYP2C19 and CYP2D6 genotype", ("CYP2C19", "CYP2D6")),
        ("Thiopurine methyltransferase activity", ("TPMT",)),
        ("HLA-B*57:01 test before abacavir", ("HLA-B",)),
        ("Glucose-6-phosphate dehydrogenase screen", ("G6PD",)),
        ("Factor V Leiden", ("F5",)),
        ("dpyd", ("DPYD",)),
        ("PGx panel", (ANY_GENE,)),
        ("Pharmacogenetics", (ANY_GENE,)),
        ("CYP2D60 something", ()),
        ("Full blood count", ()),
        ("Chest X-ray", ()),
    ],
)
def test_genes_of_a_test_by_its_words(words: str, genes: tuple[str, ...]) -> None:
    assert person_of(asked(words)).requested[0].genes == genes


def test_gene_of_a_test_by_a_code_of_hgnc() -> None:
    ordered = asked("genotyping", orderDetail=[concept("http://www.genenames.org", "HGNC:3012")])
    assert person_of(ordered).requested[0].genes == ("DPYD",)


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ({"code": {"text": "Full blood count"}}, False),
        ({"code": {"text": "Lithium level"}}, False),
        ({"code": {"text": "General health check"}}, False),
        ({}, False),
        ({"code": {"text": "CYP2C19 genotype"}}, True),
        ({"code": {"text": "Pharmacogenomic panel"}}, True),
        ({"code": {"text": "Gene panel"}}, True),
        ({"code": {"text": "HLA-B*57:01 before abacavir"}}, True),
        ({"code": {"text": "Panel 37"}, "orderDetail": [{"text": "DPYD"}]}, True),
        ({"code": {"text": "R14"}, "category": [{"coding": [{"code": "GE"}]}]}, True),
    ],
)
def test_genetic_requests_are_told_from_others(request_: dict[str, Any], expected: bool) -> None:
    assert is_genetic({"resourceType": "ServiceRequest", "id": "1", **request_}) is expected
