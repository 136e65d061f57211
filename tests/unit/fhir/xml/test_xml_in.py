"""FHIR XML becomes the JSON that says the same: lists, values, siblings, narrative, resources."""

import pytest

from tests.unit.fhir.xml.forms import FHIR, XHTML, exact, read, xml_format


def test_elements_become_members_by_the_facts() -> None:
    found = read(
        '<id value="p1"/><active value="true"/><name><family value="Ex"/><given value="A"/>'
        '<given value="B"/></name><birthDate value="1960-02-29"/><multipleBirthInteger value="2"/>'
    )
    assert found == {
        "resourceType": "Patient",
        "id": "p1",
        "active": True,
        "name": [{"family": "Ex", "given": ["A", "B"]}],
        "birthDate": "1960-02-29",
        "multipleBirthInteger": ("number", "2"),
    }


@pytest.mark.parametrize("number", ["1.50", "-0.0", "0.00000001", "1E400", "6.02e+23", "100"])
def test_numbers_stay_as_written(number: str) -> None:
    inner = (
        f'<status value="final"/><code/><valueQuantity><value value="{number}"/></valueQuantity>'
    )
    assert read(inner, "Observation")["valueQuantity"] == {"value": ("number", number)}


@pytest.mark.parametrize(
    ("attribute", "text"),
    [
        ("a &amp; b &lt; c &quot;", 'a & b < c "'),
        ("  two  spaces ", "  two  spaces "),
        ("line&#10;line&#13;&#9;", "line\nline\r\t"),
        ("\u00e9\u20ac\U0001f600&#x1F600;", "\u00e9\u20ac\U0001f600\U0001f600"),
        ("", ""),
    ],
)
def test_texts_stay_as_written(attribute: str, text: str) -> None:
    assert read(f'<name><text value="{attribute}"/></name>')["name"] == [{"text": text}]


def test_id_and_url_are_attributes_of_elements() -> None:
    found = read(
        '<extension id="e" url="http://x.example"><valueCode id="v" value="c"/></extension>'
        '<name id="n"><family value="Ex"/></name>'
    )
    assert found["extension"] == [
        {"id": "e", "url": "http://x.example", "valueCode": "c", "_valueCode": {"id": "v"}}
    ]
    assert found["name"] == [{"id": "n", "family": "Ex"}]


GAP = '<extension url="http://x.example/gap"><valueCode value="c"/></extension>'
TOLD = {"extension": [{"url": "http://x.example/gap", "valueCode": "c"}]}


def test_extensions_of_a_primitive_stand_beside_it() -> None:
    found = read(f'<gender value="other">{GAP}</gender><birthDate>{GAP}</birthDate>')
    assert found["gender"] == "other"
    assert found["_gender"] == found["_birthDate"] == TOLD
    assert "birthDate" not in found


@pytest.mark.parametrize(
    ("inner", "values", "beside"),
    [
        ('<given value="A"/><given>{}</given>', ["A", None], [None, TOLD]),
        ('<given>{}</given><given value="B"/>', [None, "B"], [TOLD, None]),
        ('<given value="A">{}</given><given value="B"/>', ["A", "B"], [TOLD, None]),
        ("<given>{}</given>", None, [TOLD]),
        ('<given value="A"/><given value="B"/>', ["A", "B"], None),
    ],
)
def test_lists_of_primitives_are_aligned(inner: str, values: object, beside: object) -> None:
    name = read(f"<name>{inner.format(GAP)}</name>")["name"][0]
    assert (name.get("given"), name.get("_given")) == (values, beside)


def test_contained_and_entries_hold_resources() -> None:
    patient = '<Patient><id value="p"/></Patient>'
    found = read(f"<contained>{patient}</contained><contained>{patient}</contained>", "Basic")
    assert found["contained"] == [{"resourceType": "Patient", "id": "p"}] * 2
    found = read(f"<entry><resource>{patient}</resource></entry>", "Bundle")
    assert found["entry"] == [{"resource": {"resourceType": "Patient", "id": "p"}}]
    found = read(
        f'<parameter><name value="x"/><resource>{patient}</resource></parameter>', "Parameters"
    )
    assert found["parameter"][0]["resource"]["resourceType"] == "Patient"


def test_element_named_resource_type_is_an_element() -> None:
    inner = '<instance><resourceId value="x"/><resourceType value="Patient"/></instance>'
    found = read(inner, "ExampleScenario")
    assert found["instance"] == [{"resourceId": "x", "resourceType": "Patient"}]


def test_comments_instructions_and_hints_are_no_content() -> None:
    body = (
        '\ufeff<?xml version="1.0" encoding="utf-8"?><?style x?><!-- a --><Patient '
        'xmlns="http://hl7.org/fhir" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:schemaLocation="http://hl7.org/fhir x.xsd"><!-- b --><id value="p"/>\n</Patient>'
    )
    assert exact(xml_format().from_xml(body.encode())) == {"resourceType": "Patient", "id": "p"}


def test_prefix_of_the_namespace_may_be_any() -> None:
    body = b'<f:Patient xmlns:f="http://hl7.org/fhir"><f:id value="p"/></f:Patient>'
    assert exact(xml_format().from_xml(body)) == {"resourceType": "Patient", "id": "p"}


def narrative(div: str, **options: str) -> str:
    head = options.get("head", FHIR)
    body = f'<Patient {head}><text><status value="generated"/>{div}</text></Patient>'
    found: str = exact(xml_format().from_xml(body.encode()))["text"]["div"]
    return found


@pytest.mark.parametrize(
    "div",
    [
        f"<div {XHTML}>text</div>",
        f"<div  {XHTML}\n title='a>b' >a &amp; b&#160;<br/><!-- c --><b>d</b >\r\n é</div  >",
        f"<div {XHTML} title='a&gt;b'/>",
        f"<div {XHTML}><![CDATA[a < b]]></div>",
        f"<div {XHTML} xml:lang='en-GB'>text</div>",
    ],
)
def test_narrative_stays_as_written(div: str) -> None:
    assert narrative(div) == div


def test_namespace_that_a_narrative_inherits_is_written_into_it() -> None:
    head = f'xmlns:f="http://hl7.org/fhir" {XHTML}'
    body = (
        f'<f:Patient {head}><f:text><f:status value="empty"/><div id="d">x<br/></div></f:text>'
        "</f:Patient>"
    )
    found = exact(xml_format().from_xml(body.encode()))
    assert found["text"]["div"] == f'<div {XHTML} id="d">x<br/></div>'


def test_narrative_with_a_prefix_is_written_without() -> None:
    head = f'{FHIR} xmlns:h="http://www.w3.org/1999/xhtml"'
    div = '<h:div xml:lang="en" title="a&quot;&lt;">x &lt; y<h:br/><h:b>z</h:b></h:div>'
    assert narrative(div, head=head) == (
        f'<div {XHTML} xml:lang="en" title=\'a"&lt;\'>x &lt; y<br></br><b>z</b></div>'
    )
    plain = f"<div {XHTML}>x<br/></div>"
    assert narrative(plain, head=head) == plain


def test_order_is_kept_strictly_or_borne() -> None:
    inner = '<birthDate value="1960"/><gender value="other"/>'
    found = read(inner, is_strict=False)
    assert (found["gender"], found["birthDate"]) == ("other", "1960")
