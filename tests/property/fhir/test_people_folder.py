"""People of a folder, read in chunks and parts: the very same as read whole, line by line."""

import json
import random
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.random import Generator, Philox

from garrod.adapters.fhir.json import text
from garrod.adapters.fhir.lines.names import HISTORY, LINE
from garrod.adapters.fhir.people_folder import (
    KINDS,
    TAKEN,
    Mention,
    chunks_of,
    line_in,
    lines_in,
    mentions,
    patient_in,
    whose,
)
from garrod.adapters.fhir.people_parts import Piece, dealt, reads_of
from garrod.adapters.fhir.person import Read, read_entries
from garrod.adapters.packs.load import load_shelf
from garrod.adapters.world import load_profile
from garrod.adapters.world import people as drawn
from garrod.core.errors import InputError
from tests.making.desk_time import drawn as examples

Resource = dict[str, Any]


@cache
def world() -> tuple[bytes, ...]:
    """Return resources of people of whom much was dispensed."""
    profile = load_profile(load_shelf(), None)
    people = drawn(profile, Generator(Philox(key=11)), 0, 60, year=2025)
    return tuple(orjson.dumps(r) for one in people for r in one if r["resourceType"] in KINDS)


def odd(resource: Resource, chance: random.Random) -> Resource:
    """Return a resource that says something in another way, or something else."""
    kind, whom = resource["resourceType"], resource.get("subject") or resource.get("patient")
    acts = ["as it is", "as it is", "status"]
    if kind == "MedicationDispense":
        acts += ["two orders", "no order", "contained", "request", "version", "unknown"]
    if kind in TAKEN:
        acts += ["elsewhere", "inside", "line", "not theirs"]
    if kind != "Patient" and whom:
        acts += ["absolute", "history", "both", "in a note"]
    act = chance.choice(acts)
    match act:
        case "status" if "status" in resource:
            resource["status"] = chance.choice(("active", "stopped", "completed", "cancelled"))
        case "two orders":
            resource["authorizingPrescription"] *= 2
            resource["authorizingPrescription"][0] = {"reference": "MedicationRequest/other"}
        case "no order":
            del resource["authorizingPrescription"]
        case "contained":
            inner = {"resourceType": "Basic", "id": "x", "subject": {"reference": "Patient/w1"}}
            resource["contained"] = [inner]
        case "request":
            own = whom["reference"].partition("/")[2]  # type: ignore[index]
            resource["request"] = {"reference": f"MedicationRequest/{own}-r0.0"}
        case "version" | "unknown":
            more = "/_history/1" if act == "version" else "x"
            resource["authorizingPrescription"][0]["reference"] += more
        case "elsewhere" | "inside":
            resource["medicationReference"] = {"reference": "Medication/none"}
            named = resource.pop("medicationCodeableConcept")
            inner = {"resourceType": "Basic", "medicationCodeableConcept": named, "subject": whom}
            if act == "inside":
                resource["contained"] = [inner]
        case "line":
            resource["extension"] = [*closed_at_once()]
            order = f"MedicationRequest/{whom['reference'].partition('/')[2]}-r0.0"  # type: ignore[index]
            resource["basedOn"] = [{"reference": order}]
        case "not theirs":
            resource["subject"] = {"reference": "urn:x:Patient/w1"}
        case "absolute":
            whom["reference"] = f"https://ehr.example/fhir/{whom['reference']}"
        case "history":
            whom["reference"] += "/_history/2"
        case "both":
            resource["patient"] = {"reference": "Patient/w3"}
        case "in a note":
            words = '"subject":{"reference":"Patient/w4"} "patient":{"reference":"Patient/w5"}'
            resource["note"] = [{"text": words}]
    return resource


def closed_at_once() -> Iterator[Resource]:
    """Yield what marks a line of our list that had ended before it was known."""
    moment = "2025-06-01T09:00:00Z"
    when = [{"url": url, "valueInstant": moment} for url in ("recorded", "effective")]
    yield {"url": LINE, "extension": [{"url": "state", "valueCode": "stopped"}]}
    yield {"url": HISTORY, "extension": [{"url": "step", "extension": when}] * 2}


def written(resource: Resource, chance: random.Random) -> bytes:
    style = chance.random()
    if style < 0.8:
        return orjson.dumps(resource)
    if style < 0.9:
        return json.dumps(resource).encode()
    body = orjson.dumps(resource, option=orjson.OPT_SORT_KEYS)
    return body.replace(b"Patient/", b"Patient\\u002f") if style < 0.95 else body


