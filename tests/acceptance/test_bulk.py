"""Much at once over HTTP: $export, $import, $process-message, and what is bad input there."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from tests.making.listening import wait_until
from tests.making.server import Server, server
from tests.unit.fhir.ingest import messages as m

NDJSON = "application/fhir+ndjson"
LATER = {"Prefer": "respond-async"}


@pytest.fixture(scope="module")
def fhir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("bulk") / "data") as running:
        yield running


def sent(fhir: Server, *resources: Any, **headers: str) -> httpx.Response:
    lines = "\n".join(r if isinstance(r, str) else json.dumps(r) for r in resources)
    with_type = {"Content-Type": NDJSON, **headers}
    return fhir.ask("POST", "/fhir/$import", content=lines.encode(), headers=with_type)


def said(answer: httpx.Response) -> list[str]:
    return [issue["details"]["text"] for issue in answer.json()["issue"]]


def exported(fhir: Server, path: str) -> dict[str, list[str]]:
    """Return the lines of an export by type, fetched as a client does."""
    begun = fhir.ask("GET", path, headers=LATER)
    assert begun.status_code == 202, begun.text
    where = begun.headers["Content-Location"].removeprefix(fhir.base)
    for _ in range(100):
        state = fhir.ask("GET", where)
        if state.status_code != 202:
            break
        time.sleep(0.05)
    assert state.status_code == 200, state.text
    manifest = state.json()
    assert manifest["requiresAccessToken"] is True
    found: dict[str, list[str]] = {}
    for output in manifest["output"]:
        headers = {"Accept": NDJSON}
        answer = fhir.ask("GET", output["url"].removeprefix(fhir.base), headers=headers)
        assert answer.headers["content-type"].startswith(NDJSON)
        lines = answer.text.splitlines()
        assert len(lines) == output["count"]
        found.setdefault(output["type"], []).extend(lines)
    assert fhir.ask("DELETE", where).status_code == 202
    assert fhir.ask("GET", where).status_code == 404
    return found


def test_lines_go_in_and_come_out(fhir: Server) -> None:
    person = {**m.patient(), "id": "bulk"}
    weight = '{"resourceType":"Basic","id":"b1","code":{"text":"x"},"extension":[{"url":"urn:x",'
    weight += '"valueDecimal":1.50}], "subject":{"reference":"Patient/bulk"}}'
    answer = sent(fhir, person, weight, {**m.practice(), "id": "place"})
    assert (answer.status_code, said(answer)[0]) == (
        200,
        "stored 3, there already 0, refused 0",
    )
    whole = exported(fhir, "/fhir/$export?_type=Basic,Patient,Organization")
    assert set(whole) == {"Basic", "Patient", "Organization"}
    assert '"valueDecimal":1.50' in whole["Basic"][0]
    people = exported(fhir, "/fhir/Patient/$export?_type=Basic,Patient,Organization")
    assert set(people) == {"Basic", "Patient"}
    assert exported(fhir, "/fhir/$export?_type=Basic&_since=2999-01-01T00:00:00Z") == {}


def test_an_export_outlives_its_server_and_goes_on(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with server(data) as first:
        for part in range(5):
            people = [{**m.patient(""), "id": f"p{part}-{n}"} for n in range(400)]
            assert sent(first, *people).status_code == 200
        begun = [first.ask("GET", f"/fhir/$export{q}", headers=LATER) for q in ("", "?_type=Basic")]
        places = [f"/fhir/{a.headers['Content-Location'].rpartition('/')[2]}" for a in begun]
        first.kill()
    (folder,) = [f for f in (data / "exports").iterdir() if f.name in places[0]]
    assert folder.stat().st_mode & 0o077 == 0
    (folder / "Patient-9.ndjson").write_text("half a line")  # as a kind that was cut short leaves
    with server(data) as second:
        manifest = _when_done(second, places[0])
        assert [(f["type"], f["count"]) for f in manifest["output"]] == [("Patient", 2000)]
        assert not (folder / "Patient-9.ndjson").exists()
        assert _when_done(second, places[1])["output"] == []
        name = manifest["output"][0]["url"].rpartition("/")[2]
    with server(data) as third:
        headers = {"Accept": NDJSON}
        answer = third.ask("GET", f"/fhir/{name}", headers=headers)
        assert len(answer.text.splitlines()) == 2000
        assert third.ask("GET", places[0]).headers["expires"].endswith("GMT")
        next(folder.glob("*.ndjson")).unlink()
        gone = third.ask("GET", f"/fhir/{name}", headers=headers)
        assert (gone.status_code, "ask for the export again" in said(gone)[0]) == (404, True)
        assert third.ask("DELETE", places[0]).status_code == 202
        assert not folder.exists()


def _when_done(fhir: Server, place: str) -> dict[str, Any]:
    """Return the manifest of an export, when it is there."""
    wait_until(lambda: fhir.ask("GET", place).status_code != 202)
    answer = fhir.ask("GET", place)
    assert answer.status_code == 200, answer.text
    manifest: dict[str, Any] = answer.json()
    return manifest


def test_refused_lines_are_told_one_by_one(fhir: Server) -> None:
    good = {"resourceType": "Basic", "id": "g", "code": {"text": "x"}}
    answer = sent(fhir, good, "{", {**good, "id": "g2", "wrong": 1}, {**m.patient("9990548600")})
    assert answer.status_code == 200
    told = said(answer)
    assert told[0] == "stored 1, there already 0, refused 3"
    assert [t.split(":")[0] for t in told[1:]] == ["line 2", "line 3", "line 4"]
    assert sent(fhir, "{").status_code == 422
    assert sent(fhir, "").status_code == 400


@pytest.mark.parametrize(
    ("path", "headers", "expected"),
    [
        ("/fhir/$export", {}, "respond-async"),
        ("/fhir/$export?_typ=Patient", LATER, "no parameter '_typ'"),
        ("/fhir/$export?_type=Pateint", LATER, "no resource type"),
        ("/fhir/$export?_since=yesterday", LATER, "expected an instant"),
        ("/fhir/$export?_outputFormat=csv", LATER, "expected application/fhir+ndjson"),
    ],
)
def test_an_export_that_cannot_be_read_is_refused(
    fhir: Server, path: str, headers: dict[str, str], expected: str
) -> None:
    answer = fhir.ask("GET", path, headers=headers)
    assert answer.status_code == 400
    assert expected in said(answer)[0]


def test_an_export_is_not_there_for_one_who_guesses(fhir: Server) -> None:
    for path in ("/fhir/$export-status?job=x", "/fhir/$export-file?job=x&name=../record.db"):
        assert fhir.ask("GET", path).status_code == 404


def test_a_message_is_taken_in_and_answered(fhir: Server) -> None:
    order = m.order(m.BEN, id="m-http", said="http")
    answer = fhir.ask("POST", "/fhir/$process-message", json=order)
    assert answer.status_code == 200, answer.text
    header, details = (entry["resource"] for entry in answer.json()["entry"])
    assert header["response"] == {"identifier": "m-http", "code": "ok"}
    told = details["issue"][0]["details"]["text"]
    assert told in ("stored 6, there already 0", "stored 5, there already 1")  # the practice
    kept = fhir.ask("GET", "/fhir/Bundle/m-http").json()
    assert kept["entry"] == order["entry"]
    found = fhir.ask("GET", f"/fhir/MedicationRequest?patient.identifier={m.NHS}|{m.BEN}").json()
    assert found["total"] == 1
    again = fhir.ask("POST", "/fhir/$process-message", json=order).json()
    assert again["entry"][1]["resource"]["issue"][0]["details"]["text"].startswith("stored 0")
    other = fhir.ask("POST", "/fhir/$process-message", json=m.patient())
    assert (other.status_code, "Bundle of type message" in said(other)[0]) == (400, True)


def deep(levels: int) -> bytes:
    """Return extensions within extensions."""
    opened = b'{"url":"urn:x","extension":[' * levels
    inner = b'{"url":"urn:x","valueString":"x"}'
    return b'{"resourceType":"Basic","extension":[' + opened + inner + b"]}" * levels + b"]}"


PROFILED = {"resourceType": "Basic", "code": {"text": "x"}, "meta": {"profile": ["urn:none"]}}


@pytest.mark.parametrize(
    ("path", "body", "status", "expected"),
    [
        ("/fhir/Basic", deep(60), 400, "100 deep"),
        ("/fhir/Basic", b"[" * 200_000, 400, "100 deep"),
        ("/fhir/Patient", json.dumps(m.practice()).encode(), 400, "expected Patient"),
        ("/fhir/Patient", json.dumps(m.patient("9990548600")).encode(), 422, "NHS number"),
        ("/fhir/Patient", b'{"resourceType":"Patient","gender":"male"', 400, "line 1"),
    ],
)
def test_bad_input_is_told_and_the_service_lives(
    fhir: Server, path: str, body: bytes, status: int, expected: str
) -> None:
    answer = fhir.ask("POST", path, content=body)
    assert answer.status_code == status, answer.text
    assert expected in said(answer)[0]
    assert fhir.ask("GET", "/health").status_code == 200


def test_a_large_bundle_is_stored_and_one_too_large_is_refused(fhir: Server) -> None:
    filler = {"resourceType": "Basic", "code": {"text": "x" * 1_000_000}}
    post = {"method": "POST", "url": "Basic"}
    entries = [{"resource": filler, "request": post}] * 45
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    assert fhir.ask("POST", "/fhir", json=bundle).status_code == 200
    bundle["entry"] = entries * 2
    too_large = fhir.ask("POST", "/fhir", json=bundle)
    assert too_large.status_code == 413
    assert "garrod record import" in said(too_large)[0]
    assert fhir.ask("GET", "/health").status_code == 200


def test_two_that_refer_to_each_other_are_stored(fhir: Server) -> None:
    post = {"method": "POST", "url": "Basic"}
    entries = [
        {
            **m.entry(a, {"resourceType": "Basic", "code": {"text": a}, "subject": m.to(b)}),
            "request": post,
        }
        for a, b in (("1", "2"), ("2", "1"))
    ]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    assert fhir.ask("POST", "/fhir", json=bundle).status_code == 200


def test_an_id_that_two_entries_want_is_refused_and_nothing_written(fhir: Server) -> None:
    one = {"resourceType": "Basic", "id": "clash", "code": {"text": "x"}}
    put = {"resource": one, "request": {"method": "PUT", "url": "Basic/clash"}}
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [put, put]}
    answer = fhir.ask("POST", "/fhir", json=bundle)
    assert (answer.status_code, "write Basic/clash" in said(answer)[0]) == (400, True)
    assert fhir.ask("GET", "/fhir/Basic/clash").status_code == 404
    wrong = {"resource": one, "request": {"method": "PUT", "url": "Patient/clash"}}
    answer = fhir.ask("POST", "/fhir", json={**bundle, "entry": [wrong]})
    assert "the url names Patient" in said(answer)[0]


def test_a_profile_that_nobody_knows_here_is_told_by_validate(fhir: Server) -> None:
    answer = fhir.ask("POST", "/fhir/Basic/$validate", json=PROFILED)
    assert answer.status_code == 200
    assert "the profile urn:none is not among those imported here" in said(answer)[0]
    assert fhir.ask("POST", "/fhir/Basic", json=PROFILED).status_code == 201
