"""Simulated people (alleles drawn uniformly) against the genotypes they were made from.

Reference: `simulated_true_core_diplotype`; prior: flat, as the design settles it for this set.
Genes whose strands may carry several variants (DPYD, RYR1), and CYP2D6, stand apart.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from garrod.core.finding import GeneFinding, Status
from garrod.science.pgx.people import Sample
from validation.calling import FLAT, SEXES, call_file
from validation.data import PGX, rows
from validation.figures import Figure, at_least, at_most, share, show
from validation.writing import same_diplotype

APART = {"DPYD", "RYR1", "CYP2D6"}


@dataclass(frozen=True, slots=True)
class Case:
    """One gene of one simulated person."""

    sample: str
    mode: str
    gene: str
    truth: str
    finding: GeneFinding

    @property
    def first_is_right(self) -> bool:
        """Return whether the most probable candidate is the truth."""
        found = self.finding.candidates
        return bool(found) and same_diplotype(found[0].name, self.truth)

    @property
    def is_called(self) -> bool:
        """Return whether the gene was called."""
        return self.finding.status is Status.CALLED


def cases() -> list[Case]:
    """Return every gene of every person, called with the flat prior."""
    folder = PGX / "synthetic400"
    table = list(rows(folder / "expected.tsv"))
    sexes = {r["sample"]: SEXES[r["sex"]] for r in table}
    people = [Sample(sample, sex) for sample, sex in sexes.items()]
    called = call_file(folder / "synthetic.vcf.gz", rules=FLAT, people=people)
    return [
        Case(r["sample"], r["mode"], r["gene"], r["simulated_true_core_diplotype"],
             called[r["sample"]][r["gene"]])
        for r in table
    ]  # fmt: skip


def measure(found: list[Case]) -> list[Figure]:
    """Return the figures."""
    main_genes = [c for c in found if c.gene not in APART]
    figures = []
    for mode, percent in (("phased", 99.9), ("unphased", 99.6)):
        chosen = [c for c in main_genes if c.mode == mode]
        right = sum(c.first_is_right for c in chosen)
        figures.append(
            at_least(f"{mode}, complete: first choice exact", right, len(chosen), percent)
        )
    gaps = [c for c in main_genes if c.mode.endswith("_missing")]
    wrong = sum(c.is_called and not c.first_is_right for c in gaps)
    right = sum(c.is_called and c.first_is_right for c in gaps)
    first = sum(c.first_is_right for c in gaps)
    figures += [
        at_most("1–8 % missing: called and wrong", wrong, len(gaps), 0.5),
        at_least("1–8 % missing: called and right", right, len(gaps), 62),
        at_least("1–8 % missing: first choice right", first, len(gaps), 94.5),
    ]
    for gene in sorted(APART):
        chosen = [c for c in found if c.gene == gene]
        right = sum(c.first_is_right for c in chosen)
        figures.append(share(f"{gene}, all modes: first choice exact", right, len(chosen)))
    return figures


def main() -> int:
    """Print the figures and what differs."""
    found = cases()
    notes = [
        f"- {c.sample} {c.mode} {c.gene}: truth {c.truth}, first {c.finding.candidates[:3]}"
        for c in found
        if c.gene not in APART
        and not c.first_is_right
        and (c.is_called or not c.mode.endswith("_missing"))
    ]
    count = Counter(c.gene for c in found if not c.first_is_right)
    notes.append(f"first choice not the truth, by gene: {dict(count.most_common())}")
    return show("synthetic400 (flat prior)", measure(found), notes)


if __name__ == "__main__":
    raise SystemExit(main())
