"""A token of an earlier sign-in does nothing dangerous, and is told how to go on (RFC 9470)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from garrod.adapters.policy.load import RULES, SHIPPED, TERMS, load
from garrod.care.govern.policy import Policing
from tests.making.doors import Told
from tests.making.governed import consent, person, team, weight
from tests.making.signed_door import NOW, SignedDoor, signed_door, token

SECONDS = int(NOW.timestamp())
LATE = {"auth_time": SECONDS - 301}
LATER = {"prefer": "respond-async"}
SYSTEM = {"scope": "system/*.cruds", "client_id": "robot", "auth_time": None}


def doctor(**more: Any) -> str:
    return token("Practitioner/d1", setting="gp", **more)


@pytest.fixture
def door(tmp_path: Path) -> Iterator[SignedDoor]:
    with signed_door(tmp_path) as opened:
        fill(opened)
        yield opened


def fill(door: SignedDoor) -> None:
    door.load(person("p"), person("q"), team("p", "Practitioner/d1"))
    door.load(weight("open", "p"), weight("secret", "p", "R"), consent("c", "p"))


def check_asked_again(told: Told, act: str) -> None:
    assert told.status == 401, told.body
    said = told.headers["www-authenticate"]
    assert said.startswith('Bearer realm="garrod", error="insufficient_user_authentication"')
    assert 'max_age="300"' in said
    assert f"to {act}, sign in again" in told.json["issue"][0]["details"]["text"]


DEEDS = [
    ("PUT", "Consent/c", consent("c", "p", "deny"), "change a consent"),
    ("POST", "Consent", consent("", "p") | {"id": "x"}, "change a consent"),
    ("DELETE", "Consent/c", b"", "change a consent"),
    ("DELETE", "Observation/open", b"", "delete what a record says of a person"),
    ("DELETE", "Observation?_id=open", b"", "delete what a record says of a person"),
    ("PUT", "Observation/secret", weight("secret", "p"), "take a security label away"),
]


@pytest.mark.parametrize(("method", "path", "body", "act"), DEEDS)
def test_dangerous_deed_asks_for_a_sign_in_of_just_now(
    door: SignedDoor, method: str, path: str, body: Any, act: str
) -> None:
    kind = path.split("/")[0].split("?")[0]
    before = door.ask("GET", f"{kind}?patient=p").json
    check_asked_again(door.by(doctor(**LATE), method, path, body), act)
    check_asked_again(door.by(doctor(auth_time=None), method, path, body), act)
    assert door.ask("GET", f"{kind}?patient=p").json == before
    assert door.by(doctor(), method, path, body).status in (200, 201, 204)


def test_bundle_is_no_way_round(door: SignedDoor) -> None:
    entry = {"request": {"method": "DELETE", "url": "Observation/open"}}
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
    check_asked_again(
        door.by(doctor(**LATE), "POST", "", bundle), "delete what a record says of a person"
    )
    told = door.by(doctor(**LATE), "POST", "", bundle | {"type": "batch"})
    assert told.json["entry"][0]["response"]["status"].startswith("401")
    assert door.ask("GET", "Observation/open").status == 200
    assert door.by(doctor(), "POST", "", bundle).status == 200
    assert door.ask("GET", "Observation/open").status == 410


def test_patch_that_takes_a_label_away_is_one_that_changes_a_value_is_none(
    door: SignedDoor,
) -> None:
    gone = [{"op": "remove", "path": "/meta/security"}]
    told = door.by(
        doctor(**LATE), "PATCH", "Observation/secret", gone,
        content_type="application/json-patch+json",
    )  # fmt: skip
    check_asked_again(told, "take a security label away")
    other = [{"op": "replace", "path": "/valueQuantity/value", "value": 71}]
    told = door.by(
        doctor(**LATE), "PATCH", "Observation/secret", other,
        content_type="application/json-patch+json",
    )  # fmt: skip
    assert told.status == 200, told.body


def test_what_is_done_all_day_asks_for_nothing(door: SignedDoor) -> None:
    late = doctor(**LATE)
    assert door.by(late, "GET", "Observation/open").status == 200
    assert door.by(late, "PUT", "Observation/open", weight("open", "p", "R")).status == 200
    assert door.by(late, "POST", "Observation", weight("", "p") | {"id": "y"}).status == 201


def test_person_changes_their_own_consent_at_any_time(door: SignedDoor) -> None:
    mine = token("Patient/p", "patient", purpose_of_use="PATRQT", **LATE)
    assert door.by(mine, "PUT", "Consent/c", consent("c", "p", "deny")).status == 200


def test_whoever_may_not_do_it_is_not_asked_to_sign_in(door: SignedDoor) -> None:
    stranger = token("Practitioner/d9", setting="gp", **LATE)
    unknown = door.by(stranger, "DELETE", "Observation/none")
    assert door.by(stranger, "DELETE", "Observation/open").status == unknown.status == 204
    assert door.by(stranger, "PUT", "Consent/c", consent("c", "p")).status == 404
    assert door.ask("GET", "Observation/open").status == 200


def test_export_asks_people_and_not_software(door: SignedDoor) -> None:
    mine = {"user": "Patient/p", "role": "patient", "purpose_of_use": "PATRQT"}
    path = "Patient/$export?_type=Observation"
    told = door.by(token(**mine, **LATE), "GET", path, **LATER)
    check_asked_again(told, "take people's data away")
    assert door.by(token(**mine), "GET", path, **LATER).status == 202
    assert door.by(token("", "", **SYSTEM), "GET", path, **LATER).status == 202


def test_merge_asks_whomever_a_site_lets_do_it(tmp_path: Path) -> None:
    folder = tmp_path / "policy"
    shutil.copytree(SHIPPED, folder)
    with (folder / RULES).open("a", encoding="utf-8") as rules:
        rules.write(
            '\n@id("own")\npermit (principal == Role::"governance-officer", action, resource);'
        )
    found = load(folder)
    parts = [
        {"name": name, "valueReference": {"reference": f"Patient/{id}"}}
        for name, id in (("source-patient", "q"), ("target-patient", "p"))
    ]
    body = {"resourceType": "Parameters", "parameter": parts}
    why = {"name": "reason", "valueString": "registered twice"}
    merge = {"resourceType": "Parameters", "parameter": [*parts, why]}
    with signed_door(tmp_path, police=Policing(found.terms, found.engine)) as door:
        fill(door)
        officer = {"user": "Practitioner/o", "role": "governance-officer", "setting": "gp"}
        for name, sent in (("merge", merge), ("unmerge", body)):
            told = door.by(token(**officer, **LATE), "POST", f"Patient/${name}", sent)
            check_asked_again(told, "merge or part two people")
        told = door.by(token(**officer), "POST", "Patient/$merge", merge)
        assert told.status == 200, told.body


def test_site_says_which_way_of_signing_in_counts_and_for_how_long(tmp_path: Path) -> None:
    folder = tmp_path / "policy"
    shutil.copytree(SHIPPED, folder)
    terms = folder / TERMS
    text = terms.read_text("utf-8").replace("seconds = 300", "seconds = 60")
    terms.write_text(text.replace("levels = []", 'levels = ["AAL3"]'), "utf-8")
    found = load(folder)
    with signed_door(tmp_path, police=Policing(found.terms, found.engine)) as door:
        fill(door)
        for claims in ({"acr": "AAL2"}, {"acr": "AAL3", "auth_time": SECONDS - 61}, {}):
            told = door.by(doctor(**claims), "DELETE", "Observation/open")
            assert told.status == 401
            assert 'max_age="60", acr_values="AAL3"' in told.headers["www-authenticate"]
        strong = doctor(acr="AAL3", auth_time=SECONDS - 60)
        assert door.by(strong, "DELETE", "Observation/open").status == 204
