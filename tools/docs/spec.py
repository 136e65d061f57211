"""The behaviour reference: the given/expected tables that the tests hold the packs to."""

from __future__ import annotations

import csv
from pathlib import Path

TESTS = Path(__file__).resolve().parents[2] / "tests" / "spec"
TITLE = """# What is expected of the rules

Each row restates a published fact, with the guideline's PMID, and is a test: given the results,
the rules must answer so. PMID 31647186 (CYP2D6 consensus) is cited unchecked.
"""
TABLES = {  # table: (what it shows, the test that holds it)
    "guidance_facts": ("From results to the coded action", "guidance"),
    "dpwg_facts": ("From results to the coded action, DPWG", "dpwg"),
    "phenotype_facts": ("From alleles to phenotype and score", "phenotype"),
    "phenoconversion": ("What a gene behaves as with other medicines", "phenoconversion"),
    "context": ("For whom a recommendation is", "context"),
}


def page() -> str:
    """Return the page: each table of facts with its test."""
    return TITLE + "".join(f"\n{section(name, *about)}" for name, about in TABLES.items())


def section(name: str, title: str, test: str) -> str:
    """Return one table as Markdown."""
    with (TESTS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    lines = [f"## {title}", "", f"Held by `tests/spec/test_{test}_table.py`.", ""]
    lines += [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(cell(c) for c in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def cell(text: str) -> str:
    """Return a value as it stands in a table: stars and bars are no markup."""
    return text.replace("|", "\\|").replace("*", "\\*").replace("_", " ")
