"""What a person chooses on their page holds at once, at every door, and no longer than they wish.

Through the demo's sign-in: the person chooses; the GP's pages, the FHIR door and an open page of
the GP then hide what was hidden; taken back, all is there again. What the page says beforehand of
what would change is what then happens.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from html import unescape
from typing import Any

import pytest

from garrod.care.govern.consent.house import LABELS
from garrod.entry.web.consent.choices import ACT_CODE, ALL, OFF, ON, choice_of_place
from tests.making.demo_people import Somebody, somebody
from tests.making.server import Server, server

pytestmark = pytest.mark.slow
CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
PAGE = "/patients/demo-1/consent"
MIND = "Low mood, told in confidence"
# What stands on the preview of a choice, and an observation that is such
SORTS = {
    "The rest of your record": "",
    "Mental health": "PSY",
    "Sexual health": "SEX",
    "Drink and drugs": "SUD",
    "Your raw genome": "RAW-GENOME",
    "Things found by chance": "SECONDARY-FINDING",
}
ASKERS = {
    "Dr Priya Example-Synthetic": "prescriber",
    "A gene expert in your team": "geneticist",
    "A researcher": "analyst",
}
_CELL = re.compile(r"<h5>([^<]+)</h5>(.*?)</ul>", re.DOTALL)
_SORT = re.compile(r"<li>([^<:]+): ([^<]+)</li>")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("choices") / "data", demo=True) as made:
        for sort, label in SORTS.items():
            put(made, observed(sort, label))
        put(made, mind())
        yield made


@pytest.fixture(scope="module")
def people(demo: Server) -> Iterator[dict[str, Somebody]]:
    with ExitStack() as stack:
        roles = ("patient", *ASKERS.values())
        yield {role: stack.enter_context(somebody(demo.base, role)) for role in roles}


def put(site: Server, body: dict[str, Any]) -> None:
    answer = site.ask("PUT", f"/fhir/{body['resourceType']}/{body['id']}", json=body)
    assert answer.status_code in (200, 201), answer.text


def security(label: str) -> dict[str, Any]:
    system = LABELS if "-" in label else ACT_CODE
    marks = [{"system": system, "code": label}, {"system": CONFIDENTIALITY, "code": "R"}]
    return {"security": marks}


def observed(sort: str, label: str) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": id_of(sort),
        **({"meta": security(label)} if label else {}),
        "status": "final",
        "code": {"text": sort},
        "subject": {"reference": "Patient/demo-1"},
        "effectiveDateTime": "2026-11-01",
        "valueString": "Made up",
    }


def mind(words: str = MIND) -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "id": "choice-mind",
        "meta": security("PSY"),
        "clinicalStatus": {
            "coding": [
                {
                    "system": "http://terminology.hl7.org/CodeSystem/condition-clinical",
                    "code": "active",
                }
            ]
        },
        "code": {"text": words},
        "subject": {"reference": "Patient/demo-1"},
    }


def id_of(sort: str) -> str:
    return f"choice-{sort.lower().replace(' ', '-')}"


def until(what: Callable[[], bool], seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while not what() and time.monotonic() < end:
        time.sleep(0.1)
    return what()


def previewed(page: str) -> dict[tuple[str, str], bool]:
    """Return whether each asker would see each sort after the choice, as the page says."""
    found = {}
    for who, part in _CELL.findall(page):
        for sort, words in _SORT.findall(part):
            name = unescape(who).removesuffix(" (synthetic)")
            found[name, unescape(sort)] = words in ("can see it", "cannot see it now, and will")
    return found


def sees(people: dict[str, Somebody]) -> dict[tuple[str, str], bool]:
    """Return what each asker is really given by the FHIR door."""
    return {
        (who, sort): people[role].fhir(f"Observation/{id_of(sort)}").status_code == 200
        for who, role in ASKERS.items()
        for sort in SORTS
    }


def choose(patient: Somebody, code: str, option: str, do: str = "save") -> str:
    mark = rf'name="choice" value="{code}"><input type="hidden" name="seen" value="(\d+)"'
    seen = re.search(mark, patient.page(PAGE))
    assert seen is not None
    answer = patient.send(PAGE, choice=code, option=option, seen=seen[1], do=do)
    assert answer.status_code == 200
    return answer.text


@pytest.fixture(scope="module")
def before(people: dict[str, Somebody]) -> dict[tuple[str, str], bool]:
    return sees(people)


@pytest.mark.parametrize("choice", ALL, ids=lambda one: one.code)
def test_preview_is_what_then_happens(
    people: dict[str, Somebody], before: dict[tuple[str, str], bool], choice: Any
) -> None:
    patient = people["patient"]
    told = previewed(choose(patient, choice.code, ON, "look"))
    choose(patient, choice.code, ON)
    try:
        after = sees(people)
    finally:
        choose(patient, choice.code, OFF)
    for key, is_seen in after.items():
        assert told[key] is is_seen, (key, "said", told[key])
    assert (after != before) == (choice.code != "national-opt-out")


def test_looking_saves_nothing_and_taken_back_is_as_before(
    people: dict[str, Somebody], before: dict[tuple[str, str], bool]
) -> None:
    for code in ("mental-health", "research"):
        choose(people["patient"], code, ON, "look")
    assert sees(people) == before


def test_what_is_hidden_is_gone_from_pages_and_doors_until_it_is_shown_again(
    people: dict[str, Somebody],
) -> None:
    patient, gp = people["patient"], people["prescriber"]

    def found() -> tuple[bool, bool, int, int]:
        listed = gp.fhir("Condition?patient=demo-1&_count=100").json().get("entry", [])
        return (
            MIND in gp.words("/patients/demo-1"),
            MIND in gp.words("/patients/demo-1?setting=&kind="),
            gp.fhir("Condition/choice-mind").status_code,
            sum(e["resource"]["id"] == "choice-mind" for e in listed),
        )

    assert found() == (True, True, 200, 1)
    choose(patient, "mental-health", ON)
    assert found() == (False, False, 404, 0)
    assert MIND not in gp.page("/patients/demo-1/prescribe?drug=codeine")
    assert gp.fhir("Condition/choice-mind/_history").status_code == 404
    choose(patient, "mental-health", OFF)
    assert found() == (True, True, 200, 1)


def test_open_page_hears_nothing_of_what_was_hidden_meanwhile(
    demo: Server, people: dict[str, Somebody]
) -> None:
    patient, gp = people["patient"], people["prescriber"]
    with gp.hearing("demo-1") as heard:
        assert until(lambda: "beat" in heard)
        put(demo, mind(f"{MIND}, once more"))
        assert until(lambda: "changed" in heard)
        choose(patient, "mental-health", ON)
        time.sleep(1.5)  # the choice itself may be told of
        heard.clear()
        put(demo, mind(f"{MIND}, and again"))
        assert not until(lambda: "changed" in heard, 3)
        put(demo, {**observed("The rest of your record", ""), "valueString": "Another"})
        assert until(lambda: "changed" in heard)  # of the rest it goes on telling
        choose(patient, "mental-health", OFF)
        time.sleep(1.5)
        heard.clear()
        put(demo, mind())
        assert until(lambda: "changed" in heard)


def test_yes_to_research_is_heard_although_somebody_acts_for_them(
    people: dict[str, Somebody],
) -> None:
    patient, analyst = people["patient"], people["analyst"]
    path = f"Observation/{id_of('The rest of your record')}"
    assert analyst.fhir(path).status_code == 404
    page = choose(patient, "research", ON, "look")
    assert "By itself this changes nothing" not in page
    choose(patient, "research", ON)
    assert analyst.fhir(path).status_code == 200
    choose(patient, "national-opt-out", ON)
    assert analyst.fhir(path).status_code == 404  # a denial outweighs
    choose(patient, "national-opt-out", OFF)
    choose(patient, "research", OFF)
    assert analyst.fhir(path).status_code == 404


OTHER = {"resourceType": "Organization", "id": "choice-hospital", "name": "Other hospital"}
WARD = {
    "resourceType": "CareTeam",
    "id": "choice-ward",
    "status": "active",
    "subject": {"reference": "Patient/demo-1"},
    "managingOrganization": [{"reference": "Organization/choice-hospital"}],
}
CLINIC = choice_of_place("Organization/demo-clinic", "Demo clinic (synthetic)")
HERE, THERE = "Staff at Demo clinic (synthetic)", "Staff at Other hospital"
NEED = f"{HERE} in an emergency"
NEVER_IN_NEED = ("Your raw genome", "Things found by chance")  # the policy's own, of anybody


@pytest.fixture(scope="module")
def hospital(demo: Server) -> None:
    put(demo, OTHER)
    put(demo, WARD)


@pytest.mark.parametrize(
    ("option", "hidden"), [(ON, set(SORTS)), ("mental-health", {"Mental health"})]
)
def test_one_place_is_shut_out_and_no_other(
    people: dict[str, Somebody],
    before: dict[tuple[str, str], bool],
    hospital: None,
    option: str,
    hidden: set[str],
) -> None:
    patient, gp = people["patient"], people["prescriber"]
    assert "Other hospital" in patient.words(PAGE)
    page = choose(patient, CLINIC.code, option, "look")
    told = {
        (w.replace(" (synthetic)", ""), s): is_seen for (w, s), is_seen in previewed(page).items()
    }
    here, need, there = (n.replace(" (synthetic)", "") for n in (HERE, NEED, THERE))
    gps = "Dr Priya Example-Synthetic"
    for sort in SORTS:
        is_seen = before[gps, sort]
        assert told[here, sort] is (is_seen and sort not in hidden), sort
        assert told[there, sort] is is_seen, sort
        assert told[need, sort] is (sort not in NEVER_IN_NEED), sort
    choose(patient, CLINIC.code, option)
    try:
        after = sees(people)
        found = gp.fhir("Patient?_id=demo-1").json().get("entry", [])
        own = patient.fhir(f"Observation/{id_of('Mental health')}").status_code
    finally:
        choose(patient, CLINIC.code, OFF)
    for sort in SORTS:
        assert after[gps, sort] is told[here, sort], sort
    assert (len(found), own) == (0 if option == ON else 1, 200)
    assert after["A researcher", "Mental health"] == before["A researcher", "Mental health"]
    assert sees(people) == before
    assert "Demo clinic (synthetic)" in patient.words(PAGE).partition("What was chosen before")[2]


def test_who_is_shut_out_opens_the_record_in_an_emergency_alone(
    demo: Server, people: dict[str, Somebody]
) -> None:
    patient = people["patient"]
    choose(patient, CLINIC.code, ON)
    try:
        with somebody(demo.base, "nurse") as nurse:
            assert nurse.client.get(f"{demo.base}/patients/demo-1").status_code == 404
            why = "They are unconscious, and bleed"
            opened = nurse.send("/emergency", who="demo-1", reason=why)
            assert opened.status_code == 200
            assert MIND in nurse.words("/patients/demo-1")
    finally:
        choose(patient, CLINIC.code, OFF)
    assert why in patient.words("/patients/demo-1/access")
