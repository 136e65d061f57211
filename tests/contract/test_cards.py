"""What became of a card lies in the record: an issue that grows, its tasks, all or nothing."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime

import orjson
import pytest

from garrod.adapters.fhir.cards import issue_id, task_id
from garrod.adapters.fhir.cards_memory import RecordedCards
from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.care.decide.card import Card, card_of
from garrod.care.decide.model import Decision
from garrod.care.decide.outcomes import Telling, accepted, overridden, seen
from garrod.care.decide.ports import Also, CardDeed, CardEvent, FollowUp
from garrod.care.govern.access import LOCAL, Actor, LocalAccess
from garrod.care.record.ports import Store, Tx
from garrod.care.record.query import OfPatients, Query
from garrod.care.record.service import Record
from garrod.core.advice import Action, Advice, Option, Target, Tier
from garrod.core.errors import AccessDenied, FhirError, VersionConflict
from garrod.entry.memories import Strangers
from tests.contract.conftest import Run
from tests.making.doors import codec

AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
TARGET = Target("codeine")
ROWS = {
    "monitor": FollowUp("monitor", "Monitor it", "monitoring", 14),
    "check-result": FollowUp("check-result", "Check the result", "Organization/lab", 3),
}


def card(tier: Tier = Tier.T2) -> Card:
    option = Option("paracetamol", "named")
    advice = Advice(
        "age:x:codeine", Action.AVOID, TARGET, tier, "n/a", "Avoid codeine: age", "s", (), (),
        ("a@1",), options=(option,),
    )  # fmt: skip
    found = card_of(Decision((advice,)), TARGET)
    assert found is not None
    return found


def telling(patient: str = "p1", *, seconds: float | None = None) -> Telling:
    return Telling(patient, "Practitioner/1", AT, seconds)


def memory(store: Store) -> RecordedCards:
    ids = (f"n{n}" for n in itertools.count())
    return RecordedCards(Record(store, codec(), LocalAccess(), lambda: next(ids)))


async def held(store: Store, kind: str, id: str) -> Resource:
    version = await store.read(kind, id)
    assert version is not None
    found: Resource = orjson.loads(version.body)
    return found


def test_shown_then_accepted_is_one_issue_with_both_and_the_order(run: Run) -> None:
    async def check(store: Store) -> None:
        cards = memory(store)
        shown = seen(card(), telling(), CardDeed.SHOWN)
        await cards.keep(LOCAL, (shown,))
        assert await cards.acknowledged(LOCAL, "p1") == {}
        first = await held(store, "DetectedIssue", issue_id(shown))
        assert (text(first, "status"), text(first, "detail")) == (
            "preliminary", "Avoid codeine: age",
        )  # fmt: skip
        done = accepted(
            card(), telling(seconds=4.25), option="paracetamol", order="MedicationRequest/9"
        )
        await cards.keep(LOCAL, (done,))
        issue = await held(store, "DetectedIssue", issue_id(done))
        assert text(issue, "status") == "final"
        assert [text(r, "reference") for r in many(issue, "implicated")] == ["MedicationRequest/9"]
        (told,) = many(issue, "mitigation")
        assert text(one(told, "action"), "text") == "accepted: paracetamol"
        deeds = [list(many(e, "extension")) for e in many(issue, "extension")]
        assert [d[0]["valueCode"] for d in deeds] == ["shown", "accepted"]
        assert {p["url"]: p for p in deeds[1]}["seconds"]["valueDecimal"] == 4.2
        assert await cards.acknowledged(LOCAL, "p1") == {card().id: CardDeed.ACCEPTED}
        assert await cards.acknowledged(LOCAL, "p2") == {}
        for order in ("MedicationRequest/9", "MedicationRequest/10"):
            await cards.keep(LOCAL, (accepted(card(), telling(), order=order),))
        issue = await held(store, "DetectedIssue", issue_id(done))
        assert [text(r, "reference") for r in many(issue, "implicated")] == [
            "MedicationRequest/9", "MedicationRequest/10",
        ]  # fmt: skip

    run(check)


def test_reason_makes_a_task_with_owner_and_day_once_while_it_is_open(run: Run) -> None:
    async def check(store: Store) -> None:
        cards = memory(store)
        watch = overridden(card(), telling(), "will-monitor", follow_ups=ROWS)
        wrong = overridden(card(), telling("p2"), "result-looks-wrong", follow_ups=ROWS)
        await cards.keep(LOCAL, (watch, wrong))
        id = task_id(watch, ROWS["monitor"])
        task = await held(store, "Task", id)
        assert one(task, "owner")["display"] == "Monitoring team"
        assert one(one(task, "restriction"), "period")["end"] == "2026-12-09"
        assert one(task, "focus")["reference"] == f"DetectedIssue/{issue_id(watch)}"
        other = await held(store, "Task", task_id(wrong, ROWS["check-result"]))
        assert one(other, "owner") == {"reference": "Organization/lab"}
        await cards.keep(LOCAL, (watch,))
        version = await store.read("Task", id)
        assert version is not None
        assert version.number == 1
        done = {**task, "status": "completed"}
        await cards.record.update(LOCAL, "Task", id, orjson.dumps(done))
        await cards.keep(LOCAL, (watch,))
        version = await store.read("Task", id)
        assert version is not None
        assert (version.number, orjson.loads(version.body)["status"]) == (3, "requested")

    run(check)


def test_nothing_is_kept_where_one_event_cannot_be(run: Run) -> None:
    async def check(store: Store) -> None:
        cards = memory(store)
        good = overridden(card(), telling(), "will-monitor", follow_ups=ROWS)
        bad = seen(card(), Telling("p1", "x", AT.replace(tzinfo=None)), CardDeed.READ)
        with pytest.raises(FhirError):
            await cards.keep(LOCAL, (good, bad))
        page = await store.search(
            Query(("DetectedIssue", "Task"), (OfPatients(frozenset(("p1",))),))
        )
        assert page.versions == ()
        assert await cards.acknowledged(LOCAL, "p1") == {}
        await cards.keep(LOCAL, ())

    run(check)


def test_deleted_issue_begins_anew(run: Run) -> None:
    async def check(store: Store) -> None:
        cards = memory(store)
        shown = seen(card(), telling(), CardDeed.SHOWN)
        await cards.keep(LOCAL, (shown,))
        await cards.record.delete(LOCAL, "DetectedIssue", issue_id(shown))
        await cards.keep(LOCAL, (shown,))
        issue = await held(store, "DetectedIssue", issue_id(shown))
        assert len(list(many(issue, "extension"))) == 1

    run(check)


def test_who_may_not_is_told_so(run: Run) -> None:
    async def check(store: Store) -> None:
        cards = memory(store)
        event: CardEvent = seen(card(), telling(), CardDeed.SHOWN)
        for actor in (None, Actor("stranger")):
            with pytest.raises(AccessDenied):
                await cards.keep(actor, (event,))
            with pytest.raises(AccessDenied):
                await cards.acknowledged(actor, "p1")

    run(check)


def test_order_and_what_became_of_its_card_are_written_together_or_not_at_all(run: Run) -> None:
    order = {
        "resourceType": "MedicationRequest", "id": "rx", "status": "active", "intent": "order",
        "medicationCodeableConcept": {"text": "paracetamol"},
        "subject": {"reference": "Patient/p1"},
    }  # fmt: skip
    followed = accepted(card(), telling(), option="paracetamol", order="MedicationRequest/rx")
    no_zone = replace(followed, at=datetime(2026, 11, 25, 9))  # noqa: DTZ001

    async def check(store: Store) -> None:
        cards = memory(store)

        def order_of(expected: int) -> Also:
            return cards.record.updating(
                LOCAL, "MedicationRequest", "rx", orjson.dumps(order), expected=expected
            )

        with pytest.raises(FhirError):  # what became of the card cannot be written
            await cards.keep(LOCAL, (no_zone,), also=(order_of(0),))
        assert await store.read("MedicationRequest", "rx") is None
        with pytest.raises(VersionConflict):  # the order cannot
            await cards.keep(LOCAL, (followed,), also=(order_of(3),))
        assert await store.read("DetectedIssue", issue_id(followed)) is None
        assert await cards.acknowledged(LOCAL, "p1") == {}
        await cards.keep(LOCAL, (followed,), also=(order_of(0),))
        issue = await held(store, "DetectedIssue", issue_id(followed))
        assert [text(r, "reference") for r in many(issue, "implicated")] == ["MedicationRequest/rx"]
        assert text(await held(store, "MedicationRequest", "rx"), "status") == "active"
        both = await store.events(0)
        assert [e.kind for e in both] == ["MedicationRequest", "DetectedIssue"]
        await cards.keep(LOCAL, (), also=(order_of(1),))  # nothing was to be said of it
        version = await store.read("MedicationRequest", "rx")
        assert version is not None
        assert version.number == 2

    run(check)


def test_of_a_stranger_what_is_kept_beside_is_kept_with_it(run: Run) -> None:
    async def check(store: Store) -> None:
        strangers = Strangers(store)
        shown = seen(card(), telling(""), CardDeed.SHOWN)

        async def beside(tx: Tx) -> None:
            await tx.keep("room", "id", "said")

        async def fails(tx: Tx) -> None:
            raise FhirError("cannot be written")

        with pytest.raises(FhirError):
            await strangers.keep(LOCAL, (shown,), also=(beside, fails))
        assert await store.note("room", "id") is None
        assert await strangers.kept() == ()
        await strangers.keep(LOCAL, (), also=(beside,))
        assert await store.note("room", "id") == "said"
        await strangers.keep(LOCAL, (shown,))
        assert len(await strangers.kept()) == 1

    run(check)
