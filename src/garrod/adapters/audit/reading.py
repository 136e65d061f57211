"""A log as it is read: heads, proofs, and the entries that name a person."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from garrod.adapters.audit import schema
from garrod.adapters.audit.connect import fault, opened_to_read
from garrod.adapters.audit.proofs import consistency_document, inclusion_document
from garrod.adapters.audit.tiles import Tiles
from garrod.care.govern.audit import KEY, entry_read
from garrod.care.govern.audit_heads import Head, LogKey, head_read, key_told
from garrod.care.govern.merkle import (
    Address,
    Span,
    consistency_spans,
    inclusion_spans,
    last_leaf,
    needed,
    place_in_row,
    proof_of,
    root_of,
)
from garrod.core.errors import InputError

T = TypeVar("T")
NEWEST = 2**62  # after every index


class Reading:
    """Reads a log: heads, entries, proofs. For any thread, one at a time."""

    def __init__(self, path: Path) -> None:
        """Open it.  Raises: OutsideError AUD010, InputError AUD011."""
        self.path = path
        self._connection = opened_to_read(path)
        self._lock = threading.Lock()
        self._keys: list[LogKey] = []
        self._tiles = Tiles(path, self._rows)

    def seal(self) -> Head:
        """Return the newest head.  Raises: OutsideError AUD010, InputError AUD011."""
        rows = self._rows(schema.READ_SEAL)
        if not rows:
            raise InputError(f"{self.path}: the audit log has no seal.", code="AUD011")
        return head_read(rows[0][0])

    def entry(self, index: int) -> bytes:
        """Return the bytes of an entry.  Raises: InputError AUD020 where there is none."""
        rows = self._rows(schema.ROW, (index,)) if 0 <= index < NEWEST else []
        if not rows:
            raise InputError(f"the log has no entry {index}.", code="AUD020")
        return bytes(rows[0][0])

    def root(self, size: int) -> bytes:
        """Return the root of the log's first entries.  Raises: InputError AUD024, OutsideError."""
        span = (0, self._size(size))
        return root_of(span[1], self._hashes((span,)))

    def upto(self, journal: str) -> int:
        """Return how much of a journal stands in the log.  Raises: OutsideError AUD010."""
        rows = self._rows(schema.READ_MARK, (journal,))
        return int(rows[0][0]) if rows else 0

    def keys(self) -> list[LogKey]:
        """Return the keys of the log, the newest first, found from the heads that were kept."""
        current = self.seal().key
        if self._keys and self._keys[0].id == current:
            return self._keys
        found: list[LogKey] = []
        for (content,) in self._rows(schema.KEYS):
            rows = self._rows(schema.ROW, (head_read(content).size - 1,))
            entry = entry_read(rows[0][0]) if rows else None
            if entry is not None and entry.event == KEY:
                found.append(key_told(entry.data))
        self._keys = found
        return found

    def inclusion(self, index: int, size: int | None = None) -> dict[str, Any]:
        """Return the proof that an entry is in the log of a size (the sealed one if None).

        Raises: InputError AUD020, AUD024; OutsideError AUD010.
        """
        size = self._size(size)
        spans = inclusion_spans(index, size)
        leaf, known = (0, index), self._hashes((*spans, (0, size), (index, index + 1)))
        return inclusion_document(
            index, size, known[leaf], root_of(size, known), proof_of(spans, known)
        )

    def consistency(self, first: int, second: int | None = None) -> dict[str, Any]:
        """Return the proof that the log of a size begins with that of a smaller one.

        Raises: InputError AUD021, AUD024; OutsideError AUD010.
        """
        second = self._size(second)
        spans = consistency_spans(first, second)
        known = self._hashes((*spans, (0, first), (0, second)))
        roots = root_of(first, known), root_of(second, known)
        return consistency_document((first, second), roots, proof_of(spans, known))

    def of_person(
        self, patient: str, before: int | None, most: int, *, glass: bool | None = None
    ) -> list[bytes]:
        """Return entries that name a person, the newest first; `glass`: broken, or not."""
        span = (0, 1) if glass is None else (int(glass), int(glass))
        asked = (patient, NEWEST if before is None else before, *span, most)
        return [bytes(row[0]) for row in self._rows(schema.OF_PERSON, asked)]

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

    def _size(self, size: int | None) -> int:
        sealed = self.seal().size
        if size is not None and size > sealed:
            raise InputError(f"the log has {sealed} entries, not {size}.", code="AUD024")
        return sealed if size is None else size

    def _hashes(self, spans: Iterable[Span]) -> dict[Address, bytes]:
        """Return the hashes of the subtrees of some spans: a tile or two, else O(log n) rows."""
        wanted = set(needed(spans))
        found = self._tiles.hashes(wanted)
        left = wanted - found.keys()
        rows = {leaf: self._rows(schema.HASHES, (leaf,)) for leaf in map(last_leaf, left)}
        return found | {a: bytes(rows[last_leaf(a)][0][0])[place_in_row(a)] for a in left}

    def _rows(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        try:
            with self._lock:
                return self._connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise fault(self.path, error) from error
