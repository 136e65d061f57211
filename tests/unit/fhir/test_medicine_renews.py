"""What an order or a line of a list says that it goes on with."""

from typing import Any

import pytest

from garrod.adapters.fhir.bundle import NOBODY, Own
from garrod.adapters.fhir.medicine import line_of


def order(**fields: Any) -> dict[str, Any]:
    named = {"medicationCodeableConcept": {"text": "Ramipril 5 mg capsules"}}
    return {"resourceType": "MedicationRequest", "id": "new", **named, **fields}


def to(reference: str) -> dict[str, str]:
    return {"reference": reference}


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"priorPrescription": to("MedicationRequest/1")}, ("MedicationRequest/1",)),
        ({"priorPrescription": to("https://ehr/r4/MedicationRequest/1/_history/3")},
         ("MedicationRequest/1",)),
        ({"intent": "instance-order", "basedOn": [to("MedicationRequest/plan")]},
         ("MedicationRequest/plan",)),
        ({"basedOn": [to("CarePlan/1"), to("ServiceRequest/2")]}, ()),
        ({"basedOn": [to("MedicationRequest/1"), to("MedicationRequest/1")]},
         ("MedicationRequest/1",)),
        ({"priorPrescription": to("#inside"),
          "contained": [{"resourceType": "MedicationRequest", "id": "inside"}]}, ()),
        ({"priorPrescription": {"display": "the last one"}}, ()),
        ({"identifier": [{"system": "urn:site", "value": "t1"}]}, ("urn:site|t1",)),
        ({"identifier": [{"value": "1"}, {"system": "urn:site"}]}, ()),
        ({"priorPrescription": "MedicationRequest/1", "identifier": "t1"}, ()),
    ],
)  # fmt: skip
def test_order_goes_on_with_what_it_refers_to(
    fields: dict[str, Any], wanted: tuple[str, ...]
) -> None:
    assert line_of(order(**fields), NOBODY).renews == wanted


def test_reference_within_a_bundle_is_followed_to_the_resource() -> None:
    own = Own(entries=(("urn:uuid:7", {"resourceType": "MedicationRequest", "id": "1"}),))
    found = line_of(order(priorPrescription=to("urn:uuid:7")), own)
    assert found.renews == ("MedicationRequest/1",)


def test_statement_belongs_to_what_it_is_derived_from() -> None:
    statement = {
        **order(derivedFrom=[to("MedicationRequest/1"), to("MedicationDispense/2")]),
        "resourceType": "MedicationStatement",
    }
    assert line_of(statement, NOBODY).renews == ("MedicationRequest/1",)
