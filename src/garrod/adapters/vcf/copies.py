"""Copy-number and structural records of a gene: how many copies, and of what kind."""

from __future__ import annotations

import re
from collections.abc import Sequence

from garrod.adapters.vcf.place import Place
from garrod.adapters.vcf.record import BadCell, ReadSettings, Record, read_cell, whole
from garrod.core.genotype import StructuralCall

_END = re.compile(r"(?:^|;)END=(\d{1,12})\b", re.ASCII)
_LENGTH = re.compile(r"(?:^|;)SVLEN=-?(\d{1,12})\b", re.ASCII)
_COPIES = re.compile(r"<CN=?(\d{1,3})>", re.ASCII)
_HYBRID = re.compile(r"CYP2D6\*(\d{1,4})", re.ASCII)
DELETED = "5"  # *5 is the deletion, no hybrid. Source: PMID 31401124
LEAST_SHARE = 0.5  # of the gene's positions that a record must span to speak of the whole gene


def structural_calls(
    record: Record, place: Place, cells: Sequence[bytes], settings: ReadSettings
) -> list[tuple[int, StructuralCall]]:
    """Return (sample column, call) for a structural record over a gene that has copies."""
    if not any(a.startswith("<") and a not in ("<NON_REF>", "<*>") for a in record.alts):
        return []
    found = []
    for gene, (chromosome, first, last) in place.copied.items():
        if record.chromosome != chromosome or not _spans(record, first, last):
            continue
        for column, cell in enumerate(cells):
            call = _call(gene, record, cell, settings)
            if call is not None:
                found.append((column, call))
    return found


def _spans(record: Record, first: int, last: int) -> bool:
    end = _END.search(record.info)
    length = _LENGTH.search(record.info)
    stop = int(end[1]) if end else record.pos + int(length[1]) if length else record.end
    share = min(stop, last) - max(record.pos, first) + 1
    return share >= LEAST_SHARE * (last - first + 1)


def _call(gene: str, record: Record, cell: bytes, settings: ReadSettings) -> StructuralCall | None:
    try:
        call = read_cell(record, cell, settings)
    except BadCell:
        return None
    values = dict(zip(record.keys, cell.decode("utf-8", "replace").split(":"), strict=False))
    written = f"{record.site} {call.text}".rstrip()
    kind = _kind(record)
    stated = whole(values.get("CN", ""))
    if kind.startswith("*") and not any(call.alleles):
        return None  # the record is of a hybrid that this sample does not show
    if call.reason and stated is None:
        return StructuralCall(gene, "doubtful", None, record.line, f"{written} ({call.reason})")
    if record.filter not in ("PASS", ".", ""):
        return StructuralCall(gene, "doubtful", None, record.line, f"{written} ({record.filter})")
    if stated is not None:
        return StructuralCall(gene, kind, stated, record.line, written)
    if kind.startswith("*"):
        return StructuralCall(gene, kind, None, record.line, written)
    strands = [None if n is None else _copies(record, n) for n in call.alleles]
    if None in strands:
        return StructuralCall(gene, "doubtful", None, record.line, f"{written} (no number)")
    copies = sum(n for n in strands if n is not None)
    return StructuralCall(gene, kind, copies, record.line, written)


def _kind(record: Record) -> str:
    """Return "DEL", "DUP", "CNV", or the hybrid that ALT or INFO names, e.g. "*36"."""
    hybrid = _HYBRID.search(",".join(record.alts) + record.info)
    if hybrid and hybrid[1] != DELETED:
        return f"*{hybrid[1]}"
    name = record.alts[0].strip("<>").split(":")[0]
    return name if name in ("DEL", "DUP") else "CNV"


def _copies(record: Record, number: int) -> int | None:
    """Return how many copies of the gene a strand with that allele carries; None: not stated."""
    if number == 0:
        return 1
    alt = record.alts[number - 1]
    stated = _COPIES.fullmatch(alt)
    if stated:
        return int(stated[1])
    return {"<DEL": 0, "<DUP": 2, "<INV": 1}.get(alt[:4])
