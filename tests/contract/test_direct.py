"""Searches that have a statement of their own find what the general one finds, page by page."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from garrod.adapters.store.direct import direct
from garrod.care.record.ports import Store, Tx
from garrod.care.record.query import (
    Clause,
    Criterion,
    Modifier,
    OfPatients,
    ParamType,
    Query,
    Reference,
    Sort,
)
from garrod.core.resource import ReferenceRow, Rows
from tests.contract.conftest import Run
from tests.contract.drafts import coded, delete, draft, put, put_all

KINDS = ("Observation", "MedicationRequest", "Patient")
ONE = OfPatients(frozenset(("p1",)))
SUBJECT = Criterion("subject", ParamType.REFERENCE, (Reference("Patient", "p1"),))


def with_rows(*names: str) -> Rows:
    """Return rows of references to patients by one parameter, as often as they are named."""
    return Rows(references=tuple(ReferenceRow("subject", "Patient", name) for name in names))


async def filled(store: Store) -> None:
    """Write resources of two people, some of both, one that names a person twice, one deleted."""
    await put_all(
        store,
        *(draft(f"o{n}", "Observation", patients=("p1",)) for n in range(5)),
        *(draft(f"m{n}", "MedicationRequest", patients=("p1",)) for n in range(5)),
        draft("both", "Observation", patients=("p1", "p2"), rows=with_rows("p1", "p2")),
        draft("twice", "Observation", patients=("p1",), rows=with_rows("p1", "p1")),
        draft("other", "Observation", patients=("p2",)),
        draft("beside", "Encounter", patients=("p1",)),
        draft("gone", "Observation", patients=("p1",)),
    )
    await delete(store, "gone", "Observation")
    await put(store, draft("o1", "Observation", body=b'{"dose":2}', patients=("p1",)))


async def paged(store: Store, query: Query) -> list[str]:
    """Return the ids that a search finds, page by page."""
    found, cursor = list[str](), query.cursor
    while True:
        page = await store.search(replace(query, cursor=cursor))
        found += [version.id for version in page.versions]
        assert len(page.versions) <= query.count
        if page.cursor is None:
            return found
        assert len(page.versions) == query.count
        cursor = page.cursor


@pytest.mark.parametrize("count", [1, 3, 200, 500])
def test_a_persons_resources_of_some_kinds_are_found_in_the_order_of_writing(
    run: Run, count: int
) -> None:
    async def check(store: Store) -> None:
        await filled(store)
        asked = Query(KINDS, (ONE,), count=count)
        assert direct("sqlite", asked) is not None
        found = await paged(store, asked)
        assert found == [*(f"o{n}" for n in range(5)), *(f"m{n}" for n in range(5)), *BOTH]
        assert (await store.search(replace(asked, wants_total=True))).total == 12

    run(check)


BOTH = ("both", "twice")


@pytest.mark.parametrize("count", [1, 2, 50, 500])
def test_who_refers_to_one_is_found_once_however_often_it_does(run: Run, count: int) -> None:
    async def check(store: Store) -> None:
        await filled(store)
        asked = Query(("Observation",), (SUBJECT,), count=count)
        assert direct("sqlite", asked) is not None
        assert await paged(store, asked) == [*(f"o{n}" for n in range(5)), *BOTH]

    run(check)


def test_the_newest_version_is_shown(run: Run) -> None:
    async def check(store: Store) -> None:
        await filled(store)
        page = await store.search(Query(("Observation",), (SUBJECT,)))
        assert [v.body for v in page.versions if v.id == "o1"] == [b'{"dose":2}']
        assert [v.number for v in page.versions if v.id == "o1"] == [2]

    run(check)


OTHERS: Sequence[Query] = (
    Query(KINDS, (OfPatients(frozenset(("p1", "p2"))),)),
    Query(KINDS, (OfPatients(frozenset()),)),
    Query(KINDS, (ONE, SUBJECT)),
    Query(KINDS, ()),
    Query(KINDS, (ONE,), count=0),
    Query(KINDS, (ONE,), wants_total=True),
    Query(KINDS, (ONE,), sort=(Sort("_id", ParamType.TOKEN),)),
    Query((), (ONE,)),
    Query(KINDS, (SUBJECT,)),
    Query(("Observation",), (coded("status", "a"),)),
    Query(("Observation",), (replace(SUBJECT, modifier=Modifier.NOT),)),
    Query(("Observation",), (replace(SUBJECT, values=()),)),
    Query(("Observation",), (replace(SUBJECT, values=(Reference("Patient"),)),)),
    Query(("Observation",), (replace(SUBJECT, values=(Reference("", "p1"),)),)),
    Query(("Observation",), (replace(SUBJECT, values=(Reference("Patient", "p1", "http://x"),)),)),
    Query(("Observation",), (replace(SUBJECT, values=SUBJECT.values * 2),)),
)


@pytest.mark.parametrize("asked", OTHERS)
def test_every_other_search_is_put_together(asked: Query) -> None:
    assert direct("sqlite", asked) is None
    assert direct("postgresql", asked) is None


def of_clause(clause: Clause, kinds: tuple[str, ...]) -> Query:
    """Return a search by one clause."""
    return Query(kinds, (clause,), count=3)


@pytest.mark.parametrize("asked", [of_clause(ONE, KINDS), of_clause(SUBJECT, ("Observation",))])
def test_a_transaction_sees_what_it_wrote(run: Run, asked: Query) -> None:
    async def check(store: Store) -> None:
        async def work(tx: Tx) -> list[str]:
            await tx.put(draft("new", "Observation"), method="PUT")
            page = await tx.search(asked)
            return [version.id for version in page.versions]

        assert await store.transact(work) == ["new"]

    run(check)
