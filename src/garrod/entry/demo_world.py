"""Puts a synthetic world into an empty record: what `garrod demo` and `serve --demo` show.

The story's person first, those planted for its moments, then drawn people: always the same, since
the seed is. The last of them are picked from further on in the same world, since they take what few
people take.
"""

from __future__ import annotations

import asyncio
import gc
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

import msgspec
import numpy as np

from garrod.adapters.fhir.record.codec import FhirCodec
from garrod.adapters.world import Profile, load_profile, people, shared
from garrod.care.record.ports import Tx
from garrod.care.record.query import Query
from garrod.care.record.service import Record
from garrod.entry.demo_clinic import clinic, team_of
from garrod.entry.demo_discharge import discharged
from garrod.entry.demo_moments import MOMENTS, STORY, planted_people
from garrod.entry.demo_stories import DISCHARGED, HIDING, news, stories
from garrod.entry.demo_story import story_resources
from garrod.entry.demo_tasks import waiting
from garrod.entry.wire import Services

SEED = 2025  # Not clinical: the people of the demo are always the same
PEOPLE = 200
# Of the world of that seed: methotrexate, lithium, amiodarone, warfarin, digoxin, valproate,
# clozapine, capecitabine, tacrolimus, abacavir; metformin at an eGFR below 45.
PICKED = (198, 359, 553, 586, 613, 639, 797, 856, 2171, 2285, 2342)
PLANTED_IDS = (*(moment.id for moment in MOMENTS), DISCHARGED, HIDING)
AT_ONCE = 20
FhirJson = dict[str, Any]
_ENCODER = msgspec.json.Encoder(decimal_format="number")


async def load_demo(record: Record, codec: FhirCodec, services: Services) -> int:
    """Store synthetic people where there is nobody yet; return how many were stored.

    A demo's record that is older than the people of the moments gets those; no other record does.

    Each person is one transaction: the medication list follows what is written, as at any write.
    """
    page = await record.store.search(Query(("Patient",), count=1))
    if page.versions:
        return await _missing(record, codec, services)
    with _uncollected():
        return await _everybody(record, codec, services)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no rubbish meanwhile: nothing that is stored goes in circles, and it takes a sixth
    of the time.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


async def _everybody(record: Record, codec: FhirCodec, services: Services) -> int:
    profile = load_profile(services.shelf)
    await _stored(record, codec, [*shared(profile), *clinic()])
    planted = [*planted_people(services), *stories()]
    drawn = chain([story_resources(services)], planted, demo_people(profile))
    count = await _flowing(record, codec, map(_with_team, drawn))
    await _told(record, codec)
    return count


async def _flowing(record: Record, codec: FhirCodec, people: Iterable[list[FhirJson]]) -> int:
    """Store people in their order; while some are written, the next are drawn. Return how many."""
    flow: deque[asyncio.Task[None]] = deque()
    count = 0
    try:
        for person in people:
            count += 1
            flow.append(asyncio.create_task(_stored(record, codec, person)))
            await asyncio.sleep(0)  # it is queued before the next is drawn
            while len(flow) >= AT_ONCE:
                await flow.popleft()
        while flow:
            await flow.popleft()
    finally:
        for task in flow:
            task.cancel()
    return count


async def _told(record: Record, codec: FhirCodec) -> None:
    """Store what comes after the people: what a hospital says of a list, what waits."""
    for said in news():
        await _stored(record, codec, said)
    await discharged(record)
    await _stored(record, codec, [*waiting()])


async def _missing(record: Record, codec: FhirCodec, services: Services) -> int:
    """Store planted people whom the record of an older demo never had; return how many."""
    count = 0
    if await record.store.read("Patient", STORY.id) is None:
        return count
    for person in (*planted_people(services), *stories()):
        if await record.store.read("Patient", person[0]["id"]) is None:
            await _stored(record, codec, _with_team(person))
            count += 1
            if person[0]["id"] == DISCHARGED:
                await _told(record, codec)
    await _staffed(record, codec)
    return count


async def _staffed(record: Record, codec: FhirCodec) -> None:
    """Give the record of an older demo its clinic, and each person a team."""
    found = list(clinic())
    if await record.store.read(found[0]["resourceType"], found[0]["id"]) is not None:
        return
    await _stored(record, codec, found)
    cursor: str | None = None
    while True:
        page = await record.store.search(Query(("Patient",), count=PEOPLE, cursor=cursor))
        await _stored(record, codec, [team_of(version.id) for version in page.versions])
        cursor = page.cursor
        if not cursor:
            return


def _with_team(person: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    patients = [one["id"] for one in person if one["resourceType"] == "Patient"]
    return [*person, *map(team_of, patients)]


def demo_people(profile: Profile) -> Iterator[list[dict[str, Any]]]:
    """Yield the resources of each drawn person of the demo."""
    chance = np.random.Generator(np.random.Philox(key=SEED))
    yield from people(profile, chance, 0, PEOPLE - len(PLANTED_IDS) - len(PICKED))
    for number in PICKED:
        yield from people(profile, chance, number, 1)


async def _stored(record: Record, codec: FhirCodec, resources: Sequence[dict[str, Any]]) -> None:
    """Store resources in one transaction.

    They are not checked: tests do that for every one of them, and it would take as long again.
    """
    drafts = [
        FhirCodec.drafted(codec, _ENCODER.encode(r), kind=r["resourceType"], id=r["id"])
        for r in resources
    ]

    async def work(tx: Tx) -> None:
        written = [await tx.put(draft, method="PUT") for draft in drafts]
        await record.react(tx, written)

    await record.store.transact(work)
