"""Says what a genomic result is in words: which gene, and what of it was read.

Observation of genomics reporting -> (title, detail); what names itself is left as it is
Source: HL7 Genomics Reporting Implementation Guide 2.0.0, http://hl7.org/fhir/uv/genomics-reporting
"""

from __future__ import annotations

from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.adapters.report.phrases import phenotype_words

GENE, IMPLIES, CONCLUDES = "48018-6", "therapeutic-implication", "conclusion-string"
# LOINC, and the guide's own codes of what has none
READ = {
    "84413-4": "both copies",
    "84414-2": "one copy",
    "69548-6": "a variant",
    IMPLIES: "what it means",
}
CHANGES = (
    "48004-6",
    "81252-9",
    "48005-3",
    "81290-9",
)  # how a variant is written, the plainest first


def genomic_words(observation: Resource) -> tuple[str, str] | None:
    """Return a title and what was found; None where it is no such result, or names itself."""
    if text(one(observation, "code"), "text"):
        return None
    codings = list(many(one(observation, "code"), "coding"))
    what = next((READ[text(c, "code")] for c in codings if text(c, "code") in READ), "")
    if not what or any(text(c, "display") for c in codings):
        return None
    parts = {code: part for part in many(observation, "component") for code in _codes(part)}
    gene = _said(parts.get(GENE, {}))
    own = _said(observation)
    if any(READ.get(text(c, "code")) == READ[IMPLIES] for c in codings):
        meaning = _said(parts.get(IMPLIES, {}))
        concluded = _said(parts.get(CONCLUDES, {}))
        own = phenotype_words(meaning) if meaning else concluded
    change = next((said for code in CHANGES if (said := _said(parts.get(code, {})))), "")
    own = own.removeprefix(f"{gene}: ").removeprefix(f"{gene} ")
    detail = ", ".join(said for said in (change, own) if said)
    return f"{gene or 'A gene'}: {what}", detail or "No value"


def _codes(part: Resource) -> list[str]:
    return [text(coding, "code") for coding in many(one(part, "code"), "coding")]


def _said(part: Resource) -> str:
    coded = one(part, "valueCodeableConcept")
    codings = list(many(coded, "coding"))
    shown = next((text(c, "display") for c in codings if text(c, "display")), "")
    written = next((text(c, "code") for c in codings if text(c, "code")), "")
    return text(coded, "text") or shown or text(part, "valueString") or written
