"""Statements run on a connection of asyncpg, and what its errors mean."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, Protocol, TypeVar

import asyncpg  # type: ignore[import-untyped]

from garrod.adapters.store import faults
from garrod.adapters.store.compiled import Ask, Row
from garrod.core.errors import GarrodError

T = TypeVar("T")
SETTINGS = {"application_name": "garrod", "jit": "off", "plan_cache_mode": "force_custom_plan"}
STATEMENTS = 1000  # prepared statements kept by a connection
PATIENCE = 10.0  # seconds to wait for a connection

Connection = Any  # asyncpg has no types of its own
driver: Any = asyncpg

ENDING: type[Exception] = driver.InternalClientError  # a goodbye was read, the end not heard yet
LOST = (
    OSError,
    TimeoutError,
    driver.InterfaceError,
    ENDING,
    driver.PostgresConnectionError,
    driver.OperatorInterventionError,
    driver.CannotConnectNowError,
)
FAILED: tuple[type[Exception], ...] = (driver.PostgresError, *LOST)
AGAIN = (driver.SerializationError, driver.DeadlockDetectedError)
READ_ONLY = driver.ReadOnlySQLTransactionError
FULL = (driver.InsufficientResourcesError, READ_ONLY)


def said(error: BaseException) -> str:
    """Return what the server said: the class and its code, never a value."""
    state = getattr(error, "sqlstate", "")
    return f"{type(error).__name__} {state}".strip()


def is_lost(error: BaseException) -> bool:
    """Return whether an error means that the connection is gone."""
    return isinstance(error, LOST) and not isinstance(error, ValueError)  # a value it cannot take


def read_fault(error: BaseException) -> GarrodError:
    """Return our error for a failed reading."""
    if is_lost(error) or isinstance(error, FULL):
        return faults.unreachable(said(error))
    return faults.broken(said(error))


def write_fault(error: BaseException) -> GarrodError:
    """Return our error for a failed writing of which nothing is kept."""
    if isinstance(error, READ_ONLY):
        return faults.read_only(said(error))
    if is_lost(error) or isinstance(error, (*FULL, *AGAIN)):
        return faults.not_kept(said(error))
    return faults.broken(said(error))


class Performer(Protocol):
    """Runs what a piece of work asks."""

    async def performed(self, asked: Ask) -> list[Row]:
        """Return the rows of a statement, none where it writes."""
        ...


async def drive(performer: Performer, work: Coroutine[Any, Any, T]) -> T:
    """Run a piece of work to its end; each of its questions is a statement.

    Raises: what the work raises; InternalFault STO001 where it awaits anything else.
    """
    answer: list[Row] | None = None
    try:
        while True:
            asked = work.send(answer)
            if not isinstance(asked, Ask):
                raise faults.suspended()
            answer = await performer.performed(asked)
    except StopIteration as done:
        value: T = done.value
        return value
    finally:
        work.close()


class Direct:
    """Runs each statement as it is asked."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    async def performed(self, asked: Ask) -> list[Row]:
        """Return the rows of a statement."""
        rows = await self.connection.fetch(asked.statement.text, *asked.rows[0])
        return [tuple(row) for row in rows]
