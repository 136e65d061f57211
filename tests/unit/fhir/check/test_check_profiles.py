"""Profiles from a pack: snapshots from differentials, slices, and what is said of unknown ones."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from garrod.adapters.fhir.check.facts import Facts
from garrod.adapters.fhir.check.profiles import Profiles
from garrod.adapters.fhir.check.structures import structure
from garrod.adapters.fhir.record.parse import parse
from garrod.adapters.fhir.validate.definitions import BASE
from garrod.adapters.fhir.validate.issue import Severity
from garrod.adapters.fhir.validate.snapshot import SnapshotError, snapshot
from garrod.adapters.fhir.xml import XmlFormat
from garrod.adapters.packs.load import load_shelf
from garrod.knowledge.pack import Pack
from garrod.knowledge.shelf import Shelf
from validation.fhir_defects import NHS

Json = dict[str, Any]
SHIPPED = load_shelf()
FACTS = Facts(SHIPPED)
URL = "https://x.example/Patient"
BORN = "https://x.example/born"
SYSTEMS = "https://x.example/systems"


def element(name: str, **more: Any) -> Json:
    path = ".".join(step.partition(":")[0] for step in name.split("."))
    return {"id": name, "path": path, **more}


PATIENT = [
    element("Patient.extension:born", sliceName="born", max="1",
            type=[{"code": "Extension", "profile": [BORN]}]),
    element("Patient.identifier", min=1, slicing={
        "discriminator": [{"type": "value", "path": "system"}], "rules": "open"}),
    element("Patient.identifier:nhs", sliceName="nhs", max="1"),
    element("Patient.identifier:nhs.system", min=1, fixedUri=NHS),
    element("Patient.identifier:nhs.value", min=1),
    element("Patient.contact.name", min=1),
    element("Patient.gender", min=1),
    element("Patient.deceasedBoolean", patternBoolean=False),
    element("Patient.maritalStatus", binding={"strength": "required", "valueSet": SYSTEMS}),
    element("Patient.photo", max="0"),
    element("Patient", constraint=[
        {"key": "x-1", "severity": "error", "expression": "name.exists()"}]),
]  # fmt: skip
EXTENSION = [
    element("Extension.url", fixedUri=BORN),
    element("Extension.value[x]", min=1, type=[{"code": "string"}]),
]
GOOD: Json = {
    "resourceType": "Patient",
    "meta": {"profile": [URL]},
    "extension": [{"url": BORN, "valueString": "Leeds"}],
    "identifier": [{"system": NHS, "value": "9434765919"}, {"value": "x"}],
    "name": [{"family": "Example"}],
    "gender": "female",
    "deceasedBoolean": False,
    "maritalStatus": {"coding": [{"system": "s", "code": "m"}]},
    "contact": [{"name": {"family": "Example"}}],
}


def row(url: str, kind: str, sort: str) -> dict[str, str]:
    return {"url": url, "version": "1", "name": "", "kind": kind, "sort": sort,
            "base": BASE + kind, "evidence": "r4"}  # fmt: skip


def rows(url: str, elements: list[Json]) -> list[dict[str, str]]:
    return [{"profile": url, "element": json.dumps(e), "evidence": "r4"} for e in elements]


def profiles() -> Profiles:
    base = SHIPPED.pack("fhir-r4")
    tables = {
        "profiles": (row(URL, "Patient", "resource"), row(BORN, "Extension", "complex-type")),
        "profile_elements": (*rows(URL, PATIENT), *rows(BORN, EXTENSION)),
        "profile_codes": ({"value_set": SYSTEMS, "system": "s", "codes": "m|n", "evidence": "r4"},),
    }
    own = Pack(replace(base.manifest, name="own"), tables, base.evidence)
    return Profiles(Shelf([base, own]))


PROFILES = profiles()


def found(**changes: Any) -> list[tuple[str, str]]:
    resource = {k: v for k, v in {**GOOD, **changes}.items() if v is not None}
    return [(i.rule, i.path) for i in PROFILES.check(resource) if i.severity is Severity.ERROR]


def test_resource_that_keeps_its_profile_is_valid() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("changes", "rule", "path"),
    [
        ({"gender": None}, "min", "Patient.gender"),
        ({"identifier": None}, "min", "Patient.identifier"),
        ({"identifier": [{"system": NHS}]}, "min", "Patient.identifier[0].value"),
        ({"identifier": [GOOD["identifier"][0]] * 2}, "max", "Patient.identifier"),
        ({"deceasedBoolean": True}, "pattern", "Patient.deceasedBoolean"),
        ({"contact": [{"gender": "male", "telecom": [{"value": "1", "system": "phone"}]}]}, "min",
         "Patient.contact[0].name"),
        ({"extension": [{"url": BORN, "valueCode": "x"}]}, "unknown",
         "Patient.extension[0].valueCode"),
        ({"extension": GOOD["extension"] * 2}, "max", "Patient.extension"),
        ({"maritalStatus": {"coding": [{"system": "s", "code": "z"}]}}, "binding",
         "Patient.maritalStatus"),
        ({"photo": [{"title": "x"}]}, "max", "Patient.photo"),
        ({"name": None}, "x-1", "Patient"),
    ],
)  # fmt: skip
def test_profile_is_asked(changes: Json, rule: str, path: str) -> None:
    assert (rule, path) in found(**changes)


def test_what_r4_forbids_is_told_alone() -> None:
    assert found(gender="F", identifier=None) == [("binding", "Patient.gender")]


def test_claim_that_is_not_at_hand_is_a_warning_and_a_wish_an_error() -> None:
    other = "https://x.example/Other"
    claimed = PROFILES.check({**GOOD, "meta": {"profile": [other]}})
    assert [(i.severity, i.rule) for i in claimed] == [(Severity.WARNING, "profile")]
    wished = PROFILES.check({**GOOD, "meta": {}, "id": "a"} | {"meta": {"versionId": "1"}}, [other])
    assert [(i.severity, i.rule) for i in wished] == [(Severity.ERROR, "profile")]


def test_profile_of_another_type_is_an_error() -> None:
    basic = {"resourceType": "Basic", "code": {"text": "x"}}
    assert [i.rule for i in PROFILES.check(basic, [URL])] == ["profile"]


def test_resource_without_a_profile_is_checked_against_r4_alone() -> None:
    assert PROFILES.check({"resourceType": "Patient"}) == ()
    assert [i.rule for i in PROFILES.check({"resourceType": "Patient", "x": 1})] == ["unknown"]


def made(elements: list[Json], base: str = "Observation") -> dict[str, Json]:
    def given(url: str) -> Json | None:
        kind = url.removeprefix(BASE)
        return structure(FACTS, kind) if kind in FACTS.kinds() else None

    profile = {
        "url": URL,
        "type": base,
        "baseDefinition": BASE + base,
        "differential": {"element": elements},
    }
    return {e["id"]: e for e in snapshot(profile, given)["snapshot"]["element"]}


def test_slice_is_like_the_element_that_it_is_of() -> None:
    found = made([element("Observation.component:a", sliceName="a", min=1)])
    part = found["Observation.component:a"]
    assert (part["min"], part["max"], part["path"]) == (1, "*", "Observation.component")
    order = list(found)
    assert order.index("Observation.component:a") > order.index("Observation.component.value[x]")


def test_children_of_a_type_are_added_where_the_profile_names_them() -> None:
    found = made([element("Observation.code.coding.system", min=1)])
    assert found["Observation.code.coding.system"]["min"] == 1
    assert found["Observation.code.coding.display"]["path"] == "Observation.code.coding.display"
    assert "Observation.code.text" in found


def test_choice_by_its_type_is_a_slice_of_the_choice() -> None:
    found = made([element("Observation.valueQuantity", min=1)])
    part = found["Observation.value[x]:valueQuantity"]
    assert [k["code"] for k in part["type"]] == ["Quantity"]
    assert found["Observation.value[x]"]["slicing"]["discriminator"][0]["type"] == "type"


def test_content_that_is_like_another_element_is_followed() -> None:
    found = made([element("Questionnaire.item.item.text", min=1)], "Questionnaire")
    assert found["Questionnaire.item.item.text"]["min"] == 1


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Observation.nothing", "is no element"),
        ("Observation.value[x].value", "has several types"),
        ("Observation.nothing:a", "is no element"),
        ("Patient.name", "is no element"),
    ],
)
def test_differential_that_does_not_fit_is_refused(name: str, told: str) -> None:
    with pytest.raises(SnapshotError, match=told):
        made([element(name, min=1)])


def test_base_that_is_not_at_hand_is_named() -> None:
    with pytest.raises(SnapshotError, match="not at hand"):
        snapshot({"baseDefinition": "https://x.example/none"}, lambda url: None)


UK = "https://fhir.hl7.org.uk/StructureDefinition/"
RATE = "UKCore-Observation-VitalSigns-HeartRate"
FAULTS = (
    (RATE, lambda r: r["valueQuantity"].update(code="kg"), "fixed"),
    (RATE, lambda r: r.pop("valueQuantity"), "min"),
    (RATE, lambda r: r.update(valueString=str(r.pop("valueQuantity"))), "unknown"),
    (
        RATE,
        lambda r: r["code"].update(coding=[{"system": "http://x.example", "code": "x"}]),
        "ukcore-obs-vs-001",
    ),
    ("UKCore-AllergyIntolerance-Amoxicillin", lambda r: r.pop("code"), "min"),
)


@pytest.mark.shared
def test_faults_planted_in_examples_of_uk_core_are_found(shared: Path, tmp_path: Path) -> None:
    from validation.fhir_ukcore import asked, imported

    shelf, _ = imported(tmp_path, shared / "fhir")
    xml = XmlFormat(shelf)
    uk = Profiles(shelf)
    for name, change, rule in FAULTS:
        path = shared / "fhir" / "uk-core-examples" / f"{name}-Example.xml"
        resource = parse(xml.from_xml(path.read_bytes()))
        urls = asked(path.name, resource, uk)
        assert urls
        assert not [i for i in uk.check(resource, urls) if i.severity is Severity.ERROR]
        change(resource)
        assert rule in {i.rule for i in uk.check(resource, urls)}, (name, rule)
