"""The notary's process: `python -m garrod.entry.notary`, begun by a server, never by hand."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from garrod.adapters.audit.around import Around
from garrod.adapters.audit.journal import secret_of
from garrod.adapters.audit.log import Log
from garrod.adapters.audit.notary import Notary
from garrod.adapters.audit.sealer import Sealer
from garrod.adapters.audit.witness import Witness
from garrod.core.errors import GarrodError

COMMAND = (sys.executable, "-m", "garrod.entry.notary")
HEARS, SAYS = 0, 1  # its input and its output
Seals = Callable[[argparse.Namespace, Around], Sealer]


def main(arguments: Sequence[str], seals: Seals | None = None) -> int:
    """Be the notary of a log until the input ends; return the exit code.

    `seals`: opens the log, and seals in it; None: that of a file.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # it ends with the server, not before it
    parser = argparse.ArgumentParser()
    parser.add_argument("--witness", type=Path)
    parser.add_argument("log", type=Path)
    parser.add_argument("key", type=Path)
    parser.add_argument("every", type=float)
    parser.add_argument("journals", type=Path, nargs="+")
    told = parser.parse_args(arguments)
    try:
        sealer = (seals or _in_file)(told, Around(_now, os.urandom, time.monotonic, _failed))
        Notary(HEARS, SAYS, sealer, told.journals).run()
    except GarrodError as error:
        _say(f"x {error.code} {json.dumps(error.message)}")
        return error.exit_code
    return 0


def _in_file(told: argparse.Namespace, around: Around) -> Sealer:
    log = Log(told.log, told.key, around)
    return Sealer(log, secret_of(told.key, around.chance), **asked_of(told))


def asked_of(told: argparse.Namespace) -> dict[str, Any]:
    """Return what a sealer is told beside its log."""
    witness = Witness(told.witness) if told.witness else None
    return {"witness": witness, "every": told.every}


def _failed(event: str, code: str) -> None:
    _say(f"l {code} {event}")


def _say(line: str) -> None:
    os.write(SAYS, f"{line}\n".encode())


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
