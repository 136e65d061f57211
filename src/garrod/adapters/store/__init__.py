"""Stores of the record: one suite of tests holds them all to the same contract.

open_store(url) -> a Store on SQLite (one file) or PostgreSQL; memory.py: the plain oracle
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from garrod.care.record.ports import Store
from garrod.core.errors import UsageError

SQLITE_PREFIX = "sqlite:///"
POSTGRES_PREFIXES = ("postgresql://", "postgres://")


async def open_store(url: str, *, clock: Callable[[], datetime]) -> Store:
    """Return the store at a URL, its schema moved on to this release's.

    "sqlite:///record.db" (relative), "sqlite:////var/record.db", "sqlite:///:memory:" (not kept),
    "postgresql://user@host/name". The clock returns the time in UTC; the store never lets it go
    back. Raises: UsageError STO000, STO012, OutsideError STO005, STO008, STO009, STO010.
    """
    if url.startswith(SQLITE_PREFIX):
        from garrod.adapters.store.sqlite.opening import opened

        return opened(url.removeprefix(SQLITE_PREFIX), clock)
    if url.startswith(POSTGRES_PREFIXES):
        try:
            from garrod.adapters.store.postgres.opening import opened as opened_postgres
        except ModuleNotFoundError as missing:
            raise UsageError(
                f"PostgreSQL needs the package {missing.name}: install garrod[postgres].",
                code="STO012",
            ) from missing
        return await opened_postgres(url, clock)
    raise UsageError(
        "the address of the record's database must begin with sqlite:/// or postgresql://.",
        code="STO000",
    )
