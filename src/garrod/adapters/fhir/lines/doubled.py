"""Duplicates of a list as DetectedIssues, each with the reason of whoever keeps both lines.

Source: HL7 FHIR R4 (4.0.1), DetectedIssue; code DUPTHPY of HL7 v3 ActCode.
"""

from __future__ import annotations

from hashlib import sha256

from garrod.adapters.fhir.json import Resource
from garrod.adapters.fhir.lines.nested import instant_out
from garrod.adapters.fhir.lines.statement import source_of, written
from garrod.care.record.medication.duplicates import Duplicate
from garrod.care.record.medication.likeness import Likeness
from garrod.care.record.medicines_ports import LINE

# How loud each sort is. Source: own choice; the same medicine twice is a double dose at once.
SEVERITY = {
    Likeness.PRODUCT: "high",
    Likeness.INGREDIENT: "high",
    Likeness.SHARED_INGREDIENT: "moderate",
    Likeness.CLASS: "low",
}
_CODE = {
    "coding": [
        {
            "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
            "code": "DUPTHPY",
            "display": "Duplicate Therapy Alert",
        }
    ]
}


def duplicates_body(
    patient: str, pairs: tuple[Duplicate, ...], hidden: int, outcome: bytes
) -> bytes:
    """Return duplicates as a searchset of DetectedIssues, and what was not looked at."""
    entries = [
        b'{"resource":%s,"search":{"mode":"match"}}' % written(_issue(patient, pair))
        for pair in pairs
    ]
    if hidden:
        entries.append(b'{"resource":%s,"search":{"mode":"outcome"}}' % outcome)
    head = b'{"resourceType":"Bundle","type":"searchset","total":%d' % len(pairs)
    return head + (b',"entry":[%s]' % b",".join(entries) if entries else b"") + b"}"


def _issue(patient: str, pair: Duplicate) -> Resource:
    ids = sorted((pair.first.id, pair.second.id))
    found: Resource = {
        "resourceType": "DetectedIssue",
        "id": f"duplicate-{sha256(' '.join(ids).encode()).hexdigest()[:40]}",
        "status": "preliminary" if pair.is_open else "final",
        "code": _CODE,
        "severity": SEVERITY[pair.likened.likeness],
        "patient": {"reference": f"Patient/{patient}"},
        "implicated": [{"reference": f"{LINE}/{id}"} for id in ids],
        "detail": pair.words(),
    }
    if pair.override is not None:
        kept = pair.override
        found["mitigation"] = [
            {
                "action": {"text": kept.reason},
                "date": instant_out(kept.at),
                "author": source_of(kept.by),
            }
        ]
    return found
