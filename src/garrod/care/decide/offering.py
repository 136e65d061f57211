"""The options of a decision: each checked by every adviser, those of the indication ranked in.

Decision of an order or a review -> options that hold, best first, and why others are not offered
"""

from __future__ import annotations

from dataclasses import replace

from garrod.care.decide.asking import Question
from garrod.care.decide.causes import AGAINST, adviser_of
from garrod.care.decide.model import Decision
from garrod.care.decide.ranking import Fit, Judge, Ranker, Ranking, indication_of
from garrod.core.advice import Advice, Because, Option, Tier
from garrod.knowledge.medicines import Medicine

MOST = 5  # options on one card. Source: the project's design
INSTEAD = "instead of "  # how an interaction names the medicine that an option stands in for
RANKED_AT = frozenset((Tier.T1, Tier.T2, Tier.T3))


def with_fit_options(question: Question, found: Decision, judge: Judge) -> Decision:
    """Return a decision each of whose options was asked about as if it were ordered.

    `judge` asks every adviser. An order that is spoken against gets the ranked alternatives of
    what it is for.
    """
    ranker = Ranker(question.knowledge, question.case.person, question.subject, judge)
    ordered = frozenset(m.drug for m in question.ordered)
    return replace(
        found, advice=tuple(_offered(question, ranker, a, ordered) for a in found.advice)
    )


def _offered(question: Question, ranker: Ranker, advice: Advice, ordered: frozenset[str]) -> Advice:
    targets = _drugs_of(question, advice)
    replacing = ordered | targets if question.is_order else targets
    indication = _indication(question, ordered) if targets & ordered else ""
    kept: dict[str, Option] = {}
    barred: list[Fit] = []
    for option in advice.options:
        medicine = _medicine_of(question, option)
        if medicine is None:
            kept[option.name] = option  # a group, in the guideline's words: no one medicine
            continue
        gone = replacing | _instead_of(question, option)
        fit = ranker.fit(medicine, gone, indication=indication)
        if fit.barred:
            barred.append(fit)
        else:
            kept[option.name] = _remarked(option, fit)
    ranking = Ranking()
    is_against = advice.action in AGAINST and advice.tier in RANKED_AT
    if indication and is_against and not _is_there_already(advice):
        ranking = ranker.rank(indication, replacing)
        barred += [f for f in ranking.barred if f not in barred]
    options = _merged(kept, ranking)
    held = [
        Because("not-offered", f"{f.medicine.name}: {f.barred}", f.medicine.drug) for f in barred
    ]
    if options == advice.options and not held:
        return advice
    chain = [b for b in held if b not in advice.because]
    packs = {question.knowledge.treatments.reference} if ranking.ranked else set()
    return replace(
        advice,
        options=options,
        because=(*advice.because, *chain),
        packs=tuple(sorted({*advice.packs, *packs})),
    )


def _is_there_already(advice: Advice) -> bool:
    """Return whether it is spoken against only since the same medicine is taken already."""
    return adviser_of(advice) == "duplicates" and "+" not in advice.id


def _indication(question: Question, ordered: frozenset[str]) -> str:
    if question.order is None:
        return ""
    return indication_of(question.knowledge, question.subject, question.order, ordered)


def _drugs_of(question: Question, advice: Advice) -> frozenset[str]:
    return frozenset(m.drug for m in question.knowledge.medicines.find_all(advice.target.name))


def _medicine_of(question: Question, option: Option) -> Medicine | None:
    for code in option.codes:
        system, _, value = code.partition("|")
        found = question.knowledge.medicines.by_code(system, value)
        if found is not None:
            return found
    return question.knowledge.medicines.find(option.name) if option.codes else None


def _instead_of(question: Question, option: Option) -> frozenset[str]:
    """Return what an option says that it stands in for, beside what advice is about."""
    if not option.reason.startswith(INSTEAD):
        return frozenset()
    named = question.knowledge.medicines.find_all(option.reason)
    return frozenset(m.drug for m in named)


def _remarked(option: Option, fit: Fit) -> Option:
    """Return an option with what speaks against it, and its usual dose or why there is none."""
    said = [f"but {a}" for a in fit.against if a not in option.reason]
    return replace(
        option,
        reason="; ".join((option.reason, *said)),
        dose=fit.dosed.dose,
        no_dose=fit.dosed.why_not,
    )


def _merged(kept: dict[str, Option], ranking: Ranking) -> tuple[Option, ...]:
    """Return the options: those of the ranking in its order where it has them, then the others."""
    ranked = [r.as_option() for r in ranking.ranked]
    placed = [
        replace(o, reason=f"{kept[o.name].reason}; {o.reason}") if o.name in kept else o
        for o in ranked
    ]
    names = {o.name for o in placed}
    first = [o for o in placed if o.name in kept]
    others = [o for o in kept.values() if o.name not in names]
    more = [o for o in placed if o.name not in kept]
    return (*first, *others, *more)[: max(MOST, len(kept))]
