"""Genomic results in a Bundle: genotypes and phenotypes of Genomics Reporting observations.

Source: HL7 FHIR Genomics Reporting, genotype (LOINC 84413-4), gene studied (48018-6), effect on
drug metabolism (53040-2) and medication phenotypes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from garrod.adapters.fhir.json import Resource, has_code, many, one, text, words_of
from garrod.science.pgx.outside import OutsideRow

GENOTYPE, GENE_STUDIED, METABOLISM = "84413-4", "48018-6", "53040-2"
USABLE = ("final", "amended", "corrected", "preliminary", "")


def result_rows(observations: Iterable[Resource], source: str) -> Iterator[OutsideRow]:
    """Yield a row per genotype that a bundle holds, with the phenotype stated for its gene."""
    genotypes: dict[str, list[tuple[int, str]]] = defaultdict(list)
    phenotypes: dict[str, str] = {}
    for number, resource in enumerate(observations, 1):
        gene = _gene(resource)
        value = _value(resource)
        if text(resource, "status") not in USABLE or not gene or not value:
            continue
        code = one(resource, "code")
        if has_code(code, GENOTYPE):
            genotypes[gene].append((number, _diplotype(gene, value)))
        elif has_code(code, METABOLISM):
            phenotypes[gene] = value
    for gene in dict.fromkeys((*genotypes, *phenotypes)):
        for number, diplotype in genotypes.get(gene) or [(0, "")]:
            yield OutsideRow(gene, diplotype, phenotypes.get(gene, ""), "", number, source)


def unread_results(observations: Iterable[Resource]) -> int:
    """Return how many genotypes and phenotypes name no gene, or no value, and so were not read."""
    return sum(
        has_code(one(r, "code"), GENOTYPE, METABOLISM)
        and text(r, "status") in USABLE
        and not (_gene(r) and _value(r))
        for r in observations
    )


def _value(resource: Resource) -> str:
    return words_of(one(resource, "valueCodeableConcept")) or text(resource, "valueString")


def _gene(resource: Resource) -> str:
    for component in many(resource, "component"):
        if has_code(one(component, "code"), GENE_STUDIED):
            concept = one(component, "valueCodeableConcept")
            named = (text(c, "display") for c in many(concept, "coding"))
            return next((n for n in named if n), "") or text(concept, "text")
    return ""


def _diplotype(gene: str, value: str) -> str:
    """Return a diplotype without the gene's name before its alleles."""
    parts = value.rpartition("#")[2].strip().split("/")
    return "/".join(part.strip().removeprefix(gene).strip() or part.strip() for part in parts)
