"""A dose in milligrams from genes and clinical facts: warfarin's equations, with an interval.

facts of a person -> terms of an equation -> a weekly dose -> the interval seen in its group
An equation is never used outside what it was made from: it says what is missing instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, log, sqrt

from garrod.core.errors import KnowledgeError
from garrod.knowledge.shelf import Shelf

PACK = "pgx-doses"
DAYS = 7  # Not clinical: days of a week
DECADE = 10  # Not clinical: years; the IWPC equation counts 10 to 19 as 1
SQUARE_ROOT, LOGARITHM = "sqrt-mg-week", "log-mg-day"
UNKNOWN = "unknown"
KNOWN_2C9 = frozenset(("*1", "*2", "*3"))  # alleles of both equations. Source: PMID 19228618
# What both equations were made from; beyond it they say nothing. Source: PMID 19228618 (adults;
# the ranges are those of the public IWPC table).
LEAST_MG_PER_WEEK = 3.5  # half a milligram a day. Source: own choice, near the IWPC table's least
LEAST_AGE, HEIGHT_CM, WEIGHT_KG = 18, (124.0, 203.0), (30.0, 238.0)


@dataclass(frozen=True, slots=True)
class WarfarinCase:
    """What the equations ask of a person; None or "" where it is not known.

    `cyp2c9` is a pair of alleles; `vkorc1_a` counts the A alleles of rs9923231 (-1639G>A).
    """

    age: int | None
    height_cm: float | None
    weight_kg: float | None
    ethnicity: str = ""
    cyp2c9: tuple[str, ...] = ()
    vkorc1_a: int | None = None
    drugs: frozenset[str] = frozenset()
    is_smoker: bool | None = None
    target_inr: float | None = None
    has_thrombosis: bool = False


@dataclass(frozen=True, slots=True)
class Equation:
    """A published dosing equation, and how far real doses lay from it in each group.

    `spread` gives by group the 5th and 95th percentile of (observed - predicted), on its scale.
    """

    model: str
    name: str
    scale: str
    terms: Mapping[str, float]
    spread: Mapping[str, tuple[float, float]]
    evidence: str

    @property
    def needs_genes(self) -> bool:
        """Return whether genotypes are among its terms."""
        return any(term.startswith("vkorc1") for term in self.terms)


@dataclass(frozen=True, slots=True)
class DoseEstimate:
    """A dose in mg a week, and the interval that holds nine of ten people of the group.

    `assumed` says what was taken for granted where a fact was not known.
    """

    equation: Equation
    mg_per_week: float
    low: float
    high: float
    group: str
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoEstimate:
    """Why an equation gives no dose: what is missing, or outside of what it was made from."""

    equation: Equation
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Warfarin:
    """The equations on the shelf, and the drugs that count as their terms."""

    equations: tuple[Equation, ...]
    modifiers: Mapping[str, str]  # drug -> "enzyme-inducer" or "amiodarone"
    reference: str


def warfarin_dose(
    warfarin: Warfarin, equation: Equation, case: WarfarinCase
) -> DoseEstimate | NoEstimate:
    """Return the weekly dose by one equation, or why it gives none.

    Units: mg/week; age in years, height in cm, weight in kg.
    Source: PMID 19228618 (IWPC), PMID 18305455 (Gage).
    """
    reasons = [*_outside(case), *(_genes_outside(case) if equation.needs_genes else ())]
    is_gage = equation.scale == LOGARITHM
    if is_gage:
        reasons += [] if case.cyp2c9 else ["CYP2C9 has no result"]
        reasons += [] if case.vkorc1_a is not None else ["VKORC1 has no result"]
        reasons += [] if case.target_inr is not None else ["the target INR is not known"]
    if reasons:
        return NoEstimate(equation, tuple(reasons))
    values = _gage(warfarin, case) if is_gage else _iwpc(warfarin, equation, case)
    total = sum(equation.terms[term] * value for term, value in values.items())
    group = case.ethnicity if case.ethnicity in equation.spread else UNKNOWN
    low, high = equation.spread[group]
    doses = [_weekly(equation.scale, point) for point in (total, total + low, total + high)]
    if doses[0] < LEAST_MG_PER_WEEK:
        return NoEstimate(equation, ("it comes to less than anybody studied was given",))
    return DoseEstimate(equation, doses[0], doses[1], doses[2], group, _assumed(equation, case))


def _outside(case: WarfarinCase) -> list[str]:
    """Return which clinical facts are missing, or outside the range of the people studied."""
    reasons = []
    if case.age is None or case.age < LEAST_AGE:
        known = f"it was made for adults, not for {case.age} years of age"
        reasons.append("age is not known" if case.age is None else known)
    for name, value, (low, high), unit in (
        ("height", case.height_cm, HEIGHT_CM, "cm"),
        ("weight", case.weight_kg, WEIGHT_KG, "kg"),
    ):
        if value is None:
            reasons.append(f"{name} is not known")
        elif not low <= value <= high:
            studied = f"from {low:.0f} to {high:.0f} {unit}"
            reasons.append(f"{name} {value:g} {unit} is outside the people studied ({studied})")
    return reasons


def _genes_outside(case: WarfarinCase) -> list[str]:
    strange = sorted(set(case.cyp2c9) - KNOWN_2C9)
    return [
        f"CYP2C9 {allele} is not among its terms: the dose would be wrong" for allele in strange
    ]


def _iwpc(warfarin: Warfarin, equation: Equation, case: WarfarinCase) -> dict[str, float]:
    """Return the value of each term of an IWPC equation; genotypes may be unknown there."""
    assert case.age is not None
    assert case.height_cm is not None
    assert case.weight_kg is not None
    values = {
        "intercept": 1.0,
        "age-decade": float(case.age // DECADE),
        "height-cm": case.height_cm,
        "weight-kg": case.weight_kg,
    }
    a_alleles = {None: UNKNOWN, 0: "GG", 1: "AG", 2: "AA"}[case.vkorc1_a]
    pair = "/".join(sorted(case.cyp2c9)) or UNKNOWN
    ethnicity = case.ethnicity if case.ethnicity in ("white", "asian", "black") else UNKNOWN
    marks = {f"vkorc1-{a_alleles}", f"cyp2c9-{pair}", f"ethnicity-{ethnicity}"}
    marks |= {warfarin.modifiers[drug] for drug in case.drugs if drug in warfarin.modifiers}
    return values | {mark: 1.0 for mark in marks if mark in equation.terms}


def _gage(warfarin: Warfarin, case: WarfarinCase) -> dict[str, float]:
    """Return the value of each term of the Gage equation; every genotype is needed there."""
    assert case.age is not None
    assert case.height_cm is not None
    assert case.weight_kg is not None
    roles = {warfarin.modifiers[drug] for drug in case.drugs if drug in warfarin.modifiers}
    return {
        "intercept": 1.0,
        "vkorc1-A": float(case.vkorc1_a or 0),
        "surface-m2": surface_m2(case.height_cm, case.weight_kg),
        "cyp2c9-*3": float(case.cyp2c9.count("*3")),
        "cyp2c9-*2": float(case.cyp2c9.count("*2")),
        "age-year": float(case.age),
        "target-inr": case.target_inr or 0.0,
        "amiodarone": float("amiodarone" in roles),
        "smoker": float(case.is_smoker is True),
        "ethnicity-black": float(case.ethnicity == "black"),
        "thrombosis": float(case.has_thrombosis),
    }


def _assumed(equation: Equation, case: WarfarinCase) -> tuple[str, ...]:
    said = [] if case.ethnicity else ["ethnicity is not known"]
    if equation.needs_genes and equation.scale == SQUARE_ROOT:
        said += [] if case.cyp2c9 else ["CYP2C9 is not known"]
        said += [] if case.vkorc1_a is not None else ["VKORC1 is not known"]
    if equation.scale == LOGARITHM and case.is_smoker is None:
        said.append("taken as no smoker")
    return tuple(said)


def _weekly(scale: str, value: float) -> float:
    """Return mg a week from an equation's own scale; a root is never below nought."""
    if scale == SQUARE_ROOT:
        return max(value, 0.0) ** 2
    return exp(value) * DAYS


