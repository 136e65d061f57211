"""Parts of resources: what is wanted, what is never left out, and numbers as they were."""

import json
from typing import Any

import pytest

from garrod.adapters.fhir.record.summary import TAGGED, Summaries
from garrod.adapters.fhir.record.url_results import Summary
from tests.unit.fhir.record.codecs import codec

SUMMARIES = Summaries(codec().facts)
OBSERVATION = b"""{"resourceType": "Observation", "id": "a", "meta": {"tag": [{"code": "t"}]},
 "text": {"status": "generated"}, "status": "final", "_status": {"id": "s"},
 "modifierExtension": [{"url": "m"}], "extension": [{"url": "e"}],
 "code": {"text": "c"}, "valueQuantity": {"value": 1.50, "unit": "mg"}, "note": [{"text": "n"}],
 "effectivePeriod": {"start": "2026"},
 "component": [{"code": {"text": "x"}, "valueQuantity": {"value": 1E2},
                "modifierExtension": [{"url": "m"}], "interpretation": [{"text": "i"}]}]}"""


def names_of(**options: Any) -> set[str]:
    return set(json.loads(SUMMARIES.shown(OBSERVATION, **options))) - {"resourceType", "id", "meta"}


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({"summary": Summary.TEXT}, {"text", "status", "_status", "code", "modifierExtension"}),
        (
            {"summary": Summary.TRUE},
            {"status", "_status", "code", "modifierExtension", "valueQuantity", "component",
             "effectivePeriod"},
        ),
        (
            {"summary": Summary.DATA},
            {"status", "_status", "code", "modifierExtension", "valueQuantity", "component",
             "effectivePeriod", "note", "extension"},
        ),
        ({"elements": ("note",)}, {"status", "_status", "code", "modifierExtension", "note"}),
        (
            {"elements": ("value", "nothing", "effectivePeriod")},
            {"status", "_status", "code", "modifierExtension", "valueQuantity", "effectivePeriod"},
        ),
    ],
)  # fmt: skip
def test_parts(options: Any, names: set[str]) -> None:
    assert names_of(**options) == names


def test_a_part_is_marked_once_and_keeps_its_tags() -> None:
    once = SUMMARIES.shown(OBSERVATION, summary=Summary.TRUE)
    again = SUMMARIES.shown(once, elements=("code",))
    assert json.loads(again)["meta"]["tag"] == [{"code": "t"}, TAGGED]


def test_numbers_stay_as_they_were() -> None:
    shown = SUMMARIES.shown(OBSERVATION, summary=Summary.TRUE)
    assert b'"value":1.50' in shown
    assert b'"value":1E+2' in shown


def test_a_summary_of_parts_leaves_out_what_is_no_summary() -> None:
    (part,) = json.loads(SUMMARIES.shown(OBSERVATION, summary=Summary.TRUE))["component"]
    assert set(part) == {"code", "valueQuantity", "modifierExtension"}
    contact = b'{"resourceType":"Patient","contact":[{"gender":"male"}],"link":[{"x":1}],"meta":[]}'
    shown = json.loads(SUMMARIES.shown(contact, summary=Summary.TRUE))
    assert shown == {"resourceType": "Patient", "meta": {"tag": [TAGGED]}}


@pytest.mark.parametrize("summary", [Summary.FALSE, Summary.COUNT])
def test_all_of_a_resource_is_its_bytes(summary: Summary) -> None:
    assert SUMMARIES.shown(OBSERVATION, summary=summary) == OBSERVATION
