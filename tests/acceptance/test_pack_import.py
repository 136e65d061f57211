"""From a download to packs, through the real door."""

from pathlib import Path

import pytest

from tests.acceptance.conftest import Run
from tests.making import downloads as d


def test_import_writes_packs_that_verify_and_says_what_it_left(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "packs"
    ran = run("packs", "import", "pharmcat", d.pharmcat(tmp_path / "in"), "-o", target)
    assert ran.code == 0, ran.err
    written = ran.out.split()
    assert str(target / "pgx-definitions" / "2030.1.2.import") in written
    assert str(target / "uncoded.csv") in written
    assert "need coding by a clinician" in ran.err
    assert "nobody has reviewed" in ran.err
    verified = run("packs", "verify", target)
    assert verified.code == 0, verified.err
    assert verified.out.count("intact") == 3


def test_second_import_changes_nothing(run: Run, tmp_path: Path) -> None:
    ask = ("packs", "import", "pypgx", d.pypgx(tmp_path / "in"), "-o", tmp_path, "--version", "1")
    assert run(*ask).code == 0
    again = run(*ask)
    assert (again.code, again.out) == (11, "")
    assert "KNO008" in again.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("elsewhere", "x"), 2, "'elsewhere' is not one of: cpic, pharmcat"),
        (("cpic", "x", "--retrieved", "today"), 2, "is no date"),
        (("cpic", "/nowhere", "--version", "1"), 10, "/nowhere: is not a folder"),
        (("fda", "/nowhere.csv"), 10, "/nowhere.csv"),
    ],
)
def test_command_that_cannot_be_done_is_said(
    run: Run, arguments: tuple[str, ...], code: int, said: str
) -> None:
    ran = run("packs", "import", *arguments)
    assert ran.code == code
    assert said in ran.err


def test_seal_says_how_many_rows_a_pack_has(run: Run, tmp_path: Path) -> None:
    run("packs", "import", "pypgx", d.pypgx(tmp_path / "in"), "-o", tmp_path, "--version", "1")
    ran = run("packs", "seal", tmp_path / "pypgx-phenotypes" / "1")
    assert (ran.code, ran.out.split("\t")[1:]) == (0, ["sealed", "3 rows, each cited\n"])
    assert run("packs", "seal", tmp_path).code == 11


@pytest.mark.shared
def test_real_downloads_give_packs_that_verify(run: Run, shared: Path, tmp_path: Path) -> None:
    pgx, target = shared / "pgx", tmp_path / "packs"
    for source, folder, version in (
        ("pharmcat", pgx / "knowledge", ()),
        ("pypgx", pgx / "knowledge" / "pypgx_tables", ("--version", "0.27.0")),
        ("frequencies", pgx / "frequencies", ("--version", "2026.11.1")),
    ):
        ran = run("packs", "import", source, folder, "-o", target, *version)
        assert ran.code == 0, ran.err
    verified = run("packs", "verify", target)
    assert verified.code == 0, verified.err
    assert verified.out.count("intact") == 6


@pytest.mark.shared
def test_real_genome_has_the_same_calls_with_imported_packs(
    run: Run, shared: Path, tmp_path: Path
) -> None:
    pgx, target, facts = shared / "pgx", tmp_path / "packs", tmp_path / "f.json.gz"
    assert run("packs", "import", "pharmcat", pgx / "knowledge", "-o", target).code == 0
    vcf = pgx / "getrm" / "NA18526.preprocessed.vcf"
    assert run("genome", "call", vcf, "--facts", facts).code == 0
    ran = run("genome", "reinterpret", facts, "--with", target, "--format", "tsv")
    assert ran.code == 0, ran.err
    assert len(ran.out.splitlines()) == 1  # the header: nothing changed
