"""Weighs whose sample a file is: one person's alone, a relative's, read alike in another file.

file, readings -> Weighed (kept beside the facts) -> Compared with what was dropped for others
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import orjson

from garrod.adapters.vcf.sampled import Sampled, sampled
from garrod.core.genotype import GenotypeTable
from garrod.entry.web.laboratory.keeping import Drop, Drops
from garrod.entry.wire import Services
from garrod.science.pgx.populations import POPULATIONS
from garrod.science.pgx.priors import PACK, load_counts
from garrod.science.pgx.unseen import unseen_share
from garrod.science.samples.kinship import Kinship, Relation, kinship
from garrod.science.samples.likeness import Likeness, Readings, likeness
from garrod.science.samples.mixture import Mixture, mixture_of

NEAREST = 5  # Not clinical: samples of the same file that are named
LEAST = 0.01  # Not clinical: share of chromosomes from which a gap is told


@dataclass(frozen=True, slots=True)
class Near:
    """Another sample of the same file, and how near it is."""

    sample: str
    kinship: Kinship

    @property
    def relation(self) -> Relation:
        """Return how near it is."""
        return self.kinship.relation


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a file tells of whose sample it is.

    `near`: the nearest of the other samples; `known`: with how many places enough were shared;
    `others`: those that were looked at; `left_out`: those that were not.
    """

    mixture: Mixture
    near: tuple[Near, ...] = ()
    known: int = 0
    others: int = 0
    left_out: int = 0
    readings: Readings = field(default_factory=Readings)


@dataclass(frozen=True, slots=True)
class Alike:
    """Another drop with which a drop was compared."""

    drop: Drop
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class Whose:
    """What tells whose sample a drop is; None: it was read before such was kept."""

    weighed: Weighed | None = None
    alike: tuple[Alike, ...] = ()


UNTOLD = Whose()


@dataclass(frozen=True, slots=True)
class Unseen:
    """What a file cannot show of the alleles of a population: genes, and the share of each."""

    population: str
    genes: tuple[tuple[str, float], ...]


def weigh(path: Path, sample: str, table: GenotypeTable) -> Weighed:
    """Return what a file tells of whose sample it is; `table` is what was read of it.

    Raises: VcfError as reading does.
    """
    drawn = sampled(path, sample)
    near, known = _near(drawn)
    return Weighed(
        mixture_of(drawn.copies[:, 0], drawn.reads),
        near,
        known,
        len(drawn.samples) - 1,
        drawn.left_out,
        readings_of(table),
    )


def _near(drawn: Sampled) -> tuple[tuple[Near, ...], int]:
    """Return the nearest of the other samples, and of how many could be told."""
    own = drawn.copies[:, 0]
    every = [
        Near(name, kinship(own, drawn.copies[:, n]))
        for n, name in enumerate(drawn.samples)
        if n
    ]  # fmt: skip
    told = [one for one in every if one.relation is not Relation.UNKNOWN]
    close = [one for one in told if one.relation is not Relation.FARTHER]
    close.sort(key=lambda one: -one.kinship.coefficient)
    return tuple(close[:NEAREST]), len(told)


def readings_of(table: GenotypeTable) -> Readings:
    """Return what the first sample of a table shows at known places of the autosomes."""
    shows, unread = {}, set()
    for row, position in enumerate(table.positions):
        if not position.chromosome.isdecimal():
            continue
        seen = table.observation(row, 0)
        if not seen.is_read:
            unread.add(position.id)
        elif set(seen.alleles) != {position.alleles[0]}:
            shows[position.id] = "/".join(sorted(seen.alleles))
    return Readings(shows, frozenset(unread))


def keep_weighed(drops: Drops, drop: Drop, path: Path, table: GenotypeTable) -> None:
    """Keep what a file tells of whose sample it is, before the file goes.  Raises: VcfError."""
    weighed = weigh(path, drop.sample, table)
    drops.keep_sample(drop.id, orjson.dumps(msgspec.to_builtins(weighed)))


def weighed_of(drops: Drops, id: str) -> Weighed | None:
    """Return what was kept of a drop; None where it was read before such was kept."""
    told = drops.sample(id)
    return msgspec.json.decode(told, type=Weighed) if told else None


def whose_of(drops: Drops, mine: Drop) -> Whose:
    """Return what tells whose sample a drop is, beside other drops as far as theirs was kept."""
    own = weighed_of(drops, mine.id)
    if own is None:
        return Whose()
    found = []
    for drop in drops.every():
        is_this = drop.sha256 == mine.sha256 and drop.sample == mine.sample
        told = None if is_this else weighed_of(drops, drop.id)
        if told is not None:
            found.append(Alike(drop, likeness(own.readings, told.readings)))
    return Whose(own, tuple(found))


def unseen_of(services: Services, table: GenotypeTable) -> tuple[Unseen, ...]:
    """Return, by population, the genes of which a file cannot show some alleles.

    Source: pack pgx-frequencies.
    """
    if PACK not in services.shelf.names():
        return ()
    place = {position.id: row for row, position in enumerate(table.positions)}
    copied = {call.gene for calls in table.structural.values() for call in calls}
    found = []
    for population in POPULATIONS:
        if population == "pooled":
            continue
        shares = load_counts(services.shelf, population)
        genes = []
        for gene, definition in services.caller.definitions.items():
            unread = [
                p.id for p in definition.positions if not table.observation(place[p.id], 0).is_read
            ]
            share = unseen_share(
                definition, shares.get(gene, {}), unread, has_copies=gene in copied
            )
            genes += [(gene, share)] if share >= LEAST else []
        found.append(Unseen(population, tuple(sorted(genes, key=lambda one: -one[1]))))
    return tuple(found)
