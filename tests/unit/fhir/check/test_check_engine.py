"""The check of resources: what is borne by an import, how much is told, what stands beside."""

from typing import Any

import pytest

from garrod.adapters.fhir.validate.issue import Severity
from validation.fhir_defects import NHS, VALID, XHTML, checker

Json = dict[str, Any]


def rules(resource: Json, *, is_strict: bool = True) -> list[tuple[str, str, str]]:
    found = checker().check(resource, is_strict=is_strict)
    return [(i.severity.value, i.rule, i.path) for i in found]


def patient(**more: Any) -> Json:
    return {"resourceType": "Patient", "id": "p", **more}


def bundle(*resources: Json, kind: str = "collection") -> Json:
    urls = (f"urn:uuid:00000000-0000-4000-8000-{n:012}" for n in range(len(resources)))
    entries = [
        {"fullUrl": url, "resource": resource}
        for url, resource in zip(urls, resources, strict=True)
    ]
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


@pytest.mark.parametrize(
    ("more", "rule", "path"),
    [
        ({"name": [{"text": ""}]}, "empty-text", "Patient.name[0].text"),
        ({"name": []}, "empty-list", "Patient.name"),
        ({"identifier": [{"system": NHS, "value": "943 476 5919"}]}, "spaces",
         "Patient.identifier[0].value"),
        ({"text": {"status": "generated", "div": "<div>x</div>"}}, "namespace",
         "Patient.text.div"),
    ],
)  # fmt: skip
def test_import_bears_with_a_warning(more: Json, rule: str, path: str) -> None:
    assert rules(patient(**more), is_strict=False) == [("warning", rule, path)]
    strictly = "warning" if rule == "spaces" else "error"
    assert rules(patient(**more)) == [(strictly, rule, path)]


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"gender": ""}, "empty"),  # a code that is lost
        ({"birthDate": ""}, "empty"),
        ({"gender": None}, "null"),
        ({"maritalStatus": {}}, "empty"),
        ({"name": [{"given": ["A", None]}]}, "null"),
        ({"identifier": [{"system": NHS, "value": "943 476 5918"}]}, "check-digit"),
    ],
)
def test_import_refuses_what_might_change_meaning(more: Json, rule: str) -> None:
    found = rules(patient(**more), is_strict=False)
    assert ("error", rule) in {(severity, key) for severity, key, _ in found}


def test_import_refuses_an_empty_element_that_must_be_there() -> None:
    faulty = {**VALID["Observation"], "component": [{"code": {"coding": []}}]}
    assert rules(faulty, is_strict=False)[0][1] == "empty-list"
    listed = {"resourceType": "Linkage", "item": []}
    assert rules(listed, is_strict=False)[0] == ("error", "min", "Linkage.item")
    note = {**VALID["Observation"], "note": [{"text": ""}]}
    assert rules(note, is_strict=False)[0] == ("error", "min", "Observation.note[0].text")


def test_no_more_than_fifty_issues_are_told() -> None:
    assert len(checker().check(patient(name=[{"nick": 1}] * 500))) == 50


def test_errors_stand_before_warnings() -> None:
    identifier = [{"system": NHS, "value": "943 476 5919"}]
    found = checker().check(patient(identifier=identifier, gender="F"))
    assert [i.severity for i in found] == [Severity.ERROR, Severity.WARNING]


@pytest.mark.parametrize(
    ("kind", "path"),
    [(None, "resourceType"), ("Gadget", "Gadget.resourceType"), (7, "resourceType"),
     ("Resource", "Resource.resourceType"), ("SubscriptionStatus", None)],
)  # fmt: skip
def test_kind_must_be_one_of_r4(kind: Any, path: str | None) -> None:
    found = checker().check({"resourceType": kind} if kind else {})
    assert [i.rule for i in found] == ["kind"]
    assert path is None or found[0].path == path


def test_primitive_extension_may_stand_for_a_value() -> None:
    why = {"extension": [{"url": "https://x.example/why", "valueCode": "unknown"}]}
    assert rules(patient(_birthDate=why)) == []
    assert rules(patient(name=[{"given": ["A", None], "_given": [None, why]}])) == []
    observation = {k: v for k, v in VALID["Observation"].items() if k != "status"}
    assert rules({**observation, "_status": why}) == []


def test_primitive_with_an_id_alone_needs_its_value() -> None:
    assert rules(patient(birthDate="1960", _birthDate={"id": "a"})) == []
    assert rules(patient(_birthDate={"id": "a"})) == [("error", "empty", "Patient._birthDate")]
    assert rules(patient(name=[{"_given": [None]}])) == [
        ("error", "null", "Patient.name[0]._given[0]")
    ]


def test_complex_element_has_nothing_beside_it() -> None:
    assert rules(patient(_name=[{"id": "a"}])) == [("error", "unknown", "Patient._name")]


def test_reference_into_a_bundle_is_followed_to_its_type() -> None:
    device = {"resourceType": "Device", "id": "d"}
    request = {
        **VALID["MedicationRequest"],
        "subject": {"reference": "urn:uuid:00000000-0000-4000-8000-000000000000"},
    }
    found = rules(bundle(device, request))
    assert found == [("error", "target", "Bundle.entry[1].resource.subject")]
    assert rules(bundle(patient(), request)) == []


def test_contained_resources_are_per_entry() -> None:
    second = {**VALID["Observation"], "id": "o2", "contained": []}
    del second["contained"]
    found = rules(bundle(VALID["Observation"], second))
    assert found == [("error", "ref-1", "Bundle.entry[1].resource.device.reference")]


