"""The array posterior against a slow, plain one that enumerates pairs and orders of strands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import product
from math import isclose

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from garrod.core.genotype import MISSING, CallState, Observation
from garrod.science.pgx.caller import call_gene
from garrod.science.pgx.definitions import GeneDefinition
from garrod.science.pgx.posterior import posterior_of
from garrod.science.pgx.priors import Prior, flat_prior
from garrod.science.pgx.readings import reference_copies, sort_readings
from tests.making.calls import GENES, PHENOTYPES

SMALL = ("CYP3A5", "UGT1A1", "CYP2C19", "TPMT", "CYP4F2", "SLCO1B1")
ANY = (*SMALL, "CYP2D6", "CYP2B6", "NAT2", "DPYD", "G6PD", "CFTR", "VKORC1")
Seen = dict[str, Observation]
Probabilities = dict[tuple[int, int], float]


@dataclass(frozen=True)
class Made:
    """A made person: the gene, the two alleles, and what was read of them."""

    definition: GeneDefinition
    truth: tuple[int, int]
    seen: Seen
    prior: Prior


@st.composite
def people(draw: st.DrawFn, genes: tuple[str, ...] = ANY, *, half: bool = True) -> Made:
    """Draw two alleles, and read them with gaps, in one of three kinds of phase."""
    definition = GENES[draw(st.sampled_from(genes))]
    count = len(definition.alleles)
    truth = (draw(st.integers(0, count - 1)), draw(st.integers(0, count - 1)))
    mode = draw(st.sampled_from(("unphased", "phased", "sets", "mixed")))
    lost = draw(st.sampled_from((0.0, 0.1, 0.5)))
    chance = draw(st.randoms(use_true_random=False))
    turned = [False, *(chance.random() < 0.5 for _ in range(3))]  # each phase set's own order
    seen: Seen = {}
    for index, position in enumerate(definition.positions):
        if chance.random() < lost:
            continue
        strands = [
            chance.choice([b for b, w in definition.carries[index].items() if w[allele] > 0])
            for allele in truth
        ]
        is_phased = mode in ("phased", "sets") or (mode == "mixed" and chance.random() < 0.5)
        group = chance.randint(1, 3) if mode == "sets" else None
        if turned[group or 0] if is_phased else chance.random() < 0.5:
            strands.reverse()
        if half and chance.random() < 0.03:
            strands[chance.randint(0, 1)] = MISSING
        seen[position.id] = Observation(CallState.CALLED, tuple(strands), is_phased, group)
    flat = flat_prior(definition)
    weights = np.array([chance.random() + 0.01 for _ in range(count)])
    uneven = replace(flat, shares=weights / weights.sum(), alike=0.0)
    return Made(definition, truth, seen, draw(st.sampled_from((flat, uneven))))


def fast(made: Made) -> Probabilities:
    """Return the product's posterior, by pair."""
    readings = sort_readings(made.definition, made.seen, sex="female")
    found = posterior_of(made.definition, readings, made.prior)
    pairs = zip(found.first.tolist(), found.second.tolist(), strict=True)
    return dict(zip(pairs, found.probability.tolist(), strict=True))


def blocks_of(made: Made) -> list[list[tuple[int, Observation]]]:
    """Return the readings that keep their order together; each unphased one stands alone."""
    together: dict[object, list[tuple[int, Observation]]] = {}
    for index, position in enumerate(made.definition.positions):
        seen = made.seen.get(position.id)
        if seen is not None and position.id not in made.definition.ignored:
            key: object = ("set", seen.phase_set) if seen.phased else index
            together.setdefault(key, []).append((index, seen))
    return list(together.values())


def chance_of(definition: GeneDefinition, strand: Iterable[tuple[int, str]], allele: int) -> float:
    """Return the chance of one strand's bases under an allele."""
    value = 1.0
    for index, base in strand:
        if base != MISSING:
            value *= float(definition.carries[index].get(base, np.zeros(allele + 1))[allele])
    return value


