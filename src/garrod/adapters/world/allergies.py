"""Allergies and intolerances as FHIR, or that none is known."""

from __future__ import annotations

from collections.abc import Iterator

from garrod.adapters.fhir.genomics_codes import SNOMED
from garrod.adapters.world.health import Health, Reaction
from garrod.adapters.world.parts import META, FhirJson, coded, hl7, medicine_concept
from garrod.adapters.world.scene import Scene

ACTIVE = hl7("allergyintolerance-clinical", "active")
RESOLVED = hl7("allergyintolerance-clinical", "resolved")
CONFIRMED = hl7("allergyintolerance-verification", "confirmed")
REFUTED = hl7("allergyintolerance-verification", "refuted")
# Source: SNOMED CT, no known allergy (situation) (unchecked but for its check digit).
NONE_KNOWN = coded(SNOMED, "716186003", "No known allergy")


def allergies(scene: Scene, health: Health) -> Iterator[FhirJson]:
    """Yield the AllergyIntolerance resources."""
    for number, reaction in enumerate(health.allergies):
        yield _allergy(scene, reaction, number)
    if health.knows_none:
        found = _head(scene, 0)
        yield {**found, "clinicalStatus": ACTIVE, "verificationStatus": CONFIRMED,
               "code": NONE_KNOWN, "patient": scene.patient}  # fmt: skip


def _head(scene: Scene, number: int) -> FhirJson:
    return {
        "resourceType": "AllergyIntolerance",
        "id": f"{scene.who.id}-i{number}",
        "meta": META["practice"],
    }


def _allergy(scene: Scene, reaction: Reaction, number: int) -> FhirJson:
    kind, rules = reaction.kind, scene.profile.allergies
    code = coded(SNOMED, kind.snomed, kind.name, words=kind.name)
    if kind.medicine:
        medicine = scene.profile.medicines[kind.medicine]
        code = medicine_concept(medicine.name, medicine.name, medicine.atc, medicine.rxnorm)
    shown = coded(
        SNOMED, rules.reaction_codes[reaction.manifestation], words=reaction.manifestation
    )
    return {
        **_head(scene, number),
        "clinicalStatus": RESOLVED if reaction.is_refuted else ACTIVE,
        "verificationStatus": REFUTED if reaction.is_refuted else CONFIRMED,
        "type": kind.type,
        "category": ["medication"],
        "criticality": "high" if reaction.is_severe else "low",
        "code": code,
        "patient": scene.patient,
        "recordedDate": scene.calendar.iso(reaction.day),
        "reaction": [{"manifestation": [shown],
                      "severity": "severe" if reaction.is_severe else "mild"}],
    }  # fmt: skip
