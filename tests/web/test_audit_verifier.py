"""The verifier that runs in a browser agrees with ours: on a real log, and on RFC 6962 vectors."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from garrod.adapters.audit.proofs import holds
from tests.making.server import TOKEN, Server, server

pytestmark = pytest.mark.browser
ASK = """async ([module, act, ...given]) => (await import(module))[act](...given)"""
GET = """async ([path, token]) =>
  (await fetch(path, {headers: {Authorization: `Bearer ${token}`}})).json()"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("verifier") / "data") as found:
        yield found


@pytest.fixture(scope="module")
def page(chromium: Any, running: Server) -> Iterator[Any]:
    """Yield a page of the server's own, under its policy of what scripts may run."""
    found = chromium.new_page()
    found.goto(f"{running.base}/sign-in")
    yield found
    found.close()


def asked(page: Any, running: Server, act: str, *given: object) -> Any:
    return page.evaluate(ASK, [f"{running.base}/static/audit.js", act, *given])


def test_entry_of_a_person_is_proved_in_the_browser(page: Any, running: Server) -> None:
    made = running.ask("POST", "/fhir/Patient", json={"resourceType": "Patient"}).json()["id"]
    for _ in range(5):
        running.ask("GET", f"/fhir/Patient/{made}")
    history = page.evaluate(GET, [f"/audit/people/{made}", TOKEN])
    head = page.evaluate(GET, ["/audit/head", TOKEN])
    assert len(history["entries"]) == 6
    for one in history["entries"]:
        path = f"/audit/proof/inclusion?index={one['index']}&size={head['size']}"
        proof = page.evaluate(GET, [path, TOKEN])
        found = asked(page, running, "verifyEntry", one["entry"], proof, head)
        assert found["valid"] is True, found["why"]
        bent = one["entry"].replace("local", "nobody")
        assert asked(page, running, "verifyEntry", bent, proof, head)["valid"] is False
    for field, other in (("size", head["size"] + 1), ("at", "2001-01-01"), ("origin", "another")):
        assert asked(page, running, "verifyHead", head | {field: other}) is False
    key = dict.fromkeys(head["public_keys"], head["signature"][:44])
    assert asked(page, running, "verifyHead", head | {"public_keys": key}) is False


@pytest.mark.shared
def test_browser_judges_all_vectors_as_we_do(page: Any, running: Server, shared: Path) -> None:
    files = sorted((shared / "trust/merkle_rfc6962").glob("*/*/*.json"))
    wrong = []
    for file in files:
        proof = json.loads(file.read_bytes())
        act = "verifyInclusion" if "leafIdx" in proof else "verifyConsistency"
        if asked(page, running, act, proof) is not holds(file.read_bytes()):
            wrong.append(file.name)
    assert len(files) == 96
    assert wrong == []
