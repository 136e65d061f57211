"""Copy-number and structural records of a gene: how many copies, and of what kind.

Copies are counted for the genes whose alleles include copies (CYP2D6). For any other gene a change
of copies is noted, so that its single variants are not read as the whole truth.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from garrod.adapters.vcf.place import Place
from garrod.adapters.vcf.record import (
    NON_REF,
    PASSING,
    BadCell,
    ReadSettings,
    Record,
    read_cell,
    values_of,
    whole,
)
from garrod.core.genotype import STRANDS, StructuralCall

_END = re.compile(r"(?:^|;)END=(\d{1,12})\b", re.ASCII)
_LENGTH = re.compile(r"(?:^|;)SVLEN=-?(\d{1,12})\b", re.ASCII)
_COPIES = re.compile(r"<CN=?(\d{1,3})>", re.ASCII)
_UNCOUNTED = (*NON_REF, "<INV", "<INS", "<BND")  # they change no number of copies
_HYBRID = re.compile(r"CYP2D6\*(\d{1,4})", re.ASCII)
DELETED = "5"  # *5 is the deletion, no hybrid. Source: PMID 31401124
LEAST_SHARE = 0.5  # of the gene's positions that a record must span to speak of the whole gene


def structural_calls(
    record: Record, place: Place, cells: Sequence[bytes], settings: ReadSettings
) -> list[tuple[int, StructuralCall]]:
    """Return (sample column, call) for a structural record over a gene that has copies."""
    is_told = any(a.startswith("<") and not a.startswith(_UNCOUNTED) for a in record.alts)
    if not is_told and not (record.is_segment and "CN" in record.keys):
        return []
    stop = stop_of(record)
    genes = [
        gene
        for gene, (chromosome, first, last) in place.copied.items()
        if record.chromosome == chromosome and _spans(record.pos, stop, first, last)
    ]
    found = []
    for column, cell in enumerate(cells):
        calls = [_call(gene, record, cell, settings) for gene in genes]
        if is_told:
            calls += _altered(record, stop, place, cell, settings)
        found += [(column, call) for call in calls if call is not None]
    return found


def stop_of(record: Record) -> int:
    """Return the last position that a structural record speaks of."""
    end = _END.search(record.info)
    length = _LENGTH.search(record.info)
    return int(end[1]) if end else record.pos + int(length[1]) if length else record.end


def _spans(start: int, stop: int, first: int, last: int) -> bool:
    share = min(stop, last) - max(start, first) + 1
    return share >= LEAST_SHARE * (last - first + 1)


def _altered(
    record: Record, stop: int, place: Place, cell: bytes, settings: ReadSettings
) -> list[StructuralCall | None]:
    """Return a call for each gene whose copies are not counted, where the sample shows a change."""
    try:
        call = read_cell(record, cell, settings)
    except BadCell:
        return []
    stated = _stated(record, cell) if record.filter in PASSING else None
    usual = (None, 1, STRANDS) if record.chromosome == "X" else (None, STRANDS)
    if not any(call.alleles) and stated in usual:
        return []
    windows = place.windows(record.chromosome, record.pos, stop)
    genes = dict.fromkeys(w.position.gene for w in windows if w.stop > record.pos)
    written = f"{record.site} {call.text}".rstrip()
    return [
        StructuralCall(gene, _kind(record), None, record.line, written)
        for gene in genes
        if gene not in place.copied
    ]


def _call(gene: str, record: Record, cell: bytes, settings: ReadSettings) -> StructuralCall | None:
    try:
        call = read_cell(record, cell, settings)
    except BadCell:
        return None
    written = f"{record.site} {call.text}".rstrip()
    kind = _kind(record)
    stated = _stated(record, cell)
    if kind.startswith("*") and not any(call.alleles):
        return None  # the record is of a hybrid that this sample does not show
    if call.reason and stated is None:
        return StructuralCall(gene, "doubtful", None, record.line, f"{written} ({call.reason})")
    if record.filter not in PASSING:
        return StructuralCall(gene, "doubtful", None, record.line, f"{written} ({record.filter})")
    if stated is not None:
        return StructuralCall(gene, kind, stated, record.line, written)
    if kind.startswith("*"):
        return StructuralCall(gene, kind, None, record.line, written)
    strands = [None if n is None else _copies(record, n) for n in call.alleles]
    if None in strands or len(strands) < STRANDS:  # fewer say nothing of the other strand
        return StructuralCall(gene, "doubtful", None, record.line, f"{written} (no number)")
    copies = sum(n for n in strands if n is not None)
    if kind in ("DEL", "DUP") and not any(call.alleles):
        kind = f"no {kind}"  # one kind of change was looked for and not found
    return StructuralCall(gene, kind, copies, record.line, written)


def _stated(record: Record, cell: bytes) -> int | None:
    """Return the number of copies that a sample's CN states; None when it states none."""
    return whole(values_of(record, cell).get("CN", ""))


def _kind(record: Record) -> str:
    """Return "DEL", "DUP", "CNV", or the hybrid that ALT or INFO names, e.g. "*36"."""
    hybrid = _HYBRID.search(",".join(record.alts) + record.info)
    if hybrid and hybrid[1] != DELETED:
        return f"*{hybrid[1]}"
    name = record.alts[0].strip("<>").split(":")[0] if record.alts else ""
    return name if name in ("DEL", "DUP") else "CNV"


def _copies(record: Record, number: int) -> int | None:
    """Return how many copies of the gene a strand with that allele carries; None: not stated."""
    if number == 0:
        return 1
    alt = record.alts[number - 1]
    stated = _COPIES.fullmatch(alt)
    if stated:
        return int(stated[1])
    return {"<DEL": 0, "<DUP": 2}.get(alt[:4])
