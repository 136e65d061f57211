"""Doses in milligrams as a person reads them, with a test and without one."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from garrod.core.finding import Candidate
from garrod.core.medicine import Coding
from tests.making.decisions import ADULT, IM, KNOWLEDGE, NM, PM, ask, candidate, finding

VKORC1_AG = finding("VKORC1", Candidate("C/T", 1.0, "-1639 AG", "", ("-1639 AG",)))
CYP2C9 = finding("CYP2C9", candidate("*1/*1", 1.0, NM, "2.0"))
MEASURED = replace(
    ADULT,
    height_cm=Decimal(170),
    weight_kg=Decimal(75),
    ethnicity="white",
    target_inr=Decimal("2.5"),
    is_smoker=False,
)


def test_warfarin_gets_a_weekly_dose_with_an_interval_by_both_equations() -> None:
    (advice,) = ask(MEASURED, "warfarin", CYP2C9, VKORC1_AG).advice
    assert "The IWPC equation gives about 31 mg a week (4.5 mg a day)" in advice.summary
    assert "nine of ten White people came to need" in advice.summary
    assert "The Gage equation gives about" in advice.summary
    assert [b.ref for b in advice.because if b.step == "dose"] == ["iwpc", "gage"]
    assert {"19228618", "18305455"} <= {e.pmid for e in advice.evidence}


def test_warfarin_names_what_a_dose_lacks() -> None:
    (advice,) = ask(ADULT, "warfarin", CYP2C9, VKORC1_AG).advice
    assert "gives no dose: height is not known and weight is not known" in advice.summary
    assert "mg a week" not in advice.summary


def test_warfarin_without_a_test_gets_the_clinical_equation() -> None:
    found = ask(MEASURED, "warfarin")
    assert "The clinical IWPC equation gives about" in found.not_assessed[0].reason


def test_uncertain_genotype_widens_the_interval() -> None:
    open_one = finding(
        "CYP2C9", candidate("*1/*1", 0.6, NM, "2.0"), candidate("*3/*3", 0.4, PM, "0.0")
    )
    texts = [
        next(
            b.text
            for b in ask(MEASURED, "warfarin", f, VKORC1_AG).advice[0].because
            if b.step == "dose"
        )
        for f in (CYP2C9, open_one)
    ]
    lows = [int(text.partition("came to need ")[2].split()[0]) for text in texts]
    assert lows[1] < lows[0]


def test_thrombosis_and_amiodarone_count() -> None:
    clot = (Coding("", "", "pulmonary embolism"),)
    plain = ask(MEASURED, "warfarin", CYP2C9, VKORC1_AG).advice[0]
    with_clot = ask(MEASURED, "warfarin", CYP2C9, VKORC1_AG, reasons=clot).advice[0]
    doses = [[b.text for b in a.because if b.step == "dose"] for a in (plain, with_clot)]
    assert doses[0][0] == doses[1][0]  # the IWPC equation does not ask
    assert doses[0][1] != doses[1][1]


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        ("*1/*3", "maintenance dose of 1 mg a day"),
        ("*3/*3", "must not be used"),
        ("*1/*1", "2 mg a day"),
    ],
)
def test_siponimod_gets_the_maintenance_dose_of_its_genotype(pair: str, words: str) -> None:
    phenotype, score = {"*1/*3": (IM, "1.0"), "*3/*3": (PM, "0.0"), "*1/*1": (NM, "2.0")}[pair]
    found = ask(ADULT, "siponimod", finding("CYP2C9", candidate(pair, 1.0, phenotype, score)))
    said = " ".join((*(a.summary for a in found.advice), *(c.reason for c in found.clear)))
    assert words in said


def test_siponimod_with_an_allele_off_the_label_is_not_guessed() -> None:
    found = ask(ADULT, "siponimod", finding("CYP2C9", candidate("*1/*8", 1.0, IM, "1.5")))
    said = " ".join((*(a.summary for a in found.advice), *(c.reason for c in found.clear)))
    assert "gives no single maintenance dose for CYP2C9 *1/*8" in said


def test_thiopurine_and_tacrolimus_doses_are_given_for_the_persons_size() -> None:
    im = finding("TPMT", candidate("*1/*3A", 1.0, "Intermediate Metabolizer"))
    (advice,) = ask(MEASURED, "azathioprine", im).advice
    assert "0.6 to 2.4 mg per kg a day" in advice.summary
    assert "for 75 kg, 45 to 180 mg a day" in advice.summary
    (advice,) = ask(MEASURED, "mercaptopurine", im).advice
    assert "mg per m² a day" in advice.summary
    assert "for 1.86 m²" in advice.summary
    fast = finding("CYP3A5", candidate("*1/*1", 1.0, NM))
    (advice,) = ask(replace(ADULT, birth_date=date(1980, 1, 1)), "tacrolimus", fast).advice
    assert "0.15 to 0.3 mg per kg a day" in advice.summary
    assert "mg a day, from" in advice.summary or "a day, from" in advice.summary


def test_size_is_left_out_where_it_is_not_known() -> None:
    im = finding("TPMT", candidate("*1/*3A", 1.0, "Intermediate Metabolizer"))
    light = replace(ADULT, weight_kg=Decimal(60))
    (advice,) = ask(light, "mercaptopurine", im).advice
    assert "for 60 kg" in advice.summary
    assert "m²," not in advice.summary.replace("per m² a day", "")


def test_doses_pack_is_loaded_with_its_citations() -> None:
    assert {"iwpc", "gage", "spread"} <= KNOWLEDGE.doses.citations.keys()
