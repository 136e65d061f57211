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
    two: dict[str, Any] = {"source-patient": f"Patient/{absorbed.patient}"}
    two["target-patient"] = f"Patient/{kept.patient}"
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
    tried: tuple[dict[str, str], ...] = (
        {"act": "link", "line": line, "link": f"MedicationRequest/{order}"},
        {"act": "begin", "medicine": AMLODIPINE, "link": f"MedicationRequest/{order}"},
    )
    for parts in tried:
        refused = gp.line(etag, **parts)
        assert refused.status_code == 400
        assert "its own person" in told(refused)
        whole = [parts, *([{"line": line}] if parts["act"] == "begin" else [])]
        assert gp.operate("confirm-medication-list", etag, line=whole).status_code == 400
    gp.line(etag, act="stop", line=line, reason="cough")
    assert gp.ask("GET", f"MedicationRequest/{order}").json()["status"] == "active"


def test_list_is_not_made_past_its_acts(gp: Desk) -> None:
    own: dict[str, Any] = {
        "resourceType": "List",
        "id": f"medicines-{gp.patient}",
        "status": "current",
    }
    own |= {"mode": "working", "subject": {"reference": f"Patient/{gp.patient}"}}
    refused = gp.ask("PUT", f"List/medicines-{gp.patient}", json=own)
    assert refused.status_code == 400
    assert "belongs to a medication list" in told(refused)
    begun(gp)
    assert every_line(gp.ask("GET", f"Patient/{gp.patient}/$medication-list"))
    assert notes_in(gp.ask("GET", f"Patient/{gp.patient}/$medication-list"))


