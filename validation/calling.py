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
from garrod.science.pgx.people import Caller, Person, call_people, load_caller

SEXES = {"M": "male", "F": "female"}
Findings = dict[str, GeneFinding]


@cache
def shelf() -> Shelf:
    """Return the packs of the wheel."""
    return load_shelf()


@cache
def caller(*, is_flat: bool) -> Caller:
    """Return the caller with the flat or the population prior."""
    return load_caller(shelf(), is_flat=is_flat)


def call_file(
    path: Path,
    *,
    is_flat: bool,
    people: Sequence[Person] | None = None,
    outside: Mapping[str, GeneFinding] | None = None,
) -> dict[str, Findings]:
    """Return each sample's findings by gene."""
    made = caller(is_flat=is_flat)
    names = [p.sample for p in people] if people is not None else None
    table = read_genotypes(path, made.positions(), samples=names, assembly=Assembly.GRCH38)
    chosen = people if people is not None else [Person(s) for s in table.samples]
    return {
        person.sample: {f.gene: f for f in findings}
        for person, findings in call_people(made, table, chosen, outside=outside)
    }
