"""Inclusion: what hits refer to, and what refers to them, each once and never a hit again."""

from garrod.care.record.ports import Store
from garrod.care.record.query import Include
from garrod.core.resource import Draft, ReferenceRow, Rows, Version
from tests.contract.conftest import Run
from tests.contract.drafts import delete, draft, put_all

REQUEST = "MedicationRequest"


def refers(id: str, kind: str, param: str, *targets: str) -> Draft:
    rows = [ReferenceRow(param, *target.split("/")) for target in targets]
    return draft(id, kind, rows=Rows(references=tuple(rows)))


async def fill(store: Store) -> dict[str, Version]:
    made = await put_all(
        store,
        refers("m1", REQUEST, "subject", "Patient/p1"),
        refers("m2", REQUEST, "subject", "Patient/p1", "Group/g1"),
        refers("m3", REQUEST, "subject", "Patient/gone", "Patient/never"),
        refers("m4", REQUEST, "subject", "MedicationRequest/m1"),
        draft("gone", "Patient"),
        draft("g1", "Group"),
        refers("p1", "Patient", "organization", "Organization/o1"),
        refers("o1", "Organization", "partof", "Organization/o2"),
        refers("o2", "Organization", "partof", "Organization/o1"),
        refers("v1", "Provenance", "target", "MedicationRequest/m1", "Patient/p1"),
        refers("v2", "Provenance", "target", "MedicationRequest/m9"),
    )
    await delete(store, "gone", "Patient")
    return {version.id: version for version in made}


async def names(store: Store, hits: list[Version], *include: Include) -> set[str]:
    page = await store.included(hits, include)
    found = [version.id for version in page.versions]
    assert len(found) == len(set(found))
    assert page.cursor is None
    return set(found)


def test_targets_are_included_once_and_only_those_that_are_there(run: Run) -> None:
    async def check(store: Store) -> None:
        made = await fill(store)
        hits = [made["m1"], made["m2"], made["m3"]]
        subject = Include(REQUEST, "subject")
        assert await names(store, hits, subject) == {"p1", "g1"}
        assert await names(store, hits, Include(REQUEST, "subject", "Group")) == {"g1"}
        assert await names(store, hits, Include("Condition", "subject")) == set()
        assert await names(store, [], subject) == set()
        assert await names(store, hits) == set()

    run(check)


def test_a_hit_is_not_included_again(run: Run) -> None:
    async def check(store: Store) -> None:
        made = await fill(store)
        both = [made["m1"], made["m4"]]
        assert await names(store, both, Include(REQUEST, "subject")) == {"p1"}

    run(check)


def test_what_refers_to_hits_is_included(run: Run) -> None:
    async def check(store: Store) -> None:
        made = await fill(store)
        back = Include("Provenance", "target", is_backward=True)
        assert await names(store, [made["m1"]], back) == {"v1"}
        assert await names(store, [made["m2"]], back) == set()
        of_patients = Include("Provenance", "target", "Patient", is_backward=True)
        assert await names(store, [made["m1"]], of_patients) == set()
        assert await names(store, [made["m1"], made["p1"]], of_patients) == {"v1"}

    run(check)


def test_iteration_goes_on_from_what_was_included_and_ends_in_circles(run: Run) -> None:
    async def check(store: Store) -> None:
        made = await fill(store)
        subject = Include(REQUEST, "subject")
        once = Include("Patient", "organization")
        again = Include("Patient", "organization", is_iterated=True)
        up = Include("Organization", "partof", is_iterated=True)
        assert await names(store, [made["m1"]], subject, once) == {"p1"}
        assert await names(store, [made["m1"]], subject, again) == {"p1", "o1"}
        assert await names(store, [made["m1"]], subject, again, up) == {"p1", "o1", "o2"}

    run(check)