def filled(folder: Path, chance: random.Random) -> None:
    """Write people as other systems might, with empty lines and both ends of lines."""
    by_kind: dict[str, list[bytes]] = {}
    for raw in world():
        resource = odd(orjson.loads(raw), chance)
        end = chance.choice((b"\n", b"\n", b"\r\n", b"\n\n", b"\n  \n"))
        by_kind.setdefault(resource["resourceType"], []).append(written(resource, chance) + end)
    for kind, lines in by_kind.items():
        if kind != "Patient":
            chance.shuffle(lines)
        whole = b"".join(lines)
        (folder / f"{kind}.ndjson").write_bytes(whole.rstrip() if chance.random() < 0.5 else whole)


def plainly(folder: Path) -> Iterator[Resource]:
    """Yield every resource in the order of the kinds, read whole and one after the other."""
    for kind in KINDS:
        path = folder / f"{kind}.ndjson"
        for raw in path.read_bytes().split(b"\n") if path.exists() else ():
            if raw.strip():
                yield orjson.loads(raw)


def read_plainly(folder: Path) -> dict[str, Read]:
    of: dict[str, list[Resource]] = {}
    for resource in plainly(folder):
        of.setdefault(patient_in(resource), []).append(resource)
    return {
        who: read_entries(
            tuple((f"{text(r, 'resourceType')}/{text(r, 'id')}", r) for r in mine),
            name=f"Patient/{who}",
            source="people",
        )
        for who, mine in of.items()
        if any(r["resourceType"] == "Patient" for r in mine)
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("people")


@settings(max_examples=examples(20), deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32), size=st.sampled_from((97, 1000, 20_000, 1 << 24)))
def test_chunks_hold_every_line_once_and_bytes_tell_what_json_tells(
    folder: Path, seed: int, size: int
) -> None:
    for old in folder.iterdir():
        old.unlink()
    filled(folder, random.Random(seed))
    found = [
        (chunk.path, at, raw)
        for chunk in chunks_of(folder, KINDS, size)
        for at, raw in lines_in(chunk)
    ]
    resources = [*plainly(folder)]
    assert [orjson.loads(raw) for _, _, raw in found] == resources
    assert [whose(*one) for one in found] == [patient_in(r) for r in resources]
    for path, at, raw in found[:: max(1, len(found) // 50)]:
        with path.open("rb") as file:
            file.seek(at)
            assert file.read(len(raw)) == raw
    named = [m for chunk in chunks_of(folder, TAKEN, size) for m in mentions(chunk)]
    taken = [r for r in resources if r["resourceType"] in TAKEN]
    assert named == [Mention(patient_in(r), line_in(r)) for r in taken]


@settings(max_examples=examples(12), deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32), size=st.sampled_from((1000, 20_000, 1 << 24)))
def test_people_dealt_into_parts_are_those_read_whole(folder: Path, seed: int, size: int) -> None:
    for old in folder.iterdir():
        old.unlink()
    filled(folder, random.Random(seed))
    expected = read_plainly(folder)
    wanted = frozenset(random.Random(seed).sample(sorted(expected), 40))
    pieces: dict[int, list[Piece]] = {}
    for number, chunk in enumerate(chunks_of(folder, KINDS, size)):
        for part, piece in dealt(chunk, wanted, 3, folder / f"{number}.dealt"):
            pieces.setdefault(part, []).append(piece)
    reads = [read for part in pieces.values() for read in reads_of(part)]
    found = {read.person.reference.removeprefix("Patient/"): read for read in reads}
    assert len(reads) == len(found)
    assert found.keys() == wanted
    for who, read in found.items():
        assert read.person == expected[who].person
        assert (read.rows, read.findings) == (expected[who].rows, expected[who].findings)


def test_line_that_is_no_resource_is_named_by_its_number(tmp_path: Path) -> None:
    path = tmp_path / "MedicationRequest.ndjson"
    path.write_bytes(world()[0] + b"\n" + world()[1] + b'\n\n{"resourceType":\n')
    with pytest.raises(InputError, match="line 4 is no JSON") as told:
        list(chain.from_iterable(map(mentions, chunks_of(tmp_path, TAKEN, 50))))
    assert told.value.code == "INP071"
    path.write_bytes(b"[1]\n")
    (chunk,) = chunks_of(tmp_path, TAKEN)
    with pytest.raises(InputError, match=r"line 1 .*no resource"):
        list(mentions(chunk))


def test_folder_in_place_of_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "Patient.ndjson").mkdir()
    with pytest.raises(InputError, match="cannot be read"):
        list(chain.from_iterable(map(lines_in, chunks_of(tmp_path, ("Patient",)))))
