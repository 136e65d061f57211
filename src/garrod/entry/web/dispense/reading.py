"""Reads what a pharmacist needs of each prescription: the order, the check, values, genes, answers.

patient -> Counter (person, orders with what is said of each now, what was bought, who is who)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import orjson

from garrod.adapters.cds.model import Call
from garrod.adapters.cds.orders import drafts_of
from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.care.decide.card import card_of
from garrod.care.decide.moment import Purpose
from garrod.care.decide.naming import codes_of_line, named_in
from garrod.care.decide.ports import CardDeed
from garrod.care.govern.access import Deed
from garrod.care.record.query import OfPatients, Query
from garrod.core.advice import Target, Tier
from garrod.core.medicine import MedicineLine
from garrod.core.person import Person
from garrod.entry.web.access.judging import names_of
from garrod.entry.web.asked import Visit
from garrod.entry.web.dispense.names import BOUGHT
from garrod.entry.web.prescribe.form import Form
from garrod.entry.web.prescribe.looking import Looked, subject_now
from garrod.knowledge.medicines import Medicine
from garrod.science.safety.subject import Measured, Subject

REQUEST, SUPPLY, STATEMENT = "MedicationRequest", "MedicationDispense", "MedicationStatement"
ISSUE, TASK, OBSERVATION = "DetectedIssue", "Task", "Observation"
KINDS = (REQUEST, SUPPLY, STATEMENT, ISSUE, TASK, OBSERVATION)
OPEN = ("active", "on-hold")
MOST = 500  # Not clinical: resources of a kind that are looked through
FORMULAS = {"crcl": ("creatinine", "weight"), "egfr": ("egfr", "creatinine")}
_WORD = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Checked:
    """An order or a medicine on record, and what is said of it now."""

    id: str
    body: Resource
    number: int  # its version
    looked: Looked
    values: tuple[Measured, ...] = ()
    lacking: tuple[str, ...] = ()
    genes: tuple[str, ...] = ()

    @property
    def reference(self) -> str:
        """Return how other resources name it."""
        return f"{text(self.body, 'resourceType')}/{self.id}"

    @property
    def mark(self) -> str:
        """Return the mark of what is shown: dispensing asks whether it is still the same."""
        return f"{self.looked.mark}.{self.number}"

    @property
    def needs_reason(self) -> bool:
        """Return whether a warning stands in the way that nobody has overruled."""
        card, before = self.looked.card, self.looked.before
        if card is None or not card.is_interruptive:
            return False
        return card.tier is Tier.T1 or before is not CardDeed.OVERRIDDEN


@dataclass(frozen=True, slots=True)
class Counter:
    """What is known at the counter of one person."""

    person: Person
    subject: Subject
    orders: tuple[Checked, ...]
    bought: tuple[Checked, ...]
    held: Mapping[str, tuple[Resource, ...]]  # by kind
    names: Mapping[str, str]
    is_cut: bool  # more is kept than was looked through
    may: frozenset[str] = frozenset()  # the kinds that who is signed in may write here

    def about(self, kind: str, reference: str) -> tuple[Resource, ...]:
        """Return what of a kind refers to something."""
        return tuple(r for r in self.held[kind] if reference in _named(r))


async def counter_of(visit: Visit, patient: str) -> Counter:
    """Return what a pharmacist sees.  Raises: AccessDenied, NotFound REC001, Gone REC002."""
    person = await visit.consult.people.person(visit.actor, patient)
    held, is_cut = {}, False
    numbers: dict[str, int] = {}
    for kind in KINDS:
        query = Query((kind,), (OfPatients(frozenset((patient,))),), count=MOST)
        page, _ = await visit.consult.record.search(visit.actor, query)
        is_cut = is_cut or page.cursor is not None
        held[kind] = tuple({**orjson.loads(v.body), "id": v.id} for v in page.versions)
        numbers |= {f"{v.kind}/{v.id}": v.number for v in page.versions}
    subject = subject_now(visit.consult, person)
    told: dict[str, list[Checked]] = {REQUEST: [], STATEMENT: []}
    for body in (*held[REQUEST], *held[STATEMENT]):
        kind = text(body, "resourceType")
        is_wanted = text(body, "status") in OPEN if kind == REQUEST else _is_bought(body)
        if is_wanted:
            number = numbers[f"{kind}/{body['id']}"]
            told[kind].append(await _checked(visit, patient, (person, subject), (body, number)))
    names = await names_of(visit, frozenset(_people(held)))
    orders = sorted(told[REQUEST], key=lambda o: text(o.body, "authoredOn"), reverse=True)
    bought, may = tuple(told[STATEMENT]), await _writable(visit, patient)
    return Counter(person, subject, tuple(orders), bought, held, names, is_cut, may)


async def _writable(visit: Visit, patient: str) -> frozenset[str]:
    """Return the kinds of what is written here that who is signed in may write of a person."""
    record, actor = visit.consult.record, visit.actor
    kinds = (SUPPLY, TASK, OBSERVATION, STATEMENT)
    return frozenset([k for k in kinds if await record.may(actor, Deed.CREATE, k, patient)])


async def _checked(
    visit: Visit,
    patient: str,
    who: tuple[Person, Subject],
    found: tuple[Resource, int],
) -> Checked:
    """Return what is said now of a medicine that is on record."""
    person, subject = who
    body, number = found
    line = _line_of(body, patient, person)
    knowledge = visit.consult.services.knowledge
    medicine = _medicine_of(visit, line)
    (answer,) = await visit.consult.moment.answered(
        visit.actor, patient, [line], person=person, purpose=Purpose.LOOK
    )
    card, before = answer.card, None
    if card is None and answer.is_quiet:
        card = card_of(answer.decision, Target(line.text or "medicine", codes_of_line(line)))
        known = await visit.consult.memory.acknowledged(visit.actor, patient)
        before = known.get(card.id) if card else None
    form = Form(medicine.drug if medicine else line.text)
    looked = Looked(person, form, medicine, body, answer, card, knowledge.medicines, before)
    drug = medicine.drug if medicine else ""
    values, lacking = _values(visit, subject, drug)
    return Checked(str(body["id"]), body, number, looked, values, lacking, knowledge.genes_of(drug))


def _line_of(body: Resource, patient: str, person: Person) -> MedicineLine:
    """Return a medicine on record as the line that advisers judge."""
    reference = f"{text(body, 'resourceType')}/{body['id']}"
    if text(body, "resourceType") == REQUEST:
        call = Call("order-sign", "", patient, orders={"entry": [{"resource": body}]})
        return drafts_of(call, frozenset((f"Patient/{patient}",))).drafts[0].line
    words = text(one(body, "medicationCodeableConcept"), "text")
    there = (line for line in person.medicines if line.reference == reference)
    return next(there, MedicineLine(words, reference=reference))


def _medicine_of(visit: Visit, line: MedicineLine) -> Medicine | None:
    medicines = visit.consult.services.knowledge.medicines
    return next(iter(named_in(medicines, line)), None)


def _values(
    visit: Visit, subject: Subject, drug: str
) -> tuple[tuple[Measured, ...], tuple[str, ...]]:
    """Return the newest of each value that rules about a medicine ask for, and what is lacking."""
    knowledge = visit.consult.services.knowledge
    asked: dict[str, None] = {}
    for rule in knowledge.rules.by_drug.get(drug, ()):
        for word in _WORD.findall(rule.when_text):
            asked.update(dict.fromkeys(FORMULAS.get(word, (word,))))
    measures = subject.clinical.measures
    known = [name for name in asked if name in measures]
    found = tuple(subject.measured[name][0] for name in known if subject.measured.get(name))
    if "egfr" in known and any(m.measure.id == "creatinine" for m in found):
        known.remove("egfr")  # it is worked out of the creatinine
    lacking = tuple(measures[n].name for n in known if not subject.measured.get(n))
    return found, lacking


def _is_bought(body: Resource) -> bool:
    marks = (text(i, "system") for i in many(body, "identifier"))
    return BOUGHT in marks and text(body, "status") == "active"


def _named(body: Resource) -> set[str]:
    """Return what a resource refers to as the thing that it is about."""
    names = ("implicated", "authorizingPrescription", "basedOn", "reasonReference")
    found = {text(r, "reference") for name in names for r in many(body, name)}
    return found | {text(one(body, name), "reference") for name in ("focus", "reasonReference")}


def _people(held: Mapping[str, Iterable[Resource]]) -> set[str]:
    """Return who wrote, did or is to do something."""
    found: set[str] = set()
    for body in (r for kind in held.values() for r in kind):
        found |= {text(one(body, name), "reference") for name in ("requester", "owner")}
        found |= {text(one(p, "actor"), "reference") for p in many(body, "performer")}
        found |= {text(p, "reference") for p in many(body, "performer")}
        found |= {text(one(m, "author"), "display") for m in many(body, "mitigation")}
    return {name for name in found if name.startswith("Practitioner/")}
