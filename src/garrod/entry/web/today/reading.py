"""Reads what waits for who is signed in: open tasks, tests without a result, looks to judge.

actor -> tasks that they may see, and which of them are theirs; names of people
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import orjson

from garrod.adapters.fhir.cards_memory import OPEN
from garrod.adapters.fhir.json import Resource
from garrod.adapters.fhir.person_tests import is_genetic
from garrod.care.record.query import OfPatients, Query
from garrod.care.record.suspicions import items
from garrod.core.resource import Version
from garrod.entry.web.access.judging import opened_rows
from garrod.entry.web.asked import Visit
from garrod.entry.web.emergency.around import sees_all_history
from garrod.entry.web.people.page import row_of as person_row
from garrod.entry.web.summary.entries import concept
from garrod.entry.web.summary.words import day_words
from garrod.entry.web.today.presenter import count_words
from garrod.entry.web.today.sorts import Item, is_theirs, is_to_answer, item_of, item_told
from garrod.entry.web.today.view import Row, Section
from garrod.entry.web.told.reading import waiting as told_and_waiting

CHUNK, MOST = 5_000, 5_000  # Not clinical: tasks read at a time; tasks that are looked through
KEPT = 20_000  # Not clinical: versions of which it is kept what they say
NAMED, PAGE = 100, 500  # Not clinical: names that are looked up at once; versions read for them
TESTS = 500  # Not clinical: tests that are looked through
FEW = 10  # Not clinical: rows of what is no task
LAB = frozenset(("laboratory-scientist", "geneticist"))


class Read:
    """What tasks say, by their versions, which never change: nothing of who sees them is in it."""

    def __init__(self, most: int = KEPT) -> None:
        self._most = most
        self._kept: dict[tuple[str, int, bytes], tuple[Resource, Item]] = {}

    def of(self, version: Version) -> tuple[Resource, Item]:
        """Return whom a task names as asking for it, and the item that it is."""
        key = (version.id, version.number, version.sha256)
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= self._most:
                self._kept.clear()
            task = {**orjson.loads(version.body), "id": version.id}
            asked = {"requester": task["requester"]} if "requester" in task else {}
            found = self._kept[key] = (asked, item_of(task))
        return found


READ = Read()


@dataclass(frozen=True, slots=True)
class Waiting:
    """The open tasks that somebody may see, and those of them that are theirs."""

    every: tuple[Item, ...]
    mine: tuple[Item, ...]
    is_whole: bool = True


async def waiting(visit: Visit) -> Waiting:
    """Return what is open for who is signed in.  Raises: AccessDenied."""
    tasks, is_whole = await _versions(visit, f"Task?status={','.join(sorted(OPEN))}", MOST)
    every = [READ.of(version) for version in tasks]
    mine = [item for task, item in every if is_theirs(task, item, visit.actor)]
    messages, is_all = await told_and_waiting(visit)
    told = [item_told(message, visit.actor) for message in messages]
    mine += [item for item in told if is_to_answer(item, visit.actor)]
    return Waiting((*(item for _, item in every), *told), tuple(mine), is_whole and is_all)


async def names_of(visit: Visit, patients: Iterable[str]) -> dict[str, str]:
    """Return the names of people, as far as who is signed in may know them."""
    seen, found = visit.consult.record.seen_by(visit.actor), {}
    wanted = sorted(set(patients))
    for start in range(0, len(wanted), NAMED):
        some = wanted[start : start + NAMED]
        page = await seen.search(Query(("Patient",), (OfPatients(frozenset(some)),), count=PAGE))
        versions = {version.id: version for version in page.versions}
        for id in some:  # with them may come whom they are linked to
            version = versions.get(id) or (await seen.read("Patient", id) if page.cursor else None)
            if version is not None and not version.is_deleted:
                found[id] = person_row(orjson.loads(version.body), id).name
    return found


async def other_sections(visit: Visit) -> tuple[Section, ...]:
    """Return what waits and is no task: by role."""
    if visit.actor.role in LAB:
        return await _tests(visit)
    if visit.actor.role == "governance-officer" and sees_all_history(visit):
        return await _looks(visit)
    return ()


async def _found(visit: Visit, asked: str, most: int) -> tuple[list[Resource], bool]:
    versions, is_whole = await _versions(visit, asked, most)
    return [{**orjson.loads(v.body), "id": v.id} for v in versions], is_whole


async def _versions(visit: Visit, asked: str, most: int) -> tuple[list[Version], bool]:
    record = visit.consult.record
    query = replace(record.codec.sought(asked), count=min(most, CHUNK))
    found: list[Version] = []
    while True:
        page, _ = await record.search(visit.actor, query)
        found += page.versions
        if page.cursor is None or len(found) >= most:
            return found, page.cursor is None
        query = replace(query, cursor=page.cursor)


async def _tests(visit: Visit) -> tuple[Section, ...]:
    """Return the tests that were asked for and have no result, the longest waiting first."""
    asked, is_whole = await _found(visit, "ServiceRequest?status=active", TESTS)
    asked.sort(key=lambda request: str(request.get("authoredOn", "9999")))
    if not asked:
        return ()
    shown = asked[:FEW]
    people = {_patient(one_asked) for one_asked in shown}
    names = await names_of(visit, people)
    rows = tuple(asked_row(request, names) for request in shown)
    count = count_words(len(rows), len(asked)) + ("" if is_whole else " or more")
    return (
        Section("tests", "Tests asked for, without a result", count, rows, "/laboratory",
                "The laboratory’s queue"),
    )  # fmt: skip


def _patient(request: Resource) -> str:
    subject = request.get("subject")
    pointer = subject.get("reference", "") if isinstance(subject, dict) else ""
    return str(pointer).removeprefix("Patient/")


def asked_row(request: Resource, names: dict[str, str]) -> Row:
    """Return a test that was asked for as a row; it leads to where its result will stand."""
    patient = _patient(request)
    tail, words = ("/genome", "Genome") if is_genetic(request) else ("", "Summary")
    to = f"/patients/{patient}{tail}"
    at = str(request.get("authoredOn", ""))
    return Row(
        words=concept(request, "code", "A test"),
        about="",
        person=names.get(patient, "A person whose name you may not see"),
        patient=patient,
        owner="Laboratory",
        due=f"asked for {day_words(at)}" if at else "day not known",
        state="",
        link=to,
        go=to,
        go_words=words,
    )


async def _looks(visit: Visit) -> tuple[Section, ...]:
    """Return the emergencies that nobody has judged, and the looks that nothing explains."""
    opened = [row for row in await opened_rows(visit) if not row.found]
    store = visit.consult.record.store
    looks = [i for i in await items(store) if i.outcome is None and i.case.who != visit.actor.id]
    emergencies = tuple(
        Row(
            words=f"{row.who} opened a record: {row.state[:1].lower()}{row.state[1:]}",
            about=row.reason,
            person=f"Record {row.patient}",
            patient="",
            owner="Privacy officer",
            due=f"opened {row.when}",
            state="",
            link=f"/access/{row.id}",
        )
        for row in opened[:FEW]
    )
    sections = []
    if emergencies:
        count = count_words(len(emergencies), len(opened))
        sections.append(
            Section("emergencies", "Emergencies to judge", count, emergencies, "/access",
                    "All of them")
        )  # fmt: skip
    if looks:
        number = "1 look waits" if len(looks) == 1 else f"{len(looks)} looks wait"
        row = Row(f"{number} to be judged", "", "", "", "Privacy officer", "no day was set", "",
                  "/review")  # fmt: skip
        sections.append(Section("looks", "Looks that nothing explains", str(len(looks)), (row,)))
    return tuple(sections)
