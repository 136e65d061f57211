"""An answer that beside others would be about a handful of people is found, and others are not."""

import pytest

from garrod.care.govern.numbers.differencing import Shown, is_too_near

EVERYBODY = (1 << 1000) - 1


def people(first: int, end: int) -> int:
    """Return the people from a number to below another, as bits."""
    return (1 << end) - (1 << first)


def asked(new: int, *before: Shown) -> bool:
    return is_too_near(Shown(new), before, EVERYBODY)


OLD = Shown(people(0, 400))
CELLS = Shown(people(0, 300), (people(0, 100), people(100, 180), people(180, 300)))


@pytest.mark.parametrize(
    ("new", "is_near"),
    [
        (people(0, 400), False),  # the same: nothing new
        (people(0, 401), True),
        (people(0, 407), True),
        (people(0, 408), False),
        (people(0, 393), True),
        (people(0, 392), False),
        (people(3, 403), True),  # three away, three others
        (people(4, 404), False),
        (people(400, 1000), False),  # everybody else
        (people(401, 1000), True),  # … but one
        (people(393, 1000), True),
        (people(392, 1000), False),
        (people(600, 800), False),
        (people(1, 1000), True),  # everybody but one
        (people(8, 1000), False),
        (people(0, 7), False),  # too few to be shown at all
    ],
)
def test_one_answer_before(new: int, *, is_near: bool) -> None:
    assert asked(new, OLD) == is_near


@pytest.mark.parametrize(
    ("new", "is_near"),
    [
        (people(0, 100) | people(180, 300), False),  # two cells, whole
        (people(0, 100) | people(180, 301), True),
        (people(1, 100) | people(180, 300), True),
        (people(100, 180) | people(300, 1000), False),  # all but those two
        (people(100, 180) | people(301, 1000), True),
        (people(50, 250), False),
        (people(0, 60) | people(100, 160), False),
    ],
)
def test_any_union_of_cells_shown_together(new: int, *, is_near: bool) -> None:
    assert asked(new, CELLS) == is_near


def test_sums_and_differences_of_two_populations() -> None:
    one, other = Shown(people(0, 300)), Shown(people(400, 700))
    both = people(0, 300) | people(400, 700)
    assert asked(both ^ 1, one, other)
    assert not asked(both, one, other)
    inner = Shown(people(0, 100))
    assert asked(people(101, 300), one, inner)
    assert not asked(people(150, 300), one, inner)
    crossing = Shown(people(200, 500))
    assert not asked(people(0, 500), one, crossing)


def test_a_sum_that_was_shown_counts_and_each_new_cell_is_looked_at() -> None:
    old = Shown(people(0, 300), (), (people(0, 50),))
    assert asked(people(0, 52), old)
    new = Shown(people(500, 900), (people(500, 700), people(700, 900)))
    assert not is_too_near(new, [Shown(people(0, 100))], EVERYBODY)
    assert is_too_near(new, [Shown(people(501, 700))], EVERYBODY)


def test_what_a_table_hides_is_not_shown_by_another() -> None:
    """Of 400 people 300 are shown, 97 hidden for the sake of 3: to show the 97 shows the 3."""
    table = Shown(people(0, 400), (people(0, 300),))
    assert asked(people(300, 397), table)
    assert asked(people(300, 397) | people(0, 300), table)
    assert not asked(people(300, 390), table)
    line = Shown(people(0, 400), (people(0, 300),), (people(200, 350),))
    assert asked(people(300, 347), line)
    assert not asked(people(300, 340), line)


def test_hidden_cells_tell_nothing() -> None:
    new = Shown(people(0, 400), (people(0, 400) ^ people(0, 5),))
    assert is_too_near(Shown(0, (people(0, 3),)), [OLD], EVERYBODY) is False
    assert is_too_near(new, [], EVERYBODY) is False
