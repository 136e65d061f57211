"""Finds resources that are found by other security labels than those in force give them.

Labels are search rows made of the bytes and the packs in force; a pack that changes leaves them
behind. The guard computes labels anew for every decision and is never stale; searches are.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from garrod.adapters.store.flaw import Flaw
from garrod.adapters.store.meaning import Meaning
from garrod.adapters.store.rebuild import GROUP, mend
from garrod.adapters.store.verify import verify
from garrod.care.record.ports import Store

LABELS = "_security"


async def relabel(store: Store, meaning: Meaning, *, is_mended: bool) -> AsyncIterator[Flaw]:
    """Yield a flaw for each resource whose labels are stale; mended ones when they are mended.

    All search rows of a resource are written anew with its labels; no byte is touched.
    Raises: OutsideError STO003 to STO005.
    """
    waiting: list[Flaw] = []
    async for flaw in verify(store, meaning):
        if flaw.difference is None or flaw.difference.param != LABELS:
            continue
        if not is_mended:
            yield flaw
            continue
        waiting.append(flaw)
        if len(waiting) == GROUP:
            await mend(store, meaning, waiting)
            for one in waiting:
                yield one
            waiting = []
    await mend(store, meaning, waiting)
    for one in waiting:
        yield one
