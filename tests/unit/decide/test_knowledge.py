"""What is read of a shelf under one policy, and then under another."""

from itertools import permutations

import pytest

from garrod.care.decide.knowledge import Knowledge, load_knowledge, under
from garrod.care.govern.lowering import policies_of
from tests.making.shelves import SHELF

BY_POLICY = ("sources", "guidelines", "spared", "policy", "conversions")


@pytest.mark.parametrize(("first", "then"), list(permutations(policies_of(SHELF), 2)))
def test_under_another_policy_it_is_as_if_read_for_it_alone(first: str, then: str) -> None:
    known = load_knowledge(SHELF, first)
    told, alone = under(known, SHELF, then), load_knowledge(SHELF, then)
    for name in BY_POLICY:
        assert getattr(told, name) == getattr(alone, name), name
    others = set(Knowledge.__slots__) - {*BY_POLICY, "memory"}
    assert all(getattr(told, name) is getattr(known, name) for name in others)
    assert told.memory is not known.memory
