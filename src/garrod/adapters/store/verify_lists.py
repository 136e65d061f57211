"""Medication lists against their lines: each names the lines that there are, as they are."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, not_, select

from garrod.adapters.store.compiled import POSTGRES, SQLITE, Statement, ask, compiled
from garrod.adapters.store.flaw import Flaw, Part
from garrod.adapters.store.meaning import Meaning
from garrod.adapters.store.reading import Reader
from garrod.adapters.store.schema import COMPARTMENT, HEAD
from garrod.adapters.store.statements import Book
from garrod.care.record.medicines_ports import LINE, LIST, Head, list_id
from garrod.core.errors import GarrodError
from garrod.core.resource import Version

Found = Coroutine[Any, Any, list[Flaw]]
Inspect = Callable[[Callable[[Book], Found]], Awaitable[list[Flaw]]]


async def list_flaws(inspect: Inspect, meaning: Meaning, kind: str, id: str) -> list[Flaw]:
    """Return the flaws of a medication list, or of a line of one; of anything else none."""
    if kind == LIST:
        return await inspect(lambda book: _of_list(book, meaning, id))
    if kind == LINE:
        return await inspect(lambda book: _of_line(book, meaning, id))
    return []


async def _of_list(book: Book, meaning: Meaning, id: str) -> list[Flaw]:
    version = await Reader(book).read(LIST, id)
    if version is None or version.is_deleted or not meaning.is_ours(version):
        return []
    try:
        head = meaning.head(version)
    except (GarrodError, ValueError) as error:
        return [_flaw(version, f"is a medication list that cannot be read: {error}")]
    wrong = [await _of_listed(book, one.line_id, one.number) for one in head.listed]
    wrong += [await _of_unlisted(book, meaning, head)]
    return [_flaw(version, what) for what in wrong if what]


async def _of_listed(book: Book, id: str, number: int) -> str:
    """Return what is wrong with a line that a list names; "": nothing."""
    rows = await ask(book.stand, LINE, id)
    if not rows:
        return f"lists {LINE}/{id}, which is not there"
    _, newest, is_deleted = rows[0]
    if is_deleted:
        return f"lists {LINE}/{id}, which was deleted"
    if newest != number:
        return f"lists version {number} of {LINE}/{id}, whose newest is {newest}"
    return ""


async def _of_unlisted(book: Book, meaning: Meaning, head: Head) -> str:
    listed = {one.line_id for one in head.listed}
    for (id,) in await ask(_lines_of(book.speech.name), head.patient, LINE):
        if id not in listed:
            version = await Reader(book).read(LINE, id)
            if version is not None and meaning.is_ours(version):
                return f"does not list {LINE}/{id}, a line of the same person"
    return ""


async def _of_line(book: Book, meaning: Meaning, id: str) -> list[Flaw]:
    version = await Reader(book).read(LINE, id)
    if version is None or version.is_deleted or not meaning.is_ours(version):
        return []
    people = meaning.drafted(version.body, kind=LINE, id=id).patients
    for who in people:
        rows = await ask(book.stand, LIST, list_id(who))
        if rows and not rows[0][2]:
            return []
    return [_flaw(version, "is a line of a person who has no medication list")]


def _flaw(version: Version, what: str) -> Flaw:
    return Flaw(version.kind, version.id, version.number, what, Part.LIST)


@lru_cache(maxsize=2)
def _lines_of(name: str) -> Statement:
    made = select(HEAD.c.id).join_from(COMPARTMENT, HEAD, HEAD.c.key == COMPARTMENT.c.key)
    made = made.where(
        COMPARTMENT.c.patient == bindparam("patient"), COMPARTMENT.c.kind == bindparam("kind")
    )
    made = made.where(not_(HEAD.c.is_deleted)).order_by(HEAD.c.id)
    return compiled(SQLITE if name == "sqlite" else POSTGRES, made, ("patient", "kind"))
