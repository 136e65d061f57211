"""The readings behind a finding as variant observations: what was seen, and in which line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from garrod.adapters.fhir.genomics_codes import (
    ALLELIC_STATE,
    ASSEMBLY,
    COUNTING,
    DBSNP,
    GENOMIC_HGVS,
    GRCH38,
    HEMIZYGOUS,
    HETEROZYGOUS,
    HGVS_SYSTEM,
    HOMOPLASMIC,
    HOMOZYGOUS,
    ONE_BASED,
    PRESENT,
    REFERENCE_SEQUENCE,
    REFSEQ,
    START_END,
    VARIANT,
    VARIATION_CODE,
)
from garrod.adapters.fhir.genomics_out.parts import (
    FhirJson,
    Frame,
    coded,
    component,
    gene_component,
    loinc,
    note,
    observation,
)
from garrod.core.finding import GeneFinding, Proof
from garrod.core.genotype import MISSING, STRANDS, UNDOCUMENTED

# Versions of chromosomes 1-22 and X. Source: NCBI RefSeq, assembly GRCh38 (GCF_000001405).
_VERSIONS = (*(11, 12, 12, 12, 10, 12, 14, 11, 12, 11, 10, 12, 11, 9, 10, 10, 11, 10, 10, 11),
             *(9, 11, 11))  # fmt: skip
_MITOCHONDRION = "NC_012920.1"
_X = 23
_CONTIG = re.compile(r"(?:chr)?(\d{1,2}|X|MT?):")
_ONE_HGVS = re.compile(r"[gm]\.\S+")


def variant_entries(frame: Frame, finding: GeneFinding) -> Iterator[FhirJson]:
    """Yield a variant per position that shows more than the reference."""
    for proof in finding.proofs:
        if proof.position_id and not {UNDOCUMENTED, MISSING} & set(proof.alleles):
            found = _variant(frame, finding.gene, proof)
            yield frame.entry(f"variant/{proof.position_id}", found)


def _variant(frame: Frame, gene: str, proof: Proof) -> FhirJson:
    found = observation(frame, "variant", loinc(VARIANT))
    found["valueCodeableConcept"] = loinc(PRESENT, "Present")
    line = f"line {proof.line}: " if proof.line else ""
    found["note"] = note([f"{line}{proof.record or 'the alleles read: ' + _seen(proof)}"])
    found["component"] = [gene_component(gene), *_parts(proof)]
    return found


def _seen(proof: Proof) -> str:
    return "/".join(proof.alleles)


def _parts(proof: Proof) -> Iterator[FhirJson]:
    """Yield where it is and what it is, as far as one name says it."""
    yield component(ASSEMBLY, loinc(GRCH38, "GRCh38"))
    sequence = _sequence(proof)
    if sequence:
        yield component(REFERENCE_SEQUENCE, coded(REFSEQ, sequence))
        if _ONE_HGVS.fullmatch(proof.hgvs):
            yield component(GENOMIC_HGVS, coded(HGVS_SYSTEM, f"{sequence}:{proof.hgvs}"))
    if proof.rsid:
        yield component(VARIATION_CODE, coded(DBSNP, proof.rsid))
    place = proof.position_id.rpartition(":")[2]
    if place.isdecimal():
        yield component(COUNTING, loinc(ONE_BASED, "1-based character counting"))
        yield {"code": loinc(START_END), "valueRange": {"low": {"value": int(place)}}}
    state = _state(proof, sequence)
    yield component(ALLELIC_STATE, loinc(*state))


def _state(proof: Proof, sequence: str) -> tuple[str, str]:
    if len(proof.alleles) < STRANDS:
        return HOMOPLASMIC if sequence == _MITOCHONDRION else HEMIZYGOUS
    return HOMOZYGOUS if len(set(proof.alleles)) == 1 else HETEROZYGOUS


def _sequence(proof: Proof) -> str:
    """Return the RefSeq name of the chromosome on GRCh38, "" where the record does not tell."""
    match = _CONTIG.match(proof.record)
    if not match:
        return ""
    if match[1].startswith("M"):
        return _MITOCHONDRION
    number = _X if match[1] == "X" else int(match[1])
    return f"NC_{number:06}.{_VERSIONS[number - 1]}" if 1 <= number <= _X else ""
