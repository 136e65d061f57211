"""A log in a database of PostgreSQL, put back to a copy in one transaction."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from garrod.adapters.audit.connect import fault, opened_to_read
from garrod.adapters.audit.copying import poured
from garrod.adapters.audit.postgres import Database, PostgresReading
from garrod.adapters.audit.postgres_link import Link
from garrod.adapters.audit.postgres_schema import IS_THERE, SCHEMA, TABLES
from garrod.adapters.audit.reading import Reading


@dataclass(frozen=True, slots=True)
class PostgresSpot:
    """A log in a database. `path`: what the names of the files beside it begin with."""

    database: Database
    path: Path

    def reading(self) -> Reading | None:
        """Return the log that is there, or None.  Raises: OutsideError AUD010."""
        try:
            is_there = self._is_there()
        except sqlite3.Error as error:
            raise fault(self.path, error) from error
        return PostgresReading(self.database, self.path) if is_there else None

    def put(self, part: Path, stamp: str) -> str:
        """Put a file's log in place; the one that was there goes on in a schema of another name.

        Raises: sqlite3.Error.
        """
        aside = f"{SCHEMA}_{stamp.replace('-', '_')}"
        was_there = self._is_there()
        with closing(Link(self.database.url)) as link, closing(opened_to_read(part)) as source:
            link.execute("BEGIN IMMEDIATE")
            try:
                if was_there:
                    link.execute(f"ALTER SCHEMA {SCHEMA} RENAME TO {aside}")
                for statement in TABLES:
                    link.execute(statement)
                poured(source, link, part)
                link.execute("COMMIT")
            except BaseException:
                if link.in_transaction:
                    link.execute("ROLLBACK")
                raise
        return aside if was_there else ""

    def _is_there(self) -> bool:
        with closing(Link(self.database.url, is_reading=True)) as link:
            row = link.execute(IS_THERE).fetchone()
        return bool(row and row[0])
