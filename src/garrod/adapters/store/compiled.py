"""Statements as text with places for values, compiled once per dialect."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from types import coroutine
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ClauseElement,
    ColumnElement,
    Text,
    any_,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import BindParameter

Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Speech:
    """One dialect: how it compiles, takes lists and upserts."""

    name: str
    dialect: Dialect
    insert: Callable[..., Any]
    listed: Callable[[list[Any]], Any]

    def within(self, column: ColumnElement[Any], values: BindParameter[Any]) -> Any:
        """Return the condition that a column is one of a list given as one value."""
        if self.name == "sqlite":
            each = func.json_each(values).table_valued("value")
            return column.in_(select(each.c.value))
        of = BigInteger() if isinstance(column.type, BigInteger) else Text()
        values.type = ARRAY(of)
        return column == any_(values)

    def holds(self, column: ColumnElement[Any], value: BindParameter[Any]) -> Any:
        """Return the condition that words stand within a column."""
        found = func.instr if self.name == "sqlite" else func.strpos
        return found(column, value) > literal_column("0")


SQLITE = Speech("sqlite", sqlite.dialect(paramstyle="qmark"), sqlite.insert, json.dumps)
_ASYNCPG: Any = asyncpg
POSTGRES = Speech("postgresql", _ASYNCPG.dialect(), postgresql.insert, list)


@dataclass(frozen=True, slots=True)
class Statement:
    """The text of a statement; `places`: which of the given values stands at each of its places.

    `is_writing`: one row after another is written by it, nothing comes back.
    `is_apart`: reads nothing that such writing writes.
    """

    text: str
    places: tuple[int, ...]
    is_writing: bool = False
    is_apart: bool = False

    def bound(self, values: Row) -> Row:
        """Return the values in the order of the text."""
        return [values[place] for place in self.places]


@dataclass(frozen=True, slots=True)
class Ask:
    """What a piece of work wants of the database: rows of values to write, or one to ask with."""

    statement: Statement
    rows: Sequence[Row]


def compiled(speech: Speech, made: ClauseElement, order: Sequence[str], **flags: bool) -> Statement:
    """Return a statement as text of a dialect; `order`: the names of its values as given."""
    done = made.compile(dialect=speech.dialect)
    assert isinstance(done, SQLCompiler)
    at = {name: place for place, name in enumerate(order)}
    return Statement(str(done), tuple(at[name] for name in done.positiontup or ()), **flags)


@coroutine
def ask(statement: Statement, *values: object) -> Generator[Ask, list[Row], list[Row]]:
    """Return the rows of a statement, from whoever drives the work."""
    return (yield Ask(statement, (statement.bound(values),)))


@coroutine
def write(statement: Statement, rows: Sequence[Row]) -> Generator[Ask, list[Row], None]:
    """Write rows; they may be written later, but before anything is read that they touch."""
    yield Ask(statement, rows)
