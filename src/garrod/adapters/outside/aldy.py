"""Reads what Aldy writes: its table of solutions (.aldy) and its VCF (one column a solution).

Version: 3 and 4.  Source: https://github.com/0xTCG/aldy (README, output and "VCF support";
diplotype.py).  The table does not name Aldy's version; the VCF does.

Each solution is a possibility. The major star alleles are read; "*4.021.ALDY" is PharmVar's *4.021.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from garrod.adapters.outside.content import Content, Told
from garrod.core.errors import OutsideCallError
from garrod.science.pgx.outside import OutsideRow

NAME = "Aldy"
HEADER = "#sample\tgene\tsolutionid\tmajor"
_VERSION = re.compile(r"##source=aldy-v(\S+)")
_GENE = re.compile(r"Location within ([\w-]+)")
_COLUMN = re.compile(r"(.*):\d+:([^:]*(?::\d[^:]*)?)")
# Aldy marks what it adds to its database; a numbered sub-allele is PharmVar's all the same.
_ADDED = re.compile(r"(\*\d+\.\d+)\.ALDY")


def is_it(content: Content) -> bool:
    """Return whether a file is Aldy's."""
    return content.text.lower().startswith(HEADER) or _is_vcf(content)


def _is_vcf(content: Content) -> bool:
    return content.text.startswith("##fileformat=VCF") and bool(_VERSION.search(content.text))


def told(content: Content) -> Iterator[Told]:
    """Yield a row for each solution of each sample.  Raises: OutsideCallError OUT001."""
    found = list(_of_vcf(content) if _is_vcf(content) else _of_table(content))
    if not found:
        raise OutsideCallError(
            f"{content.path}: Aldy wrote no solution there (it writes none where both copies of "
            "a gene are deleted); state the call in a table of its own",
            code="OUT001",
        )
    yield from found


def _of_table(content: Content) -> Iterator[Told]:
    seen: set[tuple[str, ...]] = set()
    for number, line in content.lines:
        cells = tuple(cell.strip() for cell in line.split("\t")[:4])
        if line.startswith("#") or cells in seen:
            continue
        if len(cells) < 4 or not all(cells):
            raise OutsideCallError(
                f"{content.path}: line {number} has no sample, gene, solution and major star "
                "alleles, as Aldy writes them; write the file again",
                code="OUT003",
            )
        seen.add(cells)
        sample, gene, _, major = cells
        yield Told(_row(content, gene, major, NAME, number), sample)


def _of_vcf(content: Content) -> Iterator[Told]:
    version = _VERSION.search(content.text)
    gene = _GENE.search(content.text)
    source = f"{NAME} {version[1]}" if version else NAME
    for number, line in content.lines:
        if line.startswith("#CHROM") and gene:
            matches = [_COLUMN.fullmatch(cell.strip()) for cell in line.split("\t")[9:]]
            for match in matches:
                if match:
                    yield Told(_row(content, gene[1], match[2], source, number), match[1])


def _row(content: Content, gene: str, major: str, source: str, number: int) -> OutsideRow:
    name = _ADDED.sub(r"\1", major)
    file = str(content.path)
    return OutsideRow(gene, name, line=number, file=file, source=source, is_optional=True)
