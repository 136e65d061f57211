"""Reads a laboratory's panel: a table with a row of column names, one gene a row.

Version: none, there is no standard; the names of columns below are those in common use.
Separated by commas, semicolons or tabs; UTF-8, UTF-16 or Windows-1252; one person, or a column that
names the sample. The table of four columns that `tsv` reads keeps its own reader.

Lines before the names (a title, a version) are passed over. "*1/*2;*3/*4" and "*1/*2 or *3/*4" are
possibilities. A check of quality that was not passed is no call. A table of single variants is
refused: their genotypes are no diplotypes, and rows of one gene belong together.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from garrod.adapters.outside.content import Content, Told
from garrod.core.errors import OutsideCallError
from garrod.science.pgx.outside import OutsideRow
from garrod.science.pgx.stated import is_nothing

NAME = "laboratory"
# What a column holds -> its usual names, the preferred first.
COLUMNS = {
    "sample": (
        *("sample", "sample id", "sample name", "sampleid", "patient", "patient id", "subject"),
        *("subject id", "specimen", "specimen id", "barcode"),
    ),
    "gene": ("gene", "gene symbol", "gene name", "hgnc symbol", "symbol", "locus"),
    "diplotype": (
        *("diplotype", "source diplotype", "diplotype call", "star alleles", "star allele"),
        *("genotype", "genotype call", "genotype result"),
    ),
    "one": ("allele 1", "allele1", "haplotype 1", "haplotype1"),
    "other": ("allele 2", "allele2", "haplotype 2", "haplotype2"),
    "phenotype": (
        *("phenotype", "predicted phenotype", "phenotype prediction", "metaboliser status"),
        *("metabolizer status", "metaboliser phenotype", "metabolizer phenotype"),
        *("metabolism status", "metaboliser", "metabolizer"),
    ),
    "score": ("activity score", "activityscore", "activity"),
    "variant": ("rsid", "rs id", "rs number", "dbsnp", "dbsnp id", "variant", "snp", "snp id"),
    "check": ("filter", "qc", "qc status", "qc result", "call status"),
}
PASSED = frozenset(("", "pass", "passed", "ok", "yes", "final", "validated", "."))
UNTOLD = frozenset(("indeterminate", "uncertain", "n/a"))  # no claim beside a diplotype
FIRST = 30  # lines in which the names are sought
_PHARMCAT = re.compile(r"PharmCAT v?(\S+)")
_DECIMAL = re.compile(r"(\d+),(\d+)")
_OR = re.compile(r"\s*;\s*|\s+or\s+")
_PLAIN = ["gene", "diplotype", "phenotype", "score"]
Names = dict[str, int]  # what -> which column


def is_it(content: Content) -> bool:
    """Return whether a file is a table with names that we know, beyond the plain four."""
    found = _head(content)
    if found is None:
        return False
    place, separator, names = found
    is_first = all(line.startswith("#") for _, line in content.lines[:place])
    is_plain = [names.get(what) for what in _PLAIN[: len(names)]] == list(range(len(names)))
    return not (is_plain and is_first and separator == "\t")


def _head(content: Content) -> tuple[int, str, Names] | None:
    """Return which line has the names, what separates them, and where each is."""
    for place, (_, line) in enumerate(content.lines[:FIRST]):
        for separator in "\t;,":
            names = _names(_cells(line, separator))
            is_call = {"diplotype", "phenotype", "score"} & names.keys() or (
                {"one", "other"} <= names.keys()
            )
            if "gene" in names and is_call:
                return place, separator, names
    return None


def _cells(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line.lstrip("#")], delimiter=separator), [])
    except csv.Error:
        return []


def _names(cells: Sequence[str]) -> Names:
    plain = [" ".join(re.split(r"[\s_.\-]+", cell.strip().lower())).strip() for cell in cells]
    found: Names = {}
    for what, usual in COLUMNS.items():
        places = [plain.index(name) for name in usual if name in plain]
        if places:
            found[what] = places[0]
    return found


def told(content: Content) -> Iterator[Told]:
    """Yield a row for each possibility of each gene.  Raises: OutsideCallError OUT003."""
    nowhere: tuple[int, str, Names] = (len(content.lines), "\t", {})
    place, separator, names = _head(content) or nowhere
    if "variant" in names and "phenotype" not in names:
        raise OutsideCallError(
            f"{content.path}: lists single variants, which are no diplotypes; give the "
            "laboratory's diplotypes or phenotypes, or its VCF as the genome",
            code="OUT003",
        )
    version = _PHARMCAT.match(content.text)
    source = f"PharmCAT {version[1]}" if version else NAME
    for number, cells in _rows(content, place, separator):
        values = {
            what: cells[column].strip() if column < len(cells) else ""
            for what, column in names.items()
        }
        if not any(values.values()):
            continue
        if not values["gene"]:
            raise OutsideCallError(
                f"{content.path}: line {number} names no gene; name it, or remove the line",
                code="OUT003",
            )
        file = str(content.path)
        blank = OutsideRow(values["gene"], line=number, file=file, source=source, is_optional=True)
        yield from (Told(row, values.get("sample", "")) for row in _called(blank, values))


def _rows(content: Content, place: int, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row below the names with the number of its line."""
    lines = content.lines[place + 1 :]
    try:
        for number, line in lines:
            yield number, next(csv.reader([line], delimiter=separator), [])
    except csv.Error as error:
        raise OutsideCallError(
            f"{content.path}: is not a table that can be read ({error}); save it as CSV again",
            code="OUT003",
        ) from error


def _called(blank: OutsideRow, values: dict[str, str]) -> Iterator[OutsideRow]:
    check = values.get("check", "")
    if check.lower() not in PASSED:
        yield replace(blank, note=f"the {NAME}'s check of {blank.gene} says {check}: not used")
        return
    pair = [values.get("one", ""), values.get("other", "")]
    diplotype = values.get("diplotype", "") or "/".join(p for p in pair if not is_nothing(p))
    phenotype = values.get("phenotype", "")
    score = _DECIMAL.sub(r"\1.\2", values.get("score", ""))
    names = [name for name in _OR.split(diplotype) if not is_nothing(name)]
    if names and phenotype.lower() in UNTOLD:
        phenotype = ""
    for name in names or [""]:
        is_alone = len(names) < 2  # a phenotype beside several diplotypes is of none of them
        yield replace(
            blank,
            diplotype=name,
            phenotype=phenotype if is_alone else "",
            activity_score=score if is_alone else "",
        )
