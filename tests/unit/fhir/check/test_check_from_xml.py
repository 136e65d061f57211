"""FHIR XML becomes the JSON of the same resource; what is dangerous or unknown is refused."""

from decimal import Decimal

import pytest

from garrod.adapters.fhir.check.facts import Facts
from garrod.adapters.fhir.check.from_xml import from_xml
from garrod.adapters.packs.load import load_shelf
from garrod.core.errors import FhirError

FACTS = Facts(load_shelf())
XHTML = "http://www.w3.org/1999/xhtml"


def read(inside: str, kind: str = "Patient") -> object:
    return from_xml(f'<{kind} xmlns="http://hl7.org/fhir">{inside}</{kind}>'.encode(), FACTS)


def test_values_have_the_json_of_their_type() -> None:
    found = read(
        '<status value="final"/><code><text value="x"/></code><issued value="2026-11-28"/>'
        '<valueQuantity><value value="1.50"/></valueQuantity>'
        '<component><code><text value="y"/></code><valueBoolean value="true"/></component>',
        "Observation",
    )
    assert found == {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "x"},
        "issued": "2026-11-28",
        "valueQuantity": {"value": Decimal("1.50")},
        "component": [{"code": {"text": "y"}, "valueBoolean": True}],
    }
    assert str(found["valueQuantity"]["value"]) == "1.50"  # type: ignore[index]


def test_what_stands_beside_a_primitive_keeps_its_place() -> None:
    extension = '<extension url="u"><valueCode value="c"/></extension>'
    name = f'<name><given value="A"/><given>{extension}</given><given id="g" value="B"/></name>'
    assert read(f'{name}<birthDate id="b" value="1960"/>') == {
        "resourceType": "Patient",
        "name": [
            {
                "given": ["A", None, "B"],
                "_given": [None, {"extension": [{"url": "u", "valueCode": "c"}]}, {"id": "g"}],
            }
        ],
        "birthDate": "1960",
        "_birthDate": {"id": "b"},
    }


def test_narrative_and_contained_resources_are_kept() -> None:
    div = f'<div xmlns="{XHTML}"><p title="a &amp; b">x &lt; y<br/></p>z</div>'
    found = read(
        f'<text><status value="generated"/>{div}</text>'
        '<contained><Device><id value="d"/></Device></contained>'
    )
    assert found["text"]["div"] == div  # type: ignore[index]
    assert found["contained"] == [{"resourceType": "Device", "id": "d"}]  # type: ignore[index]


def test_value_that_is_none_of_its_type_is_left_for_the_check() -> None:
    assert read('<active value="yes"/>') == {"resourceType": "Patient", "active": "yes"}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"<Patient", "not FHIR XML"),
        (b"\xff\xfe<", "not FHIR XML"),
        (b"<Patient/>", "no resource"),
        (b'<Gadget xmlns="http://hl7.org/fhir"/>', "no resource"),
        (b'<Patient xmlns="http://hl7.org/fhir"><nick value="x"/></Patient>', "'nick'"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><Patient xmlns="http://hl7.org/fhir"/>', "declares"),
    ],
)
def test_other_xml_is_refused(content: bytes, told: str) -> None:
    with pytest.raises(FhirError, match=told):
        from_xml(content, FACTS)
