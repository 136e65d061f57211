"""People drawn at population frequencies: are the stated probabilities true?

Reference: the drawn genotype, rows with origin=drawn only; prior: population, each person's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from garrod.core.finding import GeneFinding, Status
from garrod.science.pgx.people import Sample
from garrod.science.pgx.phenotype import phenotype_of
from validation.calling import POPULATION, SEXES, call_file, caller
from validation.data import PGX, rows
from validation.figures import Figure, at_least, at_most, show
from validation.writing import same_diplotype

BINS = 20  # of equal width, for the expected calibration error
Stated = tuple[float, bool]  # a stated probability, and whether it came true


@dataclass(frozen=True, slots=True)
class Case:
    """One gene of one drawn person."""

    sample: str
    mode: str
    gene: str
    truth: str
    true_phenotype: tuple[str, str]
    finding: GeneFinding

    @property
    def first_is_right(self) -> bool:
        """Return whether the most probable candidate is the truth."""
        found = self.finding.candidates
        return bool(found) and same_diplotype(found[0].name, self.truth)

    @property
    def lists_truth(self) -> bool:
        """Return whether the truth is among the listed candidates."""
        return any(same_diplotype(c.name, self.truth) for c in self.finding.candidates)

    @property
    def is_called(self) -> bool:
        """Return whether the gene was called."""
        return self.finding.status is Status.CALLED


def cases() -> list[Case]:
    """Return every drawn gene of every person, called with the population prior."""
    folder = PGX / "population400"
    people = {r["sample"]: r for r in rows(folder / "people.tsv")}
    asked = [Sample(s, SEXES[r["sex"]], r["population"]) for s, r in people.items()]
    called = call_file(folder / "people.vcf.gz", rules=POPULATION, people=asked)
    rules = caller(POPULATION).phenotyping
    found = []
    for row in rows(folder / "truth.tsv.gz"):
        if row["origin"] != "drawn":
            continue
        sample, gene, truth = row["sample"], row["gene"], row["true_diplotype"]
        meant = phenotype_of(rules, gene, tuple(truth.split("/")))
        phenotype = (meant.phenotype, meant.activity_score)
        finding = called[sample][gene]
        found.append(Case(sample, people[sample]["mode"], gene, truth, phenotype, finding))
    return found


def diplotypes_stated(found: Iterable[Case]) -> list[Stated]:
    """Return the probability stated for each first choice, and whether it was right."""
    return [(c.finding.candidates[0].probability, c.first_is_right) for c in found]


def phenotypes_stated(found: Iterable[Case]) -> list[Stated]:
    """Return the probability stated for each first phenotype, and whether it was right."""
    firsts = [(c, c.finding.phenotypes[0]) for c in found]
    return [(s.probability, (s.phenotype, s.activity_score) == c.true_phenotype) for c, s in firsts]


def calibration_error(stated: Sequence[Stated], bins: int = BINS) -> float:
    """Return the mean distance between stated and observed, weighted by the cases of a bin."""
    return sum(n * abs(p - right) for p, right, n in reliability(stated, bins)) / len(stated)


def reliability(stated: Sequence[Stated], bins: int = BINS) -> list[tuple[float, float, int]]:
    """Return per bin: mean stated probability, share that came true, number of cases."""
    grouped: dict[int, list[Stated]] = {}
    for one in stated:
        grouped.setdefault(min(int(one[0] * bins), bins - 1), []).append(one)
    return [
        (sum(p for p, _ in g) / len(g), sum(r for _, r in g) / len(g), len(g))
        for _, g in sorted(grouped.items())
    ]


def measure(found: Sequence[Case]) -> list[Figure]:
    """Return the figures."""
    usable = [c for c in found if c.finding.candidates]
    total = len(found)
    figures = []
    views: tuple[tuple[str, Callable[[Iterable[Case]], list[Stated]]], ...] = (
        ("diplotype", diplotypes_stated),
        ("phenotype", phenotypes_stated),
    )
    for name, view in views:
        error = calibration_error(view(usable))
        figures.append(
            Figure(f"calibration error, {name}", f"{error:.4f}", "≤ 0.01", error <= 0.01)
        )
    wrong = sum(c.is_called and not c.first_is_right for c in found)
    right = sum(c.is_called and c.first_is_right for c in found)
    listed = sum(c.lists_truth for c in found)
    return [
        *figures,
        at_most("called and wrong", wrong, total, 0.2),
        at_least("called and right", right, total, 88),
        at_least("truth among the listed candidates", listed, total, 99.5),
    ]


def main() -> int:
    """Print the figures and what differs."""
    found = cases()
    notes = [
        f"- {c.sample} {c.mode} {c.gene}: truth {c.truth}, "
        f"first {[(k.name, round(k.probability, 4)) for k in c.finding.candidates[:3]]}"
        for c in found
        if (c.is_called and not c.first_is_right) or not c.lists_truth
    ]
    return show("population400 (population prior)", measure(found), notes)


if __name__ == "__main__":
    raise SystemExit(main())
