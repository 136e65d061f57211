"""Writes what is done at the counter: each act once, however often its form is sent.

order, answer, words -> MedicationDispense, Task, Observation, MedicationStatement
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

import orjson

from garrod.adapters.fhir.cards import OWNERS
from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.adapters.fhir.lines.names import CODES
from garrod.care.decide.options import codes_of
from garrod.care.decide.outcomes import Telling, overridden
from garrod.core.errors import VersionConflict
from garrod.entry.web.asked import Visit
from garrod.entry.web.dispense.names import BOUGHT, QUERY, STOPPED, TAKES, TAKING
from garrod.entry.web.dispense.reading import OBSERVATION, STATEMENT, SUPPLY, TASK, Checked
from garrod.knowledge.medicines import Medicine

DUE = {QUERY: timedelta(days=2), STOPPED: timedelta(days=7)}  # Source: own choice (unchecked)
PRESCRIBER = {
    "identifier": {"system": OWNERS, "value": "prescriber"},
    "display": "Whoever prescribes for them",
}
CATEGORY = "http://terminology.hl7.org/CodeSystem/medication-statement-category"
TOLD_HERE = "Written down at the pharmacy, as the person told it."


@dataclass(frozen=True, slots=True)
class At:
    """Whose counter it is: the visit, the person, the key of the form that was sent."""

    visit: Visit
    patient: str
    key: str

    def id(self, kind: str) -> str:
        """Return the id of what this form writes: a form sent twice writes the same."""
        said = f"{kind} {self.patient} {self.key}"
        return f"counter-{sha256(said.encode()).hexdigest()[:32]}"

    @property
    def now(self) -> str:
        """Return the moment as it is written."""
        return self.visit.consult.clock().isoformat(timespec="seconds")

    @property
    def me(self) -> dict[str, Any]:
        """Return who acts, as a resource names them."""
        id = self.visit.actor.id
        return {"reference": id} if id.startswith("Practitioner/") else {"display": id}

    @property
    def author(self) -> dict[str, Any]:
        """Return who acts, as a note names them."""
        id = self.visit.actor.id
        is_known = id.startswith("Practitioner/")
        return {"authorReference": {"reference": id}} if is_known else {"authorString": id}

    @property
    def them(self) -> dict[str, Any]:
        """Return whose it is."""
        return {"reference": f"Patient/{self.patient}"}


async def dispense(at: At, order: Checked, answer: Mapping[str, str]) -> None:
    """Write that a prescription was dispensed; why its warning was overruled stands with it.

    Raises: AccessDenied, FhirError, InputError INP001 (an answer that the card does not take).
    """
    visit, id = at.visit, at.id(SUPPLY)
    events = []
    card = order.looked.card
    if card is not None and order.needs_reason:
        telling = Telling(
            at.patient, visit.actor.id, visit.consult.clock(), visit.seals.age_of(at.key)
        )
        events.append(
            overridden(
                card,
                telling,
                answer.get("reason", ""),
                words=answer.get("words", ""),
                second=answer.get("second", ""),
                order=f"{SUPPLY}/{id}",
                follow_ups=visit.consult.services.knowledge.prescribing.follow_ups,
            )
        )
    body = orjson.dumps(_supply(at, order, id))
    work = visit.consult.record.updating(visit.actor, SUPPLY, id, body, expected=0)
    try:
        await visit.consult.moment.keep(visit.actor, events, sitting=visit.session.id, also=(work,))
    except VersionConflict:
        return


async def ask(at: At, order: Checked, words: str) -> None:
    """Write a question to whoever prescribed, as a task that is theirs.  Raises: AccessDenied."""
    said = f"Question from the pharmacy about {order.looked.answer.order.text}"
    await _task(at, order, (QUERY, said), words)


async def stopped(at: At, order: Checked, why: str) -> None:
    """Write the suggestion to stop what the person has stopped.  Raises: AccessDenied.

    The list of medicines stays as it is until whoever prescribed has decided.
    """
    said = f"The person has stopped {order.looked.answer.order.text}: stop it on the list?"
    await _task(at, order, (STOPPED, said), why)


async def taking(at: At, order: Checked, how: str, words: str) -> None:
    """Write how a medicine is taken, as the person tells it.  Raises: AccessDenied."""
    id = at.id(OBSERVATION)
    body: Resource = {
        "resourceType": OBSERVATION,
        "id": id,
        "status": "final",
        "code": {"coding": [{"system": CODES, "code": "adherence"}], "text": "How it is taken"},
        "subject": at.them,
        "basedOn": [{"reference": order.reference}],
        "effectiveDateTime": at.now,
        "performer": [at.me],
        "valueCodeableConcept": {"coding": [{"system": TAKING, "code": how}], "text": TAKES[how]},
    }
    if words:
        body["note"] = [{"text": words}]
    await _write(at, body)


async def bought(at: At, name: str, medicine: Medicine | None, words: str) -> None:
    """Write a medicine that was bought without a prescription, as the person tells it.

    So it stands on the list as theirs, unconfirmed, until somebody confirms it there.
    Raises: AccessDenied.
    """
    coded = codes_of(medicine) if medicine else ()
    coding = [
        {"system": system, "code": code, "display": name}
        for system, _, code in (c.partition("|") for c in coded)
    ]
    id = at.id(STATEMENT)
    concept: Resource = {**({"coding": coding} if coding else {}), "text": name}
    body: Resource = {
        "resourceType": STATEMENT,
        "id": id,
        "identifier": [{"system": BOUGHT, "value": id}],
        "status": "active",
        "category": {"coding": [{"system": CATEGORY, "code": "patientspecified"}]},
        "medicationCodeableConcept": concept,
        "subject": at.them,
        "effectivePeriod": {"start": at.now[:10]},
        "dateAsserted": at.now,
        "informationSource": at.them,
        "note": [{**at.author, "time": at.now, "text": TOLD_HERE}],
    }
    if words:
        body["dosage"] = [{"text": words}]
    await _write(at, body)


async def take_back(visit: Visit, patient: str, kind: str, id: str) -> bool:
    """Take back what nobody has touched since it was written; return whether it was.

    Raises: AccessDenied, NotFound REC001, Gone REC002.
    """
    version = await visit.consult.record.read(visit.actor, kind, id)
    body = {**orjson.loads(version.body), "id": id}
    is_theirs = text(one(body, "subject"), "reference") == f"Patient/{patient}"
    if not is_theirs or not id.startswith("counter-"):
        return False
    gone = orjson.dumps({**body, "status": "entered-in-error"})
    try:
        await visit.consult.record.update(visit.actor, kind, id, gone, expected=1)
    except VersionConflict:
        return False
    return True


def _supply(at: At, order: Checked, id: str) -> Resource:
    named = {k: v for k, v in order.body.items() if k.startswith("medication")}
    body: Resource = {
        "resourceType": SUPPLY,
        "id": id,
        "status": "completed",
        **named,
        "subject": at.them,
        "performer": [{"actor": at.me}],
        "authorizingPrescription": [{"reference": order.reference}],
        "whenHandedOver": at.now,
    }
    days = one(one(order.body, "dispenseRequest"), "expectedSupplyDuration")
    if days:
        body["daysSupply"] = days
    if directions := list(many(order.body, "dosageInstruction")):
        body["dosageInstruction"] = directions
    return body


async def _task(at: At, order: Checked, said: tuple[str, str], words: str) -> None:
    code, title = said
    due = (at.visit.consult.clock() + DUE[code]).date().isoformat()
    requester = one(order.body, "requester")
    is_known = text(requester, "reference").startswith("Practitioner/")
    body = {
        "resourceType": TASK,
        "id": at.id(f"{TASK} {code}"),
        "status": "requested",
        "intent": "proposal" if code == STOPPED else "order",
        "priority": "routine",
        "code": {"coding": [{"system": CODES, "code": code}], "text": title},
        "description": words,
        "focus": {"reference": order.reference},
        "for": at.them,
        "authoredOn": at.now,
        "requester": at.me,
        "owner": {"reference": text(requester, "reference")} if is_known else PRESCRIBER,
        "restriction": {"period": {"end": due}},
    }
    await _write(at, body)


async def _write(at: At, body: Resource) -> None:
    """Write a resource under its id, once."""
    record, kind, id = at.visit.consult.record, text(body, "resourceType"), text(body, "id")
    try:
        await record.update(at.visit.actor, kind, id, orjson.dumps(body), expected=0, is_given=True)
    except VersionConflict:
        return
