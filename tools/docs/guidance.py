"""The reference of what guidance says, read from the pack: one table a guideline."""

from __future__ import annotations

from garrod.adapters.packs.load import load_shelf
from garrod.knowledge.pack import Row

PACK = "pgx-guidance"
TITLE = """# What the guidance says

Every coded recommendation on the shelf: for this result, in these people, this action. The words
that a person reads are made from these codes. `A|B` means either; all genes of a row must fit.
"""
COLUMNS = {
    "drugs": "Medicine",
    "keys": "Result",
    "population": "People",
    "action": "Action",
    "dose_factor": "Dose factor",
    "alternatives": "Alternatives",
    "strength": "Strength",
}


def page() -> str:
    """Return the page: each guideline with its source and its rows."""
    shelf = load_shelf()
    if PACK not in shelf.names():
        return f"{TITLE}\nNo guidance pack is on the shelf.\n"
    rows = shelf.rows(PACK, "recommendations")
    guidelines = sorted(shelf.rows(PACK, "guidelines"), key=lambda g: g["name"])
    return TITLE + "".join(f"\n{section(g, rows)}" for g in guidelines)


def section(guideline: Row, rows: tuple[Row, ...]) -> str:
    """Return one guideline as Markdown."""
    own = [r for r in rows if r["guideline"] == guideline["guideline"]]
    source = f"Version {guideline['version']}, PMID {guideline['pmid']}, {guideline['url']}"
    head = f"| {' | '.join(COLUMNS.values())} |\n|{'---|' * len(COLUMNS)}"
    lines = [f"## {guideline['name']}", "", source, "", head, *(line(r) for r in own)]
    return "\n".join(lines) + "\n"


def line(row: Row) -> str:
    """Return a recommendation as a row of the table."""
    cells = (row[name].replace("|", "\\|").replace("*", "\\*") for name in COLUMNS)
    return f"| {' | '.join(cells)} |"
