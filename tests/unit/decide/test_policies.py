"""The policies of nations: the order of sources, the tests offered, how they are commissioned."""

import pytest

from garrod.adapters.packs.load import load_shelf
from garrod.care.decide.policy import NATIONS, load_policy
from garrod.core.advice import Action

SHELF = load_shelf()
POLICIES = {nation: load_policy(SHELF, pack) for nation, pack in NATIONS.items()}


@pytest.mark.parametrize(
    ("nation", "order"),
    [
        ("england", ["CPIC", "DPWG", "FDA"]),
        ("netherlands", ["DPWG", "CPIC", "FDA"]),
        ("us", ["CPIC", "FDA", "DPWG"]),
    ],
)
def test_each_nation_has_its_own_order_of_sources(nation: str, order: list[str]) -> None:
    assert [source.name for source in POLICIES[nation].sources] == order


def test_tests_are_offered_where_england_offers_them() -> None:
    found = {
        pair: test.offer if (test := POLICIES["england"].test_of(*pair)) else ""
        for pair in (("capecitabine", "DPYD"), ("clopidogrel", "CYP2C19"), ("simvastatin", "ABCG2"))
    }
    assert list(found.values()) == ["before", "consider", ""]


def test_directory_code_is_given_where_it_is_known() -> None:
    test = POLICIES["england"].test_of("gentamicin", "MT-RNR1")
    assert test is not None
    assert (test.directory_code, test.status) == ("R65", "in-force")
    assert "rare disease" in test.commissioning


def test_every_offer_of_a_nation_has_words_for_the_untested() -> None:
    for policy in POLICIES.values():
        assert {t.offer for t in policy.tests.values()} <= policy.untested.keys()
        assert policy.untested["before"].action is Action.TEST_FIRST


def test_us_label_asks_for_tests_that_england_does_not() -> None:
    pair = ("primaquine", "G6PD")
    assert POLICIES["us"].test_of(*pair) is not None
    assert POLICIES["england"].test_of(*pair) is None
