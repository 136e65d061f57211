"""Reads a file that was dropped, keeps its facts, and calls from them: the file itself then goes.

file -> looked through -> header (which samples?) -> facts -> Calls (findings, coverage, hints)
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from garrod.adapters.facts.model import Facts
from garrod.adapters.facts.read import read_facts
from garrod.adapters.vcf.again import read_kept
from garrod.adapters.vcf.header import read_header
from garrod.adapters.vcf.record import ReadSettings
from garrod.adapters.vcf.source import lines_of, open_source
from garrod.core.errors import VcfError
from garrod.core.finding import GeneFinding
from garrod.core.genotype import CallState, GenotypeTable, Observation
from garrod.core.variant import Assembly
from garrod.entry.facts import kept_from, recording
from garrod.entry.web.laboratory.checking import looked_through
from garrod.entry.web.laboratory.keeping import Drop, Drops, Fault
from garrod.entry.web.laboratory.weighing import Unseen, keep_weighed, unseen_of
from garrod.entry.wire import Services
from garrod.science.pgx.people import Sample


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a gene's defining positions a file told; `why`: of those that it did not."""

    gene: str
    positions: int
    read: int
    why: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Hints:
    """What the readings hint at: on X outside its shared ends, and over all."""

    x_read: int = 0
    x_two: int = 0  # of them, with two different alleles
    x_single: int = 0  # of them, with one allele alone
    read: int = 0
    two: int = 0


@dataclass(frozen=True, slots=True)
class Calls:
    """What a file says of a person's genes."""

    facts: Facts
    assembly: Assembly
    findings: tuple[GeneFinding, ...]
    coverage: tuple[Coverage, ...]
    hints: Hints
    unplaced: int  # positions that have no place on the file's build
    warnings: tuple[str, ...] = ()
    unseen: tuple[Unseen, ...] = ()


def read_drop(services: Services, drops: Drops, drop: Drop, sex: str) -> Drop:
    """Return a drop once it is read, or with what is wrong with it, or what has to be asked."""
    path = drops.upload(drop.id)
    if path is None:
        return drops.get(drop.id)
    try:
        if not drop.lines:
            drop = _looked(drops, drop, path)
        if drop.sample:
            return _called(services, drops, drop, path, sex)
        return drop
    except VcfError as error:
        words = error.message.replace(str(path), "the file")
        drop = drops.change(drop.id, state="unreadable", fault=Fault(error.code, words))
        if error.code != "VCF013":  # the build can be said; anything else needs another file
            drops.forget_file(drop.id)
        return drop


def _looked(drops: Drops, drop: Drop, path: Path) -> Drop:
    lines = looked_through(path).lines
    with closing(lines_of(open_source(path))) as text:
        samples = read_header(text, str(path)).samples
    only = samples[0] if len(samples) == 1 else ""
    return drops.change(drop.id, lines=lines, samples=samples, sample=only)


def _called(services: Services, drops: Drops, drop: Drop, path: Path, sex: str) -> Drop:
    kept = kept_from(services, path, drops.facts(drop.id))
    assert kept is not None, "a place was given"
    build = Assembly(drop.build) if drop.build else None
    table = services.read(path, samples=(drop.sample,), assembly=build, keeper=kept.keeper)
    subjects = [Sample(drop.sample, sex)]
    with recording(services, kept, subjects) as recorded:
        for _ in recorded(services.call(table, subjects)):
            pass
    keep_weighed(drops, drop, path, table)
    drop = drops.change(
        drop.id,
        state="read",
        warnings=tuple(w.replace(str(path), "the file") for w in table.warnings),
        packs=services.caller.packs,
        fault=None,
    )
    drops.forget_file(drop.id)
    return drop


def calls_of(services: Services, path: Path) -> Calls:
    """Return what kept facts say, by the packs in force.  Raises: InputError INP060, VcfError."""
    facts = read_facts(path)
    s = services.settings
    positions = services.caller.positions()
    table = read_kept(
        facts.kept, positions, settings=ReadSettings(s.min_gq, s.min_dp), name="the file"
    )
    _, findings = next(iter(services.call(table, facts.subjects, rows=facts.outside)))
    assembly = facts.kept.assembly
    return Calls(
        facts,
        assembly,
        findings,
        tuple(_coverage(services, table)),
        _hints(table),
        sum(p.on(assembly) is None for p in positions),
        table.warnings,
        unseen_of(services, table),
    )


def _coverage(services: Services, table: GenotypeTable) -> list[Coverage]:
    place = {position.id: row for row, position in enumerate(table.positions)}
    found = []
    for gene, definition in services.caller.definitions.items():
        seen = [table.observation(place[p.id], 0) for p in definition.positions]
        why = Counter(_why(one) for one in seen if not one.is_read)
        read = sum(one.is_read for one in seen)
        found.append(Coverage(gene, len(seen), read, tuple(why.most_common(3))))
    return found


def _why(seen: Observation) -> str:
    if seen.state is CallState.NOT_COVERED:
        return "not in the file"
    return seen.reason or "could not be read"


def _hints(table: GenotypeTable) -> Hints:
    read = two = x_read = x_two = x_single = 0
    for row, position in enumerate(table.positions):
        seen = table.observation(row, 0)
        if not seen.is_read or position.chromosome == "MT":
            continue
        is_two = len(set(seen.alleles)) > 1
        read, two = read + 1, two + is_two
        if position.chromosome == "X":
            x_read, x_two = x_read + 1, x_two + is_two
            x_single += len(seen.alleles) == 1
    return Hints(x_read, x_two, x_single, read, two)
