"""The same order and result under other circumstances: other advice, or a question; synthetic."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Run

Json = dict[str, Any]
SYNTHETIC = {"security": [{"code": "HTEST"}]}
WHOSE = {"reference": "Patient/s1"}
ASKED_AGE = "How old is the person?"
ASKED_USE = "What is it for: acute coronary syndrome or a stent"
ASKED_START = "Has the person taken carbamazepine for more than three months"


def genotype(gene: str, value: str) -> Json:
    return {
        "resourceType": "Observation",
        "status": "final",
        "subject": WHOSE,
        "code": {"coding": [{"system": "http://loinc.org", "code": "84413-4"}]},
        "valueCodeableConcept": {"text": value},
        "component": [
            {
                "code": {"coding": [{"system": "http://loinc.org", "code": "48018-6"}]},
                "valueCodeableConcept": {"text": gene},
            }
        ],
    }


def taken(words: str, since: str = "") -> Json:
    started = {"effectivePeriod": {"start": since}} if since else {}
    return {
        "resourceType": "MedicationStatement",
        "status": "active",
        "subject": WHOSE,
        "medicationCodeableConcept": {"text": words},
        **started,
    }


def history(words: str) -> Json:
    return {"resourceType": "Condition", "subject": WHOSE, "code": {"text": words}}


def all_advised(
    run: Run, folder: Path, words: str, *resources: Json, born: str = "", **order: Any
) -> Json:
    """Return the answer to an order for a person with the resources."""
    patient: Json = {"resourceType": "Patient", "id": "s1", "meta": SYNTHETIC}
    patient |= {"birthDate": born} if born else {}
    entries = [{"resource": resource} for resource in (patient, *resources)]
    person, ordered = folder / "person.json", folder / "order.json"
    person.write_text(
        json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})
    )
    request = {
        "resourceType": "MedicationRequest",
        "status": "draft",
        "intent": "order",
        "subject": WHOSE,
        "medicationCodeableConcept": {"text": words},
        **order,
    }
    ordered.write_text(json.dumps(request))
    ran = run("advise", "--person", person, "--order", ordered)
    assert ran.code == 0, ran.err
    found: Json = json.loads(ran.out)
    return found


def advised(run: Run, folder: Path, words: str, *resources: Json, **more: Any) -> Json:
    """Return the only advice on an order for a person with the resources, by the genes."""
    found = all_advised(run, folder, words, *resources, **more)
    (advice,) = [a for a in found["advice"] if a["id"].startswith("pgx:")]
    by_genes: Json = advice
    return by_genes


@pytest.mark.parametrize(
    ("born", "population", "action"),
    [("1980-03-01", "adults", "prefer-alternative"), ("2017-03-01", "paediatrics", "monitor")],
)
def test_voriconazole_is_judged_by_age(
    run: Run, tmp_path: Path, born: str, population: str, action: str
) -> None:
    rapid = genotype("CYP2C19", "*1/*17")
    advice = advised(run, tmp_path, "voriconazole 200 mg bd", rapid, born=born)
    assert (advice["population"], advice["action"]) == (population, action)
    assert ASKED_AGE not in advice["summary"]
    assert advice["stable"] is True


def test_voriconazole_at_an_unknown_age_is_judged_with_most_caution_and_asked_about(
    run: Run, tmp_path: Path
) -> None:
    advice = advised(run, tmp_path, "voriconazole 200 mg bd", genotype("CYP2C19", "*1/*17"))
    assert (advice["population"], advice["action"]) == ("adults", "prefer-alternative")
    assert ASKED_AGE in advice["summary"]
    assert advice["stable"] is False


@pytest.mark.parametrize(
    ("reason", "past", "population"),
    [
        ("Acute coronary syndrome", "", "acs-pci"),
        ("Transient ischaemic attack", "", "neurovascular"),
        ("Peripheral arterial disease", "", "cardiovascular-other"),
        ("", "Ischaemic stroke", "neurovascular"),
        ("Coronary stent", "Ischaemic stroke", "acs-pci"),
    ],
)
def test_clopidogrel_is_judged_by_what_it_is_for(
    run: Run, tmp_path: Path, reason: str, past: str, population: str
) -> None:
    known = [history(past)] if past else []
    order = {"reasonCode": [{"text": reason}]} if reason else {}
    slow = genotype("CYP2C19", "*2/*2")
    advice = advised(run, tmp_path, "clopidogrel", slow, *known, born="1960-03-01", **order)
    assert advice["population"] == population
    assert ASKED_USE not in advice["summary"]


def test_clopidogrel_for_an_unknown_reason_is_asked_about(run: Run, tmp_path: Path) -> None:
    slow = genotype("CYP2C19", "*2/*2")
    advice = advised(run, tmp_path, "clopidogrel", slow, born="1960-03-01")
    assert ASKED_USE in advice["summary"]
    assert advice["stable"] is False


@pytest.mark.parametrize(
    ("listed", "population", "is_asked"),
    [
        ([], "cbz-naive", False),
        ([taken("carbamazepine", "2020-01-01")], "cbz-exposed", False),
        ([taken("Tegretol")], "cbz-naive", True),
    ],
)
def test_carbamazepine_is_judged_by_whether_it_was_taken_before(
    run: Run, tmp_path: Path, listed: list[Json], population: str, is_asked: bool
) -> None:
    risk = genotype("HLA-B", "HLA-B*15:02 positive")
    advice = advised(run, tmp_path, "carbamazepine", risk, *listed, born="1980-03-01")
    assert advice["population"] == population
    assert (ASKED_START in advice["summary"]) is is_asked


@pytest.mark.parametrize(
    ("born", "past", "action", "tier"),
    [
        ("2018-03-01", "", "avoid", "T1"),
        ("2011-03-01", "Tonsillectomy", "avoid", "T1"),
        ("", "", "ask", "T3"),
    ],
)
def test_codeine_is_limited_by_age_whatever_the_genes(
    run: Run, tmp_path: Path, born: str, past: str, action: str, tier: str
) -> None:
    usual = genotype("CYP2D6", "*1/*1")
    known = [history(past)] if past else []
    (limit, *_) = all_advised(run, tmp_path, "codeine 15 mg", usual, *known, born=born)["advice"]
    assert (limit["id"].split(":")[0], limit["action"], limit["tier"]) == ("limit", action, tier)


def test_codeine_for_a_grown_up_is_not_limited(run: Run, tmp_path: Path) -> None:
    usual = genotype("CYP2D6", "*1/*1")
    found = all_advised(run, tmp_path, "codeine 15 mg", usual, born="1960-03-01")
    assert [a for a in found["advice"] if a["id"].startswith("limit:")] == []
    genes, rules = found["clear"]
    assert (genes["subject"], "CYP2D6" in rules["subject"]) == ("CYP2D6", False)
