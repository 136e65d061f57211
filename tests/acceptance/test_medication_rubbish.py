"""Rubbish at every operation of the medication list: refused in words, never a fault of ours."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import httpx2 as httpx
import pytest

from tests.making.desk_time import part
from tests.making.desks import Desk, lines_in
from tests.making.server import Server, server

RAMIPRIL = "Ramipril 5 mg capsules"
LINE = (
    *("act", "line", "reason", "resumes", "resumesWhen", "effective", "state", "treatment"),
    *("medicine", "form", "strength", "brand", "dose", "directions", "reasonCode", "started"),
    *("plannedStart", "link", "other", "private"),
)
RECONCILE = ("step", "move", "reconciliation", "source", "decision", "handover", "to")
SOURCE = ("name", "setting", "asOf", "line", "row", "choice", "reason", "resumes", "fromSource")
MERGE = ("source-patient", "target-patient", "reason", "decision")
RUBBISH: Sequence[tuple[str, Any]] = part((
    ("valueString", ""),
    ("valueString", "\u202ey5 lirpimaR"),
    ("valueString", "9" * 5000),
    ("valueCode", "nothing-known"),
    ("valueBoolean", True),
    ("valueDecimal", -1.5),
    ("valueDate", "2026-13-40"),
    ("valueReference", {"reference": "Patient/somebody-else"}),
    ("valueReference", {"reference": ["x"]}),
    ("valueCodeableConcept", {"coding": [{"code": 5}, None]}),
    ("valueCodeableConcept", []),
    ("valueDosage", {"timing": {"repeat": {"frequency": "often"}}}),
    ("part", []),
    ("part", "none"),
    ("part", [{"name": "line", "valueString": {}}]),
    ("resource", {"resourceType": "Patient"}),
))  # fmt: skip
BODIES = (
    b"",
    b"null",
    b"[]",
    b"{}",
    b"\xff\xfe",
    b"[" * 5000,
    b'{"resourceType":"Parameters"}',
    b'{"resourceType":"Parameters","parameter":{}}',
    b'{"resourceType":"Parameters","parameter":[null,1,[]]}',
    b'{"resourceType":"Parameters","parameter":[{"name":{},"valueString":"x"}]}',
    b'{"resourceType":"Bundle","entry":[1,null,{}]}',
    b'{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"MedicationStatement",'
    b'"id":[1],"status":{},"dosage":5}}]}',
    b'{"resourceType":"Parameters","resourceType":"Parameters"}',
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with server(tmp_path_factory.mktemp("rubbish") / "data") as running:
        made = Desk(running, "gp", "r1")
        made.write({"resourceType": "Patient", "id": "r1", "active": True})
        made.line('W/"0"', act="begin", medicine=RAMIPRIL)
        yield made


def is_told(answer: httpx.Response) -> bool:
    """Return whether an answer is of success, or a refusal that says why."""
    if answer.status_code < 400:
        return True
    told = answer.json()
    is_ours = told["resourceType"] == "OperationOutcome"
    return is_ours and answer.status_code < 500 and bool(told["issue"][0]["details"]["text"])


def sent(desk: Desk, name: str, parts: list[dict[str, Any]], path: str = "") -> httpx.Response:
    body = {"resourceType": "Parameters", "parameter": parts}
    headers = {"If-Match": desk.read()[0]}
    where = path or f"Patient/{desk.patient}"
    return desk.ask("POST", f"{where}/${name}", content=json.dumps(body), headers=headers)


def said(**parts: str) -> list[dict[str, Any]]:
    return [{"name": name, "valueString": value} for name, value in parts.items()]


def untold(desk: Desk, name: str, fields: tuple[str, ...], *bases: dict[str, str]) -> list[str]:
    """Return the requests whose answer was a fault, or said nothing."""
    found = []
    for field in fields:
        for kind, value in RUBBISH:
            for base in bases:
                rest = {k: v for k, v in base.items() if k != field}
                path = "Patient" if "merge" in name else ""
                answer = sent(desk, name, [*said(**rest), {"name": field, kind: value}], path)
                if not is_told(answer):
                    found.append(f"{field} {kind} {value!r} {rest}: {answer.status_code}")
    return found


def test_no_rubbish_in_a_line_is_a_fault(desk: Desk) -> None:
    line = next(iter(desk.read()[1].values()))["id"]
    change = {"act": "change", "line": line, "reason": "r"}
    begin = {"act": "begin", "medicine": "Zolpidem 5 mg tablets"}
    assert untold(desk, "line", LINE, change, begin) == []


def test_no_rubbish_in_a_reconciliation_is_a_fault(desk: Desk) -> None:
    steps = ({"step": "open", "move": "admission"}, {"step": "decide"}, {"step": "close"})
    assert untold(desk, "reconcile", RECONCILE, *steps) == []
    found = []
    for step, holder in (("open", "source"), ("decide", "decision")):
        base = said(step=step, move="admission")
        for field in SOURCE:
            for kind, value in RUBBISH:
                part = {"name": holder, "part": [{"name": field, kind: value}]}
                answer = sent(desk, "reconcile", [*base, part])
                found += [] if is_told(answer) else [f"{holder}.{field} {kind} {value!r}"]
    assert found == []


def test_no_rubbish_in_whole_lists_pairs_and_merges_is_a_fault(desk: Desk) -> None:
    assert untold(desk, "confirm-medication-list", ("line",), {}) == []
    assert untold(desk, "medication-duplicates", ("line", "reason"), {}, {"reason": "x"}) == []
    two = {"source-patient": "r1", "target-patient": "nobody", "reason": "x"}
    for name in ("merge", "unmerge"):
        assert untold(desk, name, MERGE, {}, two) == []


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_no_body_is_a_fault(desk: Desk, body: bytes) -> None:
    etag = desk.read()[0]
    names = ("line", "confirm-medication-list", "reconcile", "medication-duplicates")
    for path in (*(f"Patient/r1/${name}" for name in names), "Patient/$merge", "Patient/$unmerge"):
        answer = desk.ask("POST", path, content=body, headers={"If-Match": etag})
        assert answer.status_code < 500, (path, answer.text)
        assert answer.status_code >= 400, (path, answer.text)
        assert is_told(answer)
    assert desk.read()[0] == etag


@pytest.mark.parametrize(
    "question",
    [
        "$medication-list?asOf=soon",
        "$medication-list?asOf=2026-01-01&asOf=2027-01-01",
        "$medication-list?colour=red",
        "$medication-duplicates?line=1",
        "$reconcile",
        "$reconcile?reconciliation=%00",
        "$medication-list?asKnown=0000-00-00",
    ],
)
def test_question_that_is_not_understood_is_refused(desk: Desk, question: str) -> None:
    answer = desk.ask("GET", f"Patient/r1/{question}")
    assert answer.status_code in (400, 404)
    assert is_told(answer)


@pytest.mark.parametrize("id", ["%00", "x" * 300, "%F0%9F%98%80", "..", "nobody"])
def test_list_of_an_impossible_person_is_not_found(desk: Desk, id: str) -> None:
    answer = desk.ask("GET", f"Patient/{id}/$medication-list")
    assert answer.status_code == 404
    assert is_told(answer)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([{"name": "reason", "valueString": "a"}, {"name": "reason", "valueString": "b"}], "times"),
        ([{"name": "private", "valueString": "yes"}], "true or false"),
        ([{"name": "dose", "valueDosage": {}}], "cannot be kept"),
        ([{"name": "directions", "valueString": "Take \u202e10\u202c"}], "character"),
        ([{"name": "reasonCode", "valueInteger": 5}], "'reasonCode'"),
    ],
)
def test_what_would_be_lost_or_misread_is_refused(
    desk: Desk, parts: list[dict[str, Any]], expected: str
) -> None:
    etag = desk.read()[0]
    answer = sent(desk, "line", [*said(act="begin", medicine="Aspirin 75 mg tablets"), *parts])
    assert answer.status_code == 400
    assert expected in answer.json()["issue"][0]["details"]["text"]
    assert desk.read()[0] == etag


def test_list_of_a_thousand_lines_is_confirmed_whole(desk: Desk) -> None:
    many = Desk(desk.server, "gp", "r2")
    many.write({"resourceType": "Patient", "id": "r2", "active": True})
    new = [{"act": "begin", "medicine": f"Drug{n} {n} mg tablets"} for n in range(1, 1001)]
    done = many.operate("confirm-medication-list", 'W/"0"', line=new)
    assert done.status_code == 200, done.text[:300]
    assert len(lines_in(done)) == 1000
    assert many.operate("confirm-medication-list", done.headers["etag"]).status_code == 400


def test_words_in_every_script_are_kept_as_they_are(desk: Desk) -> None:
    own = Desk(desk.server, "person", "r3")
    own.write({"resourceType": "Patient", "id": "r3", "active": True})
    words = "ابونيروفين 200 مجم · イブプロフェン · 💊"
    done = own.line('W/"0"', act="begin", medicine=words, directions="Zażyj 1 tabletkę — μg")
    assert done.status_code == 200, done.text
    assert list(own.read()[1]) == [words]
    assert own.read()[1][words]["dosage"][0]["text"] == "Zażyj 1 tabletkę — μg"


def server_is_well(running: Server) -> bool:
    return running.client.get(f"{running.base}/health").status_code == 200


def test_server_is_well_after_all_of_it(desk: Desk) -> None:
    assert server_is_well(desk.server)
