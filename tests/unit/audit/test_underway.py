"""Who copies a record waits for requests that had begun: for no later one, and for no dead one."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from garrod.adapters.audit import underway
from garrod.adapters.audit.underway import Underway, await_ended
from garrod.core.errors import GarrodError


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "audit.db"


@pytest.fixture
def server(log: Path) -> Iterator[Underway]:
    ticks = count(1)
    found = Underway(log, lambda size: b"\x01" * size, lambda: float(next(ticks)))
    with found.shared():
        yield found


def is_awaited(log: Path, moment: float, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Return whether a copy that was made at a moment would still wait."""
    monkeypatch.setattr(underway, "PATIENCE", 0.0)
    try:
        await_ended(log, moment)
    except GarrodError as error:
        return error.code == "AUD017"
    return False


def test_what_began_before_is_awaited_and_what_began_later_is_not(
    server: Underway, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not is_awaited(log, 9, monkeypatch)
    with server.during():  # at 1
        assert is_awaited(log, 1, monkeypatch)
        assert not is_awaited(log, 0.5, monkeypatch)
        second = server.during()
        second.__enter__()  # at 2, and ends after the first
    assert not is_awaited(log, 1, monkeypatch)
    assert is_awaited(log, 2, monkeypatch)
    second.__exit__(None, None, None)
    assert not is_awaited(log, 2, monkeypatch)


def test_request_that_fails_has_ended(
    server: Underway, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValueError, match="fault"), server.during():
        raise ValueError("fault")
    assert not is_awaited(log, 9, monkeypatch)


def test_wait_is_over_when_the_request_is(server: Underway, log: Path) -> None:
    with server.during():
        waiting = threading.Thread(target=await_ended, args=(log, 9))
        waiting.start()
        time.sleep(0.1)
        assert waiting.is_alive()
    waiting.join(10)
    assert not waiting.is_alive()


def test_server_that_is_gone_is_not_waited_for(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import os, sys; from pathlib import Path; "
        "from garrod.adapters.audit.underway import Underway; "
        f"u = Underway(Path({str(log)!r}), os.urandom, lambda: 1.0); "
        "s = u.shared(); s.__enter__(); d = u.during(); d.__enter__(); "
        "print('on', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"on\n"
        assert is_awaited(log, 1, monkeypatch)
        process.kill()
        process.wait()
    assert len(list(log.parent.iterdir())) == 1
    assert not is_awaited(log, 1, monkeypatch)
    assert list(log.parent.iterdir()) == []


def test_file_is_the_owners_and_goes_with_the_server(log: Path) -> None:
    found = Underway(log, lambda size: b"\x02" * size)
    with found.shared():
        (path,) = log.parent.iterdir()
        assert path.stat().st_mode & 0o777 == 0o600
    assert list(log.parent.iterdir()) == []
    with Underway().shared(), Underway().during():
        assert list(log.parent.iterdir()) == []


def test_folder_that_takes_nothing_is_said(tmp_path: Path) -> None:
    with pytest.raises(GarrodError) as refused, Underway(tmp_path / "no" / "audit.db").shared():
        pass
    assert refused.value.code == "AUD010"
