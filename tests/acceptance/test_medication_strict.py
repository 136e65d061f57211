"""What the strictest user tries on the medication list, through HTTP, on SQLite and PostgreSQL."""

import os
from collections.abc import Iterator
from itertools import count
from typing import Any

import httpx2 as httpx
import pytest

from tests.contract import servers
from tests.making.desks import Desk, every_line, lines_in, notes_in, parameters, said_of
from tests.making.server import Server, server

RAMIPRIL, AMLODIPINE = "Ramipril 5 mg capsules", "Amlodipine 5 mg tablets"
ONCE, TWICE = "Take 1 capsule by mouth, once a day", "Take 1 capsule by mouth, twice a day"
SETTINGS = ("gp", "hospital", "community-pharmacy", "clinic", "homecare", "person")
_people = count(1)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("strict") / "data"
    if request.param == "sqlite":
        with server(folder) as started:
            yield started
        return
    name = f"garrod_strict_{os.getpid()}"
    with servers.server() as url:
        servers.run(url, f"CREATE DATABASE {name}")
        try:
            with server(folder, database=servers.named(url, name)) as started:
                yield started
        finally:
            servers.run(url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def gp(running: Server) -> Desk:
    return somebody(running)


def somebody(running: Server) -> Desk:
    desk = Desk(running, "gp", f"s{next(_people)}")
    desk.write({"resourceType": "Patient", "id": desk.patient, "active": True})
    return desk


def at(desk: Desk, setting: str) -> Desk:
    return Desk(desk.server, setting, desk.patient)


def begun(desk: Desk, medicine: str = RAMIPRIL, **more: Any) -> tuple[str, str]:
    """Return entity tag and id of a new line."""
    etag = desk.read()[0]
    done = desk.line(etag, **{"act": "begin", "medicine": medicine, "directions": ONCE, **more})
    assert done.status_code == 200, done.text
    return done.headers["etag"], lines_in(done)[medicine]["id"]


def told(answer: httpx.Response) -> str:
    """Return the words of a refusal."""
    return str(answer.json()["issue"][0]["details"]["text"])


def merge(kept: Desk, absorbed: Desk, name: str = "merge", **more: Any) -> httpx.Response:
    two = {
        "source-patient": f"Patient/{absorbed.patient}",
        "target-patient": f"Patient/{kept.patient}",
    }
    return kept.ask("POST", f"Patient/${name}", json=parameters(**two, **more))


def test_every_setting_writes_lines_of_its_own(gp: Desk) -> None:
    for setting in SETTINGS:
        begun(at(gp, setting), f"{setting} 5 mg tablets")
    owners = {said_of(line, "owner") for line in gp.read()[1].values()}
    assert owners == set(SETTINGS)


def test_absorbed_person_is_written_no_more(running: Server) -> None:
    kept, absorbed = somebody(running), somebody(running)
    begun(kept)
    begun(absorbed, AMLODIPINE)
    opened = absorbed.operate("reconcile", step="open", move="admission").json()["parameter"]
    (case,) = [p["valueString"] for p in opened if p["name"] == "reconciliation"]
    assert merge(kept, absorbed, reason="registered twice").status_code == 200
    before, emptied = kept.read(), absorbed.read()[0]
    for again in (
        absorbed.line(emptied, act="begin", medicine="Aspirin 75 mg tablets"),
        absorbed.operate("confirm-medication-list", emptied),
        absorbed.operate("reconcile", step="open", move="admission"),
        absorbed.operate("reconcile", emptied, step="close", reconciliation=case),
    ):
        assert again.status_code == 409
        assert f"merged into Patient/{kept.patient}" in told(again)
    assert kept.read() == before
    assert absorbed.read()[0] == emptied
    undone = merge(kept, absorbed, "unmerge")
    assert undone.status_code == 200
    assert len(undone.json()["issue"]) == 1  # the emptied list is no resource that was moved
    assert set(absorbed.read()[1]) == {AMLODIPINE}


def test_merges_are_undone_from_the_newest(running: Server) -> None:
    first, second, third = somebody(running), somebody(running), somebody(running)
    for desk, medicine in ((first, RAMIPRIL), (second, AMLODIPINE), (third, "Aspirin 75 mg")):
        begun(desk, medicine)
    before = [plain(desk) for desk in (first, second, third)]
    assert merge(first, second, reason="one person").status_code == 200
    assert merge(third, first, reason="one person").status_code == 200
    assert len(third.read()[1]) == 3
    assert merge(first, second, "unmerge").status_code == 409
    assert merge(third, first, "unmerge").status_code == 200
    assert merge(first, second, "unmerge").status_code == 200
    assert [plain(desk) for desk in (first, second, third)] == before
    assert merge(first, second, "unmerge").status_code == 404


def plain(desk: Desk) -> list[dict[str, Any]]:
    """Return the lines of a person without what the server adds."""
    return [{k: v for k, v in line.items() if k != "meta"} for line in desk.read()[1].values()]


def test_line_is_linked_to_nothing_of_another_person(gp: Desk, running: Server) -> None:
    other = somebody(running)
    order = f"{other.patient}-r"
    other.order(order, RAMIPRIL, ONCE)
    etag, line = begun(gp)
    for parts in (
        {"act": "link", "line": line, "link": f"MedicationRequest/{order}"},
        {"act": "begin", "medicine": AMLODIPINE, "link": f"MedicationRequest/{order}"},
    ):
        refused = gp.line(etag, **parts)
        assert refused.status_code == 400
        assert "its own person" in told(refused)
        whole = [parts, *([{"line": line}] if parts["act"] == "begin" else [])]
        assert gp.operate("confirm-medication-list", etag, line=whole).status_code == 400
    gp.line(etag, act="stop", line=line, reason="cough")
    assert gp.ask("GET", f"MedicationRequest/{order}").json()["status"] == "active"


def test_list_is_not_made_past_its_acts(gp: Desk) -> None:
    own = {"resourceType": "List", "id": f"medicines-{gp.patient}", "status": "current"}
    own |= {"mode": "working", "subject": {"reference": f"Patient/{gp.patient}"}}
    refused = gp.ask("PUT", f"List/medicines-{gp.patient}", json=own)
    assert refused.status_code == 400
    assert "belongs to a medication list" in told(refused)
    begun(gp)
    assert every_line(gp.ask("GET", f"Patient/{gp.patient}/$medication-list"))
    assert notes_in(gp.ask("GET", f"Patient/{gp.patient}/$medication-list"))
