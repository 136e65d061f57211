"""The person of the record, and of the Bundle exported from it, get the same answer."""

import asyncio
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from garrod.adapters.fhir.rest.checked import CheckedCodec
from garrod.adapters.store import open_store
from garrod.adapters.world import load_profile, people, shared
from garrod.care.decide.review import said_once
from garrod.care.govern.access import LOCAL
from garrod.core.medicine import REVIEW, Act, MedicineLine, Proposal
from garrod.entry.api.door import FhirDoor
from garrod.entry.api.operations import OPERATIONS
from garrod.entry.api.rooms import Rooms
from garrod.entry.api.routes import answer
from garrod.entry.api.watch import Watch
from garrod.entry.demo_story import story_resources
from garrod.entry.guard import Guard
from garrod.entry.wire import Services, today
from tests.acceptance.conftest import Run
from tests.making.doors import BASE, HOST, TOKEN, Door
from tests.making.persons import amount, genotype, observation, request
from tests.making.recorded import Recorded, now, recorded

SEED = 7  # of a synthetic world, any
ENCODER = msgspec.json.Encoder(decimal_format="number")
OURS = "synthetic-1"


def somebody() -> list[dict[str, Any]]:
    """Return one invented person with all that a decision may turn on."""
    whose = {"reference": f"Patient/{OURS}"}
    patient = {"resourceType": "Patient", "id": OURS, "gender": "male", "birthDate": "1950-02-03"}
    asked = {"resourceType": "ServiceRequest", "id": "q1", "status": "active", "intent": "order"}
    found = [
        request("r1", "Clopidogrel 75 mg tablets", authoredOn="2026-01-02"),
        request("r2", "Omeprazole 20 mg capsules", authoredOn="2026-01-02"),
        request("r3", "Warfarin 3 mg tablets", status="stopped", authoredOn="2025-11-02"),
        genotype("g1", "CYP2C19", "*2/*2"),
        observation("o1", "2160-0", valueQuantity=amount(140, "umol/L")),
        observation("o2", "29463-7", valueQuantity=amount(81.5, "kg")),
        {**asked, "code": {"text": "DPYD genotyping"}, "authoredOn": "2026-05-01"},
        {
            "resourceType": "AllergyIntolerance",
            "id": "a1",
            "code": {"text": "Penicillin"},
            "type": "allergy",
        },
        {"resourceType": "Condition", "id": "c1", "code": {"text": "Atrial fibrillation"}},
    ]
    for resource in found:
        who = "patient" if resource["resourceType"] == "AllergyIntolerance" else "subject"
        resource[who] = whose
    return [patient, *found]


@dataclass
class House:
    """A record of a few people, the door to it, and the services that answer."""

    it: Recorded
    door: Door
    services: Services
    ids: list[str]

    def exported(self, patient: str, to: Path) -> Path:
        """Write what $everything gives of a person as one Bundle, page by page."""
        path, entries = f"Patient/{patient}/$everything?_count=40", []
        while path:
            page = self.door.ask("GET", path).json
            entries += page["entry"]
            links = {link["relation"]: link["url"] for link in page["link"]}
            path = links.get("next", "").removeprefix(f"{BASE}/")
        file = to / f"{patient}.json"
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
        file.write_text(json.dumps(bundle))
        return file


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    services = Services()
    with asyncio.Runner() as runner:
        store = runner.run(open_store("sqlite:///:memory:", clock=now))
        it = recorded(store)
        profile = load_profile(services.shelf)
        chance = np.random.Generator(np.random.Philox(key=SEED))
        groups = [
            somebody(),
            list(story_resources(services)),
            *itertools.islice(people(profile, chance, 0, 12), 12),
        ]
        everyone = [json.loads(ENCODER.encode(list(g))) for g in (shared(profile), *groups)]
        for resources in everyone:
            runner.run(it.write(*resources))
        ids = [r["id"] for g in everyone[1:] for r in g if r["resourceType"] == "Patient"]
        codec = CheckedCodec(services.shelf, BASE, clock=now)
        rooms = Rooms(it.record, codec, OPERATIONS, services, None, answer)
        door = Door(FhirDoor(lambda: rooms, Guard(TOKEN, frozenset((HOST,))), Watch()), runner)
        yield House(it, door, services, ids)
        runner.run(store.close())


def test_review_is_the_same_of_the_record_and_of_its_export(
    run: Run, house: House, tmp_path: Path
) -> None:
    assert len(house.ids) == 14
    for patient in house.ids:
        live = house.door.runner.run(house.it.people.person(LOCAL, patient))
        found = house.services.answer(live, REVIEW, today=today())
        said = said_once(house.services.knowledge, found).as_json()
        ran = run("advise", "--person", house.exported(patient, tmp_path))
        assert ran.code == 0, ran.err
        assert json.loads(ran.out) == json.loads(json.dumps(said, default=str)), patient


def test_order_is_answered_alike_and_the_list_speaks_once(
    run: Run, house: House, tmp_path: Path
) -> None:
    order = request("new", "Codeine 15 mg tablets", status="draft")
    order["subject"] = {"reference": f"Patient/{OURS}"}
    file = tmp_path / "order.json"
    file.write_text(json.dumps(order))
    live = house.door.runner.run(house.it.people.person(LOCAL, OURS))
    assert [m.text for m in live.medicines] == [
        "Clopidogrel 75 mg tablets",
        "Omeprazole 20 mg capsules",
    ]
    assert [(m.text, m.ended) for m in live.past] == [("Warfarin 3 mg tablets", date(2025, 11, 2))]
    assert [r.genes for r in live.requested] == [("DPYD",)]
    medicine = MedicineLine("Codeine 15 mg tablets", reference="MedicationRequest/new")
    said = house.services.answer(live, Proposal(Act.ORDER, medicine), today=today()).as_json()
    ran = run("advise", "--person", house.exported(OURS, tmp_path), "--order", file)
    assert [a["title"] for a in json.loads(ran.out)["advice"]] == [
        a["title"] for a in said["advice"]
    ]
