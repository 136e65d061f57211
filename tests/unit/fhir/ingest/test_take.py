"""Messages become resources of the record: recognised, linked, never doubled, never half-stored."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from garrod.adapters.fhir.ingest.acts import act
from garrod.adapters.fhir.ingest.find import Ambiguous, Clash
from garrod.adapters.fhir.ingest.intake import Intake
from garrod.adapters.fhir.ingest.parcel import Parcel, Taken
from garrod.adapters.fhir.ingest.sources import Source
from garrod.adapters.fhir.ingest.take import Taker, take, take_each
from garrod.adapters.fhir.ingest.wrap import parcels
from garrod.adapters.fhir.rest.checked import CheckedCodec, InvalidResource
from garrod.adapters.packs.load import load_shelf
from garrod.adapters.store import open_store
from garrod.care.govern.access import LOCAL, LocalAccess
from garrod.care.record.ports import Tx
from garrod.care.record.query import Query
from garrod.care.record.service import Record
from garrod.core.errors import FhirError, InputError, InternalFault
from garrod.core.resource import Draft, Version
from tests.unit.fhir.ingest import messages as m

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CODEC = CheckedCodec(load_shelf(), is_strict=False)
Json = dict[str, Any]


REFUSE, BREAK = "refused by what follows", "breaks what follows"


async def reacting(tx: Tx, written: Sequence[Version]) -> None:
    """Refuse whatever has a certain text in it, as the medication list refuses its own lines."""
    assert written
    if any(BREAK.encode() in version.body for version in written):
        raise RuntimeError(BREAK)
    if any(REFUSE.encode() in version.body for version in written):
        raise InputError(REFUSE, code="REC120")


class Desk:
    """A record, and what is sent to it."""

    def __init__(self, record: Record) -> None:
        self.taker = Taker(record, CODEC, LOCAL, NOW)

    async def send(self, resource: Json | bytes, *, strict: bool = False) -> Taken:
        body = resource if isinstance(resource, bytes) else json.dumps(resource).encode()
        whole = Taken()
        for parcel in parcels(body, CODEC.checker, is_strict=strict):
            taken = await (act if parcel.acts else take)(self.taker, parcel)
            whole.written += taken.written
            whole.known += taken.known
            whole.notes += taken.notes
            whole.refused += taken.refused
        return whole

    async def put(self, draft: Draft) -> None:
        await self.taker.record.store.transact(lambda tx: tx.put(draft, method="PUT"))

    async def all(self, kind: str) -> list[Version]:
        page = await self.taker.record.store.search(Query((kind,), count=200))
        return list(page.versions)

    async def only(self, kind: str) -> Json:
        (found,) = await self.all(kind)
        return dict(json.loads(found.body))

    async def counts(self, *kinds: str) -> list[int]:
        return [len(await self.all(kind)) for kind in kinds]


def at_desk(work: Callable[[Desk], Awaitable[None]]) -> None:
    async def run() -> None:
        store = await open_store("sqlite:///:memory:", clock=lambda: NOW)
        try:
            ids = (f"new-{n}" for n in range(1000))
            await work(
                Desk(Record(store, CODEC, LocalAccess(), ids.__next__, reactions=(reacting,)))
            )
        finally:
            await store.close()

    asyncio.run(run())


def test_an_order_is_kept_whole_and_its_resources_refer_to_one_another() -> None:
    async def work(desk: Desk) -> None:
        body = json.dumps(m.order(), indent=3).encode()
        await desk.send(body)
        (kept,) = await desk.all("Bundle")
        assert (kept.id, kept.body) == ("m1", body)
        (person,) = await desk.all("Patient")
        item = await desk.only("MedicationRequest")
        assert item["subject"] == {"reference": f"Patient/{person.id}"}
        source = await desk.only("Provenance")
        assert source["entity"][0]["what"] == {"reference": "Bundle/m1"}
        assert len(source["target"]) == 4

    at_desk(work)


def test_the_same_message_twice_is_recognised() -> None:
    async def work(desk: Desk) -> None:
        await desk.send(m.order())
        again = await desk.send(m.order())
        assert (again.written, again.known) == ([], 5)
        assert await desk.counts("Bundle", "Patient", "MedicationRequest") == [1, 1, 1]

    at_desk(work)


def test_a_message_whose_id_is_taken_is_a_message_of_its_own() -> None:
    async def work(desk: Desk) -> None:
        await desk.send(m.order())
        second = await desk.send(m.order(m.BEN, said="2"))
        assert await desk.counts("Bundle", "Patient", "MedicationRequest") == [2, 2, 2]
        assert "another Bundle has the id m1" in second.notes[0]
        assert [v.number for v in await desk.all("Bundle")] == [1, 1]
        assert (await desk.send(m.order(m.BEN, said="2"))).written == []

    at_desk(work)


def test_the_item_number_of_another_person_is_another_item() -> None:
    async def work(desk: Desk) -> None:
        await desk.send(m.order())
        await desk.send(m.cancel(number=m.BEN))
        states = [json.loads(v.body)["status"] for v in await desk.all("MedicationRequest")]
        assert sorted(states) == ["active", "cancelled"]

    at_desk(work)


def test_a_cancellation_gives_the_same_item_its_status_and_keeps_the_dose() -> None:
    async def work(desk: Desk) -> None:
        await desk.send(m.order())
        await desk.send(m.cancel())
        (item,) = await desk.all("MedicationRequest")
        told = json.loads(item.body)
        assert (item.number, told["status"]) == (2, "cancelled")
        assert told["statusReason"] == {"text": "prescribing error"}
        assert told["dosageInstruction"] == [{"text": "one, four times a day"}]
        targets = [json.loads(v.body)["target"] for v in await desk.all("Provenance")]
        assert {"reference": f"MedicationRequest/{item.id}/_history/2"} in targets[1]

    at_desk(work)


def test_an_order_that_comes_behind_its_cancellation_stays_cancelled() -> None:
    async def work(desk: Desk) -> None:
        await desk.send(m.cancel())
        late = await desk.send(m.order())
        told = await desk.only("MedicationRequest")
        assert (told["status"], "dosageInstruction" in told) == ("cancelled", True)
        assert any("stays so" in note for note in late.notes)

    at_desk(work)


def test_a_dispense_is_tied_to_person_and_prescription() -> None:
    async def work(desk: Desk) -> None:
        await desk.send(m.order())
        await desk.send(m.dispensed())
        (person,) = await desk.all("Patient")
        (item,) = await desk.all("MedicationRequest")
        supply = await desk.only("MedicationDispense")
        assert supply["subject"]["reference"] == f"Patient/{person.id}"
        assert supply["subject"]["identifier"]["value"].replace(" ", "") == m.ADA
        assert {"reference": f"MedicationRequest/{item.id}"} in supply["authorizingPrescription"]

    at_desk(work)


def test_a_dispense_that_comes_first_is_tied_when_person_and_prescription_come() -> None:
    async def work(desk: Desk) -> None:
        await desk.send(m.dispensed())
        assert "reference" not in (await desk.only("MedicationDispense"))["subject"]
        await desk.send(m.order())
        (person,) = await desk.all("Patient")
        (item,) = await desk.all("MedicationRequest")
        supply = await desk.only("MedicationDispense")
        assert supply["subject"]["reference"] == f"Patient/{person.id}"
        assert {"reference": f"MedicationRequest/{item.id}"} in supply["authorizingPrescription"]

    at_desk(work)


def test_a_person_without_number_is_new_each_time_and_parties_are_not() -> None:
    async def work(desk: Desk) -> None:
        await desk.send(m.order(""))
        await desk.send(m.order("", said="2"))
        assert await desk.counts("Patient", "Organization") == [2, 1]

    at_desk(work)


def test_two_people_with_one_number_are_for_a_person_to_settle() -> None:
    async def work(desk: Desk) -> None:
        for id in ("a", "b"):
            body = json.dumps({**m.patient(), "id": id}).encode()
            draft = CODEC.drafted(body, kind="Patient", id=id)
            await desk.put(draft)
        with pytest.raises(Ambiguous, match="borne by Patient/a, Patient/b"):
            await desk.send(m.order())
        assert await desk.counts("Bundle", "MedicationRequest", "Provenance") == [0, 0, 0]

    at_desk(work)


def test_one_who_was_merged_into_another_is_not_meant() -> None:
    async def work(desk: Desk) -> None:
        link = [{"type": "replaced-by", "other": {"reference": "Patient/kept"}}]
        for id, more in (("kept", {}), ("gone", {"active": False, "link": link})):
            body = json.dumps({**m.patient(), "id": id, **more}).encode()
            await desk.put(CODEC.drafted(body, kind="Patient", id=id))
        await desk.send(m.order())
        item = await desk.only("MedicationRequest")
        assert item["subject"] == {"reference": "Patient/kept"}

    at_desk(work)


def test_a_resource_never_takes_the_place_of_another_persons() -> None:
    async def work(desk: Desk) -> None:
        await desk.send({**m.patient(), "id": "p"})
        with pytest.raises(Clash, match="other identifiers"):
            await desk.send({**m.patient(m.BEN), "id": "p"})
        with pytest.raises(Ambiguous, match="NHS number of Patient/q"):
            await desk.send({**m.patient(), "id": "q"})
        item = {**m.request(), "id": "i", "subject": {"reference": "Patient/p"}}
        await desk.send(item)
        with pytest.raises(Clash, match="another person"):
            await desk.send({**item, "subject": {"reference": "Patient/other"}})

    at_desk(work)


def test_an_earlier_version_sent_again_does_not_undo_a_later_one() -> None:
    async def work(desk: Desk) -> None:
        first = {**m.patient(), "id": "p"}
        await desk.send(first)
        await desk.send({**first, "active": True})
        again = await desk.send(first)
        assert again.written == []
        assert "the newest stays" in again.notes[0]
        assert (await desk.only("Patient"))["active"] is True

    at_desk(work)


def test_a_collection_keeps_ids_and_names_known_people() -> None:
    async def work(desk: Desk) -> None:
        await desk.send(m.order())
        (person,) = await desk.all("Patient")
        item = {**m.request("item-2"), "id": "i2", "subject": {"reference": "Patient/theirs"}}
        del item["requester"]
        entries = [
            {"fullUrl": "http://e.org/Patient/theirs", "resource": {**m.patient(), "id": "theirs"}},
            {"fullUrl": "http://e.org/MedicationRequest/i2", "resource": item},
        ]
        await desk.send({"resourceType": "Bundle", "type": "collection", "entry": entries})
        found = await desk.taker.record.store.read("MedicationRequest", "i2")
        assert found is not None
        assert json.loads(found.body)["subject"]["reference"] == f"Patient/{person.id}"

    at_desk(work)


def test_a_transaction_is_done_once_and_a_batch_entry_fails_alone() -> None:
    async def work(desk: Desk) -> None:
        post = {"method": "POST", "url": "Patient"}
        entries = [{"resource": m.patient(""), "request": post}]
        bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
        assert len((await desk.send(bundle)).written) == 1
        assert (await desk.send(bundle)).known == 1
        bad = {"request": {"method": "POST", "url": "Patient", "ifNoneExist": "identifier=x"}}
        patch = {"request": {"method": "PATCH", "url": "Patient/none"}}
        many = [
            {"resource": m.patient("", "Other"), **bad},
            {"resource": {"resourceType": "Parameters"}, **patch},
        ]
        done = await desk.send({"resourceType": "Bundle", "type": "batch", "entry": many})
        assert len(done.written) == 1
        assert [place for place, _ in done.refused] == ["Bundle.entry[1]"]
        get = [{"request": {"method": "GET", "url": "Patient"}}]
        with pytest.raises(FhirError, match="an import stores"):
            await desk.send({"resourceType": "Bundle", "type": "batch", "entry": get})

    at_desk(work)


def test_messages_within_parameters_are_found() -> None:
    async def work(desk: Desk) -> None:
        inner = {"name": "passed", "resource": m.order()}
        await desk.send({"resourceType": "Parameters", "parameter": [inner]})
        assert await desk.counts("Parameters", "Bundle", "MedicationRequest") == [1, 1, 1]

    at_desk(work)


def test_what_is_borne_is_named_and_refused_when_strict() -> None:
    async def work(desk: Desk) -> None:
        sent = m.order()
        sent["entry"][0]["resource"]["focus"] = []
        taken = await desk.send(sent)
        assert any("Bundle.entry[0].resource.focus" in note for note in taken.notes)
        with pytest.raises(InvalidResource):
            await desk.send(sent, strict=True)
        with pytest.raises(InvalidResource, match="NHS number"):
            await desk.send(m.order("9990548600", said="3"))

    at_desk(work)


def test_of_lines_one_refused_harms_no_other() -> None:
    async def work(desk: Desk) -> None:
        sent = [
            {**m.patient(), "id": "a"},
            {**m.patient(), "id": "b"},
            {**m.patient(""), "id": "c"},
        ]
        found: list[Parcel] = []
        for resource in sent:
            body = json.dumps(resource).encode()
            found += parcels(body, CODEC.checker, is_strict=False, is_line=True)
        bad = json.dumps({**m.patient("", REFUSE), "id": "d"}).encode()
        found += parcels(bad, CODEC.checker, is_strict=False, is_line=True)
        done = await take_each(desk.taker, found)
        assert [isinstance(d, InputError | Ambiguous) for d in done] == [False, True, False, True]
        assert await desk.counts("Patient") == [2]

    at_desk(work)


def test_a_fault_of_ours_refuses_one_line_alone() -> None:
    async def work(desk: Desk) -> None:
        intake = Intake(CODEC.checker, None, desk.taker)
        people = ({**m.patient("", name), "id": f"f{n}"} for n, name in enumerate((BREAK, "Ada")))
        found = [Source("line", json.dumps(p).encode(), is_line=True) for p in people]
        found.append(Source("file", json.dumps(m.order()).encode()))
        told = [t async for t in intake.run(found)]
        assert [t.fault is None for t in told] == [False, True, True]
        assert isinstance(told[0].fault, InternalFault)
        assert BREAK not in told[0].fault.message
        assert await desk.counts("Patient") == [2]

    at_desk(work)
