"""A medication review: the whole list, each problem once, by what to do about it.

Knowledge, person, day -> every adviser -> one finding a problem, plans to taper, the load -> Review
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import reduce

from garrod.care.decide.asking import Question, question_of
from garrod.care.decide.case import case_of
from garrod.care.decide.causes import joined
from garrod.care.decide.knowledge import Knowledge
from garrod.care.decide.model import Decision
from garrod.care.decide.review_list import load_of, unexplained
from garrod.care.decide.review_model import Do, Finding, Review
from garrod.care.decide.review_once import Group, grouped
from garrod.care.decide.review_plans import plans_of
from garrod.care.decide.service import decide, ranked
from garrod.care.decide.words import listed
from garrod.core.advice import Action, Advice, NotAssessed, Target, Tier
from garrod.core.medicine import REVIEW
from garrod.core.person import Person

# Findings that are laid out in full; quiet ones beyond are listed by their titles. Own choice
MOST = 15
QUIET = (Tier.T4, Tier.T5)
DOES = {
    **dict.fromkeys((Action.AVOID, Action.STOP, Action.TAPER), Do.STOP),
    **dict.fromkeys(
        (Action.PREFER_ALTERNATIVE, Action.ADJUST, Action.START_LOWER, Action.START_HIGHER),
        Do.CHANGE,
    ),
    **dict.fromkeys((Action.MONITOR, Action.TEST_FIRST, Action.CONSIDER_TEST), Do.MONITOR),
    **dict.fromkeys((Action.ASK, Action.REFER, Action.NO_RECOMMENDATION), Do.ASK),
}
STARTS = "review-start"  # the adviser of what is missing
ORDER = tuple(Do)


def review(knowledge: Knowledge, person: Person, *, today: date, most: int = MOST) -> Review:
    """Return the review of everything that a person takes.

    Silent advice, and advice to go on as usual, is left out; nothing that interrupts is ever
    beyond the budget. What could not be told is said once a medicine and reason.
    """
    question = question_of(knowledge, case_of(knowledge, person, today=today), None)
    decision = decide(knowledge, person, REVIEW, today=today).joined(unexplained(question))
    told = [a for a in decision.advice if a.tier is not Tier.T5 and a.action in DOES]
    found = sorted(
        (_finding(question, group) for group in grouped(knowledge.review, told)), key=_rank
    )
    loud = sum(f.tier not in QUIET for f in found)
    shown = sorted(found[: max(most, loud)], key=lambda f: (ORDER.index(f.do), *_rank(f)))
    return Review(
        findings=tuple(shown),
        further=tuple(found[max(most, loud) :]),
        load=load_of(question),
        clear=decision.clear,
        not_assessed=_once(decision.not_assessed),
    )


def said_once(knowledge: Knowledge, decision: Decision) -> Decision:
    """Return a decision with each problem once, the proof of all that speak of it joined."""
    groups = grouped(knowledge.review, decision.advice)
    return replace(decision, advice=ranked(tuple(_as_one(group) for group in groups)))


def _as_one(group: Group) -> Advice:
    found = reduce(joined, group.parts)
    names = list(dict.fromkeys(n for part in group.parts for n in _names(part)))
    if not group.is_across or len(group.parts) < 2 or not names:
        return found
    return replace(found, title=f"{group.topic}: {listed(names)}")


def _rank(finding: Finding) -> tuple[str, int, str]:
    """Return the place of a finding: the loudest, then that with most sources, then by name."""
    return finding.tier.value, -len(finding.sources), finding.title


def _finding(question: Question, group: Group) -> Finding:
    parts = group.parts
    names = dict.fromkeys(n for part in parts for n in _names(part))
    title = parts[0].title
    if group.is_across and len(parts) > 1:
        title = f"{group.topic}: {listed(list(names))}" if names else group.topic
    return Finding(_do(parts), title, tuple(names), parts, plans_of(question, parts))


def _do(parts: Sequence[Advice]) -> Do:
    lead = parts[0]
    return Do.START if lead.id.startswith(f"{STARTS}:") else DOES[lead.action]


def _names(advice: Advice) -> tuple[str, ...]:
    """Return the medicines of advice as they are called: those of its chain, else its target."""
    named = [b.text.partition(":")[0] for b in advice.because if b.step == "medicine"]
    return tuple(named) or (() if advice.target.name == "medicines" else (advice.target.name,))


def _once(gaps: Sequence[NotAssessed]) -> tuple[NotAssessed, ...]:
    """Return what could not be told, each reason once with all that it concerns."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for gap in gaps:
        found.setdefault((gap.subject, gap.reason, gap.code), []).append(gap.target.name)
    return tuple(
        NotAssessed(Target(listed(list(dict.fromkeys(names)))), subject, reason, code)
        for (subject, reason, code), names in found.items()
    )
