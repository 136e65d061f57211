"""What coded facts alone decide, kept between people so that it is worked out once.

coded meanings of genes + a guideline's rows + circumstances -> an opinion, seen before or not
Nothing here is of anyone in particular: no person, no finding and no text of a record is kept. It
lies in memory only, is bounded, and never changes an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from itertools import count
from typing import Any, TypeVar

from garrod.science.pgx.recommend import KeyShare

MOST = 50_000  # Not clinical: entries of one kind, some hundred bytes each
T = TypeVar("T")


class Memory:
    """Opinions and drafts by what they rest on. What is forgotten is worked out again."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self._kept: dict[Hashable, Any] = {}
        self._numbers: dict[tuple[KeyShare, ...], int] = {}
        self._next = count()  # never starts again: a number is never that of two meanings

    def number_of(self, shares: tuple[KeyShare, ...]) -> int:
        """Return the number of a gene's meaning: the same for the same keys and probabilities."""
        if len(self._numbers) >= self.most:
            self._numbers = {}
        return self._numbers.setdefault(shares, next(self._next))

    def get(self, key: Hashable) -> Any:
        """Return what is kept under a key, or None."""
        return self._kept.get(key)

    def keep(self, key: Hashable, value: T) -> T:
        """Keep a value, and return it."""
        if len(self._kept) >= self.most:
            self._kept = {}
        self._kept[key] = value
        return value

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what is kept under a key; made, and kept, where it is asked for first."""
        found: T | None = self._kept.get(key)
        return self.keep(key, make()) if found is None else found
