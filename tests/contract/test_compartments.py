"""A person read whole and kept: the same as a search finds, for each actor, at every moment."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from garrod.care.govern.access import LOCAL, Actor
from garrod.care.record.compartments import Compartments, compartments_of
from garrod.care.record.ports import Store, Tx
from garrod.care.record.query import OfPatients, Query
from garrod.core.errors import GarrodError
from garrod.core.resource import Version
from tests.contract.conftest import Run
from tests.making.governed import (
    DOCTOR,
    NURSE,
    STRANGER,
    Governed,
    no_restricted,
    person,
    team,
    weight,
)

KINDS = ("Observation", "Consent")
ACTORS = (LOCAL, DOCTOR, NURSE)


def on(run: Run, check: Callable[[Governed], Awaitable[None]]) -> None:
    async def begun(store: Store) -> None:
        await check(Governed(store))

    run(begun)


async def made(it: Governed) -> Compartments:
    await it.write(person("a"), person("b"), team("a", DOCTOR.id), team("b", DOCTOR.id))
    await it.write(*(weight(f"w{n}", "a", *(("R",) if n % 3 == 0 else ())) for n in range(12)))
    await it.write(weight("other", "b"))
    return Compartments(it.record, KINDS, page=5)


async def searched(it: Governed, actor: Actor) -> list[Version]:
    whose = (OfPatients(frozenset(("a",))),)
    return list((await it.record.seen_by(actor).search(Query(KINDS, whose, count=100))).versions)


async def same(it: Governed, every: Compartments, actor: Actor) -> list[Version]:
    """Return what an actor sees, kept and searched for being one."""
    wanted = await searched(it, actor)
    for _ in range(2):
        assert list((await every.of(actor, "a")).versions) == wanted
    return wanted


def test_what_was_read_ahead_is_asked_about_for_each_actor(run: Run) -> None:
    async def check(it: Governed) -> None:
        every = await made(it)
        for number in range(2):
            known = await every.know("a")
            for actor in ACTORS[:2]:
                assert list((await every.of(actor, "a")).versions) == await searched(it, actor)
            assert list(known.versions) == await searched(it, LOCAL)
            assert known.mark == (await every.of(LOCAL, "a")).mark
            await it.write(weight(f"later{number}", "a"))

    on(run, check)


def test_kept_is_what_a_search_finds_after_every_write(run: Run) -> None:
    async def check(it: Governed) -> None:
        every = await made(it)
        assert len(await same(it, every, DOCTOR)) == 12
        await it.put(weight("w1", "a", valueQuantity={"value": 90, "unit": "kg"}))
        await it.put(weight("new", "a"))
        assert len(await same(it, every, DOCTOR)) == 13
        await it.put(weight("w2", "b"))  # it was the other's
        assert len(await same(it, every, DOCTOR)) == 12
        await it.put(weight("other", "a"))  # and that one is now this one's
        assert len(await same(it, every, DOCTOR)) == 13

        async def work(tx: Tx) -> None:
            await tx.delete("Observation", "w4")

        await it.store.transact(work)
        assert len(await same(it, every, DOCTOR)) == 12

    on(run, check)


def test_each_is_asked_about_anew_and_marks_are_of_what_is_seen(run: Run) -> None:
    async def check(it: Governed) -> None:
        every = await made(it)
        whole, before = await every.of(LOCAL, "a"), await every.of(DOCTOR, "a")
        assert whole.mark == before.mark  # the very same versions
        await it.put(no_restricted("choice", "a"))
        it.seconds.now += 2
        after = await every.of(DOCTOR, "a")
        assert [v.id for v in after.versions if v.kind == "Observation"] == [
            f"w{n}" for n in range(12) if n % 3
        ]
        own = await every.of(LOCAL, "a")
        assert own.mark not in (after.mark, before.mark)
        assert len(own.versions) == 13
        for actor in ACTORS[:2]:
            await same(it, every, actor)

    on(run, check)


def test_who_has_no_part_in_the_care_is_told_nothing(run: Run) -> None:
    async def check(it: Governed) -> None:
        every = await made(it)
        await every.of(LOCAL, "a")  # it is kept now
        for nobody, code in ((STRANGER, "REC001"), (Actor(""), "ACC001")):
            with pytest.raises(GarrodError) as refused:
                await every.of(nobody, "a")
            assert refused.value.code == code

    on(run, check)


def test_more_than_is_looked_through_is_said(run: Run) -> None:
    async def check(it: Governed) -> None:
        await made(it)
        few = Compartments(it.record, KINDS, page=5, most=10)
        found = await few.of(LOCAL, "a")
        assert (len(found.versions), found.is_whole) == (10, False)
        all_of_it = compartments_of(it.record, KINDS)
        assert compartments_of(it.record, KINDS) is all_of_it
        assert (await all_of_it.of(LOCAL, "a")).is_whole

    on(run, check)
