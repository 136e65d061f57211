"""What a diplotype means, as the guidelines have it: alleles in; phenotype and score out.

Each row restates a published rule; the PMID names the guideline it stands in (31647186, the CYP2D6
consensus, is unchecked: it is not among the files at hand).
"""

from dataclasses import dataclass

import pytest

from garrod.science.pgx.copies import activity_of
from garrod.science.pgx.phenotype import phenotype_of, score_result
from tests.making.calls import PHENOTYPES

NM, IM, PM = "Normal Metabolizer", "Intermediate Metabolizer", "Poor Metabolizer"
RM, UM = "Rapid Metabolizer", "Ultrarapid Metabolizer"
NF, DF, PF = "Normal Function", "Decreased Function", "Poor Function"
MED = "Mediterranean, Dallas, Panama, Sassari, Cagliari, Birmingham"
RISK = "risk of aminoglycoside-induced hearing loss"
CYP2D6, CYP2C9, DPYD = "31647186", "32189324", "29152729"


@dataclass(frozen=True)
class Fact:
    """One published row."""

    gene: str
    diplotype: str
    phenotype: str
    score: str = ""
    pmid: str = ""
    sex: str = ""


FACTS = [
    Fact("CYP2C19", "*1/*1", NM, pmid="35034351"),
    Fact("CYP2C19", "*1/*38", NM, pmid="35034351"),
    Fact("CYP2C19", "*38/*38", NM, pmid="35034351"),
    Fact("CYP2C19", "*1/*17", RM, pmid="35034351"),
    Fact("CYP2C19", "*17/*17", UM, pmid="35034351"),
    Fact("CYP2C19", "*1/*2", IM, pmid="35034351"),
    Fact("CYP2C19", "*2/*17", IM, pmid="35034351"),
    Fact("CYP2C19", "*2/*3", PM, pmid="35034351"),
    Fact("CYP2C9", "*1/*1", NM, "2.0", CYP2C9),
    Fact("CYP2C9", "*1/*2", IM, "1.5", CYP2C9),
    Fact("CYP2C9", "*1/*3", IM, "1.0", CYP2C9),
    Fact("CYP2C9", "*2/*2", IM, "1.0", CYP2C9),
    Fact("CYP2C9", "*2/*3", PM, "0.5", CYP2C9),
    Fact("CYP2C9", "*3/*3", PM, "0.0", CYP2C9),
    Fact("CYP2D6", "*4/*5", PM, "0.0", CYP2D6),
    Fact("CYP2D6", "*4/*10", IM, "0.25", CYP2D6),
    Fact("CYP2D6", "*10/*10", IM, "0.5", CYP2D6),
    Fact("CYP2D6", "*1/*4", IM, "1.0", CYP2D6),
    Fact("CYP2D6", "*1/*10", NM, "1.25", CYP2D6),
    Fact("CYP2D6", "*1/*41", NM, "1.25", CYP2D6),
    Fact("CYP2D6", "*1/*17", NM, "1.5", CYP2D6),
    Fact("CYP2D6", "*1/*1", NM, "2.0", CYP2D6),
    Fact("CYP2D6", "*1x2/*10", NM, "2.25", CYP2D6),
    Fact("CYP2D6", "*1x2/*17", UM, "2.5", CYP2D6),
    Fact("CYP2D6", "*1/*2x2", UM, "3.0", CYP2D6),
    Fact("CYP2D6", "*1/*36+*10", NM, "1.25", CYP2D6),
    Fact("CYP2D6", "*4x2/*4", PM, "0.0", CYP2D6),
    Fact("DPYD", "Reference/Reference", NM, "2.0", DPYD),
    Fact("DPYD", "Reference/c.85T>C (*9A)", NM, "2.0", DPYD),
    Fact("DPYD", "Reference/c.2846A>T", IM, "1.5", DPYD),
    Fact("DPYD", "Reference/c.1129-5923C>G, c.1236G>A (HapB3)", IM, "1.5", DPYD),
    Fact("DPYD", "Reference/c.557A>G", IM, "1.5", DPYD),
    Fact("DPYD", "Reference/c.1905+1G>A (*2A)", IM, "1.0", DPYD),
    Fact("DPYD", "c.2846A>T/c.2846A>T", IM, "1.0", DPYD),
    Fact("DPYD", "c.1905+1G>A (*2A)/c.2846A>T", PM, "0.5", DPYD),
    Fact("DPYD", "c.1905+1G>A (*2A)/c.1679T>G (*13)", PM, "0.0", DPYD),
    Fact("TPMT", "*1/*1", NM, pmid="30447069"),
    Fact("TPMT", "*1/*3A", IM, pmid="30447069"),
    Fact("TPMT", "*3B/*3C", PM, pmid="30447069"),
    Fact("NUDT15", "*1/*2", IM, pmid="30447069"),
    Fact("NUDT15", "*2/*3", PM, pmid="30447069"),
    Fact("SLCO1B1", "*1/*1", NF, pmid="35152405"),
    Fact("SLCO1B1", "*1/*5", DF, pmid="35152405"),
    Fact("SLCO1B1", "*5/*15", PF, pmid="35152405"),
    Fact("SLCO1B1", "*14/*14", "Increased Function", pmid="35152405"),
    Fact("CYP3A5", "*1/*1", NM, pmid="25801146"),
    Fact("CYP3A5", "*1/*3", IM, pmid="25801146"),
    Fact("CYP3A5", "*3/*3", PM, pmid="25801146"),
    Fact("CYP2B6", "*1/*6", IM, pmid="31006110"),
    Fact("CYP2B6", "*6/*6", PM, pmid="31006110"),
    Fact("CYP2B6", "*1/*4", RM, pmid="31006110"),
    Fact("CYP2B6", "*4/*4", UM, pmid="31006110"),
    Fact("UGT1A1", "*1/*28", IM, pmid="26417955"),
    Fact("UGT1A1", "*28/*28", PM, pmid="26417955"),
    Fact("UGT1A1", "*6/*28", PM, pmid="26417955"),
    Fact("ABCG2", "rs2231142 variant (T)/rs2231142 variant (T)", PF, pmid="35152405"),
    Fact("G6PD", "B (reference)", "Normal", pmid="36049896", sex="male"),
    Fact("G6PD", MED, "Deficient", pmid="36049896", sex="male"),
    Fact("G6PD", f"{MED}/{MED}", "Deficient", pmid="36049896", sex="female"),
    Fact("G6PD", f"B (reference)/{MED}", "Variable", pmid="36049896", sex="female"),
    Fact("RYR1", "Reference/Reference", "Uncertain Susceptibility", pmid="30499100"),
    Fact("RYR1", "Reference/c.1840C>T", "Malignant Hyperthermia Susceptibility", pmid="30499100"),
    Fact("CACNA1S", "Reference/c.520C>T", "Malignant Hyperthermia Susceptibility", pmid="30499100"),
    Fact("MT-RNR1", "m.1555A>G", f"increased {RISK}", pmid="34032273"),
    Fact("MT-RNR1", "m.827A>G", f"normal {RISK}", pmid="34032273"),
    Fact("MT-RNR1", "Reference", f"normal {RISK}", pmid="34032273"),
    Fact("HLA-B", "*57:01/*07:02", "*15:02 negative;*57:01 positive;*58:01 negative"),
    Fact("HLA-A", "*31:01/*02:01", "*31:01 positive"),
]  # fmt: skip


