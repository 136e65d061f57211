"""From possible diplotypes to a finding: phenotypes, status, what to read next, and the proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from garrod.core.finding import (
    INDETERMINATE,
    NO_RULE,
    Candidate,
    GeneFinding,
    PhenotypeShare,
    Proof,
    Status,
)
from garrod.core.genotype import Observation
from garrod.core.variant import Position
from garrod.science.pgx.definitions import GeneDefinition
from garrod.science.pgx.grids import Whole, rows_of
from garrod.science.pgx.meanings import meanings_of, shares_of
from garrod.science.pgx.next_position import next_position
from garrod.science.pgx.pairs import Diplotypes, Possible
from garrod.science.pgx.phenotype import (
    PhenotypeResult,
    Phenotyping,
    phenotype_of,
)
from garrod.science.pgx.readings import Readings, place_name

SAME_MEANING = "the diplotype is open, its phenotype is not"
PREFERRED = "a published list prefers the first diplotype to others that look the same"
SEVERAL = "several diplotypes explain what was read"
MOST_EXPLAINED = 3  # Not clinical: diplotypes of which the rules' own reasons are given
MOST_NAMED = 3  # Not clinical: more positions than these are counted, not named


@dataclass(frozen=True, slots=True)
class CallSettings:
    """How sure a call must be, which candidates are worth listing, and what else counts."""

    called_at: float = 0.95
    listed_from: float = 0.001
    prefer: bool = False  # published preferences between candidates count (NAT2)
    packs: tuple[str, ...] = ()  # "name@version" of the knowledge that is used
    demand_copies: bool = False  # CYP2D6 is called only where copies were counted


@dataclass(frozen=True, slots=True)
class Described:
    """What the description adds to the possible diplotypes."""

    reasons: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    is_certain: bool = True  # False: ambiguous whatever the probability
    results: Mapping[str, PhenotypeResult] | None = None  # by diplotype, where not by the rules
    all_of: Diplotypes | None = None  # where the possible ones are the first of these


def describe(
    definition: GeneDefinition,
    phenotyping: Phenotyping,
    possible: Sequence[Possible],
    readings: Readings,
    more: Described,
    *,
    settings: CallSettings,
    sex: str,
) -> GeneFinding:
    """Return the finding of a gene with at least one possible diplotype.

    Source: the project's design (called from the settings' probability on).
    """
    kept = [p for p in possible if p.probability >= settings.listed_from] or [possible[0]]
    ruled = {p.name: phenotype_of(phenotyping, definition.gene, p.alleles, sex=sex) for p in kept}
    results = ruled | dict(more.results or {})
    is_known = readings.is_explained
    candidates = tuple(_candidate(p, results[p.name], is_known=is_known) for p in kept)
    is_called = kept[0].probability >= settings.called_at and more.is_certain and is_known
    if more.all_of is None or not is_known:
        shares, following = phenotype_shares(candidates), ""
    else:
        numbers, labels = meanings_of(phenotyping, definition.gene, more.all_of, sex=sex)
        shares = shares_of(numbers, labels, more.all_of.mass)
        following = "" if is_called else _next(definition, more.all_of, numbers, readings)
    notes = _remarks([results[p.name] for p in kept] if is_known else [], more)
    if is_known and more.is_certain and not is_called:
        notes += _sure_of(shares[0], settings)
    reasons = (*readings.reasons, *more.reasons, *dict.fromkeys(notes))
    reasons += unread(definition, readings)
    return GeneFinding(
        gene=definition.gene,
        status=Status.CALLED if is_called else Status.AMBIGUOUS,
        candidates=candidates,
        phenotype=shares[0].phenotype,
        activity_score=shares[0].activity_score,
        phenotypes=shares,
        reasons=reasons if reasons or is_called else (SEVERAL,),
        components=more.components,
        next_position=following,
        missing=readings.missing,
        remainder=max(0.0, 1 - sum(c.probability for c in candidates)),
    )


def _remarks(results: Sequence[PhenotypeResult], more: Described) -> list[str]:
    """Return what the rules say of the likeliest diplotypes, and that a preference chose."""
    told = [reason for result in results[:MOST_EXPLAINED] for reason in result.reasons]
    is_chosen = more.all_of is not None and more.all_of.is_preferred
    return [*told, PREFERRED] if is_chosen else told


def _sure_of(share: PhenotypeShare, settings: CallSettings) -> list[str]:
    """Return the sentence that a phenotype is sure though its diplotype is not, where it is."""
    is_told = share.phenotype not in (NO_RULE, INDETERMINATE)
    return [SAME_MEANING] if is_told and share.probability >= settings.called_at else []


def unread(definition: GeneDefinition, readings: Readings) -> tuple[str, ...]:
    """Return the sentence that says how many positions were not read, and which if few.

    Source: the readings themselves.
    """
    lost = readings.missing
    if not lost:
        return ()
    names = ", ".join(place_name(definition, definition.grid.index[p]) for p in lost[:MOST_NAMED])
    which = f": {names}" if len(lost) <= MOST_NAMED else ""
    were = "was" if len(lost) == 1 else "were"
    return (f"{len(lost)} of {readings.total} positions {were} not read{which}",)


def _candidate(possible: Possible, result: PhenotypeResult, *, is_known: bool) -> Candidate:
    if not is_known:  # an allele that nobody has described has no known function
        return Candidate(possible.name, possible.probability, INDETERMINATE)
    return Candidate(
        possible.name, possible.probability, result.phenotype, result.activity_score, result.keys
    )


def phenotype_shares(candidates: Sequence[Candidate]) -> tuple[PhenotypeShare, ...]:
    """Return each phenotype (with its score) and the probability of all that give it.

    Source: definitional (sum over the candidates).
    """
    mass: dict[tuple[str, str], float] = {}
    for c in candidates:
        key = (c.phenotype, c.activity_score)
        mass[key] = mass.get(key, 0.0) + c.probability
    ranked = sorted(mass.items(), key=lambda item: -round(item[1], 9))
    return tuple(PhenotypeShare(p, score, share) for (p, score), share in ranked)


def _next(definition: GeneDefinition, found: Diplotypes, numbers: Whole, readings: Readings) -> str:
    """Return the position to read next: it should tell phenotypes apart, else diplotypes."""
    unread = rows_of(definition.grid, readings.missing)
    by_phenotype = next_position(definition, found.pairs, numbers[found.of_pair], unread)
    return by_phenotype or next_position(definition, found.pairs, None, unread)


def without(
    definition: GeneDefinition,
    status: Status,
    reasons: tuple[str, ...],
    readings: Readings | None = None,
) -> GeneFinding:
    """Return the finding of a gene for which nothing can be told, with the reasons.

    Source: the project's design ("could not tell" is an answer).
    """
    missing = readings.missing if readings else ()
    return GeneFinding(definition.gene, status, reasons=reasons, missing=missing)


def proofs_of(
    definition: GeneDefinition, observations: Mapping[str, Observation]
) -> tuple[Proof, ...]:
    """Return the readings that show more than the reference, with their line in the file.

    Source: the file itself.
    """
    index = definition.grid.index
    places = [
        (index[name] if name in index else len(index), name, seen)
        for name, seen in observations.items()
        if seen.is_read
    ]
    found = []
    for row, name, seen in sorted(places, key=lambda place: place[:2]):
        at = definition.positions[row] if row < len(index) else _extra_at(definition, name)
        if at is not None and any(allele != at.alleles[0] for allele in seen.alleles):
            found.append(
                Proof(
                    at.id, at.rsid, at.hgvs, seen.state.value, seen.alleles, seen.line, seen.record
                )
            )
    return tuple(found)


def _extra_at(definition: GeneDefinition, name: str) -> Position | None:
    return next((p for p in definition.extra if p.id == name), None)
