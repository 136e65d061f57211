"""FHIR JSON becomes XML in the order that FHIR defines; what XML has no form for is refused."""

import json
import time

import pytest

from garrod.core.errors import FhirError
from tests.unit.fhir.xml.forms import FHIR, XHTML, Json, exact, written, xml_format


def test_elements_stand_in_the_order_defined() -> None:
    resource = {
        "birthDate": "1960",
        "name": [{"given": ["A", "B"], "family": "Ex", "id": "n"}],
        "resourceType": "Patient",
        "active": False,
        "id": "p1",
    }
    assert written(resource) == (
        f'<Patient {FHIR}><id value="p1"/><active value="false"/><name id="n"><family value="Ex"/>'
        '<given value="A"/><given value="B"/></name><birthDate value="1960"/></Patient>'
    )


def test_body_says_that_it_is_xml_in_utf_8() -> None:
    body = xml_format().to_xml(b'{"resourceType":"Basic","id":"\xc3\xa9"}')
    assert body == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Basic {FHIR}><id value="é"/></Basic>'
    ).encode()  # fmt: skip


@pytest.mark.parametrize("number", ["1.50", "-0", "1e2", "0.0000001", "12345678901234567890"])
def test_numbers_stay_as_written(number: str) -> None:
    body = f'{{"resourceType":"Observation","valueQuantity":{{"value":{number}}}}}'
    assert f'<value value="{number}"/>' in written(body)


def test_texts_stay_as_written() -> None:
    text = "  a & b < c > d \" ' \t\r\n é\u2028\u0085😀]]>"
    resource = {"resourceType": "Patient", "name": [{"text": text}]}
    assert exact(xml_format().from_xml(written(resource).encode())) == resource


BESIDE = {"extension": [{"url": "http://x.example", "valueBoolean": True}]}


@pytest.mark.parametrize(
    "name",
    [
        {"given": ["A", None], "_given": [None, BESIDE]},
        {"given": [None, "B"], "_given": [BESIDE, None]},
        {"_given": [BESIDE, {"id": "x"}]},
        {"family": "Ex", "_family": BESIDE},
        {"_family": {"id": "x", **BESIDE}},
    ],
)
def test_what_stands_beside_a_primitive_comes_back(name: Json) -> None:
    resource = {"resourceType": "Patient", "name": [name]}
    body = xml_format().to_xml(json.dumps(resource).encode())
    assert exact(xml_format().from_xml(body)) == resource


def test_empty_array_says_nothing_and_is_left_out() -> None:
    assert written({"resourceType": "Patient", "name": []}) == f"<Patient {FHIR}/>"


def test_array_that_is_too_short_is_filled_up() -> None:
    found = written(
        {"resourceType": "Patient", "name": [{"given": ["A", "B"], "_given": [BESIDE]}]}
    )
    assert found.count("<given ") == 2


def narrative(div: object) -> Json:
    return {"resourceType": "Patient", "text": {"status": "generated", "div": div}}


@pytest.mark.parametrize(
    ("div", "shown"),
    [
        (f"<div {XHTML}>a<br />b &amp; &#160;</div>", f"<div {XHTML}>a<br />b &amp; &#160;</div>"),
        ("<div>a</div>", f"<div {XHTML}>a</div>"),
        ("<div\n id='x'/>", f"<div {XHTML}\n id='x'/>"),
        (f"<div {XHTML}>a&nbsp;b&eacute;&lt;</div>", f"<div {XHTML}>a&#160;b&#233;&lt;</div>"),
        (
            f"<div {XHTML}><![CDATA[&nbsp;]]><!--&nbsp;--></div>",
            f"<div {XHTML}><![CDATA[&nbsp;]]><!--&nbsp;--></div>",
        ),
    ],
)
def test_narrative_stands_in_its_namespace(div: str, shown: str) -> None:
    assert shown in written(narrative(div))


def refused(body: bytes | Json, code: str) -> str:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(FhirError) as caught:
        xml_format().to_xml(content)
    assert caught.value.code == code, caught.value.message
    return caught.value.message


