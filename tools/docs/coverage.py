"""Which of CPIC's gene-drug pairs of level A and A/B the guidance covers, and why the rest is not.

tools/packs/guidance/coverage.csv (the pairs, and a reason where there is no row), changes.csv (what
CPIC changed since) and the pack pgx-guidance -> a page
"""

from __future__ import annotations

import csv
from pathlib import Path

from garrod.adapters.packs.load import load_shelf

FOLDER = Path(__file__).resolve().parents[1] / "packs" / "guidance"
PACK = "pgx-guidance"
TITLE = """# Which CPIC pairs are covered

The gene-drug pairs that CPIC gives level A or A/B (its table of pairs, as pypgx 0.27.0 carries it;
facts, MIT), and whether the pack has a row for them. "Final" pairs have a published guideline. A
pair without a row has its reason; no row is ever inferred from another medicine or phenotype.
"""

CHANGED = """The rows are those of 25 March 2024. CPIC's log of changes (to May 2026, CC0) names
later guidelines; their texts are not at hand, and none is guessed."""


def page() -> str:
    """Return the page.  Raises: SystemExit where a pair has neither row nor reason, or both."""
    pairs, held = read_pairs(), covered_pairs()
    for row in pairs:
        if ((row["drug"], row["gene"]) in held) == bool(row["reason"]):
            raise SystemExit(
                f"coverage.csv, {row['drug']} and {row['gene']}: give a reason exactly where the "
                "pack has no row."
            )
    return TITLE + "\n".join([
        "", *summary(pairs), "",
        "## Without a row", "", *table([row for row in pairs if row["reason"]]), "",
        "## Changed since", "", CHANGED, "", *changes(), "",
        "## With rows", "", *table([row for row in pairs if not row["reason"]]), "",
    ])  # fmt: skip


def read_pairs() -> list[dict[str, str]]:
    """Return the pairs with their level, status and reason."""
    return _read("coverage")


def read_changes() -> list[dict[str, str]]:
    """Return the guidelines that CPIC published or updated after the rows here."""
    return _read("changes")


def _read(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def changes() -> list[str]:
    """Return the changes as a table."""
    lines = ["| Date | Medicines | What CPIC did | What is here |", "|---|---|---|---|"]
    for row in read_changes():
        subjects = row["subjects"].replace("|", ", ")
        lines.append(f"| {row['date']} | {subjects} | {row['what']} | {row['here']} |")
    return lines


def covered_pairs() -> set[tuple[str, str]]:
    """Return the drug and gene of every pair that the pack has rows for."""
    return {(row["drug"], row["gene"]) for row in load_shelf().rows(PACK, "genes")}


def summary(pairs: list[dict[str, str]]) -> list[str]:
    """Return the counts of pairs and drugs, by status, as a table."""
    lines = ["| Pairs | In the table | Covered | Drugs | Drugs covered |", "|---|---|---|---|---|"]
    for status in ("final", "provisional"):
        mine = [row for row in pairs if row["status"] == status]
        with_row = [row for row in mine if not row["reason"]]
        drugs, known = ({row["drug"] for row in rows} for rows in (mine, with_row))
        lines.append(f"| {status} | {len(mine)} | {len(with_row)} | {len(drugs)} | {len(known)} |")
    return lines


def table(pairs: list[dict[str, str]]) -> list[str]:
    """Return pairs as a table, the reasons only where there are any."""
    told = any(row["reason"] for row in pairs)
    columns = ["drug", "gene", "level", "status", *(["reason"] if told else [])]
    head = [f"| {' | '.join(c.capitalize() for c in columns)} |", f"|{'---|' * len(columns)}"]
    return head + [f"| {' | '.join(row[c] for c in columns)} |" for row in pairs]
