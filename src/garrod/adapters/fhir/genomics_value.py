"""What one genomic observation says: its gene, its diplotypes, its phenotypes, in any spelling.

Source: HL7 FHIR Genomics Reporting 3.0.0; GL strings of HLA typings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from garrod.adapters.fhir.genomics_codes import (
    ABSENT_SYSTEM,
    ABSENT_URL,
    CONTEXT,
    GENE_STUDIED,
    IMPLICATION,
    INDETERMINATE_ANSWER,
    METABOLISM,
    NO_CALL_ANSWER,
    PHENOTYPE_OF_ANSWER,
    SYMBOL_OF,
)
from garrod.adapters.fhir.json import Resource, has_code, many, one, text, words_of

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
PHENOTYPE = re.compile(
    r"(?:likely |possible )?(?:(?:ultra[- ]?rapid|rapid|normal|extensive|intermediate|poor) "
    r"metaboli[sz]er|(?:increased|normal|decreased|poor|possible decreased) function)",
    re.IGNORECASE,
)
NO_RESULT_CODES = (INDETERMINATE_ANSWER, NO_CALL_ANSWER)


def value_of(resource: Resource) -> str:
    """Return an observation's value in words; "" where it has none."""
    return words_of(one(resource, "valueCodeableConcept")) or text(resource, "valueString")


def is_without_result(resource: Resource) -> bool:
    """Return whether an observation says that there was no result, in any of FHIR's ways."""
    value = one(resource, "valueCodeableConcept")
    is_coded = has_code(value, *NO_RESULT_CODES) or any(
        text(c, "system") == ABSENT_SYSTEM for c in many(value, "coding")
    )
    is_absent = bool(one(resource, "dataAbsentReason")) or any(
        text(e, "url") == ABSENT_URL
        for holder in (value, one(resource, "_valueString"))
        for e in many(holder, "extension")
    )
    return is_coded or is_absent


def gene_of(resource: Resource) -> str:
    """Return the gene that an observation names; "" where it names none."""
    for component in many(resource, "component"):
        if has_code(one(component, "code"), GENE_STUDIED):
            name = _symbol(one(component, "valueCodeableConcept"))
            if name:
                return name
    match = GENE_BEFORE_ALLELE.match(value_of(resource))
    return match[1] if match else ""


def _symbol(concept: Resource) -> str:
    """Return a gene's symbol: as shown, as written, or by its HGNC number."""
    named = [text(c, "display") for c in many(concept, "coding")]
    numbers = [SYMBOL_OF.get(text(c, "code"), "") for c in many(concept, "coding")]
    shown = [n for n in named if n and not n.startswith("HGNC:")]
    name = next((n for n in (*shown, text(concept, "text"), *numbers) if n), "")
    return name.split()[0] if name else ""  # "CYP2D6 (cytochrome P450 2D6)"


def diplotypes(gene: str, value: str) -> list[str]:
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


def haplotype(gene: str, value: str) -> str:
    """Return the one allele that a haplotype's value names, as a strand of a diplotype."""
    return _without_gene(gene, [SEQUENCE.sub("", value.rpartition("#")[2].strip())])[0]


def _without_gene(gene: str, parts: list[str]) -> list[str]:
    """Return alleles without the gene's name; HLA to two fields, each once."""
    bare = [part.strip().removeprefix(gene).strip() or part.strip() for part in parts]
    if gene.startswith(HLA):
        bare = [HLA_FIELDS.sub(r"\1", allele) for allele in bare]
        return list(dict.fromkeys(bare)) if len(parts) > 2 else bare
    return bare


def hla_status(value: str) -> str:
    """Return "*57:01 positive" where a value says that an allele was found or not."""
    match = HLA_FOUND.fullmatch(value.strip())
    if not match:
        return ""
    return f"{match[1]} {'positive' if match[2].lower() in FOUND else 'negative'}"


def phenotypes_in(implication: Resource) -> Iterator[tuple[str, str]]:
    """Yield each phenotype that a therapeutic implication states, with the gene it names, or "".

    Advice in words ("medium sensitivity") is no phenotype.
    """
    for component in many(implication, "component"):
        if has_code(one(component, "code"), IMPLICATION, CONTEXT, METABOLISM):
            found = phenotype_in(one(component, "valueCodeableConcept"))
            if found:
                yield found


def phenotype_in(concept: Resource) -> tuple[str, str] | None:
    """Return gene and phenotype of a concept: by its words, or by its LOINC answer."""
    named = [text(concept, "text"), *(text(c, "display") for c in many(concept, "coding"))]
    for words in named:
        match = PHENOTYPE.search(words)
        if match:
            return words[: match.start()].strip(" :,"), _spelled(match[0])
    for coding in many(concept, "coding"):
        if text(coding, "code") in PHENOTYPE_OF_ANSWER:
            return "", PHENOTYPE_OF_ANSWER[text(coding, "code")]
    return None


def _spelled(words: str) -> str:
    """Return a phenotype as CPIC spells it, but for its capitals."""
    plain = re.sub(r"metaboliser", "metabolizer", words, flags=re.IGNORECASE)
    return re.sub(r"ultra[- ]rapid", "Ultrarapid", plain, flags=re.IGNORECASE)
