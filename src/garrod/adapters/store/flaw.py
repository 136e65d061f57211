"""What a proof finds: where, of what sort, and in words that name nobody."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from garrod.adapters.store.compiled import Row

_LONG = re.compile(r"\d{6,}")  # an NHS number, a telephone number
_PRIVATE = ("identifier", "phone", "email", "telecom", "address", "name", "_security")
SHOWN = 3  # rows of a parameter that are written out


class Part(StrEnum):
    """What a flaw is of, and so what is to be done."""

    BYTES = "bytes"  # of what was received, or its history: a backup alone brings it back
    OUTBOX = "outbox"  # of the events
    LIST = "list"  # a medication list that names other lines than there are
    SEARCH = "search"  # of what is made of the bytes: it can be made anew


@dataclass(frozen=True, slots=True)
class Difference:
    """Rows of one parameter that are stored, or recomputed from the bytes, and not both."""

    param: str
    table: str
    stored: tuple[Row, ...] = field(default=(), repr=False)
    recomputed: tuple[Row, ...] = field(default=(), repr=False)

    def words(self, *, whole: bool = False) -> str:
        """Return it in words; `whole`: with the names and numbers of people that it may hold."""
        of = f"parameter {self.param} ({self.table})"
        sides = (("stored", self.stored), ("recomputed", self.recomputed))
        told = [f"{side} {self._rows(rows, whole=whole)}" for side, rows in sides]
        return f"{of}: {', '.join(told)}"

    def _rows(self, rows: Iterable[Row], *, whole: bool) -> str:
        shown = [", ".join(self._value(value, whole) for value in row if value != "")
                 for row in rows]  # fmt: skip
        if not shown:
            return "nothing"
        more = f" and {len(shown) - SHOWN} more" if len(shown) > SHOWN else ""
        return " and ".join(f"[{row}]" for row in shown[:SHOWN]) + more

    def _value(self, value: object, whole: bool) -> str:
        text = str(value)
        if whole or not isinstance(value, str):
            return text
        is_private = self.table == "string" or any(word in self.param for word in _PRIVATE)
        return veiled(text) if is_private or _LONG.search(text) else text


def veiled(text: str) -> str:
    """Return words of which one sees only that they are others: the ends, and how long."""
    if len(text) <= 2:
        return "…"
    return f"{text[0]}…{text[-1]} ({len(text)} letters)"


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something that is not as it should be: where, and what. No name of a person."""

    kind: str
    id: str
    number: int
    what: str
    part: Part = Part.BYTES
    key: int = field(default=0, repr=False)
    difference: Difference | None = field(default=None, repr=False)

    def words(self, *, whole: bool = False) -> str:
        """Return it in words; `whole`: with the names and numbers of people that it may hold."""
        where = f"{self.kind}/{self.id} version {self.number}" if self.kind else "the outbox"
        if self.part is Part.SEARCH and not self.kind:
            where = "the search rows"
        what = f"{self.what} {self.difference.words(whole=whole)}" if self.difference else self.what
        return f"{where} {what}"
