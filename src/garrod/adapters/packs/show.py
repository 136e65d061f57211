"""Packs for people to read, and the check that every row is cited."""

from __future__ import annotations

from collections.abc import Sequence

from garrod.core.errors import KnowledgeError
from garrod.knowledge.pack import Pack, Row, values_in

CITE_SEVERAL = frozenset(("safety_rules",))  # tables whose rows may rest on several sources, by "|"


def pack_text(pack: Pack) -> str:
    """Return what a pack is, covers, leaves out and cites."""
    m = pack.manifest
    lines = [
        f"{m.reference}: {m.title}",
        f"licence: {m.licence}; retrieved {m.retrieved}",
        f"reviewer: {m.reviewer or 'not yet reviewed by a clinician'} {m.review_date}".rstrip(),
        f"covers: {', '.join(m.covers)}",
        f"does not cover: {', '.join(m.does_not_cover) or '-'}",
        *(f"table {name}: {len(rows)} rows" for name, rows in sorted(pack.tables.items())),
        *(
            f"cites {key}: {e.source} {e.version} {e.locus} "
            f"{'PMID ' + e.pmid if e.pmid else e.url or ''} ({e.licence})"
            for key, e in pack.evidence.items()
        ),
    ]
    return "\n".join(" ".join(line.split()) for line in lines) + "\n"


def table_text(rows: Sequence[Row]) -> str:
    """Return rows as tab-separated text with a header."""
    if not rows:
        return ""
    head = "\t".join(rows[0])
    return "\n".join([head, *("\t".join(row.values()) for row in rows)]) + "\n"


def check_citations(pack: Pack) -> int:
    """Return how many rows a pack has, each with a citation.  Raises: KnowledgeError KNO005."""
    count = 0
    for table, rows in pack.tables.items():
        for number, row in enumerate(rows, 2):
            count += 1
            cell = row.get("evidence", "")
            cited = values_in(cell) if table in CITE_SEVERAL else (cell,)
            if not cited or any(key not in pack.evidence for key in cited):
                raise KnowledgeError(
                    f"{pack.manifest.reference} {table}.csv line {number}: cites "
                    f"{cell!r}, which has no row in evidence.csv",
                    code="KNO005",
                )
    return count
