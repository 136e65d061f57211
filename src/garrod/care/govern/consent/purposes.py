"""What somebody asks for: codes of v3-PurposeOfUse and how they lie below one another.

A permit covers little more than it says; a deny covers everything below it.
Source: HL7 terminology, v3-ActReason (CC0), https://terminology.hl7.org/CodeSystem-v3-ActReason.html
(read in HL7/UTG, input/sourceOfTruth/v3/codeSystems/v3-ActReason.xml, commit 0f80415d).
"""

from __future__ import annotations

from functools import lru_cache

from garrod.care.govern.consent.model import Code

V3 = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
_OTHER_NAMES = frozenset(
    ("http://hl7.org/fhir/v3/ActReason", "urn:oid:2.16.840.1.113883.5.8", "2.16.840.1.113883.5.8")
)
CUSTOM: Code = ("*", "*")  # in a provision of ours: any purpose that is not one of v3

# What lies directly below a purpose.
_BELOW: dict[str, tuple[str, ...]] = {
    "TREAT": ("CLINTRL", "COC", "ETREAT", "POPHLTH", "TREATDS"),
    "ETREAT": ("BTG", "ERTREAT"),
    "HRESCH": ("BIORCH", "CLINTRCH", "DSRCH", "POARCH", "TRANSRCH"),
    "CLINTRCH": ("CLINTRCHNPC", "CLINTRCHPC", "PRECLINTRCH"),
    "HPAYMT": ("CLMATTCH", "COVAUTH", "COVERAGE", "PMTDS", "REMITADV"),
    "COVERAGE": ("ELIGDTRM", "ELIGVER", "ENROLLM", "MILDCRG"),
    "HOPERAT": (
        "CAREMGT", "DONAT", "FRAUD", "GOV", "HACCRED", "HCOMPL", "HDECD", "HDIRECT", "HDM",
        "HLEGAL", "HOUTCOMS", "HPRGRP", "HQUALIMP", "HSYSADMIN", "MEMADMIN", "MILCDM",
        "MLTRAINING", "PATADMIN", "PATSFTY", "PERFMSR", "RECORDMGT", "SYSDEV", "TRAIN",
    ),
    "HSYSADMIN": ("LABELING", "METAMGT"),
    "SYSDEV": ("HTEST",),
    "PATRQT": ("FAMRQT", "PWATRNY", "SUPNWK"),
    "PUBHLTH": ("DISASTER", "THREAT"),
    "HMARKT": (),
}  # fmt: skip


def _closed(code: str) -> frozenset[str]:
    """Return a purpose and everything below it."""
    return frozenset((code,)).union(*(_closed(below) for below in _BELOW.get(code, ())))


KNOWN = frozenset(code for top in _BELOW for code in _closed(top))
_DENIES = {code: _closed(code) for code in KNOWN}
CARE = _closed("TREAT") - {"CLINTRL", "POPHLTH"}  # care of this person
RESEARCH = _closed("HRESCH")
INSURANCE = _closed("COVERAGE")
# Planning, as the national data opt-out means it: management, not care.
# Source: the project's own mapping (unchecked)
PLANNING = frozenset(
    ("CAREMGT", "HDM", "HOUTCOMS", "HPRGRP", "HQUALIMP", "PERFMSR", "HMARKT", "MLTRAINING")
)
# What a permit covers beyond its own code: "treatment" the care of this person, no trial and no
# care of populations; "research" every research. Operations, payment and what a patient asks
# for are agreed to one by one: below them lie insurance, the training of models, the military.
_PERMITS = {**{code: CARE & _closed(code) for code in CARE},
            **{code: _closed(code) for code in RESEARCH}}  # fmt: skip


@lru_cache(maxsize=1024)
def purpose_of(text: str) -> Code:
    """Return system and code of a purpose: "TREAT", "system|TREAT" or "system#TREAT".

    A code alone is one of v3 where v3 has it; else its system is "": not known.
    """
    text = text.strip()
    mark = "|" if "|" in text else "#"
    system, _, code = text.rpartition(mark)
    if not system:
        return (V3 if code in KNOWN else "", code)
    return (V3 if system in _OTHER_NAMES else system, code)


def covers(stated: Code, asked: Code, *, is_permit: bool) -> bool:
    """Return whether a purpose that a provision states covers the one that is asked for."""
    system = V3 if stated[0] in _OTHER_NAMES else stated[0]
    if stated == CUSTOM:
        return asked[0] != V3
    if asked[0] and system and asked[0] != system:
        return False
    if stated[1] == asked[1]:
        return bool(asked[1])
    if V3 not in (system, asked[0]):
        return False
    below = (_PERMITS if is_permit else _DENIES).get(stated[1], frozenset())
    return asked[1] in below
