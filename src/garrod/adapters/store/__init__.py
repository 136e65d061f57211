"""Stores of the record: one suite of tests holds them all to the same contract.

open_store(url) -> a Store on SQLite (one file) or PostgreSQL; memory.py: the plain oracle
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from garrod.care.record.ports import Store
from garrod.core.errors import UsageError

SQLITE_PREFIX = "sqlite:///"


async def open_store(url: str, *, clock: Callable[[], datetime]) -> Store:
    """Return the store at a URL, its schema moved on to this release's.

    "sqlite:///record.db" (relative), "sqlite:////var/record.db", "sqlite:///:memory:" (not kept),
    The clock returns the time in UTC; the store never lets it go
    back. Raises: UsageError STO000, OutsideError STO005, STO008, STO009, STO010.
    """
    if url.startswith(SQLITE_PREFIX):
        from garrod.adapters.store.sqlite.opening import opened

        return opened(url.removeprefix(SQLITE_PREFIX), clock)
    raise UsageError(
        "the address of the record's database must begin with sqlite:///.",
        code="STO000",
    )
