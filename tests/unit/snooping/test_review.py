"""The queue: what a run adds, and what may be decided of it, once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from garrod.care.govern.snoop_model import Case, Evidence, Nearness, Sign
from garrod.care.govern.snoop_review import (
    DecidedBefore,
    Item,
    Outcome,
    Verdict,
    decided,
    item_told,
    new_items,
    told_item,
)
from garrod.care.govern.snoop_words import reasons
from garrod.core.errors import AccessDenied, InputError
from tests.making.snooping import ANN, BEN, HOUSE, MONDAY

NOW = MONDAY + timedelta(days=30)
EVIDENCE = (Evidence(Sign.FAR, 2.0, Nearness.NONE), Evidence(Sign.FAMILY, 1.5))
NOTE = "she was asked to by the ward"


def case(*entries: int, patients: tuple[str, ...] = ("p",), who: str = ANN) -> Case:
    return Case(who, "nurse", HOUSE, patients, entries, MONDAY, MONDAY, 3.5, EVIDENCE)


def items(*cases: Case, known: tuple[Item, ...] = ()) -> list[Item]:
    return list(new_items(cases, known, NOW))


def test_a_run_adds_what_is_new_and_the_same_run_again_adds_nothing() -> None:
    first = items(case(1, 2), case(3, patients=("q",)), case(1, patients=("p", "q", "r")))
    assert len({item.id for item in first}) == 3
    assert items(*(i.case for i in first), known=tuple(first)) == []


def test_an_open_item_takes_up_further_looks_under_its_own_name() -> None:
    (first,) = items(case(1, 2))
    (grown,) = items(case(1, 2, 5), known=(first,))
    assert (grown.id, grown.found, grown.case.entries) == (first.id, first.found, (1, 2, 5))


def test_of_decided_looks_nobody_is_asked_again_but_of_later_ones() -> None:
    (first,) = items(case(1, 2))
    done = decided(first, Verdict("explained", NOTE, BEN), NOW)
    assert items(case(1, 2), known=(done,)) == []
    (later,) = items(case(1, 2, 5), known=(done,))
    assert (later.case.entries, later.outcome) == ((5,), None)
    assert later.id != done.id


@pytest.mark.parametrize(
    "other", [case(1, who=BEN), case(1, patients=("q",)), case(1, patients=("p", "q"))]
)
def test_items_of_others_do_not_hide_a_case(other: Case) -> None:
    (first,) = items(case(1))
    assert [item.case for item in items(other, known=(first,))] == [other]


def test_cases_of_many_people_are_alike_by_who_looked() -> None:
    (first,) = items(case(1, 2, patients=("p", "q")))
    (grown,) = items(case(1, 2, 3, patients=("p", "q", "r")), known=(first,))
    assert grown.id == first.id
    (fresh,) = items(case(8, 9, patients=("s", "t")), known=(first,))
    assert fresh.id != first.id


def test_it_is_decided_once_with_a_reason_and_by_whom() -> None:
    (item,) = items(case(1))
    done = decided(item, Verdict("look-into", f"  {NOTE} \n now ", BEN), NOW)
    assert (done.outcome, done.note, done.by, done.decided) == (
        Outcome.LOOK_INTO, f"{NOTE} now", BEN, NOW,
    )  # fmt: skip
    with pytest.raises(DecidedBefore):
        decided(done, Verdict("explained", NOTE, "Practitioner/cat"), NOW)


@pytest.mark.parametrize(
    ("outcome", "note"),
    [("", NOTE), ("guilty", NOTE), ("explained", "short"), ("explained", "a" * 40)],
)
def test_no_decision_without_outcome_and_reason(outcome: str, note: str) -> None:
    (item,) = items(case(1))
    with pytest.raises(InputError) as error:
        decided(item, Verdict(outcome, note, BEN), NOW)
    assert error.value.code == "SNP001"


def test_nobody_decides_of_their_own_looks() -> None:
    (item,) = items(case(1))
    with pytest.raises(AccessDenied):
        decided(item, Verdict("explained", NOTE, ANN), NOW)


def test_what_is_kept_is_what_was_told() -> None:
    (item,) = items(replace(case(1, 2), refused=1))
    for one in (item, decided(item, Verdict("explained", NOTE, BEN), NOW)):
        assert item_told(told_item(one)) == one


def test_weak_signs_are_no_sentences() -> None:
    weak = replace(case(1), evidence=(Evidence(Sign.FAR, 0.2, Nearness.SEEN),))
    assert list(reasons(weak)) == []
