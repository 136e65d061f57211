"""What a laboratory wrote, brought to our spelling: alleles, phenotypes, activity scores.

Callers spell the same thing in many ways: "CYP2D6*4.001", "HLA-B*57:01:01", "PM", ">=4.0".
"""

from __future__ import annotations

import re

from garrod.core.finding import INDETERMINATE, NO_RULE
from garrod.science.pgx.copies import UNKNOWN, Activity, activity_of
from garrod.science.pgx.definitions import GeneDefinition
from garrod.science.pgx.phenotype import Phenotyping, function_rank, is_known

_NOTHING = frozenset(
    (
        *("", ".", "-", "./.", ".|.", "na", "n/a", "none", "none/none", "no call", "no_call"),
        *("nocall", "no result", "not available", "unknown", "unknown/unknown"),
        *("no_match/no_match", "multiple/multiple"),  # as pb-StarPhase writes for PharmCAT
    )
)
COMPONENTS = "components"  # the mode of DPYD and RYR1
TOGETHER = " + "  # between the variants of one strand
_BRACKETS = re.compile(r"\[(.*)\]")  # PharmCAT writes them around what lies on one strand
_SUBALLELE = re.compile(r"(\*\d+[A-Z]?)\.\d+")  # PharmVar's *4.001 is reported as *4
_ALIAS = re.compile(r"(.+?) \((\*\w+|HapB3|Leiden|reference)\)")
_SINGLE = re.compile(r"(rs\d+) variant \(\w+\)")  # PyPGx names the variant by its rsID alone
_HLA = re.compile(r"\*?(\d{2,3})((?::\d{2,3})*)([A-Z]?)")
_HLA_STATUS = re.compile(r"(\*\d{2,3}:\d{2,3}) (positive|negative)", re.IGNORECASE)
# Short forms of the metaboliser phenotypes. Source: CPIC term standardisation, PMID 27441996.
_KINDS = ("metabolizer", "function")  # left out where a laboratory writes "Intermediate" alone
_SHORT = {
    "pm": "Poor Metabolizer",
    "im": "Intermediate Metabolizer",
    "nm": "Normal Metabolizer",
    "em": "Normal Metabolizer",
    "rm": "Rapid Metabolizer",
    "um": "Ultrarapid Metabolizer",
    "extensive": "Normal",
    "extensive metabolizer": "Normal Metabolizer",
}


def is_nothing(text: str) -> bool:
    """Return whether a cell says that there was no call, or says nothing.

    Source: the spellings of the outside callers (Cyrius, Aldy, StellarPGx, PharmCAT).
    """
    return text.strip().lower() in _NOTHING


def without_gene(gene: str, text: str) -> str:
    """Return the text without a gene's name before its alleles: "CYP2D6*4" is "*4".

    Source: definitional.
    """
    short = gene.removeprefix("HLA-")
    names = f"{re.escape(gene)}|{short}" if short != gene else re.escape(gene)
    return re.sub(rf"(?<![\w-])(?:{names})[ :]?(?=[*cm])", "", text)


def alleles_of(definition: GeneDefinition, phenotyping: Phenotyping, text: str) -> tuple[str, ...]:
    """Return the alleles (or strands of several copies) that a written diplotype names.

    Source: packs pgx-definitions, pgx-phenotypes (names of alleles).
    """
    aliases = _aliases(definition)
    plain = without_gene(definition.gene, " ".join(text.split()))
    strands = [_BRACKETS.sub(r"\1", part.strip()) for part in re.split(r"[/|]", plain)]
    found = [_strand(definition, phenotyping, aliases, strand) for strand in strands]
    if definition.ploidy == "mitochondrial" and len(set(found)) == 1:
        found = found[:1]  # written twice, as for a pair of chromosomes
    return tuple(found)


def _strand(
    definition: GeneDefinition, phenotyping: Phenotyping, aliases: dict[str, str], text: str
) -> str:
    """Return a strand in our spelling; one of a gene of components may carry several variants."""
    parts = text.split(TOGETHER) if definition.mode == COMPONENTS else [text]
    return TOGETHER.join(_allele(definition, phenotyping, aliases, part.strip()) for part in parts)