def pair_chance(prior: Prior, one: int, two: int) -> float:
    """Return the prior of an ordered pair, by Wright's formula written out."""
    independent = float(prior.shares[one] * prior.shares[two])
    if not prior.alike:
        return independent
    part = float(sum(prior.shares[i] for i in prior.leads))
    leads = (one in prior.leads) + (two in prior.leads)
    both = part * part + prior.alike * part * (1 - part)
    none = (1 - part) ** 2 + prior.alike * part * (1 - part)
    kinds = {2: both / part**2, 1: 1 - prior.alike, 0: none / (1 - part) ** 2}
    return independent * kinds[leads]


def slow(made: Made) -> Probabilities:
    """Return the posterior by enumerating ordered pairs, and both orders of every block."""
    definition, blocks = made.definition, blocks_of(made)
    found: Probabilities = {}
    for one, two in product(range(len(definition.alleles)), repeat=2):
        value = pair_chance(made.prior, one, two)
        for block in blocks:
            orders = [
                chance_of(definition, [(i, s.alleles[order]) for i, s in block], one)
                * chance_of(definition, [(i, s.alleles[1 - order]) for i, s in block], two)
                for order in (0, 1)
            ]
            value *= sum(orders) / 2
            if not value:
                break
        if value:
            key = (min(one, two), max(one, two))
            found[key] = found.get(key, 0.0) + value
    total = sum(found.values())
    return {key: value / total for key, value in found.items()}


def assert_same(one: Probabilities, other: Probabilities) -> None:
    assert one.keys() == other.keys()
    for pair, probability in one.items():
        assert isclose(probability, other[pair], rel_tol=1e-9, abs_tol=1e-9)


@settings(max_examples=60, deadline=None)
@given(people(SMALL))
def test_posterior_equals_plain_enumeration(made: Made) -> None:
    assert_same(fast(made), slow(made))


@settings(max_examples=60, deadline=None)
@given(people())
def test_posterior_does_not_care_which_strand_is_first(made: Made) -> None:
    turned = {
        name: replace(seen, alleles=tuple(reversed(seen.alleles)))
        for name, seen in made.seen.items()
    }
    assert_same(fast(made), fast(replace(made, seen=turned)))


@settings(max_examples=60, deadline=None)
@given(people())
def test_posterior_sums_to_one_and_holds_the_truth(made: Made) -> None:
    found = fast(made)
    assert isclose(sum(found.values()), 1.0, rel_tol=1e-9)
    assert min(found.values()) > 0
    assert (min(made.truth), max(made.truth)) in found


@settings(max_examples=60, deadline=None)
@given(people(), st.randoms(use_true_random=False))
def test_reading_less_never_makes_the_possible_impossible(made: Made, chance) -> None:  # type: ignore[no-untyped-def]
    before = fast(made)
    fewer = {name: seen for name, seen in made.seen.items() if chance.random() < 0.7}
    after = fast(replace(made, seen=fewer))
    assert before.keys() <= after.keys()


@settings(max_examples=60, deadline=None)
@given(people())
def test_reference_readings_may_be_handed_over_as_counts(made: Made) -> None:
    positions = made.definition.positions
    counts = np.array(
        [reference_copies(p, made.seen[p.id]) if p.id in made.seen else 0 for p in positions],
        np.int8,
    )
    others = {
        p.id: made.seen[p.id]
        for p, count in zip(positions, counts, strict=True)
        if p.id in made.seen and not count
    }
    whole = call_gene(made.definition, PHENOTYPES, made.seen, made.prior)
    short = call_gene(made.definition, PHENOTYPES, others, made.prior, reference=counts)
    assert whole == short


@settings(max_examples=60, deadline=None)
@given(people())
def test_a_finding_accounts_for_all_probability(made: Made) -> None:
    found = call_gene(made.definition, PHENOTYPES, made.seen, made.prior)
    if found.candidates:
        listed = sum(c.probability for c in found.candidates)
        assert isclose(listed + found.remainder, 1.0, abs_tol=1e-9)
        stated = [c.probability for c in found.candidates]
        assert stated == sorted(stated, key=lambda p: -round(p, 9))
        assert sum(s.probability for s in found.phenotypes) <= 1 + 1e-9
