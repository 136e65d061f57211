"""A record under the decision point over any store: people, who cares for them, and actors."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from garrod.adapters.fhir.features import FeatureReader
from garrod.adapters.fhir.standing import FhirMeaning
from garrod.adapters.policy.load import RULES, SHIPPED, keep, load
from garrod.care.govern.access import LOCAL, Actor
from garrod.care.govern.labels import Labels
from garrod.care.govern.policy import Policing
from garrod.care.record.gate import Gate
from garrod.care.record.ports import Store, Tx
from garrod.care.record.service import Record
from garrod.entry.governing import GovernedAccess
from tests.making.recorded import codec, services

Resource = dict[str, Any]
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@cache
def policing() -> Policing:
    """Return the shipped policy, its answers kept for all tests here."""
    found = load()
    return Policing(found.terms, found.engine)


@cache
def labels() -> Labels:
    return Labels(services().shelf)


@dataclass
class Seconds:
    """A clock that the test moves on."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Governed:
    """A record with a gate; `seconds` and `at` are moved on by the test."""

    store: Store
    at: datetime = NOW
    seconds: Seconds = field(default_factory=Seconds)
    police: Policing = field(default_factory=policing)

    def __post_init__(self) -> None:
        ids = (f"new-{n}" for n in itertools.count(1))
        self.gate = self.another_gate()
        access = GovernedAccess(self.police)
        self.record = Record(self.store, codec(), access, ids.__next__, gate=self.gate)

    def another_gate(self) -> Gate:
        """Return a gate as another process has it."""
        meaning = FhirMeaning(codec(), FeatureReader(labels()), services().shelf)
        return Gate(self.police, meaning, clock=lambda: self.at, seconds=self.seconds)

    async def write(self, *resources: Resource) -> None:
        """Write resources in one transaction, as the local user."""
        drafts = [
            codec().drafted(json.dumps(r).encode(), kind=r["resourceType"], id=r["id"])
            for r in resources
        ]

        async def work(tx: Tx) -> None:
            for draft in drafts:
                await tx.put(draft, method="PUT")

        await self.store.transact(work)
        self.gate.touched({r["resourceType"] for r in resources})

    async def put(self, resource: Resource) -> None:
        """Write one as a request of the local user does."""
        kind, id = resource["resourceType"], resource["id"]
        await self.record.update(LOCAL, kind, id, json.dumps(resource).encode())


def person(id: str, **more: Any) -> Resource:
    return {"resourceType": "Patient", "id": id, "gender": "female", **more}


def team(patient: str, *members: str) -> Resource:
    """Return the care team of a person."""
    return {
        "resourceType": "CareTeam",
        "id": f"team-{patient}",
        "status": "active",
        "subject": {"reference": f"Patient/{patient}"},
        "participant": [{"member": {"reference": m}} for m in members],
    }


def weight(id: str, patient: str, *labels: str, **more: Any) -> Resource:
    """Return a measurement, with security labels where such are named."""
    meta = {"security": [{"system": SYSTEMS.get(x, ACT), "code": x} for x in labels]}
    return {
        "resourceType": "Observation",
        "id": id,
        **({"meta": meta} if labels else {}),
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
        "subject": {"reference": f"Patient/{patient}"},
        "effectiveDateTime": "2026-03-03",
        "valueQuantity": {"value": 70, "unit": "kg"},
        **more,
    }


CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
PURPOSES = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
OWN = "https://garrod.health/fhir/CodeSystem/security-label"
SYSTEMS = {"R": CONFIDENTIALITY, "N": CONFIDENTIALITY, "RAW-GENOME": OWN, "SECONDARY-FINDING": OWN}


def consent(id: str, patient: str, kind: str = "permit", **provision: Any) -> Resource:
    """Return a consent whose root provision is of a kind."""
    return {
        "resourceType": "Consent",
        "id": id,
        "status": "active",
        "scope": {"coding": [{"code": "patient-privacy", "system": SCOPES}]},
        "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
        "patient": {"reference": f"Patient/{patient}"},
        "dateTime": "2026-01-01",
        "policy": [{"uri": "http://example.org/policy"}],
        "provision": {"type": kind, **provision},
    }


SCOPES = "http://terminology.hl7.org/CodeSystem/consentscope"


def no_restricted(id: str, patient: str) -> Resource:
    """Return a consent that permits all but what is labelled restricted."""
    label = [{"system": CONFIDENTIALITY, "code": "R"}]
    return consent(id, patient, provision=[{"type": "deny", "securityLabel": label}])


DOCTOR = Actor("Practitioner/d1", role="prescriber", setting="gp")
STRANGER = Actor("Practitioner/d9", role="prescriber", setting="hospital")
NURSE = Actor("Practitioner/n1", role="nurse")
Built = Callable[[Store], Governed]


def spoiled_policy(folder: Path) -> tuple[Path, Path]:
    """Return the folders of a policy and of a server's data that knows it alone as it was."""
    policy, data = folder / "policy", folder / "data"
    shutil.copytree(SHIPPED, policy)
    data.mkdir()
    found = load(policy)
    last = Policing(found.terms, found.engine)
    while last.learn(2000):
        pass
    keep(last, data)
    (policy / RULES).write_text("permit (", encoding="utf-8")
    return policy, data
