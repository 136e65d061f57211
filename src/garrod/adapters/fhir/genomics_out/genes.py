"""A finding as observations: the genotype, its haplotypes, its variants, its phenotype."""

from __future__ import annotations

import re
from collections.abc import Iterator

from garrod.adapters.fhir.genomics_codes import (
    ABSENT_SYSTEM,
    GENOTYPE,
    HAPLOTYPE,
    IMPLICATION,
    INDETERMINATE_ANSWER,
    LOINC,
    NO_CALL_ANSWER,
    PHENOTYPE_ANSWERS,
)
from garrod.adapters.fhir.genomics_finding import extension_of, value_words
from garrod.adapters.fhir.genomics_out.parts import (
    FhirJson,
    Frame,
    coded,
    component,
    gene_component,
    guide_code,
    loinc,
    note,
    observation,
)
from garrod.adapters.fhir.genomics_out.variants import variant_entries
from garrod.core.finding import INDETERMINATE, NO_RULE, SURE, GeneFinding, Status

STAR = re.compile(r"\*\S+")  # a strand that is named by its star alleles
UNTOLD = ("", NO_RULE, INDETERMINATE)


def gene_entries(frame: Frame, finding: GeneFinding) -> Iterator[FhirJson]:
    """Yield the entries of one gene; the genotype is there whatever could be told."""
    variants = list(variant_entries(frame, finding))
    yield from variants
    haplotypes = list(_haplotypes(frame, finding))
    yield from haplotypes
    made_of = [{"reference": e["fullUrl"]} for e in (*haplotypes, *variants)]
    yield frame.entry(genotype_key(finding.gene), _genotype(frame, finding, made_of))
    if finding.is_usable:
        yield frame.entry(phenotype_key(finding.gene), _phenotype(frame, finding))


def genotype_key(gene: str) -> str:
    """Return the key of a gene's genotype within the bundle."""
    return f"genotype/{gene}"


def phenotype_key(gene: str) -> str:
    """Return the key of a gene's phenotype within the bundle."""
    return f"phenotype/{gene}"


def _genotype(frame: Frame, finding: GeneFinding, made_of: list[FhirJson]) -> FhirJson:
    """Return the genotype; one that was not looked for is cancelled, never final."""
    status = "cancelled" if finding.status is Status.NOT_ASSESSED else "final"
    found = observation(frame, "genotype", loinc(GENOTYPE), status)
    found["extension"] = [extension_of(finding)]
    found["valueCodeableConcept"] = _value(finding)
    if finding.status is not Status.CALLED or finding.reasons:
        found["note"] = note((*_odds(finding), *finding.reasons)) or note(["no reason is stated"])
    if made_of:
        found["derivedFrom"] = made_of
    found["component"] = [gene_component(finding.gene)]
    return found


def _value(finding: GeneFinding) -> FhirJson:
    """Return the value: a diplotype as words only where it was called, else why there is none."""
    words = value_words(finding)
    if finding.status is Status.CALLED:
        return {"text": words}
    if finding.status is Status.NOT_ASSESSED:
        return coded(ABSENT_SYSTEM, "not-performed", "Not Performed", words=words)
    if finding.status is Status.NO_CALL:
        return loinc(NO_CALL_ANSWER, "No call", words=words)
    return loinc(INDETERMINATE_ANSWER, "Indeterminate", words=words)


def _odds(finding: GeneFinding) -> Iterator[str]:
    """Yield a sentence per candidate of a gene that is not settled."""
    if finding.status is Status.AMBIGUOUS:
        for c in finding.candidates:
            score = f", activity score {c.activity_score}" if c.activity_score else ""
            yield f"possible: {c.name}, probability {c.probability:.4g}, {c.phenotype}{score}"


def _haplotypes(frame: Frame, finding: GeneFinding) -> Iterator[FhirJson]:
    """Yield a haplotype per strand of a called pair of star alleles."""
    if finding.status is not Status.CALLED:
        return
    strands = finding.candidates[0].name.split("/")
    if len(strands) != 2 or not all(STAR.fullmatch(s) for s in strands):
        return
    for number, strand in enumerate(strands, 1):
        found = observation(frame, "haplotype", loinc(HAPLOTYPE))
        found["valueCodeableConcept"] = {"text": f"{finding.gene} {strand}"}
        found["component"] = [gene_component(finding.gene)]
        yield frame.entry(f"haplotype/{finding.gene}/{number}", found)


def _phenotype(frame: Frame, finding: GeneFinding) -> FhirJson:
    """Return the phenotype as a therapeutic implication of no medicine in particular.

    It is coded only where it is sure, whichever diplotype is right; else all are named in words.
    """
    found = observation(frame, IMPLICATION, guide_code(IMPLICATION))
    found["derivedFrom"] = [frame.to(genotype_key(finding.gene))]
    parts = [gene_component(finding.gene)]
    first = finding.phenotypes[0]
    if is_phenotype_sure(finding):
        parts.append(component(IMPLICATION, phenotype_concept(finding.phenotype)))
        score = f", activity score {first.activity_score}" if first.activity_score else ""
        parts.append(component("conclusion-string", f"{finding.gene}: {first.phenotype}{score}"))
    else:
        said = " or ".join(
            f"{s.phenotype or 'no phenotype'} (probability {s.probability:.4g})"
            for s in finding.phenotypes
        )
        words = f"{finding.gene}: the phenotype is not settled; possible are {said}"
        parts.append(component("conclusion-string", words))
        found["note"] = note(finding.reasons)
    found["component"] = parts
    return {key: value for key, value in found.items() if value}


def is_phenotype_sure(finding: GeneFinding) -> bool:
    """Return whether one phenotype may be stated: likely enough, and nothing else left open."""
    first = finding.phenotypes[0] if finding.phenotypes else None
    is_likely = first is not None and first.probability >= SURE
    is_open = finding.is_open_elsewhere and finding.status is not Status.CALLED
    return is_likely and not is_open and finding.phenotype not in UNTOLD


def phenotype_concept(phenotype: str) -> FhirJson:
    """Return a phenotype in CPIC's words, with its LOINC answer where it has one."""
    code = PHENOTYPE_ANSWERS.get(phenotype)
    if not code:
        return {"text": phenotype}
    return coded(LOINC, code, phenotype.capitalize(), words=phenotype)
