"""From a pair of alleles to the phenotype that guidance speaks of.

alleles -> function or activity value of each -> rule of the gene -> phenotype, score, keys
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from garrod.core.finding import INDETERMINATE, NO_RULE
from garrod.knowledge.shelf import Shelf
from garrod.science.pgx.copies import Activity, activity_of, copies_activity, is_haplotype
from garrod.science.pgx.grids import Whole

PACK = "pgx-phenotypes"
X_LINKED = "G6PD"


@dataclass(frozen=True, slots=True)
class PhenotypeResult:
    """A phenotype, its score, and the values under which guidance is looked up."""

    phenotype: str
    activity_score: str = ""
    keys: tuple[str, ...] = ()
    known: bool = True
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bin:
    """A range of activity scores, both ends included; `high` None is open."""

    low: Decimal
    high: Decimal | None
    phenotype: str


@dataclass(slots=True)
class Meanings:
    """Numbers of phenotypes by pair of kinds of alleles, filled in as pairs turn up."""

    kind_of: Whole  # a number for each core allele; alleles of one kind mean the same
    number_of: Whole  # (kinds, kinds)
    labels: list[tuple[str, str]] = field(default_factory=list)  # phenotype, score


@dataclass(frozen=True, slots=True)
class Phenotyping:
    """The rules of all genes, with a memory of what was asked before."""

    functions: Mapping[str, Mapping[str, str]]
    values: Mapping[str, Mapping[str, Activity]]
    rules: Mapping[str, Mapping[tuple[str, ...], str]]
    bins: Mapping[str, tuple[Bin, ...]]
    ranks: Mapping[str, float]
    statuses: Mapping[str, tuple[str, ...]]
    reference: str
    memory: dict[tuple[str, tuple[str, ...], str], PhenotypeResult] = field(default_factory=dict)
    meanings: dict[tuple[str, str, int], Meanings] = field(default_factory=dict)


def load_phenotyping(shelf: Shelf) -> Phenotyping:
    """Return the rules of all genes.

    Source: pack pgx-phenotypes.
    """
    functions: dict[str, dict[str, str]] = defaultdict(dict)
    values: dict[str, dict[str, Activity]] = defaultdict(dict)
    for row in shelf.rows(PACK, "functions"):
        functions[row["gene"]][row["allele"]] = row["function"]
        if row["activity_value"]:
            values[row["gene"]][row["allele"]] = activity_of(row["activity_value"])
    rules: dict[str, dict[tuple[str, ...], str]] = defaultdict(dict)
    for row in shelf.rows(PACK, "rules"):
        key = tuple(sorted(f for f in (row["function_1"], row["function_2"]) if f))
        rules[row["gene"]][key] = row["phenotype"]
    bins: dict[str, tuple[Bin, ...]] = defaultdict(tuple)
    for row in shelf.rows(PACK, "bins"):
        high = Decimal(row["high"]) if row["high"] else None
        bins[row["gene"]] += (Bin(Decimal(row["low"]), high, row["phenotype"]),)
    statuses: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for row in shelf.rows(PACK, "statuses"):
        statuses[row["gene"]] += (row["allele"],)
    ranks = {row["function"]: float(row["rank"]) for row in shelf.rows(PACK, "ranks")}
    pack = shelf.reference(PACK)
    return Phenotyping(functions, values, rules, bins, ranks, statuses, pack)


def phenotype_of(
    phenotyping: Phenotyping, gene: str, alleles: tuple[str, ...], *, sex: str = ""
) -> PhenotypeResult:
    """Return the phenotype of one (hemizygous, mitochondrial) or two alleles.

    An allele without a row gives Indeterminate, with the reason.
    Source: pack pgx-phenotypes.
    """
    key = (gene, alleles, sex)
    found = phenotyping.memory.get(key)
    if found is None:
        found = phenotyping.memory[key] = _judged(phenotyping, gene, alleles, sex)
    return found


def _judged(
    phenotyping: Phenotyping, gene: str, alleles: tuple[str, ...], sex: str
) -> PhenotypeResult:
    if gene in phenotyping.statuses:
        return _status(phenotyping, gene, alleles)
    unknown = [a for a in alleles if not is_known(phenotyping, gene, a)]
    if gene not in phenotyping.bins and gene not in phenotyping.rules:
        return PhenotypeResult(NO_RULE, known=not unknown)
    if unknown:
        reasons = tuple(f"no function is known for {gene} {a}" for a in dict.fromkeys(unknown))
        return _indeterminate(phenotyping, gene, reasons)
    if gene in phenotyping.bins:
        return _scored(phenotyping, gene, alleles)
    if gene == X_LINKED:
        return _x_linked(phenotyping, alleles, sex)
    return _ruled(phenotyping, gene, alleles)


def kind_of(phenotyping: Phenotyping, gene: str, allele: str) -> str:
    """Return what the gene's rules look at: alleles of one kind may stand for each other.

    Source: pack pgx-phenotypes.
    """
    if gene in phenotyping.statuses or gene == X_LINKED:
        return allele
    if not is_known(phenotyping, gene, allele):
        return ""
    if gene in phenotyping.bins:
        return copies_activity(allele, phenotyping.values[gene]).text
    return phenotyping.functions.get(gene, {}).get(allele, "")


def is_known(phenotyping: Phenotyping, gene: str, allele: str) -> bool:
    """Return whether the pack has a function or value for the allele.

    Source: pack pgx-phenotypes.
    """
    values = phenotyping.values.get(gene)
    if values is not None:
        return is_haplotype(allele, values)
    return allele in phenotyping.functions.get(gene, {})


def _indeterminate(
    phenotyping: Phenotyping, gene: str, reasons: tuple[str, ...]
) -> PhenotypeResult:
    is_scored = gene in phenotyping.bins
    score = NO_RULE if is_scored else ""
    keys = (NO_RULE, INDETERMINATE) if is_scored else (INDETERMINATE,)
    return PhenotypeResult(INDETERMINATE, score, keys, known=False, reasons=reasons)


def _scored(phenotyping: Phenotyping, gene: str, alleles: tuple[str, ...]) -> PhenotypeResult:
    if len(alleles) != 2:
        reason = f"{gene}: one copy only; no rule"
        return _indeterminate(phenotyping, gene, (reason,))
    values = phenotyping.values[gene]
    total = copies_activity(alleles[0], values) + copies_activity(alleles[1], values)
    return score_result(phenotyping, gene, total)


def score_result(phenotyping: Phenotyping, gene: str, total: Activity) -> PhenotypeResult:
    """Return the phenotype of an activity score.

    Source: pack pgx-phenotypes, score ranges.
    """
    for part in phenotyping.bins.get(gene, ()):
        value = total.value
        if value is None or value < part.low or (part.high is not None and value > part.high):
            continue
        if total.is_bound and part.high is not None:
            break  # "at least 1.0" fits several ranges
        return PhenotypeResult(part.phenotype, total.text, (total.text, part.phenotype))
    is_unknown = total.value is None
    reason = "an allele's activity is not known" if is_unknown else "the score fits no range"
    return _indeterminate(phenotyping, gene, (f"{gene}: {reason}",))


def _x_linked(phenotyping: Phenotyping, alleles: tuple[str, ...], sex: str) -> PhenotypeResult:
    """One copy in a male; two in a female, of which a mixed pair is Variable."""
    if sex == "male" and len(alleles) == 2:
        if alleles[0] != alleles[1]:
            reason = f"{X_LINKED}: two different alleles were read in a male; check the sample"
            return _indeterminate(phenotyping, X_LINKED, (reason,))
        alleles = alleles[:1]
    result = _ruled(phenotyping, X_LINKED, alleles)
    if not sex and len(alleles) == 2 and alleles[0] != alleles[1]:
        reason = f"{X_LINKED}: sex is not stated; two different alleles were read as a female's"
        return PhenotypeResult(
            result.phenotype, result.activity_score, result.keys, reasons=(reason,)
        )
    return result


def _ruled(phenotyping: Phenotyping, gene: str, alleles: tuple[str, ...]) -> PhenotypeResult:
    functions = phenotyping.functions[gene]
    key = tuple(sorted(functions[a] for a in alleles))
    phenotype = phenotyping.rules[gene].get(key)
    if phenotype is None:
        reason = f"{gene}: no rule for {' with '.join(key)}"
        return _indeterminate(phenotyping, gene, (reason,))
    return PhenotypeResult(phenotype, "", (phenotype,))


def _status(phenotyping: Phenotyping, gene: str, alleles: tuple[str, ...]) -> PhenotypeResult:
    """Return positive or negative for each allele with guidance: both strands must be typed."""
    typed = {a.removeprefix(f"{gene}*").strip() for a in alleles}
    found = [f"{a} {'positive' if a in typed else 'negative'}" for a in phenotyping.statuses[gene]]
    if len(alleles) < 2:  # one typed allele proves itself and nothing about the other
        found = [status for status in found if status.endswith("positive")]
    return PhenotypeResult(";".join(found), "", tuple(found), known=bool(found))


def function_of(phenotyping: Phenotyping, gene: str, allele: str) -> str:
    """Return an allele's function, or its activity value; empty when unknown.

    Source: pack pgx-phenotypes.
    """
    values = phenotyping.values.get(gene)
    if values is not None:
        return copies_activity(allele, values).text if is_haplotype(allele, values) else ""
    return phenotyping.functions.get(gene, {}).get(allele, "")


def function_rank(phenotyping: Phenotyping, gene: str, allele: str) -> float:
    """Return how much function an allele leaves: lower is less; unknown is just below normal.

    Source: pack pgx-phenotypes (values, and the order of functions).
    """
    values = phenotyping.values.get(gene)
    if values is not None:
        value = copies_activity(allele, values).value if is_haplotype(allele, values) else None
        return float(value) if value is not None else phenotyping.ranks["Unknown function"]
    function = phenotyping.functions.get(gene, {}).get(allele, "Unknown function")
    return phenotyping.ranks.get(function, phenotyping.ranks["Unknown function"])
