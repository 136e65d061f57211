"""Genomic results in a Bundle: our own findings whole, and what others state of each gene.

observations in the reports' order -> findings (our extension) · genotypes, haplotype pairs,
phenotypes, conclusions -> rows, several of a gene side by side · what was not read, in words
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from garrod.adapters.fhir.bundle import Own
from garrod.adapters.fhir.genomics_codes import (
    GENOTYPE,
    HAPLOTYPE,
    IMPLICATION,
    METABOLISM,
    VARIANT,
)
from garrod.adapters.fhir.genomics_finding import finding_in, has_finding, value_words
from garrod.adapters.fhir.genomics_reports import (
    WITHDRAWN,
    concluded,
    documents_only,
    ordered_observations,
    withdrawn_reports,
)
from garrod.adapters.fhir.genomics_value import (
    HLA,
    diplotypes,
    gene_of,
    haplotype,
    hla_status,
    is_without_result,
    phenotype_in,
    phenotypes_in,
    value_of,
)
from garrod.adapters.fhir.json import Resource, has_code, many, one, text
from garrod.core.finding import GeneFinding, Status
from garrod.core.genotype import MISSING, STRANDS
from garrod.science.pgx.outside import OutsideRow
from garrod.science.pgx.reconcile import reconciled

USABLE = ("final", "amended", "corrected", "preliminary", "")
NOT_ASSESSED_STATUS = "cancelled"  # of our own genotypes: not looked for
Numbered = tuple[int, Resource]


@dataclass(frozen=True, slots=True)
class Results:
    """What a bundle says of genes: our own findings, rows still to be understood, and remarks."""

    findings: tuple[GeneFinding, ...] = ()
    rows: tuple[OutsideRow, ...] = ()
    notes: tuple[str, ...] = ()


def read_results(own: Own, source: str) -> Results:
    """Return the genomic results of a patient's bundle; `source` is the file's name."""
    ordered = ordered_observations(own)
    ours: dict[int, GeneFinding] = {}
    notes = []
    for resource in ordered:
        finding = _own_finding(resource)
        if finding:
            ours[id(resource)] = finding
        elif has_finding(resource) and text(resource, "status") in USABLE:
            notes.append(
                f"the structured part of a result of {gene_of(resource) or 'no gene'} is broken "
                "or says other than its value: the value was read"
            )
    # What a genotype is made of stands or falls with the genotype, and is read there.
    told = {id(o) for o in own.of("Observation") if text(o, "status") in WITHDRAWN} | set(ours)
    parts = {id(p) for o in own.coded("Observation", GENOTYPE) for p in _parts(own, o)}
    others = [
        (n, o)
        for n, o in enumerate(ordered, 1)
        if id(o) not in ours and id(o) not in parts and not _is_from(own, o, told)
    ]
    rows = _Rows(own, others, source)
    notes += _remarks(own, [o for _, o in others], rows.unread)
    return Results(_merged(ours.values()), tuple(rows.rows()), tuple(notes))


def _own_finding(resource: Resource) -> GeneFinding | None:
    """Return our own finding, where it says the same as the observation's standard parts."""
    finding = finding_in(resource)
    if finding is None or not has_code(one(resource, "code"), GENOTYPE):
        return None
    is_open = finding.status is Status.NOT_ASSESSED
    status = text(resource, "status")
    is_standing = status == NOT_ASSESSED_STATUS if is_open else status in USABLE
    is_same = value_of(resource) == value_words(finding) and gene_of(resource) == finding.gene
    return finding if is_standing and is_same else None


def _merged(findings: Iterable[GeneFinding]) -> tuple[GeneFinding, ...]:
    """Return one finding a gene; two of a gene that differ stand side by side in one."""
    found: dict[str, GeneFinding] = {}
    for finding in findings:
        known = found.get(finding.gene)
        if known is None or known == finding:
            found[finding.gene] = finding
        else:
            found[finding.gene] = reconciled([known], {finding.gene: finding})[0]
    return tuple(found.values())


def _parts(own: Own, resource: Resource) -> Iterator[Resource]:
    """Yield the observations that one is derived from, contained or in the bundle."""
    for pointer in many(resource, "derivedFrom"):
        found = own.referred(resource, text(pointer, "reference"), "Observation")
        if found:
            yield found


def _is_from(own: Own, resource: Resource, told: set[int]) -> bool:
    """Return whether an observation only repeats what findings of ours, or withdrawn ones, say."""
    if "derivedFrom" not in resource:
        return False
    parts = [id(p) for p in _parts(own, resource)]
    is_result = has_code(one(resource, "code"), GENOTYPE)
    return bool(parts) and not is_result and all(p in told for p in parts)


