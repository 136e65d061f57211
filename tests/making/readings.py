"""Reads a made file at the shipped positions, for tests of the reader."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from garrod.adapters.packs.load import load_shelf
from garrod.adapters.vcf.read import read_genotypes
from garrod.core.genotype import GenotypeTable, Observation
from garrod.core.variant import Assembly, Position
from garrod.science.pgx.people import Caller, load_caller


@cache
def knowledge() -> Caller:
    """Return the caller with the shipped packs, loaded once."""
    return load_caller(load_shelf())


@cache
def positions() -> tuple[Position, ...]:
    """Return every shipped position."""
    return knowledge().positions()


def table(path: Path, assembly: Assembly | None = None) -> GenotypeTable:
    """Return what a file says at every shipped position."""
    return read_genotypes(path, positions(), assembly=assembly)


def seen(found: GenotypeTable, position_id: str, sample: str = "") -> Observation:
    """Return the reading of one position, by id, in one sample (or the first)."""
    index = [p.id for p in found.positions].index(position_id)
    return found.observation(index, found.samples.index(sample) if sample else 0)
