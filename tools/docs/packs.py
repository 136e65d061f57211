"""The reference of the shipped packs, read from the packs."""

from __future__ import annotations

from garrod.adapters.packs.load import load_shelf
from garrod.knowledge.pack import Pack

TITLE = """# Knowledge packs in the wheel

Every fact is a row of a pack, with its evidence; every answer names the packs that it used. A pack
without a reviewer has not been signed by a clinician.
"""


def page() -> str:
    """Return the page: each pack with its origin, review, tables and sources."""
    shelf = load_shelf()
    return TITLE + "".join(f"\n{section(shelf.pack(name))}" for name in shelf.names())


def section(pack: Pack) -> str:
    """Return one pack as Markdown."""
    said = pack.manifest
    review = f"{said.reviewer}, {said.review_date}" if said.reviewer else "not yet reviewed"
    lines = [
        f"## {said.reference}",
        "",
        f"{said.title}. Licence {said.licence}; retrieved {said.retrieved}; {review}.",
        f"Genome builds: {', '.join(said.genome_builds) or 'none'}.",
        "",
        f"Covers: {', '.join(said.covers) or 'see its tables'}.",
        "",
        f"Does not cover: {', '.join(said.does_not_cover) or 'nothing stated'}.",
        "",
        "| Table | Rows |",
        "|---|---|",
        *(f"| {name} | {len(rows):,} |" for name, rows in sorted(pack.tables.items())),
        "",
        "Sources:",
        "",
        *(f"- {source}" for source in sources(pack)),
    ]
    return "\n".join(lines) + "\n"


def sources(pack: Pack) -> list[str]:
    """Return each source of a pack once, with its licence, sorted."""
    return sorted({f"{e.source} ({e.licence})" for e in pack.evidence.values()})
