"""Search rows of a draft as rows of tables: each once, long codes fitted, words by their start."""

from __future__ import annotations

from collections.abc import Iterator

from garrod.adapters.store.packing import START, fitted, param_number
from garrod.core.resource import Draft

Row = tuple[object, ...]


def rows_of(draft: Draft, key: int) -> dict[str, list[Row]]:
    """Return the rows of a draft by table, none twice.

    The words beside a code (:text) stand among the strings, under the number of the token's param.
    """
    made = {
        "token": _tokens(draft, key),
        "string": _strings(draft, key),
        "date": _dates(draft, key),
        "reference": _references(draft, key),
        "amount": _amounts(draft, key),
        "uri": _uris(draft, key),
        "composite": _composites(draft, key),
    }
    kept = {table: list(dict.fromkeys(rows)) for table, rows in made.items()}
    return {table: rows for table, rows in kept.items() if rows}


def _tokens(draft: Draft, key: int) -> Iterator[Row]:
    for row in draft.rows.tokens:
        yield param_number(draft.kind, row.param), fitted(row.system), fitted(row.code), key


def _strings(draft: Draft, key: int) -> Iterator[Row]:
    for row in draft.rows.strings:
        number = param_number(draft.kind, row.param)
        yield number, row.folded[:START], row.folded, row.exact, key
    for token in draft.rows.tokens:
        if token.text:
            number = param_number(draft.kind, token.param)
            yield number, token.text[:START], token.text, "", key


def _dates(draft: Draft, key: int) -> Iterator[Row]:
    for row in draft.rows.dates:
        yield param_number(draft.kind, row.param), row.low, row.high, key


def _references(draft: Draft, key: int) -> Iterator[Row]:
    for row in draft.rows.references:
        number = param_number(draft.kind, row.param)
        words = (row.kind, row.id, row.url, row.system, row.value)
        yield number, *map(fitted, words), key


def _amounts(draft: Draft, key: int) -> Iterator[Row]:
    for row in draft.rows.numbers:
        number = param_number(draft.kind, row.param)
        yield number, row.low, row.high, fitted(row.system), fitted(row.code), key


def _uris(draft: Draft, key: int) -> Iterator[Row]:
    for row in draft.rows.uris:
        yield param_number(draft.kind, row.param), row.value[:START], row.value, key


def _composites(draft: Draft, key: int) -> Iterator[Row]:
    for row in draft.rows.composites:
        number = param_number(draft.kind, row.param)
        first = (fitted(row.first_system), fitted(row.first_code))
        second = (fitted(row.system), fitted(row.code))
        yield number, *first, *second, row.low, row.high, row.folded, key
