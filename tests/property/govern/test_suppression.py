"""No hidden count can be found out: an attacker with all sums and exact arithmetic tries."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garrod.care.govern.numbers.suppress import SMALL, STEP, rounded, suppressed
from garrod.care.govern.numbers.table import Table, cells, of_one_way
from garrod.core.errors import InputError
from tests.making.cell_attack import interval, known_bounds, sums_of
from tests.making.desk_time import drawn

COUNTS = st.one_of(st.integers(0, 9), st.integers(0, 30), st.integers(0, 2000))


@st.composite
def tables(draw: st.DrawFn, most: int = 4) -> Table:
    height, width = draw(st.integers(1, most)), draw(st.integers(1, most))
    rows = tuple(f"r{i}" for i in range(height))
    columns = tuple(f"c{i}" for i in range(width))
    counts = {(r, c): draw(COUNTS) for r in rows for c in columns}
    parents = {r: draw(st.sampled_from(("g0", "g1"))) for r in rows if draw(st.booleans())}
    if "g1" in parents.values() and draw(st.booleans()):
        parents["g1"] = "h0"
    return Table(rows, columns, counts, parents)


def attacked(table: Table) -> None:
    """Fail where a hidden count can be told better than it may be."""
    released, true = suppressed(table), cells(table)
    sums = sums_of(table.rows, table.columns, table.parents)
    for cell in released.hidden:
        least, most = interval(released.shown, sums, cell)
        if true[cell] <= SMALL:
            assert least == 0, (cell, least)
            assert most is None or most >= max(STEP, true[cell]), (cell, most)
        else:
            assert most is None or most - least >= 4, (cell, least, most)


@settings(max_examples=40, deadline=None)
@given(tables(3))
def test_no_hidden_count_can_be_told_from_all_that_is_shown(table: Table) -> None:
    attacked(table)


@settings(max_examples=drawn(200), deadline=None)
@given(tables(6))
def test_what_is_shown_is_rounded_and_what_is_small_is_not_shown(table: Table) -> None:
    shown = suppressed(table).shown
    for cell, count in cells(table).items():
        if count <= SMALL:
            assert shown[cell] is None
        else:
            assert shown[cell] in (None, rounded(count))
            assert rounded(count) % 5 == 0
            assert abs(rounded(count) - count) <= 2


def test_the_attacker_is_a_good_one() -> None:
    """Of a table from which only what is small was taken, the attacker finds what was taken."""
    table = Table(("a", "b"), ("x", "y"), {("a", "x"): 3, ("a", "y"): 50, ("b", "x"): 40})
    naive = {c: n if n > SMALL else None for c, n in cells(table).items()}
    sums = sums_of(table.rows, table.columns, table.parents)
    shown = {c: n if n is None else rounded(n) for c, n in naive.items()}
    least, most = interval(shown, sums, ("a", "x"))
    assert (least, most) == (1, 9)  # 53 and 50 are shown as 55 and 50: it is not 0


def test_the_attacker_agrees_with_trying_every_table() -> None:
    table = Table(("a", "b"), ("x", "y"), {("a", "x"): 9, ("a", "y"): 3, ("b", "x"): 8})
    released = suppressed(table)
    bounds = known_bounds(released.shown)
    possible = [
        found
        for four in itertools.product(range(23), repeat=4)
        if is_within(found := filled(four), bounds)
    ]
    sums = sums_of(table.rows, table.columns, table.parents)
    assert possible
    for cell in bounds:
        least, most = interval(released.shown, sums, cell)
        assert least == min(found[cell] for found in possible)
        assert most is None or most == max(found[cell] for found in possible)


def filled(four: tuple[int, ...]) -> dict[tuple[str, str], int]:
    """Return the cells of a table of two by two, added up by hand."""
    ax, ay, bx, by = four
    return {
        ("a", "x"): ax, ("a", "y"): ay, ("b", "x"): bx, ("b", "y"): by,
        ("a", "*"): ax + ay, ("b", "*"): bx + by, ("*", "x"): ax + bx, ("*", "y"): ay + by,
        ("*", "*"): ax + ay + bx + by,
    }  # fmt: skip


def is_within(
    counts: dict[tuple[str, str], int], bounds: dict[tuple[str, str], tuple[int, int | None]]
) -> bool:
    return all(
        low <= counts[cell] and (high is None or counts[cell] <= high)
        for cell, (low, high) in bounds.items()
    )


def test_one_small_count_in_a_line_with_its_total_takes_another_with_it() -> None:
    shown = suppressed(of_one_way({"men": 3, "women": 50})).shown
    assert shown["men", "people"] is None
    assert [count for count in shown.values() if count is not None] in ([55], [50])


@pytest.mark.parametrize(
    ("rows", "columns", "counts", "parents"),
    [
        ((), ("x",), {}, {}),
        (("a",), (), {}, {}),
        (("a", "a"), ("x",), {}, {}),
        (("*",), ("x",), {}, {}),
        (("a",), ("x",), {("b", "x"): 1}, {}),
        (("a",), ("x",), {("a", "x"): -1}, {}),
        (("a",), ("x",), {}, {"a": "g", "g": "h", "h": "g"}),
        (tuple(map(str, range(20_001))), ("x",), {}, {}),
    ],
)
def test_a_table_that_is_none_is_refused(
    rows: tuple[str, ...],
    columns: tuple[str, ...],
    counts: dict[tuple[str, str], int],
    parents: dict[str, str],
) -> None:
    with pytest.raises(InputError, match="no numbers") as caught:
        Table(rows, columns, counts, parents)
    assert caught.value.code == "INP200"
