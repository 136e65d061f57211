"""Consent decides every path: the same datum, by whatever route it is asked for, one answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.making.doors import Told
from tests.making.governed import (
    PURPOSES,
    consent,
    no_restricted,
    person,
    team,
    weight,
)
from tests.making.signed_door import SignedDoor, signed_door, token

Resource = dict[str, Any]
Route = Callable[[SignedDoor, str, str, str, str], Told]


def _get(path: str) -> Route:
    def asked(door: SignedDoor, by: str, kind: str, id: str, patient: str) -> Told:
        return door.by(by, "GET", path.format(kind=kind, id=id, patient=patient))

    return asked


def _posted(door: SignedDoor, by: str, kind: str, id: str, patient: str) -> Told:
    form = {"content_type": "application/x-www-form-urlencoded"}
    return door.by(by, "POST", f"{kind}/_search", f"_id={id}".encode(), **form)


def _batch(door: SignedDoor, by: str, kind: str, id: str, patient: str) -> Told:
    entry = {"request": {"method": "GET", "url": f"{kind}/{id}"}}
    body = {"resourceType": "Bundle", "type": "batch", "entry": [entry]}
    return door.by(by, "POST", "", body)


ROUTES: dict[str, Route] = {
    "read": _get("{kind}/{id}"),
    "version": _get("{kind}/{id}/_history/1"),
    "history": _get("{kind}/{id}/_history"),
    "history of the type": _get("{kind}/_history?_count=1000"),
    "search": _get("{kind}?_id={id}"),
    "search of the person": _get("{kind}?patient={patient}&_count=1"),
    "posted search": _posted,
    "compartment": _get("Patient/{patient}/{kind}?_count=1"),
    "everything": _get("Patient/{patient}/$everything?_count=1"),
    "reverse include": _get("Practitioner?_id=ex-author&_revinclude={kind}:performer"),
    "batch": _batch,
}
# What else names a datum: a count of one that is asked for alone, and people who have it.
COUNTED = {
    "count": "{kind}?_id={id}&_summary=count",
    "total": "{kind}?_id={id}&_total=accurate&_count=0",
    "who wrote it": "Practitioner?_id=ex-author&_has:{kind}:performer:_id={id}&_summary=count",
}


def told_of(door: SignedDoor, by: str, route: Route, of: tuple[str, str, str]) -> bool:
    """Return whether a route tells of a resource, on whatever page."""
    kind, id, patient = of
    told = route(door, by, kind, id, patient)
    while True:
        if told.status == 200 and f'"id":"{id}"'.encode() in told.body.replace(b'": "', b'":"'):
            return True
        body = json.loads(told.body) if told.status == 200 else {}
        links = body.get("link", []) if body.get("resourceType") == "Bundle" else []
        following = next((x["url"] for x in links if x["relation"] == "next"), "")
        if not following:
            return False
        told = door.by(by, "GET", following.split("/fhir/", 1)[1])


def check(door: SignedDoor, by: str, of: tuple[str, str, str], *, is_permitted: bool) -> None:
    """Hold that every route gives one answer."""
    kind, id, patient = of
    found = {name: told_of(door, by, route, of) for name, route in ROUTES.items()}
    for name, path in COUNTED.items():
        told = door.by(by, "GET", path.format(kind=kind, id=id, patient=patient))
        found[name] = told.status == 200 and told.json["total"] == 1
    event = door.runner.run(_event_of(door, kind, id))
    actor = door.runner.run(door.fhir.guard.admitted("/events", _headers(by)))
    found["events"] = door.runner.run(door.record.tells(actor, event))
    assert found == dict.fromkeys(found, is_permitted)
    assert len(found) >= 7


def _headers(by: str) -> dict[str, str]:
    return {"host": "localhost", "authorization": f"Bearer {by}"}


async def _event_of(door: SignedDoor, kind: str, id: str) -> Any:
    events = await door.record.store.events(0, 10_000)
    return next(e for e in reversed(events) if (e.kind, e.id) == (kind, id))


@pytest.fixture
def door(tmp_path: Path) -> Iterator[SignedDoor]:
    with signed_door(tmp_path) as opened:
        yield opened


@pytest.mark.shared
def test_decisions_of_the_shared_examples_by_every_route(door: SignedDoor, shared: Path) -> None:
    folder = shared / "trust" / "consent_pcf"
    decisions = json.loads((folder / "decisions.json").read_bytes())
    store = stored(door)
    for path in (folder / "resources").glob("*.json"):
        store(json.loads(path.read_bytes()))
    by = [{"reference": "Practitioner/ex-author"}]
    store(weight("not-listed", "ex-patient", "N", effectiveDateTime="2020-01-01", performer=by))
    store(team("ex-patient", "Practitioner/ex-practitioner"))
    seen = 0
    for name in sorted({d["consent"] for d in decisions}):
        given = json.loads((folder / f"{name}.json").read_bytes())
        store(given)
        for decision in (d for d in decisions if d["consent"] == name):
            kind, _, id = decision["resource"].partition("/")
            of = (kind, id, "ex-patient")
            check(door, _token(decision), of, is_permitted=decision["expected"] == "permit")
            seen += 1
        store({**given, "status": "entered-in-error"})
    assert seen == len(decisions) == 42


def _token(decision: dict[str, str]) -> str:
    requester, purpose = decision["requester"], decision["purpose"]
    system, is_custom, code = purpose.partition("#")
    said: Any = {"system": system, "code": code} if is_custom else purpose
    if requester.startswith("Organization/"):
        return token("Practitioner/of-it", "analyst", purpose_of_use=said, organization=requester)
    return token(requester, "prescriber", purpose_of_use=said)


def stored(door: SignedDoor) -> Callable[[Resource], None]:
    """Return what stores a resource as it stands: others' examples need not be strictly valid."""
    from garrod.care.record.ports import Tx
    from tests.making.recorded import codec

    def store(resource: Resource) -> None:
        kind, id = resource["resourceType"], resource["id"]
        draft = codec().drafted(json.dumps(resource).encode(), kind=kind, id=id)

        async def work(tx: Tx) -> None:
            await tx.put(draft, method="PUT")

        door.runner.run(door.record.store.transact(work))
        door.gate.touched((kind,))

    return store


