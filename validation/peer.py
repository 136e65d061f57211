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
from validation.figures import Figure, at_least, none_of, share
from validation.writing import alternatives, strands

_RECOMMENDED = re.compile(r'\["recommendedDiplotype", "([^"]+)", "\[(.*?)\]"\]')
NOTHING = {"No Result", "", "n/a", "Unknown"}
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
    def is_same_list(self) -> bool:
        """Return whether the listed candidates are the expected ones and no other."""
        listed = self.finding.candidates if self.finding else ()
        return {strands(c.name) for c in listed} == set(self.expected)

    @property
    def first_is_expected(self) -> bool:
        """Return whether the most probable candidate is an expected one."""
        listed = self.finding.candidates if self.finding else ()
        return bool(listed) and strands(listed[0].name) in self.expected

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
        phenotypes = {part for c in chosen for part in c.phenotype.split(";")}
        scores = {c.activity_score for c in chosen if c.activity_score}
        if phenotypes != self.phenotypes:  # the rows may leave alleles of unknown function out
            phenotypes.discard("Indeterminate")
        return phenotypes == self.phenotypes and (not self.scores or scores == self.scores)

    @property
    def shown(self) -> str:
        """Return the difference in one line."""
        one = self.finding
        said = (
            [f"{c.name} {c.probability:.3f} {c.phenotype}" for c in one.candidates[:4]]
            if one
            else []
        )
        status = one.status.value if one else "none"
        expected = [*map("/".join, self.expected)]
        reasons = one.reasons[:2] if one else ()
        wanted = f"expected {expected} {sorted(self.phenotypes)}"
        return f"{self.case} {self.gene}: {wanted}; {status} {said} {reasons}"


def row_of(cells: dict[str, str], finding: GeneFinding | None) -> Row:
    """Return an expected row beside a finding."""
    gene = cells["gene"]
    asserted = [
        tuple(sorted(m[2].split(", ")))
        for m in _RECOMMENDED.finditer(cells["origin"])
        if m[1] == gene
    ]
    written = cells["expected_recommendation_diplotypes"] or cells["expected_diplotypes"]
    expected = [strands(d) for d in alternatives(written) if d not in NOTHING]
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
def explanations() -> dict[tuple[str, ...], str]:
    """Return the reason of each explained difference: by data set, case, gene, and of what."""
    path = Path(__file__).with_name("explained.csv")
    if not path.exists():
        return {}
    with path.open(encoding="utf-8") as file:
        return {
            (r["set"], r["case"], r["gene"], r["of"]): r["reason"] for r in csv.DictReader(file)
        }


def explained(name: str, row: Row, of: str = "diplotype") -> str:
    """Return the reason why a row differs, or nothing."""
    return explanations().get((name, row.case, row.gene, of), "")


def measure(name: str, found: Iterable[Row]) -> tuple[list[Figure], list[str]]:
    """Return the figures of a set, and a line for each difference."""
    table = list(found)
    figures = []
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
            none_of(
                f"{label}: differ, unexplained", len(chosen) - agreed - with_reason, len(chosen)
            ),
        ]
    telling = [r for r in table if r.expected]
    figures += [
        share("rows that expect a diplotype: agreed", sum(r.agrees for r in telling), len(telling)),
        share("… and list no other candidate", sum(r.is_same_list for r in telling), len(telling)),
    ]
    judged = [r for r in table if r.agrees and r.phenotype_agrees is not None]
    differing = [r for r in judged if not r.phenotype_agrees]
    if judged:
        reasons = [r for r in differing if explained(name, r, "phenotype")]
        total = len(judged)
        figures += [
            share("phenotype and score: agreed", total - len(differing), total),
            share("phenotype and score: differ, explained", len(reasons), total),
            none_of(
                "phenotype and score: differ, unexplained", len(differing) - len(reasons), total
            ),
        ]
    notes = [f"- {r.shown} | {explained(name, r)}" for r in table if not r.agrees]
    notes += [f"- phenotype: {r.shown} | {explained(name, r, 'phenotype')}" for r in differing]
    return figures, notes


def by_default(found: Iterable[Row]) -> Figure:
    """Return how often the product's default prior puts an expected diplotype first."""
    telling = [r for r in found if r.expected]
    right = sum(r.first_is_expected for r in telling)
    return share("default prior (population): first choice is an expected one", right, len(telling))
