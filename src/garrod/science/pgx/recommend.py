"""From findings to the guideline rows that hold for a medicine, each with its probability.

findings -> shares of guidance keys per gene -> every combination -> its row -> outcomes
Genes combine by conjunction; a gene without a usable finding is "No Result", never normal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from garrod.core.finding import Candidate, GeneFinding, Status
from garrod.science.pgx.guidance import NO_RESULT, Guidance, Recommendation, matching

ALLELE_STATUS = (" positive", " negative")  # how guidance keys say what an HLA test found
TYPED = "HLA-"  # genes of which a test may cover one allele and not another


@dataclass(frozen=True, slots=True)
class KeyShare:
    """What one gene may mean to guidance: its keys, how likely, and the best candidate for it."""

    gene: str
    keys: tuple[str, ...]
    probability: float
    phenotype: str = ""
    activity_score: str = ""
    diplotype: str = ""
    is_converted: bool = False  # it is what the gene behaves as, not what it is

    @property
    def is_tested(self) -> bool:
        """Return whether there is a result behind it."""
        return self.keys != (NO_RESULT,)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One thing that guidance may say here: the row (None: it has none), and how likely."""

    recommendation: Recommendation | None
    probability: float
    shares: tuple[KeyShare, ...]  # the most likely combination that leads to it
    also: tuple[Recommendation, ...] = ()  # rows of genes that only modify, in that combination
    is_even: bool = True  # every row that says so says it with the same strength


_Part = tuple[float, Recommendation | None, tuple[KeyShare, ...], tuple[Recommendation, ...]]


def key_shares(
    gene: str, finding: GeneFinding | None, *, is_apart: bool = False
) -> tuple[KeyShare, ...]:
    """Return the distinct meanings of a finding, most likely first; one "No Result" without one.

    Apart, each genotype is a meaning of its own: for drugs whose rows name genotypes.

    A single position (an rsID) has no candidates: its shares are read elsewhere, none here.
    Source: definitional (candidates with the same keys are added up).
    """
    if gene.startswith("rs"):
        return ()
    if finding is None or not finding.is_usable or finding.status is Status.NOT_ASSESSED:
        return (KeyShare(gene, (NO_RESULT,), 1.0),)
    found: dict[tuple[str, ...], KeyShare] = {}
    for c in finding.candidates:
        keys = (*c.keys, c.phenotype, c.name) if c.phenotype else (*c.keys, c.name)
        mark = keys if is_apart else c.keys or keys
        old = found.get(mark)
        if old is None:
            found[mark] = KeyShare(
                gene,
                keys,
                c.probability,
                c.phenotype,
                c.activity_score,
                c.name,
                is_converted=_is_converted(finding, c),
            )
        else:
            found[mark] = _joined(old, keys, c.probability)
    return tuple(sorted(found.values(), key=lambda s: -s.probability))


def _joined(old: KeyShare, keys: tuple[str, ...], probability: float) -> KeyShare:
    every = tuple(dict.fromkeys((*old.keys, *keys)))
    return replace(old, keys=every, probability=old.probability + probability)


def _is_converted(finding: GeneFinding, candidate: Candidate) -> bool:
    """Return whether medicines change what a candidate means."""
    if finding.conversion is None or not finding.conversion.by:
        return False
    was = finding.conversion.was(candidate.name)
    now = (candidate.phenotype, candidate.activity_score)
    return was is None or (was.phenotype, was.activity_score) != now


def shares_for(
    guidance: Guidance, drug: str, gene: str, findings: Mapping[str, GeneFinding]
) -> tuple[KeyShare, ...]:
    """Return what a gene may mean to one drug.

    A test for another HLA allele than the drug's rows name is no result for the drug: a negative
    *57:01 says nothing of *15:02.
    Source: definitional.
    """
    is_apart = gene in guidance.named_genotypes(drug)
    return _as_named(guidance, drug, gene, meaning_of(gene, findings, is_apart=is_apart))


def meaning_of(
    gene: str, findings: Mapping[str, GeneFinding], *, is_apart: bool = False
) -> tuple[KeyShare, ...]:
    """Return what a gene, or a single position, may mean to any drug.

    Source: definitional.
    """
    shares = key_shares(gene, findings.get(gene), is_apart=is_apart)
    return shares or _at_position(gene, findings)


def meanings_for(
    guidance: Guidance,
    drug: str,
    genes: Sequence[str],
    known: Mapping[tuple[str, bool], tuple[KeyShare, ...]],
) -> tuple[tuple[KeyShare, ...], ...]:
    """Return for each gene what it may mean to one drug, from what it may mean to any.

    `known` is asked by gene, and by whether its genotypes are to be kept apart.
    Source: definitional.
    """
    apart = guidance.named_genotypes(drug)
    return tuple(_as_named(guidance, drug, gene, known[gene, gene in apart]) for gene in genes)


