"""Tolerated before: who has taken a dose for longer than its harm needs to show is not stopped.

advice by genes on a repeat of what is taken -> T3, where the pack has a row for the medicine
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from garrod.care.decide.converted import STEP
from garrod.care.decide.model import Decision
from garrod.care.decide.prescribing import Prescribing, Tolerated
from garrod.core.advice import Advice, Because, Tier
from garrod.core.medicine import MedicineLine


def as_tolerated(
    found: Decision,
    rows: Prescribing,
    drug: str,
    order: MedicineLine,
    taken: Sequence[MedicineLine],
    *,
    today: date,
) -> Decision:
    """Return advice by genes lowered to T3 where the same dose has been tolerated long enough.

    Genes are for life: who has taken the medicine for longer than the harm needs to show need not
    be stopped at each repeat. Never lowered: a hard stop, what other medicines make of a gene
    (that is new), a dose that rises or is not known, medicines without a row.
    """
    row = rows.tolerated.get(drug)
    if row is None or not _is_repeat(order, taken, today - timedelta(days=row.days)):
        return found
    said = Because("tolerated", f"taken at this dose for at least {row.days} days", rows.reference)
    return replace(found, advice=tuple(_lowered(a, row, said) for a in found.advice))


def _is_repeat(order: MedicineLine, taken: Sequence[MedicineLine], since: date) -> bool:
    """Return whether an order goes on with what has been taken since a day, at no higher dose."""
    return any(
        line.started is not None
        and line.started <= since
        and line.daily_mg is not None
        and order.daily_mg is not None
        and order.daily_mg <= line.daily_mg
        for line in taken
    )


def _lowered(advice: Advice, row: Tolerated, said: Because) -> Advice:
    is_genes = advice.id.startswith("pgx:")
    is_new = any(b.step == STEP for b in advice.because)
    if advice.tier is not Tier.T2 or not is_genes or is_new:
        return advice
    return replace(
        advice,
        tier=Tier.T3,
        because=(*advice.because, said),
        evidence=(*advice.evidence, row.evidence),
    )
