"""Bad input over HTTP: each refused with its status and in words, and the server goes on."""

import json
import socket
import time
from collections.abc import Iterator
from typing import Any

import httpx2 as httpx
import pytest

from tests.making.server import JSON, TOKEN, Server, server

PATIENT = '{"resourceType":"Patient","name":[{"family":"Testperson"}]}'
OTHER = '{"resourceType":"Observation","status":"final","code":{"text":"x"}}'
DEEP = '{"resourceType":"Patient","extension":' + "[" * 5000 + "]" * 5000 + "}"
NESTED = '{"resourceType":"Patient","extension":' + '[{"url":"x","extension":' * 200
NESTED += "[]" + "}]" * 200 + "}"
WRONG_NUMBER = (
    '{"resourceType":"Patient","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number",'
    '"value":"9434765918"}]}'
)
PATCH = {"Content-Type": "application/json-patch+json"}
TEXT = {"Content-Type": "text/plain"}


@pytest.fixture(scope="module")
def fhir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("bad") / "data") as running:
        for id in ("a", "b"):
            body = {**json.loads(PATIENT), "id": id}
            assert running.ask("PUT", f"/fhir/Patient/{id}", json=body).status_code == 201
        yield running


@pytest.fixture(autouse=True)
def alive(fhir: Server) -> Iterator[None]:
    yield
    assert fhir.ask("GET", "/fhir/Patient/a").status_code == 200


def words(answer: httpx.Response) -> str:
    outcome = answer.json()
    assert outcome["resourceType"] == "OperationOutcome"
    return " ".join(one["details"]["text"] for one in outcome["issue"])


