"""Reads what PharmCAT writes as JSON: *.match.json, *.phenotype.json, *.report.json.

Version: 2 (genes by source: CPIC before DPWG) and 3 (genes in one list).  Source:
https://github.com/PharmGKB/PharmCAT, docs/examples/pharmcat.example.*.json (v3.1.0; v2 in its
history), src/test/resources/org/pharmgkb/pharmcat/Sample_1.phenotype.json.

The source diplotypes are read, with their phenotype and score; several are several possibilities.
Where they are components, or arrangements, of an unphased DPYD or RYR1, the one pair that PharmCAT
inferred from them is read in their place. A gene that PharmCAT lists without a call gives no row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from garrod.adapters.outside.content import Content, Told, items_of, mapping_of, word_of
from garrod.science.pgx.outside import OutsideRow
from garrod.science.pgx.stated import is_nothing

NAME = "PharmCAT"
SOURCES = ("CPIC", "DPWG")  # the keys of version 2, the first that lists a gene is read
UNTOLD = frozenset(("n/a", "no result", "indeterminate"))  # no claim where a diplotype is stated
Facts = Mapping[str, Any]


def is_it(content: Content) -> bool:
    """Return whether a file is PharmCAT's."""
    data = mapping_of(content.data)
    return bool(_genes(data)) or (
        "namedAlleleMatcherVersion" in mapping_of(data.get("metadata")) and "results" in data
    )


def _genes(data: Facts) -> Facts:
    """Return the genes of a phenotype or report file, by name."""
    listed = mapping_of(data.get("geneReports"))
    if not listed and {"pharmcatVersion", "genes"} <= data.keys():
        listed = mapping_of(data["genes"])
    if not any(source in listed for source in SOURCES):
        return listed
    found: dict[str, Any] = {}
    for source in SOURCES:
        found = {**mapping_of(listed.get(source)), **found}
    return found


def told(content: Content) -> Iterator[Told]:
    """Yield a row for each possibility of each gene that was called."""
    data = mapping_of(content.data)
    genes = _genes(data)
    metadata = mapping_of(data.get("matcherMetadata") or data.get("metadata"))
    sample = word_of(metadata.get("sampleId"))
    for gene, report in genes.items():
        source = _source(data, mapping_of(report))
        yield from (Told(r, sample) for r in _reported(content, gene, mapping_of(report), source))
    for result in () if genes else items_of(data.get("results")):
        yield from (Told(r, sample) for r in _matched(content, mapping_of(result)))


def _source(data: Facts, report: Facts) -> str:
    """Return PharmCAT with its version, or, where the file has none, that of its data."""
    version = word_of(data.get("pharmcatVersion")).lstrip("v")
    known = word_of(report.get("alleleDefinitionVersion") or report.get("version"))
    if version:
        return f"{NAME} {version}"
    return f"{NAME}, data {known}" if known else NAME


def _reported(content: Content, gene: str, report: Facts, source: str) -> Iterator[OutsideRow]:
    stated = [mapping_of(d) for d in items_of(report.get("sourceDiplotypes"))]
    inferred = [mapping_of(d) for d in items_of(report.get("recommendationDiplotypes"))]
    note = ""
    is_open = len(stated) > 1 or not all(_is_pair(d) for d in stated)
    if is_open and len(inferred) == 1 and _is_pair(inferred[0]):
        names = ", ".join(filter(None, (_name(d) for d in stated)))
        note = f"{NAME} lists {names} without phase; the pair that it inferred is read"
        stated = inferred
    for diplotype in stated:
        name = _name(diplotype)
        phenotype = _phenotype(items_of(diplotype.get("phenotypes")), is_alone=not name)
        score = word_of(diplotype.get("activityScore"))
        if name or not is_nothing(phenotype) or not is_nothing(score):
            yield OutsideRow(
                gene, name, phenotype, "" if is_nothing(score) else score,
                file=str(content.path), source=source, is_optional=True, note=note,
            )  # fmt: skip


def _is_pair(diplotype: Facts) -> bool:
    return bool(diplotype.get("allele1")) and bool(diplotype.get("allele2"))


def _name(diplotype: Facts) -> str:
    """Return the alleles that a diplotype names; nothing where it was not called."""
    alleles = [mapping_of(diplotype.get(key)) for key in ("allele1", "allele2")]
    names = [name for name in (word_of(allele.get("name")) for allele in alleles) if name]
    return "" if all(is_nothing(name) for name in names) else "/".join(names)


def _phenotype(words: Sequence[Any], *, is_alone: bool) -> str:
    """Return the phenotypes as one cell; a word that tells nothing only where it is all."""
    found = [word for word in map(word_of, words) if is_alone or word.lower() not in UNTOLD]
    return ";".join(word for word in found if word.lower() != "no result")


def _matched(content: Content, result: Facts) -> Iterator[OutsideRow]:
    """Yield the best diplotypes of a matcher's result."""
    gene = word_of(result.get("gene"))
    source = _source({}, result)
    found = [mapping_of(d) for d in items_of(result.get("diplotypes"))]
    scores = [d["score"] for d in found if isinstance(d.get("score"), int | float)]
    best = [d for d in found if not scores or d.get("score") == max(scores)]
    names = [word_of(d.get("name")) for d in best]
    note = ""
    if not names and items_of(result.get("haplotypeMatches")):
        note = f"{NAME}'s matcher lists parts of {gene} without phase; give its phenotype.json"
        names = [""]
    for name in names:
        if gene and (note or not is_nothing(name)):
            yield OutsideRow(
                gene, name, file=str(content.path), source=source, is_optional=True, note=note
            )
