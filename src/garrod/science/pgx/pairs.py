"""The possible diplotypes of a gene in order: probability first, then the simplest explanation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from garrod.core.genotype import MISSING
from garrod.science.pgx.definitions import GeneDefinition
from garrod.science.pgx.grids import Floats, Whole, mass_by
from garrod.science.pgx.posterior import Pairs, posterior_of
from garrod.science.pgx.priors import Prior
from garrod.science.pgx.readings import Readings

PREFERRED_ODDS = 1e4  # how strongly a published preference counts. Source: the project's design
SAME = 9  # decimals to which two probabilities are the same


@dataclass(frozen=True, slots=True)
class Possible:
    """One diplotype (one or two core alleles) as it is written, and its probability."""

    name: str
    alleles: tuple[str, ...]
    probability: float


@dataclass(frozen=True, slots=True)
class Diplotypes:
    """All diplotypes that explain the readings, the most probable first.

    `low` and `high` are core alleles (by their place in the grid), as written. `pairs` are the
    pairs of alleles behind them, `of_pair` says to which diplotype each belongs.
    """

    cores: tuple[str, ...]
    copies: int
    low: Whole
    high: Whole
    mass: Floats
    pairs: Pairs
    of_pair: Whole
    is_preferred: bool = False  # a published preference put the first one first

    def possible(self, *, at_least: float) -> list[Possible]:
        """Return the diplotypes that reach a probability, and always the first."""
        count = max(1, int((self.mass >= at_least).sum()))
        return [self._possible(rank) for rank in range(count)]

    def alleles(self, rank: int) -> tuple[str, ...]:
        """Return the core alleles of a diplotype."""
        low, high = self.cores[self.low[rank]], self.cores[self.high[rank]]
        return (low, high) if self.copies == 2 else (low,)

    def _possible(self, rank: int) -> Possible:
        alleles = self.alleles(rank)
        return Possible("/".join(alleles), alleles, float(self.mass[rank]))


def possible_diplotypes(
    definition: GeneDefinition,
    readings: Readings,
    prior: Prior,
    *,
    prefer: bool,
    listed_from: float = 0.0,
) -> Diplotypes | None:
    """Return the diplotypes that explain the readings; None when none does.

    `prefer` lets published preferences between unphased candidates count (NAT2).  Those below
    `listed_from` follow the others in no special order.
    Source: Bayes' theorem over pack pgx-definitions; priorities from the same pack.
    """
    pairs = posterior_of(definition, readings, prior)
    if not len(pairs.probability):
        return None
    low, high, mass, of_pair = _grouped(definition, pairs)
    cores, copies = definition.grid.cores, readings.copies
    if len(mass) == 1:
        return Diplotypes(cores, copies, low, high, mass, pairs, of_pair)
    preferences = _preferences(definition, low, high)
    is_picked = np.zeros(len(mass), bool)
    for chosen, rivals in preferences:
        is_picked[chosen] = True
        if prefer:
            mass = _preferred(mass, chosen, rivals)
    order = _ordered(
        definition,
        readings,
        (low, high, mass, is_picked),
        _heads(definition, pairs, of_pair),
        listed_from,
    )
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    is_preferred = prefer and bool(is_picked[order[0]])
    low, high, mass = low[order], high[order], mass[order]
    return Diplotypes(cores, copies, low, high, mass, pairs, place[of_pair], is_preferred)


def _heads(definition: GeneDefinition, pairs: Pairs, of_pair: Whole) -> tuple[Whole, Whole]:
    """Return the alleles of the first pair behind each diplotype."""
    if not definition.grid.is_folded:  # each pair is a diplotype of its own
        return pairs.first, pairs.second
    head = np.zeros(int(of_pair.max()) + 1, np.intp)
    head[of_pair[::-1]] = np.arange(len(of_pair))[::-1]
    return pairs.first[head], pairs.second[head]


def _ordered(
    definition: GeneDefinition,
    readings: Readings,
    found: tuple[Whole, Whole, Floats, npt.NDArray[np.bool_]],
    heads: tuple[Whole, Whole],
    listed_from: float,
) -> Whole:
    """Return the order of diplotypes: those to be listed first, the simplest of equals first."""
    low, high, mass, is_picked = found
    is_listed = mass >= min(listed_from, float(mass.max()))
    listed, rest = is_listed.nonzero()[0], (~is_listed).nonzero()[0]
    if len(listed) == 1:
        return np.concatenate((listed, rest))
    assumed, named = _simplicity(definition, readings)
    one, two = heads[0][listed], heads[1][listed]
    keys = (
        high[listed],
        low[listed],
        -(named[one] + named[two]),
        assumed[one] + assumed[two],
        ~is_picked[listed],
        -np.round(mass[listed], SAME),
    )
    return np.concatenate((listed[np.lexsort(keys)], rest))


def _grouped(definition: GeneDefinition, pairs: Pairs) -> tuple[Whole, Whole, Floats, Whole]:
    """Return low, high and mass of each diplotype, and the diplotype of each pair."""
    grid = definition.grid
    one, two = grid.core_of[pairs.first], grid.core_of[pairs.second]
    low, high = np.minimum(one, two), np.maximum(one, two)
    if not grid.is_folded:
        return low, high, pairs.probability, np.arange(len(low))
    keys, head, of_pair = np.unique(
        low * len(grid.cores) + high, return_index=True, return_inverse=True
    )
    mass = mass_by(of_pair, pairs.probability, len(keys))
    return low[head], high[head], mass, of_pair


def _preferences(
    definition: GeneDefinition, low: Whole, high: Whole
) -> list[tuple[int, list[int]]]:
    """Return each published choice that applies: the candidate chosen, and its rivals here."""
    if not definition.priorities:
        return []
    cores = definition.grid.cores
    names = {
        f"{cores[a]}/{cores[b]}": rank
        for rank, (a, b) in enumerate(zip(low.tolist(), high.tolist(), strict=True))
    }
    return [
        (names[chosen], [names[rival] for rival in rivals])
        for chosen, rivals in definition.priorities.items()
        if chosen in names and all(rival in names for rival in rivals)
    ]


def _preferred(mass: Floats, chosen: int, rivals: list[int]) -> Floats:
    """Return the masses with a choice and its rivals sharing theirs at the preferred odds."""
    together = float(mass[chosen] + mass[rivals].sum())
    weights = mass.copy()
    weights[rivals] = mass[rivals] / mass[rivals].sum() / (1 + PREFERRED_ODDS) * together
    weights[chosen] = PREFERRED_ODDS / (1 + PREFERRED_ODDS) * together
    return weights


def _simplicity(definition: GeneDefinition, readings: Readings) -> tuple[Floats, Whole]:
    """Return, for each allele, how many unread variants it assumes, and how many define it."""
    grid = definition.grid
    rows = [grid.index[name] for name in readings.missing]
    rows += [index for index, seen in readings.used if MISSING in seen.alleles]
    return grid.assumed[rows].sum(axis=0), grid.defined_at
