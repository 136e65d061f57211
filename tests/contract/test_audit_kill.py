"""A process killed while it writes the audit loses no entry that it acknowledged."""

import subprocess
import sys
from pathlib import Path

from garrod.adapters.audit.store import Reading
from garrod.adapters.audit.verify import verified
from garrod.care.govern.audit import entry_read
from tests.making.audits import opened, written

ROOT = Path(__file__).resolve().parents[2]
ROUNDS, ENOUGH = 3, 60


def killed(folder: Path) -> dict[int, str]:
    """Return what a writer acknowledged before it was killed: whom each place names."""
    command = [sys.executable, "-m", "tests.making.audit_writer", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(ENOUGH)]
        process.kill()
        lines += process.stdout.readlines()
    said = [line.split() for line in lines if line.endswith("\n")]
    return {int(place): patient for place, patient in said}


def test_nothing_acknowledged_is_lost_and_the_log_still_stands(tmp_path: Path) -> None:
    acknowledged: dict[int, str] = {}
    for _ in range(ROUNDS):
        before = len(acknowledged)
        acknowledged |= killed(tmp_path)
        assert len(acknowledged) >= before + ENOUGH
        checked = verified(tmp_path / "audit.db")
        assert checked.flaw is None
        reading = Reading(tmp_path / "audit.db")
        for place, patient in acknowledged.items():
            assert entry_read(reading.entry(place)).patients == (patient,)
        reading.close()
    written(log := opened(tmp_path), "a")
    log.close()
    assert verified(tmp_path / "audit.db").entries > max(acknowledged) + 1
