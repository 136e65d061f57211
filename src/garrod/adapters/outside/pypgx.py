"""Reads what PyPGx writes of one gene: the archive results.zip (metadata.txt and data.tsv).

Version: 0.27; the archive does not name it.  Source: https://github.com/sbslee/pypgx
(README, "Archive file, semantic type, and metadata" and "Results").

The gene stands in metadata.txt alone, so that a data.tsv by itself is refused. Columns Genotype and
Phenotype are read; the first column is the sample.
"""

from __future__ import annotations

from collections.abc import Iterator

from garrod.adapters.outside.content import Content, Told
from garrod.core.errors import OutsideCallError
from garrod.science.pgx.outside import OutsideRow
from garrod.science.pgx.stated import is_nothing

NAME = "PyPGx"
TYPES = ("SampleTable[Results]", "SampleTable[Genotypes]")
MALE = "/MALE"  # in the place of the strand that a male lacks (G6PD)
INDETERMINATE = "indeterminate"


def is_it(content: Content) -> bool:
    """Return whether a file is PyPGx's."""
    if content.members:
        return _member(content, "metadata.txt") is not None
    first = content.lines[0][1] if content.lines else ""
    return first.startswith("\t") and {"Genotype", "Phenotype"} <= set(first.split("\t"))


def _member(content: Content, name: str) -> str | None:
    named = (text for key, text in content.members.items() if key.rsplit("/", 1)[-1] == name)
    return next(named, None)


def told(content: Content) -> Iterator[Told]:
    """Yield a row for each sample.  Raises: OutsideCallError OUT003."""
    described = (line.partition("=") for line in (_member(content, "metadata.txt") or "").split())
    metadata = {key: value for key, _, value in described}
    gene, kind = metadata.get("Gene", ""), metadata.get("SemanticType", "")
    if not gene:
        raise OutsideCallError(
            f"{content.path}: is a table of PyPGx that does not name its gene; give the archive "
            "results.zip, whose metadata.txt names it",
            code="OUT003",
        )
    lines = (_member(content, "data.tsv") or "").splitlines()
    names = lines[0].split("\t") if lines else []
    if kind not in TYPES or "Genotype" not in names:
        raise OutsideCallError(
            f"{content.path}: is an archive of PyPGx of the kind {kind or 'unknown'}; give the one "
            f"of the kind {TYPES[0]}",
            code="OUT003",
        )
    for line in lines[1:]:
        if line.strip():
            cells = [cell.strip() for cell in line.split("\t")]
            yield Told(_row(content, gene, dict(zip(names, cells, strict=False))), cells[0])


def _row(content: Content, gene: str, cells: dict[str, str]) -> OutsideRow:
    genotype, phenotype = cells.get("Genotype", ""), cells.get("Phenotype", "")
    is_open = is_nothing(genotype) or genotype.lower() == INDETERMINATE
    return OutsideRow(
        gene,
        "" if is_open else genotype.removesuffix(MALE),
        "" if phenotype.lower() == INDETERMINATE else phenotype,
        file=str(content.path),
        source=NAME,
        is_optional=True,
        note=f"{NAME} could not tell the diplotype of {gene}" if is_open else "",
    )
