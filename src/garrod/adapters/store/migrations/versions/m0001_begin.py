"""The record's first schema: heads, versions, search rows, compartments and the outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger()
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables and their indexes."""
    _head()
    _version()
    _event()
    _compartment()
    _token()
    _string()
    _date()
    _reference()
    _amount()
    _uri()
    _composite()


def _head() -> None:
    op.create_table(
        "head",
        sa.Column("key", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("kind", WORDS, nullable=False),
        sa.Column("id", WORDS, nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("is_deleted", sa.Boolean, nullable=False),
        sa.Column("at", NUMBER, nullable=False),  # microseconds since 1970
        sa.Column("sequence", NUMBER, nullable=False),  # of its newest version
        sa.UniqueConstraint("kind", "id", name="head_of"),
    )
    op.create_index("head_in_order", "head", ["kind", "key"])
    op.create_index("head_by_time", "head", ["kind", "at"])


def _version() -> None:
    op.create_table(
        "version",
        sa.Column("sequence", SERIAL, primary_key=True, autoincrement=False),
        sa.Column("key", NUMBER, nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("kind", WORDS, nullable=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("method", WORDS, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("splice", sa.LargeBinary, nullable=False),
        sa.Column("sha256", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("key", "number", name="version_of"),
    )
    op.create_index("version_of_kind", "version", ["kind", "sequence"])


def _event() -> None:
    op.create_table(
        "event",
        sa.Column("sequence", SERIAL, primary_key=True, autoincrement=False),
        sa.Column("at", NUMBER, nullable=False),
        sa.Column("topic", WORDS, nullable=False),
        sa.Column("kind", WORDS, nullable=False),
        sa.Column("id", WORDS, nullable=False),
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("patients", WORDS, nullable=False),  # JSON
        sa.Column("detail", WORDS, nullable=False),
    )


def _compartment() -> None:
    op.create_table(
        "compartment",
        sa.Column("patient", WORDS, nullable=False),
        sa.Column("kind", WORDS, nullable=False),
        sa.Column("key", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("patient", "kind", "key", name="compartment_of"),
        sqlite_with_rowid=False,
    )
    op.create_index("compartment_back", "compartment", ["key"])


def _token() -> None:
    op.create_table(
        "token",
        sa.Column("param", NUMBER, nullable=False),
        sa.Column("system", WORDS, nullable=False),
        sa.Column("code", WORDS, nullable=False),
        sa.Column("key", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("param", "code", "system", "key", name="token_of"),
        sqlite_with_rowid=False,
    )
    op.create_index("token_back", "token", ["key", "param"])


def _string() -> None:
    op.create_table(
        "string",
        sa.Column("param", NUMBER, nullable=False),
        sa.Column("start", WORDS, nullable=False),  # the first letters of folded: what is indexed
        sa.Column("folded", WORDS, nullable=False),
        sa.Column("exact", WORDS, nullable=False),
        sa.Column("key", NUMBER, nullable=False),
    )
    op.create_index("string_of", "string", ["param", "start", "key"])
    op.create_index("string_back", "string", ["key", "param"])


def _date() -> None:
    op.create_table(
        "date",
        sa.Column("param", NUMBER, nullable=False),
        sa.Column("low", NUMBER, nullable=False),
        sa.Column("high", NUMBER, nullable=False),
        sa.Column("key", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("param", "low", "high", "key", name="date_of"),
        sqlite_with_rowid=False,
    )
    op.create_index("date_by_end", "date", ["param", "high", "key"])
    op.create_index("date_back", "date", ["key", "param"])


def _reference() -> None:
    op.create_table(
        "reference",
        sa.Column("param", NUMBER, nullable=False),
        sa.Column("kind", WORDS, nullable=False),
        sa.Column("id", WORDS, nullable=False),
        sa.Column("url", WORDS, nullable=False),
        sa.Column("system", WORDS, nullable=False),
        sa.Column("value", WORDS, nullable=False),
        sa.Column("key", NUMBER, nullable=False),
    )
    op.create_index("reference_of", "reference", ["id", "kind", "param", "key"])
    for name, column in (("reference_by_url", "url"), ("reference_by_identifier", "value")):
        only = sa.text(f"{column} <> ''")
        columns = ["param", column, "key"]
        op.create_index(name, "reference", columns, sqlite_where=only, postgresql_where=only)
    op.create_index("reference_back", "reference", ["key", "param"])


def _amount() -> None:
    op.create_table(
        "amount",
        sa.Column("param", NUMBER, nullable=False),
        sa.Column("low", sa.Double, nullable=False),
        sa.Column("high", sa.Double, nullable=False),
        sa.Column("system", WORDS, nullable=False),
        sa.Column("code", WORDS, nullable=False),
        sa.Column("key", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("param", "low", "high", "code", "system", "key", name="amount_of"),
        sqlite_with_rowid=False,
    )
    op.create_index("amount_back", "amount", ["key", "param"])


def _uri() -> None:
    op.create_table(
        "uri",
        sa.Column("param", NUMBER, nullable=False),
        sa.Column("start", WORDS, nullable=False),
        sa.Column("value", WORDS, nullable=False),
        sa.Column("key", NUMBER, nullable=False),
    )
    op.create_index("uri_of", "uri", ["param", "start", "key"])
    op.create_index("uri_back", "uri", ["key", "param"])


def _composite() -> None:
    op.create_table(
        "composite",
        sa.Column("param", NUMBER, nullable=False),
        sa.Column("first_system", WORDS, nullable=False),
        sa.Column("first_code", WORDS, nullable=False),
        sa.Column("system", WORDS, nullable=False),
        sa.Column("code", WORDS, nullable=False),
        sa.Column("low", sa.Double, nullable=False),
        sa.Column("high", sa.Double, nullable=False),
        sa.Column("folded", WORDS, nullable=False),
        sa.Column("key", NUMBER, nullable=False),
    )
    op.create_index("composite_of", "composite", ["param", "first_code", "key"])
    op.create_index("composite_back", "composite", ["key", "param"])
