"""Each problem is said once at every door: the command, `$advise`, POST /advice and the hooks."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.conftest import Run
from tests.acceptance.test_medication_review import BUNDLE
from tests.making.moments import Clinic, Resource, order
from tests.making.server import server

PLANTED = {  # what speaks of one problem -> by which of it the problem is told
    "bleeding": ("interactions:bleeding", "pincer:d"),
    "stomach": ("pincer:a", "review-start:start-f3"),
    "sleep": ("review-stopp:d11",),
}


@pytest.fixture(scope="module")
def gp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    with server(tmp_path_factory.mktemp("once") / "data") as started:
        clinic = Clinic(started)
        clinic.write(*(entry["resource"] for entry in BUNDLE["entry"]))
        yield clinic


def planted(ids: list[str]) -> dict[str, int]:
    """Return how often each planted problem is said."""
    return {name: sum(i.startswith(starts) for i in ids) for name, starts in PLANTED.items()}


def ids_of(said: Resource) -> list[str]:
    return [a["id"] for a in said["advice"]]


def test_review_says_each_problem_once_at_every_door(gp: Clinic, run: Run, tmp_path: Path) -> None:
    (tmp_path / "person.json").write_text(json.dumps(BUNDLE), encoding="utf-8")
    by_command = json.loads(run("advise", "--person", tmp_path / "person.json").out)
    asked = gp.server.ask("POST", "/fhir/Patient/a/$advise?shape=plain", json=None).json()
    assert planted(ids_of(by_command)) == dict.fromkeys(PLANTED, 1)
    assert [(a["id"], a["tier"], a["evidence"]) for a in asked["advice"]] == [
        (a["id"], a["tier"], a["evidence"]) for a in by_command["advice"]
    ]


def test_opened_record_says_each_problem_on_one_card(gp: Clinic) -> None:
    cards = gp.hook("patient-view", patientId="a")["cards"]
    said = [a["id"] for c in cards for a in c["extension"]["health.garrod.card"]["advice"]]
    assert planted(said) == dict.fromkeys(PLANTED, 1)


def test_order_says_each_problem_once_whichever_door_is_asked(gp: Clinic) -> None:
    naproxen = "Naproxen 500 mg tablets"
    (card,) = gp.hook("order-sign", order("m0", naproxen, "a"), patientId="a")["cards"]
    of_card = [a["id"] for a in card["extension"]["health.garrod.card"]["advice"]]
    body = {"person": "a", "medicine": naproxen}
    of_advice = ids_of(gp.server.ask("POST", "/advice", json=body).json())
    for said in (of_card, of_advice):
        assert planted(said)["bleeding"] == 1
        assert len(said) == len(set(said))
