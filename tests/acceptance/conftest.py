"""Runs a command through the real door, in process."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import garrod.entry.story as story
from garrod.entry.cli.app import main

STORY = Path(story.__path__[0])


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def call(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["garrod", *(str(a) for a in arguments)])
        code: object = 0
        around = dict(os.environ)  # a command names its own packs for itself alone
        try:
            main()
        except SystemExit as ended:
            code = ended.code
        finally:
            os.environ.clear()
            os.environ.update(around)
        sys.stdout.flush()
        out, err = capfd.readouterr()
        return Ran(code if isinstance(code, int) else 0, out, err)

    return call