Row = tuple[str, str, str | bytes, dict[str, str], int, str]
TABLE: dict[str, Row] = {
    "no JSON": ("POST", "Patient", "{", {}, 400, "stops being JSON at line 1"),
    "JSON of no resource": ("POST", "Patient", "[1]", {}, 400, "no FHIR resource"),
    "nothing": ("POST", "Patient", "", {}, 400, "nothing was sent"),
    "two values": ("POST", "Patient", PATIENT * 2, {}, 400, "expected the end here"),
    "a key twice": ("POST", "Patient", PATIENT[:-1] + ',"name":[]}', {}, 400, "twice"),
    "NaN": ("POST", "Patient", '{"resourceType":"Patient","x":NaN}', {}, 400, "NaN"),
    "another type": ("POST", "Patient", OTHER, {}, 400, "Observation"),
    "no such type": ("POST", "Patint", PATIENT, {}, 404, "no resource type"),
    "id of another": ("PUT", "Patient/a", PATIENT[:-1] + ',"id":"b"}', {}, 400, "same id"),
    "id that is none": ("PUT", "Patient/a_b", PATIENT[:-1] + ',"id":"a_b"}', {}, 422, "64"),
    "id too long": ("PUT", f"Patient/{'a' * 65}", PATIENT, {}, 400, "no id"),
    "stale version": (
        *("PUT", "Patient/a", PATIENT[:-1] + ',"id":"a"}', {"If-Match": 'W/"9"'}),
        *(412, "version 1"),
    ),
    "version that is none": (
        *("PUT", "Patient/a", PATIENT[:-1] + ',"id":"a"}', {"If-Match": "newest"}),
        *(400, "If-Match"),
    ),
    "there already": (
        *("PUT", "Patient/a", PATIENT[:-1] + ',"id":"a"}', {"If-None-Match": "*"}),
        *(412, "Patient/a"),
    ),
    "too deep": ("POST", "Patient", DEEP, {}, 400, "deep"),
    "extensions too deep": ("POST", "Patient", NESTED, {}, 400, "deep"),
    "NHS number": ("POST", "Patient", WRONG_NUMBER, {}, 422, "NHS"),
    "null byte": ("POST", "Patient", PATIENT.replace("Test", "\\u0000"), {}, 422, ""),
    "raw null byte": ("POST", "Patient", PATIENT.replace("Test", "\0"), {}, 400, "control"),
    "no UTF-8": ("POST", "Patient", PATIENT.encode().replace(b"Test", b"\xff"), {}, 400, "UTF-8"),
    "UTF-16": ("POST", "Patient", PATIENT.encode("utf-16"), {}, 400, "UTF-8"),
    "half a character": (
        *("POST", "Patient", PATIENT.replace("Test", "\\ud800"), {}),
        *(400, "half a character"),
    ),
    "text": ("POST", "Patient", PATIENT, TEXT, 415, "text/plain"),
    "form": (
        *("POST", "Patient", "a=b", {"Content-Type": "application/x-www-form-urlencoded"}),
        *(415, "a form is sent to _search alone"),
    ),
    "answer in no form": ("GET", "Patient/a", "", {"Accept": "image/png"}, 406, "image/png"),
    "XML that is none": (
        *("POST", "Patient", "<a", {"Content-Type": "application/fhir+xml"}),
        *(400, "XML"),
    ),
    "entities": (
        *(
            "POST",
            "Patient",
            '<!DOCTYPE x [<!ENTITY a "b">]><Patient xmlns="http://hl7.org/fhir"/>',
        ),
        *({"Content-Type": "application/fhir+xml"}, 400, ""),
    ),
    "unknown parameter": ("GET", "Patient?famly=x", "", {}, 400, "famly"),
    "unknown modifier": ("GET", "Patient?family:loud=x", "", {}, 400, "modifier"),
    "date that is none": ("GET", "Patient?birthdate=soon", "", {}, 400, "expected a date"),
    "count that is none": ("GET", "Patient?_count=-1", "", {}, 400, "whole number"),
    "superscript count": ("GET", "Patient/_history?_count=%C2%B2", "", {}, 400, "whole number"),
    "superscript version": ("GET", "Patient/a/_history/%C2%B2", "", {}, 404, "number"),
    "escapes of no UTF-8": ("GET", "Patient?family=%FF", "", {}, 400, "UTF-8"),
    "many parameters": ("GET", "Patient?" + "_id=a&" * 200, "", {}, 400, "100"),
    "bad cursor": ("GET", "Patient?_page=abc", "", {}, 400, "page"),
    "bad cursor of history": ("GET", "_history?_page=!", "", {}, 400, "page"),
    "id with a null": ("GET", "Patient/%00", "", {}, 404, "there is no"),
    "path that climbs": ("GET", "Patient/..%2f..%2fetc", "", {}, 404, ""),
    "unknown operation": ("GET", "Patient/a/$fly", "", {}, 404, "$fly"),
    "not by GET": ("GET", "Patient/$merge", "", {}, 405, "POST"),
    "delete all": ("DELETE", "Patient", "", {}, 400, "needs an id"),
    "no base": ("PUT", "", PATIENT, {}, 405, "expected one of"),
    "patch of text": ("PATCH", "Patient/a", "[]", TEXT, 415, ""),
    "patch that is none": ("PATCH", "Patient/a", "{}", PATCH, 400, "list of operations"),
    "patch too deep": ("PATCH", "Patient/a", "[" * 100_000, PATCH, 400, "deep"),
    "patch too fine": (
        *("PATCH", "Patient/a", '[{"op":"add","path":"/x","value":1e99999999999999999999}]'),
        *(PATCH, 400, "larger or finer"),
    ),
    "patch of what is not there": (
        *("PATCH", "Patient/a", '[{"op":"remove","path":"/photo"}]', PATCH),
        *(400, "/photo is not there"),
    ),
    "patch to what is invalid": (
        *("PATCH", "Patient/a", '[{"op":"add","path":"/gender","value":"x"}]', PATCH),
        *(422, ""),
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_bad_input_is_refused_in_words(fhir: Server, name: str) -> None:
    method, path, body, headers, status, says = TABLE[name]
    url = f"/fhir/{path}" if path else "/fhir"
    answer = fhir.ask(method, url, content=body or None, headers=headers)
    assert answer.status_code == status, answer.text
    assert says in (words(answer) if "<" not in answer.text[:5] else answer.text)


def entry(full_url: str, kind: str, **more: Any) -> dict[str, Any]:
    resource = {"resourceType": kind, **more}
    return {"fullUrl": full_url, "resource": resource, "request": {"method": "POST", "url": kind}}


def transaction(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "transaction", "entry": [*entries]}


def test_entries_may_refer_to_each_other_in_a_circle(fhir: Server) -> None:
    one, two = (f"urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e{n}" for n in "12")
    person = {"link": [{"other": {"reference": two}, "type": "seealso"}]}
    other = {"link": [{"other": {"reference": one}, "type": "seealso"}]}
    done = fhir.ask(
        "POST",
        "/fhir",
        json=transaction(entry(one, "Patient", **person), entry(two, "Patient", **other)),
    )
    assert done.status_code == 200, done.text
    first, second = (e["response"]["location"].split("/")[1] for e in done.json()["entry"])
    for id, linked in ((first, second), (second, first)):
        held = fhir.ask("GET", f"/fhir/Patient/{id}").json()
        assert held["link"][0]["other"]["reference"] == f"Patient/{linked}"


def test_entry_may_refer_to_itself(fhir: Server) -> None:
    urn = "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e3"
    part = {"partOf": {"reference": urn}}
    done = fhir.ask("POST", "/fhir", json=transaction(entry(urn, "Organization", name="x", **part)))
    assert done.status_code == 200, done.text
    id = done.json()["entry"][0]["response"]["location"].split("/")[1]
    held = fhir.ask("GET", f"/fhir/Organization/{id}").json()
    assert held["partOf"]["reference"] == f"Organization/{id}"


@pytest.mark.parametrize(
    ("entries", "status", "says"),
    [
        ([{}], 400, "request"),
        ([5], 400, "list of objects"),
        ([entry("urn:uuid:1", "Patient"), entry("urn:uuid:1", "Patient")], 400, "full url"),
        ([{**entry("", "Patient"), "request": {"method": "FLY", "url": "Patient"}}], 400, "method"),
        ([{**entry("", "Patient"), "request": {"method": "PUT", "url": "Patient"}}], 400, "needs"),
        ([{**entry("", "Patient"), "request": {"method": "POST", "url": "Group"}}], 400, "Group"),
        ([entry("", "Observation", status="final", code={"text": "x"},
                subject={"reference": "Patient?identifier=none"})], 400, "names no resource"),
        ([entry("", "Observation", status="final", code={"text": "x"},
                subject={"reference": "urn:uuid:none"})], 400, "no entry has that full url"),
    ],
)  # fmt: skip
def test_transaction_that_cannot_be_done_names_what_is_wrong(
    fhir: Server, entries: list[Any], status: int, says: str
) -> None:
    before = fhir.ask("GET", "/fhir/_history?_count=1").json()["entry"][0]["fullUrl"]
    answer = fhir.ask("POST", "/fhir", json=transaction(*entries))
    assert answer.status_code == status, answer.text
    assert says in words(answer)
    assert fhir.ask("GET", "/fhir/_history?_count=1").json()["entry"][0]["fullUrl"] == before


def test_unknown_profile_is_told_by_validate(fhir: Server) -> None:
    url = "https://example.org/StructureDefinition/nobody"
    answer = fhir.ask("POST", f"/fhir/Patient/$validate?profile={url}", content=PATIENT)
    assert answer.status_code == 200
    assert any(url in json.dumps(issue) for issue in answer.json()["issue"])


def test_cursor_of_another_search_is_refused(fhir: Server) -> None:
    def following(path: str) -> str:
        links = fhir.ask("GET", path).json()["link"]
        (url,) = (one["url"] for one in links if one["relation"] == "next")
        return str(url).partition("_page=")[2]

    mine, past = following("/fhir/Patient?_count=1"), following("/fhir/Patient/_history?_count=1")
    assert fhir.ask("GET", f"/fhir/Patient?_count=1&_page={mine}").status_code == 200
    for path in (
        f"Patient?_count=1&active=true&_page={mine}",
        f"Patient?_count=1&_sort=_id&_page={mine}",
        f"Observation?_count=1&_page={mine}",
        f"Patient?_count=1&_page={past}",
        f"Patient/_history?_page={mine}",
        f"_history?_page={past}",
    ):
        answer = fhir.ask("GET", f"/fhir/{path}")
        assert (answer.status_code, "begin again" in words(answer)) == (400, True), path


def test_head_has_the_headers_of_get_and_no_body(fhir: Server) -> None:
    got, head = (fhir.ask(method, "/fhir/Patient/a") for method in ("GET", "HEAD"))
    assert (head.status_code, head.content) == (200, b"")
    for name in ("etag", "last-modified", "content-length", "content-type"):
        assert head.headers[name] == got.headers[name]
    assert fhir.ask("HEAD", "/fhir/Patient/nobody").status_code == 404


def test_body_in_chunks_is_put_together(fhir: Server) -> None:
    chunks = iter([PATIENT[:20].encode(), PATIENT[20:].encode()])
    assert fhir.ask("POST", "/fhir/Patient", content=chunks).status_code == 201


def test_huge_headers_are_refused(fhir: Server) -> None:
    for size in (10_000, 1_000_000):
        try:
            answer = fhir.ask("GET", "/fhir/Patient/a", headers={"X-Filler": "x" * size})
        except httpx.TransportError:
            continue  # the connection was closed on us, which is refusal enough
        assert answer.status_code in (200, 400, 431)


def raw(fhir: Server, request: bytes) -> bytes:
    port = int(fhir.base.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(request)
        line.shutdown(socket.SHUT_WR)
        answer = b""
        while more := line.recv(65536):
            answer += more
        return answer


@pytest.mark.parametrize(
    "request_",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /fhir/Patient/a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET /fhir/metadata HTTP/1.1\r\n\r\n",
        b"POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
        b"POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n{}",
        b"POST /fhir HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /fhir/\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
)
def test_bytes_that_are_no_request_end_their_own_connection_alone(
    fhir: Server, request_: bytes
) -> None:
    answer = raw(fhir, request_)
    assert not answer.startswith((b"HTTP/1.1 2", b"HTTP/1.1 5"))


def test_body_that_is_never_finished_is_not_written(fhir: Server) -> None:
    before = fhir.ask("GET", "/fhir/Patient?_summary=count").json()["total"]
    head = f"POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n"
    head += f"Content-Type: {JSON}\r\nContent-Length: {len(PATIENT) + 10}\r\n\r\n{PATIENT}"
    raw(fhir, head.encode())
    time.sleep(0.3)  # nobody tells when a server has done nothing
    assert fhir.ask("GET", "/fhir/Patient?_summary=count").json()["total"] == before
