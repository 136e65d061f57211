"""The list follows what is written beside it, in the same transaction.

written resources -> what each says of a medicine -> its line found, or begun -> list written

A line, a list or a receipt is never written past its own acts: such a write is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from garrod.care.record.medication.following import followed
from garrod.care.record.medication.likeness import Formulary
from garrod.care.record.medication.said import Reported, Source
from garrod.care.record.medicines import now_for
from garrod.care.record.medicines_cases import CASE
from garrod.care.record.medicines_load import load
from garrod.care.record.medicines_merges import MergeCodec
from garrod.care.record.medicines_ports import (
    GENERATED,
    LINE,
    LIST,
    RECEIPT,
    LineCodec,
    Near,
)
from garrod.care.record.medicines_stop import newly_stopped, recalled
from garrod.care.record.medicines_whose import refuse_absorbed
from garrod.care.record.medicines_write import Pen, write
from garrod.care.record.ports import Codec, Tx
from garrod.core.errors import InputError
from garrod.core.resource import Version

# Who speaks of the therapy itself is heard first, then who authorises, then who supplies.
_ORDER = {
    Source.STATEMENT: 0,
    Source.REQUEST: 1,
    Source.DISPENSE: 2,
    Source.ADMINISTRATION: 3,
}
_OURS = frozenset((LINE, LIST, RECEIPT, CASE))


class Following:
    """The reaction that keeps medication lists in step with what else is written."""

    def __init__(
        self,
        codec: Codec,
        lines: LineCodec,
        merges: MergeCodec,
        *,
        new_id: Callable[[], str],
        formulary: Formulary,
    ) -> None:
        self.codec = codec
        self.lines = lines
        self.merges = merges
        self.new_id = new_id
        self.formulary = formulary

    async def __call__(self, tx: Tx, written: Sequence[Version]) -> None:
        """Follow what was written.  Raises: InputError REC120 for a write of a line itself."""
        by_patient: dict[str, list[tuple[Reported, Version]]] = {}
        for version in written:
            await self._refuse_ours(tx, version)
            told = await self._reported(tx, version)
            if told is not None:
                by_patient.setdefault(told.patient, []).append((told, version))
        for patient in sorted(by_patient):
            await self._follow(tx, patient, by_patient[patient])

    async def _refuse_ours(self, tx: Tx, version: Version) -> None:
        if version.kind not in _OURS:
            return
        before = None
        if version.number > 1:
            before = await tx.read_version(version.kind, version.id, version.number - 1)
        if self.lines.is_ours(version) or (before is not None and self.lines.is_ours(before)):
            raise InputError(
                f"{version.kind}/{version.id} belongs to a medication list: it is changed by "
                "Patient/ID/$line and Patient/ID/$confirm-medication-list, never past them.",
                code="REC120",
            )

    async def _reported(self, tx: Tx, version: Version) -> Reported | None:
        near = {}
        for reference in self.lines.pointed(version):
            kind, _, id = reference.partition("/")
            found = await tx.read(kind, id)
            if found is not None and not found.is_deleted:
                near[reference] = found.body
        return self.lines.reported(version, Near(near))

    async def _follow(self, tx: Tx, patient: str, told: Sequence[tuple[Reported, Version]]) -> None:
        await tx.lock(f"medicines {patient}")
        await refuse_absorbed(tx, self.merges, patient)
        held = await load(tx, self.lines, patient)
        at = now_for(held, told[-1][1].at)
        made, changed = held.list, set[str]()
        for reported, _ in sorted(told, key=lambda pair: _ORDER[pair[0].source]):
            new = followed(made, reported, at, self.new_id, self.formulary)
            before = made.by_id()
            changed |= {x.id for x in new.lines if before.get(x.id) != x}
            made = new
        if made == held.list:
            return
        flags = {**held.flags(), **dict.fromkeys(changed, GENERATED)}
        pen = Pen(tx, self.codec, self.lines, at)
        now = await write(pen, held, replace(made, version=held.number), flags=flags)
        known = held.list.by_id()
        chains = newly_stopped(held.list, now.list)
        ended = tuple(chain for chain in chains if chain[-1].id in known)
        await recalled(pen, patient, ended, self.new_id)
