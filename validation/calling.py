"""Calls a file of the reference data with the product's own reader and caller."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from garrod.adapters.packs.load import load_shelf
from garrod.adapters.vcf.read import read_genotypes
from garrod.core.finding import GeneFinding
from garrod.core.variant import Assembly
from garrod.knowledge.shelf import Shelf
from garrod.science.pgx.people import Caller, Sample, call_people, load_caller

SEXES = {"M": "male", "F": "female"}
FLAT = "flat"
POPULATION = "population"  # the product's default
PEER = "peer"  # flat, with the published preferences: what a caller without frequencies can know
Findings = dict[str, GeneFinding]


@cache
def shelf() -> Shelf:
    """Return the packs of the wheel."""
    return load_shelf()


@cache
def caller(rules: str) -> Caller:
    """Return the caller under one of the three sets of rules."""
    return load_caller(shelf(), is_flat=rules != POPULATION, prefer=rules != FLAT)


def call_file(
    path: Path,
    *,
    rules: str,
    people: Sequence[Sample] | None = None,
    outside: Mapping[str, GeneFinding] | None = None,
) -> dict[str, Findings]:
    """Return each sample's findings by gene."""
    made = caller(rules)
    names = [p.sample for p in people] if people is not None else None
    table = read_genotypes(path, made.positions(), samples=names, assembly=Assembly.GRCH38)
    chosen = people if people is not None else [Sample(s) for s in table.samples]
    return {
        person.sample: {f.gene: f for f in findings}
        for person, findings in call_people(made, table, chosen, outside=outside)
    }
