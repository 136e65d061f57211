"""A genome's report as FHIR, and the same bundle read back: the same results, the same advice."""

import json
from pathlib import Path
from typing import Any

from tests.acceptance.conftest import STORY, Run

GENOME = STORY / "genome.vcf"
TAKEN = ("clopidogrel", "codeine", "simvastatin")
SETTLED = ("action", "target", "tier", "strength", "p_recommendation", "stable", "summary")


def statement(words: str) -> dict[str, Any]:
    return {
        "resource": {
            "resourceType": "MedicationStatement",
            "id": words,
            "status": "active",
            "medicationCodeableConcept": {"text": words},
        }
    }


def advised(run: Run, tmp_path: Path, made: dict[str, Any], *more: object) -> list[list[Any]]:
    """Return what is advised for three medicines to the person of a bundle."""
    path = tmp_path / "person.json"
    path.write_text(json.dumps({**made, "entry": [*made["entry"], *map(statement, TAKEN)]}))
    ran = run("advise", "--person", path, *more)
    assert ran.code == 0, ran.err
    return [[a[key] for key in SETTLED] for a in json.loads(ran.out)["advice"]]


def test_report_as_fhir_read_back_gives_the_same_advice(run: Run, tmp_path: Path) -> None:
    ran = run("genome", "report", GENOME, "--sex", "male", "--format", "fhir")
    assert ran.code == 0, ran.err
    made = json.loads(ran.out)
    assert (made["resourceType"], made["type"]) == ("Bundle", "collection")
    patient = next(e for e in made["entry"] if e["resource"]["resourceType"] == "Patient")
    bare = {**made, "entry": [patient]}
    before = advised(run, tmp_path, bare, "--genome", GENOME)
    after = advised(run, tmp_path, made)
    assert before == after
    assert len(after) >= 2


def test_report_as_fhir_is_the_same_on_every_run_of_a_day(run: Run) -> None:
    first, second = (run("genome", "report", GENOME, "--format", "fhir").out for _ in range(2))
    assert first == second


def test_order_beside_results_of_our_own_names_the_result_it_rests_on(
    run: Run, tmp_path: Path
) -> None:
    made = json.loads(run("genome", "report", GENOME, "--format", "fhir").out)
    path = tmp_path / "own.json"
    path.write_text(json.dumps(made))
    order = tmp_path / "order.json"
    order.write_text(
        json.dumps(
            {
                "resourceType": "MedicationRequest",
                "status": "draft",
                "medicationCodeableConcept": {"text": "clopidogrel"},
            }
        )
    )
    ran = run("advise", "--person", path, "--order", order)
    steps = {b["step"] for a in json.loads(ran.out)["advice"] for b in a["because"]}
    assert {"phenotype", "diplotype", "variant"} <= steps
