"""Moments of truth that go through several settings, each whole: 1, 4 and 7 (2, 3, 5 beside)."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.conftest import Run
from tests.making.desks import Desk, said_of
from tests.making.hooks import call
from tests.making.moments import GENOME, Clinic, Resource, answers, order, person, results_of
from tests.making.packs import site_copy
from tests.making.server import Server, server
from tests.making.site import garrod, put_in_force, site_at

TIA: Resource = {"reasonCode": [{"text": "Transient ischaemic attack"}]}
CARD = "health.garrod.card"
OWN = "policy-england"
CODES = "https://garrod.health/fhir/record-code"
ELEVEN = (  # what a person takes before going to hospital
    ("Ramipril 5 mg capsules", "Take 1 capsule by mouth, once a day"),
    ("Amlodipine 5 mg tablets", "Take 1 tablet by mouth, once a day"),
    ("Simvastatin 20 mg tablets", "Take 1 tablet by mouth, at night"),
    ("Metformin 500 mg tablets", "Take 1 tablet by mouth, twice a day"),
    ("Omeprazole 20 mg capsules", "Take 1 capsule by mouth, once a day"),
    ("Levothyroxine 100 microgram tablets", "Take 1 tablet by mouth, once a day"),
    ("Sertraline 50 mg tablets", "Take 1 tablet by mouth, once a day"),
    ("Paracetamol 500 mg tablets", "Take 1 tablet by mouth, twice a day"),
    ("Senna 7.5 mg tablets", "Take 1 tablet by mouth, at night"),
    ("Folic acid 5 mg tablets", "Take 1 tablet by mouth, once a day"),
    ("Colecalciferol 800 unit capsules", "Take 1 capsule by mouth, once a day"),
)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server that may ask FHIR servers of this machine."""
    monkeypatch.setenv("GARROD_EHR", "loopback")
    with server(tmp_path / "data") as started:
        yield started


def told(card: Resource) -> Resource:
    found: Resource = card["extension"][CARD]
    return found


def said(card: Resource) -> list[str]:
    return [a["id"] for a in told(card)["advice"]]


def test_moment_1_clopidogrel_for_a_tia_in_a_poor_metaboliser(house: Server) -> None:
    gp = Clinic(house)
    gp.write(person(), *results_of(GENOME, "p1"))
    (card,) = gp.hook("order-select", order(**TIA))["cards"]
    lead = told(card)["advice"][0]
    assert (told(card)["tier"], lead["action"]) == ("T2", "prefer-alternative")
    lines = {tuple(row.split("\t")[:2]) for row in GENOME.read_text().splitlines()}
    read = re.findall(r"(chr\w+):(\d+) \w+>\w+ ", " ".join(b["text"] for b in lead["because"]))
    assert read
    assert set(read) <= lines, "the chain opens down to the lines of the file"

    assert gp.hook("order-sign", order(**TIA))["cards"] == [], "signing does not repeat it"
    taken = card["suggestions"][0]  # one tap takes the alternative, the other signs it
    draft = {**taken["actions"][1]["resource"], "id": "instead"}
    again = gp.hook("order-sign", draft)
    assert not {"T1", "T2"} & {told(c)["tier"] for c in again["cards"]}
    gp.tell("order-select", card, outcome="accepted", acceptedSuggestions=[{"id": taken["uuid"]}])
    gp.write({**draft, "status": "active"})
    pharmacy = Desk(house, "community-pharmacy", "p1")
    assert taken["label"] in pharmacy.read()[1], "the other setting sees what was signed"


def test_moment_4_discharge_changes_three_of_eleven_and_everybody_sees_it(house: Server) -> None:
    gp, ward, pharmacy = (Desk(house, s, "p4") for s in ("gp", "hospital", "community-pharmacy"))
    gp.write(person("p4", "9000000009"))
    for number, (medicine, directions) in enumerate(ELEVEN):
        gp.order(f"r{number}", medicine, directions, authoredOn="2026-01-10")
    assert len(gp.read()[1]) == 11
    changed_at_discharge(ward)
    for desk in (gp, pharmacy):
        _, lines, notes = desk.read()
        assert lines["Amlodipine 5 mg tablets"]["status"] == "stopped"
        assert lines["Ramipril 5 mg capsules"]["status"] == "on-hold"
        assert lines["Bisoprolol 2.5 mg tablets"]["status"] == "active"
        assert len(lines) == 12
        assert any(n.startswith("hospital: answered") for n in notes)

    clinic = Clinic(house)
    brand = order("o1", "Losec 20 mg capsules", "p4")
    (card,) = clinic.hook("order-sign", brand, patientId="p4")["cards"]
    assert any(i.startswith("duplicates:") and "omeprazole" in i for i in said(card))
    kept = clinic.hook("order-sign", order("o2", "Amlodipine 5 mg tablets", "p4"), patientId="p4")
    assert not [i for c in kept["cards"] for i in said(c) if i.startswith("duplicates:")], (
        "what the ward stopped is not on the list any more"
    )
    banner_of_a_source_pulled_out(house, brand)


