"""The RESTful API of FHIR R4 in its corners, over HTTP, on a server as it is started.

Source: HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/http.html; RFC 9110; RFC 7240.
"""

import gzip
import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx2 as httpx
import pytest

from tests.making.server import Server, server

Json = dict[str, Any]
NUMBERS = itertools.count(1)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def fhir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("served") / "data") as running:
        yield running


def person(number: str = "", **more: Any) -> Json:
    """Return a person with a number that nobody else has, or with a given one."""
    number = number or f"n{next(NUMBERS)}"
    return {
        "resourceType": "Patient",
        "identifier": [{"system": "urn:x", "value": number}],
        "active": True,
        **more,
    }


def number_of(resource: Json) -> str:
    return str(resource["identifier"][0]["value"])


def made(fhir: Server, resource: Json) -> Json:
    answer = fhir.ask("POST", f"/fhir/{resource['resourceType']}", json=resource)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def bundle(kind: str, *entries: Json) -> Json:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


def said(answer: httpx.Response) -> str:
    outcome = answer.json()
    assert outcome["resourceType"] == "OperationOutcome"
    return str(outcome["issue"][0]["details"]["text"])


def test_a_conditional_update_never_lands_on_somebody_else(fhir: Server) -> None:
    """Its search names nobody, and its body has the id of somebody: 409, and nothing is written."""
    held = made(fhir, person())
    url = f"/fhir/Patient?identifier=urn:x|n{next(NUMBERS)}"
    refused = fhir.ask("PUT", url, json={**person(), "id": held["id"]})
    assert refused.status_code == 409
    assert f"Patient/{held['id']} is another one" in said(refused)
    read = fhir.ask("GET", f"/fhir/Patient/{held['id']}").json()
    assert (read["meta"]["versionId"], read["identifier"]) == ("1", held["identifier"])
    own = f"own-{next(NUMBERS)}"
    first = fhir.ask("PUT", url, json={**person(), "id": own})
    assert (first.status_code, first.json()["id"]) == (201, own)


def test_conditional_writes_hold_to_if_match(fhir: Server) -> None:
    held = made(fhir, person())
    url = f"/fhir/Patient?identifier=urn:x|{number_of(held)}"
    body = {k: v for k, v in held.items() if k not in ("id", "meta")}
    for method, sent in (("PUT", {"json": body}), ("DELETE", {})):
        stale = fhir.ask(method, url, headers={"If-Match": 'W/"9"'}, **sent)
        assert stale.status_code == 412, method
    done = fhir.ask("PUT", url, json=body, headers={"If-Match": 'W/"1"'})
    assert (done.status_code, done.headers["etag"]) == (200, 'W/"2"')
    assert fhir.ask("DELETE", url, headers={"If-Match": 'W/"2"'}).status_code == 204


def test_if_match_star_holds_for_what_is_there(fhir: Server) -> None:
    held = made(fhir, person())
    url = f"/fhir/Patient/{held['id']}"
    star = {"If-Match": "*"}
    assert fhir.ask("PUT", url, json=held, headers=star).status_code == 200
    assert fhir.ask("DELETE", url, headers=star).status_code == 204
    gone = fhir.ask("PUT", url, json=held, headers=star)
    assert gone.status_code == 412
    assert "If-Match is *" in said(gone)


@pytest.mark.parametrize(
    ("tags", "status"),
    [
        ('W/"1"', 304),
        ('"1"', 304),
        ('W/"7", W/"1"', 304),
        ("*", 304),
        ('W/"7"', 200),
        ('"of-another-server"', 200),
    ],
)
def test_what_the_caller_has_is_not_sent_again(fhir: Server, tags: str, status: int) -> None:
    held = made(fhir, person())
    url = f"/fhir/Patient/{held['id']}"
    later = {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}
    assert fhir.ask("GET", url, headers={"If-None-Match": tags}).status_code == status
    both = fhir.ask("GET", url, headers={"If-None-Match": tags, **later})
    assert both.status_code == status  # If-None-Match outranks the other
    assert fhir.ask("GET", url, headers=later).status_code == 304


def test_a_patch_may_come_as_xml(fhir: Server) -> None:
    held = made(fhir, person())
    parts = (
        '<part><name value="type"/><valueCode value="replace"/></part>'
        '<part><name value="path"/><valueString value="Patient.active"/></part>'
        '<part><name value="value"/><valueBoolean value="false"/></part>'
    )
    body = (
        '<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="operation"/>'
        f"{parts}</parameter></Parameters>"
    )
    done = fhir.ask(
        "PATCH",
        f"/fhir/Patient/{held['id']}",
        content=body,
        headers={"Content-Type": "application/fhir+xml"},
    )
    assert (done.status_code, done.json()["active"]) == (200, False)


