"""Many versions looked through together are answered as each is alone, and no longer than that."""

import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from garrod.adapters.fhir.lines.names import LABEL
from garrod.care.govern.access import Deed
from garrod.care.record.ports import HistoryOf, Store
from garrod.core.resource import Version
from tests.contract.conftest import Run
from tests.making.governed import (
    DOCTOR,
    STRANGER,
    Governed,
    consent,
    no_restricted,
    person,
    team,
    weight,
)

LABELS = ((), (), (), ("N",), ("R",), ("RAW-GENOME",), ("SECONDARY-FINDING",))


def on(run: Run, check: Callable[[Governed], Awaitable[None]]) -> None:
    async def begun(store: Store) -> None:
        await check(Governed(store))

    run(begun)


def private(id: str, patient: str, setting: str) -> dict[str, Any]:
    """Return a list that one setting keeps to itself."""
    return {
        "resourceType": "List",
        "id": id,
        "meta": {"security": [{"system": LABEL, "code": setting}]},
        "status": "current",
        "mode": "working",
        "subject": {"reference": f"Patient/{patient}"},
    }


def of_two(id: str, first: str, second: str) -> dict[str, Any]:
    """Return a measurement of one person that names another."""
    return weight(id, first, performer=[{"reference": f"Patient/{second}"}])


async def written(it: Governed, seed: int) -> list[Version]:
    """Return versions about four people, of whom one is in nobody's care, in a random order."""
    chance = random.Random(seed)
    await it.write(
        *(person(id) for id in "abcd"),
        *(team(id, DOCTOR.id) for id in "abd"),
        no_restricted("kept", "b"),
        consent("dissent", "d", "deny"),
    )
    made: list[dict[str, Any]] = []
    for number in range(60):
        id, whose = f"w{number:02}", chance.choice("aabbcd")
        made.append(weight(id, whose, *chance.choice(LABELS)))
    made += [private("mine", "a", DOCTOR.setting), private("theirs", "a", "pharmacy")]
    made += [of_two("both", "a", "c"), of_two("two", "a", "b"), of_two("third", "c", "a")]
    await it.write(*made)

    async def work(tx: Any) -> None:
        for number in range(0, 60, 9):
            await tx.delete("Observation", f"w{number:02}")

    await it.store.transact(work)
    found = list((await it.store.history(HistoryOf(count=500))).versions)
    chance.shuffle(found)
    return found


@pytest.mark.parametrize("seed", range(4))
def test_many_are_answered_as_each_alone(run: Run, seed: int) -> None:
    async def check(it: Governed) -> None:
        versions = await written(it, seed)
        for actor in (DOCTOR, STRANGER):
            for deed in (Deed.READ, Deed.EXPORT):
                alone = it.another_gate().over(it.store)
                wanted = [
                    v for v in versions if await alone.sees(it.store, actor, v, deed)
                ]  # fmt: skip
                for _ in range(2):  # anew, and by what is kept
                    assert await it.gate.seen(it.store, actor, versions, deed) == wanted
                for version in versions:  # what is kept is what is answered
                    is_seen = (await it.gate.answer(it.store, actor, version, deed)).is_permitted
                    assert is_seen is (version in wanted)
        assert await it.gate.seen(it.store, DOCTOR, versions, Deed.READ)

    on(run, check)


@pytest.mark.parametrize("passed", [0.51, 0.999, 1.5, 60.0])
def test_rights_of_a_while_ago_are_not_held(run: Run, passed: float) -> None:
    async def check(it: Governed) -> None:
        await it.write(person("a"), team("a", DOCTOR.id), private("theirs", "a", "pharmacy"))
        await it.write(weight("w", "a"), weight("x", "a"))
        names = (("List", "theirs"), ("Observation", "w"), ("Observation", "x"))
        versions = [v for name in names if (v := await it.store.read(*name)) is not None]
        found = await it.gate.seen(it.store, DOCTOR, versions, Deed.READ)
        assert [v.id for v in found] == ["w", "x"]
        here, there = it.gate, it.another_gate().over(it.store)
        it.gate = there  # as another process writes
        await it.write(consent("dissent", "a", "deny"))
        it.seconds.now += passed
        assert await here.seen(it.store, DOCTOR, versions, Deed.READ) == []

    on(run, check)


def test_nothing_is_held_over_a_transaction(run: Run) -> None:
    async def check(it: Governed) -> None:
        await it.write(person("a"), team("a", DOCTOR.id), weight("w", "a"), weight("x", "a"))

        async def work(tx: Any) -> list[str]:
            found = [await tx.read("Observation", id) for id in "wx"]
            return [v.id for v in await it.gate.seen(tx, DOCTOR, found, Deed.READ)]

        assert await it.store.transact(work) == ["w", "x"]
        assert it.gate.known(it.store, DOCTOR, Deed.READ) is None

    on(run, check)
