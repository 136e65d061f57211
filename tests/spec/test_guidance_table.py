"""What well-known guidelines say: drug, results and population in; action, strength, factor out.

Each row of guidance_facts.csv restates a fact of the guideline named by its PMID.
"""

import pytest

from garrod.adapters.packs.load import load_shelf
from garrod.science.pgx.guidance import load_guidance, matching
from tests.spec.tables import spec_table

GUIDANCE = load_guidance(load_shelf())


FACTS = spec_table("guidance_facts")


@pytest.mark.parametrize("fact", FACTS, ids=lambda f: f"{f['drug']}-{f['results']}")
def test_guideline_fact_is_given(fact: dict[str, str]) -> None:
    cells = (cell.split("=", 1) for cell in fact["results"].split(";"))
    keys = {gene: (value,) for gene, value in cells}
    (row,) = matching(GUIDANCE, fact["drug"], keys, fact["population"])
    given = (row.action, row.strength, row.dose_factor)
    assert given == (fact["action"], fact["strength"], fact["dose_factor"])
    assert GUIDANCE.evidence_of(row)[0].pmid == fact["pmid"]


@pytest.mark.parametrize(
    ("drug", "keys", "limit"),
    [
        ("citalopram", {"CYP2C19": ("Poor Metabolizer",)}, "20 mg/day"),
        ("atorvastatin", {"SLCO1B1": ("Poor Function",)}, "20 mg/day"),
        ("efavirenz", {"CYP2B6": ("Poor Metabolizer",)}, ""),  # 400 and 200 mg are starts, no cap
        ("tacrolimus", {"CYP3A5": ("Intermediate Metabolizer",)}, "0.3 mg/kg/day"),
        ("vortioxetine", {"CYP2D6": ("0.0",)}, "10 mg/day"),
    ],
)
def test_dose_limit_is_given(drug: str, keys: dict[str, tuple[str, ...]], limit: str) -> None:
    (row,) = matching(GUIDANCE, drug, keys)
    assert row.dose_limit == limit


def test_prasugrel_is_not_an_alternative_after_stroke() -> None:
    (row,) = matching(GUIDANCE, "clopidogrel", {"CYP2C19": ("Poor Metabolizer",)}, "neurovascular")
    assert row.alternatives[0] == "ticagrelor"
    assert "prasugrel" not in row.alternatives
    assert "prasugrel-not-after-stroke" in row.notes


@pytest.mark.parametrize(
    ("drug", "keys", "named"),
    [
        ("codeine", {"CYP2D6": ("0.0",)}, ("class:opioid-other",)),
        ("simvastatin", {"SLCO1B1": ("Poor Function",)}, ("class:statin-other",)),
        (
            "imipramine",
            {"CYP2C19": ("Rapid Metabolizer",), "CYP2D6": ("0.5",)},
            ("nortriptyline", "desipramine", "class:antidepressant-not-2c19"),
        ),
        ("trimipramine", {"CYP2C19": ("Normal Metabolizer",), "CYP2D6": ("0.0",)}, ()),
        ("tamoxifen", {"CYP2D6": ("0.5",)}, ("class:aromatase-inhibitor-any",)),
        ("abacavir", {"HLA-B": ("*57:01 positive",)}, ()),
    ],
)
def test_alternatives_are_those_that_the_text_names(
    drug: str, keys: dict[str, tuple[str, ...]], named: tuple[str, ...]
) -> None:
    (row,) = matching(GUIDANCE, drug, keys)
    assert row.alternatives == named


def test_untested_hla_b_is_not_called_absent() -> None:
    keys = {"HLA-A": ("*31:01 negative",), "HLA-B": ("No Result",)}
    (row,) = matching(GUIDANCE, "carbamazepine", keys, "cbz-naive")
    assert row.implication == "cbz-3101-absent"
    assert "has no result" in GUIDANCE.phrases[row.implication].text
