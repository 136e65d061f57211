"""The adviser on allergies: what is recorded, how close it is to a medicine, what could be none.

Question -> science.safety.allergy -> Advice (one a medicine), NotAssessed (what could not be read)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from garrod.care.decide.asking import Question
from garrod.care.decide.knowledge import Knowledge
from garrod.care.decide.model import Decision
from garrod.care.decide.options import codes_of
from garrod.care.decide.wording import sentence
from garrod.care.decide.words import DOING, dated, listed
from garrod.core.advice import Action, Advice, Because, NotAssessed, Target, Tier
from garrod.core.evidence import Evidence
from garrod.science.safety.allergens import Allergens, Recognised, Weight
from garrod.science.safety.allergy import SAME, Clash, PenFast, clashes, may_be_none, unread
from garrod.science.safety.subject import Taken

SUBJECT = "allergy"
STRENGTHS = {Tier.T1: "contraindicated", Tier.T2: "serious", Tier.T3: "moderate"}
# In a review the medicine is taken already: a mild allergy to it is to be looked into, not stopped.
QUIETER = {Tier.T2: Tier.T3, Tier.T3: Tier.T4}
TAKEN = "It is taken already: find out whether it is tolerated, and correct the record or stop it"
UNREAD = "which names no medicine, class or substance known here; read it before giving anything"
CONTAINS = "whether a product contains it was not checked; read the product information"
UNSEEN = "allergies could not be read, so nothing is said of them"
DELABEL = "Penicillin allergy that may be none: ask, and consider a test or challenge"
LABEL = Target("penicillin allergy")
ALLERGY_TO = re.compile(r"^(?:allergy|intolerance|allergic|hypersensitivity) to ", re.IGNORECASE)


def by_allergies(question: Question) -> Decision:
    """Return what recorded allergies say of an order, or of all that is taken."""
    known, person = question.knowledge.allergens, question.case.person
    recognised = known.recognised(person.allergies)
    about = [t for t in question.subject.taken if t.is_new or not question.is_order]
    first = {t.drug: t for t in reversed(about)}
    advice = [
        _advice(question, taken, told)
        for taken in dict.fromkeys(first[t.drug] for t in about)
        if (told := clashes(known, recognised, taken.drug))
    ]
    advice += _labels(question, recognised)
    return Decision(tuple(advice), (), tuple(_gaps(question, recognised)))


def _advice(question: Question, taken: Taken, told: Sequence[Clash]) -> Advice:
    lead, known = told[0], question.knowledge.allergens
    against = [c for c in told if c.tier is lead.tier]
    tier = lead.tier if taken.is_new else QUIETER.get(lead.tier, lead.tier)
    medicine = question.knowledge.medicines.by_id(taken.drug)
    does = [known.phrases[code] for c in against for code in c.manage]
    does += [] if taken.is_new or not lead.is_against else [TAKEN]
    why = [_why(known, c) for c in against]
    return Advice(
        id=f"allergy:{lead.grade}:{taken.drug.replace(' ', '-')}",
        action=lead.action,
        target=Target(taken.name, codes_of(medicine) if medicine else ()),
        tier=tier,
        strength=STRENGTHS.get(lead.tier, "minor"),
        title=f"{_doing(lead, taken)} {taken.name}: {_recorded(lead.recognised)}",
        summary=" ".join(sentence(s) for s in dict.fromkeys((*why, *does))),
        because=(
            Because("medicine", f"{taken.name}: {_state(taken)}", taken.ref),
            *(_entry(c.recognised) for c in told),
            *(Because("rule", f"allergy, grade {c.grade}", known.reference) for c in told[:1]),
        ),
        evidence=_cited(c.evidence for c in against),
        packs=(known.reference,) if known.reference else (question.knowledge.medicines.reference,),
        stable=True,
    )


def _doing(lead: Clash, taken: Taken) -> str:
    is_asked = lead.action is Action.ASK and not taken.is_new
    return "Ask about" if is_asked else DOING[lead.action]


def _state(taken: Taken) -> str:
    return "proposed" if taken.is_new else "taken"


def _cited(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys(evidence))


def _recorded(one: Recognised) -> str:
    """Return what is recorded, with what happened: "allergy recorded to Penicillin (rash)"."""
    happened = listed([r.name for r in one.reactions])
    kind = "intolerance" if one.weight is Weight.INTOLERANCE else "allergy"
    named = ALLERGY_TO.sub("", one.words)
    return f"{kind} recorded to {named}" + (f" ({happened})" if happened else "")


def _why(known: Allergens, clash: Clash) -> str:
    """Return why a recorded allergy speaks of the medicine, and how sure the record is."""
    one = clash.recognised
    if clash.effect:
        said = known.phrases[clash.effect]
    elif clash.grade == SAME:
        said = "it is the medicine, or a part of it, that was reacted to"
    else:
        said = f"it is one of the {known.names[clash.of_class]}"
    if one.weight is Weight.INTOLERANCE:
        said += "; what is recorded is an intolerance, and may come back"
    if one.weight is Weight.INTOLERANCE and one.allergy.kind == "allergy":
        said += " (recorded as an allergy, though what is written is a side effect)"
    return said + ("; the allergy is not confirmed" if one.allergy.is_confirmed is False else "")


def _entry(one: Recognised) -> Because:
    since = f", since {dated(one.allergy.since)}" if one.allergy.since else ""
    return Because(SUBJECT, _recorded(one) + since, one.allergy.reference or "record")


def _labels(question: Question, recognised: Sequence[Recognised]) -> Iterable[Advice]:
    """Yield the prompt to look into a penicillin allergy of low risk, where it matters."""
    if question.is_order and not any(_is_antibacterial(question, t) for t in _ordered(question)):
        return
    known, case = question.knowledge.allergens, question.case
    scored = [
        (one, score)
        for one in recognised
        if (score := may_be_none(known, one, case.today, question.subject.age)) is not None
    ]
    if scored:
        yield _label(known, scored)


def _ordered(question: Question) -> list[Taken]:
    return [t for t in question.subject.taken if t.is_new]


def _is_antibacterial(question: Question, taken: Taken) -> bool:
    """Return whether a medicine is an antibacterial for the whole body (ATC J01)."""
    medicine = question.knowledge.medicines.by_id(taken.drug)
    return medicine is not None and any(code.startswith("J01") for code in medicine.atc)


def _label(known: Allergens, scored: Sequence[tuple[Recognised, PenFast]]) -> Advice:
    said = [
        f"PEN-FAST {s.low} to {s.high}: low risk, under 5 % test positive; "
        f"not known: {listed(list(s.open))}"
        for _, s in scored
    ]
    return Advice(
        id="allergy:penicillin-label:person",
        action=Action.REFER,
        target=LABEL,
        tier=Tier.T4,
        strength="moderate",
        title=DELABEL,
        summary=" ".join(sentence(s) for s in dict.fromkeys(said)),
        because=(
            *(_entry(one) for one, _ in scored),
            Because("rule", "PEN-FAST below 3", known.reference),
        ),
        evidence=(known.evidence["pen_fast:low-below"],),
        packs=(known.reference,),
        stable=True,
    )


def _gaps(question: Question, recognised: Sequence[Recognised]) -> Iterable[NotAssessed]:
    """Yield what is recorded and could not be checked, with its words."""
    target = Target("medicines")
    if question.order is not None:
        named = listed([m.name for m in question.ordered])
        target = Target(named or question.order.text or "this order")
    if "allergies" in question.case.person.unseen:
        yield NotAssessed(target, SUBJECT, UNSEEN, "unread")
    for one in unread(recognised):
        yield NotAssessed(target, SUBJECT, f"an allergy reads “{one.words}”, {UNREAD}", "unread")
    for one in recognised:
        for substance in one.substances:
            name = substance.partition(":")[2]
            yield NotAssessed(
                target, SUBJECT, f"an allergy to {name} is recorded; {CONTAINS}", "not-assessed"
            )


def every_ingredient(knowledge: Knowledge) -> frozenset[str]:
    """Return the ingredients that the adviser speaks of: all, for any may be named itself."""
    return frozenset(knowledge.medicines.by_drug)
