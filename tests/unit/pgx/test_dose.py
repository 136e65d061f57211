"""Warfarin's equations: worked examples by hand, what is missing, what lies outside."""

import math
from dataclasses import replace

import pytest

from garrod.adapters.packs.load import load_shelf
from garrod.core.errors import KnowledgeError
from garrod.knowledge.shelf import Shelf
from garrod.science.pgx.dose import (
    DoseEstimate,
    NoEstimate,
    WarfarinCase,
    load_warfarin,
    on_scale,
    surface_m2,
    warfarin_dose,
)

SHELF = load_shelf()
WARFARIN = load_warfarin(SHELF)
IWPC, CLINICAL, GAGE = WARFARIN.equations
CASE = WarfarinCase(
    age=67, height_cm=170.0, weight_kg=75.0, ethnicity="white", cyp2c9=("*1", "*3"), vkorc1_a=1,
    is_smoker=False, target_inr=2.5,
)  # fmt: skip


def dose(case: WarfarinCase, equation: object = IWPC) -> DoseEstimate:
    told = warfarin_dose(WARFARIN, equation, case)  # type: ignore[arg-type]
    assert isinstance(told, DoseEstimate), told
    return told


def test_iwpc_dose_is_the_square_of_the_sum_worked_by_hand() -> None:
    root = 5.6044 - 0.2614 * 6 + 0.0087 * 170 + 0.0128 * 75 - 0.8677 - 0.9357
    assert dose(CASE).mg_per_week == pytest.approx(root**2)


def test_gage_dose_is_the_exponential_worked_by_hand() -> None:
    surface = 0.007184 * 170**0.725 * 75**0.425
    total = 0.9751 - 0.3238 + 0.4317 * surface - 0.4008 - 0.00745 * 67 + 0.2029 * 2.5
    assert dose(CASE, GAGE).mg_per_week == pytest.approx(7 * math.exp(total))
    assert surface_m2(170, 75) == pytest.approx(surface)


@pytest.mark.parametrize(
    ("change", "factor"),
    [
        ({"is_smoker": True}, 0.0922),
        ({"drugs": frozenset({"amiodarone"})}, -0.2538),
        ({"ethnicity": "black"}, -0.0901),
        ({"has_thrombosis": True}, 0.0664),
        ({"cyp2c9": ("*2", "*3")}, -0.2066),
        ({"vkorc1_a": 2}, -0.3238),
    ],
)
def test_each_term_of_gage_multiplies_the_dose(change: dict[str, object], factor: float) -> None:
    changed = dose(replace(CASE, **change), GAGE)  # type: ignore[arg-type]
    ratio = changed.mg_per_week / dose(CASE, GAGE).mg_per_week
    assert ratio == pytest.approx(math.exp(factor))


@pytest.mark.parametrize(
    ("change", "term"),
    [
        ({"drugs": frozenset({"rifampicin", "bisoprolol"})}, 1.1816),
        ({"drugs": frozenset({"amiodarone"})}, -0.5503),
        ({"ethnicity": "asian"}, -0.1092),
        ({"ethnicity": "black"}, -0.2760),
        ({"ethnicity": "mixed"}, -0.1032),
        ({"vkorc1_a": None}, -0.4854 + 0.8677),
        ({"vkorc1_a": 0}, 0.8677),
        ({"cyp2c9": ()}, -0.2188 + 0.9357),
        ({"cyp2c9": ("*1", "*1")}, 0.9357),
    ],
)
def test_each_term_of_iwpc_moves_the_root(change: dict[str, object], term: float) -> None:
    changed = dose(replace(CASE, **change))  # type: ignore[arg-type]
    moved = math.sqrt(changed.mg_per_week) - math.sqrt(dose(CASE).mg_per_week)
    assert moved == pytest.approx(term)


def test_more_a_alleles_never_raise_the_dose() -> None:
    for equation in (IWPC, GAGE):
        doses = [dose(replace(CASE, vkorc1_a=n), equation).mg_per_week for n in (0, 1, 2)]
        assert doses == sorted(doses, reverse=True)


def test_interval_is_that_of_the_group_and_holds_the_dose() -> None:
    for group in ("white", "asian", "black"):
        told = dose(replace(CASE, ethnicity=group))
        assert (told.group, told.low < told.mg_per_week < told.high) == (group, True)
    assert dose(replace(CASE, ethnicity="other")).group == "unknown"


def test_what_is_taken_for_granted_is_said() -> None:
    bare = replace(CASE, ethnicity="", cyp2c9=(), vkorc1_a=None, is_smoker=None)
    assert dose(bare).assumed == (
        "ethnicity is not known", "CYP2C9 is not known", "VKORC1 is not known"
    )  # fmt: skip
    assert dose(replace(CASE, is_smoker=None), GAGE).assumed == ("taken as no smoker",)
    assert dose(bare, CLINICAL).assumed == ("ethnicity is not known",)
    assert dose(CASE).assumed == ()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"age": None}, "age is not known"),
        ({"age": 12}, "it was made for adults, not for 12 years of age"),
        ({"height_cm": None}, "height is not known"),
        ({"weight_kg": 20.0}, "weight 20 kg is outside the people studied (from 30 to 238 kg)"),
        ({"cyp2c9": ("*1", "*8")}, "CYP2C9 *8 is not among its terms: the dose would be wrong"),
    ],
)
def test_equation_is_not_used_outside_what_it_was_made_from(
    change: dict[str, object], reason: str
) -> None:
    for equation in (IWPC, GAGE):
        told = warfarin_dose(WARFARIN, equation, replace(CASE, **change))  # type: ignore[arg-type]
        assert told == NoEstimate(equation, (reason,))


def test_clinical_equation_needs_no_genes() -> None:
    told = dose(replace(CASE, cyp2c9=("*1", "*8")), CLINICAL)
    root = 4.0376 - 0.2546 * 6 + 0.0118 * 170 + 0.0134 * 75
    assert told.mg_per_week == pytest.approx(root**2)
    assert not CLINICAL.needs_genes


def test_gage_names_each_missing_fact() -> None:
    told = warfarin_dose(WARFARIN, GAGE, replace(CASE, cyp2c9=(), vkorc1_a=None, target_inr=None))
    assert isinstance(told, NoEstimate)
    assert told.reasons == (
        "CYP2C9 has no result", "VKORC1 has no result", "the target INR is not known"
    )  # fmt: skip


def test_dose_that_nobody_was_given_is_not_given() -> None:
    small = replace(
        CASE, age=99, height_cm=125.0, weight_kg=30.0, cyp2c9=("*3", "*3"), vkorc1_a=2,
        drugs=frozenset({"amiodarone"}),
    )  # fmt: skip
    told = warfarin_dose(WARFARIN, IWPC, small)
    assert told == NoEstimate(IWPC, ("it comes to less than anybody studied was given",))
    few = replace(small, drugs=frozenset(), cyp2c9=("*1", "*3"), ethnicity="asian")
    assert 0 <= dose(few).low < 0.01


def test_scale_goes_back_and_forth() -> None:
    assert on_scale(IWPC.scale, 36.0) == 6.0
    assert on_scale(GAGE.scale, 7.0) == 0.0


def test_equation_without_its_interval_is_refused() -> None:
    pack = SHELF.pack("pgx-doses")
    rows = tuple(r for r in pack.tables["spread"] if r["group"] != "unknown")
    with pytest.raises(KnowledgeError, match=r"spread\.csv"):
        load_warfarin(Shelf([replace(pack, tables={**pack.tables, "spread": rows})]))
