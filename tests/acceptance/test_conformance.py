"""garrod conformance consent through the real door: every way to write a request, and bad input."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Run

Json = dict[str, Any]
V3 = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
DOCTOR = [{"reference": {"reference": "Practitioner/doctor"}}]
ABSENT = [{"reference": {"reference": "Group/absent"}}]  # nobody can tell who is in it
RESOURCES: list[Json] = [
    {"resourceType": "Patient", "id": "ann"},
    {"resourceType": "Practitioner", "id": "doctor",
     "identifier": [{"system": "s", "value": "d1"}, {"system": "s", "value": "twice"}]},
    {"resourceType": "Practitioner", "id": "same",
     "identifier": [{"system": "s", "value": "twice"}]},
    {"resourceType": "PractitionerRole", "id": "acting",
     "practitioner": {"reference": "Practitioner/doctor"}},
    {"resourceType": "Observation", "id": "weight", "status": "final", "code": {"text": "weight"},
     "subject": {"reference": "Patient/ann"}},
    {"resourceType": "Observation", "id": "same", "status": "final", "code": {"text": "height"},
     "subject": {"reference": "Patient/ann"}},
    {"resourceType": "Consent", "id": "treat", "status": "active",
     "patient": {"reference": "Patient/ann"},
     "provision": {"type": "permit", "purpose": [{"system": V3, "code": "TREAT"}]}},
    {"resourceType": "Consent", "id": "broken", "status": "active",
     "patient": {"reference": "Patient/ann"}, "provision": {"type": "perhaps"}},
    {"resourceType": "Consent", "id": "empty", "status": "active",
     "patient": {"reference": "Patient/ann"}, "provision": {"type": "permit", "actor": []}},
    {"resourceType": "Consent", "id": "old", "status": "active", "dateTime": "2020",
     "patient": {"reference": "Patient/ann"}, "provision": {"type": "permit"}},
    {"resourceType": "Consent", "id": "kept", "status": "active",
     "patient": {"reference": "Patient/ann"}, "provision": {"type": "permit", "actor": DOCTOR}},
    {"resourceType": "Consent", "id": "shut", "status": "active",
     "patient": {"reference": "Patient/ann"},
     "provision": {"type": "permit", "provision": [{"type": "deny", "actor": ABSENT}]}},
    {"resourceType": "Consent", "id": "barred", "status": "active",
     "patient": {"reference": "Patient/ann"},
     "provision": {"type": "permit", "provision": [{"type": "deny", "actor": DOCTOR}]}},
    {"resourceType": "Consent", "id": "out", "status": "active",
     "patient": {"reference": "Patient/ann"}, "policyRule": {"coding": [{"code": "OPTOUT"}]}},
]  # fmt: skip
ASKED = {
    "consent": "treat", "resource": "Observation/weight", "requester": "Practitioner/doctor",
    "purpose": "TREAT", "at": "2022-07-01",
}  # fmt: skip


def decide(run: Run, folder: Path, *requests: Json) -> list[Json]:
    file = folder / "cases.json"
    file.write_text(json.dumps({"resources": RESOURCES, "requests": list(requests)}))
    ran = run("conformance", "consent", file, "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    found: list[Json] = json.loads(ran.out)["decisions"]
    return found


WRITTEN: list[Json] = [
    {},
    {"consent": "Consent/treat"},
    {"consent": ["Consent/treat"]},
    {"consent": {"reference": "https://example.org/fhir/Consent/treat"}},
    {"resource": "weight"},
    {"resource": "https://example.org/fhir/Observation/weight/_history/7"},
    {"resource": {"reference": "Observation/weight"}},
    {"requester": "doctor"},
    {"requester": " Practitioner/doctor "},
    {"purpose": f"{V3}|TREAT"},
    {"purpose": f"{V3}#TREAT"},
    {"purpose": "urn:oid:2.16.840.1.113883.5.8|TREAT"},
    {"purpose": {"system": V3, "code": "TREAT"}},
    {"purpose": ["TREAT", "ETREAT"]},
    {"purpose": {"coding": [{"system": V3, "code": "TREAT"}]}},
    {"requester": "Practitioner/nobody"},  # the consent asks nothing of who it is
    {"requester": {"identifier": {"system": "s", "value": "unknown"}}},
    {"requester": {"identifier": {"system": "s", "value": "d1"}}},
    {"requester": "s|d1"},
    {"at": "2022"},
    {"at": "2022-07-01T09:30:00.5+01:00"},
]


def test_a_request_may_be_written_in_many_ways(run: Run, tmp_path: Path) -> None:
    requests = [{**ASKED, **way, "id": n} for n, way in enumerate(WRITTEN)]
    found = decide(run, tmp_path, *requests)
    assert [d["id"] for d in found] == list(range(len(WRITTEN)))
    assert [WRITTEN[d["id"]] for d in found if d["decision"] != "permit"] == []
    assert all(d["because"] == ["Consent/treat, provision (permit)"] for d in found)


def test_a_requester_whom_the_consent_names_need_not_be_in_the_file(
    run: Run, tmp_path: Path
) -> None:
    asked = {**ASKED, "consent": "kept"}
    both = decide(run, tmp_path, asked, {**asked, "requester": "s|d1"})
    assert [d["decision"] for d in both] == ["permit", "permit"]
    absent = [r for r in RESOURCES if r["id"] != "doctor"]
    file = tmp_path / "absent.json"
    file.write_text(json.dumps({"resources": absent, "requests": [asked]}))
    (found,) = json.loads(run("conformance", "consent", file).out)["decisions"]
    assert (found["decision"], found["because"]) == (
        "permit", ["Consent/kept, provision (permit)"],
    )  # fmt: skip


LACKING: list[tuple[Json, str]] = [
    ({"consent": None}, "consent: expected a reference"),
    ({"consent": []}, "consent: expected a reference"),
    ({"consent": "nobody"}, "consent: 'nobody' names nothing in the file"),
    ({"consent": "Observation/weight"}, "names nothing"),
    ({"consent": "broken"}, "Consent/broken.provision.type: expected permit or deny"),
    ({"consent": "empty"}, "Consent/empty.provision.actor: expected at least one"),
    ({"resource": "Observation/nothing"}, "resource: 'Observation/nothing' names nothing"),
    ({"resource": "same"}, "resource: 'same' names more than one"),
    ({"resource": 5}, "resource: expected a reference"),
    ({"resource": "Practitioner/doctor"}, "is not of the person whom Practitioner/doctor"),
    ({"requester": ""}, "requester: expected a reference"),
    ({"requester": "nobody"}, "requester: 'nobody' names nothing"),
    ({"requester": "Observation/nothing"}, "requester: 'Observation/nothing' names nothing"),
    ({"requester": {"identifier": {"system": "s"}}}, "requester: expected a reference"),
    ({"requester": "s|twice"}, "requester: 's|twice' names more than one"),
    ({"consent": "kept", "requester": "Practitioner/nobody"}, "does not cover this actor"),
    ({"consent": "kept", "requester": "s|unknown"}, "does not cover this actor"),
    ({"consent": "shut"}, "Consent/shut, provision.provision[0] (deny)"),
    ({"consent": "barred", "requester": "s|unknown"}, "actor cannot be judged"),
    ({"consent": "barred", "requester": "PractitionerRole/acting"}, "(deny)"),
    ({"consent": "out"}, "Consent/out, policyRule (base); its policy is opt-out"),
    ({"purpose": None}, "purpose: expected a code"),
    ({"purpose": {"system": V3}}, "purpose: expected a code"),
    ({"purpose": ["TREAT", "HRESCH"]}, "does not cover this purpose"),
    ({"purpose": "treat"}, "does not cover this purpose"),
    ({"purpose": "http://example.org#TREAT"}, "does not cover this purpose"),
    ({"at": None}, "at: expected a date"),
    ({"at": "2022-02-30"}, "at: expected a date"),
    ({"at": 2022}, "at: expected a date"),
    ({"role": 7}, "role: expected a text"),
]


@pytest.mark.parametrize(("lack", "words"), LACKING, ids=[str(lack) for lack, _ in LACKING])
def test_what_is_lacking_is_denied_and_said(
    lack: Json, words: str, run: Run, tmp_path: Path
) -> None:
    (found,) = decide(run, tmp_path, {**ASKED, **lack, "id": "x"})
    assert found["decision"] == "deny"
    assert words in found["because"][0]


def test_a_request_without_an_id_is_decided(run: Run, tmp_path: Path) -> None:
    (found,) = decide(run, tmp_path, ASKED)
    assert (found["id"], found["decision"]) == (None, "permit")


def test_several_consents_are_weighed_together(run: Run, tmp_path: Path) -> None:
    (found,) = decide(run, tmp_path, {**ASKED, "consent": ["treat", "old"], "purpose": "HRESCH"})
    assert found["decision"] == "permit"  # without a date, nobody knows which is newer


def test_as_text_for_people(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "cases.json"
    file.write_text(json.dumps({"resources": RESOURCES, "requests": [{**ASKED, "id": "one"}]}))
    ran = run("conformance", "consent", file, "--format", "text")
    assert ran.out == "one: permit, because Consent/treat, provision (permit)\n"


@pytest.mark.parametrize(("depth", "code"), [(150, 0), (980, 0), (5000, 10)])
def test_a_resource_of_any_depth_is_no_fault_of_ours(
    depth: int, code: int, run: Run, tmp_path: Path
) -> None:
    content = json.dumps({"resources": RESOURCES, "requests": [{**ASKED, "id": 1}]})
    deep = '{"a":' * depth + "1" + "}" * depth
    content = content.replace('"text": "weight"', f'"text": "weight", "extension": [{deep}]')
    file = tmp_path / "cases.json"
    file.write_text(content)
    ran = run("conformance", "consent", file)
    assert ran.code == code
    assert ran.out.count('"decision"') == (1 if code == 0 else 0)


BAD = (
    ("", "is not JSON"),
    ("{", "is not JSON"),
    ("[]", "holds no object"),
    ("null", "holds no object"),
    ('{"resources": []}', "has no list 'requests'"),
    ('{"requests": []}', "has no list 'resources'"),
    ('{"resources": {}, "requests": []}', "has no list 'resources'"),
    ('{"resources": [5], "requests": []}', "resources[0] is no object"),
    ('{"resources": [], "requests": ["x"]}', "requests[0] is no object"),
)


@pytest.mark.parametrize(
    ("content", "words"), BAD, ids=[content or "nothing" for content, _ in BAD]
)
def test_rubbish_is_one_line_and_code_10(
    content: str, words: str, run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "cases.json"
    file.write_text(content)
    ran = run("conformance", "consent", file)
    assert (ran.code, ran.out) == (10, "")
    assert ran.err.startswith("GARROD-INP030: ")
    assert words in ran.err
    assert ran.err.count("\n") == 1


def test_a_file_that_is_not_there_and_a_folder(run: Run, tmp_path: Path) -> None:
    for path in (tmp_path / "nothing", tmp_path):
        ran = run("conformance", "consent", path)
        assert (ran.code, ran.err.count("\n")) == (10, 1)
    ran = run("conformance", "consent", tmp_path, "--format", "xml")
    assert ran.code == 2


@pytest.mark.shared
def test_every_decision_on_the_consents_of_ihe(shared: Path, run: Run, tmp_path: Path) -> None:
    folder = shared / "trust" / "consent_pcf"
    files = [*folder.glob("ex-*.json"), *(folder / "resources").glob("*.json")]
    resources = [json.loads(file.read_bytes()) for file in files]
    cases = json.loads((folder / "decisions.json").read_bytes())
    file = tmp_path / "cases.json"
    requests = [{**case, "id": number} for number, case in enumerate(cases)]
    file.write_text(json.dumps({"resources": resources, "requests": requests}))
    decisions = json.loads(run("conformance", "consent", file).out)["decisions"]
    assert len(decisions) == 42
    wrong = [d for d in decisions if d["decision"] != cases[d["id"]]["expected"]]
    assert wrong == []
