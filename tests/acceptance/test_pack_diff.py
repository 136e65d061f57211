"""The difference of packs and orders, and whose advice it changes, through the command line."""

import json
from pathlib import Path

import pytest

from tests.acceptance.conftest import STORY, Run
from tests.making.packs import resum, site_copy

LOINC = "http://loinc.org"


def bundle(name: str, medicines: list[str], results: dict[str, str]) -> dict[str, object]:
    """Return the bundle of a synthetic person with genotypes."""
    subject = {"reference": f"Patient/{name}"}
    entries: list[dict[str, object]] = [
        {
            "resourceType": "Patient",
            "id": name,
            "name": [{"text": "Nobody Synthetic"}],
            "gender": "female",
            "birthDate": "1960-01-01",
        }
    ]
    entries += [
        {
            "resourceType": "MedicationStatement",
            "id": f"m{n}",
            "status": "active",
            "subject": subject,
            "medicationCodeableConcept": {"text": words},
        }
        for n, words in enumerate(medicines)
    ]
    entries += [
        {
            "resourceType": "Observation",
            "id": f"o{gene}",
            "status": "final",
            "subject": subject,
            "code": {"coding": [{"system": LOINC, "code": "84413-4"}]},
            "component": [
                {
                    "code": {"coding": [{"system": LOINC, "code": "48018-6"}]},
                    "valueCodeableConcept": {"text": gene},
                }
            ],
            "valueCodeableConcept": {"text": genotype},
        }
        for gene, genotype in results.items()
    ]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": e} for e in entries],
    }


