"""The FHIR door as a client meets it: over HTTP, the server a process of its own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.making.server import Server, server
from tests.making.starting import ran

PATIENT = {"resourceType": "Patient", "name": [{"family": "Testperson", "given": ["Ada"]}]}
WEIGHT = (
    '{"resourceType": "Observation",  "status":"final", "code":{"coding":[{"system":'
    '"http://loinc.org","code":"29463-7"}]}, "subject":{"reference":"Patient/%s"},'
    ' "valueQuantity":{"value":70.50,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}}'
)


@pytest.fixture(scope="module")
def fhir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("served") / "data") as running:
        yield running


def created(fhir: Server, body: dict[str, Any], kind: str = "Patient") -> dict[str, Any]:
    answer = fhir.ask("POST", f"/fhir/{kind}", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def problem(text: str) -> str:
    outcome = json.loads(text)
    assert outcome["resourceType"] == "OperationOutcome"
    issue = outcome["issue"][0]
    return str(issue.get("details", {}).get("text") or issue.get("diagnostics"))


def test_what_is_written_is_read_again_to_the_byte(fhir: Server) -> None:
    person = created(fhir, PATIENT)
    sent = WEIGHT % person["id"]
    wrote = fhir.ask("POST", "/fhir/Observation", content=sent)
    assert wrote.status_code == 201
    assert wrote.headers["etag"] == 'W/"1"'
    assert wrote.headers["location"].endswith("/_history/1")
    read = fhir.ask("GET", f"/fhir/Observation/{wrote.json()['id']}").text
    assert '"value":70.50' in read
    assert sent[len('{"resourceType": "Observation",') :] in read


def test_update_needs_the_version_in_hand_and_shows_who_was_first(fhir: Server) -> None:
    person = created(fhir, PATIENT)
    url = f"/fhir/Patient/{person['id']}"
    mine = {**PATIENT, "id": person["id"], "gender": "female"}
    first = fhir.ask("PUT", url, json=mine, headers={"If-Match": 'W/"1"'})
    assert (first.status_code, first.headers["etag"]) == (200, 'W/"2"')
    late = {**PATIENT, "id": person["id"], "birthDate": "1980-01-02"}
    second = fhir.ask("PUT", url, json=late, headers={"If-Match": 'W/"1"'})
    assert second.status_code == 412
    outcome = second.json()
    assert "version 2" in problem(second.text)
    changed = {path for issue in outcome["issue"] for path in issue.get("expression", ())}
    assert {"Patient.gender", "Patient.birthDate"} <= changed


def test_eight_writers_on_one_version_have_one_winner(fhir: Server) -> None:
    person = created(fhir, PATIENT)
    url = f"/fhir/Patient/{person['id']}"

    def write(number: int) -> int:
        mine = {**PATIENT, "id": person["id"], "birthDate": f"198{number}-01-02"}
        return fhir.ask("PUT", url, json=mine, headers={"If-Match": 'W/"1"'}).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(write, range(8)))
    assert statuses == [200, *[412] * 7]


def test_deleted_is_gone_and_history_keeps_it(fhir: Server) -> None:
    person = created(fhir, PATIENT)
    url = f"/fhir/Patient/{person['id']}"
    assert fhir.ask("DELETE", url).status_code == 204
    assert fhir.ask("GET", url).status_code == 410
    history = fhir.ask("GET", f"{url}/_history").json()
    assert [e["request"]["method"] for e in history["entry"]] == ["DELETE", "POST"]
    assert fhir.ask("GET", f"{url}/_history/1").status_code == 200
    assert fhir.ask("GET", "/fhir/Patient/never-was").status_code == 404


def test_only_what_changed_is_sent_again(fhir: Server) -> None:
    person = created(fhir, PATIENT)
    url = f"/fhir/Patient/{person['id']}"
    read = fhir.ask("GET", url)
    assert fhir.ask("GET", url, headers={"If-None-Match": 'W/"1"'}).status_code == 304
    since = {"If-Modified-Since": read.headers["last-modified"]}
    assert fhir.ask("GET", url, headers=since).status_code == 304


def test_mistyped_filter_never_returns_other_peoples_data(fhir: Server) -> None:
    created(fhir, PATIENT)
    wrong = fhir.ask("GET", "/fhir/Patient?famly=Testperson")
    assert wrong.status_code == 400
    assert "famly" in problem(wrong.text)
    lenient = fhir.ask(
        "GET", "/fhir/Patient?famly=x&family=nobody", headers={"Prefer": "handling=lenient"}
    ).json()
    assert [e["search"]["mode"] for e in lenient["entry"]] == ["outcome"]


def test_transaction_resolves_references_and_is_all_or_nothing(fhir: Server) -> None:
    patient = {
        "fullUrl": "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0",
        "resource": PATIENT,
        "request": {"method": "POST", "url": "Patient"},
    }
    weight = json.loads(WEIGHT % "x")
    weight["subject"]["reference"] = patient["fullUrl"]
    entry = {"resource": weight, "request": {"method": "POST", "url": "Observation"}}
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [patient, entry]}
    done = fhir.ask("POST", "/fhir", json=bundle)
    assert done.status_code == 200, done.text
    places = [e["response"]["location"].split("/")[1] for e in done.json()["entry"]]
    held = fhir.ask("GET", f"/fhir/Observation/{places[1]}").json()
    assert held["subject"]["reference"] == f"Patient/{places[0]}"
    before = fhir.ask("GET", "/fhir/Patient?_summary=count").json()["total"]
    del weight["status"]
    refused = fhir.ask("POST", "/fhir", json=bundle)
    assert refused.status_code == 422
    assert fhir.ask("GET", "/fhir/Patient?_summary=count").json()["total"] == before


def test_conditional_create_makes_one(fhir: Server) -> None:
    system = "https://example.org/ids"
    body = {**PATIENT, "identifier": [{"system": system, "value": "one"}]}
    headers = {"If-None-Exist": f"identifier={system}|one"}

    def create(_: int) -> int:
        return fhir.ask("POST", "/fhir/Patient", json=body, headers=headers).status_code

    with ThreadPoolExecutor(10) as pool:
        statuses = sorted(pool.map(create, range(50)))
    assert statuses == [*[200] * 49, 201]
    assert fhir.ask("GET", f"/fhir/Patient?identifier={system}|one").json()["total"] == 1


def test_patch_changes_what_it_names(fhir: Server) -> None:
    person = created(fhir, PATIENT)
    url = f"/fhir/Patient/{person['id']}"
    patched = fhir.ask(
        "PATCH",
        url,
        content=json.dumps([{"op": "add", "path": "/gender", "value": "female"}]),
        headers={"Content-Type": "application/json-patch+json"},
    )
    assert (patched.status_code, patched.json()["gender"]) == (200, "female")
    parts = [
        {"name": "type", "valueCode": "replace"},
        {"name": "path", "valueString": "Patient.name[0].family"},
        {"name": "value", "valueString": "Other"},
    ]
    operation = {"name": "operation", "part": parts}
    body = {"resourceType": "Parameters", "parameter": [operation]}
    again = fhir.ask("PATCH", url, json=body)
    assert (again.status_code, again.json()["name"][0]["family"]) == (200, "Other")


def test_pages_follow_each_other(fhir: Server) -> None:
    tag = {"meta": {"tag": [{"system": "https://example.org/tags", "code": "paged"}]}}
    for _ in range(5):
        created(fhir, {**PATIENT, **tag})
    seen: list[str] = []
    url = "/fhir/Patient?_tag=https://example.org/tags|paged&_count=2"
    while url:
        page = fhir.ask("GET", url).json()
        seen += [entry["resource"]["id"] for entry in page.get("entry", ())]
        links = {link["relation"]: link["url"] for link in page["link"]}
        url = links.get("next", "").removeprefix(fhir.base)
    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "says"),
    [
        ("POST", "/fhir/Patient", "{", 400, "line 1"),
        ("POST", "/fhir/Patient", '{"resourceType":"Observation"}', 422, ""),
        ("POST", "/fhir/Patint", '{"resourceType":"Patient"}', 404, "no resource type"),
        ("POST", "/fhir/Patient", '{"resourceType":"Patient","gender":"F"}', 422, ""),
        ("POST", "/fhir/Patient", '{"resourceType":"Patient","resourceType":"Patient"}', 400, ""),
        ("PUT", "/fhir/Patient/a", '{"resourceType":"Patient","id":"b"}', 400, "same id"),
        ("PUT", "/fhir/Patient/a", '{"resourceType":"Patient"}', 400, "no id"),
        ("GET", "/fhir/Patient/a/_history/x", "", 404, "number"),
        ("DELETE", "/fhir", "", 405, "expected one of"),
        ("GET", "/fhir/Patient/a/$nothing", "", 404, "$nothing"),
        ("POST", "/fhir", '{"resourceType":"Patient"}', 400, "batch or transaction"),
        ("GET", "/fhir/Patient?_count=x", "", 400, "_count"),
    ],
)
def test_rubbish_is_refused_in_words(
    fhir: Server, method: str, path: str, body: str, status: int, says: str
) -> None:
    answer = fhir.ask(method, path, content=body or None)
    assert answer.status_code == status, answer.text
    assert says in problem(answer.text)


def test_strangers_are_turned_away(fhir: Server) -> None:
    nobody = fhir.ask("GET", "/fhir/Patient", headers={"Authorization": "Bearer guess"})
    assert (nobody.status_code, nobody.headers["www-authenticate"][:6]) == (401, "Bearer")
    for origin in ("https://evil.example", "null"):
        elsewhere = fhir.ask("GET", "/fhir/Patient", headers={"Origin": origin})
        assert elsewhere.status_code == 403, origin
    for path in ("/fhir/Patient", "/health", "/metrics", "/openapi.json", "/cds-services", "/"):
        named = fhir.ask("GET", path, headers={"Host": "evil.example"})
        assert named.status_code == 403, path


def test_capability_statement_is_valid_and_open(fhir: Server) -> None:
    answer = fhir.ask("GET", "/fhir/metadata", headers={"Authorization": ""})
    assert answer.status_code == 200
    outcome = fhir.ask("POST", "/fhir/CapabilityStatement/$validate", content=answer.text).json()
    assert [i for i in outcome["issue"] if i["severity"] in ("error", "fatal")] == []


def test_acknowledged_writes_survive_a_kill(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with server(folder) as first:
        ids = [created(first, PATIENT)["id"] for _ in range(20)]
        first.kill()
    with server(folder) as second:
        for id in ids:
            assert second.ask("GET", f"/fhir/Patient/{id}").status_code == 200


def test_demo_has_synthetic_people_with_their_medicines(tmp_path: Path) -> None:
    with server(tmp_path / "data", demo=True) as demo:
        people = demo.ask("GET", "/fhir/Patient?_count=500").json()
        assert people["total"] == 200
        for entry in people["entry"]:
            tags = {tag["code"] for tag in entry["resource"]["meta"]["tag"]}
            assert "HTEST" in tags
        orders = demo.ask("GET", "/fhir/MedicationRequest?_count=1").json()["entry"]
        person = orders[0]["resource"]["subject"]["reference"]
        medicines = demo.ask("GET", f"/fhir/{person}/$medication-list").json()
        kinds = [entry["resource"]["resourceType"] for entry in medicines["entry"]]
        assert kinds[0] == "List"
        assert "MedicationStatement" in kinds
    assert not (tmp_path / "data" / "record.db").exists()


def test_database_that_cannot_be_reached_is_told_in_one_line(tmp_path: Path) -> None:
    garrod = Path(sys.executable).with_name("garrod")
    url = "postgresql://nobody@127.0.0.1:1/none"
    command = [str(garrod), "serve", "--data", str(tmp_path), "--database", url]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 14
    assert ran.stderr.splitlines()[-1].startswith("GARROD-STO")
    assert "Traceback" not in ran.stderr


def test_server_listens_on_this_machine_alone(tmp_path: Path) -> None:
    done = ran("serve", "--data", tmp_path, "--host", "0.0.0.0")
    assert (done.returncode, "GARROD-USE010" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"GARROD_ISSUER": "https://id.example", "GARROD_AUDIENCE": "x"}, "GARROD-USE011"),
        ({"GARROD_ISSUER": "http://id.example", "GARROD_AUDIENCE": "x"}, "GARROD-IDP003"),
        ({"GARROD_ISSUER": "https://id.example"}, "GARROD-IDP003"),
    ],
)
def test_server_for_others_needs_its_settings_whole(
    tmp_path: Path, settings: dict[str, str], told: str
) -> None:
    done = ran("serve", "--data", tmp_path, "--host", "0.0.0.0", settings=settings)
    assert done.returncode in (2, 10)
    assert done.stderr.splitlines()[-1].startswith(told)
    assert "Traceback" not in done.stderr


def test_xml_goes_in_and_comes_out(fhir: Server) -> None:
    sent = (
        '<Patient xmlns="http://hl7.org/fhir"><name><family value="Testperson"/></name>'
        '<birthDate value="1950-02-03"/></Patient>'
    )
    media = {"Content-Type": "application/fhir+xml", "Accept": "application/fhir+xml"}
    made = fhir.ask("POST", "/fhir/Patient", content=sent, headers=media)
    assert (made.status_code, "application/fhir+xml" in made.headers["content-type"]) == (201, True)
    assert '<family value="Testperson"/>' in made.text
    wrong = fhir.ask("POST", "/fhir/Patient", content="<Patient", headers=media)
    assert (wrong.status_code, "<OperationOutcome" in wrong.text) == (400, True)


def test_port_that_is_taken_and_a_setting_nobody_knows_are_told_in_one_line(
    fhir: Server, tmp_path: Path
) -> None:
    command = ["serve", "--data", tmp_path, "--port", fhir.base.rpartition(":")[2]]
    taken = ran(*command)
    assert taken.returncode == 10
    assert taken.stderr.splitlines()[-1].startswith("GARROD-INP040: port")
    unknown = ran(*command, settings={"GARROD_TERMINOLOGY": "bogus"})
    assert unknown.returncode == 2
    assert "Traceback" not in unknown.stderr
