"""Warfarin's equations against the stable doses of the IWPC's public table, by ethnic group.

The IWPC equation was made from most of these very people, so its error here is optimistic. The
intervals are measured on four fifths of the people and tried on the fifth that was left out.
Run: python -m validation warfarin
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from garrod.adapters.packs.load import load_shelf
from garrod.science.pgx.dose import (
    DoseEstimate,
    Equation,
    WarfarinCase,
    load_warfarin,
    on_scale,
    warfarin_dose,
)
from validation.figures import Figure, show

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools" / "packs"))
from build_doses import TAIL, cases, quantile

FOLDS = 5
NEAR = 0.2  # a dose within a fifth of the observed one
Person = tuple[WarfarinCase, float, float]  # case, observed, predicted (mg a week)


def predicted(equation: Equation) -> list[Person]:
    """Return everybody for whom the equation gives a dose from known genotypes."""
    warfarin = load_warfarin(load_shelf())
    found = []
    for case, dose in cases():
        told = warfarin_dose(warfarin, equation, case)
        is_complete = not equation.needs_genes or (case.cyp2c9 and case.vkorc1_a is not None)
        if isinstance(told, DoseEstimate) and is_complete:
            found.append((case, dose, told.mg_per_week))
    return found


def covered(equation: Equation, people: Sequence[Person]) -> dict[str, tuple[int, int]]:
    """Return how many of each group left out lie within the interval measured on the others."""
    found: dict[str, list[int]] = defaultdict(list)
    for fold in range(FOLDS):
        gaps: dict[str, list[float]] = defaultdict(list)
        for number, person in enumerate(people):
            if number % FOLDS != fold:
                gap = _gap(equation, person)
                gaps[person[0].ethnicity].append(gap)
                gaps["pooled"].append(gap)
        for number, person in enumerate(people):
            if number % FOLDS == fold:
                own = gaps[person[0].ethnicity or "pooled"]
                low, high = quantile(own, TAIL), quantile(own, 1 - TAIL)
                found[person[0].ethnicity or "unknown"].append(
                    int(low <= _gap(equation, person) <= high)
                )
    return {group: (sum(hits), len(hits)) for group, hits in sorted(found.items())}


def _gap(equation: Equation, person: Person) -> float:
    return on_scale(equation.scale, person[1]) - on_scale(equation.scale, person[2])


def main() -> int:
    """Print the figures; return 1 where an interval covers too few or too many of a group."""
    figures: list[Figure] = []
    for equation in load_warfarin(load_shelf()).equations:
        people = predicted(equation)
        for group in ("white", "asian", "black", ""):
            mine = [p for p in people if p[0].ethnicity == group]
            error = sum(abs(p[1] - p[2]) for p in mine) / len(mine)
            near = sum(abs(p[1] - p[2]) <= NEAR * p[1] for p in mine)
            value = (
                f"{error:.2f} mg/week, {100 * near / len(mine):.1f} % within 20 % (n {len(mine)})"
            )
            figures.append(Figure(f"{equation.model}, {group or 'unknown'}: mean error", value))
        error = sum(abs(p[1] - p[2]) for p in people) / len(people)
        near = sum(abs(p[1] - p[2]) <= NEAR * p[1] for p in people)
        value = (
            f"{error:.2f} mg/week, {100 * near / len(people):.1f} % within 20 % (n {len(people)})"
        )
        figures.append(Figure(f"{equation.model}, everybody: mean error", value))
        for group, (hits, count) in covered(equation, people).items():
            share = 100 * hits / count
            met = share >= 88 and (share <= 93 or group == "unknown")
            figures.append(
                Figure(
                    f"{equation.model}, {group}: 90 % interval holds",
                    f"{share:.1f} % ({hits} of {count})",
                    "88–93 %",
                    met,
                )
            )
    return show("Warfarin: equations and intervals", figures)
