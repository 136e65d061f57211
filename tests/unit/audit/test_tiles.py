"""Hashes beside the log: the same as the log's, whatever happens to the files that hold them."""

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrod.adapters.audit.schema import PUT_ENTRIES, TABLES
from garrod.adapters.audit.tiles import BYTES, COUNT, LEVEL, Tiles
from garrod.care.govern.merkle import (
    WIDTH,
    Address,
    grown,
    inclusion_spans,
    leaf_hash,
    needed,
    place_in_row,
    proof_of,
    root_of,
    verify_inclusion,
)

SIZE = 5 * COUNT + 17
MADE = tuple(grown(str(number).encode() for number in range(SIZE)))


class Rows:
    """A log's rows, and how often they were asked for."""

    def __init__(self, count: int = SIZE) -> None:
        self.connection = sqlite3.connect(":memory:")
        self.connection.execute(TABLES[0])
        rows = [(number, b"", made) for number, made in enumerate(MADE[:count])]
        self.connection.executemany(PUT_ENTRIES, rows)
        self.asked = 0

    def __call__(self, statement: str, values: Sequence[object]) -> list[Any]:
        self.asked += 1
        return self.connection.execute(statement, values).fetchall()


def every(size: int) -> Iterator[Address]:
    """Yield every complete subtree of a tree of a size."""
    for level in range(size.bit_length()):
        for index in range(size >> level):
            yield level, index


def of_log(address: Address) -> bytes:
    """Return the hash of a subtree as the log has it."""
    level, index = address
    return MADE[((index + 1) << level) - 1][place_in_row(address)]


