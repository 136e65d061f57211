"""Nobody learns of a person by a route or a search parameter: two records, one with them, one
without, answer every question of somebody who may not see them alike, to the byte.

The questions are made of the server's own tables: every operation, every kind, every parameter.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from garrod.care.record.ports import Tx
from garrod.core.resource import Draft
from garrod.entry.api.operations import OPERATIONS
from tests.making.doors import Told, codec
from tests.making.governed import (
    no_restricted,
    person,
    team,
    weight,
)
from tests.making.probing import about, kinds_of_people, plain_codec, questions
from tests.making.signed_door import NOW, SignedDoor, signed_door, token

DOCTOR, OF_HERSELF = "Practitioner/d1", "Patient/a"
HIDDEN = re.compile(rb"[Hh]idden|\bb\b|\bb-[A-Z]|\bc-r\b")
_CURSOR = re.compile(rb"_page=[^\"&]+")
_NOW = re.compile(rb"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)")  # the list is written by the real clock


@dataclass
class Pair:
    """Two records: `full` has what must stay unknown, `bare` has all the rest."""

    full: SignedDoor
    bare: SignedDoor

    def same(self, by: str, method: str, path: str, body: Any = b"", **headers: str) -> Told:
        """Return the answer that both give; later pages too."""
        first = self.full.by(by, method, path, body, **headers)
        other = self.bare.by(by, method, path, body, **headers)
        pages = 0
        while True:
            assert first.status == other.status, (method, path, first.body, other.body)
            assert _plain(first.body) == _plain(other.body), (method, path)
            assert _headers(first) == _headers(other), (method, path)
            nexts = [_next(told) for told in (first, other)]
            if None in nexts or pages > 20:
                assert (nexts[0] is None) == (nexts[1] is None), (method, path)
                return first
            pages += 1
            first, other = (
                door.by(by, "GET", str(link))
                for door, link in zip((self.full, self.bare), nexts, strict=True)
            )


def _plain(body: bytes) -> bytes:
    return _NOW.sub(b"then", _CURSOR.sub(b"_page=", body))


def _headers(told: Told) -> dict[str, str]:
    kept = {k: v for k, v in told.headers.items() if k != "content-length"}
    return {k: _plain(v.encode()).decode() for k, v in kept.items()}


def _next(told: Told) -> str | None:
    if b'"next"' not in told.body:
        return None
    links = json.loads(told.body).get("link", [])
    found = next((x["url"] for x in links if x["relation"] == "next"), None)
    return found.split("/fhir", 1)[1].lstrip("/") if found else None


def mine() -> list[dict[str, Any]]:
    """Return what both records have: a person in the doctor's care, and one who hides a part."""
    return [
        person("a", name=[{"family": "Aspen"}]),
        team("a", DOCTOR),
        weight("a1", "a"),
        weight("a2", "a", effectiveDateTime="2026-01-05"),
        {"resourceType": "Medication", "id": "m1", "code": {"text": "paracetamol"}},
        person("c", name=[{"family": "Cedar"}]),
        team("c", DOCTOR),
        no_restricted("consent-c", "c"),
        weight("c1", "c"),
    ]


def theirs() -> list[Draft]:
    """Return what only the full record has: all about b, and what c keeps hidden."""
    by = plain_codec()
    found = [about(by, kind, f"b-{kind}", "b") for kind in kinds_of_people(by)]
    others = [
        person("b", name=[{"family": "Hiddenname"}], birthDate="1931-01-05"),
        weight("c-r", "c", "R", effectiveDateTime="2026-01-05"),
    ]
    return found + [
        by.drafted(json.dumps(r).encode(), kind=r["resourceType"], id=r["id"]) for r in others
    ]


