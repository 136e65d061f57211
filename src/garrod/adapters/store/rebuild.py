"""Makes the search rows of resources anew from their stored bytes; the bytes are never touched."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from functools import lru_cache
from typing import cast

from sqlalchemy import bindparam, select

from garrod.adapters.store.compiled import POSTGRES, SQLITE, Statement, ask, compiled
from garrod.adapters.store.flaw import Flaw, Part
from garrod.adapters.store.meaning import Meaning
from garrod.adapters.store.schema import HEAD
from garrod.adapters.store.verify import verify
from garrod.adapters.store.writing import WritingTx
from garrod.care.record.ports import Store, Tx

GROUP = 50  # resources mended in one transaction


async def rebuild(store: Store, meaning: Meaning) -> AsyncIterator[tuple[Flaw, bool]]:
    """Yield every flaw, and whether it was mended: search rows are, from bytes that are proved.

    Others may read and write meanwhile. Raises: OutsideError STO003 to STO005.
    """
    waiting: list[Flaw] = []
    async for flaw in verify(store, meaning):
        if flaw.part is not Part.SEARCH:
            yield flaw, False
            continue
        if len({one.key for one in waiting} | {flaw.key}) > GROUP:
            await mend(store, meaning, waiting)
            for one in waiting:
                yield one, True
            waiting = []
        waiting.append(flaw)
    await mend(store, meaning, waiting)
    for one in waiting:
        yield one, True


async def mend(store: Store, meaning: Meaning, flaws: list[Flaw]) -> None:
    """Write the search rows of what flaws name anew, in one transaction.  Raises: OutsideError."""
    of = {flaw.key: (flaw.kind, flaw.id) for flaw in flaws}
    if not of:
        return

    async def work(tx: Tx) -> None:
        for key, name in of.items():
            await _anew(cast(WritingTx, tx), meaning, key, name)

    await store.transact(work)


async def _anew(tx: WritingTx, meaning: Meaning, key: int, name: tuple[str, str]) -> None:
    """Write the rows of one key anew, as its newest version stands in this transaction."""
    if not await ask(_named(tx.book.speech.name), key):
        await tx.unfound(key)
        return
    version = await tx.read(*name)
    if version is None:
        return
    if version.is_deleted:
        await tx.unfound(key)
    elif hashlib.sha256(version.body).digest() == version.sha256:
        draft = meaning.drafted(version.body, kind=version.kind, id=version.id)
        await tx.found_anew(draft, key)


@lru_cache(maxsize=2)
def _named(name: str) -> Statement:
    made = select(HEAD.c.key).where(HEAD.c.key == bindparam("key"))
    return compiled(SQLITE if name == "sqlite" else POSTGRES, made, ("key",))
