"""Safety beats silence, private lines, and a policy that fails: through the real doors."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from garrod.adapters.policy.load import RULES, SHIPPED, keep, load, policing_of
from garrod.care.decide.restricted import ID, TITLE
from garrod.care.govern.policy import Policing
from tests.making.doors import Told
from tests.making.governed import CONFIDENTIALITY, consent, no_restricted, person, team, weight
from tests.making.signed_door import SignedDoor, signed_door, token

DOCTOR = token("Practitioner/d1", setting="gp")
RITONAVIR = ("J05AE03", "ritonavir 100 mg tablets")


@pytest.fixture
def door(tmp_path: Path) -> Iterator[SignedDoor]:
    with signed_door(tmp_path) as opened:
        yield opened


def taken(id: str, atc: str, words: str, *labels: str) -> dict[str, Any]:
    """Return an order for a medicine that is taken now."""
    meta = {"security": [{"system": CONFIDENTIALITY, "code": label} for label in labels]}
    return {
        "resourceType": "MedicationRequest",
        "id": id,
        **({"meta": meta} if labels else {}),
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {
            "coding": [{"system": "http://www.whocc.no/atc", "code": atc}],
            "text": words,
        },
        "subject": {"reference": "Patient/p"},
        "authoredOn": "2026-02-03",
        "dosageInstruction": [{"text": "1 tablet once a day"}],
    }


def advised(door: SignedDoor, by: str, medicine: str = "simvastatin 40 mg tablets") -> Any:
    parts = [
        {"name": "medicine", "valueString": medicine},
        {"name": "shape", "valueCode": "plain"},
    ]
    body = {"resourceType": "Parameters", "parameter": parts}
    told = door.by(by, "POST", "Patient/p/$advise", body)
    assert told.status == 200, told.body
    return told


def hiv(door: SignedDoor, *, is_hidden: bool) -> None:
    """Store somebody who takes ritonavir, and lets whoever prescribes know of it or not."""
    door.load(person("p", birthDate="1960-05-01"), team("p", "Practitioner/d1"))
    door.load(taken("secret", *RITONAVIR, "R"), taken("open", "C09AA05", "ramipril 5 mg capsules"))
    if is_hidden:
        door.load(no_restricted("c", "p"))


def test_hidden_fact_that_would_stop_an_order_is_pointed_to_and_not_told(door: SignedDoor) -> None:
    hiv(door, is_hidden=True)
    assert door.by(DOCTOR, "GET", "MedicationRequest/secret").status == 404
    told = advised(door, DOCTOR)
    assert ID in told.body.decode()
    assert TITLE.format(name="simvastatin").split(":")[0] in told.body.decode()
    said = told.body.lower()
    for word in (b"ritonavir", b"hiv", b"j05ae03", b"secret", b"protease", b"cyp3a"):
        assert word not in said
    for other in ("paracetamol 500 mg tablets", "bisoprolol 5 mg tablets"):
        assert ID not in advised(door, DOCTOR, other).body.decode()


def test_fact_that_is_not_hidden_is_told_as_itself(door: SignedDoor) -> None:
    hiv(door, is_hidden=False)
    told = advised(door, DOCTOR).body.decode()
    assert ID not in told
    assert "ritonavir" in told.lower()


def test_site_may_have_nothing_said_of_what_is_hidden(tmp_path: Path) -> None:
    folder = tmp_path / "policy"
    shutil.copytree(SHIPPED, folder)
    terms = folder / "access.toml"
    text = terms.read_text("utf-8")
    terms.write_text(text.replace("warns_of_hidden = true", "warns_of_hidden = false"), "utf-8")
    found = load(folder)
    with signed_door(tmp_path, police=Policing(found.terms, found.engine)) as door:
        hiv(door, is_hidden=True)
        assert ID not in advised(door, DOCTOR).body.decode()


def test_review_points_to_what_is_hidden(door: SignedDoor) -> None:
    hiv(door, is_hidden=True)
    door.load(taken("statin", "C10AA01", "simvastatin 40 mg tablets"))
    parts = [{"name": "shape", "valueCode": "plain"}]
    body = {"resourceType": "Parameters", "parameter": parts}
    told = door.by(DOCTOR, "POST", "Patient/p/$advise", body)
    assert told.status == 200, told.body
    assert ID in told.body.decode()
    assert b"ritonavir" not in told.body.lower()


def line(door: SignedDoor, words: str, version: int, *, setting: str = "gp") -> str:
    """Begin a line in a setting; return its id."""
    parts = {"act": "begin", "medicine": words}
    told = acted(door, version, parts, setting)
    lines = [e["resource"] for e in told.json["entry"]]
    named = [x for x in lines if x.get("medicationCodeableConcept", {}).get("text") == words]
    return str(named[-1]["id"])


def acted(door: SignedDoor, version: int, parts: dict[str, str], setting: str) -> Told:
    named = {"X-Garrod-Setting": setting, "If-Match": f'W/"{version}"'}
    told = door.ask("POST", "Patient/p/$line", parameters(**parts), named)
    assert told.status == 200, told.body
    return told


def parameters(**parts: str) -> dict[str, Any]:
    listed = [{"name": name, "valueString": value} for name, value in parts.items()]
    return {"resourceType": "Parameters", "parameter": listed}


def kept_private(door: SignedDoor, words: str, version: int, *, setting: str) -> None:
    """Begin a line in a setting, and let the person keep it private."""
    id = line(door, words, version, setting=setting)
    acted(door, version + 1, {"act": "mark-private", "line": id}, "person")


def test_private_line_is_hidden_by_plain_fhir_as_by_the_list(door: SignedDoor) -> None:
    door.load(person("p"), team("p", "Practitioner/d1", "Practitioner/h1"))
    line(door, "ramipril", 0)
    kept_private(door, "lamivudine", 1, setting="clinic")
    own = token("Practitioner/h1", setting="clinic")
    unsaid = token("Practitioner/h1")
    for by, has in ((DOCTOR, False), (unsaid, False), (own, True), (token("Patient/p", ""), True)):
        for path in (
            "MedicationStatement?patient=p",
            "MedicationStatement/_history",
            "Patient/p/MedicationStatement",
            "Patient/p/$everything",
            "List?patient=p&_include=List:item",
            "Patient/p/$medication-list",
        ):
            told = door.by(by, "GET", path)
            assert told.status == 200, (path, told.body)
            assert (b"lamivudine" in told.body) is has, path
        count = door.by(by, "GET", "MedicationStatement?patient=p&_summary=count").json["total"]
        assert count == (2 if has else 1)


def test_line_that_consent_hides_is_not_in_the_list_nor_counted_there(door: SignedDoor) -> None:
    door.load(person("p"), team("p", "Practitioner/d1"))
    line(door, "ramipril", 0)
    line(door, "abacavir", 1)  # a medicine that is labelled by itself
    label = [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "HIV"}]
    door.load(consent("c", "p", provision=[{"type": "deny", "securityLabel": label}]))
    told = door.by(DOCTOR, "GET", "Patient/p/$medication-list")
    assert told.status == 200
    assert b"ramipril" in told.body
    assert b"abacavir" not in told.body
    duplicates = door.by(DOCTOR, "GET", "Patient/p/$medication-duplicates")
    assert b"abacavir" not in duplicates.body
    assert b"hidden" not in duplicates.body
    body = parameters(act="begin", medicine="aspirin")
    done = door.by(DOCTOR, "POST", "Patient/p/$line", body, if_match='W/"2"')
    assert done.status == 200, done.body
    assert b"abacavir" not in done.body
    whole = door.ask("GET", "Patient/p/$medication-list").body
    assert all(word in whole for word in (b"ramipril", b"abacavir", b"aspirin"))


def test_headers_make_nobody_who_signed_in_another(door: SignedDoor) -> None:
    door.load(person("p"), team("p", "Practitioner/d1"))
    kept_private(door, "lamivudine", 0, setting="clinic")
    told = door.by(DOCTOR, "GET", "Patient/p/$medication-list", X_Garrod_Setting="clinic")
    assert b"lamivudine" not in told.body


def test_policy_that_fails_is_flagged_and_stops_study_alone(tmp_path: Path) -> None:
    good = load()
    before = Policing(good.terms, good.engine)
    folder = tmp_path / "policy"
    shutil.copytree(SHIPPED, folder)
    study = token("Practitioner/r1", "analyst", purpose_of_use="HRESCH")
    people = (person("p"), team("p", "Practitioner/d1"), weight("w", "p"))
    agreed = consent("c", "p")
    with signed_door(tmp_path, police=before) as door:
        door.load(*people, agreed)
        assert door.by(DOCTOR, "GET", "Observation/w").status == 200
        told = door.by(study, "GET", "Observation/w")
        assert (told.status, "x-garrod-policy" in told.headers) == (200, False)
    keep(before, tmp_path)
    (folder / RULES).write_text("permit (", encoding="utf-8")
    with signed_door(tmp_path, police=policing_of(folder, tmp_path)) as door:
        door.load(*people, agreed)
        told = door.by(DOCTOR, "GET", "Observation/w")
        assert (told.status, told.headers.get("x-garrod-policy")) == (200, "stale")
        assert door.by(study, "GET", "Observation/w").status == 403
        assert "x-garrod-policy" not in door.ask("GET", "Observation/w").headers


def test_export_that_waits_to_be_fetched_holds_no_more_than_may_be_told_now(
    door: SignedDoor,
) -> None:
    study = token("Practitioner/r1", "analyst", purpose_of_use="HRESCH")
    door.load(person("p"), person("q"), weight("w", "p"), weight("v", "q"))
    door.load(consent("cp", "p"), consent("cq", "q"))
    begun = door.by(study, "GET", "$export?_type=Observation", prefer="respond-async")
    assert begun.status == 202, begun.body
    where = begun.headers["content-location"].split("/fhir/")[1]
    for _ in range(200):
        state = door.by(study, "GET", where)
        if state.status == 200:
            break
        door.runner.run(_moment())
    (file,) = json.loads(state.body)["output"]
    path = file["url"].split("/fhir/")[1]
    assert len(door.by(study, "GET", path).body.splitlines()) == 2
    door.load({**consent("cq", "q"), "status": "inactive"})
    (left,) = door.by(study, "GET", path).body.splitlines()
    assert json.loads(left)["id"] == "w"
    doctor = door.by(DOCTOR, "GET", "$export?_type=Observation", prefer="respond-async")
    assert doctor.status == 403


async def _moment() -> None:
    import asyncio

    await asyncio.sleep(0.02)