@pytest.mark.parametrize(
    ("path", "method", "some"),
    [
        ("", "PUT", "POST"),
        ("/Patient", "TRACE", "PATCH"),
        ("/metadata", "POST", "GET"),
        ("/Patient/_search", "GET", "POST"),
        ("/Patient/x/_history", "DELETE", "GET"),
        ("/Patient/x/$everything", "DELETE", "GET"),
    ],
)
def test_a_method_that_is_not_there_is_told_which_are(
    fhir: Server, path: str, method: str, some: str
) -> None:
    refused = fhir.ask(method, f"/fhir{path}", json={})
    assert refused.status_code == 405
    allowed = refused.headers["allow"].split(", ")
    assert some in allowed
    assert method not in allowed


def test_options_tell_the_methods(fhir: Server) -> None:
    told = fhir.ask("OPTIONS", "/fhir/Patient/x")
    assert (told.status_code, told.text) == (204, "")
    assert told.headers["allow"] == "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"


def in_two(body: bytes) -> bytes:
    return gzip.compress(body[:20]) + gzip.compress(body[20:])


@pytest.mark.parametrize(
    ("encoding", "packed", "status", "words"),
    [
        ("gzip", gzip.compress, 201, ""),
        ("x-gzip", in_two, 201, ""),
        ("identity", bytes, 201, ""),
        ("gzip", bytes, 400, "cannot be unpacked"),
        ("br", bytes, 415, "packed by gzip or not at all, not by 'br'"),
    ],
)
def test_packed_bodies(
    fhir: Server, encoding: str, packed: Callable[[bytes], bytes], status: int, words: str
) -> None:
    body = packed(json.dumps(person()).encode())
    answer = fhir.ask("POST", "/fhir/Patient", content=body, headers={"Content-Encoding": encoding})
    assert answer.status_code == status, answer.text
    assert words in ("" if status == 201 else said(answer))


def test_a_body_that_unpacks_without_end_is_refused_early(fhir: Server) -> None:
    packed = gzip.compress(b" " * 60_000_000)
    headers = {"Content-Encoding": "gzip"}
    assert fhir.ask("POST", "/fhir", content=packed, headers=headers).status_code == 413
    short = gzip.compress(json.dumps(person()).encode())[:-12]
    cut = fhir.ask("POST", "/fhir/Patient", content=short, headers=headers)
    assert (cut.status_code, "cannot be unpacked" in said(cut)) == (400, True)


def test_a_byte_order_mark_is_left_out_and_other_encodings_are_refused(fhir: Server) -> None:
    body = json.dumps(person())
    assert (
        fhir.ask("POST", "/fhir/Patient", content=b"\xef\xbb\xbf" + body.encode()).status_code
        == 201
    )
    wide = fhir.ask("POST", "/fhir/Patient", content=body.encode("utf-16"))
    assert (wide.status_code, "send the resource as UTF-8" in said(wide)) == (400, True)


def test_posted_searches(fhir: Server) -> None:
    held = made(fhir, person())
    form = f"identifier=urn%3Ax%7C{number_of(held)}"
    found = fhir.ask("POST", "/fhir/Patient/_search?_count=1", content=form, headers=FORM).json()
    assert [e["resource"]["id"] for e in found["entry"]] == [held["id"]]
    in_xml = fhir.ask("POST", "/fhir/Patient/_search", content=f"{form}&_format=xml", headers=FORM)
    assert in_xml.headers["content-type"].startswith("application/fhir+xml")
    assert held["id"] in in_xml.text
    within = f"/fhir/Patient/{held['id']}/Observation/_search"
    assert fhir.ask("POST", within, content="", headers=FORM).json()["total"] == 0
    wrong = fhir.ask("POST", "/fhir/Patient/_search", content="identifer=1", headers=FORM)
    assert (wrong.status_code, "no such search parameter" in said(wrong)) == (400, True)
    elsewhere = fhir.ask("POST", "/fhir/Patient", content=form, headers=FORM)
    assert (elsewhere.status_code, "_search alone" in said(elsewhere)) == (415, True)


def test_prefer_is_honoured_within_a_transaction(fhir: Server) -> None:
    post = {"request": {"method": "POST", "url": "Patient"}}

    def entry_for(returns: str) -> Json:
        sent = bundle("transaction", {**post, "resource": person()})
        answer = fhir.ask("POST", "/fhir", json=sent, headers={"Prefer": f"return={returns}"})
        return dict(answer.json()["entry"][0])

    assert "resource" not in entry_for("minimal")
    assert entry_for("representation")["resource"]["resourceType"] == "Patient"
    told = entry_for("OperationOutcome")["response"]["outcome"]
    assert told["issue"][0]["diagnostics"].endswith("version 1 created")


