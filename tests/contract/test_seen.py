"""What an actor may not see is not there, on every store: pages are full, and counts are right."""

import base64
import json
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from garrod.care.govern.access import LOCAL, Actor, Deed
from garrod.care.record.ports import HistoryOf, Page, Store, Tx
from garrod.care.record.query import (
    Chain,
    Criterion,
    Has,
    Include,
    OfPatients,
    ParamType,
    Query,
    Reference,
    Sort,
    Token,
)
from garrod.care.record.seen_store import SeenStore, given
from garrod.core.errors import AccessDenied, InputError
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
from tests.making.recorded import codec

Check = Callable[[Governed], Awaitable[None]]
OBSERVED = Query(("Observation",))


def on(run: Run, check: Check) -> None:
    async def begun(store: Store) -> None:
        await check(Governed(store))

    run(begun)


def seen(it: Governed, actor: Actor = DOCTOR) -> SeenStore:
    return SeenStore(it.store, it.gate, actor)


async def pages(ask: Callable[[str | None], Awaitable[Page]]) -> list[list[str]]:
    """Return the ids of each page; a page is empty only where it is the first."""
    found: list[list[str]] = []
    cursor = None
    while True:
        page = await ask(cursor)
        found.append([v.id for v in page.versions])
        cursor = page.cursor
        if cursor is None:
            return found


async def mixed(it: Governed, seed: int) -> list[str]:
    """Store measurements of three people in a random order; return those that the doctor sees."""
    random_ = random.Random(seed)
    await it.write(
        person("a"), person("b"), person("c"), team("a", DOCTOR.id), team("c", DOCTOR.id)
    )
    await it.write(no_restricted("consent", "c"))
    visible = []
    for number in range(40):
        whose, label = random_.choice("aabbbc"), random_.choice(("R", "N", ""))
        id = f"w{number:02}"
        await it.write(weight(id, whose, *([label] if label else [])))
        if whose == "a" or (whose == "c" and label != "R"):
            visible.append(id)
    return visible


@pytest.mark.parametrize("size", [1, 3, 7, 100])
@pytest.mark.parametrize("order", [(), (Sort("_lastUpdated", ParamType.DATE, is_descending=True),)])
def test_pages_are_full_and_end_where_nothing_more_is_seen(
    run: Run, size: int, order: tuple[Sort, ...]
) -> None:
    async def check(it: Governed) -> None:
        expected = await mixed(it, seed=size)
        view = seen(it)

        async def ask(cursor: str | None) -> Page:
            asked = Query(("Observation",), sort=order, count=size, cursor=cursor)
            return await view.search(asked)

        found = await pages(ask)
        ids = [id for page in found for id in page]
        assert sorted(ids) == expected
        assert len(ids) == len(set(ids))
        assert all(len(page) == size for page in found[:-1])
        assert found[-1]
        total = await view.search(Query(("Observation",), count=1, wants_total=True))
        assert total.total == len(expected)
        nothing = await view.search(Query(("Observation",), count=0, wants_total=True))
        assert (nothing.total, nothing.versions, nothing.cursor) == (len(expected), (), None)

    on(run, check)


