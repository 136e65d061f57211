"""Carries over, from the pack in force, what an import does not speak of.

A download has some genes; a pack that held them alone would take the others away from a site.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from garrod.adapters.packs.importers.writing import Draft, Rows
from garrod.core.evidence import Evidence
from garrod.knowledge.pack import Pack
from garrod.knowledge.shelf import Shelf

CARRIED = "carried-"  # before the id of a citation that the import uses for something else


@dataclass(frozen=True, slots=True)
class Wish:
    """How a download is to be imported."""

    base: Shelf  # the packs in force, for what the download does not have
    version: str  # "" for the download's own date
    retrieved: str  # ISO date


def citation(key: str, retrieved: str, **cells: str) -> dict[str, str]:
    """Return a row of evidence.csv."""
    blank = {"source": "", "version": "", "locus": "", "pmid": "", "url": "", "licence": ""}
    return {"id": key, **blank, **cells, "retrieved": retrieved}


def citation_of(key: str, evidence: Evidence) -> dict[str, str]:
    """Return a row of evidence.csv that says what a pack's citation says."""
    return citation(
        key,
        evidence.retrieved.isoformat() if evidence.retrieved else "",
        source=evidence.source,
        version=evidence.version,
        locus=evidence.locus,
        pmid=evidence.pmid or "",
        url=evidence.url or "",
        licence=evidence.licence,
    )


def update_of(
    base: Pack,
    tables: Mapping[str, Rows],
    evidence: Rows,
    *,
    version: str,
    retrieved: str,
    licence: str,
) -> Draft:
    """Return a new version of a pack: the import's genes, and all others as they were."""
    genes = {row["gene"] for rows in tables.values() for row in rows}
    own = {row["id"] for row in evidence}
    joined: dict[str, Rows] = {}
    cited: set[str] = set()
    for name, old in base.tables.items():
        kept = [dict(row) for row in old if row.get("gene", "") not in genes]
        cited.update(row["evidence"] for row in kept)
        renamed = [{**row, "evidence": _carried(row["evidence"], own)} for row in kept]
        joined[name] = [*tables.get(name, ()), *renamed]
    carried = [
        citation_of(_carried(key, own), base.evidence[key]) for key in base.evidence if key in cited
    ]
    missing = sorted(genes_of(base.tables) - genes)
    notes = (f"{base.manifest.name}: carried over from {base.manifest.reference}: "
             f"{', '.join(missing)}",) if missing else ()  # fmt: skip
    return Draft(
        base.manifest.name,
        version,
        _manifest(base, genes_of(joined), retrieved, licence),
        joined,
        [*evidence, *carried],
        notes,
    )


def _carried(key: str, own: Collection[str]) -> str:
    return f"{CARRIED}{key}" if key in own else key


def _manifest(base: Pack, genes: Iterable[str], retrieved: str, licence: str) -> dict[str, Any]:
    old = base.manifest
    return {
        "title": old.title,
        "licence": licence,
        "retrieved": retrieved,
        "reviewer": "",
        "review_date": "",
        "genome_builds": list(old.genome_builds),
        "covers": sorted(genes),
        "does_not_cover": list(old.does_not_cover),
    }


def genes_of(tables: Mapping[str, Iterable[Mapping[str, str]]]) -> set[str]:
    """Return the genes that tables speak of."""
    return {row["gene"] for rows in tables.values() for row in rows if "gene" in row}
