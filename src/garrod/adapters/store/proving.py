"""What a proof reads: versions in their order with all that was made of them, from one moment.

Each reading is bounded, whatever the record holds; the next begins behind the last.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
)

from garrod.adapters.store.compiled import POSTGRES, SQLITE, Row, Statement, ask, compiled
from garrod.adapters.store.schema import COMPARTMENT, EVENT, HEAD, ROW_TABLES, VERSION
from garrod.adapters.store.statements import Book

PORTION = 100  # versions, with their bytes, that are held at once
LARGE = 32 * 2**20  # bytes that are held at once, or one version's
MANY = 500  # events, or keys, that are held at once
ZERO: ColumnElement[int] = literal_column("0")
FOUND = (COMPARTMENT, *ROW_TABLES)  # by which a resource is found
Found = dict[str, list[Row]]  # rows by table


@dataclass(frozen=True, slots=True)
class Stand:
    """What the head of a resource says."""

    kind: str
    id: str
    number: int
    is_deleted: bool
    at: int
    sequence: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A version as it lies there, with its head and the event of its number, where there are."""

    key: int
    number: int
    kind: str
    at: int
    method: str
    sequence: int
    body: bytes = field(repr=False)
    splice: bytes = field(repr=False)
    sha256: bytes = field(repr=False)
    stand: Stand | None = None
    event: Row | None = None  # at, topic, kind, id, number, patients


@dataclass(frozen=True, slots=True)
class Look:
    """Some versions by key and number; `found`: the search rows of those that are the newest."""

    seen: tuple[Seen, ...]
    found: dict[int, Found] = field(default_factory=dict, repr=False)


async def look(book: Book, key: int, number: int) -> Look:
    """Return the versions behind a key and number."""
    count = _fitting(await ask(_sizes(book.speech.name), key, number, PORTION))
    rows = await ask(_versions(book.speech.name), key, number, count)
    seen = tuple(_seen(row) for row in rows)
    ended = [one.key for one in seen if one.stand and one.number == one.stand.number]
    found: dict[int, Found] = {key: {} for key in ended}
    if ended:
        for table in FOUND:
            for of, *row in await ask(_between(book.speech.name, table.name), ended[0], ended[-1]):
                if of in found:
                    found[of].setdefault(table.name, []).append(tuple(row))
    return Look(seen, found)


def _fitting(sizes: list[Row]) -> int:
    """Return how many versions are held at once, by their sizes."""
    total = 0
    for count, (size,) in enumerate(sizes):
        total += size
        if count and total > LARGE:
            return count
    return len(sizes)


def _seen(row: Row) -> Seen:
    key, number, kind, at, method, sequence, body, splice, sha256 = row[:9]
    head, event = row[9:15], row[15:]
    kept = (bytes(body), bytes(splice), bytes(sha256))
    told = tuple(event) if event[0] is not None else None
    stand = Stand(*head) if head[0] is not None else None
    return Seen(key, number, kind, at, method, sequence, *kept, stand, told)


async def ends(book: Book) -> tuple[int, int]:
    """Return the newest sequence number among versions, and among events; 0: there is none."""
    ((versions, events),) = await ask(_ends(book.speech.name))
    return versions or 0, events or 0


async def empty_heads(book: Book, after: int) -> list[Row]:
    """Return key, kind, id and number of heads behind a key that have no version at all."""
    return await ask(_empty_heads(book.speech.name), after, MANY)


async def lost_keys(book: Book, table: str, after: int) -> list[int]:
    """Return keys behind a key that have rows in a table, and no head."""
    return [key for (key,) in await ask(_lost_keys(book.speech.name, table), after, MANY)]


async def told(book: Book, after: int) -> list[Row]:
    """Return events behind a number, each with the sequence of the version that it names."""
    return await ask(_told(book.speech.name), after, MANY)


@lru_cache(maxsize=2)
def _versions(name: str) -> Statement:
    v, e = VERSION.c, EVENT.c
    own = (v.key, v.number, v.kind, v.at, v.method, v.sequence, v.body, v.splice, v.sha256)
    head = (HEAD.c.kind, HEAD.c.id, HEAD.c.number, HEAD.c.is_deleted, HEAD.c.at, HEAD.c.sequence)
    event = (e.at, e.topic, e.kind, e.id, e.number, e.patients)
    made = select(*own, *head, *event).select_from(
        VERSION.outerjoin(HEAD, HEAD.c.key == v.key).outerjoin(EVENT, e.sequence == v.sequence)
    )
    return _limited(name, _behind_version(made), "key", "number")


@lru_cache(maxsize=2)
def _sizes(name: str) -> Statement:
    made = _behind_version(select(func.length(VERSION.c.body)))
    return _limited(name, made, "key", "number")


def _behind_version(made: Select[Any]) -> Select[Any]:
    v: Any = VERSION.c
    key: Any = bindparam("key")
    number: Any = bindparam("number")
    behind = or_(v.key > key, and_(v.key == key, v.number > number))
    return made.where(v.key >= key, behind).order_by(v.key, v.number)


@lru_cache(maxsize=32)
def _between(name: str, table: str) -> Statement:
    of = next(one for one in FOUND if one.name == table)
    columns = [column for column in of.c if column.name != "key"]
    made = select(of.c.key, *columns)
    made = made.where(of.c.key >= bindparam("low"), of.c.key <= bindparam("high"))
    return compiled(_speech(name), made, ("low", "high"))


@lru_cache(maxsize=2)
def _ends(name: str) -> Statement:
    newest = [select(func.max(of.c.sequence)).scalar_subquery() for of in (VERSION, EVENT)]
    return compiled(_speech(name), select(*newest), ())


@lru_cache(maxsize=2)
def _empty_heads(name: str) -> Statement:
    has = exists().where(VERSION.c.key == HEAD.c.key)
    made = select(HEAD.c.key, HEAD.c.kind, HEAD.c.id, HEAD.c.number).where(not_(has))
    return _behind(name, made, HEAD)


@lru_cache(maxsize=32)
def _lost_keys(name: str, table: str) -> Statement:
    of = next(one for one in FOUND if one.name == table)
    has = exists().where(HEAD.c.key == of.c.key)
    return _behind(name, select(of.c.key).distinct().where(not_(has)), of)


@lru_cache(maxsize=2)
def _told(name: str) -> Statement:
    e, v = EVENT.c, VERSION.c
    made = select(e.sequence, e.at, e.topic, e.kind, e.id, e.number, v.sequence).select_from(
        EVENT.outerjoin(HEAD, and_(HEAD.c.kind == e.kind, HEAD.c.id == e.id)).outerjoin(
            VERSION, and_(v.key == HEAD.c.key, v.number == e.number)
        )
    )
    made = made.where(e.sequence > bindparam("after")).order_by(e.sequence)
    return _limited(name, made, "after")


def _behind(name: str, made: Select[Any], of: Table) -> Statement:
    made = made.where(of.c.key > bindparam("after")).order_by(of.c.key)
    return _limited(name, made, "after")


def _limited(name: str, made: Select[Any], *given: str) -> Statement:
    return compiled(_speech(name), made.limit(bindparam("limit")).offset(ZERO), (*given, "limit"))


def _speech(name: str) -> Any:
    return SQLITE if name == "sqlite" else POSTGRES
