"""A server killed while it keeps the audit loses no entry that it acknowledged."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from garrod.adapters.audit.reading import Reading
from garrod.adapters.audit.store import AuditLog
from garrod.adapters.audit.verify import verified
from tests.making.audits import around

ROOT = Path(__file__).resolve().parents[2]
ROUNDS, ENOUGH = 3, 400


def killed(folder: Path, turn: int, *, has_notary: bool) -> list[str]:
    """Return what a server acknowledged before it was killed, and its notary first if wished."""
    command = [sys.executable, "-m", "tests.making.audit_writer", str(folder), str(turn)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        notary = int(process.stdout.readline())
        lines = [process.stdout.readline() for _ in range(ENOUGH)]
        if not has_notary:
            os.kill(notary, signal.SIGSTOP)  # so that nothing more is sealed, then killed both
            time.sleep(0.05)  # in which more is kept
        process.kill()
        if not has_notary:
            os.kill(notary, signal.SIGKILL)
        lines += process.stdout.readlines()
    _await_end(notary)
    return [line.strip() for line in lines if line.endswith("\n")]


def _await_end(pid: int) -> None:
    while Path(f"/proc/{pid}").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text()[:40]:
        time.sleep(0.01)


@pytest.mark.parametrize("has_notary", [True, False], ids=["the server alone", "both"])
def test_nothing_acknowledged_is_lost_and_the_log_still_stands(
    tmp_path: Path, has_notary: bool
) -> None:
    acknowledged: list[str] = []
    for turn in range(ROUNDS):
        acknowledged += killed(tmp_path, turn, has_notary=has_notary)
        assert len(acknowledged) >= (turn + 1) * ENOUGH
        waiting = list(tmp_path.glob("audit.db.*.journal"))
        assert len(waiting) == (0 if has_notary else 1)
        if not has_notary:
            log = AuditLog(tmp_path / "audit.db", tmp_path / "audit.key", around())
            asyncio.run(log.close())  # whoever opens it next seals what was left
        assert verified(tmp_path / "audit.db").flaw is None
        reading = Reading(tmp_path / "audit.db")
        for patient in acknowledged:
            assert len(reading.of_person(patient, None, 10)) == 1
        reading.close()
