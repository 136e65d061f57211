"""The notary: a process beside the server that seals what the server's journal holds.

server -> a line on its input: there is news -> journal -> Sealer -> a line on its output

So neither hashing nor signing nor the log's file holds up an answer, and the server itself need not
hold the key. The input ends with the server, however that ends: what waits is sealed then, and the
notary ends. Sent are `n` (news), `f` (to outlive a loss of power), `s ID` (to stand in the
log), `j END PATH` (the journal ends there; go on with another).
Answered are `r` (ready), `p JOURNAL UPTO FIRST COUNT` (sealed), `f`, `s ID`, `o` (works again),
`x CODE TEXT` (does not), `l CODE EVENT` (a fault to tell).
"""

from __future__ import annotations

import json
import os
import select
from collections.abc import Sequence
from pathlib import Path

from garrod.adapters.audit.journal import Waiting
from garrod.adapters.audit.sealer import Sealer
from garrod.core.errors import GarrodError

GATHER = 0.1  # seconds for which news are gathered, unless somebody waits for their seal
AGAIN = 1.0  # seconds until what failed is tried again
PIPE = 65_536


class Notary:
    """Hears the server, and seals."""

    def __init__(self, hears: int, says: int, sealer: Sealer, journals: Sequence[Path]) -> None:
        """`journals`: of this server, the one that it writes last."""
        self._hears, self._says, self.sealer = hears, says, sealer
        first, *following = journals
        self._journal: Waiting = sealer.opened(first)
        ends = [path.stat().st_size for path in journals[:-1]]
        self._next = list(zip(ends, following, strict=True))  # where one ends, and which follows
        self._heard = b""
        self._is_open, self._is_failing = True, False
        self._seconds = sealer.log.around.seconds
        self._has_news, self._due = True, self._seconds()  # when news are sealed

    def run(self) -> None:
        """Seal until the server has ended, and all that it kept."""
        self.say("r")
        self._say_sealed(-1, 0)
        while self._is_open:
            awaited = self._hear(self._patience())
            if any(verb == "f" for verb, _ in awaited):
                self._firm()
            settled = [id for verb, id in awaited if verb == "s"]
            if settled or (self._has_news and self._seconds() >= self._due):
                self._settle(settled)
        self._settle([])
        if not self._is_failing:
            self.sealer.done(self._journal)
        self.sealer.close()

    def say(self, text: str) -> None:
        """Tell the server something; one that is gone hears nothing."""
        try:
            os.write(self._says, text.encode("utf-8") + b"\n")
        except OSError:
            self._is_open = False

    def _say_sealed(self, place: int, count: int) -> None:
        self.say(f"p {self._journal.path.name} {self._journal.upto} {place} {count}")

    def _patience(self) -> float | None:
        """Return how long to wait for the server: until something is due without it."""
        if self._is_failing:
            self._has_news, self._due = True, self._seconds() + AGAIN
            return AGAIN
        if self._has_news:
            return max(self._due - self._seconds(), 0.0)
        return self.sealer.rest()

    def _hear(self, wait: float | None) -> list[tuple[str, str]]:
        """Return what the server waits for, after what it says next."""
        if not select.select([self._hears], [], [], wait)[0]:
            return []
        said = os.read(self._hears, PIPE)
        self._is_open = bool(said)
        *lines, self._heard = (self._heard + said).split(b"\n")
        awaited = []
        for line in lines:
            verb, _, rest = line.decode("utf-8", "surrogateescape").partition(" ")
            if verb == "j":
                end, _, path = rest.partition(" ")
                self._next.append((int(end), Path(path)))
            elif verb != "n":
                awaited.append((verb, rest))
        if not self._has_news:
            self._has_news, self._due = True, self._seconds() + GATHER
        return awaited

    def _firm(self) -> None:
        """See to it that what is kept outlives a loss of power."""
        try:
            self._journal.sync()
            for _, path in self._next:
                with path.open("rb") as file:
                    os.fsync(file.fileno())
        except (GarrodError, OSError) as error:
            return self._fail(error)
        return self.say("f")

    def _settle(self, ids: Sequence[str]) -> None:
        """Seal all that waits."""
        try:
            self._seal()
        except (GarrodError, OSError, ValueError) as error:  # the last: what is no entry
            return self._fail(error)
        self._has_news = False
        if self._is_failing:
            self._is_failing = False
            self.say("o")
        for id in ids:
            self.say(f"s {id}")
        return None

    def _seal(self) -> None:
        while True:
            end, following = self._next[0] if self._next else (None, None)
            for place, count in self.sealer.seal(self._journal, end):
                self._say_sealed(place, count)
            if following is None:
                return
            opened = self.sealer.opened(following)
            self.sealer.done(self._journal)
            self._journal, self._next = opened, self._next[1:]

    def _fail(self, error: Exception) -> None:
        self._is_failing = True
        code = error.code if isinstance(error, GarrodError) else "AUD010"
        text = error.message if isinstance(error, GarrodError) else str(error)
        self.say(f"x {code} {json.dumps(text)}")