def filled(door: SignedDoor, *, is_full: bool) -> None:
    """Write what a record has, the hidden between the rest; nothing tells when it was written."""
    own = [
        codec().drafted(json.dumps(r).encode(), kind=r["resourceType"], id=r["id"]) for r in mine()
    ]
    hidden = theirs() if is_full else []

    async def work(tx: Tx) -> None:
        for number, draft in enumerate(own):
            share = slice(number * len(hidden) // len(own), (number + 1) * len(hidden) // len(own))
            for other in hidden[share]:
                await tx.put(other, method="PUT")
            await tx.put(draft, method="PUT")

    door.runner.run(door.record.store.transact(work))


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folders = [tmp_path_factory.mktemp(name) for name in ("full", "bare")]
    with signed_door(folders[0], at=NOW) as full, signed_door(folders[1], at=NOW) as bare:
        filled(full, is_full=True)
        filled(bare, is_full=False)
        yield Pair(full, bare)


def test_records_differ_for_whoever_may_see_all(pair: Pair) -> None:
    totals = [
        door.by("", "GET", "Patient?_summary=count").json["total"]
        for door in (pair.full, pair.bare)
    ]
    assert totals == [3, 2]
    assert pair.full.by("", "GET", "Observation/c-r").status == 200
    assert HIDDEN.search(pair.full.by("", "GET", "Patient/b").body)


KINDS = (*kinds_of_people(plain_codec()), "Patient")


@pytest.mark.parametrize("kind", KINDS)
def test_every_search_parameter_of_a_kind_answers_alike(pair: Pair, kind: str) -> None:
    by, doctor = plain_codec(), token(DOCTOR)
    draft = next(d for d in theirs() if d.kind == kind and d.id != "c-r")
    for question in questions(by, kind, draft):
        told = pair.same(doctor, "GET", question)
        assert not HIDDEN.search(told.body.split(b'"entry"')[-1]) or b"entry" not in told.body
    for more in ("_summary=count", "_total=accurate&_count=1", "_total=accurate", "_count=0"):
        pair.same(doctor, "GET", f"{kind}?{more}")


@pytest.mark.parametrize("kind", KINDS)
def test_every_way_to_one_resource_says_that_it_is_not_there(pair: Pair, kind: str) -> None:
    doctor = token(DOCTOR)
    id = "b" if kind == "Patient" else f"b-{kind}"
    place = f"{kind}/{id}"
    assert pair.same(doctor, "GET", place).status in (403, 404)
    for path in (
        f"{place}/_history",
        f"{place}/_history/1",
        f"{kind}/_history",
        f"Patient/b/{kind}",
    ):
        pair.same(doctor, "GET", path)
    patch = [{"op": "add", "path": "/language", "value": "en"}]
    named = {"content_type": "application/json-patch+json"}
    pair.same(doctor, "PATCH", place, json.dumps(patch).encode(), **named)
    draft = next(d for d in theirs() if d.kind == kind and d.id == id)
    body = {**json.loads(draft.body), "id": id}
    pair.same(doctor, "PUT", place, body)
    pair.same(doctor, "PUT", place, body, if_match="*")
    pair.same(doctor, "PUT", place, body, if_none_match="*")
    pair.same(doctor, "DELETE", place)


FOLLOWED = (
    "Patient?_revinclude=Observation:subject",
    "Patient?_has:Observation:patient:code=99999-9",
    "Patient?_has:Observation:patient:date=2026-01-05",
    "Patient?_has:Condition:patient:code=99999-9",
    "Patient?_has:Observation:patient:_has:Provenance:target:recorded=ge2000",
    "Observation?subject:Patient.name=Hiddenname",
    "Observation?patient.birthdate=1931-01-05",
    "Observation?_include=Observation:subject&_include=Observation:encounter",
    "Observation?_include=Observation:subject&_revinclude:iterate=CareTeam:patient",
    "CareTeam?_include=CareTeam:patient&_revinclude:iterate=Observation:patient",
    "Observation?_sort=-date&_count=1",
    "Observation?_sort=_lastUpdated&_count=1&_total=accurate",
    "Observation?_id=c-r,c1,a1",
    "Observation?_security=R",
    "Observation?value-quantity=gt1000",
    "?_type=Observation,Patient,CareTeam&_count=2",
    "?_type=Condition,Patient&_lastUpdated=ge2020",
    "_history?_count=3",
    "Observation/_history?_count=1",
    "Patient/b/$everything",
    "Patient/c/$everything?_count=1",
    "Patient/c/Observation?_total=accurate",
    "Patient/c/*?_summary=count",
    "Patient/b/*",
)


@pytest.mark.parametrize("path", FOLLOWED)
@pytest.mark.parametrize("who", [DOCTOR, OF_HERSELF])
def test_what_follows_references_goes_round_what_is_hidden(pair: Pair, path: str, who: str) -> None:
    told = pair.same(token(who, "" if who == OF_HERSELF else "prescriber"), "GET", path)
    assert not re.search(rb'"id":"(b|b-\w+|c-r)"', told.body)


def test_posted_search_answers_alike(pair: Pair) -> None:
    form = {"content_type": "application/x-www-form-urlencoded"}
    for path in ("Observation/_search", "Patient/b/Observation/_search", "_search"):
        pair.same(token(DOCTOR), "POST", path, b"_type=Observation&code=99999-9", **form)


PARAMETERS = {"resourceType": "Parameters", "parameter": [{"name": "medicine", "valueString": "x"}]}


@pytest.mark.parametrize("name", sorted(OPERATIONS))
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_operation_answers_alike(pair: Pair, name: str, method: str) -> None:
    named = OPERATIONS[name]
    kind = next(iter(sorted(named.kinds)), "Patient")
    levels = {"system": f"${name}", "type": f"{kind}/${name}", "instance": f"{kind}/b/${name}"}
    body = PARAMETERS if method == "POST" else b""
    for level in sorted(named.levels):
        pair.same(token(DOCTOR), method, levels[level], body)
    if name == "merge":
        parts = [
            {"name": x, "valueReference": {"reference": f"Patient/{id}"}}
            for x, id in (("source-patient", "b"), ("target-patient", "a"))
        ]
        pair.same(token(DOCTOR), method, levels["type"], {**PARAMETERS, "parameter": parts})


def entry(method: str, url: str, resource: dict[str, Any] | None = None, **more: str) -> Any:
    request = {"method": method, "url": url, **more}
    return {"request": request, **({"resource": resource} if resource else {})}


NEW = weight("new", "a")
CONDITIONS = ("identifier=https://example.org/hidden|hidden-1", "_id=c-r", "code=99999-9")


@pytest.mark.parametrize("kind", ["batch", "transaction"])
def test_bundles_answer_alike(pair: Pair, kind: str) -> None:
    entries = [
        [entry("GET", "Patient/b")],
        [entry("GET", "Observation?code=99999-9")],
        [entry("GET", "Observation/c-r")],
        [entry("PUT", "Observation/c-r", {**NEW, "id": "c-r"})],
        [entry("PUT", "Observation/none", {**NEW, "id": "none"})],
        [entry("DELETE", "Observation/b-Observation")],
        [entry("POST", "Observation", NEW, ifNoneExist=CONDITIONS[0])],
        [entry("POST", "Observation", {**NEW, "subject": {"reference": f"Patient?{FAMILY}"}})],
        [entry("DELETE", f"Observation?{CONDITIONS[0]}")],
    ]
    for some in entries:
        body = {"resourceType": "Bundle", "type": kind, "entry": some}
        pair.same(token(DOCTOR), "POST", "", body)


FAMILY = "family=Hiddenname"


@pytest.mark.parametrize("condition", CONDITIONS)
def test_conditions_find_nothing_that_is_hidden(pair: Pair, condition: str) -> None:
    doctor = token(DOCTOR)
    body = {k: v for k, v in NEW.items() if k != "id"}
    pair.same(doctor, "PUT", f"Observation?{condition}", body)
    pair.same(doctor, "PUT", f"Observation?{condition}", {**body, "id": "c-r"})
    pair.same(doctor, "POST", "Observation", body, if_none_exist=condition)
    pair.same(doctor, "DELETE", f"Observation?{condition}")
    patch = [{"op": "add", "path": "/language", "value": "en"}]
    named = {"content_type": "application/json-patch+json"}
    pair.same(doctor, "PATCH", f"Observation?{condition}", json.dumps(patch).encode(), **named)


def test_line_is_linked_to_what_is_hidden_as_to_what_is_not_there(pair: Pair) -> None:
    parts = [
        {"name": "act", "valueCode": "begin"},
        {"name": "medicine", "valueString": "paracetamol"},
        {"name": "link", "valueReference": {"reference": "MedicationRequest/b-MedicationRequest"}},
    ]
    body = {"resourceType": "Parameters", "parameter": parts}
    pair.same(token(DOCTOR), "POST", "Patient/a/$line", body, if_match='W/"0"')


def test_nobody_in_between_has_changed_anything_hidden(pair: Pair) -> None:
    for draft in theirs():
        version = pair.full.runner.run(pair.full.record.store.read(draft.kind, draft.id))
        assert version is not None
        assert version.number == 1
