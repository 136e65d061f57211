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
            yield {**named, "name": name, "patient": {"reference": f"Patient/{persona.patient}"}}


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
