"""Reads what the page shows: the person now, the order as a line, and the answer to it.

patient, form -> Looked (person, order, answer, card, whether it was answered before)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from garrod.adapters.cds.model import Call
from garrod.adapters.cds.orders import drafts_of
from garrod.care.decide.asking import question_of
from garrod.care.decide.card import Card, card_of
from garrod.care.decide.case import case_of
from garrod.care.decide.moment import Answered, Purpose
from garrod.care.decide.ports import CardDeed
from garrod.care.decide.ranking import indication_of
from garrod.care.govern.access import Actor, Deed
from garrod.core.advice import OptionDose, Target, Tier
from garrod.core.medicine import MedicineLine
from garrod.core.person import Person
from garrod.entry.consult import Consult
from garrod.entry.web.prescribe.form import (
    Form,
    mark_of,
    medicine_of,
    order_of,
    with_dose,
)
from garrod.entry.web.prescribe.subjects import subjects_of
from garrod.knowledge.medicines import Medicine, Medicines
from garrod.science.safety.subject import Subject


@dataclass(frozen=True, slots=True)
class Looked:
    """A person, and what is said of an order for them; `before` is how its card was answered.

    `may_sign` is what the page offers; the decision point rules where the order is written.
    """

    person: Person
    form: Form
    medicine: Medicine | None
    order: Mapping[str, Any]
    answer: Answered
    card: Card | None
    known: Medicines
    before: CardDeed | None = None
    usual: OptionDose | None = None  # how it is usually given, as a cited row says
    may_sign: bool = True

    @property
    def mark(self) -> str:
        """Return the mark of what is shown: signing asks whether it is still the same."""
        card = self.card.id if self.card else ""
        return mark_of(self.form, (*lines_of(self.person), f"card {card}"))


def lines_of(person: Person) -> tuple[str, ...]:
    """Return the lines of a person's list as they are compared."""
    return tuple(f"{line.text} ({line.daily_mg})" for line in person.medicines)


async def looked(
    consult: Consult,
    actor: Actor,
    patient: str,
    form: Form,
    *,
    purpose: Purpose = Purpose.LOOK,
    sitting: str = "",
) -> Looked:
    """Return what is said of an order.  Raises: AccessDenied, NotFound REC001, Gone REC002."""
    person = await consult.people.person(actor, patient)
    knowledge = consult.services.knowledge
    medicine = medicine_of(knowledge.medicines, form)
    usual = usual_dose(consult, person, form, medicine)
    form = with_dose(form, usual)
    order = order_of(form, medicine, patient)
    line = replace(line_of(order, patient), reference=f"draft/{form.drug}")
    (answer,) = await consult.moment.answered(
        actor, patient, [line], person=person, purpose=purpose, sitting=sitting
    )
    card, before = answer.card, None
    if card is None and answer.is_quiet:
        card = card_of(answer.decision, Target(line.text, _codes(line)))
        known = await consult.memory.acknowledged(actor, patient)
        is_hard = card is not None and card.tier is Tier.T1  # asked of each order anew
        before = known.get(card.id) if card and not is_hard else None
    may_sign = await consult.record.may(actor, Deed.CREATE, "MedicationRequest", patient)
    return Looked(
        person, form, medicine, order, answer, card, knowledge.medicines, before, usual, may_sign
    )


def line_of(order: Mapping[str, Any], patient: str) -> MedicineLine:
    """Return a draft order as the line that advisers judge."""
    call = Call("order-sign", "", patient, orders={"entry": [{"resource": dict(order)}]})
    return drafts_of(call, frozenset((f"Patient/{patient}",))).drafts[0].line


def usual_dose(
    consult: Consult, person: Person, form: Form, medicine: Medicine | None
) -> OptionDose | None:
    """Return how a medicine is usually given for what it is for; None where no row says."""
    if medicine is None:
        return None
    knowledge = consult.services.knowledge
    line = line_of(order_of(replace(form, drug=medicine.drug), medicine, "x"), "x")
    subject = subject_now(consult, person, line)
    purpose = indication_of(knowledge, subject, line, [medicine.drug])
    return knowledge.treatments.dose_of(medicine.drug, purpose, subject)


def subject_now(consult: Consult, person: Person, order: MedicineLine | None = None) -> Subject:
    """Return a person as rules ask about them today, of an order if there is one."""
    knowledge, today = consult.services.knowledge, consult.clock().date()
    if order is None:
        return subjects_of(knowledge).of(person, today)
    case = case_of(knowledge, person, today=today, order=order)
    return question_of(knowledge, case, order).subject


def _codes(line: MedicineLine) -> tuple[str, ...]:
    return tuple(f"{c.system}|{c.code}" for c in line.codings if c.code)
