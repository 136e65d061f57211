"""The moments of truth of prescribing, each through the doors of a real server, from a real VCF."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.acceptance.conftest import Run
from tests.making.hooks import statement
from tests.making.moments import (
    GENOME,
    Clinic,
    Resource,
    answers,
    changed_genome,
    order,
    person,
    results_of,
)
from tests.making.persons import genotype
from tests.making.server import server

TIA = {"reasonCode": [{"text": "Transient ischaemic attack"}]}
CARD = "health.garrod.card"
TODAY = datetime.now(UTC).date()  # of the server's clock
HOP = re.compile(r"(chr\w+):(\d+) (\w+)\\?>(\w+) (\d[/|]\d)")


@pytest.fixture(scope="module")
def gp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    with server(tmp_path_factory.mktemp("moments") / "data") as started:
        yield Clinic(started)


@pytest.fixture(scope="module")
def sequenced(gp: Clinic) -> Clinic:
    """Return the clinic with p1, whose genome was read and is on record."""
    gp.write(person(), *results_of(GENOME, "p1"))
    return gp


def told(card: Resource) -> Resource:
    found: Resource = card["extension"][CARD]
    return found


def ids(answer: Resource) -> list[str]:
    return [a["id"] for card in answer["cards"] for a in told(card)["advice"]]


def tiers(answer: Resource) -> list[str]:
    return [told(card)["tier"] for card in answer["cards"]]


def stopped(clinic: Clinic, whose: str, ago: int) -> Resource:
    """Return the answer to codeine for a normal metaboliser whose paroxetine ended days ago."""
    found = {**genotype(f"g-{whose}", "CYP2D6", "*1/*1")}
    found["subject"] = {"reference": f"Patient/{whose}"}
    period = {"start": "2025-01-01", "end": str(TODAY - timedelta(ago))}
    past = statement(f"par-{whose}", "Paroxetine 20 mg tablets", whose, status="completed")
    clinic.write(person(whose), found, {**past, "effectivePeriod": period})
    return clinic.hook("order-sign", order("o1", "Codeine 30 mg tablets", whose), patientId=whose)


def test_choosing_and_signing_say_it_once_and_the_alternative_is_signed_in_two_steps(
    sequenced: Clinic,
) -> None:
    chosen = sequenced.hook("order-select", order(**TIA), selections=["MedicationRequest/o1"])
    (card,) = chosen["cards"]
    assert told(card)["tier"] == "T2"
    assert card["indicator"] == "warning"
    assert "CYP2C19 poor metaboliser" in card["summary"]
    signing = sequenced.hook("order-sign", order(**TIA))
    assert signing["cards"] == []
    assert answers(signing)[0]["answer"] == "quiet"

    suggestion = card["suggestions"][0]
    delete, create = suggestion["actions"]
    assert (delete["type"], delete["resourceId"]) == ("delete", "MedicationRequest/o1")
    draft = {**create["resource"], "id": "o2"}
    assert draft["status"] == "draft"
    again = sequenced.hook("order-sign", draft)
    assert not {"T1", "T2"} & set(tiers(again)), "what is offered is not warned about"

    taken = [{"id": suggestion["uuid"]}]
    kept = sequenced.tell("order-select", card, outcome="accepted", acceptedSuggestions=taken)
    assert kept["extension"]["health.garrod.answer"]["kept"] == [card["uuid"]]
    sequenced.write({**draft, "status": "active", "intent": "order"})
    (issue,) = sequenced.read("DetectedIssue?patient=Patient/p1")
    assert issue["status"] == "final"
    assert issue["mitigation"][0]["action"]["text"] == f"accepted: {suggestion['label']}"
    listed = sequenced.server.ask("GET", "/fhir/Patient/p1/$medication-list").json()
    names = [e["resource"].get("medicationCodeableConcept", {}) for e in listed["entry"]]
    assert suggestion["label"] in {n.get("text") for n in names}


def test_other_setting_sees_the_order_at_once_and_is_told_of_both(gp: Clinic) -> None:
    gp.write(person("seen"), *results_of(GENOME, "seen"))
    active = {"status": "active", "authoredOn": str(TODAY)}
    gp.write(order("seen-1", "Ticagrelor 90 mg tablets", "seen", **active))
    hospital = Clinic(gp.server, "Practitioner/hospital")
    answer = hospital.hook("order-sign", order("o1", None, "seen", **TIA), patientId="seen")
    found = ids(answer)
    assert len(answer["cards"]) == 1, "one card an order, whatever there is to say"
    assert found[0].startswith("pgx:clopidogrel:")
    assert "duplicates:antiplatelet:clopidogrel+ticagrelor" in found
    assert "ticagrelor" not in {s["label"] for s in answer["cards"][0]["suggestions"]}


def test_overriding_makes_a_task_with_an_owner_that_the_other_setting_sees(gp: Clinic) -> None:
    gp.write(person("over"), *results_of(GENOME, "over"))
    drug = order("o1", None, "over", **TIA)
    (card,) = gp.hook("order-sign", drug, patientId="over")["cards"]
    reason = next(r for r in card["overrideReasons"] if r["code"] == "will-monitor")
    why = {"reason": {k: reason[k] for k in ("code", "system")}}
    gp.tell("order-sign", card, outcome="overridden", overrideReason=why)
    (issue,) = gp.read("DetectedIssue?patient=Patient/over")
    assert "overridden" in issue["mitigation"][0]["action"]["text"]
    (task,) = gp.read("Task?patient=Patient/over")
    assert task["status"] == "requested"
    assert task["owner"]
    hospital = Clinic(gp.server, "Practitioner/hospital")
    later = hospital.hook("order-sign", drug, patientId="over")
    assert later["cards"] == [], "what was answered is not asked again"
    assert answers(later)[0]["answer"] == "quiet"


def test_chain_opens_down_to_the_lines_of_the_file(gp: Clinic) -> None:
    gp.write(person("chain"), *results_of(GENOME, "chain"))
    drug = order("o1", None, "chain", **TIA)
    (card,) = gp.hook("order-sign", drug, patientId="chain")["cards"]
    hops = HOP.findall(card["detail"])
    assert ("chr10", "94781859", "G", "A", "1/1") in hops
    rows = [line.split("\t") for line in GENOME.read_text().splitlines() if line[0] != "#"]
    for contig, place, ref, alt, genotype_ in hops:
        (row,) = [r for r in rows if (r[0], r[1]) == (contig, place)]
        assert (row[3], row[4], row[9].partition(":")[0]) == (ref, alt, genotype_)
    packs = {p for a in told(card)["advice"] for p in a["packs"]}
    assert any(p.startswith("pgx-guidance@") for p in packs)
    assert "PMID" in card["detail"]


def test_command_gives_the_advice_of_the_card_from_the_file(
    gp: Clinic, run: Run, tmp_path: Path
) -> None:
    gp.write(person("same"), *results_of(GENOME, "same"))
    drug = order("o1", None, "same", **TIA)
    shown = gp.hook("order-sign", drug, patientId="same")
    entry = [{"resource": person("same")}]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entry}
    (tmp_path / "person.json").write_text(json.dumps(bundle))
    (tmp_path / "order.json").write_text(json.dumps(drug))
    files = ("--person", tmp_path / "person.json", "--order", tmp_path / "order.json")
    ran = run("advise", *files, "--genome", GENOME)
    assert ran.code == 0, ran.err
    advice = [a for a in json.loads(ran.out)["advice"] if a["tier"] in ("T1", "T2", "T3")]
    assert [a["id"] for a in advice] == ids(shown)
    assert advice[0]["title"] == shown["cards"][0]["summary"]


def test_moment_2_untested_person_is_treated_now_and_a_test_is_ordered(gp: Clinic) -> None:
    gp.write(person("new"))
    drug = order("o1", None, "new", **TIA)
    (card,) = gp.hook("order-sign", drug, patientId="new")["cards"]
    assert (told(card)["tier"], card["indicator"]) == ("T3", "info"), "nothing is blocked"
    assert "do not delay treatment" in card["detail"]
    assert re.search(r"would change the advice in \d+ %", card["detail"])
    ((action,),) = [s["actions"] for s in card["suggestions"]]
    assert action["type"] == "create", "the medicine is not taken away"
    test = {**action["resource"], "id": "test-1", "authoredOn": str(TODAY)}
    gp.write({**test, "status": "active", "intent": "order"})
    gp.write({**order("held", None, "new", **TIA), "status": "active"})
    hospital = Clinic(gp.server, "Practitioner/hospital")
    later = hospital.hook("order-sign", order("o2", None, "new", **TIA), patientId="new")
    assert "awaited" in {n["code"] for n in answers(later)[0]["not_assessed"]}
    assert not {"T1", "T2"} & set(tiers(later))


def test_moment_3_inhibitor_makes_a_normal_gene_act_as_poor_and_fades_once_stopped(
    gp: Clinic,
) -> None:
    found = {**genotype("g1", "CYP2D6", "*1/*1"), "subject": {"reference": "Patient/pain"}}
    gp.write(person("pain"), found)
    drug = order("o1", "Codeine 30 mg tablets", "pain")
    alone = gp.hook("order-sign", drug, patientId="pain")
    assert (alone["cards"], answers(alone)[0]["answer"]) == ([], "clear")
    taken = statement("par", "Paroxetine 20 mg tablets", "pain")
    gp.write(taken)
    (card,) = gp.hook("order-sign", drug, patientId="pain")["cards"]
    assert "behaves as poor metaboliser" in card["summary"]
    today = str(TODAY)
    gp.write({**taken, "status": "completed", "effectivePeriod": {"end": today}})
    later = Clinic(gp.server, "Practitioner/later").hook("order-sign", drug, patientId="pain")
    (card,) = later["cards"]
    assert "fades over the next" in card["detail"]


def test_fading_goes_by_the_day_it_was_stopped_not_by_the_day_that_was_heard_of(
    gp: Clinic,
) -> None:
    one, four, sixty = (stopped(gp, f"stop{ago}", ago) for ago in (1, 4, 60))
    assert "behaves as poor metaboliser" in one["cards"][0]["summary"]
    yesterday = TODAY - timedelta(1)
    assert f"stopped on {yesterday.day} {yesterday:%B %Y}" in one["cards"][0]["detail"]
    assert not {"T1", "T2"} & set(tiers(four)), "a strong inhibitor of which 38 % is left"
    assert sixty["cards"] == []
    assert answers(sixty)[0]["answer"] == "clear"


def test_brand_of_what_is_taken_and_of_another_draft_is_a_duplicate(gp: Clinic) -> None:
    gp.write(person("twice"), statement("z", "Zocor 20 mg tablets", "twice"))
    drug = order("o1", "Simvastatin 20 mg tablets", "twice")
    answer = gp.hook("order-sign", drug, patientId="twice")
    assert "duplicates:exact-simvastatin:simvastatin" in ids(answer)
    drafts = (order("a", "Losec 20 mg capsules", "twice"), order("b", "Omeprazole 20 mg", "twice"))
    both = gp.hook("order-sign", *drafts, patientId="twice")
    assert len(both["cards"]) == 2
    for card in both["cards"]:
        assert [a["id"] for a in told(card)["advice"] if "omeprazole" in a["id"]]


def test_moment_5_partial_gene_gives_a_dose_step_and_an_unread_site_is_not_normal(
    gp: Clinic, tmp_path: Path
) -> None:
    partial = changed_genome(tmp_path, rs3918290="T 0/1", rs75017182="./.")
    gp.write(person("onc"), *results_of(partial, "onc"))
    drug = order("o1", "Capecitabine 500 mg tablets", "onc")
    (card,) = gp.hook("order-sign", drug, patientId="onc")["cards"]
    assert told(card)["tier"] == "T2"
    assert "Start with 50 % of the usual dose" in card["detail"]
    assert "1 of 83 positions was not read: rs75017182" in card["detail"]
    unread = changed_genome(tmp_path, rs3918290="./.", rs75017182="./.", rs67376798="./.")
    gp.write(person("blind"), *results_of(unread, "blind"))
    drug = order("o1", "Capecitabine 500 mg tablets", "blind")
    answer = gp.hook("order-sign", drug, patientId="blind")
    assert "clear" not in {a["answer"] for a in answers(answer)}, "no-call never reads as normal"
    gaps = [n for a in answers(answer) for n in a["not_assessed"] if n["subject"] == "DPYD"]
    said = answer["cards"][0]["detail"] if answer["cards"] else ""
    assert gaps or "not read" in said
