"""Calls all genes of one person or of a cohort, from one table of readings.

Two people with the same readings of a gene have the same finding: it is made once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from garrod.core.finding import GeneFinding, Status
from garrod.core.genotype import GenotypeTable, Observation, StructuralCall
from garrod.core.variant import Position
from garrod.knowledge.shelf import Shelf
from garrod.science.pgx import priors
from garrod.science.pgx.caller import Subject, call_gene
from garrod.science.pgx.definitions import PACK as DEFINITIONS
from garrod.science.pgx.definitions import GeneDefinition, load_definitions
from garrod.science.pgx.describe import CallSettings
from garrod.science.pgx.phenotype import PACK as PHENOTYPES
from garrod.science.pgx.phenotype import Phenotyping, load_phenotyping
from garrod.science.pgx.priors import Counts, Prior
from garrod.science.pgx.readings import reference_copies
from garrod.science.pgx.reconcile import replacing

MEMORY = 20_000  # Not clinical: findings remembered; beyond, all go, so memory stays flat


@dataclass(frozen=True, slots=True)
class Sample:
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
    names = (DEFINITIONS, PHENOTYPES) + (() if is_flat else (priors.PACK,))
    return Caller(
        definitions=load_definitions(shelf),
        phenotyping=load_phenotyping(shelf),
        shelf=shelf,
        is_flat=is_flat,
        called_at=called_at,
        packs=tuple(r for n in names for r in shelf.references(n)),
        prefer=not is_flat if prefer is None else prefer,
    )


@dataclass(frozen=True, slots=True)
class _Lane:
    """A gene's stretch of the cohort's order: its defining positions, then its extra ones.

    By line and code: `reference` is on how many strands a reading shows the reference base,
    `is_telling` whether it was read and shows anything else.
    """

    start: int
    stop: int
    defining: int
    reference: npt.NDArray[np.int8]
    is_telling: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Cohort:
    """A table and the caller, with every gene's lane, and what was found before."""

    caller: Caller
    table: GenotypeTable
    settings: CallSettings
    order: npt.NDArray[np.intp]  # rows of the table, gene by gene
    lanes: dict[str, _Lane]
    memory: dict[tuple[object, ...], GeneFinding] = field(default_factory=dict)


def call_people(
    caller: Caller,
    table: GenotypeTable,
    people: Sequence[Sample],
    *,
    outside: Mapping[str, GeneFinding] | None = None,
) -> Iterator[tuple[Sample, tuple[GeneFinding, ...]]]:
    """Yield each person with a finding per gene, in the order given.

    `people` are samples of the table.  Outside calls replace those made here.
    Source: packs pgx-definitions, pgx-phenotypes, pgx-frequencies.
    """
    cohort = _cohort(caller, table)
    columns = {sample: i for i, sample in enumerate(table.samples)}
    for person in people:
        spoiled = table.spoiled.get(person.sample)
        codes = table.codes[cohort.order, columns[person.sample]]
        found = []
        for gene in cohort.lanes:
            if spoiled:
                own = GeneFinding(gene, Status.NOT_ASSESSED, reasons=(spoiled,))
            else:
                own = _remembered(cohort, person, gene, codes)
            told = outside.get(gene) if outside else None
            found.append(replace(replacing(told, own), packs=caller.packs) if told else own)
        yield person, tuple(found)


def _cohort(caller: Caller, table: GenotypeTable) -> _Cohort:
    """Return the table laid out gene by gene; it holds every position of the caller."""
    place = {position.id: row for row, position in enumerate(table.positions)}
    order: list[int] = []
    lanes = {}
    for gene, definition in caller.definitions.items():
        rows = [place[p.id] for p in (*definition.positions, *definition.extra)]
        lanes[gene] = _lane(definition, [table.palette[row] for row in rows], len(order))
        order += rows
    return _Cohort(caller, table, caller.settings, np.array(order, np.intp), lanes)


def _lane(
    definition: GeneDefinition, palettes: Sequence[Sequence[Observation]], start: int
) -> _Lane:
    defining = len(definition.positions)
    shape = (len(palettes), max((len(palette) for palette in palettes), default=0))
    reference, is_telling = np.zeros(shape, np.int8), np.zeros(shape, bool)
    for line, palette in enumerate(palettes):
        for code, seen in enumerate(palette):
            if line < defining:
                reference[line, code] = reference_copies(definition.positions[line], seen)
            is_telling[line, code] = seen.is_read and not reference[line, code]
    return _Lane(start, start + len(palettes), defining, reference, is_telling)


def _remembered(
    cohort: _Cohort, person: Sample, gene: str, codes: npt.NDArray[np.uint16]
) -> GeneFinding:
    """Return the finding of a gene, made once for all who have the same readings."""
    lane, memory = cohort.lanes[gene], cohort.memory
    read = codes[lane.start : lane.stop]
    calls: tuple[StructuralCall, ...] = ()
    if cohort.table.structural:
        structural = cohort.table.structural.get(person.sample, ())
        calls = tuple(c for c in structural if c.gene == gene)
    key = (gene, person.sex, person.population, read.tobytes(), calls)
    if key not in memory:
        if len(memory) >= MEMORY:
            memory.clear()
        memory[key] = _made(cohort, gene, read, Subject(person.sex, calls), person.population)
    return memory[key]


def _made(
    cohort: _Cohort,
    gene: str,
    read: npt.NDArray[np.uint16],
    subject: Subject,
    population: str,
) -> GeneFinding:
    """Return the finding of a gene, made from what differs from the reference."""
    lane, lines = cohort.lanes[gene], np.arange(len(read))
    rows = cohort.order[lane.start : lane.stop]
    seen = {
        cohort.table.positions[row].id: cohort.table.palette[row][code]
        for line in np.flatnonzero(lane.is_telling[lines, read]).tolist()
        for row, code in ((int(rows[line]), int(read[line])),)
    }
    return call_gene(
        cohort.caller.definitions[gene],
        cohort.caller.phenotyping,
        seen,
        cohort.caller.prior(gene, population),
        settings=cohort.settings,
        subject=subject,
        reference=lane.reference[lines, read][: lane.defining],
    )