@pytest.mark.parametrize("fact", FACTS, ids=lambda f: f"{f.gene} {f.diplotype} {f.sex}".strip())
def test_phenotype_is_the_published_one(fact: Fact) -> None:
    found = phenotype_of(PHENOTYPES, fact.gene, tuple(fact.diplotype.split("/")), sex=fact.sex)
    assert (found.phenotype, found.activity_score) == (fact.phenotype, fact.score)


@pytest.mark.parametrize("fact", FACTS, ids=lambda f: f"{f.gene} {f.diplotype} {f.sex}".strip())
def test_phenotype_does_not_depend_on_the_order_of_alleles(fact: Fact) -> None:
    alleles = tuple(reversed(fact.diplotype.split("/")))
    assert phenotype_of(PHENOTYPES, fact.gene, alleles, sex=fact.sex).phenotype == fact.phenotype


BINS = [
    ("CYP2D6", (("0", PM), ("0.25", IM), ("1.0", IM), ("1.25", NM), ("2.25", NM), ("2.5", UM))),
    ("CYP2C9", (("0", PM), ("0.5", PM), ("1.0", IM), ("1.5", IM), ("2.0", NM))),
    ("DPYD", (("0", PM), ("0.5", PM), ("1.0", IM), ("1.5", IM), ("2.0", NM))),
]


@pytest.mark.parametrize(("gene", "rows"), BINS, ids=[gene for gene, _ in BINS])
def test_score_ranges_end_where_the_guideline_ends_them(
    gene: str, rows: tuple[tuple[str, str], ...]
) -> None:

    found = [score_result(PHENOTYPES, gene, activity_of(score)).phenotype for score, _ in rows]
    assert found == [phenotype for _, phenotype in rows]