def _as_named(
    guidance: Guidance, drug: str, gene: str, shares: tuple[KeyShare, ...]
) -> tuple[KeyShare, ...]:
    """Return shares that speak of the HLA alleles that a drug's rows name, and of no other."""
    if not gene.startswith(TYPED):
        return shares
    rows = guidance.rows_of(drug)
    named = {value for row in rows for name, values in row.keys if name == gene for value in values}
    return tuple(_about(named, share) for share in shares)


def _about(named: set[str], share: KeyShare) -> KeyShare:
    if not any(value.endswith(ALLELE_STATUS) for value in named) or not share.is_tested:
        return share
    told = tuple(key for key in share.keys if key in named)
    if told:
        return replace(share, phenotype=", ".join(dict.fromkeys(told)))
    is_typed = any(key.endswith(ALLELE_STATUS) for key in share.keys)
    return KeyShare(share.gene, (NO_RESULT,), share.probability) if is_typed else share


def outcomes_of(
    guidance: Guidance,
    drug: str,
    genes: Sequence[str],
    findings: Mapping[str, GeneFinding],
    population: str,
) -> tuple[Outcome, ...]:
    """Return what guidance may say about a drug in a population, most likely first.

    Every combination of listed candidates is looked up; probabilities sum to at most 1.
    Source: definitional; rows of the guidance packs.
    """
    choices = [shares_for(guidance, drug, gene, findings) for gene in genes]
    return outcomes_over(guidance, drug, choices, population)


def outcomes_over(
    guidance: Guidance, drug: str, choices: Sequence[tuple[KeyShare, ...]], population: str
) -> tuple[Outcome, ...]:
    """Return what guidance may say, given what each gene may mean to the drug.

    Source: definitional; rows of the guidance packs.
    """
    gathered: dict[object, list[_Part]] = {}
    for shares in product(*choices):
        probability = 1.0
        for share in shares:
            probability *= share.probability
        rows = matching(guidance, drug, {s.gene: s.keys for s in shares}, population)
        main, also = _sorted_out(guidance, drug, rows)
        for row in main:
            part = (probability / len(main), row, shares, also)
            gathered.setdefault(content_of(row), []).append(part)
    found = [_outcome(parts) for parts in gathered.values()]
    if len(found) == 1:
        return (found[0],)
    return tuple(sorted(found, key=lambda o: -o.probability))


def content_of(row: Recommendation | None) -> object:
    """Return what a row asks to be done: two rows of one content are the same advice.

    Source: definitional.
    """
    if row is None:
        return None
    return (row.action, row.dose_factor, row.dose_limit, row.alternatives)


def _outcome(parts: Sequence[_Part]) -> Outcome:
    if len(parts) == 1:
        probability, row, shares, also = parts[0]
        return Outcome(row, probability, shares, also)
    ranked = sorted(parts, key=lambda p: -p[0])
    probability, (_, row, shares, also) = sum(p[0] for p in ranked), ranked[0]
    strengths = {part[1].strength for part in ranked if part[1] is not None}
    return Outcome(row, probability, shares, also, is_even=len(strengths) < 2)


def _sorted_out(
    guidance: Guidance, drug: str, rows: Sequence[Recommendation]
) -> tuple[Sequence[Recommendation | None], tuple[Recommendation, ...]]:
    """Return the main rows, and those that genes which only modify add to them.

    A phenotype stated without its score may fit several rows of the same genes: each may hold.
    """
    known = guidance.parts.get((drug, id(rows)))
    if known is None:  # `rows` are kept by the guidance, so their identity stays theirs
        known = guidance.parts[drug, id(rows)] = _parted(guidance, drug, rows)
    return known


def _parted(
    guidance: Guidance, drug: str, rows: Sequence[Recommendation]
) -> tuple[Sequence[Recommendation | None], tuple[Recommendation, ...]]:
    also = tuple(
        row for row in rows if any(guidance.role_of(drug, g) == "modifies" for g in row.genes)
    )
    main = [row for row in rows if row not in also]
    if not main:
        return [None], also
    alike = [r for r in main if (r.genes, r.population) == (main[0].genes, main[0].population)]
    return list({content_of(r): r for r in reversed(alike)}.values()), also


def _at_position(name: str, findings: Mapping[str, GeneFinding]) -> tuple[KeyShare, ...]:
    """Return the genotype at a single position that guidance names beside the genes."""
    read = (f.positions.get(name, "") for f in findings.values() if f.positions)
    genotype = next((g for g in read if g), "")
    if not genotype:
        return (KeyShare(name, (NO_RESULT,), 1.0),)
    keys = (genotype, "/".join(reversed(genotype.split("/"))))
    return (KeyShare(name, keys, 1.0, genotype, "", genotype),)