@pytest.mark.parametrize(
    ("inner", "rule"),
    [
        ({"contained": [{"resourceType": "Device", "id": "e"}]}, "dom-2"),
        ({"id": "other"}, "dom-3"),
        ({"meta": {"versionId": "1"}}, "dom-4"),
        ({"meta": {"security": [{"code": "R"}]}}, "dom-5"),
    ],
)
def test_contained_resource_keeps_its_rules(inner: Json, rule: str) -> None:
    device = {"resourceType": "Device", "id": "d1", **inner}
    found = rules({**VALID["Observation"], "contained": [device]})
    assert rule in {key for _, key, _ in found}


def test_element_named_resource_type_is_known_where_r4_has_one() -> None:
    scenario = {
        "resourceType": "ExampleScenario",
        "status": "draft",
        "instance": [{"resourceId": "i", "resourceType": "Patient"}],
    }
    assert rules(scenario) == []
    assert rules(patient(name=[{"resourceType": "Patient"}]))[0][1] == "unknown"


def test_names_that_are_no_names_are_not_repeated() -> None:
    found = checker().check(patient(**{"Ann Example 1960": 1}))
    assert [i.path for i in found] == ["Patient.?"]


def test_deep_nesting_is_an_issue_and_no_crash() -> None:
    extension: Json = {"url": "https://x.example/e", "valueCode": "c"}
    for _ in range(5000):
        extension = {"url": "https://x.example/e", "extension": [extension]}
    assert [i.rule for i in checker().check(patient(extension=[extension]))] == ["deep"]


@pytest.mark.parametrize(
    "div",
    [
        '<div xmlns="X"><script>x</script></div>',
        '<div xmlns="X"><p onclick="x()">x</p></div>',
        '<div xmlns="X"><a href="javascript:x()">x</a></div>',
        '<div xmlns="X"><a href=" java&#10;script:x()">x</a></div>',
        '<div xmlns="X"><a href="data:text/html,x">x</a></div>',
        '<div xmlns="X"><iframe src="https://x.example"/>x</div>',
        '<div xmlns="X"><p style="background:expression(x)">x</p></div>',
        '<div xmlns="X"><form action="x">x</form></div>',
        '<div xmlns="X"><svg:svg xmlns:svg="http://www.w3.org/2000/svg">x</svg:svg></div>',
        '<div xmlns="X"><!DOCTYPE a>x</div>',
        '<div xmlns="X"><?php x ?>x</div>',
        '<div xmlns="X"><p>x</div>',
        '<div xmlns="http://www.w3.org/2000/svg">x</div>',
        '<p xmlns="X">x</p>',
        '<div xmlns="X">x</div><div>y</div>',
        '<div xmlns="X">&unknown;</div>',
    ],
)
def test_narrative_that_is_not_safe_is_refused(div: str) -> None:
    text = {"status": "generated", "div": div.replace('"X"', f'"{XHTML}"')}
    assert [rule for _, rule, _ in rules(patient(text=text))] == ["txt-1"]


@pytest.mark.parametrize(
    "inside",
    [
        '<p class="a" style="color:red">x</p>',
        "caf&eacute;&nbsp;&amp;&#160;",
        '<a href="https://x.example">x</a><a href="#b">y</a>',
        '<img src="data:image/png;base64,iVBORw0KGgo=" alt="x"/>',
        "<!-- said --><table><tr><td>1</td></tr></table>",
    ],
)
def test_narrative_of_plain_formatting_is_taken(inside: str) -> None:
    text = {"status": "generated", "div": f'<div xmlns="{XHTML}">{inside}</div>'}
    assert rules(patient(text=text)) == []


def test_narrative_without_content_is_refused() -> None:
    text = {"status": "generated", "div": f'<div xmlns="{XHTML}"> <p> </p></div>'}
    assert [rule for _, rule, _ in rules(patient(text=text))] == ["txt-2"]


@pytest.mark.parametrize(
    ("system", "code", "is_right"),
    [
        ("http://snomed.info/sct", "91936005", True),
        ("http://snomed.info/sct", "91936006", False),
        ("http://snomed.info/sct", "128045006:{363698007=56459004}", True),
        ("https://dmd.nhs.uk", "39113611000001102", True),
        ("https://dmd.nhs.uk", "39113611000001103", False),
    ],
)
def test_codes_of_snomed_and_dmd_have_their_check_digit(
    system: str, code: str, is_right: bool
) -> None:
    coding = [{"system": system, "code": code}]
    found = rules({**VALID["Observation"], "code": {"coding": coding}})
    wrong = [("error", "check-digit", "Observation.code.coding[0].code")]
    assert found == ([] if is_right else wrong)


def test_ods_code_has_the_shape_of_one() -> None:
    ods = {"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "rj1"}
    assert rules(patient(identifier=[ods]))[0][1] == "shape-of-code"
    assert rules(patient(identifier=[{**ods, "value": "RJ1"}])) == []


def test_null_alone_is_refused_whatever_stands_beside_it() -> None:
    why = {"extension": [{"url": "https://x.example/why", "valueCode": "unknown"}]}
    assert rules(patient(birthDate=None, _birthDate=why))[0][1:] == ("null", "Patient.birthDate")
    found = rules(patient(birthDate="1960", _birthDate=None))
    assert found == [("error", "null", "Patient._birthDate")]


@pytest.mark.parametrize("beside", [{}, {"extensionWrong": []}, {"id": ""}, [], {"x": 1}])
def test_what_stands_beside_a_primitive_is_an_element(beside: Any) -> None:
    assert {s for s, _, _ in rules(patient(birthDate="1960", _birthDate=beside))} == {"error"}
