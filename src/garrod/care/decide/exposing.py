"""How much of a medicine is likely to reach the blood, as a reason beside the advice.

person as their genes are, what acts on enzymes -> science.pgx.exposure -> Estimate -> a hop
It supports advice with its uncertainty; no dose is ever worked out from it.
"""

from __future__ import annotations

from collections.abc import Mapping

from garrod.care.decide.behaviour import Conversions
from garrod.care.decide.words import listed, spoken
from garrod.core.advice import Because
from garrod.core.person import Person
from garrod.science.pgx.acting import acting
from garrod.science.pgx.exposure import Estimate, Part, estimate
from garrod.science.pgx.fading import Times

STEP = "exposure"
# Exposures within a quarter of the usual are not told apart.
# Source: bioequivalence, 0.80 to 1.25 (unchecked)
NEAR = (0.8, 1.25)


def exposure_of(
    conversions: Conversions, person: Person, drug: str, taken: Mapping[str, str], times: Times
) -> Estimate | None:
    """Return the estimated exposure to a drug; None where nothing is known or nothing differs.

    `person` has the results as they are; `taken` (id -> name) are the medicines beside the drug.
    """
    fractions = conversions.clearance.by_drug.get(drug)
    if fractions is None:
        return None
    enzymes = {fraction.enzyme for fraction in fractions}
    by = {e: acting(conversions.facts, e, taken, about=drug, times=times) for e in enzymes}
    findings = {f.gene: f for f in reversed(person.findings) if f.gene in enzymes}
    found = estimate(conversions.clearance, drug, findings, by)
    is_told = found is not None and not NEAR[0] < found.ratio.middle < NEAR[1]
    return found if is_told else None


def exposure_steps(name: str, found: Estimate | None, reference: str) -> tuple[Because, ...]:
    """Return the hop that says how much of a medicine reaches the blood, and how sure that is."""
    if found is None:
        return ()
    ratio = found.ratio
    parts = "; ".join(_part(part) for part in found.parts)
    text = (
        f"Exposure to {name} is estimated at {ratio.middle:.2g} times "
        f"({ratio.least:.2g} to {ratio.most:.2g}) that of a normal metaboliser who takes nothing "
        f"else: {parts}. An estimate from averages: it supports the advice and is not a dose"
    )
    return (Because(STEP, text, reference),)


def _part(part: Part) -> str:
    fraction = part.fraction
    left = part.left
    causes = listed([spoken(cause) for cause in part.causes])
    span = f" ({left.least:.0%} to {left.most:.0%})" if left.least != left.most else ""
    of_it = f"{left.middle:.0%} of its activity{span}"
    by = f" by {causes}" if causes else ""
    return (
        f"{fraction.enzyme} clears about {fraction.part.middle:.0%} ({fraction.basis}; "
        f"{fraction.source}), with {of_it}{by}"
    )
