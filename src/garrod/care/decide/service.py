"""The answer at the moment of a decision: every adviser asked, the most urgent advice first."""

from __future__ import annotations

from datetime import date

from garrod.care.decide.context import setting_of
from garrod.care.decide.model import NOTHING, Decision
from garrod.care.decide.pharmacogenomics import Knowledge, assess
from garrod.care.decide.policy import load_policy
from garrod.core.advice import Advice, NotAssessed, Target
from garrod.core.medicine import MedicineLine, Proposal
from garrod.core.person import Person
from garrod.knowledge.medicines import Medicine, load_medicines
from garrod.knowledge.shelf import Shelf
from garrod.science.pgx.guidance import load_guidance

UNKNOWN = "no guidance here names this medicine, so nothing was checked; is its name or code right?"
LOCAL = "a form for local use; guidance is about medicines that reach the blood"
AT_ODDS = "its code and its words name different medicines; both were checked: correct the entry"


def load_knowledge(shelf: Shelf) -> Knowledge:
    """Return what the advisers reason over.  Raises: KnowledgeError."""
    return Knowledge(load_guidance(shelf), load_medicines(shelf), load_policy(shelf))


def decide(knowledge: Knowledge, person: Person, proposal: Proposal, *, today: date) -> Decision:
    """Return the answer to a proposed order, or a review of everything that the person takes."""
    if proposal.medicine is not None:
        lines, is_new = [proposal.medicine], True
    else:
        lines, is_new = list(person.medicines), False
    found = NOTHING
    seen: set[str] = set()
    for line in lines:
        medicines = medicines_of(knowledge, line)
        if not medicines:
            target = Target(line.text or "unnamed medicine", _codes(line))
            gap = NotAssessed(target, "medicine", UNKNOWN, "unknown-drug")
            found = found.joined(Decision(not_assessed=(gap,)))
        if is_at_odds(knowledge, line):
            gap = NotAssessed(Target(line.text, _codes(line)), "medicine", AT_ODDS, "unknown-drug")
            found = found.joined(Decision(not_assessed=(gap,)))
        if medicines and knowledge.medicines.is_local(line.text):
            gap = NotAssessed(Target(line.text, _codes(line)), "form", LOCAL, "no-guidance")
            found = found.joined(Decision(not_assessed=(gap,)))
            continue
        for medicine in medicines:
            if medicine.drug in seen:
                continue
            seen.add(medicine.drug)
            setting = setting_of(knowledge.policy, person, line, is_new=is_new, today=today)
            found = found.joined(assess(knowledge, medicine, setting))
    notes = tuple(NotAssessed(Target("record"), "record", n, "unread") for n in person.notes)
    return Decision(ranked(found.advice), found.clear, found.not_assessed + notes)


def look_ahead(knowledge: Knowledge, person: Person, *, today: date) -> tuple[Advice, ...]:
    """Return the advice that would hold for medicines that the person does not take."""
    taken = {m.drug for line in person.medicines for m in medicines_of(knowledge, line)}
    found: list[Advice] = []
    for drug in knowledge.guidance.drugs():
        medicine = knowledge.medicines.by_id(drug)
        if medicine is None or drug in taken:
            continue
        line = MedicineLine(medicine.name)
        setting = setting_of(knowledge.policy, person, line, is_new=True, today=today)
        told = assess(knowledge, medicine, setting).advice
        found += [
            a
            for a in told
            if a.p_recommendation is not None  # not the offers of a test
            and knowledge.policy.is_ahead(drug, a.action)
        ]
    return ranked(tuple(found))


def medicines_of(knowledge: Knowledge, line: MedicineLine) -> tuple[Medicine, ...]:
    """Return the ingredients of a line, by its codes and by its words."""
    return tuple(dict.fromkeys((*_by_code(knowledge, line), *_by_words(knowledge, line))))


def is_at_odds(knowledge: Knowledge, line: MedicineLine) -> bool:
    """Return whether a line's codes and its words name different medicines."""
    coded, worded = _by_code(knowledge, line), _by_words(knowledge, line)
    return bool(coded) and bool(worded) and not set(coded) & set(worded)


def _by_code(knowledge: Knowledge, line: MedicineLine) -> tuple[Medicine, ...]:
    by_code = knowledge.medicines.by_code
    return tuple(m for c in line.codings if (m := by_code(c.system, c.code)) is not None)


def _by_words(knowledge: Knowledge, line: MedicineLine) -> tuple[Medicine, ...]:
    for words in (line.text, *(c.display for c in line.codings)):
        found = tuple(knowledge.medicines.find_all(words)) if words else ()
        if found:
            return found
    return ()


def _codes(line: MedicineLine) -> tuple[str, ...]:
    return tuple(f"{c.system}|{c.code}" for c in line.codings)


def ranked(advice: tuple[Advice, ...]) -> tuple[Advice, ...]:
    """Return advice in the order of its tier, then of the medicine's name."""
    return tuple(sorted(advice, key=lambda a: (a.tier.value, a.target.name, a.id)))
