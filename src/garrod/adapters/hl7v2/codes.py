"""What an observation of a laboratory's message is: a gene, a genotype, a phenotype, a score.

Source: LOINC, as read in HL7 FHIR Genomics Reporting 3.0.0 (48018-6, 84413-4), its first version
(53040-2), HL7 FHIR STU3 example-phenotype (79716-7), ARUP's catalogue (40425-1, 50398-7) and
PharmCAT's HL7 output (51961-1). The codes of other genes' metabolic activity (79714-2, 79715-9,
79719-1: unchecked) stand for no gene here: the words beside them name it.
"""

from __future__ import annotations

import re
from enum import StrEnum


class Kind(StrEnum):
    """What an observation states."""

    GENE = "gene"
    GENOTYPE = "genotype"
    PHENOTYPE = "phenotype"
    SCORE = "activity score"


BY_CODE = {
    "48018-6": Kind.GENE,
    "84413-4": Kind.GENOTYPE,
    "40425-1": Kind.GENOTYPE,
    "53040-2": Kind.PHENOTYPE,
    "51961-1": Kind.PHENOTYPE,
    "79716-7": Kind.PHENOTYPE,
    "79714-2": Kind.PHENOTYPE,
    "79715-9": Kind.PHENOTYPE,
    "79719-1": Kind.PHENOTYPE,
    "50398-7": Kind.PHENOTYPE,
}
GENE_OF_CODE = {"79716-7": "CYP2C9", "40425-1": "CYP2D6", "50398-7": "CYP2D6"}
# The first that fits: "activity score" before "activity", "phenotype" before "genotype".
BY_WORDS = (
    (re.compile(r"gene studied", re.IGNORECASE), Kind.GENE),
    (re.compile(r"activity score", re.IGNORECASE), Kind.SCORE),
    (
        re.compile(
            r"phenotype|metaboli[sz]er|metabolic activity|effect on drug (metabolism|transport)",
            re.IGNORECASE,
        ),
        Kind.PHENOTYPE,
    ),
    (re.compile(r"genotype|diplotype|star alleles?", re.IGNORECASE), Kind.GENOTYPE),
)
# A gene's symbol in words; words of capitals that are none are not genes.
SYMBOL = re.compile(r"(?<![\w-])(?:HLA-[A-Z]+\d*|MT-RNR1|[A-Z][A-Z0-9]{2,}|F[25])(?![\w-])")
NOT_GENES = frozenset(("DNA", "RNA", "PGX", "PCR", "SNP", "SNV", "NGS", "BLD", "PANEL", "CPIC"))
NOT_GENES |= frozenset(("GENOTYPE", "PHENOTYPE", "DIPLOTYPE", "ACTIVITY", "SCORE", "GENE"))
NOT_GENES |= frozenset(("METABOLIZER", "METABOLISER", "STATUS", "RESULT", "INTERPRETATION", "THE"))
HLA_ALLELE = re.compile(r"(HLA-[A-Z]+\d*)\s*\*\s*(\d{2,3}:\d{2,3})")
PRESENCE = {
    "positive": "positive", "detected": "positive", "present": "positive", "pos": "positive",
    "negative": "negative", "not detected": "negative", "absent": "negative", "neg": "negative",
    "none detected": "negative",
}  # fmt: skip

# Status of a result. Source: HL7 v2.5.1, table 0085.
USABLE = {"F": "final", "C": "corrected", "P": "preliminary", "U": "final"}
UNUSABLE = {
    "X": "could not be obtained",
    "D": "was deleted",
    "W": "was withdrawn as wrong",
    "I": "is pending",
    "S": "is partial",
    "R": "is not verified",
    "N": "was not asked for",
    "O": "is an order's detail alone",
}
WITHDRAWN = frozenset("DWX")
DOCUMENTS = frozenset(("ED", "RP"))
CODED = frozenset(("CWE", "CE", "CNE", "CF", "IS", "ID"))
WORDS = frozenset(("", "ST", "TX", "FT", "NM", "SN"))
# Character sets. Source: HL7 v2.5.1, table 0211.
CHARSETS = {
    "": "cp1252", "ASCII": "cp1252", "8859/1": "cp1252", "8859/2": "iso8859-2",
    "8859/9": "iso8859-9", "8859/15": "iso8859-15", "UNICODE UTF-8": "utf-8", "UTF-8": "utf-8",
}  # fmt: skip


def kind_of(code: str, words: str) -> Kind | None:
    """Return what an observation states; None where it is nothing that is read here."""
    if code in BY_CODE:
        return BY_CODE[code]
    return next((kind for pattern, kind in BY_WORDS if pattern.search(words)), None)


def gene_in(code: str, words: str) -> str:
    """Return the gene that an observation's name names; empty where it names none."""
    found = [name for name in SYMBOL.findall(words) if name not in NOT_GENES]
    return found[0] if found else GENE_OF_CODE.get(code, "")
