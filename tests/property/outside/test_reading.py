"""Whatever the bytes, a file of results ends in rows and findings, or in one sentence of ours."""

import contextlib
import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from garrod.adapters.outside.read import read_results
from garrod.core.errors import GarrodError
from garrod.entry.wire import Services
from tests.making.results import DATA, examples

SERVICES = Services()
FOLDER = Path(tempfile.mkdtemp(prefix="synthetic-results-"))
SAMPLE = st.sampled_from([None, "SYNTHETIC-1", "SYNTHETIC-2", "SOMEBODY"])
WORDS = st.sampled_from(
    [b"\t", b"\n", b";", b"/", b"*", b"{", b"}", b"[", b'"', b"None", b"\xff", b"\0", b"x2", b"NaN"]
)


@cache
def originals() -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in examples(FOLDER).values())


def ends_well(data: bytes, sample: str | None) -> None:
    """Read the bytes as results, and make findings of them: anything but an error of ours fails."""
    path = FOLDER / "results.any"
    path.write_bytes(data)
    with contextlib.suppress(GarrodError):
        rows = read_results(path, sample=sample)
        assert rows
        SERVICES.outside_findings([path], sex="", sample=sample)


@settings(deadline=None)
@given(data=st.binary(max_size=400), sample=SAMPLE)
def test_any_bytes_end_in_rows_or_our_error(data: bytes, sample: str | None) -> None:
    ends_well(data, sample)


@given(
    original=st.integers(0, 11),
    cuts=st.lists(
        st.tuples(st.integers(0, 6_000), st.integers(0, 30), st.binary(max_size=4) | WORDS),
        max_size=6,
    ),
    sample=SAMPLE,
)
@settings(max_examples=300, deadline=None)  # the first example reads the packs
def test_a_changed_example_ends_in_rows_or_our_error(
    original: int, cuts: list[tuple[int, int, bytes]], sample: str | None
) -> None:
    data = originals()[original % len(originals())]
    for place, length, put in cuts:
        start = place % (len(data) + 1)
        data = data[:start] + put + data[start + length :]
    ends_well(data, sample)


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


def paths_of(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to each value inside a JSON value."""
    found = [path]
    if isinstance(value, dict):
        found += [p for key, inner in value.items() for p in paths_of(inner, (*path, key))]
    if isinstance(value, list):
        found += [p for n, inner in enumerate(value) for p in paths_of(inner, (*path, n))]
    return found


@given(
    name=st.sampled_from(sorted(p.name for p in DATA.glob("*.json"))),
    place=st.integers(0, 10_000),
    put=JSON,
    sample=SAMPLE,
)
@settings(max_examples=300, deadline=None)  # the first example reads the packs
def test_any_value_in_any_place_of_a_json_ends_in_rows_or_our_error(
    name: str, place: int, put: Any, sample: str | None
) -> None:
    data = json.loads((DATA / name).read_text())
    paths = paths_of(data)
    path = paths[place % len(paths)]
    inner = data
    for key in path[:-1]:
        inner = inner[key]
    if path:
        inner[path[-1]] = put
    else:
        data = put
    ends_well(json.dumps(data).encode(), sample)