def on_scale(scale: str, mg_per_week: float) -> float:
    """Return a weekly dose on an equation's own scale: the inverse of its last step.

    Units: mg/week -> square root of it, or the logarithm of mg/day.
    Source: definitional.
    """
    return sqrt(mg_per_week) if scale == SQUARE_ROOT else log(mg_per_week / DAYS)


def surface_m2(height_cm: float, weight_kg: float) -> float:
    """Return body surface area by DuBois.

    Units: cm, kg -> m2.
    Source: Du Bois D, Du Bois EF. Arch Intern Med 1916;17:863-71 (unchecked).
    """
    return float(0.007184 * height_cm**0.725 * weight_kg**0.425)


def load_warfarin(shelf: Shelf) -> Warfarin:
    """Return warfarin's equations in force.  Raises: KnowledgeError KNO002, KNO004, KNO006.

    Source: pack pgx-doses.
    """
    rows = [r for r in shelf.rows(PACK, "models") if r["drug"] == "warfarin"]
    equations = tuple(
        Equation(
            model=row["model"],
            name=row["name"],
            scale=row["scale"],
            terms={
                t["term"]: float(t["value"])
                for t in shelf.rows(PACK, "terms")
                if t["model"] == row["model"]
            },
            spread={
                s["group"]: (float(s["low"]), float(s["high"]))
                for s in shelf.rows(PACK, "spread")
                if s["model"] == row["model"]
            },
            evidence=row["evidence"],
        )
        for row in rows
    )
    for equation in equations:
        if UNKNOWN not in equation.spread or "intercept" not in equation.terms:
            raise KnowledgeError(
                f"pack {PACK!r}: {equation.model!r} needs an intercept in terms.csv and a row of "
                f"group {UNKNOWN!r} in spread.csv",
                code="KNO006",
            )
    modifiers = {r["drug"]: r["role"] for r in shelf.rows(PACK, "inducers")}
    return Warfarin(equations, modifiers, shelf.reference(PACK))
