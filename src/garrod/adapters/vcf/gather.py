"""Collects, record by record, what each sample's cell says at each position."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from garrod.adapters.vcf.alike import alike
from garrod.adapters.vcf.alleles import DELETED, RefMismatch, Window, spoken
from garrod.adapters.vcf.copies import structural_calls
from garrod.adapters.vcf.header import Header
from garrod.adapters.vcf.keep import Keeper
from garrod.adapters.vcf.merge import merged
from garrod.adapters.vcf.place import Place
from garrod.adapters.vcf.record import BadCell, GenotypeCall, ReadSettings, Record, read_cell
from garrod.core.errors import VcfError
from garrod.core.genotype import (
    MISSING,
    NOT_COVERED,
    UNDOCUMENTED,
    CallState,
    GenotypeTable,
    Observation,
    StructuralCall,
)
from garrod.core.variant import Assembly, Position

Spoken = tuple[str, ...]
UNSTATED = "the reference of this build is not verified here, and the record does not state it"
MOST_CODES = 65_535  # what a uint16 holds


class Gathering:
    """The readings so far: a matrix of codes and a palette of readings per position."""

    def __init__(
        self,
        place: Place,
        header: Header,
        samples: tuple[str, ...],
        codes: npt.NDArray[np.uint16],
        settings: ReadSettings,
        *,
        name: str,
    ) -> None:
        self.place, self.samples, self.name = place, samples, name
        self._codes, self._settings = codes, settings
        self._palette: list[list[Observation]] = [[NOT_COVERED] for _ in range(codes.shape[0])]
        self._known: list[dict[Observation, int]] = [{NOT_COVERED: 0} for _ in self._palette]
        self._is_read = [False] * codes.shape[0]
        self._spoiled: dict[str, str] = {}
        self._structural: dict[str, list[StructuralCall]] = {}
        self._is_whole = samples == header.samples
        where = {} if self._is_whole else {s: n for n, s in enumerate(header.samples)}
        columns = [where[s] for s in samples] if where else []
        self._pick: Any = itemgetter(*columns) if len(columns) > 1 else None
        self._column = columns[0] if len(columns) == 1 else None
        self._warned: set[str] = set()
        self._touched = 0
        self.fitting = 0  # records that show a defined variant: they prove the build
        self._with_genotype = 0
        self.keeper: Keeper | None = None

    def add(self, record: Record) -> None:
        """Take in one record.  Raises: VcfError VCF015."""
        if self.keeper is not None:
            self.keeper.take(record, self._cells(record))
        windows = self.place.windows(record.chromosome, record.pos, record.end)
        speaks = [
            (window, alleles)
            for window in (() if record.is_segment else windows)
            if (alleles := self._spoken(window, record)) is not None
        ]
        copied = structural_calls(record, self.place, self._cells(record), self._settings)
        if not speaks and not copied:
            return
        self.fitting += any(_is_fit(window, alleles) for window, alleles in speaks)
        self._touched += bool(speaks) or any(c.gene in self.place.copied for _, c in copied)
        self._with_genotype += "GT" in record.keys
        for column, call in copied:
            self._structural.setdefault(self.samples[column], []).append(call)
        cells = self._cells(record)
        kinds = alike(record, cells, self._settings)
        calls = {cell: self._read(record, cell) for cell in set(kinds.values())}
        if None in calls.values():
            self._spoil_all(record, cells, {c for c, kind in kinds.items() if not calls[kind]})
        for window, alleles in _settled(speaks):
            codes = {
                cell: self._coded(window.index, _observation(record, call, alleles)) if call else 0
                for cell, call in calls.items()
            }
            by_cell = {cell: codes[kind] for cell, kind in kinds.items()}
            row = np.fromiter(map(by_cell.__getitem__, cells), np.uint16, len(cells))
            self._note(window, row)

    def _cells(self, record: Record) -> Sequence[bytes]:
        if self._is_whole:
            return record.cells
        if self._column is not None:
            return (record.cells[self._column],)
        chosen: Sequence[bytes] = self._pick(record.cells)
        return chosen

    def _spoken(self, window: Window, record: Record) -> Spoken | None:
        try:
            if record.is_block and record.pos < window.start:
                is_inside = window.start <= record.end and window.is_verified
                return (window.ref, *(UNDOCUMENTED for _ in record.alts)) if is_inside else None
            return spoken(window, record.pos, record.ref, record.alts)
        except RefMismatch:
            if not window.is_verified:
                return ()
            where = f"line {record.line}, " if record.line else ""
            raise VcfError(
                f"{self.name}: {where}{record.site}: its REF is not what the reference genome has "
                f"there ({window.ref} at {window.start}); the file is on another genome build, or "
                "REF and ALT were swapped: export it again from the right reference",
                code="VCF015",
            ) from None

    def _note(self, window: Window, row: npt.NDArray[np.uint16]) -> None:
        """Take in the codes of all samples at one position."""
        if self._is_read[window.index]:
            row = self._merge(window, row)
        self._is_read[window.index] = True
        self._codes[window.index] = row

    def _read(self, record: Record, cell: bytes) -> GenotypeCall | None:
        """Return what a cell says, None where it breaks the format."""
        try:
            call = read_cell(record, cell, self._settings)
        except BadCell:
            return None
        if call.is_cut:
            self._warned.add(f"{record.site}: more than two alleles; the first two were read")
        return call

    def _coded(self, index: int, observation: Observation) -> int:
        known = self._known[index]
        if observation not in known:
            if len(known) > MOST_CODES:
                raise VcfError(
                    f"{self.name}: {observation.record}: more different readings at one position "
                    f"than the table holds ({MOST_CODES}); read the samples in several parts",
                    code="VCF022",
                )
            known[observation] = len(known)
            self._palette[index].append(observation)
        return known[observation]

    def _spoil_all(self, record: Record, cells: Sequence[bytes], broken: set[bytes]) -> None:
        """Note the samples whose cells break the format."""
        where = f"line {record.line}" if record.line else record.site
        for column, cell in enumerate(cells):
            if cell in broken:
                written = cell.decode("utf-8", "replace").split(":")[0][:20]
                reason = f"{where}: genotype {written!r} is not one of the record's alleles"
                self._spoiled.setdefault(self.samples[column], reason)

    def _merge(self, window: Window, row: npt.NDArray[np.uint16]) -> npt.NDArray[np.uint16]:
        index, palette = window.index, self._palette[window.index]
        old = self._codes[index]
        joined: dict[tuple[int, int], int] = {}
        for pair in set(zip(old.tolist(), row.tolist(), strict=True)):
            one = merged(palette[pair[0]], palette[pair[1]], window.ref) if pair[1] else None
            joined[pair] = pair[0] if one is None else self._coded(index, one)
        pairs = zip(old.tolist(), row.tolist(), strict=True)
        return np.fromiter((joined[p] for p in pairs), np.uint16, len(row))

    def table(
        self, positions: Sequence[Position], assembly: Assembly, warnings: Sequence[str]
    ) -> GenotypeTable:
        """Return what was gathered.  Raises: VcfError VCF017, VCF019, VCF021."""
        self._check()
        return GenotypeTable(
            samples=self.samples,
            assembly=assembly,
            positions=tuple(positions),
            codes=self._codes,
            palette=tuple(tuple(p) for p in self._palette),
            source=self.name,
            structural={s: tuple(c) for s, c in self._structural.items()},
            spoiled=dict(self._spoiled),
            warnings=(*warnings, *sorted(self._warned)),
        )

    def _check(self) -> None:
        if not self._touched:
            raise VcfError(
                f"{self.name}: no record speaks of any pharmacogene position (structural records "
                "alone do not); send the small-variant file of this person",
                code="VCF019",
            )
        if not self._with_genotype:
            raise VcfError(
                f"{self.name}: its records have no genotypes (no GT in FORMAT); "
                "export the file with genotypes",
                code="VCF017",
            )
        if len(self._spoiled) == len(self.samples):
            first = next(iter(self._spoiled.values()))
            raise VcfError(f"{self.name}: no sample can be read ({first})", code="VCF021")


def _is_fit(window: Window, alleles: Spoken) -> bool:
    """Return whether a record shows a defined variant; mitochondria are the same on both builds."""
    variants = (a != window.ref and a in window.position.alleles for a in alleles)
    return window.position.chromosome != "MT" and any(variants)


def _settled(speaks: list[tuple[Window, Spoken]]) -> list[tuple[Window, Spoken]]:
    """Replace DELETED: by nothing known where the deletion is a defined allele of the gene.

    A definition leaves the positions inside its own deletion blank; any other deletion is an
    undocumented base there. So it is where an indel of the gene touches another indel's position.
    """
    if len(speaks) < 2 and not any(DELETED in alleles for _, alleles in speaks):
        return speaks
    grown = {  # by gene and allele number: how much longer a defined indel is than the reference
        (window.position.gene, number): len(allele) - len(window.ref)
        for window, alleles in speaks
        for number, allele in enumerate(alleles)
        if len(allele) != len(window.ref) and allele in window.position.alleles
    }

    def settled(window: Window, number: int, allele: str) -> str:
        by = grown.get((window.position.gene, number), 0)
        if allele == DELETED:
            return MISSING if by < 0 else UNDOCUMENTED
        is_touched = allele == UNDOCUMENTED and not window.is_single and by
        return MISSING if is_touched else allele

    return [(w, tuple(settled(w, n, a) for n, a in enumerate(alleles))) for w, alleles in speaks]


def _observation(record: Record, call: GenotypeCall, alleles: Spoken) -> Observation:
    written = f"{record.site} {call.text}".rstrip()
    reason = call.reason or ("" if alleles else UNSTATED)
    read = () if reason else tuple(MISSING if n is None else alleles[n] for n in call.alleles)
    if read.count(MISSING) == len(read):
        reason = reason or "deleted on every strand that was read"
        return Observation(CallState.NO_CALL, line=record.line, record=written, reason=reason)
    is_block = record.is_block and not any(call.alleles)
    return Observation(
        CallState.REFERENCE_BLOCK if is_block else CallState.CALLED,
        alleles=read,
        phased=call.phased,
        phase_set=call.phase_set,
        line=record.line,
        record=written,
    )