@pytest.fixture
def people(tmp_path: Path) -> Path:
    folder = tmp_path / "people"
    folder.mkdir()
    made = [
        bundle("one", ["abacavir"], {"HLA-B": "*57:01 positive"}),
        bundle("two", ["omeprazole"], {"CYP2C19": "*17/*17"}),
        bundle("three", ["paracetamol"], {}),
    ]
    for number, content in enumerate(made):
        (folder / f"{number}.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


def quiet_pack(folder: Path) -> Path:
    def edit(text: str) -> str:
        return "".join(x for x in text.splitlines(True) if not x.startswith("abacavir"))

    return site_copy(folder, "policy-england", "2027.1.0", {"hard_stops.csv": edit})


def test_two_orders_differ_in_the_rank_of_sources_and_for_whom_is_said(
    run: Run, people: Path
) -> None:
    ran = run("packs", "diff", "england", "policy-netherlands", "--people", people)
    assert ran.code == 0
    assert "table sources: 3 -> 3 rows; 0 added, 0 removed, 2 changed" in ran.out
    assert "~ CPIC: rank: 1 -> 2" in ran.out
    (two,) = [line for line in ran.out.splitlines() if "Patient/two" in line]
    assert "omeprazole: start-higher T3 Optional" in two
    assert "Patient/three" not in ran.out
    assert "Nobody" not in ran.out + ran.err


def test_lost_hard_stop_is_counted_and_marked(run: Run, people: Path, tmp_path: Path) -> None:
    new = quiet_pack(tmp_path / "site")
    ran = run("packs", "diff", "policy-england", new, "--people", people)
    assert "- abacavir | HLA-B | *57:01 positive | T1" in ran.out
    assert "people: 3 compared, 1 with other advice, 1 lose a hard stop" in ran.out
    assert "! Patient/one: abacavir: avoid T1 Strong" in ran.out


def test_json_has_every_row_and_every_change(run: Run, people: Path, tmp_path: Path) -> None:
    new, target = quiet_pack(tmp_path / "site"), tmp_path / "out.json"
    more = ("--people", people, "--ahead", "--format", "json", "-o", target)
    ran = run(
        *("packs", "diff", "policy-england", "policy-england@2027.1.0", "--packs", new.parents[1]),
        *more,
    )
    assert ran.code == 0
    told = json.loads(target.read_text())
    assert (told["before"], told["after"]) == (
        "policy-england@2026.11.0",
        "policy-england@2027.1.0",
    )
    (table,) = told["tables"]
    assert (table["table"], table["rows_before"] - table["rows_after"]) == ("hard_stops", 1)
    assert told["people"]["compared"] == 3
    (change,) = told["people"]["changes"]
    assert (change["person"], change["loses_hard_stop"]) == ("Patient/one", True)
    assert change["differs"] == ["tier"]


def test_same_pack_twice_differs_in_nothing(run: Run, people: Path) -> None:
    ran = run("packs", "diff", "drugs", "drugs@2026.11.1", "--people", people / "0.json")
    assert "no fact differs" in ran.out
    assert "people: 1 compared, 0 with other advice" in ran.out
    told = json.loads(run("packs", "diff", "drugs", "drugs", "--format", "json").out)
    assert (told["tables"], "people" in told) == ([], False)


def test_guidance_pack_is_compared_under_the_policy_that_is_chosen(
    run: Run, people: Path, tmp_path: Path
) -> None:
    def edit(text: str) -> str:
        return "".join(x for x in text.splitlines(True) if "omeprazole" not in x)

    new = site_copy(tmp_path / "s", "pgx-guidance", "2027.1.0", {"recommendations.csv": edit})
    two = people / "1.json"
    for policy, source in (("england", "start-higher T3"), ("netherlands", "")):
        ran = run("packs", "diff", "pgx-guidance", new, "--people", two, "--policy", policy)
        assert ran.code == 0, ran.err
        lines = [line for line in ran.out.splitlines() if "Patient/two: omeprazole" in line]
        assert bool(lines) == bool(source), policy
        assert not source or source in lines[0]
    assert "… and" in ran.out or "removed" in ran.out


def test_many_changed_rows_are_cut_and_counted(run: Run, tmp_path: Path) -> None:
    new = site_copy(
        tmp_path,
        "pgx-frequencies",
        "2027.1.0",
        {"frequencies.csv": lambda t: t.replace(",0,", ",1,")},
    )
    ran = run("packs", "diff", "pgx-frequencies", new)
    assert "more (--format json has all)" in ran.out
    assert ran.out.count("  ~ ") == 20


def test_columns_and_citations_that_differ_are_named(run: Run, tmp_path: Path) -> None:
    new = site_copy(tmp_path, "policy-us", "2027.1.0", {"quiet.csv": lambda t: "note," + t})
    table = new / "quiet.csv"
    head, *rows = table.read_text().removeprefix("note,").splitlines()
    table.write_text("\n".join([f"{head},note", *(f"{r},x" for r in rows)]) + "\n")
    cited = new / "evidence.csv"
    cited.write_text(cited.read_text() + "site,Our own,,,2027,,CC0-1.0,2027-01-01\n")
    resum(new)
    ran = run("packs", "diff", "us", new)
    assert "new columns: note" in ran.out
    assert "citations added: site" in ran.out
    back = run("packs", "diff", new, "us")
    assert "lost columns: note" in back.out
    assert "citations removed: site" in back.out


def test_stored_calls_are_called_by_either_side_and_looked_ahead(run: Run, tmp_path: Path) -> None:
    facts = tmp_path / "p.facts.json.gz"
    assert run("genome", "call", STORY / "genome.vcf", "--facts", facts).code == 0
    new = site_copy(
        tmp_path / "s",
        "pgx-phenotypes",
        "2027.1.0",
        {
            "functions.csv": lambda t: t.replace(
                "CYP2C19,*2,No function", "CYP2C19,*2,Normal function"
            )
        },
    )
    ran = run("packs", "diff", "pgx-phenotypes", new, "--facts", facts)
    assert ran.code == 0, ran.err
    assert "people: 1 compared, 1 with other advice" in ran.out
    (line,) = [x for x in ran.out.splitlines() if "clopidogrel" in x]
    assert line.strip().startswith("Sample/SYNTHETIC-1: clopidogrel (not taken): ")
    assert line.endswith("-> nothing")
    assert "no fact differs" in run("packs", "diff", "us", "us", "--facts", facts).out
