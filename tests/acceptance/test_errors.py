"""Bad input through the real door: one line, a code, what to do; nothing left behind."""

import gzip
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from garrod import packs
from tests.acceptance.conftest import STORY, Run

GENOME = STORY / "genome.vcf"


def two_columns(text: str, names: str) -> str:
    rows = [
        f"{row}\t{row.split(chr(9))[-1]}" if not row.startswith("##") else row
        for row in text.splitlines()
    ]
    return "\n".join(rows).replace("SYNTHETIC-1\tSYNTHETIC-1", names) + "\n"


BAD = {
    "empty": (b"", "VCF004"),
    "not a vcf": (b"hello\n", "VCF007"),
    "truncated": (gzip.compress(GENOME.read_bytes())[:4000], "VCF005"),
    "no contigs, no known record": (
        b"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n"
        b"chr1\t5\t.\tA\tC\t.\t.\t.\tGT\t0/1\n",
        "VCF013",
    ),
    "no sample": (GENOME.read_bytes().replace(b"\tFORMAT\tSYNTHETIC-1", b""), "VCF009"),
    "two of one name": (two_columns(GENOME.read_text(), "A\tA").encode(), "VCF010"),
    "wrong build": (GENOME.read_bytes().replace(b"248956422", b"249250621"), "VCF014"),
    "swapped ref": (
        GENOME.read_bytes().replace(b"rs4244285\tG\tA", b"rs4244285\tA\tG"),
        "VCF015",
    ),
    "not utf-8": (GENOME.read_bytes().replace(b"nobody real", b"nobody \xff\xfe"), "VCF008"),
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_bad_file_gives_one_line_with_its_code_and_no_output(
    run: Run, tmp_path: Path, name: str
) -> None:
    content, code = BAD[name]
    file, target = tmp_path / "in.vcf", tmp_path / "out.json"
    file.write_bytes(content)
    ran = run("genome", "call", file, "-o", target)
    assert (ran.code, ran.out) == (10, "")
    assert ran.err.startswith(f"GARROD-{code}: ")
    assert ran.err.count("\n") == 1
    assert [p.name for p in tmp_path.iterdir()] == ["in.vcf"]


@pytest.mark.parametrize(
    ("arguments", "exit_code", "code"),
    [
        (["genome", "call", "no-such.vcf"], 10, "VCF003"),
        (["genome", "call", STORY], 10, "VCF002"),
        (["genome", "call", GENOME, "--sample", "nobody"], 10, "VCF011"),
        (["genome", "call", GENOME, "--sex", "x"], 2, "USE001"),
        (["genome", "call", GENOME, "--assembly", "hg38"], 2, "USE001"),
        (["genome", "call", GENOME, "--assembly", "GRCh37"], 10, "VCF014"),
        (["genome", "call", GENOME, "--people", "none.tsv"], 10, "INP020"),
        (["genome", "call", GENOME, "-o", "no/such/folder/x"], 10, "INP010"),
        (["genome", "report", GENOME, "--medicines", "none.txt"], 10, "INP030"),
        (["advise", "--person", "none.json"], 10, "FHR001"),
        (["packs", "show", "nothing"], 11, "KNO002"),
    ],
)
def test_wrong_argument_names_itself(
    run: Run, arguments: list[object], exit_code: int, code: str
) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.err.split(":")[0]) == (exit_code, f"GARROD-{code}")
    assert "Traceback" not in ran.err


def test_outside_call_of_an_unknown_gene_is_refused(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "outside.tsv"
    file.write_text("NOSUCH\t*1/*2\n")
    ran = run("genome", "call", GENOME, "--outside", file)
    assert ran.code == 10
    assert "GARROD-OUT" in ran.err


def test_help_shows_an_example_for_every_command(run: Run) -> None:
    for command in (["genome", "call"], ["genome", "report"], ["packs", "list"]):
        assert "Example:" in run(*command, "--help").out


def test_two_samples_without_a_choice_are_refused_for_a_report(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "two.vcf"
    file.write_text(two_columns(GENOME.read_text(), "A\tB"))
    ran = run("genome", "report", file)
    assert (ran.code, ran.err.split(":")[0]) == (2, "GARROD-USE001")
    assert run("genome", "report", file, "--sample", "B", "--format", "json").code == 0


def test_command_ended_half_way_leaves_nothing_behind(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from garrod.entry.cli import output\n"
        "import garrod.entry.cli.app as door\n"
        "def parts():\n"
        "    yield b'half'\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "    yield b'whole'\n"
        "door.app = lambda: output.write_out(parts(), Path(sys.argv[1]))\n"
        "door.main()\n"
    )
    target = tmp_path / "out.json"
    ended = subprocess.run([sys.executable, "-c", script, target], check=False, timeout=60)
    assert ended.returncode == 128 + signal.SIGTERM
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "setting", [("--called-at", "7"), ("--min-gq", "-1"), ("--min-dp", "x")], ids=str
)
def test_setting_that_means_nothing_is_a_usage_error(run: Run, setting: tuple[str, str]) -> None:
    ran = run("genome", "call", GENOME, *setting)
    assert ran.code == 2
    assert setting[0] in ran.err


def test_pack_that_was_changed_is_refused_by_its_checksum(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "policy-england"
    shutil.copytree(Path(packs.__path__[0]) / "policy-england", folder)
    assert run("packs", "verify", tmp_path).out.startswith("policy-england@")
    table = next(folder.glob("*/tiers.csv"))
    table.write_text(table.read_text().replace("T2", "T5"))
    ran = run("packs", "verify", tmp_path)
    assert (ran.code, ran.out, ran.err.split(":")[0]) == (11, "", "GARROD-KNO003")
    assert "tiers.csv" in ran.err


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("segno", "GARROD-GAR002: the library segno is not"),
        ("garrod.no", "GARROD-GAR001: something"),
    ],
)
def test_library_that_is_not_installed_is_named(
    run: Run, monkeypatch: pytest.MonkeyPatch, missing: str, said: str
) -> None:
    def fails() -> None:
        raise ModuleNotFoundError(f"No module named {missing!r}", name=missing)

    monkeypatch.setattr("garrod.entry.cli.app.app", fails)
    ran = run("packs", "list")
    assert (ran.code, ran.out) == (19, "")
    assert ran.err.startswith(said)
