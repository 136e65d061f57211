"""Traps for `genome call`: odd files, odd places to write to. All people in them are made up."""

import json
import os
import threading
from pathlib import Path

import pytest

from tests.acceptance.conftest import STORY, Run

GENOME = STORY / "genome.vcf"


def people(folder: Path, text: str) -> Path:
    file = folder / "people.tsv"
    file.write_bytes(text.encode())
    return file


def sample_of(run: Run) -> str:
    found = json.loads(run("genome", "call", GENOME).out)
    return str(found["samples"][0]["sample"])


def g6pd(run: Run, *more: object) -> str:
    found = json.loads(run("genome", "call", GENOME, *more).out)
    genes = {g["gene"]: g for g in found["samples"][0]["genes"]}
    return str(genes["G6PD"]["diplotypes"][0]["name"])


@pytest.mark.parametrize(
    "text",
    [
        "sample\tgender\nP\tM\n",
        "sample\tsex\nnobody\tM\n",
        "sample\tsex\n{sample}\tM\n{sample}\tF\n",
        "sample\tsex\n{sample}\tX\n",
        "",
    ],
)
def test_people_that_cannot_be_meant_are_refused(run: Run, tmp_path: Path, text: str) -> None:
    file = people(tmp_path, text.replace("{sample}", sample_of(run)))
    ran = run("genome", "call", GENOME, "--people", file)
    assert (ran.code, ran.out) == (10, "")
    assert ran.err.startswith("GARROD-INP021: ")


def test_people_blank_cell_leaves_the_option_standing(run: Run, tmp_path: Path) -> None:
    sample = sample_of(run)
    stated = people(tmp_path, f"\ufeffsample\tsex\tpopulation\r\n{sample}\tM\t\r\n")
    male = g6pd(run, "--people", stated)
    assert "/" not in male
    blank = people(tmp_path, f"sample\tsex\tpopulation\n{sample}\t\t\n")
    assert g6pd(run, "--people", blank, "--sex", "male") == male


def test_people_of_a_huge_cell_are_refused_not_a_fault(run: Run, tmp_path: Path) -> None:
    file = people(tmp_path, f"sample\tsex\n{sample_of(run)}\t{'M' * 200_000}\n")
    assert run("genome", "call", GENOME, "--people", file).code == 10


def test_output_to_a_pipe_is_written_into_it(run: Run, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()
    assert run("genome", "call", GENOME, "-o", pipe).code == 0
    reader.join(10)
    assert pipe.is_fifo()
    assert json.loads(read[0])["samples"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no full device")
def test_output_that_does_not_fit_is_told_not_a_fault(run: Run) -> None:
    ran = run("genome", "call", GENOME, "-o", "/dev/full")
    assert (ran.code, ran.err.split(":")[0]) == (10, "GARROD-INP010")


def test_output_through_a_link_keeps_the_link(run: Run, tmp_path: Path) -> None:
    target, link = tmp_path / "target.json", tmp_path / "link.json"
    link.symlink_to(target)
    assert run("genome", "call", GENOME, "-o", link).code == 0
    assert link.is_symlink()
    assert json.loads(target.read_text())["samples"]
