"""People of the record are told as they are now, on every store: nothing old is ever told."""

import random
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any, cast

import pytest

from garrod.care.govern.access import LOCAL, Actor, Deed, Deny, LocalAccess, Permit
from garrod.care.record.people import TELLS, People
from garrod.care.record.ports import Page, Store
from garrod.care.record.query import Include
from garrod.care.record.service import Gone, NotFound
from garrod.core.errors import AccessDenied
from garrod.core.resource import Version
from tests.contract.conftest import Run
from tests.making.persons import amount, genotype, observation, request
from tests.making.recorded import BY, Recorded, recorded

KINDS = ("Patient", *TELLS, "List")
Check = Callable[[Recorded], Awaitable[None]]


def patient(id: str) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": id, "gender": "female", "birthDate": "1960-05-01"}


def of(resource: dict[str, Any], whose: str) -> dict[str, Any]:
    return {**resource, "subject": {"reference": f"Patient/{whose}"}}


def condition(id: str, whose: str, words: str = "Asthma") -> dict[str, Any]:
    return of({"resourceType": "Condition", "id": id, "code": {"text": words}}, whose)


def on(run: Run, check: Check, access: LocalAccess | None = None) -> None:
    async def begun(store: Store) -> None:
        it = recorded(store, access)
        await it.write(patient("p1"), patient("p2"))
        await check(it)

    run(begun)


def test_person_who_was_read_ahead_is_told_as_they_are_now(run: Run) -> None:
    async def check(it: Recorded) -> None:
        await it.people.know("p1")
        first = await it.people.of(LOCAL, "p1")
        await it.people.know("p1")
        assert await it.people.of(LOCAL, "p1") is first
        await it.write(condition("c1", "p1"))
        await it.people.know("p1")
        second = await it.people.of(LOCAL, "p1")
        assert [c.text for c in second.person.conditions] == ["Asthma"]
        with pytest.raises(NotFound):
            await it.people.know("nobody")

    on(run, check)


def test_person_is_read_once_and_again_after_a_change(run: Run) -> None:
    async def check(it: Recorded) -> None:
        first = await it.people.of(LOCAL, "p1")
        assert await it.people.of(LOCAL, "p1") is first
        await it.write(condition("c2", "p2"))
        assert await it.people.of(LOCAL, "p1") is first  # it was about somebody else
        await it.write(condition("c1", "p1"))
        second = await it.people.of(LOCAL, "p1")
        assert [c.text for c in second.person.conditions] == ["Asthma"]
        assert second.version > first.version
        await it.write(condition("c1", "p1", "Angina"))
        assert [c.text for c in (await it.people.person(LOCAL, "p1")).conditions] == ["Angina"]

    on(run, check)


def test_what_tells_nothing_of_a_person_makes_nobody_be_read_again(run: Run) -> None:
    async def check(it: Recorded) -> None:
        task = {"resourceType": "Task", "id": "t1", "status": "requested", "intent": "order"}
        whose = {"for": {"reference": "Patient/p1"}}
        first = await it.people.of(LOCAL, "p1")
        await it.write({**task, **whose})
        assert await it.people.of(LOCAL, "p1") is first
        await it.write({**patient("p1"), "gender": "male"})
        assert (await it.people.person(LOCAL, "p1")).sex == "male"

    on(run, check)


def test_what_is_deleted_or_moved_is_told_no_more(run: Run) -> None:
    async def check(it: Recorded) -> None:
        await it.write(condition("c1", "p1"), condition("c2", "p1", "Angina"))
        assert len((await it.people.person(LOCAL, "p1")).conditions) == 2
        assert (await it.people.person(LOCAL, "p2")).conditions == ()
        await it.record.delete(LOCAL, "Condition", "c1")
        await it.write(condition("c2", "p2", "Angina"))
        assert (await it.people.person(LOCAL, "p1")).conditions == ()
        assert [c.text for c in (await it.people.person(LOCAL, "p2")).conditions] == ["Angina"]

    on(run, check)


