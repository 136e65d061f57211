"""Takes over medication lists that another Garrod kept: a person, their lines, then their list.

line, list -> read, and held to what their own histories say -> stored, unless this record has
gone its own way. What tells of versions that no export carries (receipts, merges, reconciliations)
stays behind, and is named.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

import orjson

from garrod.adapters.fhir.ingest import find
from garrod.adapters.fhir.ingest.parcel import Part, Taken
from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.adapters.fhir.lines import kept, listing, merging, reconciling, statement
from garrod.adapters.fhir.lines.codec import FhirLines
from garrod.adapters.fhir.lines.names import NUMBER
from garrod.adapters.fhir.lines.nested import instant_in
from garrod.adapters.fhir.record.codec import FhirCodec
from garrod.care.record.medication.line import Line
from garrod.care.record.medicines_cases import CASE
from garrod.care.record.medicines_load import load
from garrod.care.record.medicines_ports import LINE, LIST, RECEIPT, Head, list_id
from garrod.care.record.medicines_write import TOPIC
from garrod.care.record.ports import HistoryOf, Tx
from garrod.core.errors import ConflictError, FhirError
from garrod.core.resource import Draft, Version

LINES = FhirLines()
TOLD = frozenset(
    ("MedicationRequest", "MedicationDispense", "MedicationAdministration", "MedicationStatement")
)
Put = Callable[[Draft, Version | None], Awaitable[Version]]


class OtherList(ConflictError):
    """Two records have each gone on with one person's list: only a person can reconcile them."""

    default_code = "REC205"


class OtherPerson(ConflictError):
    """The person of a resource could not be told from somebody who is here."""

    default_code = "REC204"


@dataclass(slots=True)
class Carried:
    """What an import has taken over so far.

    `lists` are the people whose list came, `waiting` those of whom only lines did; `people` are
    those who came themselves, `refused` those who clashed with somebody here.
    """

    lists: set[str] = field(default_factory=set)
    waiting: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)

    def check(self, draft: Draft) -> None:
        """Raise OtherPerson REC204 for what is of somebody who was refused."""
        clashing = sorted(self.refused.intersection(draft.patients))
        if clashing and draft.kind != "Patient":
            raise OtherPerson(
                f"{draft.kind}/{draft.id} is of Patient/{clashing[0]}, who was refused: settle who "
                "that is, and import it again."
            )

    def check_came(self, part: Part, draft: Draft, patient: str) -> None:
        """Raise OtherPerson REC204 for a line or list whose person did not come with it."""
        self.check(draft)
        if patient not in self.people:
            raise OtherPerson(
                f"{part.kind}/{part.own_id} is of Patient/{patient}, who did not come with it: "
                "import the whole folder that an export wrote."
            )


@dataclass(frozen=True, slots=True)
class Desk:
    """What carrying needs of the run that it is part of."""

    tx: Tx
    codec: FhirCodec
    carried: Carried
    put: Put


def sort_of(part: Part) -> str:
    """Return whether a resource is a line, a list, or tells of versions elsewhere; "" if none."""
    resource, is_alone = part.resource, bool(part.own_id) and not part.place
    if not is_alone:
        return ""
    if part.kind == LINE and statement.is_line(resource):
        return "line"
    if part.kind == LIST and listing.is_list(resource):
        return "list"
    if part.kind == CASE and reconciling.is_case(resource):
        return "reconciliation"
    if part.kind == RECEIPT and kept.is_kept(resource):
        return "receipt"
    return "merge" if part.kind == RECEIPT and merging.is_merge(resource) else ""


async def carry(desk: Desk, part: Part, sort: str, taken: Taken) -> None:
    """Store a line or list of another Garrod, or note why it stays behind.

    Raises: FhirError FHR150 (not what its history says), OtherList REC205, OtherPerson REC204.
    """
    if sort not in ("line", "list"):
        taken.notes.append(
            f"{part.kind}/{part.own_id} is a {sort} that tells of versions of another record, which"
            " no export carries: it stays behind"
        )
        return
    try:
        await (_line if sort == "line" else _list)(desk, part, taken)
    except ValueError:
        raise FhirError(
            f"{part.kind}/{part.own_id}: a code or a moment of the medication list cannot be read.",
            code="FHR150",
        ) from None


async def _line(desk: Desk, part: Part, taken: Taken) -> None:
    line = statement.line_in(orjson.loads(part.body), part.own_id)
    patient = _patient(part.resource)
    _check_said(part, statement.body_of(line, patient))
    draft = find.drafted(desk.codec, part.body, part, part.own_id)
    desk.carried.check_came(part, draft, patient)
    desk.carried.waiting.add(patient)
    await desk.tx.lock(f"medicines {patient}")
    before = await desk.tx.read(LINE, part.own_id)
    if before is not None and not before.is_deleted:
        if find.is_same(part.body, before) or await find.is_older(desk.tx, part.body, before):
            taken.known += 1
            return
        _check_goes_on(part, line, before, patient)
    if await desk.tx.read(LIST, list_id(patient)) is not None:
        raise _other(part, patient)
    await desk.put(draft, before)


