"""A server killed while it keeps the audit loses no entry that it acknowledged."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from garrod.adapters.audit.verify import verified
from garrod.entry.audit_opening import place_of
from garrod.entry.notary_postgres import DATABASE
from tests.making.audits import around

ROOT = Path(__file__).resolve().parents[2]
ROUNDS, ENOUGH = 3, 400


def killed(folder: Path, turn: int, url: str, *, has_notary: bool) -> list[str]:
    """Return what a server acknowledged before it was killed, and its notary first if wished."""
    command = [sys.executable, "-m", "tests.making.audit_writer", str(folder), str(turn)]
    named = {**os.environ, DATABASE: url}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=named
    ) as process:
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


@pytest.mark.parametrize("sort", ["sqlite", "postgresql"])
@pytest.mark.parametrize("has_notary", [True, False], ids=["the server alone", "both"])
def test_nothing_acknowledged_is_lost_and_the_log_still_stands(
    request: pytest.FixtureRequest, tmp_path: Path, sort: str, *, has_notary: bool
) -> None:
    url = request.getfixturevalue("fresh_database") if sort == "postgresql" else ""
    place = place_of(tmp_path, {DATABASE: url})
    acknowledged: list[str] = []
    for turn in range(ROUNDS):
        acknowledged += killed(tmp_path, turn, url, has_notary=has_notary)
        assert len(acknowledged) >= (turn + 1) * ENOUGH
        waiting = list(tmp_path.glob(f"{place.log.name}.*.journal"))
        assert len(waiting) == (0 if has_notary else 1)
        if not has_notary:
            asyncio.run(place.open_store(around()).close())  # whoever opens it next seals it
        assert verified(place.log, opening=place.opening()).flaw is None
        reading = place.open_reading()
        for patient in acknowledged:
            assert len(reading.of_person(patient, None, 10)) == 1
        reading.close()