def whole(desk: Desk) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Return the entity tag of a list, its Bundle as served, and its first line in there."""
    found = desk.ask("GET", f"Patient/{desk.patient}/$medication-list")
    bundle = found.json()
    entries = [e["resource"] for e in bundle["entry"]]
    line = next(e for e in entries if e["resourceType"] == "MedicationStatement")
    return found.headers["etag"], bundle, line


def put_whole(desk: Desk, etag: str, bundle: dict[str, Any]) -> httpx.Response:
    path = f"Patient/{desk.patient}/$confirm-medication-list"
    return desk.ask("POST", path, json=bundle, headers={"If-Match": etag})


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ({"subject": {"reference": "Patient/somebody-else"}}, "somebody-else"),
        ({"dosge": [{"text": TWICE}]}, "'dosge'"),
        ({"category": {"text": "inpatient"}}, "'category'"),
        ({"extension": []}, "'extension'"),
        ({"basedOn": [{"reference": "MedicationRequest/1"}]}, "'basedOn'"),
        ({"status": "unknown"}, "cannot become 'unknown'"),
        ({"note": [{"text": "as discussed"}]}, "note"),
        ({"statusReason": [{"text": "as discussed"}]}, "statusReason"),
        ({"effectivePeriod": {"start": "2026-01-02", "end": "2026-02-01"}}, "another end"),
        ({"effectivePeriod": {"start": "lately"}}, "no day"),
        ({"medicationCodeableConcept": None}, "names no medicine"),
        ({"reasonCode": [{"text": "heart failure"}]}, "give its reason"),
    ],
)
def test_whole_list_passes_over_no_edit(gp: Desk, edit: dict[str, Any], expected: str) -> None:
    begun(gp, started="2026-01-02")
    etag, bundle, line = whole(gp)
    line |= edit
    for name in [k for k, v in edit.items() if v is None]:
        del line[name]
    refused = put_whole(gp, etag, bundle)
    assert refused.status_code == 400, refused.text
    assert expected in told(refused)
    assert gp.read()[0] == etag


def test_whole_list_changes_what_it_says_and_shows_what_it_takes_away(gp: Desk) -> None:
    begun(gp, started="2026-01-02")
    etag, bundle, line = whole(gp)
    line |= {"reasonCode": [{"text": "heart failure"}], "effectivePeriod": {"start": "2026-01-05"}}
    line |= {"note": [{"text": "asked anew"}]}
    done = put_whole(gp, etag, bundle)
    assert done.status_code == 200, done.text
    now = lines_in(done)[RAMIPRIL]
    assert now["reasonCode"] == [{"text": "heart failure"}]
    assert now["effectivePeriod"] == {"start": "2026-01-05"}
    assert now["dosage"][0]["text"] == ONCE
    etag, bundle, line = whole(gp)
    for name in ("dosage", "reasonCode"):
        del line[name]
    assert put_whole(gp, etag, bundle).status_code == 400  # without a reason nothing is taken away
    line["note"] = [{"text": "not known"}]
    gone = put_whole(gp, etag, bundle)
    assert gone.status_code == 200, gone.text
    said = [note for note in notes_in(gone) if "was taken away" in note]
    assert f"{RAMIPRIL}: directions was taken away ({ONCE})" in said
    assert f"{RAMIPRIL}: reasons was taken away (heart failure)" in said


def test_whole_list_stops_a_line_on_the_day_it_says(gp: Desk) -> None:
    begun(gp, started="2026-01-02")
    etag, bundle, line = whole(gp)
    line |= {"status": "stopped", "statusReason": [{"text": "cough"}]}
    line["effectivePeriod"]["end"] = "2026-02-01"
    done = put_whole(gp, etag, bundle)
    assert done.status_code == 200, done.text
    assert lines_in(done)[RAMIPRIL]["effectivePeriod"]["end"] == "2026-02-01"
    assert gp.read("?asOf=2026-01-20")[1][RAMIPRIL]["status"] == "active"


def test_new_line_of_a_whole_list_loses_nothing(gp: Desk) -> None:
    new: dict[str, Any] = {"resourceType": "MedicationStatement", "status": "active"}
    new |= {
        "medicationCodeableConcept": {"text": RAMIPRIL},
        "context": {"reference": "Encounter/1"},
    }
    bundle: dict[str, Any] = {"resourceType": "Bundle", "entry": [{"resource": new}]}
    refused = put_whole(gp, 'W/"0"', bundle)
    assert refused.status_code == 400
    assert "'context'" in told(refused)


def test_line_that_waits_for_a_day_gone_by_is_told(gp: Desk) -> None:
    _, later = begun(gp, state="future-dated", plannedStart="2999-01-01")
    _, due = begun(gp, AMLODIPINE, state="future-dated", plannedStart="2026-01-01")
    held = {"state": "on-hold", "reason": "kidneys", "resumes": "2026-01-01"}
    etag, waits = begun(gp, "Metformin 500 mg tablets", **held)
    told_of = [note for note in gp.read()[2] if "nobody has said" in note]
    assert [note.split()[1] for note in told_of] == [due, waits]
    assert later not in " ".join(told_of)
    done = gp.line(etag, act="resume", line=waits)
    done = gp.line(done.headers["etag"], act="activate", line=due)
    assert not [note for note in notes_in(done) if "nobody has said" in note]


@pytest.mark.parametrize("act", ["stop", "hold", "complete"])
def test_nothing_is_shown_as_done_before_its_day(gp: Desk, act: str) -> None:
    etag, line = begun(gp)
    parts = {"reason": "x", "resumesWhen": "it is over"} if act == "hold" else {"reason": "x"}
    refused = gp.line(etag, act=act, line=line, effective="2999-01-01", **parts)
    assert refused.status_code == 400
    assert "which is to come" in told(refused)
    assert gp.read()[1][RAMIPRIL]["status"] == "active"
    future = gp.line(etag, act="begin", medicine=AMLODIPINE, effective="2999-01-01")
    assert "future-dated" in told(future)
    asked = gp.ask("GET", f"Patient/{gp.patient}/$medication-list?asKnown=2999-01-01")
    assert asked.status_code == 400


def test_stop_that_is_reversed_names_the_prescriptions_that_stay_cancelled(gp: Desk) -> None:
    order = f"{gp.patient}-r"
    gp.order(order, RAMIPRIL, ONCE)
    etag, lines, _ = gp.read()
    line = lines[RAMIPRIL]["id"]
    stopped = gp.line(etag, act="stop", line=line, reason="cough")
    back = gp.line(stopped.headers["etag"], act="reinstate", line=line, reason="it was the cold")
    assert f"MedicationRequest/{order} stays cancelled" in " ".join(notes_in(back))
    gp.order(f"{order}2", RAMIPRIL, ONCE)
    done = gp.line(gp.read()[0], act="complete", line=line)
    assert done.status_code == 200, done.text
    assert gp.ask("GET", f"MedicationRequest/{order}2").json()["status"] == "cancelled"


def test_private_line_stays_so_through_reconciliation_and_handover(gp: Desk) -> None:
    ward, person = at(gp, "hospital"), at(gp, "person")
    begun(gp)
    etag, own = begun(ward, AMLODIPINE)
    etag, secret = begun(gp, "Naltrexone 50 mg tablets")
    for line in (own, secret):
        etag = person.line(etag, act="mark-private", line=line).headers["etag"]
    opened = ward.operate("reconcile", step="open", move="discharge")
    assert opened.status_code == 201
    assert secret not in opened.text
    assert "Naltrexone" not in opened.text
    assert AMLODIPINE in opened.text
    parts = opened.json()["parameter"]
    (case,) = [p["valueString"] for p in parts if p["name"] == "reconciliation"]
    stop = {"row": f"record:{own}", "choice": "stop", "reason": "swollen ankles"}
    decided = ward.operate("reconcile", step="decide", reconciliation=case, decision=stop)
    assert decided.status_code == 200, decided.text
    path = f"Patient/{gp.patient}/$reconcile?reconciliation={case}"
    seen = gp.ask("GET", path)
    assert AMLODIPINE not in seen.text
    assert RAMIPRIL in seen.text
    for refused in (
        gp.operate("reconcile", step="decide", reconciliation=case, decision=stop),
        gp.operate("reconcile", etag, step="close", reconciliation=case),
    ):
        assert refused.status_code == 400
        assert "open one of your own" in told(refused)
    closed = ward.operate("reconcile", etag, step="close", reconciliation=case, to="gp")
    assert closed.status_code == 200, closed.text
    assert "Naltrexone" not in closed.text
    id = closed.headers["location"].rpartition("/")[2]
    sent = gp.ask("GET", f"Communication/{id}").text
    assert AMLODIPINE not in sent
    assert "Naltrexone" not in sent
    assert person.read()[1][AMLODIPINE]["status"] == "stopped"
    assert person.read()[1]["Naltrexone 50 mg tablets"]["status"] == "active"


def test_private_lines_and_their_list_are_labelled_for_every_reader(gp: Desk) -> None:
    _, open_line = begun(gp)
    etag, secret = begun(gp, "Naltrexone 50 mg tablets")
    plain_list = gp.ask("GET", f"List/medicines-{gp.patient}").json()
    assert "security" not in plain_list["meta"]
    at(gp, "person").line(etag, act="mark-private", line=secret)
    for path in (f"MedicationStatement/{secret}", f"List/medicines-{gp.patient}"):
        codes = [label["code"] for label in gp.ask("GET", path).json()["meta"]["security"]]
        assert codes == ["R", "gp"]
    found = gp.ask("GET", f"MedicationStatement?patient={gp.patient}&_security:not=R").json()
    assert [e["resource"]["id"] for e in found["entry"]] == [open_line]
    at(gp, "person").line(gp.read()[0], act="mark-open", line=secret)
    assert "security" not in gp.ask("GET", f"MedicationStatement/{secret}").json()["meta"]
    assert "security" not in gp.ask("GET", f"List/medicines-{gp.patient}").json()["meta"]


@pytest.mark.parametrize("role", ["receptionist", "Pharmacy Technician", "healthcare_assistant"])
def test_who_never_prescribes_proposes(gp: Desk, role: str) -> None:
    etag, line = begun(gp)
    headers = {"If-Match": etag, "X-Garrod-Role": role}
    path = f"Patient/{gp.patient}/$line"
    tried: tuple[dict[str, str], ...] = (
        {"act": "begin", "medicine": AMLODIPINE},
        {"act": "stop", "line": line, "reason": "x"},
        {"act": "change", "line": line, "directions": TWICE, "reason": "x"},
        {"act": "verify", "line": line},
    )
    for parts in tried:
        refused = gp.ask("POST", path, json=parameters(**parts), headers=headers)
        assert refused.status_code == 403
        assert "as a draft" in told(refused)
    assert gp.read()[0] == etag
    draft = parameters(act="begin", medicine=AMLODIPINE, state="draft")
    proposed = gp.ask("POST", path, json=draft, headers=headers)
    assert proposed.status_code == 200, proposed.text
    mine = lines_in(proposed)[AMLODIPINE]
    assert mine["status"] == "intended"
    headers["If-Match"] = proposed.headers["etag"]
    change = parameters(act="change", line=mine["id"], directions=TWICE, reason="misheard")
    changed = gp.ask("POST", path, json=change, headers=headers)
    assert changed.status_code == 200, changed.text
    headers["If-Match"] = changed.headers["etag"]
    activate = parameters(act="activate", line=mine["id"])
    assert gp.ask("POST", path, json=activate, headers=headers).status_code == 403
    assert gp.line(changed.headers["etag"], act="activate", line=mine["id"]).status_code == 200