def _check_goes_on(part: Part, line: Line, before: Version, patient: str) -> None:
    """Raise OtherList where the line that is here is no earlier state of the same one."""
    old = orjson.loads(before.body)
    if not statement.is_line(old) or _patient(old) != patient:
        raise _other(part, patient)
    known = statement.line_in(old, before.id).history
    if line.history[: len(known)] != known:
        raise _other(part, patient)


async def _list(desk: Desk, part: Part, taken: Taken) -> None:
    resource = orjson.loads(part.body)
    head, at = listing.head_in(resource), instant_in(text(resource, "date"))
    patient = head.patient
    if part.own_id != list_id(patient):
        raise FhirError(f"{LIST}/{part.own_id} is no id of a list of {patient!r}.", code="FHR150")
    draft = find.drafted(desk.codec, part.body, part, part.own_id)
    desk.carried.check_came(part, draft, patient)
    await desk.tx.lock(f"medicines {patient}")
    before = await desk.tx.read(LIST, part.own_id)
    if before is not None:
        await _check_known(desk, part, before, patient)
        taken.known += 1
    else:
        lines = await _lines(desk, part, head)
        by_id = {line.id: line for _, line in lines}
        _check_said(part, listing.head_body(head, by_id, at))
        numbers = {version.id: version.number for version, _ in lines}
        listed = tuple(replace(x, number=numbers[x.line_id]) for x in head.listed)
        body = listing.head_body(replace(head, listed=listed), by_id, at)
        draft = FhirCodec.drafted(desk.codec, body, kind=LIST, id=part.own_id)
        version = await desk.put(draft, None)
        await _tell(desk.tx, version, head)
    desk.carried.lists.add(patient)
    desk.carried.waiting.discard(patient)


async def _check_known(desk: Desk, part: Part, before: Version, patient: str) -> None:
    """Raise OtherList where the list that is here is not this one, nor a later one of it."""
    wanted = _unnumbered(part.resource)
    page = await desk.tx.history(HistoryOf(LIST, part.own_id, count=find.LOOKED_BACK))
    for version in page.versions:
        if not version.is_deleted and _unnumbered(orjson.loads(version.body)) == wanted:
            return
    raise _other(part, patient)


async def _lines(desk: Desk, part: Part, head: Head) -> list[tuple[Version, Line]]:
    """Return the lines that a list names, as they are here.  Raises: OtherList REC205."""
    found = []
    for listed in head.listed:
        version = await desk.tx.read(LINE, listed.line_id)
        resource = orjson.loads(version.body) if version and not version.is_deleted else {}
        number = one(resource, "meta").get("versionId")
        if version is None or _patient(resource) != head.patient or number != str(listed.number):
            raise OtherList(
                f"{LIST}/{part.own_id} names version {listed.number} of {LINE}/{listed.line_id}, "
                "which did not come: export the record again while nobody writes, and import the "
                "whole folder."
            )
        found.append((version, statement.line_in(resource, version.id)))
    return found


async def _tell(tx: Tx, version: Version, head: Head) -> None:
    told = [{"line": x.line_id, "flag": x.flag} for x in head.listed]
    detail = json.dumps({"version": version.number, "lines": told}, separators=(",", ":"))
    await tx.emit(TOPIC, version, patients=(head.patient,), detail=detail)


async def is_heard(desk: Desk, version: Version) -> bool:
    """Return whether a list that was taken over has heard already what a resource says.

    So it has where one of its lines names the resource, and this is the first that comes of it: an
    export writes lists last.
    Raises: OtherList REC205 where lines of its person came, and their list did not.
    """
    if version.number > 1 or not (desk.carried.lists or desk.carried.waiting):
        return False
    name = f"{version.kind}/{version.id}"
    for patient in find.draft_of(desk.codec, version).patients if version.kind in TOLD else ():
        if patient in desk.carried.waiting:
            raise OtherList(
                f"{name} is of Patient/{patient}, whose medication lines came and whose list was "
                "not taken over: import the whole folder of an export, or reconcile by hand."
            )
        if patient in desk.carried.lists:
            held = await load(desk.tx, LINES, patient)
            if any(name in line.links.all() for line in held.list.lines):
                return True
    return False


def _check_said(part: Part, made: bytes) -> None:
    """Raise FhirError FHR150 where a resource says other things than its own history."""
    if _plain(orjson.loads(made)) != _plain(orjson.loads(part.body)):
        raise FhirError(
            f"{part.kind}/{part.own_id} says other things than the history that it carries: it was "
            "changed after it was exported.",
            code="FHR150",
        )


def _plain(resource: Resource) -> Resource:
    return {name: value for name, value in resource.items() if name not in find.OURS}


def _unnumbered(resource: Resource) -> Resource:
    """Return a list without the versions of its lines, which differ between records."""
    entries = []
    for entry in many(resource, "entry"):
        said = [e for e in many(entry, "extension") if e.get("url") != NUMBER]
        entries.append({**entry, "extension": said})
    return {**_plain(resource), "entry": entries}


def _patient(resource: Resource) -> str:
    return text(one(resource, "subject"), "reference").removeprefix("Patient/")


def _other(part: Part, patient: str) -> OtherList:
    return OtherList(
        f"{part.kind}/{part.own_id}: this record has gone its own way with the medication list of "
        f"Patient/{patient}; nothing is merged silently: reconcile the two by hand."
    )
