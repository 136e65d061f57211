"""An order that is on record already is asked about again: it is no duplicate of itself."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.making.desks import Desk
from tests.making.moments import Clinic, Resource, order, person
from tests.making.server import server

DRUG = "Simvastatin 20 mg tablets"
ACTIVE = {"status": "active", "authoredOn": "2026-10-01"}


@pytest.fixture(scope="module")
def gp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    with server(tmp_path_factory.mktemp("recorded") / "data") as started:
        yield Clinic(started)


def doubles(cards: list[Resource]) -> list[str]:
    told = (c["extension"]["health.garrod.card"]["advice"] for c in cards)
    return [a["id"] for advice in told for a in advice if a["id"].startswith("duplicates:")]


def advised(clinic: Clinic, whose: str, *orders: Resource) -> list[str]:
    parts = [{"name": "order", "resource": one} for one in orders]
    body: Any = {"resourceType": "Parameters", "parameter": parts}
    told = clinic.server.ask("POST", f"/fhir/Patient/{whose}/$advise?shape=plain", json=body).json()
    return [a["id"] for a in told["advice"] if a["id"].startswith("duplicates:")]


def test_order_of_the_list_is_no_duplicate_of_itself_at_any_door(gp: Clinic) -> None:
    gp.write(person("own"), order("r1", DRUG, "own", **ACTIVE))
    listed = gp.server.ask("GET", "/fhir/Patient/own/$medication-list").json()["entry"]
    assert DRUG in str(listed), "the order made a line of the list"
    signed = gp.hook("order-sign", order("r1", DRUG, "own"), patientId="own")
    sent = gp.hook("order-dispatch", patientId="own", dispatchedOrders=["MedicationRequest/r1"])
    assert doubles(signed["cards"]) == doubles(sent["cards"]) == []
    assert sent["extension"]["health.garrod.answer"]["orders"], "the order was looked at"
    assert advised(gp, "own", order("r1", DRUG, "own")) == []


def test_another_order_or_line_of_the_same_is_still_a_duplicate(gp: Clinic) -> None:
    gp.write(person("two"), order("r2", DRUG, "two", **ACTIVE))
    another = gp.hook("order-sign", order("r3", DRUG, "two"), patientId="two")
    assert doubles(another["cards"]) == ["duplicates:exact-simvastatin:simvastatin"]
    gp.write(order("r4", "Simvastatin 20 mg/5 ml oral suspension", "two", **ACTIVE))
    own = Clinic(gp.server, "Practitioner/2").hook(
        "order-sign", order("r2", DRUG, "two"), patientId="two"
    )
    assert doubles(own["cards"]) == ["duplicates:ingredient-simvastatin:simvastatin"]
    assert advised(gp, "two", order("r2", DRUG, "two")) == doubles(own["cards"])


def test_order_of_a_line_that_the_hospital_holds_is_no_duplicate_and_a_second_one_is(
    gp: Clinic,
) -> None:
    gp.write(person("held"), order("r5", DRUG, "held", **ACTIVE))
    ward = Desk(gp.server, "hospital", "held")
    etag, lines, _ = ward.read()
    hold = {"act": "hold", "reason": "Muscle pain", "resumesWhen": "the creatine kinase is back"}
    done = ward.line(etag, line=lines[DRUG]["id"], **hold)
    assert done.status_code == 200, done.text
    (line,) = ward.read()[1].values()
    assert (line["status"], line["basedOn"]) == (
        "on-hold",
        [{"reference": "MedicationRequest/r5"}],
    )
    own = gp.hook("order-sign", order("r5", DRUG, "held"), patientId="held")
    assert doubles(own["cards"]) == advised(gp, "held", order("r5", DRUG, "held")) == []
    second = gp.hook("order-sign", order("r6", DRUG, "held"), patientId="held")
    assert doubles(second["cards"]) == ["duplicates:exact-simvastatin:simvastatin"]
