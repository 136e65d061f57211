"""The log's hashes once more, beside it, so that a proof reads one place and not some twenty.

rows of the log -> leaves, 256 to each complete tile (log-tiles); a hash of each tile (log-tops)

The hashes above the tiles are made of those in memory. Nothing rests on the files: what is read of
the tops is compared with the log, a tile with its top whenever it is read, and what is missing or
wrong is asked of the log itself.
Source: the tiles of transparency logs, https://c2sp.org/tlog-tiles (unchecked); RFC 6962, 2.1
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

from garrod.adapters.audit import schema
from garrod.care.govern.merkle import WIDTH, Address, last_leaf, place_in_row, subtrees_of

LEVEL = 8  # of a tile's own hash: the tile has 2^8 leaves
COUNT = 1 << LEVEL
BYTES = COUNT * WIDTH
NODE = b"\x01"  # before two hashes side by side, as `merkle.node_hash` has it
LEAVES = "SELECT hashes FROM entries WHERE id >= ? AND id < ? ORDER BY id"
Ask = Callable[[str, Sequence[object]], list[Any]]  # the rows of a statement over the log


class Tiles:
    """The two files of a log. For any thread."""

    def __init__(self, log: Path, ask: Ask) -> None:
        self._tiles = log.with_name(f"{log.name}-tiles")
        self._tops = log.with_name(f"{log.name}-tops")
        self._ask = ask
        self._levels = [bytearray()]  # from LEVEL upward
        self._wrong = -1  # the length of tops that were not those of the log
        self._lock = threading.Lock()

    @property
    def entries(self) -> int:
        """Return how many entries stand in tiles, as far as was looked at."""
        return len(self._levels[0]) // WIDTH * COUNT

    def hashes(self, wanted: Collection[Address]) -> dict[Address, bytes]:
        """Return the hashes of those subtrees that are known here."""
        with self._lock:
            if any(last_leaf(address) >= self.entries for address in wanted):
                self._look()
            found: dict[Address, bytes] = {}
            low: dict[int, list[Address]] = {}
            for address in wanted:
                if address[0] < LEVEL:
                    low.setdefault(last_leaf(address) >> LEVEL, []).append(address)
                elif top := self._above(address):
                    found[address] = top
            for tile, some in low.items():
                if rows := self._read(tile):
                    found |= {address: _within(rows, address) for address in some}
        return found

    def grow(self, size: int, *, most: int | None = None) -> None:
        """Add the tiles in which a log of a size is complete; `most`: no more at once.

        A disk that takes no more is no fault here: proofs are made of the log itself then.
        """
        with self._lock, suppress(OSError):
            self._look()
            if self._wrong > 0:
                os.truncate(self._tops, 0)
                self._wrong = -1
            first, last = self.entries >> LEVEL, size >> LEVEL
            for tile in range(first, last if most is None else min(last, first + most)):
                rows = self._ask(LEAVES, (tile << LEVEL, (tile + 1) << LEVEL))
                content = b"".join([bytes(row[0])[:WIDTH] for row in rows])
                if len(content) != BYTES:
                    return
                top = _tree(content)[-1]
                _put(self._tiles, tile * BYTES, content)
                _put(self._tops, tile * WIDTH, top)
                _add(self._levels, top)

    def _look(self) -> None:
        """Read what tops were added since, where they are those of the log."""
        try:
            length = self._tops.stat().st_size // WIDTH * WIDTH
            known = len(self._levels[0])
            if length <= known or length == self._wrong:
                return
            with self._tops.open("rb") as file:
                content = os.pread(file.fileno(), length - known, known)
        except OSError:
            return
        _add(self._levels, content)
        if not all(self._above(of) == self._kept(of) for of in subtrees_of((0, self.entries))):
            self._levels, self._wrong = [bytearray()], length

    def _above(self, address: Address) -> bytes:
        """Return the hash of a subtree of tiles; b"" where it is not known."""
        level, index = address[0] - LEVEL, address[1]
        if level >= len(self._levels):
            return b""
        return bytes(self._levels[level][WIDTH * index : WIDTH * (index + 1)])

    def _kept(self, address: Address) -> bytes:
        """Return the hash of a subtree as the log has it; b"" where it has none."""
        rows = self._ask(schema.HASHES, (last_leaf(address),))
        return bytes(rows[0][0])[place_in_row(address)] if rows else b""

    def _read(self, tile: int) -> list[bytes]:
        """Return the levels of a tile; none where it is not there, or is not what it was."""
        top = self._above((LEVEL, tile))
        if not top:
            return []
        try:
            with self._tiles.open("rb", buffering=0) as file:
                content = os.pread(file.fileno(), BYTES, tile * BYTES)
        except OSError:
            return []
        tree = _tree(content) if len(content) == BYTES else [b""]
        return tree if tree[-1] == top else []


def _within(rows: list[bytes], address: Address) -> bytes:
    level, index = address
    place = index % (COUNT >> level) * WIDTH
    return rows[level][place : place + WIDTH]


def _tree(content: bytes) -> list[bytes]:
    """Return the levels of the tree over some hashes, a power of two of them, itself first."""
    levels = [content]
    while len(levels[-1]) > WIDTH:
        levels.append(_paired(levels[-1]))
    return levels


def _paired(content: bytes) -> bytes:
    """Return the hashes of pairs."""
    starts = range(0, len(content), 2 * WIDTH)
    return b"".join([sha256(NODE + content[at : at + 2 * WIDTH]).digest() for at in starts])


def _add(levels: list[bytearray], tops: bytes) -> None:
    """Add tiles' hashes, and those of all that they complete."""
    found = tops
    for level in count():
        if not found:
            return
        if level == len(levels):
            levels.append(bytearray())
        held = levels[level]
        begin = len(held) // (2 * WIDTH) * (2 * WIDTH)  # of what has no hash above it yet
        held += found
        found = _paired(bytes(held[begin : len(held) // (2 * WIDTH) * (2 * WIDTH)]))


def _put(path: Path, place: int, content: bytes) -> None:
    """Write bytes at a place; what another process writes there is the same.  Raises: OSError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.pwrite(handle, content, place)
    finally:
        os.close(handle)
