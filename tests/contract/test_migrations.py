"""The schema: moved on wholly or not at all; what is newer or another's is left untouched."""

import asyncio
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from garrod.adapters.store import migrate, open_store
from garrod.adapters.store.schema import METADATA
from garrod.adapters.store.sqlite.connect import WRITER, connected
from garrod.adapters.store.sqlite.opening import move_on
from garrod.core.errors import OutsideError
from tests.contract import servers
from tests.contract.drafts import Clock, draft, put

NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    op.add_column("head", sa.Column("extra", sa.Text))
    {more}
"""
COLUMNS = (
    "SELECT table_name, column_name, data_type, is_nullable, collation_name "
    "FROM information_schema.columns WHERE table_schema = 'public'"
)


def schema_of(path: Path) -> set[str]:
    """Return how a file's tables and indexes are made, without spaces and names of keys."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {re.sub(r"\s+", "", sql) for (sql,) in rows if "alembic_version" not in sql}


def test_the_steps_lead_to_the_schema_that_the_statements_know(tmp_path: Path) -> None:
    from sqlalchemy import create_engine

    with closing(connected(tmp_path / "steps.db", WRITER)) as connection:
        move_on(connection, "x")
    engine = create_engine(f"sqlite:///{tmp_path / 'known.db'}")
    METADATA.create_all(engine)
    engine.dispose()
    assert schema_of(tmp_path / "steps.db") == schema_of(tmp_path / "known.db")


def test_the_newest_step_is_the_one_that_is_named() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(migrate.STEPS))
    assert ScriptDirectory.from_config(config).get_heads() == [migrate.NEWEST]


def stand(url: str, revision: str) -> None:
    """Say that a database stands at another step."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.execute(f"UPDATE alembic_version SET version_num = '{revision}'")
            connection.commit()
    else:
        servers.run(url, f"UPDATE alembic_version SET version_num = '{revision}'")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of an empty store that is kept."""
    if request.param == "postgresql":
        fresh: str = request.getfixturevalue("fresh_database")
        return fresh
    return f"sqlite:///{tmp_path / 'record.db'}"


async def open_and_close(url: str) -> None:
    store = await open_store(url, clock=Clock())
    await store.close()


async def write_one(url: str) -> None:
    store = await open_store(url, clock=Clock())
    try:
        await put(store, draft())
    finally:
        await store.close()


def test_a_database_of_a_later_release_is_refused_and_left(url: str) -> None:
    asyncio.run(write_one(url))
    stand(url, "0999")
    with pytest.raises(OutsideError) as refused:
        asyncio.run(write_one(url))
    assert refused.value.code == "STO008"
    stand(url, migrate.NEWEST)
    asyncio.run(write_one(url))


def test_a_database_of_something_else_is_refused_and_left(url: str) -> None:
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.execute("CREATE TABLE accounts (a)")
    else:
        servers.run(url, "CREATE TABLE accounts (a int)")
    with pytest.raises(OutsideError) as refused:
        asyncio.run(open_and_close(url))
    assert refused.value.code == "STO009"


@pytest.mark.parametrize("fails", [False, True])
def test_a_step_that_fails_half_way_leaves_the_old_state(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    asyncio.run(write_one(url))
    folder = tmp_path / "steps"
    shutil.copytree(migrate.STEPS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    more = 'op.execute("INSERT INTO nowhere VALUES (1)")' if fails else ""
    (folder / "versions" / "m0003.py").write_text(NEXT.format(more=more), encoding="utf-8")
    monkeypatch.setattr(migrate, "NEWEST", "0003")
    steps = migrate.steps
    monkeypatch.setattr(migrate, "steps", lambda dialect, found, _: steps(dialect, found, folder))
    if not fails:
        asyncio.run(write_one(url))
        return
    with pytest.raises(OutsideError) as refused:
        asyncio.run(write_one(url))
    assert refused.value.code == "STO010"
    monkeypatch.undo()
    asyncio.run(write_one(url))  # the column of the first half is not there: it opens as before


def test_two_that_open_at_once_move_it_on_once(url: str) -> None:
    async def check() -> None:
        await asyncio.gather(*[open_and_close(url) for _ in range(3)])

    asyncio.run(check())
    asyncio.run(write_one(url))
