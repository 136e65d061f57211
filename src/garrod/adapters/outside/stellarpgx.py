"""Reads what StellarPGx writes of one gene: a text of headings, each over its lines (.alleles).

Version: the file names none; the shape is that of the sources.  Source:
https://github.com/SBIMB/StellarPGx (README, "Expected output"; scripts/*/bin/stellarpgx.py).  The
file names its gene and no sample.

"*1/*2 or *3/*4" are two possibilities; words in the place of a diplotype are no call.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from garrod.adapters.outside.content import Content, Told
from garrod.science.pgx.outside import OutsideRow

NAME = "StellarPGx"
TITLE = re.compile(r"\s*([\w-]+) Star Allele Calling with StellarPGx\s*")
SYMBOLS = {"CYPOR": "POR"}  # its name of a gene -> the symbol that HGNC gives
_DIPLOTYPE = re.compile(r"[^\s/]+(?: ?\+ ?[^\s/]+)*/[^\s/]+(?: ?\+ ?[^\s/]+)*")
_SHORT = re.compile(r" \((?:PM|IM|NM|UM)\)$")
_UNTOLD = frozenset(("indeterminate", ""))
Sections = dict[str, tuple[int, str]]  # heading, in small letters -> number of its line, its words


def is_it(content: Content) -> bool:
    """Return whether a file is StellarPGx's."""
    return any(TITLE.fullmatch(line) for _, line in content.lines[:10])


def told(content: Content) -> Iterator[Told]:
    """Yield the rows of each gene."""
    for gene, sections in _genes(content):
        yield from (Told(row) for row in _rows(content, gene, sections))


def _genes(content: Content) -> Iterator[tuple[str, Sections]]:
    """Yield each gene with its sections; texts of several genes may stand in one file."""
    gene, heading = "", ""
    sections: Sections = {}
    for number, line in content.lines:
        title = TITLE.fullmatch(line)
        if title:
            if gene:
                yield gene, sections
            gene, heading, sections = title[1], "", {}
        elif line.rstrip().endswith(":"):
            heading = line.strip().rstrip(":").lower()
            sections[heading] = (number, "")
        elif heading and line.strip(" -"):
            first, words = sections[heading]
            sections[heading] = (first, f"{words} {line.strip()}".strip())
    yield gene, sections


def _rows(content: Content, gene: str, sections: Sections) -> Iterator[OutsideRow]:
    number, result = sections.get("result", (0, ""))
    blank = OutsideRow(
        SYMBOLS.get(gene, gene), line=number, file=str(content.path), source=NAME, is_optional=True
    )
    names = [name.strip(" []\t") for name in re.split(r"\s+or\s+", result)]
    if not all(_DIPLOTYPE.fullmatch(name) for name in names):
        said = f"{NAME} made no call of {gene}"
        yield replace(blank, note=f"{said}: {result}" if result else said)
        return
    alone = len(names) == 1  # a phenotype and a score are stated of one diplotype alone
    phenotype = _SHORT.sub("", sections.get("metaboliser status", (0, ""))[1])
    score = sections.get("activity score", (0, ""))[1]
    for name in names:
        yield replace(
            blank,
            diplotype=name,
            phenotype=phenotype if alone and phenotype.lower() not in _UNTOLD else "",
            activity_score=score if alone and score.lower() not in _UNTOLD else "",
        )
