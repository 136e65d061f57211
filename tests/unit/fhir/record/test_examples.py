"""Other people's resources: each is read, served with its own bytes, and indexed."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from garrod.adapters.fhir.record.parse import parse
from garrod.adapters.fhir.record.scan import members
from garrod.adapters.fhir.record.splice import served_parsed, slice_entries
from garrod.core.errors import FhirError
from garrod.core.resource import Draft, Version
from tests.unit.fhir.record.codecs import codec

AT = datetime(2026, 1, 1, tzinfo=UTC)
DEFINITIONS = "r4-definitions"  # not examples, and large

# What is no resource, or no JSON: name and the code of the refusal.
REFUSED = {
    "signature.json": "FHR105",
    "Observation-NoTransfusionProbandFather-Example.json": "FHR100",  # a comma too many
    "userInfo.json": "FHR105",
    "example.json": "FHR105",  # of family_history: no resourceType
}


def examples(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for path in sorted(folder.rglob("*.json*")):
        if DEFINITIONS not in path.parts and path.name.endswith((".json", ".json.gz")):
            body = path.read_bytes()
            yield path, gzip.decompress(body) if path.name.endswith(".gz") else body


def drafted(body: bytes) -> Draft:
    return codec().drafted(body, kind=parse(body)["resourceType"], id="new")


def outside(body: bytes) -> list[bytes]:
    return [body[m.start : m.end] for m in members(body) if m.name not in ("id", "meta")]


def check(path: Path, body: bytes) -> None:
    draft = drafted(body)
    assert draft.rows is not None
    version = Version(draft.kind, "new", 1, AT, "PUT", 1, body, draft.splice)
    served = codec().served(version)
    assert outside(served) == outside(body), path
    again = json.loads(served)
    assert served_parsed(version) == orjson.loads(served), path
    assert (again["id"], again["meta"]["versionId"]) == ("new", "1"), path


@pytest.mark.shared
@pytest.mark.slow
def test_every_example_is_read_served_and_indexed_and_so_are_its_entries(shared: Path) -> None:
    count, refused = 0, {}
    for path, body in examples(shared / "fhir"):
        try:
            parse(body)
        except FhirError as error:
            refused[path.name] = error.code
            continue
        check(path, body)
        for inner in slice_entries(body) if b'"Bundle"' in body[:400] else ():
            if inner:
                check(path, inner)
        count += 1
    assert refused == REFUSED
    assert count > 1000
