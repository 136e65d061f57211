"""The tables of the record, the same on SQLite and PostgreSQL.

head: the newest of each resource. version: every version, found by number, never scanned by search.
One table per sort of search row; compartment: whose record; event: the outbox, in order of commits.
note: what the server keeps in mind beside the record, with no version and no event.
A search row has a row only while its resource is there: deletion takes the rows away.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

METADATA = MetaData()


def _filled(name: str, *columns: str) -> Index:
    """Return an index of the rows alone whose second column says something: few do."""
    only = text(f"{columns[1]} <> ''")
    return Index(name, *columns, sqlite_where=only, postgresql_where=only)


WORDS = Text().with_variant(Text(collation="C"), "postgresql")  # bytes decide, as on SQLite
NUMBER = BigInteger()
SERIAL = BigInteger().with_variant(Integer(), "sqlite")

HEAD = Table(
    "head",
    METADATA,
    Column("key", SERIAL, primary_key=True, autoincrement=True),
    Column("kind", WORDS, nullable=False),
    Column("id", WORDS, nullable=False),
    Column("number", NUMBER, nullable=False),
    Column("is_deleted", Boolean, nullable=False),
    Column("at", NUMBER, nullable=False),  # microseconds since 1970
    Column("sequence", NUMBER, nullable=False),  # of its newest version
    UniqueConstraint("kind", "id", name="head_of"),
    Index("head_in_order", "kind", "key"),
    Index("head_by_time", "kind", "at"),
)

VERSION = Table(
    "version",
    METADATA,
    Column("sequence", SERIAL, primary_key=True, autoincrement=False),
    Column("key", NUMBER, nullable=False),
    Column("number", NUMBER, nullable=False),
    Column("kind", WORDS, nullable=False),
    Column("at", NUMBER, nullable=False),
    Column("method", WORDS, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("splice", LargeBinary, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    UniqueConstraint("key", "number", name="version_of"),
    Index("version_of_kind", "kind", "sequence"),
)

EVENT = Table(
    "event",
    METADATA,
    Column("sequence", SERIAL, primary_key=True, autoincrement=False),
    Column("at", NUMBER, nullable=False),
    Column("topic", WORDS, nullable=False),
    Column("kind", WORDS, nullable=False),
    Column("id", WORDS, nullable=False),
    Column("number", NUMBER, nullable=False),
    Column("patients", WORDS, nullable=False),  # JSON
    Column("detail", WORDS, nullable=False),
)

COMPARTMENT = Table(
    "compartment",
    METADATA,
    Column("patient", WORDS, nullable=False),
    Column("kind", WORDS, nullable=False),
    Column("key", NUMBER, nullable=False),
    PrimaryKeyConstraint("patient", "kind", "key", name="compartment_of"),
    Index("compartment_back", "key"),
    sqlite_with_rowid=False,
)

TOKEN = Table(
    "token",
    METADATA,
    Column("param", NUMBER, nullable=False),
    Column("system", WORDS, nullable=False),
    Column("code", WORDS, nullable=False),
    Column("key", NUMBER, nullable=False),
    PrimaryKeyConstraint("param", "code", "system", "key", name="token_of"),
    Index("token_back", "key", "param"),
    sqlite_with_rowid=False,
)

STRING = Table(
    "string",
    METADATA,
    Column("param", NUMBER, nullable=False),
    Column("start", WORDS, nullable=False),  # the first letters of folded: what is indexed
    Column("folded", WORDS, nullable=False),
    Column("exact", WORDS, nullable=False),
    Column("key", NUMBER, nullable=False),
    Index("string_of", "param", "start", "key"),
    Index("string_back", "key", "param"),
)

DATE = Table(
    "date",
    METADATA,
    Column("param", NUMBER, nullable=False),
    Column("low", NUMBER, nullable=False),
    Column("high", NUMBER, nullable=False),
    Column("key", NUMBER, nullable=False),
    PrimaryKeyConstraint("param", "low", "high", "key", name="date_of"),
    Index("date_by_end", "param", "high", "key"),
    Index("date_back", "key", "param"),
    sqlite_with_rowid=False,
)

REFERENCE = Table(
    "reference",
    METADATA,
    Column("param", NUMBER, nullable=False),
    Column("kind", WORDS, nullable=False),
    Column("id", WORDS, nullable=False),
    Column("url", WORDS, nullable=False),
    Column("system", WORDS, nullable=False),
    Column("value", WORDS, nullable=False),
    Column("key", NUMBER, nullable=False),
    Index("reference_of", "id", "kind", "param", "key"),
    _filled("reference_by_url", "param", "url", "key"),
    _filled("reference_by_identifier", "param", "value", "key"),
    Index("reference_back", "key", "param"),
)

AMOUNT = Table(
    "amount",
    METADATA,
    Column("param", NUMBER, nullable=False),
    Column("low", Double, nullable=False),
    Column("high", Double, nullable=False),
    Column("system", WORDS, nullable=False),
    Column("code", WORDS, nullable=False),
    Column("key", NUMBER, nullable=False),
    PrimaryKeyConstraint("param", "low", "high", "code", "system", "key", name="amount_of"),
    Index("amount_back", "key", "param"),
    sqlite_with_rowid=False,
)

URI = Table(
    "uri",
    METADATA,
    Column("param", NUMBER, nullable=False),
    Column("start", WORDS, nullable=False),
    Column("value", WORDS, nullable=False),
    Column("key", NUMBER, nullable=False),
    Index("uri_of", "param", "start", "key"),
    Index("uri_back", "key", "param"),
)

COMPOSITE = Table(
    "composite",
    METADATA,
    Column("param", NUMBER, nullable=False),
    Column("first_system", WORDS, nullable=False),
    Column("first_code", WORDS, nullable=False),
    Column("system", WORDS, nullable=False),
    Column("code", WORDS, nullable=False),
    Column("low", Double, nullable=False),
    Column("high", Double, nullable=False),
    Column("folded", WORDS, nullable=False),
    Column("key", NUMBER, nullable=False),
    Index("composite_of", "param", "first_code", "key"),
    Index("composite_back", "key", "param"),
)

NOTE = Table(
    "note",
    METADATA,
    Column("room", WORDS, nullable=False),
    Column("id", WORDS, nullable=False),
    Column("text", WORDS, nullable=False),
    PrimaryKeyConstraint("room", "id", name="note_of"),
    sqlite_with_rowid=False,
)

ROW_TABLES = (TOKEN, STRING, DATE, REFERENCE, AMOUNT, URI, COMPOSITE)
TABLES = {table.name: table for table in METADATA.sorted_tables}
