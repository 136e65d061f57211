"""Calls all genes of one person or of a cohort, from one table of readings.

Two people with the same readings of a gene have the same finding: it is made once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from garrod.core.finding import GeneFinding, Status
from garrod.core.genotype import GenotypeTable
from garrod.core.variant import Position
from garrod.knowledge.shelf import Shelf
from garrod.science.pgx import definitions as definitions_room
from garrod.science.pgx import priors
from garrod.science.pgx.caller import Subject, call_gene
from garrod.science.pgx.definitions import GeneDefinition, load_definitions
from garrod.science.pgx.describe import CallSettings
from garrod.science.pgx.phenotype import PACK as PHENOTYPES
from garrod.science.pgx.phenotype import Phenotyping, load_phenotyping
from garrod.science.pgx.priors import Counts, Prior
from garrod.science.pgx.readings import reference_copies

MEMORY = 20_000  # Not clinical: findings remembered; beyond, all go, so memory stays flat


@dataclass(frozen=True, slots=True)
class Person:
    """What the caller needs to know of a sample besides its readings."""

    sample: str
    sex: str = ""  # "male", "female" or ""
    population: str = "pooled"


@dataclass(slots=True)
class Caller:
    """The knowledge that calling needs, loaded once."""

    definitions: dict[str, GeneDefinition]
    phenotyping: Phenotyping
    shelf: Shelf
    is_flat: bool
    called_at: float
    packs: tuple[str, ...]
    prefer: bool = False
    _priors: dict[tuple[str, str], Prior] = field(default_factory=dict)
    _counts: dict[str, Counts] = field(default_factory=dict)

    def positions(self) -> tuple[Position, ...]:
        """Return every position that is worth reading, gene by gene."""
        return tuple(p for d in self.definitions.values() for p in (*d.positions, *d.extra))

    def prior(self, gene: str, population: str) -> Prior:
        """Return the prior of a gene's alleles in a population."""
        key = (gene, population)
        if key not in self._priors:
            self._priors[key] = self._made(self.definitions[gene], population)
        return self._priors[key]

    def _made(self, definition: GeneDefinition, population: str) -> Prior:
        if self.is_flat:
            return priors.flat_prior(definition)
        if population not in self._counts:
            self._counts[population] = priors.load_counts(self.shelf, population)
        return priors.population_prior(definition, self._counts[population], population)

    @property
    def settings(self) -> CallSettings:
        """Return how calls are made under the chosen prior."""
        return CallSettings(
            called_at=self.called_at,
            prefer=self.prefer,
            packs=self.packs,
            demand_copies=not self.is_flat,
        )


def load_caller(
    shelf: Shelf, *, is_flat: bool = False, called_at: float = 0.95, prefer: bool | None = None
) -> Caller:
    """Return a caller with the shelf's definitions, phenotypes and frequencies.

    `prefer` lets published preferences between candidates count (NAT2); by default they do
    where frequencies do, since that is what they stand for.

    Source: packs pgx-definitions, pgx-phenotypes, pgx-frequencies.
    """
    names = (definitions_room.PACK, PHENOTYPES) + (() if is_flat else (priors.PACK,))
    return Caller(
        definitions=load_definitions(shelf),
        phenotyping=load_phenotyping(shelf),
        shelf=shelf,
        is_flat=is_flat,
        called_at=called_at,
        packs=tuple(shelf.reference(n) for n in names),
        prefer=not is_flat if prefer is None else prefer,
    )


@dataclass(frozen=True, slots=True)
class _Lane:
    """A gene's rows of the table: its defining positions in order, then its extra ones.

    `reference[row][code]` is on how many strands a reading shows the reference base.
    """

    rows: npt.NDArray[np.intp]
    defining: int
    reference: npt.NDArray[np.int8]


def call_people(
    caller: Caller,
    table: GenotypeTable,
    people: Sequence[Person],
    *,
    outside: Mapping[str, GeneFinding] | None = None,
) -> Iterator[tuple[Person, tuple[GeneFinding, ...]]]:
    """Yield each person with a finding per gene, in the order given.

    `people` are samples of the table.  Outside calls replace those made here.
    Source: packs pgx-definitions, pgx-phenotypes, pgx-frequencies.
    """
    lanes = {gene: _lane(definition, table) for gene, definition in caller.definitions.items()}
    columns = {sample: i for i, sample in enumerate(table.samples)}
    memory: dict[tuple[object, ...], GeneFinding] = {}
    for person in people:
        spoiled = table.spoiled.get(person.sample)
        codes = table.codes[:, columns[person.sample]]
        found = []
        for gene, lane in lanes.items():
            if outside and gene in outside:
                found.append(replace(outside[gene], packs=caller.packs))
            elif spoiled:
                found.append(GeneFinding(gene, Status.NOT_ASSESSED, reasons=(spoiled,)))
            else:
                found.append(_remembered(caller, table, memory, person, gene, lane, codes))
        yield person, tuple(found)


def _lane(definition: GeneDefinition, table: GenotypeTable) -> _Lane:
    """Return the rows of a gene; a position that the table does not hold is an error of ours."""
    place = {position.id: row for row, position in enumerate(table.positions)}
    wanted = (*definition.positions, *definition.extra)
    rows = [place[position.id] for position in wanted]
    widest = max((len(table.palette[row]) for row in rows), default=0)
    reference = np.zeros((len(definition.positions), widest), np.int8)
    for line, position in enumerate(definition.positions):
        for code, seen in enumerate(table.palette[rows[line]]):
            reference[line, code] = reference_copies(position, seen)
    return _Lane(np.array(rows, np.intp), len(definition.positions), reference)


def _remembered(
    caller: Caller,
    table: GenotypeTable,
    memory: dict[tuple[object, ...], GeneFinding],
    person: Person,
    gene: str,
    lane: _Lane,
    codes: npt.NDArray[np.uint16],
) -> GeneFinding:
    """Return the finding of a gene, made once for all who have the same readings."""
    read = codes[lane.rows]
    calls = tuple(c for c in table.structural.get(person.sample, ()) if c.gene == gene)
    key = (gene, person.sex, person.population, read.tobytes(), calls)
    if key not in memory:
        if len(memory) >= MEMORY:
            memory.clear()
        reference = lane.reference[np.arange(lane.defining), read[: lane.defining]]
        others = np.flatnonzero(reference == 0).tolist()
        others += range(lane.defining, len(lane.rows))
        seen = {
            table.positions[row].id: table.palette[row][int(read[line])]
            for line in others
            if read[line]
            for row in (int(lane.rows[line]),)
        }
        memory[key] = call_gene(
            caller.definitions[gene],
            caller.phenotyping,
            seen,
            caller.prior(gene, person.population),
            settings=caller.settings,
            subject=Subject(person.sex, calls),
            reference=reference,
        )
    return memory[key]
