"""Lays out a card and its order: Looked -> view. Words of advice come from care/decide alone."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from garrod.adapters.cds.again import command
from garrod.adapters.report.cards import card_of as reported
from garrod.adapters.report.cards import is_of_genes
from garrod.adapters.report.phrases import capital, citation_of
from garrod.care.decide.card import Card
from garrod.care.decide.notices import unseen_facts
from garrod.care.decide.ports import CardDeed
from garrod.care.decide.words import subject_words
from garrod.core.advice import Advice, NotAssessed, Option, Target, Tier
from garrod.entry.web.notes import explained_all
from garrod.entry.web.prescribe.dosing import MEASURED, NOTES, PIECES, SITES, TIMES, UNITS, WAYS
from garrod.entry.web.prescribe.form import (
    Form,
    directions_of,
    lacking,
    name_of,
    with_dose,
)
from garrod.entry.web.prescribe.looking import Looked
from garrod.entry.web.prescribe.view import Choice, Order, Part, Shown

TIERS = {
    Tier.T1: ("stop", "Hard stop"),
    Tier.T2: ("warn", "Warning"),
    Tier.T3: ("advise", "Advice"),
}
BEFORE = {
    CardDeed.ACCEPTED: "This advice was followed before: it stands here to be read.",
    CardDeed.OVERRIDDEN: "This advice was overruled before: it stands here to be read.",
}
CALM = "No change is needed as far as it could be checked."
RULE = "A rule about this person, not a probability."
NO_REASON = frozenset(
    (
        "medicine",
        "caution",
        "guidance",
        "interaction",
        "rule",
        "other-guidance",
        "onset",
        "value",
        "test",
        "policy",
    )
)  # steps of a chain that are no reason of this person's
MOST_REASONS = 3  # Not clinical: the rest stands in the proof
UNKNOWN = (
    ("Why", "What stands under “What was not assessed” could not be checked"),
    ("How sure", "Not at all: nothing was checked, so nothing is said for or against it"),
    ("What to do", "Choose the medicine by its name, or check it by other means before you sign"),
)
MOST_SURE = 0.99  # Not clinical: from here on words say "more than"
NO_CHECK = "No rule here could be applied to this order: nothing is said for or against it."
PARTLY = "Nothing was found against it, but some facts could not be read."
PROPOSED = "the usual dose is proposed: change what you like"
CHOSEN = "as you chose it"
TO_CHOOSE = "to be chosen before it is signed: no usual dose with a source is at hand"
INCOMPLETE = "something is still to be chosen before it is signed"
OVERRULE = "Choose a reason below: it is kept with the order."
OVERRULE_STOP = "Choose a reason below and name a second person who agrees: both are kept."
NO_OVERRULE = "Nothing stands in the way: it is advice, and the order can be signed as it is."
ANSWERED = "It was answered before: the order can be signed without another answer."
NOT_YOURS = "Only somebody who may prescribe can sign or overrule it."
NOTHING, NOT_FULLY = "Nothing found against it", "Not fully checked"


def order_view(looked: Looked, base: str, faults: tuple[tuple[str, str], ...] = ()) -> Order:
    """Return an order and what is said of it. `base` is the address of this server."""
    card, form, medicine = looked.card, looked.form, looked.medicine
    decision = looked.answer.decision
    gaps = card.not_assessed if card is not None else decision.not_assessed
    gaps = tuple(dict.fromkeys((*_unseen(looked), *gaps, *decision.not_assessed)))
    is_clear = bool(decision.clear) and not looked.person.unseen
    shown = shown_of(looked, card) if card is not None else None
    is_blocked = shown is not None and shown.is_in_the_way
    is_lacking = bool(lacking(form))
    has_way = shown is not None and bool(shown.choices)
    return Order(
        name=name_of(form, medicine),
        known_as=", ".join(medicine.synonyms[:3]) if medicine else "",
        directions=directions_of(form),
        form=form,
        units=tuple(MEASURED.items()),
        times=tuple(TIMES.items()),
        faults=faults,
        card=shown,
        clear=tuple((c.target.name, capital(c.reason)) for c in decision.clear),
        gaps=tuple(_gap(n) for n in gaps),
        calm=CALM if is_clear else PARTLY if decision.clear else NO_CHECK,
        calm_word=NOTHING if is_clear else NOT_FULLY,
        calm_kind="clear" if is_clear else "unsure",
        instead=form.instead,
        command=command_of(looked, base),
        mark=looked.mark,
        opens_dose=bool(faults or form.instead) or (is_lacking and not is_blocked),
        opens_reasons=bool(faults or form.reason) or not has_way,
        ways=tuple(WAYS.items()),
        pieces=tuple((code, UNITS[code]) for code in PIECES),
        sites=tuple(SITES),
        notes=tuple(NOTES),
        dose_hint=_dose_hint(looked),
        usual=looked.usual.words if looked.usual else "",
        usual_source=_source(looked),
        may_sign=looked.may_sign,
    )


def _dose_hint(looked: Looked) -> str:
    """Return whose the dose of the form is, or that it is still to be chosen."""
    form = looked.form
    if looked.usual is not None and with_dose(_bare(form), looked.usual) == form:
        return PROPOSED
    if not lacking(form):
        return CHOSEN
    return INCOMPLETE if form.amount or looked.usual is not None else TO_CHOOSE


def _bare(form: Form) -> Form:
    """Return a form without its directions."""
    empty = dict.fromkeys(("first", "amount", "times", "route", "days", "site", "note"), "")
    return replace(form, unit="mg", **empty)


def _source(looked: Looked) -> tuple[str, str]:
    """Return where the usual dose stands: words, address."""
    if looked.usual is None:
        return ("", "")
    cite = citation_of(looked.usual.evidence)
    return (cite.text, cite.links[0][1] if cite.links else "")


def shown_of(looked: Looked, card: Card) -> Shown:
    """Return a card, ready to be laid out."""
    kind, word = TIERS[card.tier] if card.advice else ("unsure", NOT_FULLY)
    return Shown(
        id=card.id,
        kind=kind,
        word=word,
        headline=card.headline,
        before=BEFORE.get(looked.before, "") if looked.before else "",
        parts=tuple(_part(a, i) for i, a in enumerate(card.advice, 1)),
        choices=tuple(_choice(o, i, looked) for i, o in enumerate(card.options) if o.codes),
        reasons=tuple((r.code, r.words) for r in card.reasons),
        is_in_the_way=card.is_interruptive and looked.before is None,
        needs_second=card.tier is Tier.T1,
        overruling=_overruling(looked, card),
        plain=() if card.advice else UNKNOWN,
        notes=explained_all(card.advice),
    )


def _overruling(looked: Looked, card: Card) -> str:
    """Return how a card is overruled."""
    if not looked.may_sign:
        return NOT_YOURS
    if looked.before is not None:
        return ANSWERED
    if not card.is_interruptive:
        return NO_OVERRULE
    return OVERRULE_STOP if card.tier is Tier.T1 else OVERRULE


def command_of(looked: Looked, base: str) -> str:
    """Return the command that asks the same question again, with the whole chain in its answer."""
    return command(base, looked.person.reference.rpartition("/")[2], [looked.order])


def _unseen(looked: Looked) -> tuple[NotAssessed, ...]:
    """Return that some kinds of facts could not be read; silence would pass for "clear"."""
    if not looked.person.unseen:
        return ()
    target = Target(looked.answer.order.text)
    return (unseen_facts(target, sorted(looked.person.unseen)),)


def _part(advice: Advice, number: int) -> Part:
    said = reported(advice, number)
    return Part(
        tag=said.tag,
        title=advice.title,
        summary=said.summary,
        why=said.why or _reasons(advice),
        certainty=said.certainty if is_of_genes(advice) else RULE,
        sure=_in_hundred(advice.p_recommendation),
        doubts=said.doubts,
        watch=said.watch,
        strength=said.strength if is_of_genes(advice) else _severity(advice),
        citations=said.citations,
        steps=said.steps,
    )


def _reasons(advice: Advice) -> tuple[str, ...]:
    """Return what a rule found of this person; where it found nothing, what it warns of."""
    found = [b.text for b in advice.because if b.step not in NO_REASON]
    found = found or [
        b.text.partition(": ")[2] or b.text for b in advice.because if b.step == "interaction"
    ]
    found = found or [advice.summary.partition(". ")[0].removesuffix(".")]
    return tuple(dict.fromkeys(capital(text) for text in found))[:MOST_REASONS]


def _in_hundred(p: float | None) -> str:
    """Return a probability as so many in a hundred; what is not certain never reads as certain."""
    if p is None:
        return ""
    if p > MOST_SURE:
        return "More than 99 in 100"
    return "Fewer than 1 in 100" if p < 1 - MOST_SURE else f"{round(100 * p)} in 100"


def _severity(advice: Advice) -> str:
    return f"Severity: {advice.strength}" if advice.strength else "Severity not graded"


def _choice(option: Option, number: int, looked: Looked) -> Choice:
    order = option.order or {}
    if order.get("resourceType") == "ServiceRequest":
        label = f"Ask for the test: {option.name}"
        return Choice(option.name, label, capital(option.reason), "", number=str(number))
    form = Form(
        drug=_drug_of(option, looked),
        indication=looked.form.indication,
        instead=looked.form.drug,
    )
    lacking = f": {option.no_dose}" if option.no_dose else ""
    dose = option.dose.words if option.dose else f"Dose to be chosen{lacking}"
    link = f"?{urlencode([('drug', form.drug), ('indication', form.indication)])}"
    link += f"&{urlencode([('instead', form.instead)])}"
    return Choice(
        option.name, f"Prescribe {option.name} instead", capital(option.reason), dose, link
    )


def _drug_of(option: Option, looked: Looked) -> str:
    for code in option.codes:
        system, _, value = code.partition("|")
        found = looked.known.by_code(system, value)
        if found is not None:
            return found.drug
    return option.name


def _gap(gap: NotAssessed) -> tuple[str, str]:
    return capital(subject_words(gap.subject)), capital(gap.reason)
