"""Puts a synthetic world into an empty record: what `garrod serve --demo` shows."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from garrod.adapters.fhir.rest.checked import CheckedCodec
from garrod.adapters.world import load_profile, people, shared
from garrod.care.record.ports import Tx
from garrod.care.record.query import Query
from garrod.care.record.service import Record
from garrod.knowledge.shelf import Shelf

SEED = 2025  # Not clinical: the people of the demo are always the same
PEOPLE = 200
AT_ONCE = 20
_ENCODER = msgspec.json.Encoder(decimal_format="number")


async def load_demo(
    record: Record, codec: CheckedCodec, shelf: Shelf, *, count: int = PEOPLE
) -> int:
    """Store synthetic people where there is nobody yet; return how many were stored.

    Each person is one transaction: the medication list follows what is written, as at any write.
    """
    page = await record.store.search(Query(("Patient",), count=1))
    if page.versions:
        return 0
    profile = load_profile(shelf)
    chance = np.random.Generator(np.random.Philox(key=SEED))
    await _stored(record, codec, list(shared(profile)))
    drawn = [list(person) for person in people(profile, chance, 0, count)]
    for start in range(0, len(drawn), AT_ONCE):
        group = drawn[start : start + AT_ONCE]
        await asyncio.gather(*(_stored(record, codec, person) for person in group))
    return len(drawn)


async def _stored(record: Record, codec: CheckedCodec, resources: Sequence[dict[str, Any]]) -> None:
    drafts = [
        codec.drafted(_ENCODER.encode(r), kind=r["resourceType"], id=r["id"]) for r in resources
    ]

    async def work(tx: Tx) -> None:
        written = [await tx.put(draft, method="PUT") for draft in drafts]
        await record.react(tx, written)

    await record.store.transact(work)
