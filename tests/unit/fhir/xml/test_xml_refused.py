"""XML that cannot be relied on is refused, with line and element, and without its values."""

import time

import pytest

from garrod.core.errors import FhirError
from tests.unit.fhir.xml.forms import FHIR, XHTML, read, xml_format

HEAD = f"<Patient {FHIR}>"


def refused(body: bytes | str, code: str, **options: bool | int) -> str:
    """Return what is said of a body that is refused with that code."""
    content = body if isinstance(body, bytes) else body.encode()
    with pytest.raises(FhirError) as caught:
        xml_format().from_xml(content, **options)  # type: ignore[arg-type]
    assert caught.value.code == code, caught.value.message
    return caught.value.message


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "line 1"),
        ("{}", "line 1"),
        (f"{HEAD}\n<id value='p'></Patient>", "line 2"),
        (f"{HEAD}</Patient><Patient/>", "junk"),
        (f"{HEAD}&nbsp;</Patient>", "undefined entity"),
        (f"{HEAD}<x:id value='p'/></Patient>", "prefix"),
        (f"{HEAD}<id value='p' value='q'/></Patient>", "duplicate attribute"),
        (f"{HEAD}<id value='&#0;'/></Patient>", "invalid character"),
    ],
)
def test_text_that_is_no_xml(body: str, said: str) -> None:
    assert said in refused(body, "FHR153")


@pytest.mark.parametrize(
    "body",
    [
        f"{HEAD}</Patient>".encode("utf-16"),
        f"{HEAD}</Patient>".encode("utf-16-be"),
        b"<?xml version='1.0' encoding='ISO-8859-1'?>" + HEAD.encode() + b"</Patient>",
        HEAD.encode() + b"<id value='\xe9'/></Patient>",
    ],
)
def test_text_that_is_not_utf_8(body: bytes) -> None:
    refused(body, "FHR153")


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "declared",
    [
        "<!DOCTYPE Patient>",
        '<!DOCTYPE Patient SYSTEM "http://x.example/p.dtd">',
        '<!DOCTYPE Patient [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE Patient [<!ENTITY % x SYSTEM "http://x.example/p.dtd"> %x;]>',
        f'<!DOCTYPE Patient [<!ENTITY l0 "ha">{LAUGHS}]>',
    ],
)
def test_doctype_is_refused_before_anything_is_expanded(declared: str) -> None:
    begun = time.perf_counter()
    said = refused(f"{declared}{HEAD}<id value='&l9;'/></Patient>", "FHR153")
    assert time.perf_counter() - begun < 1
    assert "passwd" not in said


def test_doctype_in_a_narrative_is_no_xml() -> None:
    refused(f"{HEAD}<text><div {XHTML}><!DOCTYPE x></div></text></Patient>", "FHR153")


def nested(levels: int) -> str:
    url = 'url="http://x.example"'
    return (
        f"{HEAD}{f'<extension {url}>' * levels}<valueCode value='c'/>"
        f"{'</extension>' * levels}</Patient>"
    )


def test_depth_is_bounded() -> None:
    xml_format().to_xml(xml_format().from_xml(nested(49).encode()))
    assert "100 deep" in refused(nested(50), "FHR154")
    refused(nested(200_000), "FHR154")


def test_depth_of_a_narrative_is_bounded() -> None:
    inner = f"{'<b>' * 5000}x{'</b>' * 5000}"
    refused(f"{HEAD}<text><div {XHTML}>{inner}</div></text></Patient>", "FHR154")


def test_size_is_bounded() -> None:
    assert "100 are read at most" in refused(b" " * 101, "FHR154", largest=100)


@pytest.mark.parametrize(
    "body",
    [
        "<Patient/>",
        '<Patient xmlns="http://example.org"/>',
        f"<Thing {FHIR}/>",
        f"<Resource {FHIR}/>",
        f"<HumanName {FHIR}/>",
        f"<Bundle {FHIR}><entry><resource><Thing/></resource></entry></Bundle>",
        f"<Bundle {FHIR}><entry><resource/></entry></Bundle>",
    ],
)
def test_element_that_is_no_resource(body: str) -> None:
    refused(body, "FHR155")


