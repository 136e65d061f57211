"""The answer at the moment of a decision: every adviser asked, the most urgent advice first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from garrod.care.decide.advisers import COVERS, asked
from garrod.care.decide.asking import Question, question_of
from garrod.care.decide.before import before, case_with
from garrod.care.decide.behaviour import touched_by
from garrod.care.decide.case import Case, behaving_for, case_of, setting_for
from garrod.care.decide.causes import without_doubles
from garrod.care.decide.coverage import checked, covered_by, uncovered, unread_lines
from garrod.care.decide.guards import with_co_medication, with_hard_stops
from garrod.care.decide.knowledge import Knowledge, load_knowledge
from garrod.care.decide.limits import limits_of
from garrod.care.decide.model import NOTHING, Decision
from garrod.care.decide.naming import codes_of_line, is_at_odds, named_in
from garrod.care.decide.offering import with_fit_options
from garrod.care.decide.options import allergy_to, codes_of
from garrod.care.decide.pharmacogenomics import advice_ahead, assess
from garrod.care.decide.setting import Setting
from garrod.care.decide.tolerated import as_tolerated
from garrod.core.advice import Action, Advice, NotAssessed, Target
from garrod.core.medicine import MedicineLine, Proposal
from garrod.core.person import Person
from garrod.knowledge.medicines import Medicine

__all__ = ["Knowledge", "decide", "load_knowledge", "look_ahead", "medicines_of"]

NO_MEDICINE = Medicine("", "", (), (), "", "", "")  # none that is assessed in particular
UNKNOWN = "no guidance here names this medicine, so nothing was checked; "
LOCAL = "a form for local use; guidance is about medicines that reach the blood"
AT_ODDS = "its code and its words name different medicines; both were checked: correct the entry"

REMARKED = "is it taken? It was checked as if it were"


def decide(knowledge: Knowledge, person: Person, proposal: Proposal, *, today: date) -> Decision:
    """Return the answer to a proposed order, or a review of everything that the person takes.

    Each cause is said once; each option was asked about as if it were ordered; what no adviser has
    a rule for is named once.
    """
    if proposal.medicine is None:
        case = case_of(knowledge, person, today=today)
    else:
        case = case_with(knowledge, person, today, proposal.medicine)
    question = question_of(knowledge, case, proposal.medicine)
    told = _told(knowledge, case, proposal.medicine, question)
    topics = knowledge.review.topic_ids
    kept = without_doubles(told.advice, is_order=question.is_order, topics=topics)
    once = replace(told, advice=ranked(kept))

    def judge(who: Person, line: MedicineLine) -> Decision:
        other = case_of(knowledge, who, today=today, order=line)
        return _told(knowledge, other, line, question_of(knowledge, other, line))

    return with_fit_options(question, once, judge).joined(_covered(question, once))


def _covered(question: Question, found: Decision) -> Decision:
    """Return what was checked and speaks against nothing, and what no adviser has a rule for."""
    named = question.ordered
    if not question.is_order:
        named = tuple(dict.fromkeys(m for _, mine in question.case.named for m in mine))
    covered = covered_by(question.knowledge, COVERS)
    missing = uncovered(covered, named, is_order=question.is_order)
    return Decision((), checked(question, covered, found), unread_lines(question) + missing)


def _told(
    knowledge: Knowledge, case: Case, order: MedicineLine | None, question: Question
) -> Decision:
    """Return what every adviser says, the most urgent first."""
    person = case.person
    lines = case.named if order is None else ((order, medicines_of(knowledge, order)),)
    found = NOTHING
    by_medicine: dict[Medicine, list[MedicineLine]] = {}
    for line, named in lines:
        found = found.joined(Decision(not_assessed=_doubts_of(knowledge, line, named)))
        if not knowledge.medicines.is_local(line.text):
            for medicine in named:
                if not knowledge.medicines.is_combined(medicine.drug, line.text):
                    by_medicine.setdefault(medicine, []).append(line)
    for medicine, naming in by_medicine.items():
        setting = setting_for(knowledge, case, medicine, naming, is_new=order is not None)
        said = _answer(knowledge, case, medicine, setting)
        if order is not None:
            had, rows = case.lines_of(medicine), knowledge.prescribing
            said = as_tolerated(said, rows, medicine.drug, order, had, today=case.today)
        found = found.joined(said)
    if order is not None:
        found = found.joined(_disturbed(knowledge, case, tuple(by_medicine)))
        found = found.joined(Decision(not_assessed=_acting_doubts(knowledge, case)))
    found = found.joined(asked(question))
    notes = tuple(NotAssessed(Target("record"), "record", n, "unread") for n in person.notes)
    return Decision(ranked(found.advice), found.clear, found.not_assessed + notes)


def _disturbed(knowledge: Knowledge, case: Case, ordered: Sequence[Medicine]) -> Decision:
    """Return advice on medicines already taken that the order makes behave otherwise."""
    touched = {g for m in ordered for g in touched_by(knowledge.conversions, m)}
    found = NOTHING
    if not touched:
        return found
    had_before = before(knowledge, case.person, case.today, case)
    for medicine in had_before.case.active:
        genes = {*knowledge.genes_of(medicine.drug), *knowledge.spared.get(medicine.drug, ())}
        if medicine in ordered or touched.isdisjoint(genes):
            continue
        then = had_before.of(medicine, _of_taken)
        now = _of_taken(knowledge, case, medicine)
        had = {(a.id, a.action, a.tier) for a in then.advice}
        advice = tuple(a for a in now.advice if (a.id, a.action, a.tier) not in had)
        gaps = tuple(n for n in now.not_assessed if n not in then.not_assessed)
        found = found.joined(Decision(advice, (), gaps))
    return found


def _of_taken(knowledge: Knowledge, case: Case, medicine: Medicine) -> Decision:
    """Return what is said about a medicine that is taken already."""
    naming = case.lines_of(medicine)
    setting = setting_for(knowledge, case, medicine, naming, is_new=False)
    return _answer(knowledge, case, medicine, setting)


def _acting_doubts(knowledge: Knowledge, case: Case) -> tuple[NotAssessed, ...]:
    """Return the doubts about lines that may be stopped, of medicines that act on others."""
    return tuple(
        doubt
        for line, named in case.named
        if any(touched_by(knowledge.conversions, m) for m in named)
        for doubt in _doubts_of(knowledge, line, named)
        if doubt.code == "unread"
    )


def _doubts_of(
    knowledge: Knowledge, line: MedicineLine, named: Sequence[Medicine]
) -> tuple[NotAssessed, ...]:
    """Return what makes it doubtful which medicine a line names, or whether it is taken."""
    medicines, target = knowledge.medicines, Target(line.text, codes_of_line(line))
    if not named:
        near = " or ".join(medicines.suggest(line.text))
        reason = UNKNOWN + (f"did you mean {near}?" if near else "is its name or code right?")
        unnamed = Target(line.text or "unnamed medicine", target.codes)
        return (NotAssessed(unnamed, "medicine", reason, "unknown-drug"),)
    doubts = []
    if is_at_odds(medicines, line):
        doubts.append(NotAssessed(target, "medicine", AT_ODDS, "unknown-drug"))
    remark = medicines.remark_in(line.text)
    if remark:
        reason = f"the line says “{remark}”: {REMARKED}"
        doubts.append(NotAssessed(target, "medicine", reason, "unread"))
    for medicine in named:
        if medicines.is_combined(medicine.drug, line.text):
            reason = f"the guidance is for {medicine.name} alone, not for this combination"
            doubts.append(NotAssessed(target, "combination", reason, "no-guidance"))
    if medicines.is_local(line.text):
        doubts.append(NotAssessed(target, "form", LOCAL, "no-guidance"))
    return tuple(doubts)


def _answer(knowledge: Knowledge, case: Case, medicine: Medicine, setting: Setting) -> Decision:
    """Return what is said about one medicine; what speaks against it otherwise is never clear."""
    found = assess(knowledge, medicine, setting)
    target = Target(medicine.name, codes_of(medicine))
    if setting.person is not case.person:
        plain = assess(knowledge, medicine, replace(setting, person=case.person))
        found = with_hard_stops(found, plain)
    found = with_co_medication(knowledge, medicine, setting, target, found)
    policy = knowledge.policy
    limits = policy.contraindicated(medicine.drug)
    limited = limits_of(limits, setting, target, pack=policy.reference)
    if any(advice.action is Action.AVOID for advice in limited.advice):
        found = replace(found, clear=())
    found = limited.joined(found)
    return replace(found, clear=()) if allergy_to(knowledge, setting.person, medicine) else found


def look_ahead(knowledge: Knowledge, person: Person, *, today: date) -> tuple[Advice, ...]:
    """Return the advice that would hold for medicines that the person does not take."""
    case = case_of(knowledge, person, today=today)
    behaving = _behaving(knowledge, case)
    setting = replace(case.base, person=behaving)
    found: list[Advice] = []
    for drug in knowledge.drugs():
        medicine = knowledge.medicines.by_id(drug)
        if medicine is None or drug in case.base.taken:
            continue
        if drug in knowledge.spared:
            own = setting_for(knowledge, case, medicine, (MedicineLine(""),), is_new=True)
            told = advice_ahead(knowledge, medicine, own)
        else:
            told = advice_ahead(knowledge, medicine, setting)
        if told is not None and knowledge.policy.is_ahead(drug, told.action):
            found.append(told)
    return ranked(tuple(found))


def _behaving(knowledge: Knowledge, case: Case) -> Person:
    """Return the person as the genes behave for any medicine that is not taken yet."""
    return behaving_for(knowledge, case, NO_MEDICINE)


def medicines_of(knowledge: Knowledge, line: MedicineLine) -> tuple[Medicine, ...]:
    """Return the ingredients of a line, by its codes and by its words."""
    return named_in(knowledge.medicines, line)


def ranked(advice: tuple[Advice, ...]) -> tuple[Advice, ...]:
    """Return advice in the order of its tier, then of the medicine's name."""
    return tuple(sorted(advice, key=lambda a: (a.tier, a.target.name, a.id)))
