"""Restates where genes lie, from pypgx's gene table, as the pack pgx-regions.

gene-table.csv -> gene, chromosome, first and last base on each build
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from garrod.adapters.packs.importers.reading import read_table
from garrod.core.errors import KnowledgeError

NAME = "pgx-regions"
NEEDED = ("Gene", "Target", "GRCh37Region", "GRCh38Region")
_REGION = re.compile(r"(?:chr)?([0-9]{1,2}|X|M):([0-9]+)-([0-9]+)")
_SCAFFOLD = re.compile(r".+_alt:[0-9]+-[0-9]+")


def region_rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of regions.csv.  Raises: InputError INP051, KnowledgeError KNO009."""
    for line, row in enumerate(read_table(path, NEEDED), 2):
        if row["Target"] != "TRUE":
            continue
        cells = {"gene": row["Gene"], "chromosome": ""}
        for build in ("38", "37"):
            cells |= _stretch(row[f"GRCh{build}Region"], build, f"{path}: line {line}", cells)
        yield {**cells, "evidence": "regions"}


def _stretch(written: str, build: str, where: str, known: dict[str, str]) -> dict[str, str]:
    match = _REGION.fullmatch(written)
    if match is None:
        if _SCAFFOLD.fullmatch(written):  # on a patch of the build, whose reads are elsewhere
            return {f"first{build}": "", f"last{build}": ""}
        raise KnowledgeError(
            f"{where}: GRCh{build}Region {written!r} is not CHROMOSOME:FIRST-LAST", code="KNO009"
        )
    chromosome = match[1].replace("M", "MT")
    if known["chromosome"] not in ("", chromosome) or int(match[2]) > int(match[3]):
        raise KnowledgeError(
            f"{where}: {known['gene']} lies at {written} on GRCh{build}, which is no stretch of "
            f"chromosome {known['chromosome'] or chromosome}; correct the row",
            code="KNO009",
        )
    return {"chromosome": chromosome, f"first{build}": match[2], f"last{build}": match[3]}
