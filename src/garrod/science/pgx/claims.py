"""The claims of one row of an outside call: its phenotype, its score, its diplotype.

Each claim amounts to a phenotype; claims that agree are made one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from garrod.core.finding import INDETERMINATE, NO_RULE
from garrod.core.genotype import STRANDS
from garrod.science.pgx import stated
from garrod.science.pgx.definitions import GeneDefinition
from garrod.science.pgx.naming import in_order
from garrod.science.pgx.phenotype import (
    PhenotypeResult,
    Phenotyping,
    phenotype_of,
    score_result,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that a row says, and the phenotype that it amounts to."""

    said: str  # e.g. "the stated phenotype Poor Metabolizer"
    result: PhenotypeResult


def stated_claims(
    phenotyping: Phenotyping, gene: str, phenotype: str, activity_score: str
) -> tuple[list[Claim], list[str]]:
    """Return the claims of the phenotype's and the score's columns, and what was not understood.

    Source: pack pgx-phenotypes.
    """
    claims: list[Claim] = []
    reasons: list[str] = []
    score = stated.score_named(phenotyping, gene, activity_score)
    if not stated.is_nothing(phenotype):
        result = _phenotype(phenotyping, gene, phenotype)
        if result is None:
            reasons.append(f"the stated phenotype {phenotype!r} is not one of {gene}'s")
        else:
            shown = score.text if gene in phenotyping.bins else ""
            result = replace(result, activity_score=shown)
            claims.append(Claim(f"the stated phenotype {result.phenotype}", result))
    if not stated.is_nothing(activity_score):
        if score.value is None:
            why = "is not a number" if gene in phenotyping.bins else f"means nothing for {gene}"
            reasons.append(f"the stated activity score {activity_score!r} {why}")
        else:
            result = score_result(phenotyping, gene, score)
            claims.append(Claim(f"the stated activity score {score.text}", result))
    return claims, reasons


def _phenotype(phenotyping: Phenotyping, gene: str, text: str) -> PhenotypeResult | None:
    if gene in phenotyping.statuses:
        found = stated.hla_statuses(gene, text)
        keys = tuple(f for f in found if f.split(" ")[0] in phenotyping.statuses[gene])
        return PhenotypeResult(";".join(found), "", keys) if found else None
    name = stated.phenotype_named(phenotyping, gene, text)
    return PhenotypeResult(name, "", (name,)) if name else None


def result_of(
    definition: GeneDefinition, phenotyping: Phenotyping, alleles: tuple[str, ...], sex: str
) -> PhenotypeResult:
    """Return the phenotype of the alleles; Indeterminate, and why, where one is unknown.

    Source: packs pgx-definitions, pgx-phenotypes.
    """
    gene = definition.gene
    blank = PhenotypeResult(INDETERMINATE, NO_RULE if gene in phenotyping.bins else "", known=False)
    if gene in phenotyping.statuses:
        return _typed(phenotyping, gene, alleles)
    unknown = [a for a in alleles if not stated.is_allele(definition, phenotyping, a)]
    if unknown:
        names = dict.fromkeys(unknown)
        said = [f"{gene} {a} is not an allele of the definitions" for a in names if a != "."]
        said += [f"one strand of {gene} was not called"] if "." in names else []
        return replace(blank, reasons=tuple(said))
    misfit = _misfit(definition, alleles, sex)
    if misfit:
        return replace(blank, reasons=(misfit,))
    result = phenotype_of(phenotyping, gene, in_order(alleles), sex=sex)
    return replace(result, known=True)


def _misfit(definition: GeneDefinition, alleles: tuple[str, ...], sex: str) -> str:
    """Return why a person cannot have that many alleles of the gene; nothing when they can."""
    gene = definition.gene
    is_x = definition.ploidy == "x-linked"
    if is_x and sex == "male" and len(set(alleles)) > 1:
        return f"two different alleles of {gene} were stated for a male; check the sample"
    counts = {STRANDS} if not is_x or sex == "female" else {1, STRANDS}
    expected = {1} if definition.ploidy == "mitochondrial" else counts
    if len(alleles) in expected:
        return ""
    return f"{len(alleles)} of {gene}'s alleles stated, where {max(expected)} were expected"