def deciding(
    definition: GeneDefinition, phenotyping: Phenotyping, alleles: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the alleles that decide: of several variants on one strand, that of least function.

    A strand of which one variant is unknown stays whole: nothing is known of it.
    Source: PMID 29152729 (DPYD), PMID 30499100 (RYR1).
    """
    if definition.mode != COMPONENTS:
        return alleles
    found = []
    for strand in alleles:
        parts = strand.split(TOGETHER)
        is_told = all(is_allele(definition, phenotyping, part) for part in parts)
        ranked = sorted(parts, key=lambda part: function_rank(phenotyping, definition.gene, part))
        found.append(ranked[0] if is_told else strand)
    return tuple(found)


def _aliases(definition: GeneDefinition) -> dict[str, str]:
    """Return the short names of alleles that have a second name in brackets."""
    found: dict[str, str] = {}
    for allele in definition.alleles:
        match = _ALIAS.fullmatch(allele)
        if match:
            found.update({match[1]: allele, match[2]: allele})
        single = _SINGLE.fullmatch(allele)
        if single:
            found[single[1]] = allele
        if definition.ploidy == "mitochondrial":
            found[allele.removeprefix("m.")] = allele  # "1555A>G", as CPIC wrote it before
    names = ("Reference", "*1") if definition.mode == COMPONENTS else ("Reference",)
    usual = dict.fromkeys(names, definition.reference_allele)
    return {**found, **usual, **{a: a for a in definition.alleles}}


def _allele(
    definition: GeneDefinition, phenotyping: Phenotyping, aliases: dict[str, str], text: str
) -> str:
    if text in aliases or is_known(phenotyping, definition.gene, text):
        return aliases.get(text, text)
    if definition.gene in phenotyping.statuses:
        return hla_allele(text) or text
    return _SUBALLELE.sub(r"\1", text)


def is_allele(definition: GeneDefinition, phenotyping: Phenotyping, name: str) -> bool:
    """Return whether the definitions or the functions know an allele.

    Source: packs pgx-definitions, pgx-phenotypes.
    """
    return name in definition.alleles or is_known(phenotyping, definition.gene, name)


def hla_allele(text: str) -> str:
    """Return an HLA allele to two fields, "*57:01"; one field, "*57", as typed; else nothing.

    Source: HLA nomenclature, PMID 20356336.
    """
    match = _HLA.fullmatch(text)
    if not match:
        return ""
    fields = match[2].split(":")[1:2]
    null = "N" if match[3] == "N" else ""  # a null allele is not expressed: never the same
    return f"*{':'.join([match[1], *fields])}{null}"


def hla_statuses(gene: str, text: str) -> tuple[str, ...]:
    """Return "*57:01 positive" and the like from a phenotype's text; none when it is not that.

    Source: pack pgx-phenotypes, statuses.
    """
    parts = [p.strip() for p in re.split(r"[;,]", without_gene(gene, text)) if p.strip()]
    matches = [_HLA_STATUS.fullmatch(part) for part in parts]
    found = [f"{m[1]} {m[2].lower()}" for m in matches if m]
    return tuple(found) if len(found) == len(parts) else ()


def phenotypes_known(phenotyping: Phenotyping, gene: str) -> frozenset[str]:
    """Return the phenotypes that a gene may have.

    Source: pack pgx-phenotypes.
    """
    ruled = phenotyping.rules.get(gene, {}).values()
    return frozenset(
        (*ruled, *(b.phenotype for b in phenotyping.bins.get(gene, ())), INDETERMINATE)
    )


def phenotype_named(phenotyping: Phenotyping, gene: str, text: str) -> str:
    """Return the phenotype that a laboratory's words mean; empty when the gene has none such.

    Source: pack pgx-phenotypes; PMID 27441996 (short forms).
    """
    known = {p.lower(): p for p in phenotypes_known(phenotyping, gene)}
    words = " ".join(text.split()).lower().replace("metaboliser", "metabolizer")
    words = words.replace("ultra-rapid", "ultrarapid").replace("ultra rapid", "ultrarapid")
    plain = words.removeprefix(gene.lower()).strip()
    named = _SHORT.get(plain, plain).lower()
    first = [known[f"{named} {kind}"] for kind in _KINDS if f"{named} {kind}" in known]
    return known.get(named, first[0] if len(first) == 1 else "")


def score_named(phenotyping: Phenotyping, gene: str, text: str) -> Activity:
    """Return the activity score that was written; unknown where the gene has no scores.

    Source: pack pgx-phenotypes, score ranges.
    """
    return activity_of(text) if gene in phenotyping.bins else UNKNOWN


def scores_agree(one: str, other: str) -> bool:
    """Return whether two written scores may be the same: "≥3.0" and "4.0" may.

    Source: definitional.
    """
    first, second = activity_of(one), activity_of(other)
    if first.value is None or second.value is None or (first.is_bound and second.is_bound):
        return True
    if first.is_bound:
        return second.value >= first.value
    return first.value >= second.value if second.is_bound else first.value == second.value


def more_exact(one: str, other: str) -> str:
    """Return the first score unless only the second is a number.

    Source: definitional.
    """
    return other if one in ("", NO_RULE) and other else one
