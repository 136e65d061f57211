"""Which rules are said: of an order only its own, of a group the first, of two lines one."""

import pytest

from garrod.core.errors import KnowledgeError
from garrod.science.safety.apply import judged
from tests.making.safety import line, rule, rules, subject

PAIR = rule(rule="pair", subject="@nsaid", with_="warfarin")
WARFARIN, IBUPROFEN, NAPROXEN = line("warfarin"), line("ibuprofen"), line("naproxen")


def said(found) -> list[tuple[str, str, str]]:  # type: ignore[no-untyped-def]
    """Return rule, line and other line of each signal."""
    return [
        (s.rule.id, s.line.drug if s.line else "", s.other.drug if s.other else "")
        for s in found.signals
    ]


def test_pair_is_said_whichever_of_both_is_ordered() -> None:
    known = rules(PAIR)
    for taken, ordered in ((WARFARIN, IBUPROFEN), (IBUPROFEN, WARFARIN)):
        found = judged(known, subject(taken=[taken], proposed=[ordered]), is_order=True)
        assert said(found) == [("pair", "ibuprofen", "warfarin")]


def test_order_is_not_told_what_was_so_before() -> None:
    who = subject(taken=[WARFARIN, IBUPROFEN], proposed=[line("omeprazole")])
    assert judged(rules(PAIR), who, is_order=True).signals == ()
    assert said(judged(rules(PAIR), subject(taken=[WARFARIN, IBUPROFEN]), is_order=False)) == [
        ("pair", "ibuprofen", "warfarin")
    ]


def test_two_lines_of_one_medicine_double_nothing() -> None:
    who = subject(taken=[WARFARIN, WARFARIN, line("ibuprofen", started=None)], proposed=[IBUPROFEN])
    assert len(judged(rules(PAIR), who, is_order=True).signals) == 1


def test_listed_pairs_are_said_by_their_rule() -> None:
    known = rules(
        rule(rule="listed", adviser="interactions"),
        pairs=[{"a": "ibuprofen", "b": "warfarin", "rule": "listed"}],
    )
    found = judged(known, subject(taken=[WARFARIN], proposed=[IBUPROFEN]), is_order=True)
    assert said(found) == [("listed", "ibuprofen", "warfarin")]
    assert known.covered == {"interactions": frozenset(("ibuprofen", "warfarin"))}
    assert known.about_person == ()  # a rule that pairs name is about them


def test_first_of_a_group_that_holds_is_said_and_what_may_precede_it_is_asked() -> None:
    known = rules(
        rule(rule="mild", subject="ibuprofen", group="g", rank="2", when="always"),
        rule(rule="grave", subject="ibuprofen", group="g", rank="1", when="smoker", ask="yes"),
    )
    found = judged(known, subject(taken=[IBUPROFEN]), is_order=False)
    assert said(found) == [("mild", "ibuprofen", "")]
    assert [m.what for g in found.gaps for m in g.missing] == ["smoking"]


def test_gap_is_silent_unless_the_rule_asks() -> None:
    known = rules(rule(subject="ibuprofen", when="smoker"))
    found = judged(known, subject(taken=[IBUPROFEN]), is_order=False)
    assert (found.signals, found.gaps) == ((), ())


def test_scope_keeps_a_rule_to_its_occasion() -> None:
    known = rules(
        rule(rule="at-order", subject="ibuprofen", scope="order"),
        rule(rule="at-review", subject="ibuprofen", scope="review"),
        rule(rule="lacking", scope="review", when="not taking @ppi"),
    )
    assert said(judged(known, subject(proposed=[IBUPROFEN]), is_order=True)) == [
        ("at-order", "ibuprofen", "")
    ]
    assert said(judged(known, subject(taken=[IBUPROFEN]), is_order=False)) == [
        ("at-review", "ibuprofen", ""),
        ("lacking", "", ""),
    ]


def test_form_for_local_use_is_judged_only_where_a_rule_asks_of_it() -> None:
    gel = line("ibuprofen", route="topical")
    who = subject(taken=[WARFARIN], proposed=[gel])
    known = rules(PAIR, rule(rule="gel", subject="@nsaid", with_="warfarin", when="local"))
    assert said(judged(known, who, is_order=True)) == [("gel", "ibuprofen", "warfarin")]


def test_both_ingredients_of_one_line_are_no_pair() -> None:
    known = rules(rule(subject="ibuprofen", with_="naproxen"))
    who = subject(taken=[IBUPROFEN, NAPROXEN])
    assert len(judged(known, who, is_order=False).signals) == 1


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"tier": "T9"}, "T9"),
        ({"action": "shout"}, "shout"),
        ({"scope": "never"}, "scope is one of"),
        ({"severity": "dire"}, "severity one of"),
        ({"subject": "@nobody"}, "no set of medicines"),
        ({"effect": "unwritten"}, "has no row"),
        ({"evidence": "nowhere"}, "has no row"),
    ],
)
def test_row_that_cannot_be_a_rule_is_refused(cells: dict[str, str], said: str) -> None:
    with pytest.raises(KnowledgeError, match=said):
        rules(rule(**cells))


def test_pair_of_an_unknown_rule_is_refused() -> None:
    with pytest.raises(KnowledgeError, match="'gone'"):
        rules(PAIR, pairs=[{"a": "a", "b": "b", "rule": "gone"}])


def test_adviser_with_a_rule_that_cannot_be_told_is_open_though_nobody_is_asked() -> None:
    known = rules(
        rule(rule="open", adviser="renal", subject="ibuprofen", when="smoker", ask=""),
        rule(rule="no", adviser="age", subject="ibuprofen", when="age >= 200"),
        rule(rule="yes", adviser="qt", subject="ibuprofen"),
    )
    found = judged(known, subject(taken=[IBUPROFEN]), is_order=False)
    assert (found.open, found.gaps) == ({"renal"}, ())
