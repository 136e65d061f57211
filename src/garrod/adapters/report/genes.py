"""Words findings and gaps: the table of genes, and what was not tested or not callable."""

from __future__ import annotations

from collections.abc import Sequence

from garrod.adapters.report.phrases import (
    STATUSES,
    capital,
    count_words,
    phenotype_words,
    place_words,
)
from garrod.adapters.report.view import GapRow, GeneRow, Tag
from garrod.care.decide.words import likelihood, listed, percent
from garrod.core.advice import NotAssessed
from garrod.core.finding import NO_RULE, SURE, Candidate, GeneFinding, Origin

SHOWN = 3  # diplotypes of a gene on the page
LISTED = 0.01  # less likely candidates are counted, not listed
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
    listed_ones = [c for c in finding.candidates[1:SHOWN] if c.probability >= LISTED]
    left = len(finding.candidates) - 1 - len(listed_ones)
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
            (c.name, _likely(finding, c)) for c in (finding.candidates[0], *listed_ones)
        ),
        more=f"and {left} less likely" if left > 0 else "",
        phenotype=_phenotype(finding),
        activity_score="" if finding.activity_score == NO_RULE else finding.activity_score,
        notes=tuple(notes),
    )


def _likely(finding: GeneFinding, candidate: Candidate) -> str:
    """Return a candidate's probability, but none where the reason for doubt is not in it."""
    if finding.is_open_elsewhere:
        return "best fit; see the note" if candidate is finding.candidates[0] else ""
    if finding.origin is Origin.OUTSIDE and candidate.probability >= 1:
        return "as reported"
    return percent(candidate.probability)


def unsure_words(finding: GeneFinding) -> str:
    """Return why the phenotype of a usable gene is less than sure; nothing where it is sure."""
    if not finding.is_usable:
        return ""
    if finding.is_open_elsewhere:
        return f"{finding.gene} is ambiguous: {'; '.join(finding.reasons)}"
    mass = _mass(finding)
    return f"{finding.gene} is {likelihood(mass)}" if mass < SURE else ""


def _mass(finding: GeneFinding) -> float:
    return sum(s.probability for s in finding.phenotypes if s.phenotype == finding.phenotype)


def _phenotype(finding: GeneFinding) -> str:
    """Return the phenotype, with its probability unless that is as good as certain."""
    name, mass = phenotype_words(finding.phenotype), _mass(finding)
    is_plain = finding.is_open_elsewhere or mass >= 0.995 or len(finding.phenotypes) < 2
    return name if is_plain else f"{name}, {percent(mass)}"


def gene_gaps(
    findings: Sequence[GeneFinding], not_assessed: Sequence[NotAssessed]
) -> tuple[GapRow, ...]:
    """Return a row for each gene without a result, with the medicines that wait for it."""
    rows = []
    for f in sorted(findings, key=lambda f: f.gene):
        if f.is_usable:
            continue
        waiting = _names([n for n in not_assessed if n.subject == f.gene])
        touched = listed([name for name in waiting if name != f.gene])
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