class _Rows:
    """Gathers what is stated of each gene, then yields it as rows."""

    def __init__(self, own: Own, observations: Iterable[Numbered], source: str) -> None:
        self._own, self._source = own, source
        self.unread = 0  # genotypes and phenotypes that name no gene or no value
        self._genotypes: dict[str, dict[str, int]] = defaultdict(dict)
        self._phenotypes: dict[str, dict[str, int]] = defaultdict(dict)
        self._strands: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for number, resource in observations:
            if text(resource, "status") in USABLE:
                self._read(number, resource)
        for gene, phenotype in concluded(own):
            self._phenotypes[gene].setdefault(phenotype, 1)

    def _read(self, number: int, resource: Resource) -> None:
        code = one(resource, "code")
        if not has_code(code, GENOTYPE, METABOLISM, HAPLOTYPE, IMPLICATION):
            return
        gene = gene_of(resource)
        if has_code(code, GENOTYPE, METABOLISM):
            self._stated(number, resource, gene)
        elif has_code(code, HAPLOTYPE) and gene and value_of(resource):
            self._strands[gene].append((haplotype(gene, value_of(resource)), number))
        elif has_code(code, IMPLICATION):
            for named, phenotype in phenotypes_in(resource):
                about = named or gene or self._only_gene(resource)
                if about:
                    self._phenotypes[about].setdefault(phenotype, number)

    def _stated(self, number: int, resource: Resource, gene: str) -> None:
        """Take a genotype's value, or its haplotypes where it has none; or a phenotype's value."""
        value, is_genotype = value_of(resource), has_code(one(resource, "code"), GENOTYPE)
        strands = self._of_haplotypes(resource) if is_genotype else ("", "")
        gene = gene or strands[0]
        if gene and is_genotype and is_without_result(resource):
            self._genotypes[gene].setdefault("", number)
            return
        answer = None if is_genotype else phenotype_in(one(resource, "valueCodeableConcept"))
        value = value or strands[1] or (answer[1] if answer else "")
        if not gene or not value:
            self.unread += 1
            return
        status = hla_status(value) if gene.startswith(HLA) else ""
        if is_genotype and not status:
            self._genotypes[gene].update(dict.fromkeys(diplotypes(gene, value), number))
        else:
            self._phenotypes[gene][status or value] = number

    def _of_haplotypes(self, resource: Resource) -> tuple[str, str]:
        """Return the gene and the pair of alleles that a genotype's haplotypes make."""
        parts = [p for p in _parts(self._own, resource) if has_code(one(p, "code"), HAPLOTYPE)]
        genes = {gene_of(p) for p in parts} - {""}
        if len(parts) != STRANDS or len(genes) != 1:
            return "", ""
        gene = genes.pop()
        return gene, "/".join(haplotype(gene, value_of(p)) for p in parts)

    def _only_gene(self, resource: Resource) -> str:
        """Return the gene of all that an implication is derived from; "" of more than one."""
        genes = {gene_of(p) for p in _parts(self._own, resource)}
        return genes.pop() if len(genes) == 1 else ""

    def rows(self) -> Iterator[OutsideRow]:
        """Yield a row per genotype, with each phenotype stated for its gene.

        Several of a gene stand side by side: which of them is right is not for the reader to say.
        """
        for gene, strands in self._strands.items():
            if gene not in self._genotypes and len(strands) <= STRANDS:
                names = [*(name for name, _ in strands), MISSING][:STRANDS]
                self._genotypes[gene]["/".join(names)] = strands[0][1]
        for gene in dict.fromkeys((*self._genotypes, *self._phenotypes)):
            told = list(self._phenotypes[gene]) or [""]
            told = ["; ".join(told)] if gene.startswith(HLA) else told  # each of one allele
            for diplotype, number in self._genotypes[gene].items() or [("", 0)]:
                for phenotype in told:
                    line = number or self._phenotypes[gene].get(phenotype, 1)
                    yield OutsideRow(gene, diplotype, phenotype, "", line, self._source)


def _remarks(own: Own, observations: list[Resource], unread: int) -> Iterator[str]:
    """Yield what of the bundle's results was not read, and why."""
    awaited = pending_results(own.coded("Observation", GENOTYPE, METABOLISM))
    counts = (
        (unread, "genomic results name no gene or no value: not read"),
        (awaited, "genomic results are awaited: registered, not reported"),
        (unread_parts(observations), "variants or haplotypes were not read; genotypes, pairs of "
         "haplotypes and phenotypes are"),
        (withdrawn_reports(own), "genomic reports were withdrawn: what only they list is not read"),
        (documents_only(own), "reports are documents only: their results were not read"),
    )  # fmt: skip
    for count, words in counts:
        if count:
            yield f"{count} {words}"


def pending_results(observations: Iterable[Resource]) -> int:
    """Return how many genotypes and phenotypes are registered, but not reported."""
    return sum(
        has_code(one(r, "code"), GENOTYPE, METABOLISM) and text(r, "status") == "registered"
        for r in observations
    )


def unread_parts(observations: list[Resource]) -> int:
    """Return how many variants there are, and haplotypes of which no pair is known.

    A genotype that others are part of is read instead of them.
    """
    coded = (HAPLOTYPE, GENOTYPE, VARIANT)
    found = [(one(r, "code"), r) for r in observations if has_code(one(r, "code"), *coded)]
    genes = [gene_of(r) for code, r in found if has_code(code, HAPLOTYPE)]
    told = {gene_of(r) for code, r in found if has_code(code, GENOTYPE)}
    lone = sum(gene not in told and genes.count(gene) != STRANDS for gene in genes)
    return lone + sum(has_code(code, VARIANT) for code, _ in found)
