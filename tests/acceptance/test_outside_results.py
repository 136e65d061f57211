"""Results of other programs through the real door; all people in them are made up."""

import json
from pathlib import Path

import pytest

from tests.acceptance.conftest import STORY, Run
from tests.making.results import DATA, examples

GENOME = STORY / "genome.vcf"
PERSON = STORY / "person.json"
UNUSED = "note: results of genes that nothing here knows were not used: "
# file -> a gene of it, its status, its most probable diplotype and its phenotype
EXPECTED = {
    "cyrius.tsv": ("CYP2D6", "called", "*1/*4", "Intermediate Metabolizer"),
    "cyrius.json": ("CYP2D6", "called", "*1/*2x2", "Ultrarapid Metabolizer"),
    "solutions.aldy": ("CYP2D6", "ambiguous", "*1/*4+*4", "Intermediate Metabolizer"),
    "aldy.vcf": ("CYP2C19", "ambiguous", "*1/*2", "Intermediate Metabolizer"),
    "stellarpgx.alleles": ("CYP2D6", "called", "*4/*10", "Intermediate Metabolizer"),
    "results.zip": ("CYP2D6", "called", "*1/*4", "Intermediate Metabolizer"),
    "dragen.targeted.json": ("CYP2C9", "called", "*1/*3", "Intermediate Metabolizer"),
    "starphase.json": ("CYP2D6", "called", "*1/*4 + *68", "Intermediate Metabolizer"),
    "pharmcat.v3.phenotype.json": (
        *("DPYD", "ambiguous", "c.85T>C (*9A)/c.1905+1G>A (*2A)", "Intermediate Metabolizer"),
    ),
    "pharmcat.v2.report.json": ("CYP2C9", "called", "*1/*3", "Intermediate Metabolizer"),
    "pharmcat.match.json": ("CYP2C19", "ambiguous", "*1/*2", "Intermediate Metabolizer"),
    "panel.csv": ("CYP2D6", "called", "*1/*10", "Normal Metabolizer"),
}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_genome_call_takes_each_format(run: Run, tmp_path: Path, name: str) -> None:
    ran = run("genome", "call", GENOME, "--outside", examples(tmp_path)[name])
    assert ran.code == 0, ran.err
    (sample,) = json.loads(ran.out)["samples"]
    gene, *expected = EXPECTED[name]
    (found,) = [g for g in sample["genes"] if g["gene"] == gene]
    assert found["source"] == "outside"
    assert [found["status"], found["diplotypes"][0]["name"], found["phenotype"]] == expected


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_advise_takes_each_format(run: Run, tmp_path: Path, name: str) -> None:
    file = examples(tmp_path)[name]
    ran = run("advise", "--person", PERSON, "--sample", "SYNTHETIC-1", "--outside", file)
    assert ran.code == 0, ran.err
    assert "advice" in json.loads(ran.out)


def test_every_example_goes_through_the_door(tmp_path: Path) -> None:
    assert set(EXPECTED) == set(examples(tmp_path))


def test_genes_that_nothing_here_knows_are_named_on_stderr(run: Run) -> None:
    ran = run("genome", "call", GENOME, "--outside", DATA / "panel.csv")
    assert (ran.code, ran.err) == (0, f"{UNUSED}COMT\n")
    ran = run("advise", "--person", PERSON, "--outside", DATA / "starphase.json")
    assert (ran.code, ran.err) == (0, f"{UNUSED}HLA-DRB1\n")


def test_several_people_without_a_choice_are_refused(run: Run) -> None:
    ran = run("advise", "--person", PERSON, "--outside", DATA / "panel.csv")
    assert (ran.code, ran.out) == (10, "")
    assert ran.err.startswith("GARROD-OUT004: ")


def test_two_programs_that_differ_stand_side_by_side(run: Run) -> None:
    files = ("--outside", DATA / "cyrius.tsv", "--outside", DATA / "panel.csv")
    (sample,) = json.loads(run("genome", "call", GENOME, *files).out)["samples"]
    (found,) = [g for g in sample["genes"] if g["gene"] == "CYP2D6"]
    assert (found["status"], len(found["diplotypes"])) == ("ambiguous", 2)
    assert "sources differ (Cyrius: *1/*4; laboratory: *1/*10)" in " ".join(found["reasons"])


def test_unknown_file_is_refused_with_the_formats_that_are_known(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    file.write_text('{"a": 1}')
    ran = run("genome", "call", GENOME, "--outside", file)
    assert (ran.code, ran.out) == (10, "")
    assert ran.err.startswith("GARROD-OUT003: ")
    assert "PharmCAT" in ran.err
