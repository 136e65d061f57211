"""Compares findings with a peer program's rows, one row a gene of a case.

A row agrees when the most probable candidate is one of the expected diplotypes and every expected
one is among the listed candidates; where nothing is expected, when nothing is called.
Differences are agreed, explained (a row of explained.csv gives the reason) or unexplained.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from garrod.core.finding import GeneFinding, Status
from validation.figures import Figure, at_least, share
from validation.writing import alternatives, strands

_RECOMMENDED = re.compile(r'\["recommendedDiplotype", "([^"]+)", "\[(.*?)\]"\]')
NOTHING = {"No Result", "", "n/a"}
Pair = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One expected row, and what was found."""

    case: str
    gene: str
    is_asserted: bool
    expected: tuple[Pair, ...]
    phenotypes: frozenset[str]
    scores: frozenset[str]
    is_outside: bool
    finding: GeneFinding | None

    @property
    def agrees(self) -> bool:
        """Return whether the diplotypes agree."""
        if self.finding is None:
            return False
        if not self.expected:
            return self.finding.status is not Status.CALLED and not self._tells
        found = [strands(c.name) for c in self.finding.candidates]
        return bool(found) and found[0] in self.expected and set(self.expected) <= set(found)

    @property
    def _tells(self) -> bool:
        """Return whether any candidate has a phenotype that guidance could use."""
        candidates = self.finding.candidates if self.finding else ()
        return any(c.phenotype not in ("Indeterminate", "n/a", "") for c in candidates)

    @property
    def phenotype_agrees(self) -> bool | None:
        """Return whether phenotype and score agree over the expected candidates; None: no word."""
        if not self.phenotypes or self.finding is None or not self.expected:
            return None
        chosen = [c for c in self.finding.candidates if strands(c.name) in self.expected]
        phenotypes = {c.phenotype for c in chosen}
        scores = {c.activity_score for c in chosen if c.activity_score}
        return phenotypes == self.phenotypes and (not self.scores or scores == self.scores)

    @property
    def shown(self) -> str:
        """Return the difference in one line."""
        one = self.finding
        said = [f"{c.name} {c.probability:.3f} {c.phenotype}" for c in one.candidates[:4]] if one else []
        status = one.status.value if one else "none"
        expected = [*map("/".join, self.expected)]
        reasons = one.reasons[:2] if one else ()
        return f"{self.case} {self.gene}: expected {expected} {sorted(self.phenotypes)}; {status} {said} {reasons}"


def row_of(cells: dict[str, str], finding: GeneFinding | None) -> Row:
    """Return an expected row beside a finding."""
    gene = cells["gene"]
    asserted = [
        tuple(sorted(m[2].split(", "))) for m in _RECOMMENDED.finditer(cells["origin"]) if m[1] == gene
    ]
    written = cells["expected_recommendation_diplotypes"] or cells["expected_diplotypes"]
    expected = [strands(d) for d in alternatives(written)]
    if gene == "RYR1" and asserted:
        expected = asserted
    phenotypes = {p for p in alternatives(cells["expected_phenotype"]) if p not in NOTHING}
    scores = {s for s in alternatives(cells["expected_activity_score"]) if s not in NOTHING}
    name = cells["case"] + (f" {cells['sample']}" if cells["sample"] else "")
    return Row(
        name, gene, "ASSERTED=" in cells["origin"], tuple(dict.fromkeys(expected)),
        frozenset(phenotypes), frozenset(scores), cells["call_source"] == "OUTSIDE", finding,
    )  # fmt: skip


@cache
def explanations() -> dict[tuple[str, str, str], str]:
    """Return the reason of each explained difference by data set, case and gene."""
    path = Path(__file__).with_name("explained.csv")
    if not path.exists():
        return {}
    with path.open(encoding="utf-8") as file:
        return {(r["set"], r["case"], r["gene"]): r["reason"] for r in csv.DictReader(file)}


def explained(name: str, row: Row) -> str:
    """Return the reason why a row differs, or nothing."""
    table = explanations()
    return table.get((name, row.case, row.gene)) or table.get((name, "*", row.gene), "")


def measure(name: str, found: Iterable[Row]) -> tuple[list[Figure], list[str]]:
    """Return the figures of a set, and a line for each difference."""
    table = list(found)
    figures, notes = [], []
    for label, chosen, percent in (
        ("asserted rows", [r for r in table if r.is_asserted], 99),
        ("other rows", [r for r in table if not r.is_asserted], 98),
    ):
        if not chosen:
            continue
        agreed = sum(r.agrees for r in chosen)
        with_reason = sum(not r.agrees and bool(explained(name, r)) for r in chosen)
        figures += [
            at_least(f"{label}: agreed", agreed, len(chosen), percent),
            share(f"{label}: differ, explained", with_reason, len(chosen)),
            share(f"{label}: differ, unexplained", len(chosen) - agreed - with_reason, len(chosen)),
        ]
    judged = [r for r in table if r.agrees and r.phenotype_agrees is not None]
    figures.append(
        at_least("phenotype and score of agreed rows", sum(bool(r.phenotype_agrees) for r in judged), len(judged), 99)
    )
    notes = [f"- {r.shown} | {explained(name, r)}" for r in table if not r.agrees]
    notes += [f"- phenotype: {r.shown} {sorted(r.scores)}" for r in judged if not r.phenotype_agrees]
    return figures, notes
