"""Ratios of exposure from genes and other medicines, worked by hand from the pack's fractions."""

import pytest

from garrod.science.pgx.acting import acting
from garrod.science.pgx.exposure import estimate, load_clearance
from tests.making.conversions import FACTS, SHELF, result, taking
from tests.spec.tables import spec_table

CLEARANCE = load_clearance(SHELF)


@pytest.mark.parametrize(
    "row",
    spec_table("exposure"),
    ids=lambda r: f"{r['drug']} {r['cyp2d6']}{r['cyp2c19']} {r['taken']}",
)
def test_exposure_is_as_worked_by_hand(row: dict[str, str]) -> None:
    genes = (("CYP2D6", row["cyp2d6"]), ("CYP2C19", row["cyp2c19"]))
    findings = {g: result(g, phenotype) for g, phenotype in genes if phenotype}
    enzymes = ("CYP2D6", "CYP2C19", "CYP3A")
    taken = taking(row["taken"]) if row["taken"] else {}
    by = {enzyme: acting(FACTS, enzyme, taken) for enzyme in enzymes}
    found = estimate(CLEARANCE, row["drug"], findings, by)
    assert found is not None
    ratio = found.ratio
    assert [round(v, 2) for v in (ratio.least, ratio.middle, ratio.most)] == [
        float(row["least"]), float(row["ratio"]), float(row["most"]),
    ]  # fmt: skip
