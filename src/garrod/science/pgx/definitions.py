"""Pharmacogene definitions as arrays that the caller can reason over.

pack rows -> GeneDefinition: for each position and each base, which alleles may carry it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from garrod.core.variant import Locus, Position, RefStatus
from garrod.knowledge.pack import Row, values_in
from garrod.knowledge.shelf import Shelf
from garrod.science.pgx.grids import Floats, Grid, grid_of

PACK = "pgx-definitions"
# Nomenclature for incompletely specified bases. Source: IUPAC-IUB, PMID 2582368.
WOBBLE = {"R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT", "M": "AC"}


@dataclass(frozen=True, slots=True)
class GeneDefinition:
    """One gene: its alleles, its positions, and the chance of each base under each allele.

    `carries[p][base]` is an array over alleles: the probability that the allele shows that base
    at position p (1, 0, or a share where the definition leaves a choice).
    """

    gene: str
    mode: str  # diplotype | components | status
    ploidy: str  # autosomal | x-linked | mitochondrial
    reference_allele: str
    twin: str  # an allele that only the build's own base tells from the reference allele
    alleles: tuple[str, ...]
    folded: tuple[str, ...]  # the core allele that each is reported as
    positions: tuple[Position, ...]
    required: frozenset[str]
    decides: Mapping[str, frozenset[str]]  # a variant -> positions: one read tells of it
    ignored: frozenset[str]
    extra: tuple[Position, ...]
    carries: tuple[Mapping[str, Floats], ...]
    cells: tuple[frozenset[tuple[int, str]], ...]  # (position, base) that each allele must show
    defined_at: tuple[int, ...]  # how many positions define each allele
    grid: Grid
    priorities: Mapping[str, tuple[str, ...]]  # a diplotype -> those it is preferred over


def load_definitions(shelf: Shelf) -> dict[str, GeneDefinition]:
    """Return every gene's definition, by symbol.

    Source: pack pgx-definitions.
    """
    tables = {t: _by_gene(shelf.rows(PACK, t)) for t in ("positions", "alleles", "priorities")}
    return {
        row["gene"]: _definition(row, {t: by.get(row["gene"], []) for t, by in tables.items()})
        for row in shelf.rows(PACK, "genes")
    }


def _by_gene(rows: tuple[Row, ...]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["gene"], []).append(row)
    return found


def _definition(gene: Row, tables: Mapping[str, list[Row]]) -> GeneDefinition:
    rows = tables["positions"]
    places = {r["position_id"]: position_of(r, gene["chromosome"]) for r in rows}
    defining = [r for r in rows if r["role"] == "defining"]
    alleles = [r for r in tables["alleles"] if r["ignored"] == "no"]
    cells = _filled(alleles)
    positions = tuple(places[r["position_id"]] for r in defining)
    shown: dict[str, list[tuple[int, str]]] = {}  # by place: which alleles say a base there
    for number, of_allele in enumerate(cells):
        for place, base in of_allele.items():
            shown.setdefault(place, []).append((number, base))
    carries = tuple(_carries(r, shown.get(r["pos38"], ()), len(cells)) for r in defining)
    certain = _certain(defining, cells)
    folded = tuple(r["fold_into"] or r["allele"] for r in alleles)
    ignored = frozenset(r["position_id"] for r in defining if r["ignored"] == "yes")
    defined_at = tuple(
        len(defining) if r["reference"] == "yes" else len(c)
        for r, c in zip(alleles, cells, strict=True)
    )
    return GeneDefinition(
        gene=gene["gene"],
        mode=gene["mode"],
        ploidy=gene["ploidy"],
        reference_allele=gene["reference_allele"],
        twin=gene["twin"],
        alleles=tuple(r["allele"] for r in alleles),
        folded=folded,
        positions=positions,
        required=frozenset(r["position_id"] for r in defining if r["required"] == "yes"),
        decides=_decides(defining),
        ignored=ignored,
        extra=tuple(places[r["position_id"]] for r in rows if r["role"] == "extra"),
        carries=carries,
        cells=certain,
        defined_at=defined_at,
        grid=grid_of(positions, carries, certain, folded, ignored=ignored, defined_at=defined_at),
        priorities=_priorities(tables["priorities"]),
    )


def position_of(row: Row, chromosome: str) -> Position:
    """Return a position from a row of positions.csv.

    Source: pack pgx-definitions.
    """
    status = RefStatus(row["status37"])
    absent = status is RefStatus.ABSENT
    return Position(
        id=row["position_id"],
        gene=row["gene"],
        rsid=row["rsid"],
        hgvs=row["hgvs"],
        chromosome=chromosome,
        alleles=(row["ref38"], *row["alts38"].split("/")),
        grch38=Locus(int(row["pos38"]), row["ref38"]),
        grch37=None if absent else Locus(int(row["pos37"]), row["ref37"], status),
    )


def _filled(alleles: list[Row]) -> list[dict[str, str]]:
    """Return each allele's cells; what it leaves blank is as the reference allele has it."""
    open_cells = next((_cells(r["defines"]) for r in alleles if r["reference"] == "yes"), {})
    return [{**open_cells, **_cells(r["defines"])} for r in alleles]


def _cells(defines: str) -> dict[str, str]:
    return dict(cell.split("=") for cell in defines.split(";") if cell)


def _certain(
    positions: list[Row], cells: list[dict[str, str]]
) -> tuple[frozenset[tuple[int, str]], ...]:
    """Return the variant bases that each allele's definition demands without a choice."""
    at: dict[str, list[tuple[int, str]]] = {}
    for index, row in enumerate(positions):
        at.setdefault(row["pos38"], []).append((index, row["ref38"]))
    return tuple(
        frozenset(
            (index, base)
            for place, base in of_allele.items()
            if base not in WOBBLE
            for index, usual in at.get(place, ())
            if base != usual
        )
        for of_allele in cells
    )


def _carries(position: Row, shown: Sequence[tuple[int, str]], count: int) -> dict[str, Floats]:
    """Return the chance of each base under each of so many alleles; most have the usual one."""
    usual = position["ref38"]
    found = {base: np.zeros(count) for base in (usual, *position["alts38"].split("/"))}
    found[usual][:] = 1
    for index, base in shown:
        choices = (base,) if base in found else tuple(WOBBLE[base])
        found[usual][index] = 0
        for choice in choices:
            found[choice][index] = 1 / len(choices)
    return found


def _decides(rows: list[Row]) -> dict[str, frozenset[str]]:
    named = {r["decides"] for r in rows if r["decides"]}
    return {
        name: frozenset(r["position_id"] for r in rows if r["decides"] == name)
        for name in sorted(named)
    }


def _priorities(rows: list[Row]) -> dict[str, tuple[str, ...]]:
    return {r["pick"]: tuple(c for c in values_in(r["candidates"]) if c != r["pick"]) for r in rows}
