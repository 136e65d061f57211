"""FHIRPath Patch by the cases of HL7's own suite (restated), and by paths that only FHIRPath has.

Source: HL7 FHIR R4 (4.0.1) fhirpatch.html; FHIR/fhir-test-cases r4/patch/fhir-path-tests.xml
(commit 4ec91f72), of which the kinds of case are taken, not the text.
"""

import json
from typing import Any

import pytest

from garrod.adapters.fhir.rest.patch import patched_by
from garrod.core.errors import FhirError
from tests.making.doors import codec

Json = dict[str, Any]
ADA: Json = {
    "resourceType": "Patient",
    "birthDate": "1920-01-01",
    "_birthDate": {"extension": [{"url": "urn:x:time", "valueString": "noon"}]},
    "deceasedBoolean": False,
    "identifier": [{"system": "urn:x", "value": f"v{n}"} for n in range(1, 5)],
    "name": [
        {"use": "official", "family": "One", "given": ["A", "B"], "_given": [None, {"id": "b"}]},
        {"use": "usual", "text": "nick"},
    ],
    "contact": [{"name": {"text": "a name"}, "gender": "male"}],
    "extension": [{"url": "urn:x:a", "valueString": "old"}, {"url": "urn:x:b", "valueInteger": 1}],
}


def part(name: str, value: Any) -> Json:
    """Return a part: a dict of values by their own name, a list of parts, a text or a number."""
    if isinstance(value, dict):
        return {"name": name, **value}
    if isinstance(value, list):
        return {"name": name, "part": value}
    return {"name": name, "valueInteger" if isinstance(value, int) else "valueString": value}


def operation(kind: str, path: str, **parts: Any) -> Json:
    said = [part("type", {"valueCode": kind}), part("path", path)]
    return {"name": "operation", "part": [*said, *(part(n, v) for n, v in parts.items())]}


def patched(resource: Json, *operations: Json) -> Json:
    body = {"resourceType": "Parameters", "parameter": list(operations)}
    act = patched_by(json.dumps(body).encode(), "application/fhir+json", codec().places)
    return dict(json.loads(act(json.dumps(resource).encode())))


def changed(*operations: Json) -> Json:
    """Return the members of Ada's resource that a patch changes; None for one taken away."""
    after = patched(ADA, *operations)
    names = [*ADA, *(n for n in after if n not in ADA)]
    return {n: after.get(n) for n in names if after.get(n) != ADA.get(n)}


def values(found: Json) -> list[str]:
    return [one["value"] for one in found["identifier"]]


def moves(*steps: tuple[int, int]) -> list[str]:
    made = [operation("move", "Patient.identifier", source=a, destination=b) for a, b in steps]
    return values(patched(ADA, *made))


def test_nothing_asked_is_nothing_changed() -> None:
    assert changed() == {}
    assert (
        patched_by(b'{"resourceType":"Parameters"}', "application/fhir+json", codec().places)(
            b'{"resourceType":"Patient","x":1.50}'
        )
        == b'{"resourceType":"Patient","x":1.50}'
    )


