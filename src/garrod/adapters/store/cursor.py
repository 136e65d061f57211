"""Cursors: where the next page begins, and of which search; opaque to whoever carries them."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace

from garrod.adapters.store import faults
from garrod.care.record.ports import HistoryOf
from garrod.care.record.query import ParamType, Query

DIGEST = 12  # bytes of the hash of a search
NUMERIC = {ParamType.DATE, ParamType.NUMBER, ParamType.QUANTITY}
Place = tuple[object, ...]


def search_cursor(query: Query, place: Sequence[object]) -> str:
    """Return the cursor behind a row: the values of its sort keys, then its own key."""
    return _written(_search_mark(query), place)


def search_place(query: Query) -> Place | None:
    """Return where a query's cursor points; None: at the beginning.

    Raises: InputError REC003 for what is not a cursor of this search.
    """
    if query.cursor is None:
        return None
    place = _read(query.cursor, _search_mark(query))
    if len(place) != len(query.sort) + 1 or not _is_whole(place[-1]):
        raise faults.foreign_cursor()
    for sort, value in zip(query.sort, place, strict=False):
        is_number = sort.param == "_lastUpdated" or (sort.type in NUMERIC and sort.param != "_id")
        right = isinstance(value, int | float) if is_number else isinstance(value, str)
        if value is not None and not right:
            raise faults.foreign_cursor()
    return place


def history_cursor(of: HistoryOf, sequence: int) -> str:
    """Return the cursor behind a version of a history."""
    return _written(_history_mark(of), (sequence,))


def history_place(of: HistoryOf) -> int | None:
    """Return behind which sequence a history goes on.  Raises: InputError REC003."""
    if of.cursor is None:
        return None
    place = _read(of.cursor, _history_mark(of))
    if len(place) != 1 or not isinstance(place[0], int):
        raise faults.foreign_cursor()
    return place[0]


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _search_mark(query: Query) -> str:
    clauses = query.clauses if query.asked is None else query.asked
    plain = replace(query, clauses=clauses, asked=None)
    return _mark(replace(plain, cursor=None, count=0, wants_total=False))


def _history_mark(of: HistoryOf) -> str:
    return _mark(replace(of, cursor=None, count=0))


def _mark(asked: object) -> str:
    plain = json.dumps(_plain(asked), separators=(",", ":"))
    return hashlib.blake2b(plain.encode(), digest_size=DIGEST).hexdigest()


def _plain(value: object) -> object:
    """Return a value as lists and words that are the same in every process."""
    if is_dataclass(value) and not isinstance(value, type):
        return [type(value).__name__, *(_plain(getattr(value, f.name)) for f in fields(value))]
    if isinstance(value, frozenset):
        return sorted(map(str, value))
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value if isinstance(value, int | float) or value is None else str(value)


def _written(mark: str, place: Sequence[object]) -> str:
    text = json.dumps([mark, *place], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str, mark: str) -> Place:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        found = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, RecursionError):
        raise faults.foreign_cursor() from None
    if not isinstance(found, list) or len(found) < 2 or found[0] != mark:
        raise faults.foreign_cursor()
    return tuple(found[1:])
