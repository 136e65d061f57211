"""What a gene behaves as on each day after an inhibitor or inducer was stopped.

Half-lives are of the pack cyp-modulators (Liston 2002 for CYP2D6); the steps are the policy's.
"""

from datetime import date, timedelta

import pytest

from garrod.science.pgx.fading import Stopped, Times
from garrod.science.pgx.phenoconversion import behaving
from tests.making.conversions import FACTS, result
from tests.spec.tables import spec_table

LAST_DOSE = date(2026, 11, 1)


@pytest.mark.parametrize(
    "row",
    spec_table("fading"),
    ids=lambda r: f"{r['gene']} {r['phenotype'].split()[0]} {r['stopped']} {r['days']} days",
)
def test_gene_behaves_as_the_table_says_on_that_day(row: dict[str, str]) -> None:
    was = result(row["gene"], row["phenotype"], row["activity_score"])
    today = LAST_DOSE + timedelta(days=int(row["days"]))
    times = Times(today, (Stopped(row["stopped"], row["stopped"], LAST_DOSE),))
    found = behaving(FACTS, row["gene"], was, {}, about="codeine", times=times)
    assert found is not None
    assert (found.phenotype, found.activity_score) == (row["behaves_as"], row["score"])
    assert [m.strength for m in (found.conversion.by if found.conversion else ())] == (
        [row["counts_as"]] if row["counts_as"] else []
    )
