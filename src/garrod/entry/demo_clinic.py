"""The clinic of the demo: made-up people who work there, and the team that cares for each person.

Who signs in at the development issuer is one of them, so that what they see follows from who cares
for whom, as it would elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from garrod.adapters.identity.development import organisation, personas
from garrod.entry.demo_story import MARK

FhirJson = dict[str, Any]
META = {"tag": [MARK]}
PURPOSE = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
SCOPES = "http://terminology.hl7.org/CodeSystem/consentscope"
BROTHER = {
    "coding": [
        {"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "BRO",
         "display": "brother"}
    ],
    "text": "brother",
}  # fmt: skip
CARES = frozenset(("prescriber", "pharmacist", "nurse", "laboratory-scientist", "geneticist"))


def clinic() -> Iterator[FhirJson]:
    """Yield the organisation, those who work there, and the proxy of one person."""
    kind, _, id = organisation().partition("/")
    yield {
        "resourceType": kind,
        "id": id,
        "meta": META,
        "active": True,
        "name": "Demo clinic (synthetic)",
    }
    for persona in personas().values():
        kind, _, id = persona.user.partition("/")
        named = {"resourceType": kind, "id": id, "meta": META, "active": True}
        name = [{"text": f"{persona.name} (synthetic)"}]
        if kind == "Practitioner":
            yield {**named, "name": name}
        elif kind == "RelatedPerson":
            patient = {"reference": f"Patient/{persona.patient}"}
            yield {**named, "name": name, "patient": patient, "relationship": [BROTHER]}
    yield from proxy_consents()


def proxy_consents() -> Iterator[FhirJson]:
    """Yield what a person of the demo says of their proxy: they see all that those who care see.

    It speaks of the proxy alone. A root that denied all else would deny what the person chooses
    elsewhere (research, say): a denial outweighs every permit.
    """
    for persona in personas().values():
        if persona.role != "proxy":
            continue
        actor = {
            "role": {"coding": [{"system": PARTICIPATION, "code": "IRCP"}]},
            "reference": {"reference": persona.user},
        }
        asked = _purposes("PATRQT", "FAMRQT")
        yield {
            "resourceType": "Consent",
            "id": "demo-proxy",
            "meta": META,
            "status": "active",
            "scope": {"coding": [{"system": SCOPES, "code": "patient-privacy"}]},
            "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
            "patient": {"reference": f"Patient/{persona.patient}"},
            "dateTime": "2026-01-01",
            "policy": [{"uri": "https://example.org/synthetic-policy"}],
            "provision": {"provision": [{"type": "permit", "purpose": asked, "actor": [actor]}]},
        }


def _purposes(*codes: str) -> list[FhirJson]:
    return [{"system": PURPOSE, "code": code} for code in codes]


def team_of(patient: str) -> FhirJson:
    """Return the team that cares for a person: those of the clinic who see people."""
    members = [one.user for one in personas().values() if one.role in CARES]
    return {
        "resourceType": "CareTeam",
        "id": f"team-{patient}",
        "meta": META,
        "status": "active",
        "name": "Demo clinic (synthetic)",
        "subject": {"reference": f"Patient/{patient}"},
        "managingOrganization": [{"reference": organisation()}],
        "participant": [{"member": {"reference": member}} for member in members],
    }
