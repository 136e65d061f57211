"""The choices that a person has, and the Consent resource that each is written as.

choice, option -> Consent (adapters/fhir/consents reads it, care/govern/consent enforces it)
Each choice is a consent of a sort of its own (its category), so that one never ends another.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from garrod.adapters.fhir.json import Resource, codings, many, one, text
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
PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
KIND = "Consent"
PLACES = "place-"  # how the sorts of consents begin that are about one organisation each
OFF, ON = "usual", "chosen"  # what holds unless they choose; what they may choose instead


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a record that can be hidden from one place: an answer of its own."""

    code: str
    words: str
    hides: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose. `usual` and `chosen` are the two answers, in words.

    `place`: the organisation that alone it is about; `parts`: more answers, each hiding a part.
    """

    code: str
    title: str
    words: str
    usual: str
    chosen: str
    hides: tuple[tuple[str, str], ...] = ()  # labels whose data others than the person do not see
    permits: tuple[tuple[str, str], ...] = ()  # labels that may be told, for care and to them
    purposes: tuple[str, ...] = ()  # what else their data may be used for
    is_opt_out: bool = False
    place: str = ""  # "Organization/x"
    parts: tuple[Part, ...] = ()

    @property
    def options(self) -> dict[str, str]:
        """Return the answers by their codes, in words."""
        return {OFF: self.usual, ON: self.chosen, **{p.code: p.words for p in self.parts}}


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


def id_of(choice: Choice, patient: str) -> str:
    """Return the id of the consent of a choice: each change is its next version."""
    return f"choice-{choice.code}-{sha256(patient.encode()).hexdigest()[:24]}"


PARTS = tuple(
    Part(choice.code, f"Hide only this from them: {choice.title.lower()}", choice.hides)
    for choice in ALL
    if choice.hides
)
PRIVATE = Part(
    "private", "Hide all four of these from them", tuple(h for p in PARTS for h in p.hides)
)


def choice_of_place(reference: str, name: str) -> Choice:
    """Return the choice about one organisation that cares for a person."""
    return Choice(
        f"{PLACES}{sha256(reference.encode()).hexdigest()[:12]}", name,
        "They care for you. You can hide your record from them, and others still see it. If you "
        "hide all of it, they cannot find you by name. Your care there may be less safe, as they "
        "cannot see your medicines and allergies.",
        "They can see my record", "Hide all of it from them",
        place=reference, parts=(*PARTS, PRIVATE),
    )  # fmt: skip


def place_of(body: Resource) -> str:
    """Return the organisation that a consent of this page is about; "" for another consent."""
    sorts = (c for holder in many(body, "category") for c in codings(holder))
    if not any(c.system == CHOICES and c.code.startswith(PLACES) for c in sorts):
        return ""
    actors = many(one(body, "provision"), "actor")
    return next((text(one(a, "reference"), "reference") for a in actors), "")


def option_of(body: Resource | None, choice: Choice | None = None) -> str:
    """Return which option a consent stands for; of a part, by the labels that it hides."""
    if body is None or body.get("status") != "active":
        return OFF
    labels = {(text(c, "system"), text(c, "code")) for c in _labels_in(body)}
    parts = choice.parts if choice else ()
    return next((part.code for part in parts if labels == set(part.hides)), ON)


def _labels_in(body: Resource) -> list[Resource]:
    return list(many(one(body, "provision"), "securityLabel"))


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
        "status": "inactive" if option == OFF else "active",
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
    if provision := _provision(choice, option):
        body["provision"] = provision
    return body


def _provision(choice: Choice, option: str) -> dict[str, Any]:
    """Return what it rules. A permit stands below a root that says nothing of all else."""
    if choice.place:
        hides = next((part.hides for part in choice.parts if part.code == option), ())
        labels = {"securityLabel": _codings(hides)} if hides else {}
        return {"type": "deny", "actor": [_recipient(choice.place)], **labels}
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


def _recipient(reference: str) -> dict[str, Any]:
    """Return an organisation as one that information would go to."""
    role = {"coding": [{"system": PARTICIPATION, "code": "IRCP"}]}
    return {"role": role, "reference": {"reference": reference}}


def _codings(labels: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"system": system, "code": code} for system, code in labels]
