"""`$advise` tells of the open tasks that advice made of a person: whose they are, by when."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.making.moments import GENOME, Clinic, Resource, order, person, results_of
from tests.making.server import server

TIA: Resource = {"reasonCode": [{"text": "Transient ischaemic attack"}]}
TODAY = datetime.now(UTC).date()


@pytest.fixture(scope="module")
def gp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    with server(tmp_path_factory.mktemp("tasks") / "data") as started:
        clinic = Clinic(started)
        clinic.write(person(), person("p2"), *results_of(GENOME, "p1"))
        yield clinic


def advised(clinic: Clinic, patient: str, shape: str = "fhir") -> Any:
    told = clinic.server.ask("GET", f"/fhir/Patient/{patient}/$advise?shape={shape}")
    assert told.status_code == 200, told.text
    return told.json()


def tasks_in(parameters: Resource) -> list[Resource]:
    return [p["resource"] for p in parameters["parameter"] if p["name"] == "task"]


def overruled(clinic: Clinic, code: str, whose: str = "p1") -> None:
    """Overrule the card of clopidogrel for a reason."""
    (card,) = clinic.hook("order-sign", order("o1", None, whose, **TIA), patientId=whose)["cards"]
    reason = next(r for r in card["overrideReasons"] if r["code"] == code)
    why = {"reason": {k: reason[k] for k in ("code", "system")}}
    clinic.tell("order-sign", card, outcome="overridden", overrideReason=why)


def test_open_tasks_of_the_person_come_with_the_advice_until_they_are_done(gp: Clinic) -> None:
    assert tasks_in(advised(gp, "p1")) == []
    overruled(gp, "will-monitor")
    told = advised(gp, "p1")
    assert [p["name"] for p in told["parameter"]] == ["guidance", "task"]
    (task,) = tasks_in(told)
    due = (TODAY + timedelta(14)).isoformat()
    assert (task["status"], task["owner"]["display"]) == ("requested", "Monitoring team")
    assert task["restriction"]["period"]["end"] == due
    (plain,) = advised(gp, "p1", "plain")["tasks"]
    assert (plain["id"], plain["owner"], plain["due"]) == (task["id"], "Monitoring team", due)
    assert plain["words"].startswith("Monitor as the card says")
    assert plain["about"].startswith("Choose an alternative to clopidogrel")
    assert advised(gp, "p2", "plain")["tasks"] == [], "they are of nobody else"

    for status in ("in-progress", "completed"):
        (kept,) = gp.read(f"Task?_id={task['id']}")
        gp.write({**kept, "status": status})
        left = [t["id"] for t in tasks_in(advised(gp, "p1"))]
        assert left == ([task["id"]] if status == "in-progress" else [])


def test_what_is_due_first_stands_first_and_tasks_of_others_do_not_stand_there(gp: Clinic) -> None:
    gp.write(person("two"), *results_of(GENOME, "two"))
    task: Resource = {
        "resourceType": "Task", "intent": "order", "status": "requested",
        "for": {"reference": "Patient/two"}, "owner": {"reference": "Organization/ward"},
    }  # fmt: skip
    gp.write({**task, "id": "ward", "code": {"text": "ring the daughter"}})
    system = "https://garrod.health/fhir/record-code"
    coded = {"code": {"coding": [{"system": system, "code": "advice-monitor"}]}}
    days = {"late": {"period": {"end": "2027-01-31"}}, "soon": {"period": {"end": "2026-12-01"}}}
    gp.write({**task, **coded, "id": "undated"})
    gp.write(*({**task, **coded, "id": k, "restriction": v} for k, v in days.items()))
    found = advised(gp, "two", "plain")["tasks"]
    assert [t["id"] for t in found] == ["soon", "late", "undated"]
    assert found[2]["due"] is None
    assert {t["owner"] for t in found} == {"Organization/ward"}


def test_page_of_the_doors_says_that_tasks_come_with_advice(gp: Clinic) -> None:
    page = gp.server.ask("GET", "/openapi.json").json()["paths"]
    told = page["/fhir/Patient/{id}/$advise"]["post"]
    assert "`task`" in told["description"]
    content = told["responses"]["200"]["content"]
    schema = content["application/fhir+json"]["schema"]["properties"]["parameter"]
    assert schema["items"]["properties"]["name"]["enum"] == ["guidance", "task"]
    assert "owner" in str(content["application/json"]["schema"])
