"""Every way in which a rule about medicines that is a hard stop may be lowered is named."""

from __future__ import annotations

import pytest

from garrod.care.govern.lowering import lowered_rules
from garrod.knowledge.pack import Row
from garrod.knowledge.shelf import Shelf
from tests.making.shelves import SHELF, changed
from tests.unit.govern.test_lowering import where, without

NAMED, RULES = "contraindications", "safety_rules"
VALPROATE = "valproate-pregnant"


def rule(**new: str) -> Shelf:
    return changed(NAMED, RULES, where("rule", VALPROATE, **new))


LOWERED = [
    (changed(NAMED, RULES, without("rule", VALPROATE)), f"{VALPROATE} was T1, and is gone"),
    (rule(tier="T2"), f"{VALPROATE} was T1, is tier T2"),
    (rule(subject="valproate"), "is no longer about @valproate"),
    (rule(when="pregnant and age >= 50"), "holds at other times"),
    (rule(action="monitor"), "asks for another act"),
    (rule(scope="order"), "has another 'scope'"),
    (
        changed("dose-ranges", RULES, without("rule", "methotrexate-daily")),
        "dose-ranges: the rule methotrexate-daily was T1, and is gone",
    ),
    (
        changed("interactions", "pairs", without("rule", "maoi-pethidine")),
        "(maoi-pethidine) was T1",
    ),
    (
        changed("drug-sets", "drug_set_members", without("set", "valproate")),
        "is no longer in valproate",
    ),
]


@pytest.mark.parametrize(("after", "said"), LOWERED, ids=[said for _, said in LOWERED])
def test_lowered_rule_is_named(after: Shelf, said: str) -> None:
    assert said in "\n".join(lowered_rules(SHELF, after))


def test_pack_of_rules_that_is_gone_loses_its_hard_stops() -> None:
    after = Shelf(SHELF.pack(name) for name in SHELF.names() if name != NAMED)
    assert any(VALPROATE in line for line in lowered_rules(SHELF, after))


def longer(row: Row) -> Row:
    return {**row, "subject": f"{row['subject']}|topiramate"} if row["rule"] == VALPROATE else row


@pytest.mark.parametrize(
    "after",
    [
        changed(NAMED, RULES, longer),
        changed(NAMED, RULES, where("rule", VALPROATE, evidence="mhra-retinoids")),
        changed("renal-dosing", RULES, without("rule", "metformin-egfr-30")),
    ],
    ids=["wider", "cited otherwise", "no hard stop"],
)
def test_what_lowers_no_hard_stop_is_not_named(after: Shelf) -> None:
    assert lowered_rules(SHELF, after) == ()
