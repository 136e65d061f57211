"""Reads what DRAGEN writes of pharmacogenes as JSON: *.targeted.json and *.star_allele.json.

Version: 4.2 to 4.5, named where the file has `softwareVersion`.  Source:
https://help.dragen.illumina.com/product-guides/dragen-v4.5/dragen-dna-pipeline/star-allele-caller
and .../targeted-caller/cyp2d6-calling; the keys below as public readers of such files use them
(unchecked against a file of Illumina's own).

`locusAnnotations`: a list of {gene, genotype, phenotypeDatabaseAnnotation}; `cyp2d6` and `cyp2b6`:
{genotype, genotypeFilter, phenotypeDatabaseAnnotation}. Several genotypes (";") are several
possibilities. DRAGEN takes a position that was not read as the reference: the finding says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from garrod.adapters.outside import cyrius
from garrod.adapters.outside.content import Content, Told, items_of, mapping_of, word_of
from garrod.core.errors import OutsideCallError
from garrod.science.pgx.outside import OutsideRow
from garrod.science.pgx.stated import is_nothing

NAME = "DRAGEN"
TARGETS = {"cyp2d6": "CYP2D6", "cyp2b6": "CYP2B6"}
LOCI = "locusAnnotations"
GENOTYPE, PHENOTYPE = "genotype", "phenotypeDatabaseAnnotation"
UNTOLD = frozenset(("indeterminate", "n/a", "no result"))
PASSED = frozenset(("", "PASS"))  # a locus of the star-allele caller may have no filter
ASSUMED = f"{NAME}'s star-allele caller takes positions that were not read as the reference"
_REFERENCE = re.compile(r"\s*\((?:reference|wildtype)\)")  # "B(reference)", "B (wildtype)"


def is_it(content: Content) -> bool:
    """Return whether a file is DRAGEN's."""
    data = mapping_of(content.data)
    loci = [mapping_of(locus) for locus in items_of(data.get(LOCI))]
    is_listed = bool(loci) and all({"gene", GENOTYPE} <= locus.keys() for locus in loci)
    return is_listed or any(GENOTYPE in mapping_of(data.get(target)) for target in TARGETS)


def told(content: Content) -> Iterator[Told]:
    """Yield a row for each possibility of each gene."""
    data = mapping_of(content.data)
    source = f"{NAME} {word_of(data.get('softwareVersion'))}".strip()
    sample = word_of(data.get("sample") or data.get("sampleId"))
    for locus in map(mapping_of, items_of(data.get(LOCI))):
        gene = word_of(locus.get("gene"))
        if gene:
            rows = _rows(content, gene, locus, source, is_assumed=True)
            yield from (Told(row, sample) for row in rows)
    for target, gene in TARGETS.items():
        call = mapping_of(data.get(target))
        if GENOTYPE in call:
            rows = _rows(content, gene, call, source, is_assumed=False)
            yield from (Told(row, sample) for row in rows)


def _rows(
    content: Content, gene: str, call: Mapping[str, Any], source: str, *, is_assumed: bool
) -> Iterator[OutsideRow]:
    genotype = _REFERENCE.sub(" (reference)", _words(content, call.get(GENOTYPE)))
    passed = word_of(call.get("genotypeFilter"))
    file = str(content.path)
    if not is_assumed or is_nothing(genotype) or passed not in PASSED:
        passed = passed or "PASS"
        found = list(cyrius.rows_of(gene, genotype, passed, source, file))
    else:
        names = [name.strip() for name in genotype.split(";")]
        found = [
            OutsideRow(gene, name, file=file, source=source, is_optional=True, note=ASSUMED)
            for name in names
            if name
        ]
    phenotype = _words(content, call.get(PHENOTYPE))
    words = [word.strip() for word in phenotype.split(";")]
    words = words if len(words) == len(found) else [phenotype if len(found) == 1 else ""]
    words += [""] * (len(found) - len(words))
    for row, word in zip(found, words, strict=False):
        is_claim = row.diplotype and word.lower() not in UNTOLD
        yield replace(row, phenotype=word if is_claim else "")


def _words(content: Content, value: object) -> str:
    """Return a text, or a list of several, as one text.  Raises: OutsideCallError OUT003."""
    if value is None or isinstance(value, str):
        return word_of(value)
    words = [word_of(item) for item in items_of(value)]
    if not words or not all(words):
        raise OutsideCallError(
            f"{content.path}: a genotype or phenotype is neither a text nor a list of texts; "
            "write the file again, or state the call in a table",
            code="OUT003",
        )
    return ";".join(words)
