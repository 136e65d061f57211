"""garrod world through the real door; its people are valid FHIR and get advice."""

import json
from pathlib import Path
from typing import Any

import pytest

from garrod.adapters.fhir.validate.walk import Validator
from garrod.adapters.world import shared as places
from tests.acceptance.conftest import Run
from tests.unit.world.small_world import profile, some_people


def test_world_is_written_and_told(run: Run, tmp_path: Path) -> None:
    ran = run("world", "--people", 40, "--seed", 3, "-o", tmp_path / "w")
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert told["resources"]["Patient"] == 40
    assert {f"{kind}.ndjson" for kind in told["resources"]} == {
        p.name for p in (tmp_path / "w").iterdir()
    }


def test_same_command_gives_the_same_bytes_and_parts_make_the_whole(
    run: Run, tmp_path: Path
) -> None:
    for name, people, first in (("a", 20, 0), ("b", 20, 0), ("c", 12, 8)):
        run("world", "--people", people, "--first", first, "--seed", 5, "-o", tmp_path / name)
    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()
    whole = (tmp_path / "a" / "Patient.ndjson").read_bytes().splitlines()
    assert (tmp_path / "c" / "Patient.ndjson").read_bytes().splitlines() == whole[8:]


def test_smaller_world_is_the_beginning_of_the_larger_and_another_seed_another_world(
    run: Run, tmp_path: Path
) -> None:
    for name, people, seed in (("a", 20, 5), ("b", 30, 5), ("c", 20, 6)):
        run("world", "--people", people, "--seed", seed, "-o", tmp_path / name)
    for file in (tmp_path / "a").iterdir():
        whole = (tmp_path / "b" / file.name).read_bytes()
        assert whole.startswith(file.read_bytes())
    people = [(tmp_path / name / "Patient.ndjson").read_bytes() for name in ("a", "c")]
    assert people[0] != people[1]


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--people", 0), 2, "909,091"),
        (("--people", 909_092), 2, "909,091"),
        (("--people", 10, "--first", 909_090), 2, "909,091"),
        (("--seed", -1), 2, "--seed is a whole number"),
        (("--year", 1700), 2, "--year is a year"),
        (("--profile", "nowhere.toml"), 10, "nowhere.toml: cannot be read"),
    ],
)
def test_wrong_option_is_refused(
    run: Run, tmp_path: Path, options: tuple[object, ...], code: int, said: str
) -> None:
    ran = run("world", "-o", tmp_path / "w", *options)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert list(tmp_path.iterdir()) == []


def test_full_folder_is_refused_without_force(run: Run, tmp_path: Path) -> None:
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "Patient.ndjson").write_text("{}\n", encoding="utf-8")
    ran = run("world", "--people", 2, "-o", tmp_path / "w")
    assert ran.code == 10
    assert "--force" in ran.err
    assert run("world", "--people", 2, "-o", tmp_path / "w", "--force").code == 0


def bundle(found: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    entries = [
        {"fullUrl": f"https://garrod.example/fhir/{r['resourceType']}/{r['id']}", "resource": r}
        for r in found
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def cyp2c19_of(found: tuple[dict[str, Any], ...]) -> str:
    """Return the diplotype that a person's record holds, "" for none."""
    values = (r.get("valueCodeableConcept", {}).get("text", "") for r in found)
    return next((v.split()[1] for v in values if v.startswith("CYP2C19 ")), "")


def test_people_of_a_world_get_advice(run: Run, tmp_path: Path) -> None:
    tested = [found for found in some_people(400) if cyp2c19_of(found)][:6]
    assert len(tested) == 6
    order = tmp_path / "order.json"
    for number, found in enumerate(tested):
        person = tmp_path / f"{number}.json"
        person.write_text(json.dumps(bundle(found)), encoding="utf-8")
        draft = {
            "resourceType": "MedicationRequest",
            "status": "draft",
            "intent": "proposal",
            "subject": {"reference": f"Patient/{found[0]['id']}"},
            "medicationCodeableConcept": {"text": "clopidogrel 75 mg tablets"},
        }
        order.write_text(json.dumps(draft), encoding="utf-8")
        ran = run("advise", "--person", person, "--order", order)
        assert ran.code == 0, ran.err
        answer = json.loads(ran.out)
        told = {n["reason"] for n in answer["not_assessed"] if n["subject"] == "CYP2C19"}
        assert answer["advice"] or answer["clear"] or told
        assert "not tested" not in told
        if "*2" in cyp2c19_of(found):  # an allele without function
            assert answer["advice"]


@pytest.mark.shared
@pytest.mark.slow
def test_every_resource_is_valid_fhir(shared: Path) -> None:
    from validation.fhir_definitions import definitions

    validator = Validator(definitions())
    faults = [
        (r["resourceType"], r["id"], validator.validate(r).errors)
        for r in [*list(places(profile()))[::12], *(r for found in some_people(60) for r in found)]
        if not validator.validate(r).is_valid
    ]
    assert faults == []