def is_right(tiles: Tiles, size: int) -> bool:
    """Return whether all subtrees of a size are known, and are those of the log."""
    wanted = list(every(size))
    return tiles.hashes(wanted) == {address: of_log(address) for address in wanted}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Return where a log would be, with tiles of all of it beside."""
    path = tmp_path / "audit.db"
    Tiles(path, Rows()).grow(SIZE)
    return path


def test_every_complete_tile_and_all_above_are_those_of_the_log(log: Path) -> None:
    rows = Rows()
    tiles = Tiles(log, rows)
    assert is_right(tiles, SIZE // COUNT * COUNT)
    assert tiles.entries == SIZE // COUNT * COUNT
    assert rows.asked == 2  # the tops were compared with the log: 4 + 1 tiles
    behind = [(0, SIZE - 1), (3, (SIZE >> 3) - 1), (LEVEL + 2, 1), (40, 0)]
    assert tiles.hashes(behind) == {}


def test_tiles_grow_by_portions_and_another_process_hears_of_it(tmp_path: Path) -> None:
    path = tmp_path / "audit.db"
    writer, reader = Tiles(path, Rows()), Tiles(path, Rows())
    assert reader.hashes([(0, 0)]) == {}
    for number in range(1, 6):
        writer.grow(SIZE, most=1)
        assert writer.entries == number * COUNT
        assert is_right(reader, number * COUNT)
    writer.grow(SIZE)
    assert writer.entries == 5 * COUNT
    writer.grow(COUNT)  # a smaller log has nothing to add
    assert is_right(writer, 5 * COUNT)


def test_two_that_grow_at_once_write_the_same(tmp_path: Path) -> None:
    path = tmp_path / "audit.db"
    one, other = Tiles(path, Rows()), Tiles(path, Rows())
    one.grow(3 * COUNT)
    other.grow(2 * COUNT)
    other.grow(SIZE)
    one.grow(SIZE)
    assert is_right(Tiles(path, Rows()), 5 * COUNT)


@pytest.mark.parametrize("place", [0, BYTES - 1, 2 * BYTES + 33])
def test_a_tile_that_was_changed_is_not_believed(log: Path, place: int) -> None:
    held = log.with_name("audit.db-tiles")
    content = bytearray(held.read_bytes())
    content[place] ^= 1
    held.write_bytes(content)
    tiles, spoilt = Tiles(log, Rows()), place // BYTES
    leaves = [(0, number * COUNT) for number in range(5)]
    assert tiles.hashes(leaves).keys() == set(leaves) - {(0, spoilt * COUNT)}
    assert tiles.hashes([(LEVEL, spoilt)]) == {(LEVEL, spoilt): of_log((LEVEL, spoilt))}


@pytest.mark.parametrize("place", [0, 2 * WIDTH + 5, 5 * WIDTH - 1])
def test_tops_that_were_changed_are_not_believed_and_made_anew(log: Path, place: int) -> None:
    held = log.with_name("audit.db-tops")
    content = bytearray(held.read_bytes())
    content[place] ^= 1
    held.write_bytes(content)
    rows = Rows()
    tiles = Tiles(log, rows)
    assert tiles.hashes([(0, 0), (LEVEL, 4)]) == {}
    asked = rows.asked
    assert tiles.hashes([(0, 0)]) == {}
    assert rows.asked == asked  # what is wrong is looked at once
    tiles.grow(SIZE, most=2)
    assert is_right(tiles, 2 * COUNT)
    Tiles(log, Rows()).grow(SIZE)
    assert is_right(tiles, 5 * COUNT)


def test_tops_of_a_log_that_is_longer_are_not_those_of_this_one(log: Path) -> None:
    rows = Rows(2 * COUNT + 3)
    tiles = Tiles(log, rows)
    assert tiles.hashes([(0, 0)]) == {}
    tiles.grow(2 * COUNT + 3)
    assert is_right(tiles, 2 * COUNT)


def test_files_cut_short_are_filled_again(log: Path) -> None:
    held, tops = log.with_name("audit.db-tiles"), log.with_name("audit.db-tops")
    held.write_bytes(held.read_bytes()[: BYTES + 7])
    tops.write_bytes(tops.read_bytes()[: 3 * WIDTH + 7])
    tiles = Tiles(log, Rows())
    leaves = [(0, number * COUNT) for number in range(5)]
    assert tiles.hashes(leaves) == {(0, 0): of_log((0, 0))}
    tops.unlink()
    fresh = Tiles(log, Rows())
    fresh.grow(SIZE)
    assert is_right(fresh, 5 * COUNT)


def test_a_disk_that_takes_no_tiles_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "audit.db"
    path.with_name("audit.db-tiles").mkdir()
    tiles = Tiles(path, Rows())
    tiles.grow(SIZE)
    assert tiles.entries == 0
    assert tiles.hashes([(0, 0)]) == {}


def test_tiles_that_cannot_be_read_are_asked_of_the_log(log: Path) -> None:
    held = log.with_name("audit.db-tiles")
    held.unlink()
    held.mkdir()
    tiles = Tiles(log, Rows())
    assert tiles.hashes([(0, 0), (LEVEL, 0)]) == {(LEVEL, 0): of_log((LEVEL, 0))}


def test_nothing_grows_out_of_rows_that_are_not_there(tmp_path: Path) -> None:
    tiles = Tiles(tmp_path / "audit.db", Rows(COUNT + 3))
    tiles.grow(SIZE)
    assert tiles.entries == COUNT


@given(data=st.data())
def test_proofs_of_tiles_hold(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    size = data.draw(st.integers(1, SIZE))
    index = data.draw(st.integers(0, size - 1))
    tiles = Tiles(tmp_path_factory.mktemp("log") / "audit.db", Rows())
    tiles.grow(data.draw(st.integers(0, SIZE)))
    spans = inclusion_spans(index, size)
    wanted = set(needed((*spans, (0, size))))
    known = tiles.hashes(wanted)
    known |= {address: of_log(address) for address in wanted - known.keys()}
    proof, root = proof_of(spans, known), root_of(size, known)
    assert verify_inclusion(index, size, leaf_hash(str(index).encode()), root, proof)
