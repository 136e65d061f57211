"""The doors of the medication list: what is refused, kept once, hidden, doubled, merged, undone."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from typing import Any

import httpx2 as httpx
import pytest

from tests.making.desks import Desk, every_line, lines_in, notes_in, parameters, said_of
from tests.making.server import JSON, Server, server

RAMIPRIL, AMLODIPINE = "Ramipril 5 mg capsules", "Amlodipine 5 mg tablets"
ONCE, TWICE = "Take 1 capsule by mouth, once a day", "Take 1 capsule by mouth, twice a day"
_people = count(1)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("doors") / "data") as started:
        yield started


@pytest.fixture
def gp(running: Server) -> Desk:
    return somebody(running)


def somebody(running: Server) -> Desk:
    desk = Desk(running, "gp", f"p{next(_people)}")
    desk.write({"resourceType": "Patient", "id": desk.patient, "active": True})
    return desk


def at(desk: Desk, setting: str) -> Desk:
    return Desk(desk.server, setting, desk.patient)


def begun(desk: Desk, medicine: str = RAMIPRIL, **more: Any) -> tuple[str, str]:
    """Return entity tag and id of a new line."""
    etag = desk.read()[0]
    done = desk.line(etag, act="begin", medicine=medicine, directions=ONCE, **more)
    assert done.status_code == 200, done.text
    return done.headers["etag"], lines_in(done)[medicine]["id"]


def test_list_of_nobody_is_not_found(running: Server) -> None:
    nobody = Desk(running, "gp", "nobody")
    assert nobody.ask("GET", "Patient/nobody/$medication-list").status_code == 404
    assert nobody.line('W/"0"', act="begin", medicine=RAMIPRIL).status_code == 404


def test_write_without_a_version_is_refused(gp: Desk) -> None:
    refused = gp.line("", act="begin", medicine=RAMIPRIL)
    assert refused.status_code == 428
    assert "ETag" in refused.json()["issue"][0]["details"]["text"]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"act": "fly"}, "'act' must be one of"),
        ({"act": "begin"}, "'medicine'"),
        ({"act": "begin", "medicine": RAMIPRIL, "colour": "red"}, "no parameter 'colour'"),
        ({"act": "begin", "medicine": RAMIPRIL, "started": "soon"}, "a date such as"),
        ({"act": "stop", "line": "none", "reason": "x"}, "not in the list"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(
    gp: Desk, parts: dict[str, str], expected: str
) -> None:
    refused = gp.line('W/"0"', **parts)
    assert refused.status_code == 400
    assert expected in refused.json()["issue"][0]["details"]["text"]


def test_one_key_does_one_thing(gp: Desk) -> None:
    etag, _ = begun(gp)
    first = gp.operate("line", etag, "k1", act="begin", medicine=AMLODIPINE)
    again = gp.operate("line", etag, "k1", act="begin", medicine=AMLODIPINE)
    assert again.status_code == 200
    assert again.headers["etag"] == first.headers["etag"]
    other = gp.operate("line", etag, "k1", act="begin", medicine="Aspirin 75 mg tablets")
    assert other.status_code == 409
    assert len(every_line(gp.ask("GET", f"Patient/{gp.patient}/$medication-list"))) == 2


def test_whole_list_is_confirmed_or_nothing(gp: Desk) -> None:
    _, first = begun(gp)
    etag, second = begun(gp, AMLODIPINE)
    left_out = gp.operate("confirm-medication-list", etag, line=[{"line": first}])
    assert left_out.status_code == 400
    assert f"line {second} is left out" in left_out.text
    wrong = [{"line": first, "act": "stop", "reason": "cough"}, {"line": second, "act": "stop"}]
    assert gp.operate("confirm-medication-list", etag, line=wrong).status_code == 400
    assert gp.read()[0] == etag
    assert gp.read()[1][RAMIPRIL]["status"] == "active"


def test_whole_list_is_confirmed_as_a_bundle(gp: Desk) -> None:
    begun(gp)
    etag, second = begun(gp, AMLODIPINE)
    path = f"Patient/{gp.patient}/$confirm-medication-list"
    bundle = gp.ask("GET", f"Patient/{gp.patient}/$medication-list").json()
    same = gp.ask("POST", path, json=bundle, headers={"If-Match": etag})
    assert same.status_code == 200, same.text
    assert {e["flag"]["text"] for e in same.json()["entry"][0]["resource"]["entry"]} == {
        "unchanged"
    }
    lines = [e["resource"] for e in bundle["entry"] if e["resource"].get("id") == second]
    lines[0] |= {"status": "stopped", "statusReason": [{"text": "swollen ankles"}]}
    new = {"resourceType": "MedicationStatement", "status": "active"}
    new |= {"medicationCodeableConcept": {"text": "Aspirin 75 mg tablets"}, "dosage": []}
    new |= {"subject": {"reference": f"Patient/{gp.patient}"}}
    bundle["entry"].append({"resource": {k: v for k, v in new.items() if v}})
    stale = gp.ask("POST", path, json=bundle, headers={"If-Match": etag})
    assert stale.status_code == 412
    done = gp.ask("POST", path, json=bundle, headers={"If-Match": same.headers["etag"]})
    assert done.status_code == 200, done.text
    assert {k: v["status"] for k, v in lines_in(done).items()} == {
        RAMIPRIL: "active",
        AMLODIPINE: "stopped",
        "Aspirin 75 mg tablets": "active",
    }
    changed = gp.ask("GET", f"Patient/{gp.patient}/$medication-list").json()
    for entry in changed["entry"]:
        if entry["resource"].get("medicationCodeableConcept", {}).get("text") == RAMIPRIL:
            entry["resource"]["dosage"] = [{"text": TWICE}]
            entry["resource"]["note"] = [{"text": "blood pressure is high"}]
    more = gp.ask("POST", path, json=changed, headers={"If-Match": done.headers["etag"]})
    assert more.status_code == 200, more.text
    assert lines_in(more)[RAMIPRIL]["dosage"][0]["text"] == TWICE


def test_stop_is_reversed_with_its_history(gp: Desk) -> None:
    etag, line = begun(gp)
    etag = gp.line(etag, act="stop", line=line, reason="cough").headers["etag"]
    done = gp.line(etag, act="reinstate", line=line, reason="it was the cold")
    now = lines_in(done)[RAMIPRIL]
    assert now["status"] == "active"
    (history,) = [e for e in now["extension"] if e["url"].endswith("-history")]
    acts = [s["extension"][0]["valueCode"] for s in history["extension"]]
    assert acts == ["begin", "stop", "reinstate"]


def test_lines_and_lists_are_not_written_past_their_acts(gp: Desk) -> None:
    _, line = begun(gp)
    stored = gp.ask("GET", f"MedicationStatement/{line}").json()
    assert gp.ask("PUT", f"MedicationStatement/{line}", json=stored).status_code == 400
    assert gp.ask("DELETE", f"MedicationStatement/{line}").status_code == 400
    assert gp.ask("DELETE", f"List/medicines-{gp.patient}").status_code == 400
    plain = {k: v for k, v in stored.items() if k != "extension"}
    assert gp.ask("PUT", f"MedicationStatement/{line}", json=plain).status_code == 400
    assert "REC120" in gp.ask("POST", "MedicationStatement", json=stored).text


def test_order_that_fails_leaves_the_list_alone(gp: Desk) -> None:
    etag, _ = begun(gp)
    entries = [
        {
            "resource": {
                "resourceType": "MedicationRequest",
                "status": "active",
                "intent": "order",
                "medicationCodeableConcept": {"text": AMLODIPINE},
                "subject": {"reference": f"Patient/{gp.patient}"},
            },
            "request": {"method": "POST", "url": "MedicationRequest"},
        },
        {
            "resource": {"resourceType": "Patient", "id": gp.patient},
            "request": {"method": "PUT", "url": f"Patient/{gp.patient}", "ifMatch": 'W/"9"'},
        },
    ]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    assert gp.ask("POST", "", json=bundle).status_code == 412
    assert gp.read()[0] == etag
    entries.pop()
    assert gp.ask("POST", "", json=bundle).status_code == 200
    assert AMLODIPINE in gp.read()[1]


def test_order_of_another_dose_changes_the_line_of_its_own_setting(gp: Desk) -> None:
    gp.order("o1", RAMIPRIL, ONCE)
    gp.order("o2", RAMIPRIL, TWICE)
    found = every_line(gp.ask("GET", f"Patient/{gp.patient}/$medication-list"))
    (line,) = found
    assert line["dosage"][0]["text"] == TWICE
    assert [b["reference"] for b in line["basedOn"]] == [
        "MedicationRequest/o1",
        "MedicationRequest/o2",
    ]


def test_order_of_another_setting_stands_beside_it_or_supersedes_it(gp: Desk) -> None:
    gp.order(f"{gp.patient}-gp", RAMIPRIL, ONCE)
    hospital = {"category": [{"coding": [{"code": "inpatient"}]}]}
    gp.order(f"{gp.patient}-own", RAMIPRIL, TWICE, **hospital)
    found = every_line(gp.ask("GET", f"Patient/{gp.patient}/$medication-list"))
    assert len(found) == 2  # nothing says that it is the same therapy: shown as a duplicate
    based = {"basedOn": [{"reference": f"MedicationRequest/{gp.patient}-gp"}]}
    gp.order(f"{gp.patient}-on", RAMIPRIL, TWICE, **hospital, **based)
    found = every_line(gp.ask("GET", f"Patient/{gp.patient}/$medication-list"))
    (new,) = [x for x in found if said_of(x, "supersedes")]
    assert said_of(new, "owner") == "hospital"
    (old,) = [x for x in found if said_of(x, "supersededBy") == new["id"]]
    assert old["status"] == "completed"


def test_prescription_that_is_used_up_ends_no_therapy(gp: Desk) -> None:
    gp.order(f"{gp.patient}-a", RAMIPRIL, ONCE)
    gp.order(f"{gp.patient}-a", RAMIPRIL, ONCE, status="completed")
    assert gp.read()[1][RAMIPRIL]["status"] == "active"
    gp.order(f"{gp.patient}-a", RAMIPRIL, ONCE, status="stopped", statusReason={"text": "cough"})
    assert gp.read()[1][RAMIPRIL]["statusReason"] == [{"text": "cough"}]


def test_stop_that_is_heard_recalls_prescriptions_too(gp: Desk) -> None:
    order, supply = f"{gp.patient}-r", f"{gp.patient}-s"
    gp.order(order, RAMIPRIL, ONCE)
    gp.order(supply, RAMIPRIL, ONCE)
    at(gp, "community-pharmacy").supply(f"{gp.patient}-d", supply, RAMIPRIL, "in-progress")
    gp.write(
        {
            "resourceType": "MedicationStatement",
            "id": f"{gp.patient}-stop",
            "status": "stopped",
            "basedOn": [{"reference": f"MedicationRequest/{order}"}],
            "medicationCodeableConcept": {"text": RAMIPRIL},
            "subject": {"reference": f"Patient/{gp.patient}"},
            "effectivePeriod": {"end": "2026-03-01"},
        }
    )
    assert gp.read()[1][RAMIPRIL]["effectivePeriod"]["end"] == "2026-03-01"
    assert gp.ask("GET", f"MedicationRequest/{order}").json()["status"] == "cancelled"
    (task,) = gp.ask("GET", f"Task?patient=Patient/{gp.patient}").json()["entry"]
    assert f"MedicationRequest/{supply}: it is with" in task["resource"]["description"]


def test_line_in_error_recalls_its_prescriptions_and_a_withdrawn_one_does_not(gp: Desk) -> None:
    order, ward = f"{gp.patient}-r", at(gp, "hospital")
    gp.order(order, RAMIPRIL, ONCE)
    etag, lines, _ = gp.read()
    mine = lines[RAMIPRIL]["id"]
    held = ward.line(etag, act="stop", line=mine, reason="wrong person")
    assert gp.ask("GET", f"MedicationRequest/{order}").json()["status"] == "cancelled"
    gp.order(order, RAMIPRIL, ONCE)
    etag, lines, _ = gp.read()
    theirs = lines_in(held)[RAMIPRIL]["id"]
    back = ward.line(gp.read()[0], act="mark-error", line=theirs, reason="the right person")
    assert back.status_code == 200, back.text
    assert gp.ask("GET", f"MedicationRequest/{order}").json()["status"] == "active"
    mine_again = gp.line(gp.read()[0], act="mark-error", line=mine, reason="never taken")
    assert mine_again.status_code == 200, mine_again.text
    assert gp.ask("GET", f"MedicationRequest/{order}").json()["status"] == "cancelled"


def test_private_line_is_counted_and_not_shown(gp: Desk) -> None:
    person, ward = at(gp, "person"), at(gp, "hospital")
    etag, line = begun(gp)
    done = person.line(etag, act="mark-private", line=line)
    assert done.status_code == 200, done.text
    _, lines, notes = ward.read()
    assert lines == {}
    assert "1 line is hidden by the person's consent" in notes
    assert RAMIPRIL in gp.read()[1]
    assert RAMIPRIL in person.read()[1]
    body = ward.ask("GET", f"Patient/{gp.patient}/$medication-list").text
    assert line not in body
    refused = ward.line(done.headers["etag"], act="stop", line=line, reason="x")
    assert refused.status_code == 400


def test_duplicates_are_shown_and_a_reason_is_kept(gp: Desk) -> None:
    _, first = begun(gp, "Aspirin 75 mg tablets")
    etag, second = begun(gp, "Aspirin 300 mg tablets")
    path = f"Patient/{gp.patient}/$medication-duplicates"
    (issue,) = [e["resource"] for e in gp.ask("GET", path).json()["entry"]]
    assert issue["status"] == "preliminary"
    assert "same ingredient" in issue["detail"]
    none = gp.operate("medication-duplicates", etag, line=[first, second])
    assert none.status_code == 400
    kept = gp.operate("medication-duplicates", etag, line=[first, second], reason="loading dose")
    (issue,) = [e["resource"] for e in kept.json()["entry"]]
    assert issue["status"] == "final"
    assert issue["mitigation"][0]["action"]["text"] == "loading dose"
    late = gp.operate("medication-duplicates", etag, line=[first, second], reason="again")
    assert late.status_code == 412


def test_list_as_it_was_true_on_a_day(gp: Desk) -> None:
    etag, line = begun(gp, effective="2026-01-10T09:00:00Z")
    gp.line(etag, act="stop", line=line, reason="cough", effective="2026-03-01")
    assert RAMIPRIL in gp.read("?asOf=2026-02-01")[1]
    assert gp.read("?asOf=2026-02-01")[1][RAMIPRIL]["status"] == "active"
    assert gp.read("?asOf=2025-12-31")[1] == {}
    assert gp.read("?asOf=2026-03-02")[1][RAMIPRIL]["status"] == "stopped"
    assert gp.read("?asKnown=2025-12-31")[1] == {}
    refused = gp.ask("GET", f"Patient/{gp.patient}/$medication-list?asof=2026-01-01")
    assert refused.status_code == 400


def merged(running: Server) -> tuple[Desk, Desk, str]:
    kept, absorbed = somebody(running), somebody(running)
    kept.order(f"{kept.patient}-k", RAMIPRIL, ONCE)
    absorbed.order(f"{absorbed.patient}-a", AMLODIPINE, ONCE)
    return kept, absorbed, absorbed.ask("GET", f"MedicationRequest/{absorbed.patient}-a").text


def ask_merge(kept: Desk, absorbed: Desk, name: str = "merge", **more: Any) -> Any:
    body = parameters(
        **{"source-patient": f"Patient/{absorbed.patient}"},
        **{"target-patient": f"Patient/{kept.patient}"},
        **more,
    )
    return kept.ask("POST", f"Patient/${name}", json=body)


def plain(resource: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in resource.items() if k != "meta"}


def test_two_people_are_made_one_and_two_again(running: Server) -> None:
    kept, absorbed, _ = merged(running)
    before = {
        d.patient: (d.read()[1], d.ask("GET", f"Patient/{d.patient}").json())
        for d in (kept, absorbed)
    }
    done = ask_merge(kept, absorbed, reason="registered twice")
    assert done.status_code == 200, done.text
    assert ask_merge(kept, absorbed, reason="registered twice").text == done.text
    assert set(kept.read()[1]) == {RAMIPRIL, AMLODIPINE}
    _, lines, notes = absorbed.read()
    assert lines == {}
    assert f"merged into Patient/{kept.patient}: read that list" in notes
    moved = kept.ask("GET", f"MedicationRequest/{absorbed.patient}-a").json()
    assert moved["subject"]["reference"] == f"Patient/{kept.patient}"
    assert kept.ask("GET", f"Patient/{absorbed.patient}").json()["active"] is False
    late = {"subject": {"reference": f"Patient/{absorbed.patient}"}}
    refused = kept.ask("PUT", "MedicationRequest/late", json={**plain(moved), "id": "late", **late})
    assert refused.status_code == 409
    assert ask_merge(kept, absorbed, "unmerge").status_code == 200
    for desk in (kept, absorbed):
        lines, person = before[desk.patient]
        now = desk.read()[1]
        assert {k: plain(v) for k, v in now.items()} == {k: plain(v) for k, v in lines.items()}
        assert plain(desk.ask("GET", f"Patient/{desk.patient}").json()) == plain(person)
    assert ask_merge(kept, absorbed, "unmerge").status_code == 404


def test_what_came_since_the_merge_waits_for_a_decision(running: Server) -> None:
    kept, absorbed, _ = merged(running)
    ask_merge(kept, absorbed, reason="registered twice")
    etag, lines, _ = kept.read()
    changed = kept.line(etag, act="stop", line=lines[AMLODIPINE]["id"], reason="swollen ankles")
    new = kept.line(changed.headers["etag"], act="begin", medicine="Aspirin 75 mg tablets")
    waiting = ask_merge(kept, absorbed, "unmerge")
    assert waiting.status_code == 409
    keys = [i["diagnostics"] for i in waiting.json()["issue"][1:]]
    assert keys == [lines[AMLODIPINE]["id"], lines_in(new)["Aspirin 75 mg tablets"]["id"]]
    assert set(kept.read()[1]) == {RAMIPRIL, AMLODIPINE, "Aspirin 75 mg tablets"}
    decisions = [{"line": keys[0], "whose": "neither"}, {"line": keys[1], "whose": "absorbed"}]
    done = ask_merge(kept, absorbed, "unmerge", decision=decisions)
    assert done.status_code == 200, done.text
    assert set(kept.read()[1]) == {RAMIPRIL}
    assert set(absorbed.read()[1]) == {AMLODIPINE, "Aspirin 75 mg tablets"}
    assert absorbed.read()[1][AMLODIPINE]["status"] == "active"


def test_closed_reconciliation_stays_closed(gp: Desk) -> None:
    begun(gp)
    opened = gp.operate("reconcile", step="open", move="transfer")
    case = opened.json()["parameter"][0]["valueString"]
    shown = gp.ask("GET", f"Patient/{gp.patient}/$reconcile?reconciliation={case}")
    assert shown.json() == opened.json()
    closed = gp.operate("reconcile", gp.read()[0], step="close", reconciliation=case)
    assert closed.status_code == 200, closed.text
    assert any(n.startswith("not decided at transfer") for n in notes_in(closed))
    again = gp.operate("reconcile", gp.read()[0], step="close", reconciliation=case)
    assert again.status_code == 409
    assert gp.ask("GET", f"Task/{case}").json()["status"] == "on-hold"
    assert gp.ask("DELETE", f"Task/{case}").status_code == 400


def test_of_eight_writers_on_one_version_one_wins_and_nothing_is_lost(gp: Desk) -> None:
    etag, line = begun(gp)
    path = f"{gp.server.base}/fhir/Patient/{gp.patient}/$line"
    headers = {**gp.server.client.headers, "If-Match": etag, "Content-Type": JSON}

    def write(number: int) -> int:
        body = parameters(
            act="change", line=line, reason="r", directions=f"Take {number + 2} daily"
        )
        with httpx.Client(headers=headers, timeout=30) as client:
            return client.post(path, json=body).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(write, range(8)))
    assert answers == [200, *[412] * 7]
    now = gp.read()
    assert now[0] == 'W/"2"'
    (history,) = [e for e in now[1][RAMIPRIL]["extension"] if e["url"].endswith("-history")]
    assert len(history["extension"]) == 2


def test_orders_written_at_once_are_all_followed(gp: Desk) -> None:
    def order(number: int) -> None:
        headers = dict(gp.server.client.headers)
        with httpx.Client(headers=headers, timeout=30) as client:
            own = Desk(replace(gp.server, client=client), "gp", gp.patient)
            own.order(f"{gp.patient}-{number}", f"Medicine{number} 5 mg tablets", ONCE)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(order, range(16)))
    assert len(gp.read()[1]) == 16
