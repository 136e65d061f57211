"""Fills a record with a million realistic resources: people written once, then copied.

synthetic world + server's own writing -> what it keeps of 200 people -> copies under other names

Every kept body, its search rows and the medication list are those that the server makes. A copy has
another id and NHS number of the same length, so that all offsets hold; who was measured has eight
medicines, as one person in ten of the record.
"""

from __future__ import annotations

import asyncio
import json
import math
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from bench.server import DRUGS, REQUEST
from garrod.adapters.fhir.lines.codec import FhirLines
from garrod.adapters.fhir.lines.merging import FhirMerges
from garrod.adapters.fhir.rest.checked import CheckedCodec
from garrod.adapters.store import open_store
from garrod.adapters.store.memory import MemoryStore
from garrod.adapters.store.packing import packed, ticks
from garrod.adapters.store.postgres.connect import driver
from garrod.adapters.store.rowing import rows_of
from garrod.adapters.world import load_profile, people, shared
from garrod.care.govern.access import LocalAccess
from garrod.care.record.ports import HistoryOf, Tx
from garrod.care.record.reactions import Following
from garrod.care.record.service import Record
from garrod.core.resource import Draft
from garrod.entry.housing import DrugsPack
from garrod.entry.wire import Services

SEED, TEMPLATES, FIRST = 31, 200, 100_000  # ids of the world: "w100000" and on
EIGHT = 10  # one person in so many has eight medicines
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
NHS = "https://fhir.nhs.uk/Id/nhs-number"
AT_ONCE = 20_000  # resources in one transaction, about
# Of people who are to have fewer resources these are left out last.
STAYING = {
    kind: place
    for place, kind in enumerate(
        ("Patient", "List", "MedicationStatement", "MedicationRequest", "AllergyIntolerance",
         "Condition", "Observation")
    )
}  # fmt: skip
Row = tuple[Any, ...]
Tables = dict[str, list[Row]]
_ENCODER = msgspec.json.Encoder(decimal_format="number")


@dataclass(frozen=True, slots=True)
class Template:
    """What the record keeps of one person: the newest of each resource."""

    id: str
    nhs_number: str
    drafts: tuple[Draft, ...]


def name_of(copy: int) -> str:
    """Return the id of a copy: as long as that of a template, and no template's."""
    letters = ""
    for _ in range(6):
        copy, digit = divmod(copy, 36)
        letters = DIGITS[digit] + letters
    return f"v{letters}"


Made = tuple[tuple[Draft, ...], tuple[Template, ...]]  # what all share, and people


class Maker:
    """Writes people as the server would, and keeps what came of it."""

    def __init__(self) -> None:
        shelf = Services().shelf
        self.profile = load_profile(shelf)
        self.codec = CheckedCodec(shelf, "", clock=_now)
        self.person, self.numbers = "", count()

    def new_id(self) -> str:
        """Return an id in which the person's own stands, so that it is copied with them."""
        return f"{self.person}-n{next(self.numbers):05}"

    def made(self) -> Made:
        """Return what all share (places, staff), and the people."""
        chance = np.random.Generator(np.random.Philox(key=SEED))
        common = tuple(self._drafted(one) for one in shared(self.profile))
        drawn = people(self.profile, chance, FIRST, TEMPLATES)
        made = [self._template(n, list(person)) for n, person in enumerate(drawn)]
        return common, tuple(made)

    def _drafted(self, resource: dict[str, Any]) -> Draft:
        body = _ENCODER.encode(resource)
        return self.codec.drafted(body, kind=resource["resourceType"], id=resource["id"])

    def _template(self, number: int, resources: list[dict[str, Any]]) -> Template:
        self.person = str(resources[0]["id"])
        if number % EIGHT == 0:
            resources = [r for r in resources if not r["resourceType"].startswith("Medication")]
        drafts = [self._drafted(one) for one in resources]
        for drug in DRUGS if number % EIGHT == 0 else ():
            body = (REQUEST % self.person).replace("paracetamol", drug).encode()
            drafts.append(self.codec.drafted(body, kind="MedicationRequest", id=self.new_id()))
        numbers = [i["value"] for i in resources[0]["identifier"] if i["system"] == NHS]
        return Template(self.person, numbers[0], asyncio.run(self._kept(drafts)))

    async def _kept(self, drafts: list[Draft]) -> tuple[Draft, ...]:
        """Return what a record holds once these and what follows from them are written."""
        store = MemoryStore(_now)
        follow = Following(
            self.codec, FhirLines(), FhirMerges(), new_id=self.new_id, formulary=DrugsPack()
        )
        record = Record(store, self.codec, LocalAccess(), self.new_id, reactions=(follow,))

        async def work(tx: Tx) -> None:
            written = [await tx.put(draft, method="PUT") for draft in drafts]
            await record.react(tx, written)

        await store.transact(work)
        page = await store.history(HistoryOf(count=10_000))
        newest = {(v.kind, v.id): v for v in reversed(page.versions)}
        await store.close()
        return tuple(
            self.codec.drafted(v.body, kind=v.kind, id=v.id) for v in newest.values() if v.body
        )


