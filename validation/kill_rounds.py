"""Kills a process that writes, again and again: nothing acknowledged is lost, nothing half-written.

    python -m validation kill_rounds                    200 rounds
    python -m validation.kill_rounds FILE FIRST         the process that is killed

Each round 32 clients write transactions of three resources to one file, the third an update of a
list they share, and say each number when it is acknowledged; the process gets SIGKILL at a moment
of its own; the file is opened anew. Every acknowledged transaction must be whole, every other whole
or absent; the record must verify without a flaw. A killed process loses what it had not written,
not what the system had not: loss of power is SQLite's promise (synchronous=FULL), not shown here.
"""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from garrod.adapters.store import open_store
from garrod.adapters.store.verify import verify
from garrod.care.record.ports import Store, Tx
from garrod.core.resource import Draft, ReferenceRow, Rows, Splice

ROUNDS = 200
CLIENTS = 32
SEED = 11
LIST = "shared"
STEP = 1_000_000  # between the first numbers of two rounds
KINDS = ("MedicationRequest", "Provenance")


@dataclass(slots=True)
class Tally:
    """What all rounds came to."""

    rounds: int = 0
    acknowledged: int = 0
    unsaid: int = 0  # whole, though killed before it was said
    lost: int = 0
    halves: int = 0
    flaws: int = 0

    @property
    def is_sound(self) -> bool:
        """Return whether nothing was lost, halved or flawed."""
        return not (self.lost or self.halves or self.flaws)


def _draft(kind: str, id: str, number: int) -> Draft:
    rows = Rows(references=(ReferenceRow("subject", "Patient", f"p{number % 50}"),))
    return Draft(kind, id, f'{{"n":{number}}}'.encode() * 60, Splice(1), rows, (f"p{number % 50}",))


async def _one(store: Store, number: int) -> None:
    """Write one transaction: two new resources, and the list that all share."""

    async def work(tx: Tx) -> None:
        for kind in KINDS:
            await tx.put(_draft(kind, str(number), number), method="POST", expected=0)
        shared = await tx.read("List", LIST)
        expected = shared.number if shared else 0
        await tx.put(_draft("List", LIST, number), method="PUT", expected=expected)

    await store.transact(work)


async def _write(path: str, first: int) -> None:
    """Write until killed; say each number when it is acknowledged."""
    store = await open_store(f"sqlite:///{path}", clock=lambda: datetime.now(UTC))
    numbers = iter(range(first, first + STEP))

    async def client() -> None:
        for number in numbers:
            await _one(store, number)
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()

    await asyncio.gather(*[client() for _ in range(CLIENTS)])


def killed(path: Path, first: int, after: float) -> set[int]:
    """Run the writing process, kill it some time after its first word; return what it said."""
    command = [sys.executable, "-m", "validation.kill_rounds", str(path), str(first)]
    root = Path(__file__).resolve().parents[1]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        timer = threading.Timer(after, process.kill)
        timer.start()
        said += process.stdout.read()
        timer.join()
    whole = said[: said.rfind("\n") + 1]  # the last word may be cut
    return {int(word) for word in whole.split()}


async def checked(path: Path, first: int, said: set[int], tally: Tally) -> None:
    """Open the file and add to the tally what a round came to."""
    store = await open_store(f"sqlite:///{path}", clock=lambda: datetime.now(UTC))
    try:
        tally.rounds += 1
        tally.acknowledged += len(said)
        for number in range(first, max(said) + 2 * CLIENTS):
            there = [await store.read(kind, str(number)) is not None for kind in KINDS]
            tally.lost += number in said and not all(there)
            tally.halves += any(there) and not all(there)
            tally.unsaid += number not in said and all(there)
        tally.flaws += len([flaw async for flaw in verify(store)])
        shared = await store.read("List", LIST)
        everything = tally.acknowledged + tally.unsaid
        tally.lost += shared is None or shared.number != everything
    finally:
        await store.close()


def rounds(path: Path, count: int, seed: int = SEED) -> Tally:
    """Return what some rounds on one file came to."""
    chance, tally = random.Random(seed), Tally()
    for number in range(count):
        said = killed(path, number * STEP, chance.uniform(0.0, 0.25))
        asyncio.run(checked(path, number * STEP, said, tally))
    return tally


def main() -> int:
    """Run the rounds and print what they came to; return 1 where anything was lost."""
    began = time.perf_counter()
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="garrod-kill-") as folder:
        for part in range(ROUNDS // 10):  # a fresh file now and then: verification reads it all
            some = rounds(Path(folder) / f"{part}.db", 10, SEED + part)
            for name in ("rounds", "acknowledged", "unsaid", "lost", "halves", "flaws"):
                setattr(tally, name, getattr(tally, name) + getattr(some, name))
    print(
        f"kill_rounds: {tally.rounds} rounds in {time.perf_counter() - began:.0f} s, "
        f"{tally.acknowledged} transactions acknowledged, {tally.unsaid} whole though unsaid; "
        f"lost {tally.lost}, half-written {tally.halves}, flaws {tally.flaws}"
    )
    return int(not tally.is_sound)


if __name__ == "__main__":
    asyncio.run(_write(sys.argv[1], int(sys.argv[2])))
