"""Opening a record in an emergency, on every store: for one, for an hour, told with the act."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from garrod.adapters.fhir.emergency import GlassPapers
from garrod.care.govern.access import LOCAL, Actor, Deed
from garrod.care.govern.emergency import OPEN
from garrod.care.govern.emergency_review import Review
from garrod.care.govern.policy import Policing
from garrod.care.govern.snoop_review import DecidedBefore, Verdict
from garrod.care.record.breaking import Breaking, of_number
from garrod.care.record.glass_reviews import judge, reviews
from garrod.care.record.glasses import HELD, latest
from garrod.care.record.ports import Store
from garrod.care.record.query import OfPatients, Query
from garrod.care.record.service import NotFound
from garrod.core.errors import AccessDenied, InputError
from garrod.core.identifiers import NhsNumber
from tests.contract.conftest import Run
from tests.making.governed import DOCTOR, NOW, STRANGER, Governed, person, team, weight
from tests.making.recorded import codec

FRESH = int(NOW.timestamp())
ED = replace(STRANGER, shown=FRESH)
NOTE = "the ambulance's sheet says the same"
REASON = "found unconscious at home"
ONE, OTHER = NhsNumber("9991234527"), NhsNumber("9991234535")
Check = Callable[[Governed, Breaking], Awaitable[None]]


def on(run: Run, check: Check) -> None:
    async def begun(store: Store) -> None:
        it = Governed(store)
        await it.write(person("p"), person("q"), team("p", DOCTOR.id), weight("w", "p"))
        await check(it, Breaking(it.record, GlassPapers(codec()), lambda: it.at))

    run(begun)


async def sees(it: Governed, actor: Actor) -> bool:
    it.seconds.now += 2  # rights are kept for a second
    return await it.record.seen_by(actor).read("Observation", "w") is not None


def numbered(id: str, *numbers: NhsNumber) -> dict[str, object]:
    listed = [{"system": n.system, "value": n.value} for n in numbers]
    return person(id, identifier=listed)


def test_it_is_open_until_its_hour_is_over(run: Run) -> None:
    async def check(it: Governed, room: Breaking) -> None:
        assert not await sees(it, ED)
        done = await room.open(ED, "p", REASON)
        assert done.is_new
        assert await sees(it, ED)
        assert await sees(it, replace(ED, shown=0, session="later"))
        assert not await sees(it, replace(ED, id="Practitioner/d8"))
        assert [glass.patient for glass in await room.held(ED)] == ["p"]
        assert await room.held(replace(ED, role="nurse")) == []
        assert await room.held(LOCAL) == []
        it.at = NOW + OPEN
        assert not await sees(it, ED)
        assert await room.held(ED) == []
        assert (await room.close(ED, done.glass.id)).ended is None  # it was over: nothing changes
        assert [glass.id for glass in await latest(it.store)] == [done.glass.id]

    on(run, check)


def test_policy_says_for_how_long_and_what_is_over_is_let_go_of(run: Run) -> None:
    async def check(it: Governed, room: Breaking) -> None:
        terms = replace(it.police.terms, emergency_minutes=5)
        it.gate.policing = Policing(terms, it.police.engine)
        first = (await room.open(ED, "p", REASON)).glass
        assert first.end == NOW + timedelta(minutes=5)
        it.at = NOW + timedelta(minutes=5)
        assert not await sees(it, ED)
        second = (await room.open(ED, "p", REASON)).glass
        assert json.loads(await it.store.note(HELD, ED.id) or "") == [second.id]
        await room.close(ED, second.id)
        assert await it.store.note(HELD, ED.id) is None

    on(run, check)


def test_each_is_closed_by_itself(run: Run) -> None:
    async def check(it: Governed, room: Breaking) -> None:
        first = (await room.open(ED, "p", REASON)).glass
        it.at = NOW + timedelta(minutes=1)
        second = (await room.open(ED, "q", REASON)).glass
        assert [glass.patient for glass in await room.held(ED)] == ["p", "q"]
        with pytest.raises(NotFound):
            await room.close(replace(ED, id="Practitioner/d8"), first.id)
        with pytest.raises(NotFound):
            await room.close(ED, ED.id)
        closed = await room.close(ED, first.id)
        assert closed.ended == it.at
        assert not await sees(it, ED)
        assert [glass.id for glass in await room.held(ED)] == [second.id]
        assert [glass.id for glass in await latest(it.store)] == [second.id, first.id]

    on(run, check)


def test_who_asks_twice_at_once_opens_it_once(run: Run) -> None:
    async def check(it: Governed, room: Breaking) -> None:
        both = await asyncio.gather(*(room.open(ED, "p", REASON) for _ in range(4)))
        assert sorted(done.is_new for done in both) == [False, False, False, True]
        assert len({done.glass.id for done in both}) == 1
        told = Query(("Communication",), (OfPatients(frozenset(("p",))),))
        assert len((await it.store.search(told)).versions) == 1

    on(run, check)


def test_another_process_knows_of_it_and_of_its_end(run: Run) -> None:
    async def check(it: Governed, room: Breaking) -> None:
        elsewhere = it.another_gate().over(it.store)

        async def seen() -> bool:
            it.seconds.now += 2
            version = await it.store.read("Observation", "w")
            assert version is not None
            return await elsewhere.sees(it.store, ED, version, Deed.READ)

        assert not await seen()
        done = await room.open(ED, "p", REASON)
        assert await seen()
        await room.close(ED, done.glass.id)
        assert not await seen()

    on(run, check)


def test_person_is_found_by_a_number_that_only_they_have(run: Run) -> None:
    async def check(it: Governed, room: Breaking) -> None:
        await it.write(numbered("a", ONE, OTHER), numbered("b", OTHER))
        assert await of_number(it.store, ONE) == "a"
        assert (await room.open_numbered(ED, ONE, REASON)).glass.patient == "a"
        for number, said in ((OTHER, "more than one"), (NhsNumber("9991234543"), "nobody has")):
            with pytest.raises(NotFound, match=said):
                await room.open_numbered(ED, number, REASON)
        other = replace(ED, patient="q")
        with pytest.raises(AccessDenied):
            await room.open_numbered(other, ONE, REASON)

    on(run, check)


def test_it_is_judged_once_and_by_nobody_of_their_own(run: Run) -> None:
    async def check(it: Governed, room: Breaking) -> None:
        papers = GlassPapers(codec())
        first = (await room.open(ED, "p", REASON)).glass
        second = (await room.open(ED, "q", REASON)).glass

        async def judged(id: str, outcome: str, note: str, by: str = "Practitioner/o") -> Review:
            return await judge(it.record, papers, id, Verdict(outcome, note, by), now=it.at)

        for outcome, note, fault in (
            ("guilty", NOTE, InputError), ("explained", "fine", InputError),
            ("explained", "a" * 20, InputError),
        ):  # fmt: skip
            with pytest.raises(fault):
                await judged(first.id, outcome, note)
        with pytest.raises(AccessDenied):
            await judged(first.id, "explained", NOTE, ED.id)
        with pytest.raises(NotFound):
            await judged("glass-none", "explained", NOTE)
        assert await reviews(it.store) == {}
        done = await judged(first.id, "explained", f" {NOTE} \n")
        assert (done.note, done.by) == (NOTE, "Practitioner/o")
        with pytest.raises(DecidedBefore):
            await judged(first.id, "look-into", NOTE)
        await judged(second.id, "look-into", NOTE, "local")
        assert (await reviews(it.store))[first.id] == done
        found = [await task(it, glass.id) for glass in (first, second)]
        assert [t["status"] for t in found] == ["completed", "in-progress"]
        assert found[0]["note"][0]["authorReference"] == {"reference": "Practitioner/o"}
        assert found[1]["note"][0]["authorString"] == "local"
        assert [t["owner"]["identifier"]["value"] for t in found] == ["privacy-officer"] * 2

    on(run, check)


async def task(it: Governed, glass: str) -> dict[str, Any]:
    version = await it.store.read("Task", f"{glass}-review")
    assert version is not None
    told: dict[str, Any] = json.loads(version.body)
    return told


def test_roles_may_or_may_not(run: Run) -> None:
    async def check(it: Governed, room: Breaking) -> None:
        may = {role for role in it.police.terms.roles if room.may(replace(ED, role=role))}
        assert may == {"prescriber", "pharmacist", "nurse"}
        assert not room.may(LOCAL)  # sees all as it is
        with pytest.raises(AccessDenied, match="sees every record"):
            await room.open(LOCAL, "p", REASON)
        with pytest.raises(AccessDenied, match="sign in again"):
            await room.open(replace(ED, shown=FRESH - 301), "p", REASON)
        await it.record.delete(LOCAL, "Patient", "q")
        with pytest.raises(NotFound):
            await room.open(ED, "q", REASON)

    on(run, check)
