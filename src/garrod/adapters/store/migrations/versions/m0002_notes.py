"""Notes: what the server keeps in mind beside the record, so that a backup brings it back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "note",
        sa.Column("room", WORDS, nullable=False),
        sa.Column("id", WORDS, nullable=False),
        sa.Column("text", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("room", "id", name="note_of"),
        sqlite_with_rowid=False,
    )
