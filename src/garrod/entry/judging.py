"""What a reanalysis says of people: people in, a line of JSON out for each who is affected.

The command and a running server judge by it. What is compared is read once a process.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from garrod.adapters.fhir.person import Read
    from garrod.care.monitor.affected import Change
    from garrod.care.monitor.touching import Sieve, Touching
    from garrod.core.person import Person
    from garrod.knowledge.shelf import Shelf


@dataclass(frozen=True, slots=True)
class Wish:
    """What is compared: two sides as a person names them, by which policy, on which day."""

    before: str
    after: str
    site: Path | None
    policy: str
    day: date


@dataclass(frozen=True, slots=True)
class Known:
    """All the knowledge of one side, and the policy by which it is heard."""

    shelf: Shelf
    policy: str


class Judging:
    """Compares what either of two sides says of people, on a day."""

    def __init__(self, sides: tuple[Known, Known], day: date) -> None:
        from garrod.care.monitor.reach import State, reach_between
        from garrod.care.monitor.touching import Touching
        from garrod.entry.wire import Services, Settings

        self.day = day
        self._chosen = sides
        self.sides = [Services(Settings(policy=s.policy), s.shelf) for s in sides]
        old, new = (State(s.shelf, s.knowledge) for s in self.sides)
        self.reach = reach_between(old, new)
        self.touching: Touching = Touching(old.knowledge, new.knowledge, self.reach, today=day)

    @property
    def name(self) -> str:
        """Return the same for the same comparison: packs to the byte, policies, the day."""
        told = [
            (s.policy, [(p.manifest.reference, sorted(p.manifest.files.items())) for p in packs])
            for s in self._chosen
            for packs in ([s.shelf.pack(name) for name in sorted(s.shelf.names())],)
        ]
        return sha256(repr((told, self.day)).encode()).hexdigest()[:32]

    def sieve(self) -> Sieve:
        """Return what tells by medicines, one after the other, who must be looked at."""
        from garrod.care.monitor.touching import Sieve

        return Sieve(self.touching)

    def of(self, read: Read) -> tuple[Change, ...]:
        """Return what changes for one person; nothing where the change cannot touch them."""
        from garrod.care.monitor.affected import View, changes_for
        from garrod.entry.snapshots import understood

        if not self.touching.is_touched(read.person):
            return ()
        people: list[Person] = [understood(s, read) for s in self.sides]
        old, new = (View(s.knowledge, p) for s, p in zip(self.sides, people, strict=True))
        return changes_for(old, new, today=self.day)

    def lines(self, reads: Iterable[Read]) -> list[bytes]:
        """Return a line for each person who is affected."""
        return [line_of(changes) for read in reads if (changes := self.of(read))]


def judging_of(wish: Wish) -> Judging:
    """Return what compares the sides of a wish.  Raises: KnowledgeError KNO001, KNO003, KNO032."""
    from garrod.adapters.packs.choose import side_of

    old, new = (side_of(word, wish.site, wish.policy) for word in (wish.before, wish.after))
    return Judging((Known(old.shelf, old.policy), Known(new.shelf, new.policy)), wish.day)


def line_of(changes: tuple[Change, ...]) -> bytes:
    """Return what changes for one person as a line of JSON: a logical reference, never a name."""
    import orjson

    told: list[dict[str, Any]] = [change.as_json() for change in changes]
    for one in told:
        del one["person"]
    return orjson.dumps(
        {
            "person": changes[0].person,
            "loses_hard_stop": any(c.loses_hard_stop for c in changes),
            "changes": told,
        },
        option=orjson.OPT_APPEND_NEWLINE,
    )


_HERE: dict[str, Judging] = {}


def begin(wish: Wish) -> None:
    """Make a process ready: it reads both sides once."""
    take(judging_of(wish))


def take(judging: Judging) -> None:
    """Make this process ready with what was read already."""
    _HERE["judging"] = judging


def here() -> Judging:
    """Return what this process compares with."""
    return _HERE["judging"]
