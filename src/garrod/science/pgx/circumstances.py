"""For whom a guideline's row is: the populations of a guidance pack, as values.

pack table populations -> Population. Whether a person belongs to one is asked in care/decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from garrod.knowledge.pack import Row, values_in

EXPOSED, NAIVE, NO_ALTERNATIVES = "exposed", "naive", "no-alternatives"


@dataclass(frozen=True, slots=True)
class Population:
    """A group that a row is for. Its constraints hold together; a blank one asks nothing.

    `axis` is "" (everyone), age, indication, condition, exposure, dose, route, sex, pregnancy or
    co-medication: populations of one axis are alternatives, and one with `is_default` that asks
    nothing on its axis is whoever belongs to no other. Ages are completed years, both ends
    included; a weight above `min_weight_kg` stands for `min_age`. `indications` are what the
    medicine is for; on the axis condition, what the person has or had. `taking` are drugs, or
    "CYP2D6:strong" for every inhibitor of that enzyme of exactly that strength; "+" joins those
    that have to come together. Doses are mg a day, both ends included.
    """

    population: str
    text: str
    question: str
    axis: str
    min_age: int | None
    max_age: int | None
    min_weight_kg: float | None
    indications: tuple[str, ...]
    is_default: bool
    sex: str = ""
    is_pregnant: bool | None = None
    routes: tuple[str, ...] = ()
    min_daily_mg: Decimal | None = None
    max_daily_mg: Decimal | None = None
    taking: tuple[str, ...] = ()
    exposure: str = ""


def population_of(row: Row) -> Population:
    """Return the population of a row; columns that a pack does not have ask nothing.

    Source: table populations of the guidance packs.
    """
    return Population(
        population=row["population"],
        text=row["text"],
        question=row["question"],
        axis=row["axis"],
        min_age=_whole(row["min_age"]),
        max_age=_whole(row["max_age"]),
        min_weight_kg=float(row["min_weight_kg"]) if row["min_weight_kg"] else None,
        indications=values_in(row["indications"]),
        is_default=row["default"] == "yes",
        sex=row.get("sex", ""),
        is_pregnant={"yes": True, "no": False}.get(row.get("pregnant", "")),
        routes=values_in(row.get("routes", "")),
        min_daily_mg=_amount(row.get("min_daily_mg", "")),
        max_daily_mg=_amount(row.get("max_daily_mg", "")),
        taking=values_in(row.get("taking", "")),
        exposure=row.get("exposure", ""),
    )


def _whole(cell: str) -> int | None:
    return int(cell) if cell else None


def _amount(cell: str) -> Decimal | None:
    return Decimal(cell) if cell else None
