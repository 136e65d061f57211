"""The server's side of the notary: keeps entries in a journal at once, and hears of their seals.

keep(entry) -> ticket, at once; firm() and place(ticket) wait for the notary's answer
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from garrod.adapters.audit.around import Around
from garrod.adapters.audit.journal import Journal
from garrod.core.errors import GarrodError, InputError, InternalFault, OutsideError

UNWRITTEN = "AUD101 the audit log could not be written"
LARGEST = 16 * 2**20  # bytes of a journal after which another is begun
MOST = 200_000  # entries that may wait for their seal before nothing more is kept
RUNS = 100_000  # runs of places that are remembered
FIRM = "f"
START = 60.0  # seconds to wait for a notary that begins or ends
AGAIN = 1.0  # seconds until a notary that ended is begun again
KINDS = {"AUD011": InputError, "AUD012": InternalFault, "AUD031": InputError}


@dataclass(frozen=True, slots=True)
class Where:
    """What a notary is told of its log."""

    log: Path
    key: Path
    witness: Path | None
    every: float
    command: Sequence[str] = ()  # by which a notary is begun


class Sealing:
    """Keeps entries, and has a notary seal them. Of one loop."""

    def __init__(self, where: Where, secret: bytes, around: Around) -> None:
        """Begin the notary, and wait until it is ready.

        Raises: OutsideError, InputError, InternalFault AUD012.
        """
        self.where, self._secret, self._around = where, secret, around
        self._journal = Journal(where.log, secret, around.chance)
        self._journals = [self._journal]  # that are not sealed to their end
        self._waiting: deque[tuple[str, int]] = deque()  # where each entry without a seal ends
        self._kept = self._sealed = 0  # entries
        self._starts: list[int] = []  # of each run of entries side by side, the first ticket
        self._places: list[int] = []  # and its place
        self._asked: dict[str, asyncio.Future[None]] = {}  # who waits for seals
        self._queued: list[asyncio.Future[None]] = []  # who waits for the disk's next turn
        self._flying: list[asyncio.Future[None]] = []  # and for this one
        self._number = 0
        self._heard = b""
        self._has_told = self._is_closed = self._is_ready = False
        self.error: GarrodError | None = None  # why nothing is kept
        self._loop = asyncio.get_running_loop()
        try:
            self._begin()
            self._wait_ready()
        except BaseException:
            self._journal.close()
            self._journal.path.unlink(missing_ok=True)
            raise
        self._loop.add_reader(self._says, self._hear)

    def keep(self, body: bytes) -> int:
        """Keep an entry's canonical bytes, at once; return its ticket.

        Raises: OutsideError AUD010, AUD013, InternalFault AUD012: it is not kept.
        """
        if self.error is not None:
            raise self.error
        end = self._journal.keep(body)
        self._waiting.append((self._journal.path.name, end))
        ticket, self._kept = self._kept, self._kept + 1
        if not self._has_told:
            self._has_told = True
            self._tell("n")
        if end > LARGEST:
            self._go_on()
        return ticket

    @property
    def is_behind(self) -> bool:
        """Whether so much waits for its seal that whoever comes should wait."""
        return len(self._waiting) > MOST

    def firm(self) -> asyncio.Future[None]:
        """Return what ends when all that is kept outlives a loss of power.

        Whoever comes while the disk is at work shares the next turn. Raises: OutsideError.
        """
        if self.error is not None:
            raise self.error
        future = self._loop.create_future()
        self._queued.append(future)
        if not self._flying and len(self._queued) == 1:
            self._loop.call_soon(self._fly)
        return future

    def settled(self) -> asyncio.Future[None]:
        """Return what ends when all that is kept stands in the log.  Raises: OutsideError."""
        if self.error is not None and self._is_closed:
            raise self.error
        self._number += 1
        id, future = str(self._number), self._loop.create_future()
        self._asked[id] = future
        self._tell(f"s {id}")
        return future

    async def place(self, ticket: int) -> int:
        """Return where an entry stands in the log, once it does; -1 where that is forgotten.

        Raises: OutsideError.
        """
        if ticket >= self._sealed:
            await self.settled()
        run = bisect_right(self._starts, ticket) - 1
        if run < 0 or self._places[run] < 0:
            return -1
        return self._places[run] + ticket - self._starts[run]

    async def close(self) -> None:
        """Have all sealed that is kept, and end the notary."""
        with suppress(GarrodError):
            await self.settled()
        self._is_closed = True
        self.error = OutsideError("the audit log is closed: the server ends.", code="AUD013")
        self._loop.remove_reader(self._says)
        for journal in self._journals:
            journal.close()
        await asyncio.to_thread(self._end)

    def _begin(self) -> None:
        """Begin a notary."""
        w = self.where
        witness = ["--witness", str(w.witness)] if w.witness else []
        told = [str(w.log), str(w.key), str(w.every), *(str(j.path) for j in self._journals)]
        self._notary = subprocess.Popen(
            [*w.command, *witness, *told],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert self._notary.stdin is not None
        assert self._notary.stdout is not None
        self._input, self._output = self._notary.stdin, self._notary.stdout
        self._hears, self._says = self._input.fileno(), self._output.fileno()
        os.set_blocking(self._hears, False)
        self._heard, self._is_ready = b"", False

    def _wait_ready(self) -> None:
        while not self._is_ready:
            said = os.read(self._says, 65_536)
            if not said:
                self._end()
                raise OutsideError("the notary of the audit did not begin.", code="AUD010")
            self._take(said)
            if self.error is not None:
                self._end()
                raise self.error

    def _end(self) -> None:
        with suppress(OSError):
            self._input.close()
        try:
            self._notary.wait(START)
        except subprocess.TimeoutExpired:
            self._notary.kill()
            self._notary.wait()
        self._output.close()

    def _tell(self, text: str) -> None:
        with suppress(OSError):  # it has ended: what is not answered is asked of the next
            os.write(self._hears, text.encode("utf-8", "surrogateescape") + b"\n")

    def _fly(self) -> None:
        """Have the disk take what whoever waits has kept."""
        if self._queued and not self._flying:
            self._flying, self._queued = self._queued, []
            self._tell(FIRM)

    def _go_on(self) -> None:
        """Go on with another journal; a disk that has no place for one has it for this one."""
        try:
            following = Journal(self.where.log, self._secret, self._around.chance)
        except OutsideError:
            return
        self._tell(f"j {self._journal.size} {following.path}")
        self._journal = following
        self._journals.append(following)

    def _hear(self) -> None:
        """Take what the notary says; begin another where it has ended."""
        said = os.read(self._says, 65_536)
        if said:
            return self._take(said)
        self._loop.remove_reader(self._says)
        self._end()
        return self._again()

    def _again(self) -> None:
        """Begin another notary in place of one that ended."""
        if self._is_closed:
            return
        was_ready = self._is_ready
        if not was_ready:  # nor did the one before it become ready
            self._fail(self.error or OutsideError("the audit has no notary.", code="AUD010"))
        self._begin()
        self._loop.add_reader(self._says, self._hear)
        for id in self._asked:
            self._tell(f"s {id}")
        if self._flying:
            self._tell(FIRM)

    def _take(self, said: bytes) -> None:
        *lines, self._heard = (self._heard + said).split(b"\n")
        for line in lines:
            verb, _, rest = line.decode("utf-8", "replace").partition(" ")
            if verb == "p":
                self._seals(rest.split(" "))
            elif verb == "f":
                flown, self._flying = self._flying, []
                _done(flown)
                self._fly()
            elif verb == "s":
                _done(filter(None, (self._asked.pop(rest, None),)))
            elif verb == "x":
                code, _, text = rest.partition(" ")
                self._fail(KINDS.get(code, OutsideError)(json.loads(text), code=code))
            elif verb == "l":
                code, _, event = rest.partition(" ")
                self._around.failed(event, code)
            else:  # ready, or well again
                self._is_ready, self.error = True, None

    def _seals(self, told: Sequence[str]) -> None:
        """Take down that entries are sealed."""
        name, upto, place, count = told[0], int(told[1]), int(told[2]), int(told[3])
        while self._journals[0].path.name != name:
            self._journals.pop(0).close()
        names = {journal.path.name for journal in self._journals[1:]}
        first = self._sealed
        while self._waiting and self._waiting[0][0] not in names:
            if self._waiting[0][0] == name and self._waiting[0][1] > upto:
                break
            self._waiting.popleft()
            self._sealed += 1
        if self._sealed > first:  # one that ended unheard may have sealed some before these
            self._remember(first, -1, self._sealed - count)
            self._remember(self._sealed - count, place, self._sealed)
        self._has_told = bool(self._waiting)
        if self._waiting:
            self._tell("n")

    def _remember(self, first: int, place: int, end: int) -> None:
        """Remember where a run of entries stands."""
        if first >= end:
            return
        if self._starts and self._places[-1] >= 0 and place >= 0:
            is_going_on = place - self._places[-1] == first - self._starts[-1]
            if is_going_on:
                return
        self._starts.append(first)
        self._places.append(place)
        if len(self._starts) > RUNS:
            del self._starts[: RUNS // 2], self._places[: RUNS // 2]

    def _fail(self, error: GarrodError) -> None:
        """Take down that nothing can be sealed; whoever waits is told."""
        if self.error is None:
            with suppress(OSError):
                self._around.failed(UNWRITTEN, error.code)
        self.error = error
        waiting = (*self._asked.values(), *self._flying, *self._queued)
        self._asked, self._flying, self._queued = {}, [], []
        _done(waiting, error)


def _done(waiting: Iterable[asyncio.Future[None]], error: GarrodError | None = None) -> None:
    """Tell those who wait, unless they have gone."""
    for future in waiting:
        if future.done():
            continue
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)
