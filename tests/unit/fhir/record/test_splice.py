"""What was received is served again byte for byte, but for id and meta."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from garrod.adapters.fhir.record.splice import (
    references_in,
    rewritten,
    served_parsed,
    slice_entries,
)
from garrod.core.errors import FhirError, InternalFault
from garrod.core.resource import Version
from tests.unit.fhir.record.codecs import codec

AT = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)
META = '"meta":{"versionId":"7","lastUpdated":"2026-03-01T12:30:15.123Z"'


def version_of(body: str, kind: str = "Basic") -> Version:
    draft = codec().drafted(body.encode(), kind=kind, id="new")
    return Version(kind, "new", 7, AT, "PUT", 1, draft.body, draft.splice)


@pytest.mark.parametrize(
    ("sent", "served"),
    [
        (
            '{"resourceType":"Basic","code":{}}',
            '{"resourceType":"Basic","id":"new",' + META + '},"code":{}}',
        ),
        (
            ' { "code" : {"id":"in","meta":{}} , "resourceType" : "Basic" }\n',
            ' { "code" : {"id":"in","meta":{}} , "resourceType" : "Basic","id":"new",'
            + META + "} }\n",
        ),
        (
            '{"id" : "old", "resourceType":"Basic"\n}',
            '{"id":"new", "resourceType":"Basic",' + META + "}\n}",
        ),
        (
            '{"meta": {"versionId":"1", "tag" : [ {"code":"a"} ], "lastUpdated":"2020"},'
            '"resourceType":"Basic", "id":"old"}',
            "{" + META + ',"tag" : [ {"code":"a"} ]},"resourceType":"Basic", "id":"new"}',
        ),
        (
            '{"resourceType":"Basic","m\\u0065ta":{"source":"#1","_versionId":{}},"x":"\\"meta\\""}',
            '{"resourceType":"Basic","id":"new",' + META + ',"source":"#1"},"x":"\\"meta\\""}',
        ),
        (
            '{"resourceType":"Basic","x":{"meta":{"tag":[]}},"meta":{}}',
            '{"resourceType":"Basic","id":"new","x":{"meta":{"tag":[]}},' + META + "}}",
        ),
    ],
)  # fmt: skip
def test_only_id_and_meta_differ_from_what_was_sent(sent: str, served: str) -> None:
    assert codec().served(version_of(sent)).decode() == served
    assert json.loads(served)["meta"]["versionId"] == "7"
    assert served_parsed(version_of(sent)) == json.loads(served)


def test_meta_that_is_no_object_is_refused() -> None:
    with pytest.raises(FhirError, match=r"Basic\.meta") as told:
        version_of('{"resourceType":"Basic","meta":[]}')
    assert told.value.code == "FHR106"


def test_another_kind_than_expected_is_refused() -> None:
    with pytest.raises(FhirError, match="expected Patient") as told:
        codec().drafted(b'{"resourceType":"Basic"}', kind="Patient", id="x")
    assert told.value.code == "FHR002"


def test_a_deletion_cannot_be_served() -> None:
    gone = replace(version_of('{"resourceType":"Basic"}'), body=b"", splice=None)
    for serve in (codec().served, served_parsed):
        with pytest.raises(InternalFault):
            serve(gone)


def test_entries_are_cut_out_as_they_were_sent() -> None:
    inner = '{ "resourceType":"Basic" , "x": [1.50, "}{"] }'
    bundle = '{"resourceType":"Bundle","entry":[{"resource": ' + inner + ' },{"request":{}}]}'
    assert slice_entries(bundle.encode()) == (inner.encode(), b"")
    assert slice_entries(b'{"resourceType":"Bundle"}') == ()
    with pytest.raises(FhirError, match="entry"):
        slice_entries(b'{"entry":[1]}')


def test_references_that_name_no_resource_here_are_listed_once() -> None:
    body = (
        b'{"a":{"reference":"urn:uuid:1"},"b":{"reference" : "Patient?identifier=s|1"},'
        b'"c":{"reference":"Patient/1"},"d":{"reference":"#x:y"},"e":{"reference":"urn:uuid:1"},'
        b'"f":{"reference":"https:\\/\\/there.example\\/Patient\\/1?x"},'
        b'"t":"\\"reference\\":\\"urn:uuid:2\\""}'
    )
    found = references_in(body)
    assert found.urls == ("urn:uuid:1", "https://there.example/Patient/1?x")
    assert found.searches == ("Patient?identifier=s|1",)


def test_rewritten_references_leave_every_other_byte() -> None:
    body = (
        b'{"a" : {"reference" :  "urn:uuid:1"}, "t":"\\"reference\\":\\"urn:uuid:1\\"",'
        b'"value":"urn:uuid:1","b":{"reference":"urn\\u003auuid:1"}}'
    )
    assert rewritten(body, {"urn:uuid:1": "Patient/7"}) == (
        b'{"a" : {"reference" :  "Patient/7"}, "t":"\\"reference\\":\\"urn:uuid:1\\"",'
        b'"value":"urn:uuid:1","b":{"reference":"Patient/7"}}'
    )
    assert rewritten(body, {"urn:uuid:9": "Patient/7"}) == body
