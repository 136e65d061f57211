"""The proof chain of a piece of advice: medicine, context, guideline row, result, variant, pack."""

from __future__ import annotations

from collections.abc import Sequence

from garrod.care.decide.converted import behaves, behaves_steps
from garrod.care.decide.meanings import Meanings
from garrod.care.decide.wording import result_of
from garrod.care.decide.words import DOING, likelihood, prior_in_words
from garrod.core.advice import Because
from garrod.core.finding import GeneFinding, Origin
from garrod.knowledge.medicines import Medicine
from garrod.science.pgx.guidance import Guidance
from garrod.science.pgx.recommend import KeyShare, Outcome

MOST_VARIANTS = 6  # lines of the file shown per gene; the rest are counted


def head_of(
    guidance: Guidance, medicine: Medicine, outcome: Outcome, asked: str
) -> tuple[Because, ...]:
    """Return the hops from the medicine to the guideline's rows."""
    steps = [Because("medicine", f"{medicine.name} is the medicine in question", medicine.drug)]
    row = outcome.recommendation
    if row is not None:
        guideline = guidance.guidelines[row.guideline]
        population = guidance.populations[row.population]
        steps.append(Because("population", asked or f"for: {population.text}", row.population))
        act = f"{DOING[row.action].lower()} {medicine.name}"
        text = f"{guideline.name} says: {act} (strength {row.strength})"
        steps.append(Because("guidance", text, row.id))
        for more in outcome.also:
            factor = f", dose factor {more.dose_factor}" if more.dose_factor else ""
            genes = ", ".join(more.genes[-1:])
            steps.append(
                Because("guidance", f"and by {genes}: {more.action.value}{factor}", more.id)
            )
    return tuple(steps)


def steps_of(known: Meanings, shares: Sequence[KeyShare]) -> list[Because]:
    """Return the hops from each gene's meaning to the lines of the file."""
    found: list[Because] = []
    for share in shares:  # kept with its share, so that its identity stays its own
        key = ("steps", id(share))
        finding = known.findings.get(share.gene)
        found += known.once(key, lambda: (_gene_steps(finding, share), share))[0]  # noqa: B023
    return found


def _gene_steps(finding: GeneFinding | None, share: KeyShare) -> list[Because]:
    if finding is None and share.is_tested:
        return [Because("variant", f"{share.gene} reads {share.diplotype}", share.gene)]
    if finding is None or not share.is_tested:
        return [Because("not-tested", f"{share.gene} has no usable result", share.gene)]
    score = f", activity score {share.activity_score}" if share.activity_score else ""
    how = likelihood(share.probability)
    result = f"{behaves(finding, share)}{result_of(share)}{score}"
    steps = [Because("phenotype", f"{share.gene}: {result}, {how}", share.gene)]
    if finding.conversion is not None:
        steps += behaves_steps(finding.conversion, share)
    if finding.origin is Origin.INHIBITOR:
        return [*steps, Because("not-tested", f"{share.gene} has no result", share.gene)]
    if finding.origin is Origin.OUTSIDE:
        return [*steps, Because("diplotype", f"{share.gene} {share.diplotype}, as reported", "")]
    prior = prior_in_words(finding.prior)
    steps.append(Because("diplotype", f"{share.gene} {share.diplotype}. {prior}", share.gene))
    steps += _variant_steps(finding)
    return steps


def _variant_steps(finding: GeneFinding) -> list[Because]:
    shown = finding.proofs[:MOST_VARIANTS]
    steps = []
    for proof in shown:
        where = f"line {proof.line}" if proof.line else "record"
        name = proof.rsid or proof.position_id
        steps.append(Because("variant", f"{name} ({proof.hgvs}): {proof.record}", where))
    left = len(finding.proofs) - len(shown)
    if left > 0:
        steps.append(Because("variant", f"and {left} more positions of {finding.gene}", ""))
    if not finding.proofs:
        steps.append(Because("variant", f"every position read of {finding.gene} is reference", ""))
    return steps


def cautions_of(findings: Sequence[GeneFinding]) -> tuple[Because, ...]:
    """Return what makes the results behind a piece of advice less than certain."""
    return tuple(
        Because("caution", f"{finding.gene}: {reason}", finding.gene)
        for finding in findings
        for reason in finding.reasons[:3]
    )
