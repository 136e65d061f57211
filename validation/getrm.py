"""One real person's preprocessed calls against the published consensus.

Reference: GeT-RM consensus genotypes of NA18526 (PMID 35134542, PMC6854474, and the updated calls
beside them); prior: population, East Asian.  Tolerance: every gene that the file can tell agrees.
"""

from __future__ import annotations

import re

from garrod.adapters.outside.tsv import read_outside
from garrod.science.pgx.outside import findings_from
from garrod.science.pgx.people import Sample
from validation.calling import POPULATION, Findings, call_file, caller
from validation.data import PGX, rows
from validation.figures import Figure, at_least, show
from validation.writing import same_diplotype

SAMPLE = "NA18526"
FOLDER = PGX / "getrm"
STRUCTURAL = "CYP2D6"  # *36x2+*10 lies on one strand: no single-variant file shows it
_STAR = re.compile(r"(?<![*\w])(\d)")


def consensus() -> dict[str, str]:
    """Return the latest published genotype of each of our genes."""
    found = {}
    for row in rows(FOLDER / "truth.tsv"):
        if row["sample"] == SAMPLE and row["gene"] in caller(POPULATION).definitions:
            said = row["updated_or_ngs_consensus"] or row["getrm_consensus"]
            named = _STAR.sub(r"*\1", said.replace("36+36+10", "36x2+10"))
            found[row["gene"]] = (
                named.replace("*1", "Reference") if row["gene"] == "DPYD" else named
            )
    return found


def called(*, with_outside: bool) -> Findings:
    """Return the person's findings, with the laboratory's CYP2D6 call or without."""
    made = caller(POPULATION)
    stated = read_outside(FOLDER / f"outside_calls_from_get-rm.{SAMPLE}.txt")
    given = findings_from(stated, made.definitions, made.phenotyping) if with_outside else None
    path = FOLDER / f"{SAMPLE}.preprocessed.vcf"
    people = [Sample(SAMPLE, "", "EAS")]
    return call_file(path, rules=POPULATION, people=people, outside=given)[SAMPLE]


def _agrees(findings: Findings, gene: str, truth: str) -> bool:
    found = findings[gene].candidates
    return bool(found) and same_diplotype(found[0].name, truth)


def main() -> int:
    """Print the figures and each gene."""
    truth, alone, helped = consensus(), called(with_outside=False), called(with_outside=True)
    told = [g for g in truth if g != STRUCTURAL and alone[g].candidates]
    right = sum(_agrees(alone, g, truth[g]) for g in told)
    is_right = _agrees(helped, STRUCTURAL, truth[STRUCTURAL])
    figures = [
        at_least("genes the file can tell: first choice is the consensus", right, len(told), 100),
        Figure(
            "CYP2D6 with the laboratory's call",
            helped[STRUCTURAL].candidates[0].name,
            truth[STRUCTURAL],
            is_right,
        ),
    ]
    notes = []
    for gene, said in sorted(truth.items()):
        first = alone[gene].candidates[:1]
        shown = [f"{c.name} ({c.probability:.3f})" for c in first] or ["nothing"]
        notes.append(f"- {gene}: consensus {said}; {alone[gene].status.value} {shown[0]}")
    return show("NA18526 against GeT-RM", figures, notes)


if __name__ == "__main__":
    raise SystemExit(main())
