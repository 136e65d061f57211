"""Who is affected by a change, found quickly, is who is found by judging everybody, slowly.

People of the world (GARROD_TEST_PEOPLE: how many), and some of whom each changed row speaks.
"""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import orjson
import pytest

from bench.changes import CHANGES, changed_pack
from garrod.adapters.fhir.json import text
from garrod.adapters.fhir.people_folder import KINDS, patient_in
from garrod.adapters.fhir.person import Read, read_entries
from garrod.adapters.packs.choose import side_of
from garrod.adapters.packs.load import load_shelf
from garrod.adapters.world import load_profile, people
from garrod.adapters.world.write import write_world
from garrod.care.decide.policy import PACK
from garrod.care.monitor.affected import Said, View, said_to
from garrod.entry.cli.world import generator_of
from garrod.entry.snapshots import understood
from garrod.entry.wire import Services, Settings
from tests.acceptance.conftest import Run

DAY = date(2025, 12, 31)
PEOPLE = int(os.environ.get("GARROD_TEST_PEOPLE", "300"))
TAKING = {"Paracetamol": "Take seven a day", "Methotrexate": "Take one tablet every day"}
BORN = {"x1": "1953-02-01", "x2": "1975-02-01", "x3": "1953-02-01", "x4": "1953-02-01"}
Saying = dict[str, tuple[Said, ...]]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of people; of those in `planted` every kind of change has somebody."""
    folder = tmp_path_factory.mktemp("people") / "world"
    profile = load_profile(load_shelf(), None)
    write_world(people(profile, generator_of(3), 0, PEOPLE, year=2025), folder)
    for resource in planted():
        with (folder / f"{resource['resourceType']}.ndjson").open("ab") as file:
            file.write(orjson.dumps(resource) + b"\n")
    return folder


def planted() -> Iterator[dict[str, object]]:
    """Yield people whom the changes concern, whose resources stand apart in the files."""
    for who, born in BORN.items():
        yield {"resourceType": "Patient", "id": who, "gender": "female", "birthDate": born}
    had = [{"system": "http://snomed.info/sct", "code": "22298006", "display": "Heart attack"}]
    for who in ("x2", "x3"):
        yield about(who, "Condition", code={"coding": had}, clinicalStatus=coded("active"))
    for who, words in (("x1", "Ramipril 5 mg capsules"), ("x2", "Paracetamol 500 mg tablets"),
                       ("x3", "Metformin 500 mg tablets"), ("x2", "Methotrexate 10 mg tablets"),
                       ("x2", "Amoxicillin 500 mg capsules")):  # fmt: skip
        dosed = [{"text": TAKING[words.split()[0]]}] if words.split()[0] in TAKING else []
        yield about(
            who,
            "MedicationStatement",
            status="active",
            medicationCodeableConcept={"text": words},
            dosage=dosed,
        )
    for words in ("Sertraline 50 mg tablets", "Sertraline 100 mg tablets"):  # one medicine twice
        yield about(
            "x4",
            "MedicationStatement",
            status="active",
            medicationCodeableConcept={"text": words},
        )
    yield about("x2", "AllergyIntolerance", code={"text": "penicillin"})
    yield about(
        "x3",
        "Observation",
        status="final",
        code={"coding": [{"system": "http://loinc.org", "code": "62238-1"}], "text": "eGFR"},
        effectiveDateTime="2025-12-01",
        valueQuantity={"value": 32, "unit": "mL/min/1.73m2",
                       "system": "http://unitsofmeasure.org", "code": "mL/min/{1.73_m2}"},
    )  # fmt: skip
    yield about("x1", "MedicationStatement", status="active",
                medicationCodeableConcept={"text": "Atorvastatin 20 mg tablets"})  # fmt: skip


def coded(code: str) -> dict[str, object]:
    return {"coding": [{"code": code}]}


def about(who: str, kind: str, **more: object) -> dict[str, object]:
    whom = "patient" if kind == "AllergyIntolerance" else "subject"
    name = f"{who}-{abs(hash(str(more))) % 10**8}"
    return {"resourceType": kind, "id": name, whom: {"reference": f"Patient/{who}"}, **more}


@pytest.fixture(scope="module")
def reads(world: Path) -> dict[str, Read]:
    """Return everybody, read whole, one line after the other."""
    of: dict[str, list[dict[str, object]]] = {}
    for kind in KINDS:
        path = world / f"{kind}.ndjson"
        for raw in path.read_bytes().splitlines() if path.exists() else ():
            resource = orjson.loads(raw)
            of.setdefault(patient_in(resource), []).append(resource)
    return {
        who: read_entries(
            tuple((f"{text(r, 'resourceType')}/{text(r, 'id')}", r) for r in mine),
            name=who,
            source="people",
        )
        for who, mine in of.items()
    }


@pytest.fixture(scope="module")
def before(reads: dict[str, Read]) -> dict[str, Saying]:
    """Return what is said of everybody as the knowledge is."""
    services = Services(Settings(policy=PACK), load_shelf())
    return {who: said(services, read) for who, read in reads.items()}


def said(services: Services, read: Read) -> Saying:
    return said_to(View(services.knowledge, understood(services, read)), today=DAY)


@pytest.mark.slow
@pytest.mark.parametrize("kind", CHANGES)
def test_affected_are_those_whom_judging_everybody_finds(
    kind: str,
    run: Run,
    world: Path,
    reads: dict[str, Read],
    before: dict[str, Saying],
    tmp_path: Path,
) -> None:
    start, end = changed_pack(kind, tmp_path)
    out = tmp_path / "out.ndjson"
    asked = ["population", "reanalyse", "--from", start, "--to", end, "--people", str(world)]
    done = run(*asked, "--on", str(DAY), "--workers", "1", "-o", str(out))
    assert done.code == 0, done.err
    found = {
        line["person"].removeprefix("Patient/"): {c["medicine"] for c in line["changes"]}
        for line in map(orjson.loads, out.read_bytes().splitlines())
    }
    side = side_of(end, None, PACK)
    services = Services(Settings(policy=side.policy), side.shelf)
    expected = {}
    for who, read in reads.items():
        now, had = said(services, read), before[who]
        if now != had:
            expected[who] = {m for m in {*now, *had} if now.get(m, ()) != had.get(m, ())}
    assert found == expected
    assert found, "a change that concerns nobody shows nothing"
