"""Small resources to write, and works to write them."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from garrod.care.record.ports import Store, Tx
from garrod.care.record.query import Criterion, Modifier, ParamType, Query, Token
from garrod.core.resource import Draft, ReferenceRow, Rows, Splice, TokenRow, Version

Work = Callable[[Tx], Awaitable[Version]]
SYSTEM = "https://example.org/status"


class Clock:
    """A clock that tests set: each look moves it on by a step."""

    def __init__(self, step: timedelta = timedelta(milliseconds=1)) -> None:
        self.at = datetime(2026, 1, 1, tzinfo=UTC)
        self.step = step

    def __call__(self) -> datetime:
        self.at += self.step
        return self.at


def draft(
    id: str = "a",
    kind: str = "MedicationRequest",
    *,
    body: bytes = b'{"dose":1.50}',
    rows: Rows | None = None,
    patients: tuple[str, ...] = ("p1",),
) -> Draft:
    """Return a draft; its subject is the first patient, unless rows are given."""
    whose = tuple(ReferenceRow("subject", "Patient", patient) for patient in patients)
    return Draft(
        kind, id, body, Splice(1, 2, 3, 4, 5, b'"x":1'), rows or Rows(references=whose), patients
    )


def token(param: str, code: str, *, system: str = SYSTEM, text: str = "") -> Rows:
    """Return rows of one token."""
    return Rows(tokens=(TokenRow(param, system, code, text),))


def putting(of: Draft, *, method: str = "PUT", expected: int | None = None) -> Work:
    """Return the work that writes one draft."""

    async def work(tx: Tx) -> Version:
        return await tx.put(of, method=method, expected=expected)

    return work


async def put(store: Store, of: Draft, *, expected: int | None = None) -> Version:
    """Write one draft."""
    return await store.transact(putting(of, expected=expected))


async def put_all(store: Store, *drafts: Draft) -> list[Version]:
    """Write drafts in one transaction."""

    async def work(tx: Tx) -> list[Version]:
        return [await tx.put(one, method="PUT") for one in drafts]

    return await store.transact(work)


async def delete(store: Store, id: str, kind: str = "MedicationRequest") -> Version | None:
    """Delete one resource."""

    async def work(tx: Tx) -> Version | None:
        return await tx.delete(kind, id)

    return await store.transact(work)


def coded(
    param: str,
    *codes: str,
    system: str | None = None,
    modifier: Modifier = Modifier.NONE,
) -> Criterion:
    """Return a criterion of codes."""
    values = tuple(Token(system, code) for code in codes)
    return Criterion(param, ParamType.TOKEN, values, modifier)


def every(kind: str = "MedicationRequest", *clauses: Criterion, count: int = 50) -> Query:
    """Return a query over one kind."""
    return Query((kind,), clauses, count=count)
