"""What well-known guidelines say: drug, results and population in; action, strength, factor out.

Each row restates a fact of the guideline named by its PMID.
"""

from dataclasses import dataclass

import pytest

from garrod.adapters.packs.load import load_shelf
from garrod.science.pgx.guidance import load_guidance, matching

GUIDANCE = load_guidance(load_shelf())


@dataclass(frozen=True)
class Fact:
    """One fact: "GENE=value;GENE=value", population, and what is expected."""

    drug: str
    keys: str
    population: str
    expected: str  # action, strength, dose factor
    pmid: str


FACTS = [
    Fact("clopidogrel", "CYP2C19=Poor Metabolizer", "acs-pci",
         "prefer-alternative Strong ", "35034351"),
    Fact("clopidogrel", "CYP2C19=Intermediate Metabolizer", "acs-pci",
         "prefer-alternative Strong ", "35034351"),
    Fact("clopidogrel", "CYP2C19=Intermediate Metabolizer", "neurovascular",
         "prefer-alternative Moderate ", "35034351"),
    Fact("clopidogrel", "CYP2C19=Intermediate Metabolizer", "cardiovascular-other",
         "no-recommendation No recommendation ", "35034351"),
    Fact("clopidogrel", "CYP2C19=Normal Metabolizer", "acs-pci", "standard Strong ", "35034351"),
    Fact("codeine", "CYP2D6=0.0", "general", "prefer-alternative Strong ", "33387367"),
    Fact("codeine", "CYP2D6=≥3.0", "general", "avoid Strong ", "33387367"),
    Fact("codeine", "CYP2D6=0.5", "general", "monitor Moderate ", "33387367"),
    Fact("tramadol", "CYP2D6=2.5", "general", "avoid Strong ", "33387367"),
    Fact("tramadol", "CYP2D6=1.0", "general", "monitor Optional ", "33387367"),
    Fact("simvastatin", "SLCO1B1=Poor Function", "general",
         "prefer-alternative Strong ", "35152405"),
    Fact("simvastatin", "SLCO1B1=Decreased Function", "general",
         "prefer-alternative Strong ", "35152405"),
    Fact("atorvastatin", "SLCO1B1=Poor Function", "general", "start-lower Moderate ", "35152405"),
    Fact("rosuvastatin", "ABCG2=Poor Function;SLCO1B1=Normal Function", "general",
         "start-lower Optional ", "35152405"),
    Fact("fluvastatin", "CYP2C9=1.5;SLCO1B1=Normal Function", "general",
         "start-lower Moderate ", "35152405"),
    Fact("capecitabine", "DPYD=0.0", "general", "avoid Strong ", "29152729"),
    Fact("fluorouracil", "DPYD=0.5", "general", "avoid Strong ", "29152729"),
    Fact("fluorouracil", "DPYD=1.0", "general", "start-lower Strong 0.5", "29152729"),
    Fact("capecitabine", "DPYD=1.5", "general", "start-lower Moderate 0.5", "29152729"),
    Fact("amitriptyline", "CYP2C19=Normal Metabolizer;CYP2D6=0.0", "general",
         "prefer-alternative Strong 0.5", "27997040"),
    Fact("amitriptyline", "CYP2C19=Normal Metabolizer;CYP2D6=0.5", "general",
         "start-lower Moderate 0.75", "27997040"),
    Fact("nortriptyline", "CYP2D6=1.0", "general", "start-lower Optional 0.75", "27997040"),
    Fact("voriconazole", "CYP2C19=Ultrarapid Metabolizer", "adults",
         "prefer-alternative Moderate ", "27981572"),
    Fact("voriconazole", "CYP2C19=Rapid Metabolizer", "paediatrics",
         "monitor Moderate ", "27981572"),
    Fact("carbamazepine", "HLA-A=*31:01 negative;HLA-B=*15:02 positive", "cbz-naive",
         "avoid Strong ", "29392710"),
    Fact("carbamazepine", "HLA-A=*31:01 positive;HLA-B=*15:02 negative", "cbz-no-alternatives",
         "monitor Optional ", "29392710"),
    Fact("carbamazepine", "HLA-A=*31:01 negative;HLA-B=*15:02 positive", "cbz-exposed",
         "monitor Optional ", "29392710"),
    Fact("phenytoin", "CYP2C9=0.5;HLA-B=*15:02 negative", "pht-naive",
         "adjust Strong 0.5", "32779747"),
    Fact("phenytoin", "CYP2C9=2.0;HLA-B=*15:02 positive", "pht-naive",
         "avoid Strong ", "32779747"),
    Fact("citalopram", "CYP2C19=Poor Metabolizer", "general",
         "prefer-alternative Strong 0.5", "37032427"),
    Fact("paroxetine", "CYP2D6=0.0", "general", "start-lower Moderate 0.5", "37032427"),
    Fact("omeprazole", "CYP2C19=Ultrarapid Metabolizer", "general",
         "start-higher Optional 2", "32770672"),
    Fact("azathioprine", "NUDT15=Normal Metabolizer;TPMT=Poor Metabolizer", "general",
         "prefer-alternative Strong 0.1", "30447069"),
    Fact("azathioprine", "NUDT15=Normal Metabolizer;TPMT=Intermediate Metabolizer", "general",
         "start-lower Strong 0.3-0.8", "30447069"),
    Fact("thioguanine", "NUDT15=Poor Metabolizer;TPMT=Normal Metabolizer", "general",
         "start-lower Strong 0.25", "30447069"),
    Fact("tacrolimus", "CYP3A5=Normal Metabolizer", "general",
         "start-higher Strong 1.5-2", "25801146"),
    Fact("tacrolimus", "CYP3A5=Poor Metabolizer", "general", "standard Strong ", "25801146"),
    Fact("abacavir", "HLA-B=*57:01 positive", "general", "avoid Strong ", "24561393"),
    Fact("allopurinol", "HLA-B=*58:01 positive", "general", "avoid Strong ", "26094938"),
    Fact("gentamicin", "MT-RNR1=increased risk of aminoglycoside-induced hearing loss", "general",
         "avoid Strong ", "34032273"),
    Fact("rasburicase", "G6PD=Deficient", "general", "avoid Strong ", "36049896"),
    Fact("rasburicase", "G6PD=Variable", "general", "test-first Moderate ", "36049896"),
    Fact("efavirenz", "CYP2B6=Poor Metabolizer", "child-over-40kg-or-adult",
         "start-lower Moderate ", "31006110"),
    Fact("atazanavir", "UGT1A1=Poor Metabolizer", "general",
         "prefer-alternative Strong ", "26417955"),
    Fact("tamoxifen", "CYP2D6=0.0", "general", "prefer-alternative Strong ", "29385237"),
    Fact("ondansetron", "CYP2D6=3.0", "general", "prefer-alternative Moderate ", "28002639"),
    Fact("atomoxetine", "CYP2D6=0.0", "paediatrics", "monitor Strong ", "30801677"),
    Fact("succinylcholine",
         "CACNA1S=Uncertain Susceptibility;RYR1=Malignant Hyperthermia Susceptibility", "general",
         "avoid Strong ", "30499100"),
    Fact("celecoxib", "CYP2C9=0.5", "general", "start-lower Moderate 0.25-0.5", "32189324"),
    Fact("warfarin", "CYP2C9=0.5;VKORC1=-1639 AA", "general", "adjust Strong ", "28198005"),
]  # fmt: skip


@pytest.mark.parametrize("fact", FACTS, ids=lambda f: f"{f.drug}-{f.keys}-{f.population}")
def test_guideline_fact_is_given(fact: Fact) -> None:
    keys = {gene: (value,) for gene, value in (cell.split("=", 1) for cell in fact.keys.split(";"))}
    (row,) = matching(GUIDANCE, fact.drug, keys, fact.population)
    assert f"{row.action} {row.strength} {row.dose_factor}" == fact.expected
    assert GUIDANCE.evidence_of(row)[0].pmid == fact.pmid


@pytest.mark.parametrize(
    ("drug", "keys", "limit"),
    [
        ("citalopram", {"CYP2C19": ("Poor Metabolizer",)}, "20 mg/day"),
        ("atorvastatin", {"SLCO1B1": ("Poor Function",)}, "20 mg/day"),
        ("efavirenz", {"CYP2B6": ("Intermediate Metabolizer",)}, "400 mg/day"),
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
