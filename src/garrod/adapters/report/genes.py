"""Words findings and gaps: the table of genes, and what was not tested or not callable."""

from __future__ import annotations

from collections.abc import Sequence

from garrod.adapters.report.phrases import (
    STATUSES,
    capital,
    count_words,
    listed,
    percent,
    phenotype_words,
    place_words,
)
from garrod.adapters.report.view import GapRow, GeneRow, Tag
from garrod.core.advice import NotAssessed
from garrod.core.finding import GeneFinding, Origin, Status

SHOWN = 3  # diplotypes of a gene on the page
SURE = 0.95  # as likely as this and yet ambiguous: the probability leaves out what is not listed
CODES = {
    "not-tested": "Not tested",
    "no-call": "No call",
    "ambiguous": "Ambiguous",
    "no-guidance": "No guidance",
    "no-recommendation": "No recommendation",
    "unknown-drug": "Not recognised",
}


def gene_rows(findings: Sequence[GeneFinding]) -> tuple[GeneRow, ...]:
    """Return a row for each gene that has a result, by name."""
    usable = [f for f in findings if f.is_usable]
    return tuple(_gene(f) for f in sorted(usable, key=lambda f: f.gene))


def _gene(finding: GeneFinding) -> GeneRow:
    left = len(finding.candidates) - SHOWN
    notes = [capital(r) for r in finding.reasons]
    if finding.components and finding.components != ("Reference",):
        notes.insert(0, f"Variants found: {listed(list(finding.components))}")
    if finding.origin is Origin.OUTSIDE:
        notes.append("Reported by another laboratory or tool, not read from this file")
    if finding.next_position:
        notes.append(f"Test next: {place_words(finding.next_position)}")
    notes += [f"{rsid}: {alleles}" for rsid, alleles in (finding.positions or {}).items()]
    return GeneRow(
        gene=finding.gene,
        tag=STATUSES[finding.status],
        diplotypes=tuple(
            (c.name, _likely(finding, i)) for i, c in enumerate(finding.candidates[:SHOWN])
        ),
        more=f"and {left} less likely" if left > 0 else "",
        phenotype=_phenotype(finding),
        activity_score="" if finding.activity_score == "n/a" else finding.activity_score,
        notes=tuple(notes),
    )


def _likely(finding: GeneFinding, index: int) -> str:
    """Return a candidate's probability, but none where the reason for doubt is not in it."""
    p = finding.candidates[index].probability
    if finding.status is Status.AMBIGUOUS and finding.candidates[0].probability >= SURE:
        return "best fit; see the note" if index == 0 else ""
    if finding.origin is Origin.OUTSIDE and p >= 1:
        return "as reported"
    return percent(p)


def _phenotype(finding: GeneFinding) -> str:
    """Return the phenotype, with its probability where more than one stays possible."""
    name = phenotype_words(finding.phenotype)
    shares = [s for s in finding.phenotypes if s.phenotype == finding.phenotype]
    mass = sum(s.probability for s in shares)
    names = {s.phenotype for s in finding.phenotypes}
    return f"{name}, {percent(mass)}" if len(names) > 1 else name


def gene_gaps(
    findings: Sequence[GeneFinding], not_assessed: Sequence[NotAssessed]
) -> tuple[GapRow, ...]:
    """Return a row for each gene without a result, with the medicines that wait for it."""
    rows = []
    for f in sorted(findings, key=lambda f: f.gene):
        if f.is_usable:
            continue
        touched = listed(_names([n for n in not_assessed if n.subject == f.gene]))
        reasons = tuple(capital(r) for r in f.reasons) or ("No reason was recorded",)
        rows.append(GapRow(f.gene, STATUSES[f.status], reasons, touched))
    return tuple(rows)


def medicine_gaps(
    findings: Sequence[GeneFinding], not_assessed: Sequence[NotAssessed]
) -> tuple[GapRow, ...]:
    """Return the other gaps, those of one subject and reason in one row."""
    told = {f.gene for f in findings if not f.is_usable}
    alike: dict[tuple[str, str], list[NotAssessed]] = {}
    for n in not_assessed:
        if n.subject not in told:
            alike.setdefault((gap_words(n), n.code), []).append(n)
    return tuple(
        GapRow(capital(listed(_names(same))), Tag("none", CODES.get(code, "Not assessed")), (why,))
        for (why, code), same in alike.items()
    )


def gap_words(gap: NotAssessed) -> str:
    """Return why there is no answer, led by the gene where it is one that is missing."""
    is_gene = gap.subject[:1].isupper()
    return f"{gap.subject}: {gap.reason}" if is_gene else capital(gap.reason)


def _names(gaps: Sequence[NotAssessed]) -> list[str]:
    return list(dict.fromkeys(n.target.name for n in gaps))


def part_read(findings: Sequence[GeneFinding]) -> tuple[tuple[str, str], ...]:
    """Return the genes with a result that rests on fewer positions than are defined."""
    return tuple(
        (f.gene, f"{count_words(len(f.missing), 'defining position')} not read")
        for f in sorted(findings, key=lambda f: f.gene)
        if f.is_usable and f.missing
    )
