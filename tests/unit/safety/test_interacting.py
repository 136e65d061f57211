"""What packs say of an interaction beside its rule is found by the rule, and must be cited."""

import pytest

from garrod.core.errors import KnowledgeError
from garrod.knowledge.pack import Row
from garrod.knowledge.shelf import Shelf
from garrod.science.safety.interacting import load_interactions
from garrod.science.safety.rules import load_rules
from tests.making.safety import TERMS, clinical, pack, rule

SAID: Row = {
    "rule": "pair",
    "theme": "bleeding",
    "mechanism": "how",
    "onset": "",
    "instead_of_first": "paracetamol|codeine",
    "instead_of_second": "",
    "evidence": "own",
}


def shelf(*rows: Row) -> Shelf:
    tables = {
        "safety_rules": [rule(rule="pair", subject="ibuprofen", with_="warfarin")],
        "phrases": [{"code": "harm", "text": "harm"}],
    }
    return Shelf(
        [pack("terms", TERMS), pack("ruled", tables | ({"interactions": rows} if rows else {}))]
    )


def test_interaction_is_found_by_the_pack_and_rule() -> None:
    found = load_rules(shelf(SAID), clinical()).interactions["ruled@1", "pair"]
    assert (found.theme, found.mechanism, found.onset) == ("bleeding", "how", "")
    assert found.instead_of_first == ("paracetamol", "codeine")
    assert found.instead_of_second == ()


def test_pack_without_the_table_says_nothing_more() -> None:
    assert load_rules(shelf(), clinical()).interactions == {}


def test_interaction_without_a_citation_is_refused() -> None:
    with pytest.raises(KnowledgeError, match="nowhere"):
        load_interactions(shelf({**SAID, "evidence": "nowhere"}), ["ruled"])
