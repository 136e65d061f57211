"""The shipped FDA rows say no more than the annotations at hand, for the subgroups they name."""

import pytest

from garrod.adapters.packs.load import load_shelf
from garrod.science.pgx.guidance import load_guidance, matching

GUIDANCE = load_guidance(load_shelf(), "pgx-guidance-fda")
IM, PM, NM, UM = (f"{w} Metabolizer" for w in ("Intermediate", "Poor", "Normal", "Ultrarapid"))
MHS, UNSURE = "Malignant Hyperthermia Susceptibility", "Uncertain Susceptibility"


@pytest.mark.parametrize(
    ("drug", "keys", "actions"),
    [
        ("abacavir", {"HLA-B": ["*57:01 positive"]}, ["avoid", "avoid"]),  # table and label
        ("abacavir", {"HLA-B": ["*57:01 negative"]}, []),
        ("amitriptyline", {"CYP2D6": ["1.0", IM]}, ["no-recommendation"]),
        ("amitriptyline", {"CYP2D6": ["2.0", NM]}, []),
        ("eliglustat", {"CYP2D6": [UM]}, ["prefer-alternative"]),
        ("eliglustat", {"CYP2D6": [PM]}, ["adjust"]),  # the label row at hand is for IM alone
        ("fosphenytoin", {"HLA-B": ["*15:02 positive"]}, ["prefer-alternative"] * 2),
        ("fosphenytoin", {"CYP2C9": ["1.0", IM, "*1/*3"]}, ["prefer-alternative"]),
        ("fosphenytoin", {"CYP2C9": ["1.5", IM, "*1/*2"]}, []),
        ("siponimod", {"CYP2C9": ["2.0", NM, "*1/*1"]}, ["standard"]),
        ("siponimod", {"CYP2C9": ["1.0", IM, "*1/*3"]}, []),
        ("desflurane", {"RYR1": [MHS]}, ["avoid"]),
        ("desflurane", {"RYR1": [UNSURE], "CACNA1S": [UNSURE]}, ["ask"]),
        ("desflurane", {"RYR1": [UNSURE]}, []),
        ("pazopanib", {"HLA-B": ["*57:01 positive"]}, ["monitor"]),
        ("thioridazine", {"CYP2D6": [NM]}, []),
    ],
)
def test_rows_hold_for_the_subgroups_named_and_no_other(
    drug: str, keys: dict[str, list[str]], actions: list[str]
) -> None:
    assert sorted(row.action for row in matching(GUIDANCE, drug, keys)) == actions


def test_no_row_claims_a_strength_that_the_fda_does_not_state() -> None:
    assert {row.strength for row in GUIDANCE.recommendations} == {"n/a"}


def test_every_row_cites_the_annotation_that_it_was_read_from() -> None:
    for row in GUIDANCE.recommendations:
        (cited,) = GUIDANCE.evidence_of(row)
        assert "United States government" in cited.locus
        assert cited.url.startswith("https://www.clinpgx.org/")
        assert cited.licence == "CC-BY-SA-4.0"