@pytest.mark.parametrize(
    ("inner", "said"),
    [
        ("\n\n<nome/>", "line 3, column 1: FHIR R4 has no element Patient.nome"),
        ("<name><famly value='x'/></name>", "Patient.name.famly"),
        ("<birthDate value='1960'><given/></birthDate>", "Patient.birthDate.given"),
        ("<value value='x'/>", "Patient.value"),
        ("<deceased value='true'/>", "Patient.deceased"),
        ("<name use='official'/>", "Patient.name: FHIR R4 has no attribute use"),
        ("<birthDate valeu='1960'/>", "Patient.birthDate: FHIR R4 has no attribute valeu"),
        ("<contained id='x'/>", "no attribute id"),
        ("<name xmlns='http://x.example'/>", "the namespace is http://x.example"),
        (f"<text><div {XHTML} value='x'/><b {XHTML}/></text>", "Patient.text.b"),
        ("<text><status value='empty'/><div>x</div></text>", "Patient.text.div"),
        (f"<name {XHTML}/>", "Patient.name"),
        (f"<{'x' * 500}/>", f"Patient.{'x' * 80}…"),
    ],
)
def test_element_or_attribute_that_is_unknown(inner: str, said: str) -> None:
    assert said in refused(f"{HEAD}{inner}</Patient>", "FHR156")


@pytest.mark.parametrize(
    ("inner", "said"),
    [
        ("<birthDate value='1960'/><gender value='other'/>", "Patient.gender stands behind"),
        ("<gender value='other'/><gender value='male'/>", "Patient.gender is there twice"),
        (f"<text><div {XHTML}/><div {XHTML}/></text>", "Patient.text.div is there twice"),
        ("<contained><Basic/><Basic/></contained>", "Patient.contained.Basic"),
    ],
)
def test_element_out_of_order_or_twice(inner: str, said: str) -> None:
    assert said in refused(f"{HEAD}{inner}</Patient>", "FHR157")


def test_element_that_is_there_twice_is_refused_even_where_order_is_borne() -> None:
    inner = "<gender value='other'/><birthDate value='1960'/><gender value='male'/>"
    refused(f"{HEAD}{inner}</Patient>", "FHR157", is_strict=False)


@pytest.mark.parametrize(
    ("inner", "said"),
    [
        ("<active value='1'/>", "Patient.active: expected true or false"),
        ("<active value=' true'/>", "Patient.active"),
        ("<multipleBirthInteger value='secret'/>", "expected a number"),
        ("<multipleBirthInteger value='+1'/>", "expected a number"),
        ("<multipleBirthInteger value='01'/>", "expected a number"),
        ("<multipleBirthInteger value='.5'/>", "expected a number"),
        ("<multipleBirthInteger value='1.'/>", "expected a number"),
        ("<multipleBirthInteger value='NaN'/>", "expected a number"),
        ("<multipleBirthInteger value='1,\"x\":2'/>", "expected a number"),
        ("<multipleBirthInteger value='١'/>", "expected a number"),
        ("<birthDate/>", "Patient.birthDate has neither"),
        ("<birthDate>1960</birthDate>", "Patient.birthDate: text stands"),
        ("secret", "Patient: text stands"),
    ],
)
def test_value_that_json_has_no_form_for(inner: str, said: str) -> None:
    message = refused(f"{HEAD}{inner}</Patient>", "FHR158")
    assert said in message
    assert "secret" not in message


@pytest.mark.parametrize(
    "inner", ["<b xmlns='http://x.example'/>", "<b x:y='1' xmlns:x='http://x.example'/>"]
)
def test_narrative_that_is_not_xhtml_alone(inner: str) -> None:
    refused(f"{HEAD}<text><div {XHTML}>{inner}</div></text></Patient>", "FHR159")


def test_many_extensions_take_time_in_proportion() -> None:
    begun = time.perf_counter()
    read("<extension url='http://x.example'><valueCode value='c'/></extension>" * 20_000)
    assert time.perf_counter() - begun < 10
