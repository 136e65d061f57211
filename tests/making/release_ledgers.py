"""Makes ledgers of releases, and a process that spends of one until it is killed."""

import os
import signal
import sys
from pathlib import Path

from garrod.adapters.govern.ledger import Ledger
from garrod.care.govern.numbers.release import NOISE, Asked

KEY = bytes(range(32))
AT = "2026-11-28T12:00:00.000000+00:00"


def ledger_in(folder: Path) -> Ledger:
    """Return the ledger of a folder."""
    return Ledger(folder / "releases.db", KEY, lambda: AT)


def wish(
    *,
    analyst: str = "Practitioner/ann",
    data_set: str = "world",
    deed: str = NOISE,
    epsilon: str = "",
) -> Asked:
    """Return what somebody asks."""
    return Asked(
        analyst, "asthma", "HRESCH", "section-251", data_set, deed, "people by sex", epsilon
    )


def main(folder: str, answers: str) -> None:
    """Spend and answer, over and over; after so many answers be killed between the two."""
    ledger = ledger_in(Path(folder))
    given = 0
    while True:
        line = ledger.spend(wish(epsilon="1/100"))
        if given == int(answers):
            os.kill(os.getpid(), signal.SIGKILL)
        if not line.is_given:
            return
        given += 1
        print(given, flush=True)  # the answer


if __name__ == "__main__":
    main(*sys.argv[1:])