def test_circles_and_searches_within_a_transaction(fhir: Server) -> None:
    one, two = (f"urn:uuid:00000000-0000-4000-8000-{n:012}" for n in (1, 2))
    post = {"method": "POST", "url": "Patient"}

    def linked(full: str, other: str) -> Json:
        link = [{"other": {"reference": other}, "type": "seealso"}]
        return {"fullUrl": full, "resource": person(link=link), "request": post}

    known = made(fhir, person())
    weight = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "weight"},
        "subject": {"reference": f"Patient?identifier=urn:x|{number_of(known)}"},
    }
    observed = {"resource": weight, "request": {"method": "POST", "url": "Observation"}}
    sent = bundle("transaction", linked(one, two), linked(two, one), observed)
    answer = fhir.ask("POST", "/fhir", json=sent)
    places = [e["response"]["location"].partition("/_history")[0] for e in answer.json()["entry"]]
    first, second, third = (fhir.ask("GET", f"/fhir/{place}").json() for place in places)
    assert first["link"][0]["other"]["reference"] == places[1]
    assert second["link"][0]["other"]["reference"] == places[0]
    assert third["subject"]["reference"] == f"Patient/{known['id']}"


def test_a_batch_does_what_it_can(fhir: Server) -> None:
    held = made(fhir, person())
    own = f"Patient/{held['id']}"
    acts = [
        ({"method": "POST", "url": "Patient"}, person(), "201"),
        ({"method": "POST", "url": "Patient"}, person(gender="robot"), "422"),
        ({"method": "GET", "url": "Patient/none"}, None, "404"),
        ({"method": "GET", "url": own}, None, "200"),
        ({"method": "PUT", "url": own, "ifMatch": 'W/"9"'}, held, "412"),
        ({"method": "GET", "url": "Patient?identifer=1"}, None, "400"),
        ({"method": "DELETE", "url": own}, None, "204"),
    ]
    sent = [{"request": r, **({"resource": b} if b else {})} for r, b, _ in acts]
    answer = fhir.ask("POST", "/fhir", json=bundle("batch", *sent))
    assert answer.status_code == 200
    told = [e["response"] for e in answer.json()["entry"]]
    assert [t["status"][:3] for t in told] == [status for *_, status in acts]
    assert all("outcome" in t for t in told if t["status"][0] == "4")


def test_conditions_within_a_bundle_are_those_of_single_requests(fhir: Server) -> None:
    held = made(fhir, person())
    own = f"Patient/{held['id']}"
    unknown = f"Patient?identifier=urn:x|n{next(NUMBERS)}"
    named = f"Patient?identifier=urn:x|{number_of(held)}"
    new = f"own-{next(NUMBERS)}"
    later, never = "2100-01-01T00:00:00Z", "soon"
    acts = [
        ({"method": "GET", "url": own, "ifNoneMatch": 'W/"1"'}, None, "304"),
        ({"method": "GET", "url": own, "ifModifiedSince": later}, None, "304"),
        ({"method": "GET", "url": own, "ifModifiedSince": never}, None, "200"),
        ({"method": "PUT", "url": unknown}, {**person(), "id": held["id"]}, "409"),
        ({"method": "PUT", "url": unknown}, {**person(), "id": new}, "201"),
        ({"method": "PUT", "url": named}, {**person(), "id": new}, "400"),
        ({"method": "PUT", "url": named, "ifMatch": 'W/"9"'}, person(), "412"),
        ({"method": "PUT", "url": named, "ifMatch": 'W/"1"'}, person(number_of(held)), "200"),
    ]
    sent = [{"request": r, **({"resource": b} if b else {})} for r, b, _ in acts]
    told = fhir.ask("POST", "/fhir", json=bundle("batch", *sent)).json()["entry"]
    assert [t["response"]["status"][:3] for t in told] == [status for *_, status in acts]
    assert told[4]["response"]["location"] == f"Patient/{new}/_history/1"
    assert fhir.ask("GET", f"/fhir/{own}").json()["meta"]["versionId"] == "2"


VALUES = {
    "token": ["a", "true"],
    "string": ["a"],
    "date": ["2020"],
    "reference": ["x"],
    "number": ["1"],
    "quantity": ["1"],
    "uri": ["urn:a"],
    "composite": ["a$a", "a$1", "a$2020", "urn:a$a", "a$x"],
}


def test_every_declared_parameter_is_served_and_every_other_is_refused(fhir: Server) -> None:
    """Each of some 2,500 is asked once; what a type does not declare is refused by name."""
    stated = fhir.ask("GET", "/fhir/metadata").json()["rest"][0]["resource"]
    declared = {r["type"]: {p["name"]: p["type"] for p in r["searchParam"]} for r in stated}
    assert len(declared) > 100
    failed = []
    for kind, parameters in declared.items():
        for name, sort in parameters.items():
            asked = (f"/fhir/{kind}?{name}={value}&_count=1" for value in VALUES[sort])
            if not any(fhir.ask("GET", url).status_code == 200 for url in asked):
                failed.append(f"{kind}?{name}")
    assert failed == []
    every = sorted({name for parameters in declared.values() for name in parameters})
    for kind in ("Patient", "Observation", "MedicationRequest", "MolecularSequence"):
        for name in (*every, "near", "phonetic", "_text", "_content", "_filter", "_list", "_query"):
            if name not in declared[kind]:
                answer = fhir.ask("GET", f"/fhir/{kind}?{name}=a")
                assert answer.status_code == 400, f"{kind}?{name}"
                assert said(answer).startswith(f"{name}: ")
