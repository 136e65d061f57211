"""What a diplotype means, as the guidelines have it: alleles in; phenotype and score out.

Each row of phenotype_facts.csv restates a published rule; the PMID names the guideline it stands in
(31647186, the CYP2D6 consensus, is unchecked: it is not among the files at hand).
"""

import pytest

from garrod.science.pgx.copies import activity_of
from garrod.science.pgx.phenotype import phenotype_of, score_result
from tests.making.calls import PHENOTYPES
from tests.spec.tables import spec_table

NM, IM, PM = "Normal Metabolizer", "Intermediate Metabolizer", "Poor Metabolizer"
UM = "Ultrarapid Metabolizer"


FACTS = spec_table("phenotype_facts")


def name_of(fact: dict[str, str]) -> str:
    return f"{fact['gene']} {fact['diplotype']} {fact['sex']}".strip()


@pytest.mark.parametrize("fact", FACTS, ids=name_of)
def test_phenotype_is_the_published_one(fact: dict[str, str]) -> None:
    found = phenotype_of(
        PHENOTYPES, fact["gene"], tuple(fact["diplotype"].split("/")), sex=fact["sex"]
    )
    assert (found.phenotype, found.activity_score) == (fact["phenotype"], fact["activity_score"])


@pytest.mark.parametrize("fact", FACTS, ids=name_of)
def test_phenotype_does_not_depend_on_the_order_of_alleles(fact: dict[str, str]) -> None:
    alleles = tuple(reversed(fact["diplotype"].split("/")))
    assert (
        phenotype_of(PHENOTYPES, fact["gene"], alleles, sex=fact["sex"]).phenotype
        == fact["phenotype"]
    )


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
