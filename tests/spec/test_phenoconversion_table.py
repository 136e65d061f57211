"""What a gene behaves as while medicines are taken: the worked examples, and the policy's rows.

PMC6951851 gives the arithmetic of CYP2D6; "policy" marks what no source settles and the nation's
policy decides (docs/explanation/phenoconversion.md).
"""

import pytest

from garrod.knowledge.pack import values_in
from garrod.science.pgx.phenoconversion import behaving
from tests.making.conversions import FACTS, result, taking
from tests.spec.tables import spec_table

EXAMPLES = spec_table("phenoconversion")


def name_of(row: dict[str, str]) -> str:
    short = f"{row['gene']} {row['phenotype'].split()[0]} {row['activity_score']}"
    return f"{short} + {row['taken'] or 'nothing'} for {row['about']}"


@pytest.mark.parametrize("row", EXAMPLES, ids=name_of)
def test_gene_behaves_as_the_example_says(row: dict[str, str]) -> None:
    was = result(row["gene"], row["phenotype"], row["activity_score"])
    taken = taking(*values_in(row["taken"]))
    found = behaving(FACTS, row["gene"], was, taken, about=row["about"])
    assert found is not None
    assert (found.phenotype, found.activity_score) == (row["behaves_as"], row["score"])
    assert row["guidance_key"] in found.candidates[0].keys
    assert row["behaves_as"] in found.candidates[0].keys