def test_cursor_tells_of_what_was_shown_and_outlives_a_change_of_reach(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cursor holds what the last row was sorted by: never that of a hidden one."""
    monkeypatch.setattr("garrod.care.record.seen.CHUNK", 2)

    async def check(it: Governed) -> None:
        await it.write(person("a"), person("b"), team("a", DOCTOR.id))
        for number, whose in enumerate("abbbaabbba"):
            await it.write(
                weight(f"w{number}", whose, effectiveDateTime=f"2026-01-{number + 1:02}")
            )
        by_date = (Sort("date", ParamType.DATE),)
        view, cursor, found = seen(it), None, []
        while True:
            page = await view.search(Query(("Observation",), sort=by_date, count=2, cursor=cursor))
            found.append([v.id for v in page.versions])
            cursor = page.cursor
            if cursor is None:
                break
            last = int(found[-1][-1].removeprefix("w"))
            shown = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))[1]
            assert shown == (datetime(2026, 1, last + 1, tzinfo=UTC) - BEGIN) // MICROSECOND
            await it.put(team(f"more{len(found)}", DOCTOR.id))
            await it.put(person(f"more{len(found)}"))
            it.seconds.now += 10
        assert found == [["w0", "w4"], ["w5", "w9"]]

    on(run, check)


MICROSECOND = timedelta(microseconds=1)
BEGIN = datetime(1970, 1, 1, tzinfo=UTC)


def test_chain_through_very_many_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("garrod.care.record.seen_clauses.MOST", 2)

    async def check(it: Governed) -> None:
        await it.write(*(person(id) for id in "abc"), *(team(id, DOCTOR.id) for id in "abc"))
        female = Criterion("gender", ParamType.TOKEN, (Token(None, "female"),))
        asked = Query(("Observation",), (Chain("subject", "Patient", female),))
        with pytest.raises(InputError, match="goes through more than"):
            await seen(it).search(asked)

    on(run, check)


def test_pages_of_history_are_full_too(run: Run) -> None:
    async def check(it: Governed) -> None:
        expected = await mixed(it, seed=5)
        await it.record.delete(LOCAL, "Observation", expected[0])
        await it.write(weight("w-b", "b"))
        await it.record.delete(LOCAL, "Observation", "w-b")
        view = seen(it)

        async def ask(cursor: str | None) -> Page:
            return await view.history(HistoryOf("Observation", count=4, cursor=cursor))

        found = await pages(ask)
        ids = [id for page in found for id in page]
        assert sorted(ids) == sorted([*expected, expected[0]])
        assert all(len(page) == 4 for page in found[:-1])
        assert await view.history(HistoryOf(count=0)) == Page(())
        assert (await view.history(HistoryOf("Observation", "w-b"))).versions == ()

    on(run, check)


def test_deletion_is_seen_by_whoever_saw_what_was_deleted(run: Run) -> None:
    async def check(it: Governed) -> None:
        await it.write(person("a"), person("b"), team("a", DOCTOR.id))
        await it.write(weight("mine", "a"), weight("theirs", "b"))
        for id in ("mine", "theirs"):
            await it.record.delete(LOCAL, "Observation", id)
        view = seen(it)
        gone = await view.read("Observation", "mine")
        assert gone is not None
        assert gone.is_deleted
        assert await view.read("Observation", "theirs") is None
        assert await view.read_version("Observation", "theirs", 1) is None

    on(run, check)


def test_earlier_version_is_hidden_with_the_newest(run: Run) -> None:
    async def check(it: Governed) -> None:
        await it.write(person("c"), team("c", DOCTOR.id), no_restricted("consent", "c"))
        await it.write(weight("w", "c"))
        await it.write(weight("w", "c", "R"))
        view = seen(it)
        assert await view.read_version("Observation", "w", 1) is None
        assert (await view.history(HistoryOf("Observation", "w"))).versions == ()

    on(run, check)


def test_includes_and_chains_go_round_what_is_hidden(run: Run) -> None:
    async def check(it: Governed) -> None:
        stay = {
            "resourceType": "Encounter",
            "id": "stay",
            "meta": {"security": [{"code": "R", "system": CONFIDENTIAL}]},
            "status": "finished",
            "class": {"code": "AMB"},
            "subject": {"reference": "Patient/c"},
            "location": [{"location": {"reference": "Location/ward"}}],
        }
        ward = {"resourceType": "Location", "id": "ward", "name": "the ward"}
        at = {"encounter": {"reference": "Encounter/stay"}}
        await it.write(person("c"), team("c", DOCTOR.id), no_restricted("consent", "c"))
        await it.write(ward, stay, weight("w", "c", **at))
        view = seen(it)
        steps = (
            Include("Observation", "encounter"),
            Include("Encounter", "location", is_iterated=True),
        )
        hits = (await view.search(OBSERVED)).versions
        assert [v.id for v in hits] == ["w"]
        assert (await view.included(hits, steps)).versions == ()
        assert len((await it.store.included(hits, steps)).versions) == 2
        ambulant = Criterion("class", ParamType.TOKEN, (Token(None, "AMB"),))
        through = Query(("Observation",), (Chain("encounter", "Encounter", ambulant),))
        assert (await view.search(through)).versions == ()
        assert [v.id for v in (await it.store.search(through)).versions] == ["w"]
        backward = Query(("Location",), (Has("Encounter", "location", ambulant),))
        assert (await view.search(backward)).versions == ()
        assert [v.id for v in (await it.store.search(backward)).versions] == ["ward"]

    on(run, check)


CONFIDENTIAL = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"


def test_chains_through_what_is_seen_find_what_they_found(run: Run) -> None:
    async def check(it: Governed) -> None:
        await it.write(person("a", birthDate="1960-05-01"), person("b"), team("a", DOCTOR.id))
        await it.write(weight("w1", "a"), weight("w2", "b"))
        view = seen(it)
        female = Criterion("gender", ParamType.TOKEN, (Token(None, "female"),))
        for clause in (Chain("subject", "Patient", female),):
            found = await view.search(Query(("Observation",), (clause,)))
            assert [v.id for v in found.versions] == ["w1"]
        code = Criterion("code", ParamType.TOKEN, (Token(None, "29463-7"),))
        has = Query(("Patient",), (Has("Observation", "subject", code),), wants_total=True)
        page = await view.search(has)
        assert ([v.id for v in page.versions], page.total) == (["a"], 1)
        never = Criterion("code", ParamType.TOKEN, (Token(None, "none"),))
        empty = await view.search(Query(("Patient",), (Has("Observation", "subject", never),)))
        assert empty == Page(())

    on(run, check)


def test_events_are_told_as_what_they_are_about_is_seen(run: Run) -> None:
    async def check(it: Governed) -> None:
        expected = await mixed(it, seed=9)
        found = [e.id for e in await seen(it).events(0, 10_000) if e.kind == "Observation"]
        assert sorted(found) == expected
        assert [e.id for e in await seen(it, STRANGER).events(0, 10_000)] == []

    on(run, check)


def test_withdrawal_in_another_process_holds_within_a_second(run: Run) -> None:
    async def check(it: Governed) -> None:
        await it.write(person("a"), team("a", DOCTOR.id), weight("w", "a"))
        view = seen(it)
        assert await view.read("Observation", "w") is not None
        here, there = it.gate, it.another_gate().over(it.store)
        it.gate = there  # whoever writes now tells this gate, and the one that decides nothing
        await it.write(consent("dissent", "a", "deny"))
        view.gate = here
        it.seconds.now += 0.999
        assert await view.read("Observation", "w") is None

    on(run, check)


def test_withdrawal_in_this_process_holds_at_once(run: Run) -> None:
    async def check(it: Governed) -> None:
        await it.write(person("a"), team("a", DOCTOR.id), weight("w", "a"))
        view = seen(it)
        assert await view.read("Observation", "w") is not None
        await it.put(consent("dissent", "a", "deny"))
        assert await view.read("Observation", "w") is None

    on(run, check)


def test_care_that_ends_ends_the_view(run: Run) -> None:
    async def check(it: Governed) -> None:
        await it.write(person("a"), team("a", DOCTOR.id), weight("w", "a"))
        view = seen(it)
        assert await view.read("Observation", "w") is not None
        await it.put({**team("a", DOCTOR.id), "status": "inactive"})
        assert await view.read("Observation", "w") is None
        it.seconds.now += 10
        assert (await view.search(OBSERVED)).versions == ()

    on(run, check)


def draft(resource: dict[str, object]) -> tuple[str, str, bytes]:
    return str(resource["resourceType"]), str(resource["id"]), json.dumps(resource).encode()


def test_what_is_hidden_is_not_written_over(run: Run) -> None:
    async def check(it: Governed) -> None:
        await it.write(person("a"), person("b"), team("a", DOCTOR.id), weight("theirs", "b"))
        refusals = []
        for id in ("theirs", "none"):
            kind, _, body = draft(weight(id, "a"))
            made = codec().drafted(body, kind=kind, id=id)
            for expected in (None, 0, 1, 7):
                with pytest.raises(InputError, match="is the id right") as caught:
                    await seen(it).transact(
                        lambda tx, d=made, e=expected: tx.put(d, method="PUT", expected=e)
                    )
                refusals.append(caught.value.message.replace(id, "ID"))
            assert await seen(it).transact(lambda tx, i=id: tx.delete("Observation", i)) is None
        assert len(set(refusals)) == 1
        assert [v.number for v in (await it.store.search(OBSERVED)).versions] == [1]

    on(run, check)


def test_ids_that_the_server_gave_may_be_new(run: Run) -> None:
    async def check(it: Governed) -> None:
        await it.write(person("a"), team("a", DOCTOR.id))
        kind, id, body = draft(weight("fresh", "a"))
        made = codec().drafted(body, kind=kind, id=id)

        async def work(tx: Tx) -> int:
            given(tx, "fresh")
            first = await tx.put(made, method="POST", expected=0)
            again = await tx.put(made, method="PUT", expected=first.number)
            await tx.lock("x")
            await tx.keep("room", "id", "a note")
            await tx.emit("topic", again, patients=("a",))
            return again.number

        assert await seen(it).transact(work) == 2
        assert await seen(it).note("room", "id") == "a note"
        assert await seen(it).notes("room") == (("id", "a note"),)

    on(run, check)


def test_nobody_writes_of_people_they_do_not_care_for(run: Run) -> None:
    async def check(it: Governed) -> None:
        await it.write(person("a"), person("b"), team("a", DOCTOR.id), weight("mine", "a"))
        for whose in ("b", "nobody-at-all"):
            _, _, body = draft(weight("mine", whose))
            with pytest.raises(AccessDenied, match="without a relation"):
                await it.record.create(DOCTOR, "Observation", body)
            with pytest.raises(AccessDenied, match="without a relation"):
                await it.record.update(DOCTOR, "Observation", "mine", body)

    on(run, check)


def test_large_search_that_names_people_stays_theirs(run: Run) -> None:
    async def check(it: Governed) -> None:
        await it.write(person("a"), person("b"), team("a", DOCTOR.id))
        await it.write(*(weight(f"w{n}", "ab"[n % 2]) for n in range(30)))
        view = seen(it)
        both = OfPatients(frozenset("ab"))
        page = await view.search(Query(("Observation",), (both,), count=4, wants_total=True))
        assert page.total == 15
        named = Criterion("subject", ParamType.REFERENCE, (Reference("Patient", "b"),))
        hidden = await view.search(Query(("Observation",), (named,), wants_total=True))
        assert (hidden.versions, hidden.total) == ((), 0)
        assert await view.search(Query(("Observation",), (named,), count=0)) == Page(())

    on(run, check)


def test_local_user_passes_untouched(run: Run) -> None:
    async def check(it: Governed) -> None:
        await it.write(person("a"), weight("w", "a"))
        assert it.record.seen_by(LOCAL) is it.store
        assert it.record.sees_all(LOCAL)
        assert await it.record.hidden(LOCAL, []) == frozenset()
        assert isinstance(it.record.seen_by(DOCTOR), SeenStore)
        version = await it.store.read("Observation", "w")
        assert version is not None
        assert await it.record.hidden(DOCTOR, [version], Deed.READ) == {"w"}

    on(run, check)
