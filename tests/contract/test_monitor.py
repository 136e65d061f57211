"""The monitor on every store: a change for a person becomes owned tasks, once, while it holds."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any

import orjson

from garrod.adapters.fhir.tasks_book import RecordedTasks
from garrod.care.govern.access import LOCAL
from garrod.care.monitor.affected import ADVICE, Said
from garrod.care.monitor.raising import CODES, FOLLOW_UPS, follow_up_of
from garrod.care.monitor.watching import Watcher, patients_in
from garrod.care.record.ports import Store
from garrod.care.record.query import OfPatients, Query
from garrod.core.advice import Action, Tier
from garrod.entry.monitoring import PLACE, ROOM, Monitor, monitoring
from tests.contract.conftest import Run
from tests.making.recorded import Recorded, recorded, services

AT = datetime(2026, 11, 25, 9, tzinfo=UTC)


def statement(id: str, words: str, status: str = "active") -> dict[str, Any]:
    return {
        "resourceType": "MedicationStatement",
        "id": id,
        "status": status,
        "subject": {"reference": "Patient/p1"},
        "medicationCodeableConcept": {"text": words},
    }


PATIENT = {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1960-05-01"}


def watcher(it: Recorded) -> Watcher:
    book = RecordedTasks(it.record, LOCAL, lambda: AT)
    return Watcher(
        services().knowledge, it.people, book, actor=LOCAL, today=lambda: date(2026, 11, 25)
    )


async def tasks(it: Recorded) -> list[dict[str, Any]]:
    page = await it.store.search(Query(("Task",), (OfPatients(frozenset(("p1",))),), count=100))
    return [orjson.loads(v.body) for v in page.versions]


def on(run: Run, check: Callable[[Recorded], Awaitable[None]]) -> None:
    async def begun(store: Store) -> None:
        it = recorded(store, None)
        await it.write(PATIENT, statement("m1", "warfarin 3 mg tablets"))
        await check(it)

    run(begun)


def test_interaction_that_comes_up_is_one_owned_task_and_is_closed_when_it_goes(run: Run) -> None:
    async def check(it: Recorded) -> None:
        looking = watcher(it)
        assert await looking.look("p1") == await looking.look("p1")  # nothing was known before
        assert await tasks(it) == []
        await it.write(statement("m2", "clarithromycin 500 mg tablets"))
        first = await looking.look("p1")
        assert first.raised
        found = await tasks(it)
        assert len(found) == len(first.raised)
        for task in found:
            assert task["owner"]["identifier"]["value"] in (
                "prescriber", "pharmacist", "monitoring", "laboratory",
            )  # fmt: skip
            assert task["status"] == "requested"
            assert task["for"] == {"reference": "Patient/p1"}
            assert task["restriction"]["period"]["end"] > "2026-11-25"
        assert (await looking.look("p1")).raised == ()
        assert await tasks(it) == found  # looking again writes nothing
        await it.write(statement("m2", "clarithromycin 500 mg tablets", "entered-in-error"))
        gone = await looking.look("p1")
        assert set(gone.closed) == set(first.raised)
        assert {t["status"] for t in await tasks(it) if t["id"] in {f["id"] for f in found}} == {
            "cancelled"
        }
        await it.write(statement("m2", "clarithromycin 500 mg tablets"))
        await looking.look("p1")
        assert {t["status"] for t in await tasks(it) if t["id"] in {f["id"] for f in found}} == {
            "requested"
        }

    on(run, check)


def test_only_kinds_that_a_decision_rests_on_matter(run: Run) -> None:
    async def check(it: Recorded) -> None:
        before = (await it.store.events(0))[-1].sequence
        await it.write(
            {"resourceType": "Encounter", "id": "e1", "status": "finished",
             "class": {"code": "AMB"}, "subject": {"reference": "Patient/p1"}},
        )  # fmt: skip
        assert patients_in(await it.store.events(before)) == ()
        await it.write(statement("m3", "aspirin"))
        assert patients_in(await it.store.events(before)) == ("p1",)

    on(run, check)


def test_monitor_beside_a_server_goes_on_where_it_was(run: Run) -> None:
    async def check(it: Recorded) -> None:
        def monitor() -> Monitor:
            return Monitor(it.record, services(), it.people, lambda: AT, idle=0.01)

        async def until(count: int) -> list[dict[str, Any]]:
            while len(found := await tasks(it)) < count:
                await asyncio.sleep(0.01)
            return found

        async with asyncio.timeout(60), monitoring(monitor()):
            while await it.store.note(ROOM, PLACE) is None:
                await asyncio.sleep(0.01)
            await it.write(statement("m9", "paracetamol 500 mg tablets"))
            while await it.store.note("monitor-said", "p1") is None:
                await asyncio.sleep(0.01)
        await it.write(statement("m2", "clarithromycin 500 mg tablets"))  # while nobody looks
        async with asyncio.timeout(60), monitoring(monitor()):
            assert await until(1)

    on(run, check)


def test_no_task_can_be_without_an_owner_and_a_day() -> None:
    for action in Action:
        for tier in Tier:
            asked = follow_up_of(Said(ADVICE, action.value, tier.value))
            assert asked in FOLLOW_UPS
            assert asked.owner
            assert asked.due_days > 0
    assert {f.code for f in FOLLOW_UPS} == set(CODES)
