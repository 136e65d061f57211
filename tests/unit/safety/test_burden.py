"""What medicines add up to: votes, sums, thresholds and ages."""

import pytest

from garrod.core.errors import KnowledgeError
from garrod.knowledge.pack import Row
from garrod.knowledge.shelf import Shelf
from garrod.science.safety.burden import (
    SCALES,
    Burdens,
    is_of_age,
    load_burdens,
    loads,
    majority,
    scored,
)
from tests.making.safety import clinical, line, pack, subject


def cells(*scores: str) -> dict[str, str]:
    return dict(zip(SCALES, (*scores, *[""] * 8), strict=False))


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ((), None),
        ((0,), 0),
        ((3, 1, 1), 1),
        ((2, 0, 1), 2),  # a tie: the first scale speaks (baclofen)
        ((0, 1, 0, 1, 0, 1, 1), 1),
    ],
)
def test_majority_is_the_commonest_and_of_a_tie_the_first(
    given: tuple[int, ...], wanted: int | None
) -> None:
    assert majority(given) == wanted


def test_score_outside_the_scale_is_left_out_and_empty_is_not_nought() -> None:
    assert scored(cells("", "", "", "", "4"), "majority") is None  # emepronium
    assert scored(cells("", "", "0", "", "4", "", "", "1"), "majority") == 0  # ipratropium
    assert scored(cells("1", "3", "1"), "highest") == 3
    assert scored(cells("1", "3", "1"), "Rudolph2008") == 3
    assert scored(cells("1"), "Bishara2020") is None
    assert scored(cells(), "highest") is None


def burden(**more: str) -> Row:
    plain = {
        **{"burden": "b", "name": "load", "members": "", "counting": "score", "threshold": "3"},
        **{"age_from": "", "age_below": "", "tier_order": "T3", "tier_review": "T4"},
        **{"action": "monitor", "effect": "e", "manage": "m", "theme": "t", "evidence": "own"},
    }
    return {**plain, **more}


def burdens(*rows: Row, scale: str = "majority") -> Burdens:
    scores = [
        {"drug": "oxybutynin", **cells("3"), "evidence": "own"},
        {"drug": "codeine", **cells("1"), "evidence": "own"},
        {"drug": "aspirin", **cells("0"), "evidence": "own"},
        {"drug": "empty", **cells(), "evidence": "own"},
    ]
    tables = {
        "policy": [{"scale": scale, "evidence": "own"}],
        "anticholinergic": scores,
        "burdens": rows,
    }
    return load_burdens(Shelf([pack("burdens", tables)]), clinical())


def test_sum_counts_each_ingredient_once_and_none_that_acts_locally() -> None:
    drops = line("codeine")
    who = subject(
        taken=[line("oxybutynin"), line("oxybutynin"), line("empty"), drops],
        proposed=[line("codeine")],
        local=[drops],
    )
    (load,) = loads(burdens(burden()), who)
    assert [(t.drug, p) for t, p in load.parts] == [("oxybutynin", 3), ("codeine", 1)]
    assert (load.total, load.before, load.matters, load.is_crossed) == (4, 3, True, False)
    assert [t.drug for t in load.unrated] == ["empty"]


def test_order_of_what_is_taken_already_adds_nothing() -> None:
    who = subject(taken=[line("oxybutynin")], proposed=[line("oxybutynin")])
    (load,) = loads(burdens(burden()), who)
    assert (load.total, load.before) == (3, 3)


def test_order_that_reaches_the_threshold_crosses_it() -> None:
    (load,) = loads(burdens(burden()), subject(proposed=[line("oxybutynin"), line("aspirin")]))
    assert (load.before, load.total, load.is_crossed) == (0, 3, True)
    assert load.unrated == ()


def test_count_takes_each_member_as_one() -> None:
    row = burden(counting="count", members="@nsaid|aspirin", threshold="2")
    (load,) = loads(burdens(row), subject(taken=[line("ibuprofen"), line("aspirin"), line("x")]))
    assert (load.total, load.unrated) == (2, ())


@pytest.mark.parametrize(
    ("bounds", "age", "wanted"),
    [
        ({}, None, True),
        ({"age_from": "65"}, None, None),
        ({"age_from": "65"}, 64, False),
        ({"age_from": "65"}, 65, True),
        ({"age_below": "65"}, 64, True),
        ({"age_below": "65"}, 65, False),
    ],
)
def test_age_bounds_a_burden(bounds: Row, age: int | None, wanted: bool | None) -> None:
    (row,) = burdens(burden(**bounds)).rows
    assert is_of_age(row, age) is wanted


def test_shelf_without_the_pack_has_no_burdens() -> None:
    assert load_burdens(Shelf([]), clinical()) == Burdens()


def test_scale_or_set_that_is_not_there_is_refused() -> None:
    with pytest.raises(KnowledgeError, match="no scale is called"):
        burdens(burden(), scale="mine")
    with pytest.raises(KnowledgeError, match="no set of medicines"):
        burdens(burden(counting="count", members="@nothing"))
