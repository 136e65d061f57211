"""The worklist: whose a task is, how it is counted and sorted, and what is done to it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import orjson
import pytest

from garrod.care.govern.access import LOCAL, Actor
from garrod.core.errors import InputError
from garrod.entry.web.today.acting import (
    Form,
    changed,
    faults_of,
    form_of,
    is_done_already,
    is_own_end,
)
from garrod.entry.web.today.presenter import NOTHING, PAGE, SHOWN, Shown, worklist_of
from garrod.entry.web.today.reading import asked_row
from garrod.entry.web.today.sorts import SORTS, Item, is_theirs, item_of, sort_of
from garrod.entry.web.today.tasks import differences, task_page
from garrod.entry.web.today.view import Section

Json = dict[str, Any]
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
TODAY = NOW.date()
ROOT = "https://garrod.health/fhir"
PRIYA = Actor("Practitioner/priya", role="prescriber")
FEMI = Actor("Practitioner/femi", role="pharmacist")


def task(code: str = "monitor", owner: str = "monitoring", **more: Any) -> Json:
    return {
        "resourceType": "Task",
        "id": "t1",
        "status": "requested",
        "intent": "order",
        "code": {"coding": [{"system": f"{ROOT}/record-code", "code": code}], "text": "Do it"},
        "for": {"reference": "Patient/p"},
        "owner": {"identifier": {"system": f"{ROOT}/owner", "value": owner}},
        **more,
    }


def due(day: str, **more: Any) -> Json:
    return task(restriction={"period": {"end": day}}, **more)


@pytest.mark.parametrize(
    ("code", "sort"),
    [("monitor", "monitoring"), ("advice-urgent", "changed"), ("check-result", "laboratory"),
     ("pharmacist-review", "queries"), ("recall-prescription", "recall"),
     ("break-glass-review", "emergency"), ("unheard-of", "other")],
)  # fmt: skip
def test_task_stands_under_what_it_is(code: str, sort: str) -> None:
    assert sort_of(task(code)) == sort
    assert sort in SORTS


def test_hard_stop_that_was_overruled_is_told_from_other_monitoring() -> None:
    card = {"reference": "DetectedIssue/card-1"}
    assert sort_of(task(focus=card, priority="urgent")) == "overruled"
    assert sort_of(task(focus=card, priority="routine")) == "monitoring"


@pytest.mark.parametrize(
    ("owner", "actor", "is_mine"),
    [("monitoring", PRIYA, True), ("monitoring", FEMI, False), ("pharmacist", FEMI, True),
     ("Practitioner/femi", FEMI, True), ("laboratory", PRIYA, False), ("laboratory", LOCAL, True)],
)  # fmt: skip
def test_tasks_are_of_the_team_that_owns_them(owner: str, actor: Actor, is_mine: bool) -> None:
    one = task(owner=owner)
    assert is_theirs(one, item_of(one), actor) is is_mine


def test_tasks_are_theirs_who_asked_who_are_named_and_nobodys_of_those_who_prescribe() -> None:
    asked = task(owner="laboratory", requester={"display": PRIYA.id})
    assert is_theirs(asked, item_of(asked), PRIYA)
    named = {**task(), "owner": {"reference": FEMI.id}}
    assert is_theirs(named, item_of(named), FEMI)
    nobodys = {**task("recall-prescription"), "owner": {}}
    nurse = Actor("Practitioner/n", role="nurse")
    assert [is_theirs(nobodys, item_of(nobodys), a) for a in (PRIYA, nurse)] == [True, False]


def shown(**more: Any) -> Shown:
    return Shown(**{"role": "prescriber", "whose": "", "sort": "", "page": 1, "today": TODAY,
                    "names": {"p": "Ada"}, **more})  # fmt: skip


def items(*days: str) -> list[Item]:
    return [item_of({**due(day), "id": f"t{n}"}) for n, day in enumerate(days)]


def test_what_is_due_first_stands_first_and_is_counted() -> None:
    some = items("2026-12-01", "2026-11-28", "2026-11-25", "2027-03-01", "")
    found = worklist_of(some, some, shown())
    assert [number for number, _ in found.counts] == ["5", "1", "1", "1"]
    (section,) = found.sections
    assert [row.state for row in section.rows] == ["Overdue", "Today", "", "", ""]
    assert section.rows[-1].due == "no day was set"
    assert section.rows[0].person == "Ada"
    assert found.whose == ()


def test_long_section_is_cut_and_paged() -> None:
    some = items(*["2026-12-01"] * (PAGE + 3))
    found = worklist_of(some, some, shown())
    assert (len(found.sections[0].rows), found.sections[0].more) == (
        SHOWN,
        "/today?sort=monitoring",
    )
    alone = [worklist_of(some, some, shown(sort="monitoring", page=n)).sections[0] for n in (1, 9)]
    assert [len(section.rows) for section in alone] == [PAGE, 3]
    assert (alone[0].newer, alone[1].older) == ("", "")
    assert alone[0].older == "/today?sort=monitoring&page=2"


def test_empty_list_says_so_and_others_are_one_click_away() -> None:
    found = worklist_of([], items(""), shown())
    assert found.note == NOTHING
    assert [words for _, words, _ in found.whose] == ["Yours (0)", "Everybody’s (1)"]
    cut = worklist_of(items(""), items(""), shown(is_whole=False))
    assert "first 1" in cut.note


def test_empty_list_says_what_would_come_to_whose_it_is() -> None:
    assert "overrules a card" in worklist_of([], [], shown(role="prescriber")).note
    officer = worklist_of([], [], shown(role="governance-officer")).note
    assert "emergency" in officer
    assert "overrules" not in officer


def test_who_has_no_tasks_is_told_how_much_else_waits() -> None:
    also = (Section("looks", "Looks that nothing explains", "3", ()),)
    found = worklist_of([], [], shown(role="governance-officer"), also)
    assert found.counts == (("3", "looks that nothing explains"),)
    assert (found.sections, found.note) == (also, "")


def test_what_is_no_task_is_counted_beside_the_tasks_and_one_is_one() -> None:
    also = (Section("tests", "Tests asked for, without a result", "6", ()),)
    found = worklist_of(items("2026-12-01"), items("2026-12-01"), shown(), also)
    assert found.counts[0] == ("1", "task open")
    assert found.counts[-1] == ("6", "tests asked for, without a result")


@pytest.mark.parametrize(("category", "words"), [("GE", "Genome"), ("HM", "Summary")])
def test_test_that_was_asked_for_leads_where_its_result_will_stand(
    category: str, words: str
) -> None:
    coding = [{"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": category}]
    asked = {"subject": {"reference": "Patient/p"}, "category": [{"coding": coding}]}
    row = asked_row(asked, {})
    assert (row.go_words, row.link) == (words, row.go)
    assert row.link == ("/patients/p/genome" if words == "Genome" else "/patients/p")


def test_form_that_lacks_something_says_where() -> None:
    assert faults_of(Form()) == (("#do", "Choose what becomes of it"),)
    assert [to for to, _ in faults_of(Form("hand", words="no"))] == ["#to", "#words"]
    assert faults_of(Form("done")) == ()
    assert form_of({"version": "x", "do": "done"}) == Form("done")


def after(one: Json, form: Form, by: Actor = PRIYA) -> Json:
    found: Json = orjson.loads(changed(one, form, by, NOW))
    return found


def test_done_and_handed_over_are_kept_with_who_said_so() -> None:
    done = after(task(), Form("done", words="bloods taken"))
    assert done["status"] == "completed"
    assert done["note"][-1]["text"] == "Done: bloods taken"
    assert is_own_end(done, PRIYA)
    assert not is_own_end(done, FEMI)
    assert is_done_already(done, Form("done", words="bloods taken"), PRIYA)
    again = after(done, Form("undo"))
    assert again["status"] == "requested"
    given = after(task(), Form("hand", "pharmacist", "needs a dose check"))
    assert given["status"] == "requested"
    assert item_of(given).owner == "Pharmacist"
    assert given["note"][-1]["text"] == "Handed over to Pharmacist: needs a dose check"
    over = after(task(), Form("not-needed", words="moved away"))
    assert (over["status"], over["statusReason"]) == ("cancelled", {"text": "moved away"})


@pytest.mark.parametrize(
    ("one", "do"),
    [(task(status="completed"), "done"), (task(), "undo"), (task("break-glass-review"), "done")],
)
def test_what_cannot_be_done_is_refused(one: Json, do: str) -> None:
    with pytest.raises(InputError, match="cannot be done"):
        changed(one, Form(do), PRIYA, NOW)


def test_page_of_a_task_says_who_asked_and_where_it_is_decided() -> None:
    glass = task("break-glass-review", "privacy-officer", focus={"reference": "Flag/g1"},
                 requester={"reference": PRIYA.id}, authoredOn="2026-11-27")  # fmt: skip
    found = task_page(glass, 3, {PRIYA.id: "Dr Priya"}, FEMI, TODAY)
    assert (found.go, found.go_only) == ("/access/g1", True)
    assert found.asked == "Dr Priya, 27 November 2026"
    assert found.person == "A person whose name you may not see"


def test_difference_says_what_was_seen_and_what_is_there() -> None:
    now = after(due("2026-12-01"), Form("hand", "pharmacist", "for a check"), FEMI)
    found = {one.what: (one.before, one.now) for one in differences(due("2026-12-01"), now)}
    assert found["Whose it is"] == ("Monitoring team", "Pharmacist")
    assert found["Last note"] == ("none", "Handed over to Pharmacist: for a check")
    assert "Due" not in found


def test_due_day_that_cannot_be_read_is_none() -> None:
    assert item_of(due("soon")).due is None
    assert item_of(due("2026-12-01")).due == date(2026, 12, 1)
