"""Breaking the glass at the FHIR door: who may, what it opens, for how long, and who is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from garrod.care.govern.access import Actor
from garrod.care.record.ports import Tx
from garrod.core.errors import OutsideError
from garrod.core.resource import Version
from tests.acceptance.test_trust_at_the_doors import advised, hiv
from tests.making.doors import Told
from tests.making.governed import consent, no_restricted, person, team, weight
from tests.making.signed_door import NOW, SignedDoor, signed_door, token

JUST_NOW = int(NOW.timestamp()) - 60
REASON = "unconscious on arrival, no history"


def by(user: str, role: str = "prescriber", **claims: Any) -> str:
    """Return a token of somebody who signed in a minute ago."""
    return token(user, role, **({"auth_time": JUST_NOW} | claims))


STRANGER = by("Practitioner/d9")
OWN = by("Practitioner/d1")


@pytest.fixture
def door(tmp_path: Path) -> Iterator[SignedDoor]:
    with signed_door(tmp_path) as opened:
        opened.load(person("p"), person("q"), team("p", "Practitioner/d1"))
        opened.load(weight("w", "p"), weight("hidden", "p", "R"), weight("wq", "q"))
        yield opened


def broken(door: SignedDoor, who: str = STRANGER, reason: str = REASON, patient: str = "p") -> Told:
    return door.by(who, "POST", f"Patient/{patient}/$break-glass", asked(reason))


def asked(reason: str) -> dict[str, Any]:
    parts = [{"name": "reason", "valueString": reason}]
    return {"resourceType": "Parameters", "parameter": parts}


def later(door: SignedDoor, minutes: float) -> None:
    """Move the clock of the decision point on."""
    door.gate.clock = lambda: NOW + timedelta(minutes=minutes)
    door.seconds.now += minutes * 60


def sees(door: SignedDoor, who: str, path: str) -> bool:
    door.seconds.now += 2  # what is kept is kept for a second
    return door.by(who, "GET", path).status == 200


def flag_of(told: Told) -> str:
    return str(told.json["parameter"][2]["valueReference"]["reference"])


def test_stranger_sees_the_record_for_an_hour_and_no_longer(door: SignedDoor) -> None:
    assert not sees(door, STRANGER, "Patient/p")
    told = broken(door)
    assert told.status == 201, told.body
    for path in ("Patient/p", "Observation/w", "Observation?patient=p", "Patient/p/$everything"):
        assert sees(door, STRANGER, path), path
    assert door.by(STRANGER, "GET", "Observation?patient=p").json["total"] == 2
    assert not sees(door, STRANGER, "Observation/wq")  # nobody else's
    assert not sees(door, by("Practitioner/d8"), "Patient/p")  # to nobody else
    later(door, 59)
    assert sees(door, STRANGER, "Observation/w")
    later(door, 60.1)
    assert not sees(door, STRANGER, "Observation/w")
    assert not sees(door, STRANGER, "Patient/p")


def test_medicines_list_is_open_too_and_closes_with_it(door: SignedDoor) -> None:
    assert not sees(door, STRANGER, "Patient/p/$medication-list")
    broken(door)
    assert sees(door, STRANGER, "Patient/p/$medication-list")
    later(door, 61)
    assert not sees(door, STRANGER, "Patient/p/$medication-list")


def test_stream_tells_what_happens_to_the_person_for_as_long_as_it_is_open(
    door: SignedDoor,
) -> None:
    """What listeners are told is asked here of each event: an open stream closes with it."""
    actor = Actor("Practitioner/d9", role="prescriber")
    (event,) = [e for e in door.runner.run(door.record.store.events(0)) if e.id == "w"]

    def is_told() -> bool:
        door.seconds.now += 2
        return door.runner.run(door.record.tells(actor, event))

    assert not is_told()
    broken(door)
    assert is_told()
    later(door, 60.1)
    assert not is_told()


def test_what_was_pointed_to_only_is_told_in_an_emergency(door: SignedDoor) -> None:
    """A hidden medicine that stops an order: first only that there is something, then what."""
    hiv(door, is_hidden=True)
    assert b"ritonavir" not in advised(door, OWN).body.lower()
    broken(door, OWN)
    door.seconds.now += 2
    assert b"ritonavir" in advised(door, OWN).body.lower()
    later(door, 61)
    assert b"ritonavir" not in advised(door, OWN).body.lower()


def test_it_opens_what_a_consent_denies_even_to_who_has_the_care(door: SignedDoor) -> None:
    door.load(no_restricted("c", "p"))
    assert not sees(door, OWN, "Observation/hidden")
    assert broken(door, OWN).status == 201
    assert sees(door, OWN, "Observation/hidden")
    later(door, 61)
    assert not sees(door, OWN, "Observation/hidden")
    assert sees(door, OWN, "Observation/w")


def test_it_overcomes_a_dissent_to_everything(door: SignedDoor) -> None:
    door.load(consent("c", "p", "deny"))
    assert not sees(door, OWN, "Observation/w")
    assert broken(door).status == 201
    assert sees(door, STRANGER, "Observation/w")


def test_medicines_may_be_ordered_in_an_emergency(door: SignedDoor) -> None:
    order = {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": "adrenaline"},
        "subject": {"reference": "Patient/p"},
    }
    assert door.by(STRANGER, "POST", "MedicationRequest", order).status == 403
    broken(door)
    door.seconds.now += 2
    assert door.by(STRANGER, "POST", "MedicationRequest", order).status == 201


def test_person_and_privacy_officer_are_told_with_the_act(door: SignedDoor) -> None:
    flag = flag_of(broken(door))
    shown = door.by("", "GET", flag).json
    assert (shown["status"], shown["author"]) == ("active", {"reference": "Practitioner/d9"})
    mine = door.by(by("Patient/p", "patient"), "GET", "Communication?patient=p").json
    (said,) = [e["resource"] for e in mine["entry"]]
    words = said["payload"][0]["contentString"]
    assert REASON in words
    assert "by a prescriber (Practitioner/d9)" in words
    assert said["recipient"] == [{"reference": "Patient/p"}]
    (task,) = [e["resource"] for e in door.by("", "GET", "Task?patient=p").json["entry"]]
    assert task["owner"]["identifier"]["value"] == "privacy-officer"
    assert task["restriction"]["period"]["end"] == "2026-03-06"
    assert task["focus"] == {"reference": flag}
    versions = [door.runner.run(door.record.store.read(k, i)) for k, i in written(flag, said, task)]
    assert len({v.at for v in versions if v is not None}) == 1  # one transaction
    events = door.runner.run(door.record.store.events(0))
    assert [(e.kind, e.patients) for e in events[-3:]] == [
        ("Flag", ("p",)), ("Task", ("p",)), ("Communication", ("p",)),
    ]  # fmt: skip


def written(flag: str, said: dict[str, Any], task: dict[str, Any]) -> list[tuple[str, str]]:
    named = ("Flag", flag.partition("/")[2])
    return [named, ("Communication", said["id"]), ("Task", task["id"])]


def test_nothing_is_opened_where_nobody_can_be_told(door: SignedDoor) -> None:
    """What fails within the transaction takes the opening with it."""

    async def fails(tx: Tx, written: Sequence[Version]) -> None:
        raise OutsideError("the disk is full.")

    before = door.record.reactions
    door.record.reactions = (fails,)
    assert broken(door).status >= 500
    door.record.reactions = before
    assert not sees(door, STRANGER, "Patient/p")
    assert door.by("", "GET", "Task?patient=p").json["total"] == 0


@pytest.mark.parametrize(
    "reason", ["", "short", "aaaaaaaaaaaaaaa", "          ", "-- -- -- -- --", "x" * 301]
)
def test_reason_that_says_nothing_opens_nothing(door: SignedDoor, reason: str) -> None:
    told = broken(door, reason=reason)
    assert told.status == 400, told.body
    assert not sees(door, STRANGER, "Patient/p")


@pytest.mark.parametrize(
    "role",
    ["laboratory-scientist", "geneticist", "analyst", "governance-officer", "patient", "system"],
)
def test_other_roles_may_not(door: SignedDoor, role: str) -> None:
    who = by("Practitioner/x", role, purpose="TREAT")
    assert broken(door, who).status == 403
    assert broken(door, who, patient="nobody").status == 403  # whether or not there is one
    assert not sees(door, who, "Observation/w")


def test_other_purposes_than_care_do_not_open_it(door: SignedDoor) -> None:
    assert broken(door, by("Practitioner/d9", purpose_of_use="HRESCH")).status == 403


def test_sign_in_of_long_ago_does_not_open_it(door: SignedDoor) -> None:
    for shown in (None, JUST_NOW - 3600):
        told = broken(door, by("Practitioner/d9", auth_time=shown))
        assert told.status == 401, told.body
        assert "insufficient_user_authentication" in told.headers["www-authenticate"]


def test_app_of_another_person_does_not_open_it(door: SignedDoor) -> None:
    assert broken(door, by("Practitioner/d9", patient="q")).status == 403


def test_person_who_is_not_here_cannot_be_opened(door: SignedDoor) -> None:
    assert broken(door, patient="nobody").status == 404
    assert broken(door, "", patient="p").status == 403  # the local user sees all


def test_second_time_is_the_first_one(door: SignedDoor) -> None:
    first = broken(door)
    later(door, 2)
    again = broken(door, reason="another reason, as good")
    assert (first.status, again.status) == (201, 200)
    assert first.json == again.json
    later(door, 61)
    afresh = by("Practitioner/d9", auth_time=JUST_NOW + 3600)
    assert broken(door, afresh).status == 201
    assert door.by("", "GET", "Task?patient=p").json["total"] == 2


def test_it_is_ended_by_hand_by_whoever_broke_it(door: SignedDoor) -> None:
    flag = flag_of(broken(door))
    none = {"resourceType": "Parameters"}
    other = by("Practitioner/d8")
    assert door.by(other, "POST", "Patient/p/$mend-glass", none).status == 400
    later(door, 5)
    told = door.by(STRANGER, "POST", "Patient/p/$mend-glass", none)
    assert told.status == 200
    assert told.json["parameter"][1]["valueInstant"] == "2026-03-03T09:05:00Z"
    assert not sees(door, STRANGER, "Patient/p")
    assert door.by("", "GET", flag).json["status"] == "inactive"
    assert door.by(STRANGER, "POST", "Patient/p/$mend-glass", none).status == 400


def test_flag_that_somebody_wrote_opens_nothing(door: SignedDoor) -> None:
    """Nor does one that was opened last longer by being written anew."""
    shown = door.by("", "GET", flag_of(broken(door, OWN))).json
    forged = {**shown, "author": {"reference": "Practitioner/d9"}}
    assert (
        door.by(OWN, "POST", "Flag", {k: v for k, v in forged.items() if k != "id"}).status == 201
    )
    assert not sees(door, STRANGER, "Observation/w")
    door.load(no_restricted("c", "p"))
    longer = {**shown, "period": {**shown["period"], "end": "2030-01-01T00:00:00Z"}}
    door.seconds.now += 2
    assert door.by(OWN, "PUT", f"Flag/{shown['id']}", longer).status == 200
    assert sees(door, OWN, "Observation/hidden")
    later(door, 61)
    assert not sees(door, OWN, "Observation/hidden")


def test_it_outlives_a_restart_and_is_seen_by_another_process(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'record.db'}"
    with signed_door(tmp_path, url=url) as first, signed_door(tmp_path, url=url) as second:
        first.load(person("p"), weight("w", "p"))
        assert not sees(second, STRANGER, "Observation/w")
        broken(first)
        assert sees(second, STRANGER, "Observation/w")
    with signed_door(tmp_path, url=url) as after:
        assert sees(after, STRANGER, "Observation/w")
        later(after, 61)
        assert not sees(after, STRANGER, "Observation/w")
