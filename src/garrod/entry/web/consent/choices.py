"""The choices that a person has, and the Consent resource that each is written as.

choice, option -> Consent (adapters/fhir/consents reads it, care/govern/consent enforces it)
Each choice is a consent of a sort of its own (its category), so that one never ends another.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from garrod.adapters.fhir.json import Resource
from garrod.care.govern.consent.house import (
    LABELS,
    OPT_OUT_CATEGORY,
    OWN,
    RAW_GENOME,
    SECONDARY_FINDING,
)
from garrod.care.govern.consent.purposes import V3

ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
CHOICES = f"{OWN}consent-choice"
SCOPES = "http://terminology.hl7.org/CodeSystem/consentscope"
POLICY = "https://garrod.health/policy/access-england"
KIND = "Consent"
OFF, ON = "usual", "chosen"  # what holds unless they choose; what they may choose instead


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose. `usual` and `chosen` are the two answers, in words."""

    code: str
    title: str
    words: str
    usual: str
    chosen: str
    hides: tuple[tuple[str, str], ...] = ()  # labels whose data others than the person do not see
    permits: tuple[tuple[str, str], ...] = ()  # labels that may be told, for care and to them
    purposes: tuple[str, ...] = ()  # what else their data may be used for
    is_opt_out: bool = False


def _labels(*codes: str) -> tuple[tuple[str, str], ...]:
    return tuple((ACT_CODE, code) for code in codes)


ALL = (
    Choice(
        "mental-health", "Mental health",
        "This covers notes, tests and medicines to do with your mind and mood.",
        "My care team can see it", "Hide it from all but me",
        hides=_labels("MH", "PSY", "PSYTHPN", "BH"),
    ),
    Choice(
        "sexual-health", "Sexual health",
        "This covers notes, tests and medicines to do with sex, HIV and birth control.",
        "My care team can see it", "Hide it from all but me",
        hides=_labels("HIV", "STD", "SEX", "GENDER"),
    ),
    Choice(
        "substance-use", "Drink and drugs",
        "This covers notes, tests and medicines to do with drink and drugs.",
        "My care team can see it", "Hide it from all but me",
        hides=_labels("SUD", "ETH", "ETHUD", "OPIOIDUD"),
    ),
    Choice(
        "raw-genome", "My raw genome",
        "This is the full file of your genes. Your care team can use the results without it.",
        "Gene experts who care for me can see it", "Hide it from all but me",
        hides=((LABELS, RAW_GENOME),),
    ),
    Choice(
        "extra-findings", "Things found by chance",
        "A gene test can show things that no one looked for. You have the right not to know.",
        "Do not tell me", "Tell me and my care team",
        permits=((LABELS, SECONDARY_FINDING),),
    ),
    Choice(
        "research", "Research",
        "People who study health can use your record, if you say yes.",
        "No", "Yes, use my record for research",
        purposes=("HRESCH",),
    ),
    Choice(
        "national-opt-out", "National data opt-out",
        "This stops the use of your record for research and planning. Your care stays the same.",
        "I have not opted out", "I opt out",
        is_opt_out=True,
    ),
)  # fmt: skip
BY_CODE = {choice.code: choice for choice in ALL}


def id_of(choice: Choice, patient: str) -> str:
    """Return the id of the consent of a choice: each change is its next version."""
    return f"choice-{choice.code}-{sha256(patient.encode()).hexdigest()[:24]}"


def option_of(body: Resource | None) -> str:
    """Return which option a consent stands for."""
    return ON if body is not None and body.get("status") == "active" else OFF


def consent_of_choice(
    choice: Choice, option: str, patient: str, now: str, who: str = ""
) -> Resource:
    """Return the Consent of an option. `who` chose: a reference, "" where none names them."""
    own: Resource = {"coding": [{"system": CHOICES, "code": choice.code}]}
    system, code = OPT_OUT_CATEGORY
    opted: Resource = {"coding": [{"system": system, "code": code}]}
    body: Resource = {
        "resourceType": KIND,
        "id": id_of(choice, patient),
        "status": "active" if option == ON else "inactive",
        "scope": {"coding": [{"system": SCOPES, "code": "patient-privacy"}]},
        "category": [
            {"coding": [{"system": "http://loinc.org", "code": "59284-0"}]},
            opted if choice.is_opt_out else own,
        ],
        "patient": {"reference": f"Patient/{patient}"},
        "dateTime": now,
        "policy": [{"uri": POLICY}],
    }
    if who:
        body["performer"] = [{"reference": who}]
    if provision := _provision(choice):
        body["provision"] = provision
    return body


def _provision(choice: Choice) -> dict[str, Any]:
    """Return what it rules. A permit stands below a root that says nothing of all else."""
    if choice.hides:
        return {"type": "deny", "securityLabel": _codings(choice.hides)}
    if choice.permits:
        for_whom = [{"system": V3, "code": code} for code in ("TREAT", "PATRQT")]
        told = {"type": "permit", "securityLabel": _codings(choice.permits), "purpose": for_whom}
        return {"provision": [told]}
    if choice.purposes:
        uses = [{"system": V3, "code": code} for code in choice.purposes]
        return {"provision": [{"type": "permit", "purpose": uses}]}
    return {}


def _codings(labels: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"system": system, "code": code} for system, code in labels]