def changed_at_discharge(ward: Desk) -> None:
    """The ward stops one medicine, holds one and starts one."""
    etag, lines, _ = ward.read()
    stop = {"act": "stop", "line": lines["Amlodipine 5 mg tablets"]["id"], "reason": "swelling"}
    done = ward.line(etag, **stop)
    assert done.status_code == 200, done.text
    hold = {"act": "hold", "line": lines["Ramipril 5 mg capsules"]["id"], "reason": "kidneys"}
    done = ward.line(done.headers["etag"], **hold, resumesWhen="creatinine is back")
    assert done.status_code == 200, done.text
    ward.order("new", "Bisoprolol 2.5 mg tablets", "Take 1 tablet by mouth, once a day")
    assert said_of(ward.read()[1]["Bisoprolol 2.5 mg tablets"], "verification")


def banner_of_a_source_pulled_out(house: Server, brand: Resource) -> None:
    """Another system's server is gone: the card says what could not be read, and none is clear."""
    service = "garrod-order-sign"
    far = order("o1", brand["medicationCodeableConcept"]["text"], "far")
    body = call(service, far, context={"patientId": "far", "userId": "Practitioner/ed"})
    body |= {"fhirServer": "http://127.0.0.1:9/r4", "prefetch": {"patient": person("far")}}
    answer = house.client.post(f"{house.base}/cds-services/{service}", json=body).json()
    (card,) = answer["cards"]
    assert card["summary"].startswith("Not fully checked")
    assert "could not be read" in card["detail"]
    for lacking in ("allergies", "other medicines", "conditions"):
        assert lacking in card["detail"]
    assert answers(answer)[0]["answer"] == "notice"


def quieter(text: str) -> str:
    return text.replace("prefer-alternative,Moderate,T2", "prefer-alternative,Moderate,T3")


def test_moment_7_new_pack_from_its_difference_to_the_tasks_of_whom_it_changes(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, database = site_at(tmp_path / "site"), f"sqlite:///{tmp_path / 'record.db'}"
    monkeypatch.setenv("GARROD_PACKS", str(site))
    with server(tmp_path / "data", database=database) as before:
        had = peopled(Clinic(before))
    pack = site_copy(site, OWN, "2027.1.0", {"tiers.csv": quieter})
    (shipped,) = (p for p in map(str, had["packs"]) if p.startswith(OWN))
    seen = run("packs", "diff", shipped, pack, "--packs", site)
    assert seen.code == 0, seen.err
    assert "prefer-alternative" in seen.out
    assert "T3" in seen.out

    asked = ("population", "reanalyse", "--from", shipped, "--to", pack, "--database", database)
    found = [json.loads(line) for line in run(*asked).out.splitlines()]
    assert {f["person"] for f in found} == {"Patient/p1"}, "and of nobody else"
    refused = run("packs", "activate", f"{OWN}@2027.1.0", "--as", "it-lead", "--packs", site)
    assert refused.code == 11, "nothing takes force without its two approvals"
    assert run(*asked, "--tasks").code == 0
    put_in_force(site, pack)
    with server(tmp_path / "data", database=database) as after:
        in_force(Clinic(after), had)
    assert f"{OWN}@2027.1.0" in garrod("packs", "list", "--packs", site).replace("\t", "@")


def peopled(clinic: Clinic) -> Resource:
    """Write two people on clopidogrel, one of whom it does not work for; return what is said."""
    active = {"status": "active", "authoredOn": "2026-10-01"}
    for whose in ("p1", "p2"):
        clinic.write(person(whose), order(f"c-{whose}", None, whose, **active, **TIA))
    clinic.write(*results_of(GENOME, "p1"))
    (card,) = clinic.hook("order-sign", order("o1", None, **TIA))["cards"]
    assert told(card)["tier"] == "T2"
    found: Resource = told(card)["advice"][0]
    return found


def in_force(clinic: Clinic, had: Resource) -> None:
    """The new pack answers, and the one whom it changes has a task that somebody owns."""
    (card,) = clinic.hook("order-sign", order("o1", None, **TIA))["cards"]
    (now,) = (a for a in told(card)["advice"] if a["id"] == had["id"])
    assert (had["tier"], now["tier"]) == ("T2", "T3")
    assert f"{OWN}@2027.1.0" in now["packs"]
    changed = f"code={CODES}%7Cadvice-changed"
    (task,) = clinic.read(f"Task?patient=Patient/p1&{changed}")
    assert task["status"] == "requested"
    assert task["owner"]["identifier"]["value"] == "pharmacist"
    assert task["restriction"]["period"]["end"]
    assert "clopidogrel" in task["description"]
    told_ = clinic.server.ask("GET", "/fhir/Patient/p1/$advise?shape=plain").json()
    assert task["id"] in {t["id"] for t in told_["tasks"]}
    assert clinic.read(f"Task?patient=Patient/p2&{changed}") == []
