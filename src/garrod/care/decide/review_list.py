"""What a list of medicines amounts to: tablets a day, cost, and what has no reason on record.

Question -> Load; the medicines whose usual reason is not on record -> one Advice, or NotAssessed
"""

from __future__ import annotations

from decimal import Decimal

from garrod.care.decide.asking import Question
from garrod.care.decide.model import Decision
from garrod.care.decide.review_model import Load
from garrod.care.decide.treatments import COSTS
from garrod.care.decide.words import listed
from garrod.core.advice import Action, Advice, Because, NotAssessed, Target, Tier
from garrod.core.dosage import strength_mg_in
from garrod.core.medicine import MedicineLine
from garrod.science.safety.language import Asked
from garrod.science.safety.subject import Taken

A1 = "review-stopp:a1:person"
QUARTER = Decimal("0.25")  # tablets are halved or quartered at the least
MOST_UNITS = 30  # Not clinical: a number beyond this is a strength misread
ALL = Target("medicines")
NO_LIST = "no condition is on record, so whether each medicine has a reason was not checked"


def load_of(question: Question) -> Load:
    """Return how much is taken: lines, tablets and capsules where directions allow, cost class."""
    lines = [line for line, _ in question.case.named]
    counted = [units for line in lines if (units := units_of(line)) is not None]
    return Load(
        lines=len(lines),
        as_needed=sum(line.is_as_needed for line in lines),
        units=sum(counted, Decimal(0)),
        counted=len(counted),
        costs=_costs(question),
    )


def units_of(line: MedicineLine) -> Decimal | None:
    """Return how many tablets or capsules a line comes to a day; None where it is not sure."""
    strength = strength_mg_in(line.text)
    if line.route != "oral" or line.is_as_needed or not line.daily_mg or not strength:
        return None
    units = line.daily_mg / strength
    is_whole = units % QUARTER == 0
    return units.normalize() if is_whole and 0 < units <= MOST_UNITS else None


def _costs(question: Question) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the medicines of each cost class, by the dearest row that names one."""
    known: dict[str, str] = {}
    for rows in question.knowledge.treatments.by_indication.values():
        for row in rows:
            known[row.drug] = max(known.get(row.drug, COSTS[0]), row.cost, key=COSTS.index)
    named = dict.fromkeys(m for _, mine in question.case.named for m in mine)
    return tuple(
        (cost, medicines)
        for cost in reversed(COSTS)
        if (medicines := tuple(m.name for m in named if known.get(m.drug) == cost))
    )


def unexplained(question: Question) -> Decision:
    """Return one piece of advice on the medicines that have no reason on record.

    A reason is one that the line states, or a condition that such a medicine is usually for. Where
    no condition is on record at all, nothing is said of any. Source: STOPP version 3, A1.
    """
    facts, person = question.knowledge.review, question.case.person
    found = [t for t in question.subject.taken if not t.line.reasons and not t.is_local]
    found = [t for t in found if _lacks(question, t)]
    if not found:
        return Decision()
    if not person.conditions or "conditions" in person.unseen:
        return Decision(not_assessed=(NotAssessed(ALL, "reasons", NO_LIST, "missing-data"),))
    names = list(dict.fromkeys(t.name for t in found))
    kinds = [u for u in facts.usual if any(t.drug in u.drugs for t in found)]
    advice = Advice(
        id=A1,
        action=Action.ASK,
        target=ALL,
        tier=Tier.T4,
        strength="minor",
        title=f"No reason on record: {listed(names)}",
        summary="Ask what each is for; write the reason down, or plan to stop it.",
        because=(
            *(Because("medicine", f"{t.name}: taken", t.ref) for t in found),
            Because("rule", "no reason on the line, and no condition that it is usually for", "A1"),
        ),
        evidence=tuple(dict.fromkeys(u.evidence for u in kinds)),
        packs=(facts.reference,),
        stable=True,
    )
    return Decision((advice,))


def _lacks(question: Question, taken: Taken) -> bool:
    """Return whether a medicine has usual reasons, and the record certainly none of them."""
    kinds = [u for u in question.knowledge.review.usual if taken.drug in u.drugs]
    asked = Asked(question.subject, taken)
    return bool(kinds) and all(u.reason(asked).is_no for u in kinds)
