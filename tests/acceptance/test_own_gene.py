"""The tutorial on a gene of a site's own works as written: its commands are run in order."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from garrod.adapters.packs.load import load_shelf, newest
from garrod.adapters.packs.site import shelf_of

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "own-gene"
TUTORIAL = ROOT / "docs" / "tutorials" / "own-gene.md"


def commands() -> str:
    text = TUTORIAL.read_text(encoding="utf-8")
    return "\n".join(re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S))


def rows(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["gene"]: row for row in csv.DictReader(file, delimiter="\t")}


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder in which the tutorial's commands were run."""
    folder = tmp_path_factory.mktemp("tutorial") / "own-gene"
    shutil.copytree(EXAMPLE, folder)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands()],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return folder


def test_own_allele_is_called_from_facts_and_own_gene_is_said_to_be_outside(worked: Path) -> None:
    found = rows(worked / "changes.tsv")
    assert set(found) == {"CYP2C19", "ABCB1"}
    assert found["CYP2C19"]["status_was"] == "ambiguous"
    assert found["CYP2C19"]["diplotypes_now"] == "*1/own-1"
    assert "abcb1" not in found["CYP2C19"]["why"]
    assert found["ABCB1"]["status_now"] == "no-call"
    assert "outside the kept regions" in found["ABCB1"]["not_kept"]


def test_own_gene_is_called_once_its_packs_are_in_force(worked: Path) -> None:
    before, after = rows(worked / "before.tsv"), rows(worked / "after.tsv")
    assert "ABCB1" not in before
    assert (after["ABCB1"]["diplotypes"], after["ABCB1"]["phenotype"]) == (
        "*1/*2", "Increased Function",
    )  # fmt: skip
    assert after["CYP2C19"]["phenotype"] == "Intermediate Metabolizer"
    others = set(before) - {"CYP2C19"}
    assert {g: before[g] for g in others} == {g: after[g] for g in others}


def test_own_row_of_guidance_says_that_it_is_an_example(worked: Path) -> None:
    text = (worked / "report.json").read_text(encoding="utf-8")
    advice = next(a for a in json.loads(text)["advice"] if a["target"]["name"] == "metildigoxin")
    assert advice["summary"].startswith("EXAMPLE, NOT ADVICE")
    assert "example-abcb1-guidance@1.0.0" in "+".join(advice["packs"])


def test_sealing_an_unchanged_pack_changes_nothing(worked: Path) -> None:
    for path in EXAMPLE.rglob("pack.toml"):
        sealed = worked / path.relative_to(EXAMPLE)
        assert sealed.read_bytes() == path.read_bytes()


def test_every_row_of_the_example_joins_the_shipped_packs() -> None:
    base = load_shelf()
    shelf = shelf_of({**newest(), **newest([EXAMPLE / "packs"])})
    for name in ("pgx-definitions", "pgx-phenotypes", "pgx-guidance", "drugs"):
        for table in base.pack(name).tables:
            added = [row for pack in shelf.extensions(name) for row in pack.tables.get(table, ())]
            assert shelf.rows(name, table) == (*base.rows(name, table), *added)