class Copier:
    """Turns a template into rows of the store's tables, as often as one likes."""

    def __init__(self, template: Template) -> None:
        self.template = template
        self.kept = [(d, packed(d.splice), self._cells(d)) for d in template.drafts]

    def _cells(self, draft: Draft) -> list[tuple[str, Row, tuple[int, ...]]]:
        """Return rows, each with the places in it that tell whose it is; the key stands last."""
        found = []
        for table, rows in rows_of(draft, 0).items():
            for row in rows:
                told = tuple(i for i, cell in enumerate(row) if self._is_own(cell))
                found.append((table, row[:-1], told))
        return found

    def _is_own(self, cell: object) -> bool:
        own = (self.template.id, self.template.nhs_number)
        return isinstance(cell, str) and any(word in cell for word in own)

    def add(self, copy: int, first: int, at: int, into: Tables) -> int:
        """Put one person's rows into tables; return how many resources. `first`: the next key."""
        old = (self.template.id, self.template.nhs_number)
        new = (name_of(copy), f"{copy:010}")

        def renamed(text: str) -> str:
            return text.replace(old[0], new[0]).replace(old[1], new[1])

        wide = [(o.encode(), n.encode()) for o, n in zip(old, new, strict=True)]
        for key, (draft, splice, cells) in enumerate(self.kept, first):
            id, body = renamed(draft.id), draft.body
            for was, now in wide:
                body = body.replace(was, now)
            whose = tuple(renamed(one) for one in draft.patients)
            _add(into, key, at, _Written(draft.kind, id, body, splice, whose))
            for table, row, told in cells:
                if told:
                    shown: list[Any] = list(row)
                    for place in told:
                        shown[place] = renamed(shown[place])
                    into[table].append((*shown, key))
                else:
                    into[table].append((*row, key))
        return len(self.kept)


@dataclass(frozen=True, slots=True)
class _Written:
    kind: str
    id: str
    body: bytes
    splice: bytes
    patients: tuple[str, ...]


def _add(into: Tables, key: int, at: int, made: _Written) -> None:
    """Put what every first version has into tables; its sequence number is the key."""
    into["head"].append((key, made.kind, made.id, 1, False, at, key))
    hashed = sha256(made.body).digest()
    into["version"].append((key, key, 1, made.kind, at, "PUT", made.body, made.splice, hashed))
    told = json.dumps(made.patients)
    into["event"].append((key, at, "resource", made.kind, made.id, 1, told, ""))
    into["compartment"] += [(who, made.kind, key) for who in made.patients]


def shortened(templates: tuple[Template, ...], mean: float) -> tuple[Template, ...]:
    """Return people with so many resources on average: of each the medicines stay longest."""
    had = sum(len(one.drafts) for one in templates) / len(templates)
    share = min(1.0, mean / had)
    return tuple(_shortened(one, math.ceil(len(one.drafts) * share)) for one in templates)


def _shortened(template: Template, most: int) -> Template:
    kept = sorted(template.drafts, key=lambda d: STAYING.get(d.kind, len(STAYING)))[:most]
    chosen = {id(draft) for draft in kept}
    return replace(template, drafts=tuple(d for d in template.drafts if id(d) in chosen))


def tables(made: Made, resources: int, eight: list[str], least: int = 0) -> Iterator[Tables]:
    """Yield rows of a store's tables, some thousands at a time; `eight` is told who has eight.

    `least`: so many people at least, who then have the fewer resources each.
    """
    common, templates = made
    if least:
        templates = shortened(templates, resources / least)
    copiers = [Copier(one) for one in templates]
    into: Tables = defaultdict(list)
    at = ticks(datetime.now(UTC))
    key = 1 + Copier(Template("w-none", "none", common)).add(0, 1, at, into)
    for copy in count():
        is_done = key > resources and copy >= least
        if len(into["head"]) >= AT_ONCE or is_done:
            yield into
            into = defaultdict(list)
        if is_done:
            return
        key += copiers[copy % TEMPLATES].add(copy, key, at, into)
        if copy % TEMPLATES % EIGHT == 0:
            eight.append(name_of(copy))


def fill_sqlite(path: Path, resources: int, least: int = 0) -> list[str]:
    """Fill a new record in a file; return the ids of those who have eight medicines."""
    eight: list[str] = []
    asyncio.run(_opened(f"sqlite:///{path}"))
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA cache_size=-1000000")
    for some in tables(Maker().made(), resources, eight, least):
        connection.execute("BEGIN")
        for table, rows in some.items():
            places = ",".join("?" * len(rows[0]))
            connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows)
        connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return eight


def fill_postgres(url: str, resources: int, least: int = 0) -> list[str]:
    """Fill a new record in a database; return the ids of those who have eight medicines."""
    eight: list[str] = []
    asyncio.run(_copied(url, tables(Maker().made(), resources, eight, least)))
    return eight


async def _copied(url: str, filled: Iterator[Tables]) -> None:
    await _opened(url)
    connection = await driver.connect(url)
    try:
        for some in filled:
            async with connection.transaction():
                for table, rows in some.items():
                    await connection.copy_records_to_table(table, records=rows)
        await connection.execute(
            "SELECT setval(pg_get_serial_sequence('head', 'key'), max(key)) FROM head"
        )
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


async def _opened(url: str) -> None:
    """Make the tables of a new record."""
    store = await open_store(url, clock=_now)
    await store.close()


def _now() -> datetime:
    return datetime.now(UTC)
