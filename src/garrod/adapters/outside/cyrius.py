"""Reads what Cyrius writes of CYP2D6: its table (Sample, Genotype, Filter) and its JSON.

Version: 1.1.1; neither file names it.  Source: https://github.com/Illumina/Cyrius (README,
star_caller.py); Chen et al., Pharmacogenomics J 2021, doi:10.1038/s41397-020-00205-5.

A call that passes is one row; several genotypes (";") are several possibilities, and so are the
ways of placing on two strands what Cyrius could not place ("*1_*2_*68"). Any other filter: no call.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from garrod.adapters.outside.content import Content, Told, mapping_of, word_of
from garrod.science.pgx.outside import OutsideRow
from garrod.science.pgx.stated import is_nothing

NAME = "Cyrius"
GENE = "CYP2D6"
COLUMNS = ["sample", "genotype", "filter"]
KEYS = frozenset(("Genotype", "Filter", "CNV_group"))
# Filters whose genotypes are told: the others say that the call may be wrong.
TOLD = frozenset(("PASS", "More_than_one_possible_genotype", "Not_assigned_to_haplotypes"))
MOST = 8  # copies that are placed on two strands; beyond, the ways are too many to list
_COPY = re.compile(r"(\*\d+[A-Z]?)(?:x(\d))?")


def is_it(content: Content) -> bool:
    """Return whether a file is Cyrius's."""
    samples = mapping_of(content.data).values()
    if samples:
        return all(mapping_of(sample).keys() >= KEYS for sample in samples)
    return bool(content.lines) and _cells(content.lines[0][1]) == COLUMNS


def _cells(line: str) -> list[str]:
    return [cell.strip().lower() for cell in line.split("\t")]


def told(content: Content) -> Iterator[Told]:
    """Yield the rows of each sample."""
    file = str(content.path)
    for sample, call in mapping_of(content.data).items():
        genotype, passed = word_of(call["Genotype"]), word_of(call["Filter"])
        yield from (Told(row, sample) for row in rows_of(GENE, genotype, passed, NAME, file))
    if content.data is not None:
        return
    for number, line in content.lines[1:]:
        sample, genotype, passed = (*(cell.strip() for cell in line.split("\t")), "", "")[:3]
        found = rows_of(GENE, genotype, passed, NAME, file, line=number)
        yield from (Told(row, sample) for row in found)


def rows_of(
    gene: str, genotype: str, passed: str, source: str, file: str, *, line: int = 0
) -> Iterator[OutsideRow]:
    """Yield a row for each possibility of a genotype, or one that says why there is no call."""
    names = possibilities(genotype)
    if is_nothing(genotype):
        note = f"{source} made no call of {gene}"
    elif passed not in TOLD:
        note = f"{source}'s {genotype} was not used: its filter is {passed or 'not stated'}"
    elif not names:
        note = f"{source}'s {genotype} was not used: it is not placed on two strands"
    else:
        for name in names:
            yield OutsideRow(gene, name, line=line, file=file, source=source, is_optional=True)
        return
    yield OutsideRow(gene, line=line, file=file, source=source, is_optional=True, note=note)


def possibilities(genotype: str) -> tuple[str, ...]:
    """Return the diplotypes that a genotype may stand for: "*1/*46;*43/*45" for two."""
    found: list[str] = []
    for part in genotype.split(";"):
        name = part.strip()
        found += [name] if "/" in name else _placed(name)
    return tuple(dict.fromkeys(n for n in found if n))


def _placed(name: str) -> list[str]:
    """Return each way of placing alleles ("*1_*2_*68", "*1x4") on two strands."""
    matches = [_COPY.fullmatch(part) for part in name.split("_")]
    copies = [m[1] for m in matches if m for _ in range(int(m[2] or 1))]
    if not all(matches) or not 2 <= len(copies) <= MOST:
        return []
    found: dict[tuple[str, ...], None] = {}
    numbers = range(len(copies))
    for size in range(1, len(copies) // 2 + 1):
        for chosen in combinations(numbers, size):
            others = [copies[n] for n in numbers if n not in chosen]
            pair = (_strand([copies[n] for n in chosen]), _strand(others))
            found[tuple(sorted(pair))] = None
    return ["/".join(pair) for pair in found]


def _strand(copies: list[str]) -> str:
    """Return one strand's alleles as written, a repeated one with its number: "*1x2+*68"."""
    names = dict.fromkeys(copies)
    counted = [(name, copies.count(name)) for name in names]
    return "+".join(f"{name}x{count}" if count > 1 else name for name, count in counted)