@pytest.mark.parametrize(
    "div",
    [
        "text",
        "",
        "<p>a</p>",
        "<divx/>",
        "<div>a",
        "<div/><div/>",
        "<div></div></text><active value='true'/><text>",
        "<div>&unheard;</div>",
        "<div xmlns='http://hl7.org/fhir'>a</div>",
        "<!DOCTYPE div><div/>",
        "<?xml version='1.0'?><div/>",
        f"<div {XHTML}><active xmlns='http://hl7.org/fhir' value='true'/></div>",
        "<div>\u0001</div>",
        f"<div>{'<b>' * 500}{'</b>' * 500}</div>",
    ],
)
def test_narrative_that_is_not_one_div_of_xhtml(div: str) -> None:
    assert "Patient.text.div" in refused(narrative(div), "FHR159")


def test_narrative_of_unclosed_comments_is_refused_quickly() -> None:
    begun = time.perf_counter()
    refused(narrative("<div>&nbsp;" + "<!--" * 200_000), "FHR159")
    assert time.perf_counter() - begun < 2


@pytest.mark.parametrize(
    ("resource", "said"),
    [
        ({"resourceType": "Patient", "nome": 1}, "Patient.nome: FHIR R4 has no"),
        ({"resourceType": "Patient", "name": [{}, {"x": 1}]}, "Patient.name[1].x"),
        ({"resourceType": "Patient", "_name": [{}]}, "Patient._name"),
        ({"resourceType": "Patient", "name": [{"_id": {}}]}, "Patient.name[0]._id"),
        ({"resourceType": "Patient", "name": [{"resourceType": "HumanName"}]}, "resourceType"),
        ({"resourceType": "Patient", "fhir_comments": ["x"]}, "Patient.fhir_comments"),
        ({"resourceType": "Patient", "value": "x"}, "Patient.value"),
        ({"resourceType": "Patient", "text": {"_div": {}}}, "Patient.text._div"),
    ],
)
def test_member_that_is_unknown(resource: Json, said: str) -> None:
    assert said in refused(resource, "FHR156")


@pytest.mark.parametrize(
    ("member", "said"),
    [
        ({"active": "true"}, "Patient.active: true or false was expected, a string found"),
        ({"active": 1}, "Patient.active: true or false was expected, a number found"),
        ({"multipleBirthInteger": "2"}, "a number was expected"),
        ({"multipleBirthInteger": True}, "a number was expected, a boolean found"),
        ({"birthDate": 1960}, "a string was expected, a number found"),
        ({"birthDate": None}, "Patient.birthDate: neither"),
        ({"name": {"family": "x"}}, "Patient.name: an array was expected"),
        ({"name": [None]}, "Patient.name[0]: an object was expected"),
        ({"name": None}, "Patient.name: an array was expected"),
        ({"name": [{"given": ["a", None]}]}, "Patient.name[0].given[1]: neither"),
        ({"name": [{"given": ["a"], "_given": {}}]}, "Patient.name[0].given: an array"),
        ({"gender": ["male"]}, "Patient.gender: a string was expected"),
        ({"_gender": "x"}, "Patient.gender: an object was expected"),
        ({"name": [{"id": 5}]}, "Patient.name[0].id: a string was expected"),
        ({"text": {"div": 5}}, "Patient.text.div: XHTML"),
        ({"name": [{"text": "a\u0000secret"}]}, "a character stands in the text"),
        ({"name": [{"text": "a\uffff"}]}, "a character stands in the text"),
    ],
)
def test_value_that_xml_has_no_form_for(member: Json, said: str) -> None:
    message = refused({"resourceType": "Patient", **member}, "FHR158")
    assert said in message
    assert "secret" not in message


@pytest.mark.parametrize(
    "resource",
    [
        {"resourceType": "Thing"},
        {"resourceType": "Resource"},
        {"resourceType": "Bundle", "entry": [{"resource": {"id": "x"}}]},
        {"resourceType": "Bundle", "entry": [{"resource": "x"}]},
        {"resourceType": "Patient", "contained": [{"resourceType": "HumanName"}]},
    ],
)
def test_object_that_is_no_resource(resource: Json) -> None:
    refused(resource, "FHR155")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<Patient/>", "FHR100"),
        (b'{"resourceType":"Patient","id":"\xe9"}', "FHR101"),
        (b'{"resourceType":"Patient","id":"a","id":"b"}', "FHR102"),
        (b"[]", "FHR105"),
    ],
)
def test_body_that_the_strict_parser_refuses(body: bytes, code: str) -> None:
    refused(body, code)
