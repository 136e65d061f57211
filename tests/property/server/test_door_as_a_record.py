"""The FHIR door over SQLite, held against a plain record through long random histories.

create, update, delete, patch, by id and by condition, transactions that succeed and that fail;
after each: versions, entity tags, statuses. In between: reads, searches page by page, history.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any
from urllib.parse import quote, urlencode

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.making.doors import BASE, Told, door
from tests.property.server.plain_record import Json, Name, Past, PlainRecord, plain
from tests.property.server.questions import (
    GENDERS,
    KINDS,
    OWN_IDS,
    QUESTIONS,
    SYSTEM,
    VALUES,
    Wanted,
    observations,
    patients,
)

JSON_PATCH = {"Content-Type": "application/json-patch+json"}
URN = "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"
PATIENT_IDS = st.sampled_from(OWN_IDS)
BODIES = {"Patient": patients(), "Observation": observations(PATIENT_IDS)}
IN_HAND = st.sampled_from(("none", "right", "old", "never"))
NEVER = 999


class DoorAsARecord(RuleBasedStateMachine):
    """One door and one plain record, told the same."""

    def __init__(self) -> None:
        super().__init__()
        self.opened = ExitStack()
        self.door = self.opened.enter_context(door())
        self.plain = PlainRecord()

    def teardown(self) -> None:
        """Read all that there is once more, and close the door."""
        with self.opened:
            for kind in KINDS:
                every = self.plain.found(kind, lambda *_: True)
                assert set(self.paged(f"{kind}?_count=3&_total=accurate", 3, len(every))) == every
            self.check_history("_history", self.plain.log)

    @initialize(people=st.lists(patients(), max_size=8), data=st.data())
    def begin(self, people: list[Json], data: st.DataObject) -> None:
        """Begin with some people, one of whom has an id of our own and some weights."""
        weights = [data.draw(BODIES["Observation"]) for _ in people[:4]]
        for body in [*people, *weights]:
            kind = str(body["resourceType"])
            told = self.door.ask("POST", kind, body)
            self.plain.write((kind, told.json["id"]), "POST", body)

    def names(self, data: st.DataObject, kind: str) -> Name:
        """Draw the name of something that is there, was there, or may come."""
        made = [past.id for past in self.plain.log if past.kind == kind]
        ids = [*OWN_IDS, *(id for id in dict.fromkeys(made) if id not in OWN_IDS)]
        return kind, data.draw(st.sampled_from(ids), label="id")

    def match(self, name: Name, in_hand: str) -> tuple[dict[str, str], bool]:
        """Return If-Match as a rule wants it, and whether it then names the newest version."""
        number = self.plain.number(name)
        if in_hand == "none":
            return {}, True
        wanted = {"right": number, "old": number - 1, "never": NEVER}[in_hand]
        if wanted < 1:
            return {}, True
        return {"If-Match": f'W/"{wanted}"'}, wanted == number

    def check_written(self, told: Told, name: Name, status: int, number: int) -> None:
        """Check what a write answers, and that the resource is read again so."""
        assert told.status == status, told.body
        assert told.headers["etag"] == f'W/"{number}"'
        place = f"{BASE}/{name[0]}/{name[1]}/_history/{number}"
        assert told.headers["content-location"] == place
        assert told.headers.get("location") == (place if status == 201 else None)
        self.check_read(name)

    def check_read(self, name: Name) -> None:
        """Check that a read tells the newest version, or that there is none."""
        told, body = self.door.ask("GET", "/".join(name)), self.plain.now(name)
        if body is None:
            assert told.status == (410 if self.plain.is_gone(name) else 404), told.body
            return
        assert told.status == 200
        assert told.headers["etag"] == f'W/"{self.plain.number(name)}"'
        assert plain(told.json) == body
        assert (told.json["id"], told.json["meta"]["versionId"]) == (
            name[1],
            str(self.plain.number(name)),
        )

    @rule(data=st.data(), kind=st.sampled_from(KINDS))
    def create(self, data: st.DataObject, kind: str) -> None:
        """POST gives an id, and version 1."""
        body = data.draw(BODIES[kind])
        told = self.door.ask("POST", kind, body)
        name = kind, told.json["id"]
        assert not self.plain.of(name)
        self.check_written(told, name, 201, self.plain.write(name, "POST", body))

    @rule(data=st.data(), body=patients(), value=st.sampled_from(VALUES))
    def create_unless(self, data: st.DataObject, body: Json, value: str) -> None:
        """POST with If-None-Exist writes where nothing matches, and never a second time."""
        sought = {"If-None-Exist": f"identifier={SYSTEM}|{value}"}
        found = self.plain.found("Patient", _has(value))
        told = self.door.ask("POST", "Patient", body, sought)
        if len(found) > 1:
            assert told.status == 412
        elif found:
            (id,) = found
            self.check_written(told, ("Patient", id), 200, self.plain.number(("Patient", id)))
        else:
            name = "Patient", told.json["id"]
            self.check_written(told, name, 201, self.plain.write(name, "POST", body))

    @rule(data=st.data(), kind=st.sampled_from(KINDS), in_hand=IN_HAND)
    def update(self, data: st.DataObject, kind: str, in_hand: str) -> None:
        """PUT writes the next version, where the version in hand is the newest."""
        name, body = self.names(data, kind), data.draw(BODIES[kind])
        headers, is_newest = self.match(name, in_hand)
        told = self.door.ask("PUT", "/".join(name), {**body, "id": name[1]}, headers)
        if not is_newest:
            assert told.status == 412, told.body
            return
        status = 200 if self.plain.now(name) is not None else 201
        self.check_written(told, name, status, self.plain.write(name, "PUT", body))

    @rule(data=st.data(), kind=st.sampled_from(KINDS))
    def update_only_where_there_is_none(self, data: st.DataObject, kind: str) -> None:
        """PUT with If-None-Match: * makes, and never changes."""
        name, body = self.names(data, kind), data.draw(BODIES[kind])
        unless = {"If-None-Match": "*"}
        told = self.door.ask("PUT", "/".join(name), {**body, "id": name[1]}, unless)
        if self.plain.now(name) is not None:
            assert told.status == 412
        else:
            self.check_written(told, name, 201, self.plain.write(name, "PUT", body))

    @rule(body=patients(), value=st.sampled_from(VALUES))
    def update_where(self, body: Json, value: str) -> None:
        """PUT by a condition changes the one that matches, or makes one."""
        found = self.plain.found("Patient", _has(value))
        told = self.door.ask("PUT", f"Patient?identifier={SYSTEM}|{value}", body)
        if len(found) > 1:
            assert told.status == 412
            return
        name = "Patient", next(iter(found), "") or told.json["id"]
        status = 200 if found else 201
        self.check_written(told, name, status, self.plain.write(name, "PUT", body))

    @rule(data=st.data(), kind=st.sampled_from(KINDS), in_hand=IN_HAND)
    def delete(self, data: st.DataObject, kind: str, in_hand: str) -> None:
        """DELETE writes a deletion; of what is not there it is no fault, and no version."""
        name = self.names(data, kind)
        headers, is_newest = self.match(name, in_hand)
        told = self.door.ask("DELETE", "/".join(name), headers=headers)
        if self.plain.now(name) is None:
            assert told.status == 204
        elif not is_newest:
            assert told.status == 412
        else:
            number = self.plain.write(name, "DELETE", None)
            assert (told.status, told.headers["etag"]) == (204, f'W/"{number}"')
        self.check_read(name)

    @rule(value=st.sampled_from(VALUES))
    def delete_where(self, value: str) -> None:
        """DELETE by a condition deletes one, or none."""
        found = self.plain.found("Patient", _has(value))
        told = self.door.ask("DELETE", f"Patient?identifier={SYSTEM}|{value}")
        assert told.status == (412 if len(found) > 1 else 204)
        if len(found) == 1:
            self.plain.write(("Patient", found.pop()), "DELETE", None)

    @rule(data=st.data(), gender=st.sampled_from(GENDERS), in_hand=IN_HAND, passes=st.booleans())
    def patch(self, data: st.DataObject, gender: str, in_hand: str, passes: bool) -> None:
        """PATCH changes what it names; where its test fails, nothing."""
        name = self.names(data, "Patient")
        headers, is_newest = self.match(name, in_hand)
        operations = [
            {"op": "add", "path": "/gender", "value": gender},
            {"op": "test", "path": "/resourceType", "value": "Patient" if passes else "Other"},
        ]
        told = self.door.ask("PATCH", "/".join(name), operations, {**headers, **JSON_PATCH})
        body = self.plain.now(name)
        if body is None:
            assert told.status == (410 if self.plain.is_gone(name) else 404)
        elif not is_newest:
            assert told.status == 412
        elif not passes:
            assert told.status == 400
        else:
            number = self.plain.write(name, "PATCH", {**body, "gender": gender})
            self.check_written(told, name, 200, number)
        self.check_read(name)

    @rule(data=st.data(), spoiled=st.sampled_from(("no", "no", "invalid", "stale", "dangling")))
    def transaction(self, data: st.DataObject, spoiled: str) -> None:
        """A transaction writes all its entries, or with one that is wrong nothing at all."""
        after, entries, names = self.drawn(data)
        entries += _spoiling(spoiled)
        told = self.door.ask("POST", "", _bundle(entries))
        if spoiled != "no":
            status = {"invalid": 422, "stale": 412, "dangling": 400}[spoiled]
            assert told.status == status, told.body
            return
        assert told.status == 200, told.body
        replies = [entry["response"] for entry in told.json.get("entry", ())]
        assert len(replies) == len(names)
        self.settle(after, replies, names)

    def drawn(self, data: st.DataObject) -> tuple[PlainRecord, list[Json], list[list[Any]]]:
        """Draw entries; return the record after them, the entries, and what each writes."""
        after, entries, names = self.plain.copied(), [], []
        ids = data.draw(st.lists(PATIENT_IDS, unique=True, max_size=3), label="ids")
        for id in ids:
            method = data.draw(st.sampled_from(("PUT", "DELETE")))
            body = data.draw(patients())
            entries.append(_entry(method, f"Patient/{id}", {**body, "id": id}))
            names.append([method, ("Patient", id), body])
        if data.draw(st.booleans(), label="with a new person"):
            weight = data.draw(BODIES["Observation"]) | {"subject": {"reference": URN}}
            person = data.draw(patients())
            entries.append(_entry("POST", "Observation", weight))
            entries.append({"fullUrl": URN, **_entry("POST", "Patient", person)})
            names += [["POST", ("Observation", ""), weight], ["POST", ("Patient", ""), person]]
        return after, entries, names

    def settle(self, after: PlainRecord, replies: list[Json], names: list[list[Any]]) -> None:
        """Take what was written into the plain record, in the order in which R4 has it done."""
        for reply, made in zip(replies, names, strict=True):
            if made[0] == "POST":
                kind, id, _, number = reply["location"].split("/")
                assert (kind, number) == (made[1][0], "1")
                made[1] = kind, id
        persons = [name for _, name, _ in names if name[0] == "Patient"]
        order = sorted(
            range(len(names)), key=lambda n: ("DELETE", "POST", "PUT").index(names[n][0])
        )
        for n in order:
            method, name, body = names[n]
            if body.get("subject", {}).get("reference") == URN:
                body["subject"] = {"reference": f"Patient/{persons[-1][1]}"}
            if method == "DELETE":
                is_there = after.now(name) is not None
                assert replies[n]["status"] == "204 No Content"
                if is_there:
                    after.write(name, method, None)
                continue
            status = "200 OK" if after.now(name) is not None else "201 Created"
            assert replies[n]["status"] == status
            assert replies[n]["etag"] == f'W/"{after.write(name, method, body)}"'
        self.plain = after

    @rule(data=st.data(), kind=st.sampled_from(KINDS), count=st.integers(1, 4))
    def search(self, data: st.DataObject, kind: str, count: int) -> None:
        """A search finds what is meant, each once, however its pages are cut; and counts it."""
        asked = data.draw(st.lists(QUESTIONS[kind], max_size=2), label="asked")
        order = data.draw(st.sampled_from(("", "_id", "-_lastUpdated", "-_id")), label="sort")
        wanted: list[Wanted] = [one[2] for one in asked]
        expected = self.plain.found(kind, lambda id, body: all(w(id, body) for w in wanted))
        question = [(name, value) for name, value, _ in asked]
        pages = [
            ("_count", str(count)),
            ("_total", "accurate"),
            *([("_sort", order)] * bool(order)),
        ]
        found = self.paged(f"{kind}?{urlencode([*question, *pages])}", count, len(expected))
        assert sorted(found) == sorted(expected)
        if order.endswith("_id"):
            assert found == sorted(found, reverse=order.startswith("-"))
        counted = self.door.ask("GET", f"{kind}?{urlencode([*question, ('_summary', 'count')])}")
        assert counted.json["total"] == len(expected)
        assert "entry" not in counted.json
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        posted = self.door.ask("POST", f"{kind}/_search", urlencode(question).encode(), form)
        assert {e["resource"]["id"] for e in posted.json.get("entry", ())} == expected

    def paged(self, url: str, count: int, total: int) -> list[str]:
        """Return the ids of every page, and check each page on the way."""
        found: list[str] = []
        while url:
            told = self.door.ask("GET", url)
            assert told.status == 200, told.body
            page, links = told.json, {one["relation"]: one["url"] for one in told.json["link"]}
            assert page["total"] == total
            entries = page.get("entry", [])
            assert len(entries) == min(count, total - len(found))
            for entry in entries:
                resource = entry["resource"]
                name = resource["resourceType"], resource["id"]
                assert plain(resource) == self.plain.now(name)
                assert resource["meta"]["versionId"] == str(self.plain.number(name))
                found.append(resource["id"])
            url = links.get("next", "").removeprefix(f"{BASE}/")
        return found

    @rule(data=st.data(), level=st.sampled_from(("one", "type", "all")), count=st.integers(1, 7))
    def history(self, data: st.DataObject, level: str, count: int) -> None:
        """History tells every version once, the newest first, deletions among them."""
        kind, id = self.names(data, data.draw(st.sampled_from(KINDS), label="kind"))
        path = {"one": f"{kind}/{id}/", "type": f"{kind}/", "all": ""}[level]
        if level == "one" and not self.plain.of((kind, id)):
            assert self.door.ask("GET", f"{path}_history").status == 404
            return
        expected = [
            past
            for past in self.plain.log
            if level == "all" or (past.kind == kind and (level == "type" or past.id == id))
        ]
        self.check_history(f"{path}_history?_count={count}", expected)

    def check_history(self, url: str, expected: list[Past]) -> None:
        """Check that the pages of a history tell some versions, the newest first."""
        told: list[Json] = []
        while url:
            page = self.door.ask("GET", url).json
            told += page.get("entry", [])
            links = {one["relation"]: one["url"] for one in page["link"]}
            url = links.get("next", "").removeprefix(f"{BASE}/")
        assert len(told) == len(expected)
        for entry, past in zip(told, reversed(expected), strict=True):
            assert entry["request"]["method"] == past.method
            assert entry["response"]["etag"] == f'W/"{past.number}"'
            assert ("resource" in entry) == (past.body is not None)
            assert "resource" not in entry or plain(entry["resource"]) == past.body

    @rule(data=st.data())
    def read_versions(self, data: st.DataObject) -> None:
        """Each version is read again as it was written; a deletion is 410, one never made 404."""
        name = self.names(data, data.draw(st.sampled_from(KINDS), label="kind"))
        for past in self.plain.of(name):
            told = self.door.ask("GET", f"{'/'.join(name)}/_history/{past.number}")
            assert told.status == (410 if past.body is None else 200)
            assert past.body is None or plain(told.json) == past.body
        never = self.plain.number(name) + 1
        assert self.door.ask("GET", f"{'/'.join(name)}/_history/{never}").status == 404

    @invariant()
    def nothing_is_lost_or_made_up(self) -> None:
        """The number of resources of each type is that of the plain record."""
        for kind in KINDS:
            told = self.door.ask("GET", f"{kind}?_summary=count").json
            assert told["total"] == len(list(self.plain.current(kind)))


def _has(value: str) -> Wanted:
    return lambda _, body: any(one["value"] == value for one in body.get("identifier", ()))


def _entry(method: str, url: str, body: Json) -> Json:
    resource = {} if method == "DELETE" else {"resource": body}
    return {**resource, "request": {"method": method, "url": quote(url, safe="/?=|:")}}


def _bundle(entries: list[Json]) -> Json:
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def _spoiling(how: str) -> list[Json]:
    """Return an entry that has a whole transaction refused."""
    person = {"resourceType": "Patient", "id": "spoiled", "gender": "male"}
    weight = {"resourceType": "Observation", "status": "final", "code": {"text": "weight"}}
    if how == "invalid":
        return [_entry("POST", "Patient", {**person, "gender": "no such code"})]
    if how == "stale":
        entry = _entry("PUT", "Patient/spoiled", person)
        return [{**entry, "request": {**entry["request"], "ifMatch": f'W/"{NEVER}"'}}]
    if how == "dangling":
        dangling = {"reference": "urn:uuid:ffffffff-1cbf-4d64-b04d-cd9187a4c6e0"}
        return [_entry("POST", "Observation", {**weight, "subject": dangling})]
    return []


DoorAsARecord.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestDoorAsARecord = DoorAsARecord.TestCase