CONTACT = ADA["contact"][0]
CHANGES: dict[str, tuple[Json, Json]] = {
    "replace a primitive, its extension stays": (
        operation("replace", "Patient.birthDate", value={"valueDate": "1930-01-01"}),
        {"birthDate": "1930-01-01"},
    ),
    "delete a primitive, and its extension with it": (
        operation("delete", "Patient.birthDate"),
        {"birthDate": None, "_birthDate": None},
    ),
    "delete what is not there": (operation("delete", "Patient.gender"), {}),
    "add a primitive": (
        operation("add", "Patient", name="gender", value={"valueCode": "female"}),
        {"gender": "female"},
    ),
    "add a primitive with what stands beside it": (
        operation(
            "add", "Patient", name="gender", value={"valueCode": "other", "_valueCode": {"id": "g"}}
        ),
        {"gender": "other", "_gender": {"id": "g"}},
    ),
    "replace a nested primitive": (
        operation("replace", "Patient.contact[0].gender", value={"valueCode": "female"}),
        {"contact": [{**CONTACT, "gender": "female"}]},
    ),
    "delete a nested primitive": (
        operation("delete", "Patient.contact[0].gender"),
        {"contact": [{"name": {"text": "a name"}}]},
    ),
    "delete the only part of an element, and the element with it": (
        operation("delete", "Patient.contact[0].name.text"),
        {"contact": [{"gender": "male"}]},
    ),
    "add a complex": (
        operation(
            "add", "Patient", name="maritalStatus", value={"valueCodeableConcept": {"text": "m"}}
        ),
        {"maritalStatus": {"text": "m"}},
    ),
    "add to an element that repeats makes a list": (
        operation("add", "Patient", name="address", value={"valueAddress": {"city": "Leeds"}}),
        {"address": [{"city": "Leeds"}]},
    ),
    "add an element without a type of its own, its lists as lists": (
        operation(
            "add",
            "Patient",
            name="contact",
            value=[
                part("name", {"valueHumanName": {"text": "b"}}),
                part("relationship", {"valueCodeableConcept": {"text": "aunt"}}),
            ],
        ),
        {"contact": [CONTACT, {"name": {"text": "b"}, "relationship": [{"text": "aunt"}]}]},
    ),
    "delete an element, and its list with it": (
        operation("delete", "Patient.contact[0]"),
        {"contact": None},
    ),
    "a choice gets the name of its type": (
        operation("replace", "Patient.deceased", value={"valueDateTime": "2001-01-01"}),
        {"deceasedBoolean": None, "deceasedDateTime": "2001-01-01"},
    ),
    "a choice may be named as JSON names it": (
        operation("replace", "Patient.deceasedBoolean", value={"valueBoolean": True}),
        {"deceasedBoolean": True},
    ),
    "a choice is added by its stem": (
        operation("add", "Patient", name="multipleBirth", value={"valueInteger": 2}),
        {"multipleBirthInteger": 2},
    ),
    "a given name and what stands beside it go together": (
        operation("delete", "Patient.name[0].given[1]"),
        {"name": [{"use": "official", "family": "One", "given": ["A"]}, ADA["name"][1]]},
    ),
    "a list that moves takes what stands beside it along": (
        operation("move", "Patient.name[0].given", source=1, destination=0),
        {
            "name": [
                {**ADA["name"][0], "given": ["B", "A"], "_given": [{"id": "b"}, None]},
                ADA["name"][1],
            ]
        },
    ),
    "an insert within a list of primitives": (
        operation("insert", "Patient.name[0].given", index=0, value={"valueString": "Z"}),
        {
            "name": [
                {**ADA["name"][0], "given": ["Z", "A", "B"], "_given": [None, None, {"id": "b"}]},
                ADA["name"][1],
            ]
        },
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_operations(name: str) -> None:
    act, expected = CHANGES[name]
    assert changed(act) == expected


@pytest.mark.parametrize(
    "path",
    [
        "Patient.name[1].text",
        "name[1].text",
        "Patient.name.where(use = 'usual').text",
        "Patient.name.where(use='usual' and family.empty()).text",
        "Patient.name.where(use != 'official').text",
        "Patient.name.where($index = 1).text",
        "Patient.name.last().text",
        "Patient.name.skip(1).first().text",
        "Patient.name.take(2).tail().text",
        "Patient.name.where(text.startsWith('ni')).single().text",
        "Patient.name[Patient.identifier.count() - 3].text",
        "(Patient.name | Patient.contact.name).where(use = 'usual').text",
        "Patient.children().where(use = 'usual').text",
        "Patient.descendants().where(use = 'usual').text",
        "%resource.name.ofType(HumanName).where(use = 'usual').text",
        "(Patient.name[1] as HumanName).text.trace('t')",
        "iif(Patient.birthDate.exists(), Patient.name, Patient.contact.name)[1].text",
        "Patient.name.select($this).where(use = 'usual').text",
    ],
)
def test_any_path_that_names_one_place_is_followed(path: str) -> None:
    after = changed(operation("replace", path, value={"valueString": "new"}))
    assert after == {"name": [ADA["name"][0], {"use": "usual", "text": "new"}]}


def test_extensions_and_types_are_told_apart() -> None:
    path = "Patient.extension('urn:x:a').value"
    after = changed(operation("replace", path, value={"valueCode": "new"}))
    assert after["extension"][0] == {"url": "urn:x:a", "valueCode": "new"}
    path = "Patient.extension.value.ofType(integer)"
    after = changed(operation("replace", path, value={"valueInteger": 2}))
    assert after["extension"][1] == {"url": "urn:x:b", "valueInteger": 2}


def test_lists_are_reordered_one_move_after_the_other() -> None:
    assert moves((3, 1)) == ["v1", "v4", "v2", "v3"]
    assert moves((3, 0)) == ["v4", "v1", "v2", "v3"]
    assert moves((3, 2)) == ["v1", "v2", "v4", "v3"]
    assert moves((0, 3)) == ["v2", "v3", "v4", "v1"]
    assert moves((1, 0), (2, 1)) == ["v2", "v3", "v1", "v4"]
    assert moves((3, 0), (3, 1), (3, 2)) == ["v4", "v3", "v2", "v1"]


def test_inserts_at_both_ends_and_deletes_one_by_one() -> None:
    new = {"valueIdentifier": {"value": "new"}}
    for index, place in ((0, 0), (1, 1), (4, 4)):
        act = operation("insert", "Patient.identifier", index=index, value=new)
        assert values(patched(ADA, act))[place] == "new"
    two = [operation("delete", f"Patient.identifier[{n}]") for n in (1, 1)]
    assert values(patched(ADA, *two)) == ["v1", "v4"]


def test_values_within_contained_resources_and_bundles_are_reached() -> None:
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": {**ADA, "contained": [{"resourceType": "Medication", "id": "m"}]}}],
    }
    path = "Bundle.entry.resource.contained.where(id = 'm')"
    after = patched(bundle, operation("add", path, name="status", value={"valueCode": "active"}))
    (medication,) = after["entry"][0]["resource"]["contained"]
    assert medication["status"] == "active"


GENDER = {"valueCode": "male"}
REFUSED: dict[str, tuple[Json, str]] = {
    "nothing there": (
        operation(
            "add",
            "Patient.identifier.where(use = 'official').period",
            name="end",
            value={"valueDate": "2021-12-01"},
        ),
        "names nothing",
    ),
    "two at once": (operation("delete", "Patient.identifier"), "names more than one thing"),
    "two at once, replaced": (
        operation("replace", "Patient.name", value={"valueHumanName": {"text": "x"}}),
        "names more than one thing",
    ),
    "another type": (operation("delete", "Observation.status"), "does not begin with Patient"),
    "no path": (operation("delete", ""), "the path does not begin with Patient"),
    "no FHIRPath": (operation("delete", "Patient.name[["), "cannot be followed"),
    "no such function": (operation("delete", "Patient.name.frobnicate()"), "cannot be followed"),
    "no place": (
        operation("replace", "Patient.name.count()", value={"valueInteger": 1}),
        "what it computes is no place",
    ),
    "no number": (operation("delete", "Patient.name['a']"), "a whole number was expected"),
    "more than one where one was expected": (
        operation("delete", "Patient.name.single()"),
        "single() finds more than one",
    ),
    "nothing in common": (
        operation("delete", "Patient.name.where(period.start > 5 and text.length() > 'a')"),
        "cannot be followed",
    ),
    "there already": (
        operation("add", "Patient", name="birthDate", value={"valueDate": "2000-01-01"}),
        "Patient.birthDate is there already",
    ),
    "a choice that is there under another type": (
        operation("add", "Patient", name="deceased", value={"valueDateTime": "2001-01-01"}),
        "Patient.deceased is there already",
    ),
    "no value": (operation("add", "Patient", name="gender"), "is given no value"),
    "no name": (operation("add", "Patient", value=GENDER), "is not told what to add"),
    "a primitive has no members": (
        operation("add", "Patient.birthDate", name="gender", value=GENDER),
        "names nothing that has members",
    ),
    "the whole": (operation("delete", "Patient"), "is the whole resource"),
    "no list": (
        operation("insert", "Patient.birthDate", index=0, value=GENDER),
        "names no list",
    ),
    "a part of a list": (
        operation("move", "Patient.identifier[0]", source=0, destination=0),
        "names no list",
    ),
    "an empty list": (
        operation("insert", "Patient.address", index=0, value={"valueAddress": {"city": "x"}}),
        "names nothing",
    ),
    "past the end": (
        operation("insert", "Patient.identifier", index=9, value=GENDER),
        "has no such place in its list",
    ),
    "moved past the end": (
        operation("move", "Patient.identifier", source=0, destination=4),
        "has no such place in its list",
    ),
    "moved from nowhere": (
        operation("move", "Patient.identifier", destination=1),
        "has no such place in its list",
    ),
    "a part without a value": (
        operation("add", "Patient", name="contact", value=[{"name": "gender"}]),
        "part 'gender' of the patch has no value",
    ),
    "no operation that is known": (
        operation("rename", "Patient.name"),
        "is of type 'rename': expected add",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_done_is_told(name: str) -> None:
    act, said = REFUSED[name]
    with pytest.raises(FhirError) as told:
        patched(ADA, act)
    assert said in told.value.message


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"resourceType": "Patient"}, "is a Parameters resource"),
        ({"resourceType": "Parameters", "parameter": [{"name": "x"}]}, "is no operation"),
        ({"resourceType": "Parameters", "parameter": {}}, "is no list of objects"),
    ],
)
def test_what_is_no_patch_is_told(body: Json, said: str) -> None:
    act = patched_by(json.dumps(body).encode(), "application/fhir+json", codec().places)
    with pytest.raises(FhirError) as told:
        act(b'{"resourceType":"Patient"}')
    assert said in told.value.message
