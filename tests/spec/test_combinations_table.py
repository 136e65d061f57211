"""What a product of several ingredients holds, hand-worked row by row from its British name."""

import pytest

from garrod.adapters.packs.load import load_shelf
from garrod.knowledge.medicines import load_medicines
from tests.spec.tables import spec_table

MEDICINES = load_medicines(load_shelf())


@pytest.mark.parametrize("case", spec_table("combinations"), ids=lambda c: c["text"])
def test_every_ingredient_of_a_product_is_found_and_no_other(case: dict[str, str]) -> None:
    found = sorted(medicine.drug for medicine in MEDICINES.find_all(case["text"]))
    assert found == case["drugs"].split("|")
