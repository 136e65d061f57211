"""Rows by which a resource is found by the labels that were computed for it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from garrod.adapters.fhir.record.codec import FhirCodec
from garrod.care.govern.labels import ACT_CODE, CONFIDENTIALITY
from garrod.core.resource import Version
from tests.making.shelves import SHELF
from tests.unit.fhir.record.codecs import codec

Json = dict[str, Any]
CODEC = FhirCodec(SHELF)
HIV: Json = {"coding": [{"system": "http://loinc.org", "code": "25836-8"}]}
WEIGHT: Json = {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]}


def observation(code: Json, *labels: str) -> bytes:
    meta = {"meta": {"security": [{"system": "s", "code": label} for label in labels]}}
    whole = {"resourceType": "Observation", **(meta if labels else {}), "code": code}
    return json.dumps(whole).encode()


def found_by(codec: FhirCodec, body: bytes) -> set[tuple[str, str]]:
    draft = codec.drafted(body, kind="Observation", id="x")
    return {(row.system, row.code) for row in draft.rows.tokens if row.param == "_security"}


@pytest.mark.parametrize(
    ("body", "tokens"),
    [
        (observation(WEIGHT), set()),
        (observation(WEIGHT, "N"), {("s", "N")}),
        (observation(HIV), {(ACT_CODE, "HIV"), (CONFIDENTIALITY, "R")}),
        (observation(HIV, "R"), {("s", "R"), (ACT_CODE, "HIV")}),
        (observation(HIV, "HIV"), {("s", "HIV"), (CONFIDENTIALITY, "R")}),
    ],
)
def test_computed_labels_are_searched_by(body: bytes, tokens: set[tuple[str, str]]) -> None:
    assert found_by(CODEC, body) == tokens


def test_without_the_pack_only_stated_labels_are() -> None:
    assert found_by(codec(), observation(HIV, "N")) == {("s", "N")}


def test_what_is_stored_and_served_stays_as_it_came() -> None:
    body = observation(HIV, "N")
    draft = CODEC.drafted(body, kind="Observation", id="x")
    assert draft.body == body
    now = datetime(2026, 1, 1, tzinfo=UTC)
    version = Version("Observation", "x", 1, now, "PUT", 1, draft.body, draft.splice, b"")
    served = json.loads(CODEC.served(version))
    assert served["meta"]["security"] == [{"system": "s", "code": "N"}]
