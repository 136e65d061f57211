"""How a medicine that should go is taken away, for this person.

advice to taper, Question -> the plan of the medicine, or why it is not offered
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from garrod.care.decide.asking import Question
from garrod.care.decide.review_facts import Plan
from garrod.care.decide.review_model import TaperPlan, TaperStep
from garrod.care.decide.review_once import drugs_of
from garrod.core.advice import Action, Advice
from garrod.science.safety.language import Asked
from garrod.science.safety.subject import Taken

HUNDREDTH = Decimal("0.01")  # mg, to which a step is rounded


def plans_of(question: Question, parts: Iterable[Advice]) -> tuple[TaperPlan, ...]:
    """Return a plan for each medicine that some advice wants tapered and a row knows."""
    wanted = {d for part in parts if part.action is Action.TAPER for d in drugs_of(part)}
    found: dict[str, TaperPlan] = {}
    for taken in question.subject.taken:
        plan = question.knowledge.review.plan_for(taken.drug)
        if plan is not None and taken.drug.replace(" ", "-") in wanted and not taken.is_local:
            found.setdefault(taken.drug, _for_person(question, taken, plan))
    return tuple(found.values())


def _for_person(question: Question, taken: Taken, plan: Plan) -> TaperPlan:
    """Return the plan with doses, or what speaks against it; what is not known does not."""
    answer = plan.not_when(Asked(question.subject, taken))
    lines = question.subject.by_drug[taken.drug]
    daily = taken.daily_mg if len(lines) == 1 else None
    steps = tuple(
        TaperStep(step.dose_factor, _mg(daily, step.dose_factor), step.days) for step in plan.steps
    )
    return TaperPlan(
        medicine=taken.name,
        blocked="; ".join(fact.text for fact in answer.facts) if answer.is_yes else "",
        steps=() if answer.is_yes else steps,
        watch=plan.watch,
        restart=plan.restart,
        not_for=plan.blocked,
        evidence=plan.evidence,
    )


def _mg(daily: Decimal | None, factor: Decimal) -> Decimal | None:
    if daily is None:
        return None
    return Decimal(f"{(daily * factor).quantize(HUNDREDTH).normalize():f}")
