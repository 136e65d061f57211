"""Codes DPWG's rows by hand-written acts, and folds those of the same content into one.

source rows + dpwg/acts.csv -> Coded (one per circumstance) -> rows with stable ids
"""

from __future__ import annotations

from dataclasses import dataclass

from dpwg_source import (
    GENERAL,
    TWO_REDUCED,
    SourceRow,
    guideline_id,
    our_table,
    short_values,
    two_reduced,
)
from guidance_rows import order_of, slug_of
from guidance_source import CONTENT


@dataclass(frozen=True)
class Act:
    """A hand-written line of acts.csv: one circumstance of the rows it codes."""

    drug: str
    gene: str
    values: frozenset[str]
    population: str
    content: tuple[str, ...]  # in the order of CONTENT

    def fits(self, row: SourceRow) -> bool:
        """Return whether this act codes a source row."""
        return (self.drug, self.gene) == (row.drug, row.gene) and self.values.issuperset(row.values)


@dataclass(frozen=True)
class Coded:
    """One source row in one circumstance."""

    row: SourceRow
    population: str
    content: tuple[str, ...]


def read_acts() -> list[Act]:
    """Return the acts in their order."""
    names = short_values()
    return [
        Act(
            row["drug"],
            row["gene"],
            frozenset(v for part in row["values"].split("|") for v in names.get(part, (part,))),
            row["population"],
            tuple(row[column] for column in CONTENT),
        )
        for row in our_table("acts")
    ]


def coded_rows(rows: list[SourceRow]) -> list[Coded]:
    """Return every source row in each of its circumstances, which are told apart on one axis.

    Fails where no act codes a row, two code it for one circumstance, or an act codes none.
    """
    acts = read_acts()
    axis_of = {row["population"]: row["axis"] for row in our_table("populations")}
    found: list[Coded] = []
    used: set[int] = set()
    for row in rows:
        fitting = [act for act in acts if act.fits(row)]
        named = [act.population for act in fitting]
        axes = {axis_of[population] for population in named}
        if len(axes) != 1 or len(set(named)) < len(named):
            raise SystemExit(f"{row}: coded for {named or 'nobody'}; correct dpwg/acts.csv")
        used.update(id(act) for act in fitting)
        found += [Coded(row, act.population, act.content) for act in fitting]
    idle = [(a.drug, a.gene, a.population) for a in acts if id(a) not in used]
    if idle:
        raise SystemExit(f"acts that code no row: {idle}")
    return found


def folded(coded: list[Coded]) -> list[dict[str, str]]:
    """Return rows for recommendations.csv: one per guideline, circumstance and content."""
    values: dict[tuple[str, ...], set[str]] = {}
    for one in coded:
        what = (one.row.drug, one.row.gene, one.population, one.row.strength, *one.content)
        values.setdefault(what, set()).update(one.row.values)
    rows = [as_row(what, found) for what, found in values.items()]
    rows.sort(key=lambda r: (r["guideline"], r["population"], r["keys"]))
    twice = {row["id"] for row in rows if [r["id"] for r in rows].count(row["id"]) > 1}
    if twice:
        raise SystemExit(f"two rows are called {sorted(twice)}")
    return rows


def as_row(what: tuple[str, ...], values: set[str]) -> dict[str, str]:
    """Return one row with its id, which says drug, gene, circumstance and result."""
    drug, gene, population, strength, *content = what
    cells = dict(zip(CONTENT, content, strict=True))
    guideline = guideline_id(drug, gene)
    where = "" if population == GENERAL else population.removeprefix(f"{drug}-")
    keys = f"{gene}={'|'.join(sorted(values, key=order_of))}"
    return {
        "id": "-".join(p for p in (guideline, where, result_slug(gene, values)) if p),
        "guideline": guideline, "drugs": drug, "population": population, "keys": keys,
        "action": cells["action"], "strength": strength, "dose_factor": cells["dose_factor"],
        "dose_limit": cells["dose_limit"], "alternatives": cells["alternatives"],
        "monitoring": cells["monitoring"], "implication": cells["implication"],
        "notes": cells["notes"], "evidence": guideline,
    }  # fmt: skip


def result_slug(gene: str, values: set[str]) -> str:
    """Return a short name for the results of a row: "pm", "as0.25to1.0", "1-3"."""
    slugs = {row["values"]: row["slug"] for row in our_table("values") if row["slug"]}
    plain = sorted(values - set(two_reduced()), key=order_of)
    parts = [slug_of(f"{gene}={'|'.join(plain)}", slugs, many=False)] if plain else []
    return "-".join([*parts, *([TWO_REDUCED[1:]] if len(plain) < len(values) else [])])
