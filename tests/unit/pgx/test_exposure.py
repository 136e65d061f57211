"""The ratio of exposure: its arithmetic, its bounds, and what is refused."""

from dataclasses import replace

import pytest

from garrod.core.errors import KnowledgeError
from garrod.core.finding import Status
from garrod.knowledge.pack import Manifest, Pack
from garrod.knowledge.shelf import Shelf
from garrod.science.pgx.acting import acting
from garrod.science.pgx.exposure import (
    MOST,
    WHOLE,
    Range,
    estimate,
    exposure_ratio,
    load_clearance,
    ratio_of,
)
from tests.making.conversions import FACTS, NM, PM, SHELF, result, taking

KNOWN = load_clearance(SHELF)


@pytest.mark.parametrize(
    ("parts", "ratio"),
    [
        ([], 1.0),
        ([(0.8, 0.0)], 5.0),
        ([(0.5, 0.5)], 4 / 3),
        ([(0.5, 0.0), (0.25, 0.0)], 4.0),
        ([(0.5, 3.0)], 0.5),
        ([(1.0, 0.0)], MOST),
    ],
)
def test_ratio_follows_from_fractions_and_activities(
    parts: list[tuple[float, float]], ratio: float
) -> None:
    assert exposure_ratio(parts) == pytest.approx(ratio)


def test_bounds_come_from_the_corners_of_both_ranges() -> None:
    found = ratio_of([(Range(0.4, 0.5, 0.6), Range(0.0, 0.5, 2.0))])
    assert (found.least, found.most) == (pytest.approx(1 / 1.6), pytest.approx(2.5))


def test_medicine_without_fractions_has_no_estimate() -> None:
    by = {"CYP2D6": acting(FACTS, "CYP2D6", taking("paroxetine"))}
    assert estimate(KNOWN, "codeine", {}, by) is None


def test_nothing_that_acts_gives_no_estimate() -> None:
    assert estimate(KNOWN, "atomoxetine", {"CYP2D6": result("CYP2D6", NM, "2.0")}, {}) is None
    assert estimate(KNOWN, "atomoxetine", {}, {}) is None


def test_enzyme_without_a_usable_result_counts_as_normal_and_says_so() -> None:
    by = {"CYP2D6": acting(FACTS, "CYP2D6", taking("paroxetine"))}
    unsure = replace(result("CYP2D6", PM, "0.0"), status=Status.AMBIGUOUS)
    for findings in ({}, {"CYP2D6": unsure}):
        found = estimate(KNOWN, "atomoxetine", findings, by)
        assert found is not None
        assert found.parts[0].causes == ("CYP2D6, taken as normal", "paroxetine")
        assert found.ratio.middle == pytest.approx(6.47, abs=0.01)


def test_causes_name_gene_and_medicine() -> None:
    by = {"CYP2D6": acting(FACTS, "CYP2D6", taking("paroxetine"))}
    found = estimate(KNOWN, "atomoxetine", {"CYP2D6": result("CYP2D6", PM, "0.0")}, by)
    assert found is not None
    assert found.parts[0].causes == ("CYP2D6 Poor Metabolizer", "paroxetine")
    assert found.parts[0].left == Range(0, 0, 0)


def test_phenotype_and_strength_without_a_row_leave_the_activity_whole() -> None:
    known = replace(KNOWN, activities={})
    by = {"CYP2D6": acting(FACTS, "CYP2D6", taking("paroxetine"))}
    assert estimate(known, "atomoxetine", {"CYP2D6": result("CYP2D6", PM, "0.0")}, by) is None
    assert WHOLE.times(Range(0.1, 0.2, 0.3)) == Range(0.1, 0.2, 0.3)


def shelf_with(fractions: list[dict[str, str]]) -> Shelf:
    manifest = Manifest("clearance-fractions", "1", "t", "l", "d", "", "", (), {})
    rows = tuple({**row, "basis": "b", "evidence": "own"} for row in fractions)
    base = SHELF.pack("clearance-fractions")
    return Shelf([Pack(manifest, {"fractions": rows, "activities": ()}, base.evidence)])


def row(drug: str, least: str, fraction: str, most: str) -> dict[str, str]:
    return {"drug": drug, "enzyme": "E", "least": least, "fraction": fraction, "most": most}


@pytest.mark.parametrize(
    "rows",
    [
        [row("a", "0.6", "0.5", "0.7")],
        [row("a", "0.4", "0.5", "0.45")],
        [row("a", "-0.1", "0.5", "0.7")],
        [row("a", "0.5", "0.6", "0.7"), row("a", "0.5", "0.6", "0.7")],
    ],
)
def test_fractions_that_cannot_be_are_refused(rows: list[dict[str, str]]) -> None:
    with pytest.raises(KnowledgeError) as caught:
        load_clearance(shelf_with(rows))
    assert caught.value.code == "KNO006"


def test_shelf_without_the_pack_estimates_nothing() -> None:
    assert load_clearance(Shelf([])).by_drug == {}


def test_every_fraction_has_a_basis_and_a_source() -> None:
    for parts in KNOWN.by_drug.values():
        assert all(part.basis and part.source for part in parts)