def test_medicine_beside_the_person_is_followed_when_it_changes(run: Run) -> None:
    async def check(it: Recorded) -> None:
        drug = {"resourceType": "Medication", "id": "m1", "code": {"text": "codeine"}}
        order = {**of(request(status="draft"), "p1")}
        del order["medicationCodeableConcept"]
        order |= {"medicationReference": {"reference": "Medication/m1"}, "status": "unknown"}
        await it.write(drug, order)
        told = await it.people.person(LOCAL, "p1")
        assert "codeine" in {m.text for m in told.medicines}
        await it.write({**drug, "code": {"text": "tramadol"}})
        told = await it.people.person(LOCAL, "p1")
        assert "tramadol" in {m.text for m in told.medicines}

    on(run, check)


def test_list_is_the_truth_of_what_is_taken(run: Run) -> None:
    """A prescription that goes on says nothing against the line that was stopped."""

    async def check(it: Recorded) -> None:
        await it.write(of(request("r1"), "p1"), of(request("r2", "Ramipril 5 mg capsules"), "p1"))
        told = await it.people.person(LOCAL, "p1")
        assert [m.reference.partition("/")[0] for m in told.medicines] == 2 * [
            "MedicationStatement"
        ]
        await it.stop("p1", "Codeine 15 mg tablets")
        told = await it.people.person(LOCAL, "p1")
        assert [m.text for m in told.medicines] == ["Ramipril 5 mg capsules"]
        assert [(m.text, m.ended is not None) for m in told.past] == [
            ("Codeine 15 mg tablets", True)
        ]

    on(run, check)


def test_who_was_merged_is_told_as_who_they_are(run: Run) -> None:
    async def check(it: Recorded) -> None:
        await it.write(condition("c1", "p1"), condition("c2", "p2", "Angina"))
        apart = await it.people.person(LOCAL, "p2")
        merging = it.merging(KINDS)
        await merging.merge(LOCAL, BY, "p1", "p2", reason="one person")
        one, other = [await it.people.person(LOCAL, p) for p in ("p1", "p2")]
        assert one == other
        assert one.reference == "Patient/p1"
        assert {c.text for c in one.conditions} == {"Asthma", "Angina"}
        await it.write(condition("c3", "p1", "Gout"))
        assert len((await it.people.person(LOCAL, "p2")).conditions) == 3
        await it.record.delete(LOCAL, "Condition", "c3")
        await merging.unmerge(LOCAL, "p1", "p2", {})
        assert await it.people.person(LOCAL, "p2") == apart

    on(run, check)


def test_people_who_name_each_other_as_their_successor_are_still_told(run: Run) -> None:
    async def check(it: Recorded) -> None:
        for a, b in (("p1", "p2"), ("p2", "p1")):
            link = [{"type": "replaced-by", "other": {"reference": f"Patient/{b}"}}]
            await it.write({**patient(a), "link": link})
        assert (await it.people.person(LOCAL, "p1")).reference == "Patient/p2"

    on(run, check)


def test_nobody_the_gone_and_the_stranger_are_told_of_nobody(run: Run) -> None:
    async def check(it: Recorded) -> None:
        await it.people.of(LOCAL, "p1")
        with pytest.raises(NotFound):
            await it.people.of(LOCAL, "nobody")
        with pytest.raises(AccessDenied):
            await it.people.of(Actor("stranger"), "p1")
        with pytest.raises(AccessDenied):
            await it.people.person("no actor", "p1")
        await it.record.delete(LOCAL, "Patient", "p1")
        with pytest.raises(Gone):
            await it.people.of(LOCAL, "p1")

    on(run, check)


class Partly(LocalAccess):
    """Lets nobody search some kinds."""

    def __init__(self, *hidden: str) -> None:
        self.hidden = hidden

    def decide(
        self, actor: Actor, deed: Deed, kind: str, *, patients: Collection[str] = ()
    ) -> Permit | Deny:
        if deed is Deed.SEARCH and kind in self.hidden:
            return Deny(f"{kind} is not for you")
        return super().decide(actor, deed, kind, patients=patients)


def test_what_may_not_be_read_is_unseen_and_not_absent(run: Run) -> None:
    async def check(it: Recorded) -> None:
        result = of(observation(valueQuantity=amount(4, "mmol/L")), "p1")
        await it.write(result, condition("c1", "p1"))
        told = await it.people.of(LOCAL, "p1")
        assert told.unread == {"Observation"}
        assert told.person.unseen == {"results", "genetics"}
        assert (told.person.results, len(told.person.conditions)) == ((), 1)
        it.record.access = LocalAccess()
        whole = await it.people.of(LOCAL, "p1")
        assert (whole.unread, whole.person.unseen) == (frozenset(), frozenset())
        assert len(whole.person.results) == 1

    on(run, check, Partly("Observation"))


