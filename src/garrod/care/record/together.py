"""Several resources written under ids of the server's own: all of them, or none.

drafts with the version that each is based on -> each is asked about -> one transaction
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from garrod.care.govern.access import Actor
from garrod.care.record.ports import Tx
from garrod.care.record.service import Record


@dataclass(frozen=True, slots=True)
class Write:
    """The next version of a resource; `expected` is the one it is based on, 0: there is none."""

    kind: str
    id: str
    body: bytes
    expected: int


async def write_together(record: Record, actor: Actor, writes: Sequence[Write]) -> None:
    """Write all of them in one transaction.

    Raises: AccessDenied, FhirError, SignInAgain, VersionConflict CON002; then nothing is written.
    """
    works = [record.updating(actor, w.kind, w.id, w.body, expected=w.expected) for w in writes]

    async def work(tx: Tx) -> None:
        for write in works:
            await write(tx)

    await record.store.transact(work)
    if record.gate is not None:
        record.gate.touched({w.kind for w in writes})