def _typed(phenotyping: Phenotyping, gene: str, alleles: tuple[str, ...]) -> PhenotypeResult:
    """Return an HLA gene's statuses: a negative needs both strands typed to two fields."""
    strange = [a for a in alleles if a != "." and not stated.hla_allele(a)]
    exact = tuple(a for a in alleles if ":" in a and a not in strange)
    result = phenotype_of(phenotyping, gene, exact if len(alleles) <= STRANDS else exact[:1])
    reasons = [f"{gene} {a} is not written as an HLA allele is" for a in strange]
    if len(exact) < STRANDS:
        reasons.append(f"{gene} is not typed to two fields on both strands: no negative is known")
    phenotype = result.phenotype or INDETERMINATE
    return replace(
        result, phenotype=phenotype, known=result.known and not strange, reasons=tuple(reasons)
    )


def merged(claims: Iterable[Claim]) -> list[Claim]:
    """Return the claims with those that agree made one.

    Source: definitional.
    """
    found: list[Claim] = []
    for claim in claims:
        for number, other in enumerate(found):
            if _agree(other.result, claim.result):
                found[number] = Claim(other.said, _joined(other.result, claim.result))
                break
        else:
            found.append(claim)
    return found


def _agree(one: PhenotypeResult, other: PhenotypeResult) -> bool:
    is_same = one.phenotype == other.phenotype or NO_RULE in (one.phenotype, other.phenotype)
    is_apart = is_status(one.phenotype) and is_status(other.phenotype) and not _opposed(one, other)
    return (is_same or is_apart) and stated.scores_agree(one.activity_score, other.activity_score)


def is_status(phenotype: str) -> bool:
    """Return whether a phenotype is the presence or absence of HLA alleles.

    Source: definitional.
    """
    return phenotype.endswith((" positive", " negative"))


def _opposed(one: PhenotypeResult, other: PhenotypeResult) -> bool:
    signs = [dict(s.split(" ") for s in r.phenotype.split(";")) for r in (one, other)]
    return any(sign != signs[1].get(allele, sign) for allele, sign in signs[0].items())


def _joined(one: PhenotypeResult, other: PhenotypeResult) -> PhenotypeResult:
    both = [p for p in (one.phenotype, other.phenotype) if p != NO_RULE] or [NO_RULE]
    if is_status(both[0]):
        both = [";".join(sorted({s for p in both for s in p.split(";")}))]
    return PhenotypeResult(
        both[0],
        stated.more_exact(one.activity_score, other.activity_score),
        tuple(dict.fromkeys((*other.keys, *one.keys))),
        known=one.known and other.known,
    )


def contradiction(claims: list[Claim]) -> str:
    """Return the sentence that sets claims against each other.

    Source: definitional.
    """
    said = "; ".join(
        c.said if c.said.endswith(c.result.phenotype) else f"{c.said} gives {result_name(c.result)}"
        for c in claims
    )
    return f"contradicts itself: {said}. Ask the laboratory which is right"


def result_name(result: PhenotypeResult) -> str:
    """Return a phenotype with its score, where it has one: "Normal Metabolizer (1.25)".

    Source: definitional.
    """
    has_score = result.activity_score not in ("", NO_RULE)
    return f"{result.phenotype} ({result.activity_score})" if has_score else result.phenotype


def guidance_keys(phenotyping: Phenotyping, gene: str, result: PhenotypeResult) -> tuple[str, ...]:
    """Return a result's guidance keys; a phenotype without its score gives every score it may have.

    Source: pack pgx-phenotypes, score ranges and activity values.
    """
    is_told = result.activity_score not in ("", NO_RULE) or result.phenotype == INDETERMINATE
    if gene not in phenotyping.bins or is_told:
        return result.keys
    values = set(phenotyping.values[gene].values())
    sums = {(one + other).text: one + other for one in values for other in values}
    scores = [
        text
        for text, total in sums.items()
        if score_result(phenotyping, gene, total).phenotype == result.phenotype
    ]
    return (*result.keys, *sorted(scores))