OWN = (
    # label of the datum, consent's provisions, who asks, for what, may they?
    ("R", (), "TREAT", True),
    ("R", ("no_restricted",), "TREAT", False),
    ("N", ("no_restricted",), "TREAT", True),
    ("N", (), "HRESCH", False),
    ("N", ("research",), "HRESCH", True),
    ("R", ("no_restricted", "research"), "HRESCH", False),
    ("N", ("dissent",), "TREAT", False),
    ("N", ("dissent",), "HRESCH", False),
    ("RAW-GENOME", (), "TREAT", False),
    ("SECONDARY-FINDING", (), "TREAT", False),
)
RESEARCH = [{"system": PURPOSES, "code": "HRESCH"}]
CONSENTS = {
    "no_restricted": no_restricted("c-restricted", "p"),
    "research": consent("c-research", "p", purpose=RESEARCH),
    "dissent": consent("c-dissent", "p", "deny"),
}


@pytest.mark.parametrize(("label", "given", "purpose", "is_permitted"), OWN)
def test_own_cases_by_every_route(
    door: SignedDoor, label: str, given: tuple[str, ...], purpose: str, is_permitted: bool
) -> None:
    store = stored(door)
    by = [{"reference": "Practitioner/ex-author"}]
    for resource in (
        person("p"),
        {"resourceType": "Practitioner", "id": "ex-author"},
        team("p", "Practitioner/d1"),
        weight("w", "p", label, performer=by),
        *(CONSENTS[name] for name in given),
    ):
        store(resource)
    role = "prescriber" if purpose == "TREAT" else "analyst"
    who = token("Practitioner/d1", role, purpose_of_use=purpose)
    check(door, who, ("Observation", "w", "p"), is_permitted=is_permitted)


def test_nobody_without_a_relation_sees_anything(door: SignedDoor) -> None:
    store = stored(door)
    for resource in (person("p"), {"resourceType": "Practitioner", "id": "ex-author"}):
        store(resource)
    store(weight("w", "p", performer=[{"reference": "Practitioner/ex-author"}]))
    check(door, token("Practitioner/d9"), ("Observation", "w", "p"), is_permitted=False)


def test_withdrawal_holds_at_once_and_by_every_route(door: SignedDoor) -> None:
    store = stored(door)
    by = [{"reference": "Practitioner/ex-author"}]
    for resource in (
        person("p"),
        {"resourceType": "Practitioner", "id": "ex-author"},
        weight("w", "p", performer=by),
        CONSENTS["research"],
    ):
        store(resource)
    who = token("Practitioner/r1", "analyst", purpose_of_use="HRESCH")
    of = ("Observation", "w", "p")
    check(door, who, of, is_permitted=True)
    withdrawn = {**CONSENTS["research"], "status": "inactive"}
    told = door.ask("PUT", "Consent/c-research", withdrawn)
    assert told.status == 200, told.body
    check(door, who, of, is_permitted=False)
