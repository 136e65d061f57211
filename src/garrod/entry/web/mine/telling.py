"""Writes what a person, or who acts for them, tells: each once, however often its form is sent.

what they felt, what is wrong, what they bought -> Communication (room `told` answers it)
what they bought -> MedicationStatement too: on the list as theirs, unconfirmed until staff say so
They write no allergy and no task themselves: the access policy leaves these to whoever cares.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson

from garrod.adapters.fhir.json import Resource, one, text
from garrod.care.decide.options import codes_of
from garrod.core.errors import VersionConflict
from garrod.entry.web.asked import Visit
from garrod.entry.web.dispense.names import BOUGHT as BOUGHT_MARK
from garrod.entry.web.told.message import BOUGHT, OPEN, TITLES, TOLD, message_of

MESSAGE, STATEMENT = "Communication", "MedicationStatement"
OURS = "mine-"
CATEGORY = "http://terminology.hl7.org/CodeSystem/medication-statement-category"


@dataclass(frozen=True, slots=True)
class Said:
    """What was told, of whom, by the form with a key of its own."""

    visit: Visit
    patient: str
    key: str
    what: str  # felt, bought, wrong
    words: str
    more: str = ""

    @property
    def id(self) -> str:
        """Return the id of what it is written as: a form sent twice writes the same."""
        said = f"{self.what} {self.patient} {self.key}"
        return f"{OURS}{sha256(said.encode()).hexdigest()[:32]}"


async def tell(said: Said) -> None:
    """Write what was told, once.  Raises: AccessDenied, FhirError."""
    if said.what == BOUGHT:
        await _write(said, _bought(said))
    await _write(said, _message(said))


async def _write(said: Said, body: Resource) -> None:
    """Write a resource under the id of what was said, once."""
    record, kind = said.visit.consult.record, text(body, "resourceType")
    try:
        await record.update(
            said.visit.actor, kind, said.id, orjson.dumps(body), expected=0, is_given=True
        )
    except VersionConflict:
        return


async def take_back(visit: Visit, patient: str, kind: str, id: str) -> bool:
    """Take back what nobody has touched since, and what came of it; return whether it was.

    Raises: AccessDenied, NotFound REC001, Gone REC002.
    """
    version = await visit.consult.record.read(visit.actor, kind, id)
    body = {**orjson.loads(version.body), "id": id}
    is_theirs = text(one(body, "subject"), "reference") == f"Patient/{patient}"
    if not is_theirs or not id.startswith(OURS):
        return False
    message = message_of(body) if kind == MESSAGE else None
    about, _, of = message.about.partition("/") if message else ("", "", "")
    if version.number != 1 or (
        about == STATEMENT and not await take_back(visit, patient, about, of)
    ):
        return False
    gone = orjson.dumps({**body, "status": "entered-in-error"})
    try:
        await visit.consult.record.update(visit.actor, kind, id, gone, expected=1)
    except VersionConflict:
        return False
    return True


def _me(said: Said) -> dict[str, Any]:
    id = said.visit.actor.id
    is_known = id.startswith(("Patient/", "RelatedPerson/"))
    return {"reference": id} if is_known else {"display": id}


def _message(said: Said) -> Resource:
    now = said.visit.consult.clock().isoformat(timespec="seconds")
    words = said.words
    if said.more:
        words += f", {said.more}" if said.what == BOUGHT else f" (after: {said.more})"
    return {
        "resourceType": MESSAGE,
        "id": said.id,
        "status": OPEN,
        "category": [
            {"coding": [{"system": TOLD, "code": said.what}], "text": TITLES[said.what]}
        ],
        "subject": {"reference": f"Patient/{said.patient}"},
        **({"about": [{"reference": f"{STATEMENT}/{said.id}"}]} if said.what == BOUGHT else {}),
        "sent": now,
        "sender": _me(said),
        "payload": [{"contentString": words}],
    }  # fmt: skip


def _bought(said: Said) -> Resource:
    now = said.visit.consult.clock().isoformat(timespec="seconds")
    medicine = said.visit.consult.services.knowledge.medicines.find(said.words)
    parts = [c.partition("|") for c in codes_of(medicine)] if medicine else []
    coding = [{"system": s, "code": code, "display": said.words} for s, _, code in parts]
    body: Resource = {
        "resourceType": STATEMENT,
        "id": said.id,
        "identifier": [{"system": BOUGHT_MARK, "value": said.id}],
        "status": "active",
        "category": {"coding": [{"system": CATEGORY, "code": "patientspecified"}]},
        "medicationCodeableConcept": {**({"coding": coding} if coding else {}), "text": said.words},
        "subject": {"reference": f"Patient/{said.patient}"},
        "effectivePeriod": {"start": now[:10]},
        "dateAsserted": now,
        "informationSource": _me(said),
    }
    if said.more:
        body["dosage"] = [{"text": said.more}]
    return body
