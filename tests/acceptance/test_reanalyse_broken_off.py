"""A reanalysis that raises tasks, killed half-way, goes on where it was and misses nobody."""

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.acceptance.conftest import Run
from tests.making.packs import site_copy

pytestmark = pytest.mark.slow
GARROD = str(Path(sys.executable).with_name("garrod"))
NOTES = "SELECT count(*) FROM note WHERE room = 'reanalysis'"


def asked(pack: tuple[str, str], record: Path, out: Path) -> list[str]:
    start, end = pack
    command = ["population", "reanalyse", "--from", start, "--to", end, "--on", "2025-12-31"]
    return [
        *command,
        "--database",
        f"sqlite:///{record}",
        "--tasks",
        "--workers",
        "1",
        "-o",
        str(out),
    ]


def notes(record: Path) -> int:
    with sqlite3.connect(f"file:{record}?mode=ro", uri=True, timeout=30) as found:
        (count,) = found.execute(NOTES).fetchone()
    found.close()
    return int(count)


def people(out: Path) -> list[str]:
    return sorted(out.read_text(encoding="utf-8").splitlines())


def tasks(run: Run, record: Path, folder: Path) -> dict[str, tuple[str, str]]:
    url = f"sqlite:///{record}"
    assert run("record", "export", "--type", "Task", "-o", str(folder), "--database", url).code == 0
    lines = (folder / "Task.ndjson").read_text(encoding="utf-8").splitlines()
    told = [json.loads(line) for line in lines]
    assert all(t["owner"] for t in told)
    return {t["id"]: (t["for"]["reference"], t["meta"]["versionId"]) for t in told}


def test_run_that_is_killed_goes_on_where_it_was(run: Run, tmp_path: Path) -> None:
    world, whole, broken = tmp_path / "world", tmp_path / "whole.db", tmp_path / "broken.db"
    assert run("world", "--people", "170", "--seed", "5", "-o", str(world)).code == 0
    for kind in ("Encounter", "MedicationDispense", "ServiceRequest", "DiagnosticReport"):
        (world / f"{kind}.ndjson").unlink()
    assert run("record", "import", str(world), "--database", f"sqlite:///{whole}").code == 0
    shutil.copy(whole, broken)
    edit = {"safety_rules.csv": lambda text: text.replace(",T3,", ",T4,")}
    pack = ("interactions", str(site_copy(tmp_path / "site", "interactions", "2099.1.0", edit)))
    assert run(*asked(pack, whole, tmp_path / "whole.out")).code == 0
    expected = people(tmp_path / "whole.out")
    assert expected
    assert notes(whole) == 0

    with subprocess.Popen([GARROD, *asked(pack, broken, tmp_path / "a")]) as first:
        for _ in range(12_000):
            if notes(broken) or first.poll() is not None:
                break
            time.sleep(0.01)
        first.send_signal(signal.SIGKILL)
    assert first.returncode == -signal.SIGKILL, "it ended before it could be killed"
    assert not (tmp_path / "a").exists()

    again = run(*asked(pack, broken, tmp_path / "b"))
    assert again.code == 0, again.err
    assert "were looked at before this was broken off" in again.err
    assert people(tmp_path / "b") == expected
    assert notes(broken) == 0
    found = tasks(run, broken, tmp_path / "t2")
    assert found == tasks(run, whole, tmp_path / "t1")
    assert {whose for whose, _ in found.values()} <= {json.loads(x)["person"] for x in expected}
    assert {version for _, version in found.values()} == {"1"}
