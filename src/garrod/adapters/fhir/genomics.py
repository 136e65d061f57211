"""Genomic results in a Bundle: genotypes and phenotypes of Genomics Reporting observations.

Source: HL7 FHIR Genomics Reporting, genotype (LOINC 84413-4), gene studied (48018-6), effect on
drug metabolism (53040-2) and medication phenotypes.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import product

from garrod.adapters.fhir.json import Resource, has_code, many, one, text, words_of
from garrod.science.pgx.outside import OutsideRow

VARIANT, HAPLOTYPE = "69548-6", "84414-2"
GENOTYPE, GENE_STUDIED, METABOLISM = "84413-4", "48018-6", "53040-2"
HLA = "HLA-"
GENE_BEFORE_ALLELE = re.compile(r"(HLA-[A-Z]+\d?|[A-Z][A-Z\d]+) ?\*\d")  # "CYP2D6 *4/*4"
FOUND = ("positive", "present", "detected")
HLA_FOUND = re.compile(
    r"(?:HLA-\w+ ?)?(\*\d{2,3}:\d{2,3})[ :,-]+"
    r"(positive|present|detected|negative|absent|not detected)",
    re.IGNORECASE,
)
HLA_FIELDS = re.compile(r"(\*\d{2,3}:\d{2,3})(?::\d{2,3})*[GP]?")  # to two fields; G, P: groups
SEQUENCE = re.compile(r"\b(?:N[CGM]_|LRG_)[\w.]+:(?=[cgmn]\.)")  # before an HGVS name
USABLE = ("final", "amended", "corrected", "preliminary", "")


def result_rows(observations: Iterable[Resource], source: str) -> Iterator[OutsideRow]:
    """Yield a row per genotype that a bundle holds, with each phenotype stated for its gene.

    Several of a gene stand side by side: which of them is right is not for the reader to say.
    """
    genotypes: dict[str, dict[str, int]] = defaultdict(dict)
    phenotypes: dict[str, dict[str, int]] = defaultdict(dict)
    for number, resource in enumerate(observations, 1):
        gene, value, code = _gene(resource), _value(resource), one(resource, "code")
        if text(resource, "status") not in USABLE or not gene or not value:
            continue
        status = _hla_status(value) if gene.startswith(HLA) else ""
        if has_code(code, GENOTYPE) and not status:
            genotypes[gene].update(dict.fromkeys(_diplotypes(gene, value), number))
        elif has_code(code, GENOTYPE, METABOLISM):
            phenotypes[gene][status or value] = number
    for gene in dict.fromkeys((*genotypes, *phenotypes)):
        told = list(phenotypes[gene]) or [""]
        told = ["; ".join(told)] if gene.startswith(HLA) else told  # each speaks of one allele
        for diplotype, number in genotypes[gene].items() or [("", 0)]:
            for phenotype in told:
                line = number or phenotypes[gene].get(phenotype, 1)
                yield OutsideRow(gene, diplotype, phenotype, "", line, source)


def unread_results(observations: Iterable[Resource]) -> int:
    """Return how many genotypes and phenotypes name no gene, or no value, and so were not read."""
    return sum(
        has_code(one(r, "code"), GENOTYPE, METABOLISM)
        and text(r, "status") in USABLE
        and not (_gene(r) and _value(r))
        for r in observations
    )


def pending_results(observations: Iterable[Resource]) -> int:
    """Return how many genotypes and phenotypes are registered, but not reported."""
    return sum(
        has_code(one(r, "code"), GENOTYPE, METABOLISM) and text(r, "status") == "registered"
        for r in observations
    )


def unread_parts(observations: Iterable[Resource]) -> int:
    """Return how many variants and haplotypes there are; only genotypes made of them are read."""
    return sum(has_code(one(r, "code"), VARIANT, HAPLOTYPE) for r in observations)


def _value(resource: Resource) -> str:
    return words_of(one(resource, "valueCodeableConcept")) or text(resource, "valueString")


def _gene(resource: Resource) -> str:
    for component in many(resource, "component"):
        if has_code(one(component, "code"), GENE_STUDIED):
            concept = one(component, "valueCodeableConcept")
            named = (text(c, "display") for c in many(concept, "coding"))
            name = next((n for n in named if n), "") or text(concept, "text")
            if name:
                return name.split()[0]  # "CYP2D6 (cytochrome P450 2D6)"
    match = GENE_BEFORE_ALLELE.match(_value(resource))
    return match[1] if match else ""


def _diplotypes(gene: str, value: str) -> list[str]:
    """Return the diplotypes that a value allows, without the gene's name before its alleles.

    An HLA typing may be a GL string: "+" joins the two copies, "/" the possible alleles of each.
    """
    plain = SEQUENCE.sub("", value.rpartition("#")[2].strip())
    copies = plain.split("+")
    if gene.startswith(HLA) and len(copies) == 2:
        options = [_without_gene(gene, copy.split("/")) for copy in copies]
        pairs = {"/".join(sorted(pair)) for pair in product(*options)}
        return sorted(pairs)
    return ["/".join(_without_gene(gene, plain.split("/")))]


def _without_gene(gene: str, parts: list[str]) -> list[str]:
    """Return alleles without the gene's name; HLA to two fields, each once."""
    bare = [part.strip().removeprefix(gene).strip() or part.strip() for part in parts]
    if gene.startswith(HLA):
        bare = [HLA_FIELDS.sub(r"\1", allele) for allele in bare]
        return list(dict.fromkeys(bare)) if len(parts) > 2 else bare
    return bare


def _hla_status(value: str) -> str:
    """Return "*57:01 positive" where a value says that an allele was found or not."""
    match = HLA_FOUND.fullmatch(value.strip())
    if not match:
        return ""
    return f"{match[1]} {'positive' if match[2].lower() in FOUND else 'negative'}"
