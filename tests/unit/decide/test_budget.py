"""The alert budget: hard stops outside it, what is over it moved and counted, no order twice."""

from garrod.care.decide.budget import KEPT, Budget, Ledger, Use, moved_from
from garrod.care.decide.model import Decision
from garrod.core.advice import Action, Advice, Target, Tier

SMALL = Budget(interruptive=2, orders=10)


def advice(tier: Tier) -> Advice:
    return Advice("x:1:y", Action.AVOID, Target("y"), tier, "n/a", "t", "s", (), (), ())


def test_interruptions_stop_at_the_budget_and_begin_again_when_the_window_moves_on() -> None:
    ledger = Ledger(SMALL)
    assert [ledger.may_interrupt("", Tier.T2) for _ in range(4)] == [True, True, False, False]
    assert ledger.use == Use(orders=4, hard_stops=0, interruptive=2, moved=2)
    for _ in range(7):
        assert ledger.may_interrupt("", Tier.T3)
    assert ledger.may_interrupt("", Tier.T2)
    assert ledger.use.per_hundred == 3 * 100 / 12


def test_hard_stop_is_never_moved_and_counts_against_the_others() -> None:
    ledger = Ledger(SMALL)
    assert all(ledger.may_interrupt("", Tier.T1) for _ in range(5))
    assert not ledger.may_interrupt("", Tier.T2)
    assert (ledger.use.hard_stops, ledger.use.interruptive, ledger.use.moved) == (5, 5, 1)


def test_order_asked_again_is_one_order_and_gets_the_same_answer() -> None:
    ledger = Ledger(Budget(interruptive=1, orders=10))
    assert ledger.may_interrupt("a", Tier.T2)
    assert not ledger.may_interrupt("b", Tier.T2)
    assert ledger.may_interrupt("a", Tier.T2)
    assert not ledger.may_interrupt("b", Tier.T2)
    assert ledger.use.orders == 2


def test_order_that_became_louder_is_judged_again_and_is_still_one_order() -> None:
    ledger = Ledger(Budget(interruptive=1, orders=10))
    assert ledger.may_interrupt("a", Tier.T3)
    assert ledger.may_interrupt("a", Tier.T2)
    assert not ledger.may_interrupt("b", Tier.T2)
    assert ledger.may_interrupt("b", Tier.T1)
    assert ledger.use == Use(orders=2, hard_stops=1, interruptive=2, moved=1)


def test_verdicts_are_forgotten_in_the_end() -> None:
    ledger = Ledger(Budget(interruptive=1, orders=3))
    for number in range(KEPT + 5):
        ledger.may_interrupt(f"order {number}", Tier.T5)
    assert ledger.may_interrupt("order 0", Tier.T2)
    assert ledger.use.orders == KEPT + 6


def test_what_is_moved_is_for_the_pharmacist_and_nothing_else_changes() -> None:
    found, moved = moved_from(Decision((advice(Tier.T1), advice(Tier.T2), advice(Tier.T3))))
    assert [a.tier for a in found.advice] == [Tier.T1, Tier.T3, Tier.T4]
    assert [a.tier for a in moved] == [Tier.T4]


def test_before_the_first_order_nothing_is_spent() -> None:
    assert Ledger().use.per_hundred == 0.0
    row = {"interruptive": "5", "orders": "100", "evidence": "own"}
    assert Budget.of(row) == Budget(5, 100)
