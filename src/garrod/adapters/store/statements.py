"""The statements that never vary: reading one, the next number, writing rows, the outbox."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, Table, bindparam, delete, literal_column, select

from garrod.adapters.store.compiled import POSTGRES, SQLITE, Speech, Statement, compiled
from garrod.adapters.store.schema import COMPARTMENT, EVENT, HEAD, NOTE, ROW_TABLES, VERSION


@dataclass(frozen=True, slots=True)
class Book:
    """The fixed statements of one dialect."""

    speech: Speech
    read: Statement
    read_version: Statement
    stand: Statement  # key, number and is_deleted of a resource
    bump: Statement  # write the next head; PostgreSQL returns its key and number
    last: Statement  # sequence and time of the newest event
    events: Statement
    patients: Statement  # of a key
    note: Statement
    notes: Statement  # of a room
    keep: Statement  # write a note
    drop: Statement  # take it away
    put: dict[str, Statement] = field(repr=False)  # table -> one row into it
    forget: tuple[Statement, ...] = field(repr=False)  # the search rows of a key


def version_columns(source: Any, version: Any) -> tuple[Any, ...]:
    """Return the columns from which a version is made, in the order of `version_of`."""
    return (
        source.c.kind,
        source.c.id,
        version.c.number,
        version.c.at,
        version.c.method,
        version.c.sequence,
        version.c.body,
        version.c.splice,
        version.c.sha256,
    )


@lru_cache(maxsize=2)
def book(name: str) -> Book:
    """Return the fixed statements of a dialect by its name."""
    speech = SQLITE if name == "sqlite" else POSTGRES
    one = (HEAD.c.kind == bindparam("kind"), HEAD.c.id == bindparam("id"))
    columns = version_columns(HEAD, VERSION)
    newest = select(*columns).join_from(HEAD, VERSION, VERSION.c.sequence == HEAD.c.sequence)
    any_of = select(*columns).join_from(HEAD, VERSION, VERSION.c.key == HEAD.c.key)
    numbered = any_of.where(*one, VERSION.c.number == bindparam("number"))
    stand = select(HEAD.c.key, HEAD.c.number, HEAD.c.is_deleted).where(*one)
    kept = {table.name: _put(speech, table) for table in (VERSION, EVENT, COMPARTMENT, *ROW_TABLES)}
    whose = select(COMPARTMENT.c.patient).where(COMPARTMENT.c.key == bindparam("of"))
    return Book(
        speech=speech,
        read=compiled(speech, newest.where(*one), ("kind", "id")),
        read_version=compiled(speech, numbered, ("kind", "id", "number")),
        stand=compiled(speech, stand, ("kind", "id"), is_apart=True),
        bump=_bump(speech),
        last=compiled(speech, _last(), ()),
        events=compiled(speech, _events(), ("after", "limit")),
        patients=compiled(speech, whose, ("of",)),
        **_notes(speech),
        put=kept,
        forget=tuple(_forget(speech, table) for table in (COMPARTMENT, *ROW_TABLES)),
    )


def _put(speech: Speech, table: Table) -> Statement:
    names = tuple(column.name for column in table.columns)
    return compiled(speech, speech.insert(table), names, is_writing=True)


def _forget(speech: Speech, table: Table) -> Statement:
    made = delete(table).where(table.c.key == bindparam("of"))
    return compiled(speech, made, ("of",), is_writing=True)


def _notes(speech: Speech) -> dict[str, Statement]:
    """Return the statements of notes; each is asked, so that none overtakes another."""
    room, id = NOTE.c.room == bindparam("room"), NOTE.c.id == bindparam("of")
    names, one = ("room", "id", "text"), ("room", "of")
    put = speech.insert(NOTE)
    put = put.on_conflict_do_update(
        index_elements=[NOTE.c.room, NOTE.c.id], set_={"text": put.excluded.text}
    )
    every = select(NOTE.c.id, NOTE.c.text).where(room).order_by(NOTE.c.id)
    return {
        "note": compiled(speech, select(NOTE.c.text).where(room, id), one, is_apart=True),
        "notes": compiled(speech, every, ("room",), is_apart=True),
        "keep": compiled(speech, put, names, is_apart=True),
        "drop": compiled(speech, delete(NOTE).where(room, id), one, is_apart=True),
    }


def _bump(speech: Speech) -> Statement:
    """Return the one statement that gives the next number, whoever else writes.

    Reading the largest number and adding one lets two writers take the same. SQLite is asked for
    the outcome by a question of its own: there, RETURNING under a savepoint grows slower with every
    page that the transaction has changed.
    """
    made = speech.insert(HEAD).values(
        kind=bindparam("kind"),
        id=bindparam("id"),
        number=literal_column("1"),
        is_deleted=bindparam("is_deleted"),
        at=bindparam("at"),
        sequence=bindparam("sequence"),
    )
    new = made.excluded
    made = made.on_conflict_do_update(
        index_elements=[HEAD.c.kind, HEAD.c.id],
        set_={
            "number": HEAD.c.number + literal_column("1"),
            "is_deleted": new.is_deleted,
            "at": new.at,
            "sequence": new.sequence,
        },
    )
    if speech.name == "postgresql":
        made = made.returning(HEAD.c.key, HEAD.c.number)
    order = ("kind", "id", "is_deleted", "at", "sequence")
    return compiled(speech, made, order, is_apart=True)


def _last() -> Select[Any]:
    newest = select(EVENT.c.sequence, EVENT.c.at).order_by(EVENT.c.sequence.desc())
    return newest.limit(literal_column("1")).offset(literal_column("0"))


def _events() -> Select[Any]:
    return (
        select(EVENT)
        .where(EVENT.c.sequence > bindparam("after"))
        .order_by(EVENT.c.sequence)
        .limit(bindparam("limit"))
        .offset(literal_column("0"))
    )
