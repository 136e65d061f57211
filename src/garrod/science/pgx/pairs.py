"""The possible diplotypes of a gene in order: probability first, then the simplest explanation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from garrod.science.pgx.definitions import Floats, GeneDefinition
from garrod.science.pgx.naming import diplotype_name, in_order
from garrod.science.pgx.posterior import Pair, diploid_posterior, haploid_posterior
from garrod.science.pgx.readings import Readings

PREFERRED_ODDS = 1e4  # how strongly a published preference counts. Source: the project's design
SAME = 9  # decimals to which two probabilities are the same


@dataclass(frozen=True, slots=True)
class Possible:
    """One diplotype (one or two core alleles), its probability, and the pairs behind it."""

    name: str
    alleles: tuple[str, ...]
    probability: float
    pairs: tuple[Pair, ...]


def possible_diplotypes(
    definition: GeneDefinition, readings: Readings, prior: Floats, *, prefer: bool
) -> list[Possible]:
    """Return the diplotypes that explain the readings, most probable first; none when none does.

    `prefer` lets published preferences between unphased candidates count (NAT2).
    Source: Bayes' theorem over pack pgx-definitions; priorities from the same pack.
    """
    calculate = haploid_posterior if readings.copies == 1 else diploid_posterior
    posterior = calculate(definition, readings.used, prior)
    grouped: dict[str, list[tuple[Pair, float]]] = {}
    alleles: dict[str, tuple[str, ...]] = {}
    for pair, probability in posterior.items():
        cores = tuple(definition.folded[i] for i in pair[: readings.copies])
        name = diplotype_name(definition, cores)
        grouped.setdefault(name, []).append((pair, probability))
        alleles[name] = in_order(cores)
    mass = {name: sum(p for _, p in found) for name, found in grouped.items()}
    picked = _picked(definition, mass)
    if prefer and picked:
        mass = _weighted(mass, picked)
    simple = _Simplicity(definition, readings)
    order = sorted(
        mass,
        key=lambda n: (-round(mass[n], SAME), n not in picked, *simple.cost(grouped[n][0][0]), n),
    )
    return [Possible(n, alleles[n], mass[n], tuple(pair for pair, _ in grouped[n])) for n in order]


def _picked(definition: GeneDefinition, mass: dict[str, float]) -> set[str]:
    """Return the candidates that a published table prefers over all its rivals here."""
    return {
        name
        for name, rivals in definition.priorities.items()
        if name in mass and any(rival in mass for rival in rivals)
    }


def _weighted(mass: dict[str, float], picked: set[str]) -> dict[str, float]:
    raised = {n: p * (PREFERRED_ODDS if n in picked else 1.0) for n, p in mass.items()}
    total = sum(raised.values())
    return {n: p / total for n, p in raised.items()}


class _Simplicity:
    """How much a pair assumes that was not read: fewer such variants first, then more seen."""

    def __init__(self, definition: GeneDefinition, readings: Readings) -> None:
        self._definition = definition
        missing = set(readings.missing)
        unread = [i for i, p in enumerate(definition.positions) if p.id in missing]
        self._assumed = np.zeros(len(definition.alleles))
        for index in unread:
            base = definition.positions[index].alleles[0]
            self._assumed += 1 - definition.carries[index][base]

    def cost(self, pair: Pair) -> tuple[float, float]:
        assumed = float(sum(self._assumed[i] for i in pair))
        return assumed, -float(sum(self._definition.defined_at[i] for i in pair))
