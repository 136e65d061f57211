"""Moves a database to this release's schema, or refuses it.

Alembic says the steps as SQL; whoever is connected runs them within one transaction, so that a
step that fails leaves the old state. Steps are therefore plain SQL: none reads data in Python.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import Dialect

from garrod.adapters.store import faults

NEWEST = "0002"  # the last step of migrations/versions
CURRENT = "SELECT version_num FROM alembic_version"
STEPS = Path(__file__).parent / "migrations"


def needs_steps(found: str | None, tables: set[str], where: str) -> bool:
    """Return whether a database must be moved on.

    `found`: the step it stands at, None: it knows of none. Raises: OutsideError STO008 where it is
    newer than this release, STO009 where it holds something else.
    """
    if found == NEWEST:
        return False
    if found is None and tables:
        raise faults.foreign(where)
    if found is not None and found > NEWEST:
        raise faults.newer(found)
    return True


def steps(dialect: Dialect, found: str | None, folder: Path = STEPS) -> list[str]:
    """Return the SQL statements that lead from a step to the newest."""
    from alembic.config import Config
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    written = _Written()
    options = {
        "as_sql": True,
        "output_buffer": written,
        "starting_rev": found,
        "script": scripts,
        "fn": lambda rev, _: scripts._upgrade_revs("head", rev),
    }
    context = MigrationContext.configure(dialect=dialect, opts=options)
    with Operations.context(context):
        context.run_migrations()
    return written.statements


class _Written:
    """Takes what Alembic writes, statement by statement."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def write(self, text: str) -> int:
        """Keep a statement; comments and transactions are not ours to keep."""
        plain = text.strip().rstrip(";").strip()
        if plain and not plain.startswith("--") and plain not in ("BEGIN", "COMMIT"):
            self.statements.append(plain)
        return len(text)

    def flush(self) -> None:
        """Do nothing."""