def test_genomic_results_of_the_record_become_findings(run: Run) -> None:
    async def check(it: Recorded) -> None:
        await it.write(
            of(genotype("g1", "CYP2C19", "*2/*2"), "p1"),
            of(genotype("g2", "NOSUCH1", "*1/*1"), "p1"),
        )
        told = await it.people.person(LOCAL, "p1")
        assert [(f.gene, f.phenotype) for f in told.findings] == [("CYP2C19", "Poor Metabolizer")]
        assert any("NOSUCH1" in note for note in told.notes)

    on(run, check)


def test_only_so_many_facts_are_kept_and_the_oldest_go_first(run: Run) -> None:
    async def check(it: Recorded) -> None:
        people = People(it.record, it.people.reader, most_facts=2)
        await it.write(patient("p3"))
        first = [await people.of(LOCAL, p) for p in ("p1", "p2")]
        assert await people.of(LOCAL, "p1") is first[0]
        await people.of(LOCAL, "p3")  # p2 was asked for longest ago
        assert await people.of(LOCAL, "p1") is first[0]
        again = await people.of(LOCAL, "p2")
        assert again is not first[1]
        assert again.person == first[1].person

    on(run, check)


def test_after_a_flood_of_changes_all_is_read_anew(run: Run) -> None:
    async def check(it: Recorded) -> None:
        first = await it.people.of(LOCAL, "p1")
        await it.write(*(condition(f"x{n}", "p2") for n in range(600)), condition("c1", "p1"))
        second = await it.people.of(LOCAL, "p1")
        assert len(second.person.conditions) == 1
        assert second.version >= first.version + 601
        assert await it.people.of(LOCAL, "p1") is second
        assert len((await it.people.person(LOCAL, "p2")).conditions) == 600

    on(run, check)


def test_many_pages_of_a_person_are_read_to_the_end(run: Run) -> None:
    async def check(it: Recorded) -> None:
        await it.write(
            *(of(observation(f"o{n}", valueInteger=n), "p1") for n in range(1100)),
        )
        assert len((await it.people.person(LOCAL, "p1")).results) == 1100

    on(run, check)


class Interrupted:
    """A store in which something happens while a person is read."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.happens: Callable[[], Awaitable[object]] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    async def included(self, hits: Sequence[Version], include: Sequence[Include]) -> Page:
        happens, self.happens = self.happens, None
        if happens is not None:
            await happens()
        return await self.store.included(hits, include)


@pytest.mark.parametrize("is_heard", [True, False])
def test_what_changes_while_a_person_is_read_is_told_the_next_time(
    run: Run, *, is_heard: bool
) -> None:
    """Whether or not somebody else's question took note of the change meanwhile."""

    async def check(store: Store) -> None:
        held = Interrupted(store)
        it = recorded(cast("Store", held))
        await it.write(patient("p1"), patient("p2"))
        await it.people.of(LOCAL, "p2")

        async def change() -> None:
            await it.write(condition("c1", "p1"))
            if is_heard:
                await it.people.of(LOCAL, "p2")

        held.happens = change
        assert (await it.people.person(LOCAL, "p1")).conditions == ()
        assert len((await it.people.person(LOCAL, "p1")).conditions) == 1

    run(check)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_the_kept_person_is_the_one_read_anew(run: Run, seed: int) -> None:
    chance = random.Random(seed)

    async def check(it: Recorded) -> None:
        ids = [f"c{n}" for n in range(5)]
        for step in range(40):
            id, whose = chance.choice(ids), chance.choice(("p1", "p2"))
            match chance.choice(("write", "write", "delete", "order", "ask")):
                case "write":
                    await it.write(condition(id, whose, f"words {step}"))
                case "delete":
                    await it.record.delete(LOCAL, "Condition", id)
                case "order":
                    status = chance.choice(("active", "stopped", "completed"))
                    await it.write(of(request(f"r{id}", f"medicine {id}", status=status), "p1"))
                case _:
                    await it.people.of(LOCAL, whose)
            kept = await it.people.person(LOCAL, whose)
            assert kept == await it.anew().person(LOCAL, whose)

    on(run, check)
