"""A difference loses nothing: the one pack and the difference give the other."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from garrod.knowledge.difference import difference_of
from garrod.knowledge.pack import Manifest, Pack

CELLS = st.sampled_from(["", "a", "b", "c"])
ROWS = st.lists(st.fixed_dictionaries({"k": CELLS, "x": CELLS, "evidence": CELLS}), max_size=6)


def pack(rows: list[dict[str, str]]) -> Pack:
    manifest = Manifest("p", "1", "P", "CC0-1.0", "2026-11-25", "", "", (), {})
    return Pack(manifest, {"t": tuple(rows)})


def counted(rows: list[dict[str, str]]) -> Counter[tuple[tuple[str, str], ...]]:
    return Counter(tuple(sorted(row.items())) for row in rows)


@given(ROWS, ROWS)
def test_before_with_the_difference_is_after(
    before: list[dict[str, str]], after: list[dict[str, str]]
) -> None:
    found = difference_of(pack(before), pack(after))
    rows = [dict(r) for r in before]
    for table in found.tables:
        for row in table.removed:
            rows.remove(dict(row))
        for change in table.changed:
            (old,) = [r for r in rows if all(r[c] == v for c, v in change.key.items())]
            assert all(old[c] == was for c, (was, _) in change.columns.items())
            old.update({c: now for c, (_, now) in change.columns.items()})
        rows += [dict(r) for r in table.added]
    assert counted(rows) == counted(after)
    assert found.is_empty == (counted(before) == counted(after))
