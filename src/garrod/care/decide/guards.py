"""What other medicines must not do to an answer: lift a hard stop, or pass for nothing.

answer as the genes behave, answer as they are -> the louder hard stop stays
"""

from __future__ import annotations

from dataclasses import replace

from garrod.care.decide.knowledge import Knowledge
from garrod.care.decide.model import Decision
from garrod.care.decide.setting import Setting
from garrod.care.decide.words import listed
from garrod.core.advice import Advice, NotAssessed, Target, Tier
from garrod.knowledge.medicines import Medicine

STAYS = (
    "Other medicines taken now may hold the gene back; that ends when they end, the result stays."
)
ACTING = (":strong", ":moderate")  # inhibitions that are acted on. Source: policy, phenoconversion


def with_hard_stops(found: Decision, plain: Decision) -> Decision:
    """Return the answer as the genes behave, with each hard stop that holds as they are.

    An inhibitor may be stopped tomorrow, and the genes stay: it never lifts a hard stop.
    """
    stops = [a for a in plain.advice if a.tier is Tier.T1]
    if not stops or any(a.tier is Tier.T1 for a in found.advice):
        return found
    said = tuple(replace(a, summary=f"{a.summary} {STAYS}", stable=False) for a in stops)
    return replace(found, advice=said, clear=())


def with_co_medication(
    knowledge: Knowledge, medicine: Medicine, setting: Setting, target: Target, found: Decision
) -> Decision:
    """Return the answer, open where guidance depends on inhibitors and has no row for these.

    Such guidance (eliglustat) takes the result as it is, and says by population what inhibitors do;
    an answer that comes from elsewhere has not looked at them.
    """
    genes = knowledge.spared.get(medicine.drug, frozenset())
    marks = sorted(
        mark
        for mark in setting.inhibitors
        if mark.partition(":")[0] in genes and mark.endswith(ACTING)
    )
    if not marks or any(_asks(knowledge, medicine.drug, a) for a in found.advice):
        return found
    said = listed([mark.replace(":", " (") + ")" for mark in marks])
    reason = (
        f"medicines that inhibit {said} are taken, and no guideline at hand says what follows for "
        "this result; read the product information before giving it"
    )
    gap = NotAssessed(target, "co-medication", reason, "not-assessed")
    open_ones = tuple(replace(a, stable=False) for a in found.advice)
    return Decision(open_ones, (), (gap, *found.not_assessed))


def _asks(knowledge: Knowledge, drug: str, advice: Advice) -> bool:
    """Return whether advice is for a population that is chosen by other medicines."""
    views = knowledge.guidelines[drug]
    known = (view.populations.get(advice.population) for view in views)
    return any(p is not None and p.taking for p in known)
