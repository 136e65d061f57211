"""Puts the safety case into words. Pure: hazards, what is looked for -> rows, a tally, tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

# The worst first. Source: the words of DCB0129, as the log has them
SEVERITIES = ("catastrophic", "major", "considerable", "significant", "minor")
UNKNOWN = "Not known here: tests run where the program is made, not where it is used."
AT_ONCE = 40  # Not clinical: hazards of one page
GAPS = (
    "How likely each hazard is has not been scored.",
    "No clinical safety officer has reviewed this log.",
    "Results of tests are not carried with the program: it cannot say when each last passed.",
    "What is done around the program, by people and by other systems, is not in it.",
    "A hazard that nobody has thought of is not here.",
)


@dataclass(frozen=True, slots=True)
class Hazard:
    """One hazard as the log has it."""

    id: str
    hazard: str
    cause: str
    harm: str
    severity: str
    control: str
    where: tuple[str, ...]
    tests: tuple[str, ...]

    @property
    def how_bad(self) -> str:
        """The severity as it is read."""
        return self.severity.capitalize()


@dataclass(frozen=True, slots=True)
class Test:
    """A test of a control: what it shows, in words, and where it stands."""

    words: str
    place: str


@dataclass(frozen=True, slots=True)
class Sort:
    """One severity to choose, how many hazards have it, and whether it is chosen."""

    name: str
    words: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Link:
    """A way to another part of the list."""

    to: str
    words: str


@dataclass(frozen=True, slots=True)
class Part:
    """What one page shows of the list, and the ways to the parts before and after it."""

    rows: tuple[Hazard, ...]
    words: str
    links: tuple[Link, ...]


def part_of(shown: Sequence[Hazard], number: str, words: str, severity: str) -> Part:
    """Return a part of the list: the one of that number, from 1; the nearest where there is none.

    `words` and `severity` are what was looked for: they stand in the links.
    """
    last = max(1, -(-len(shown) // AT_ONCE))
    asked = int(number) if number.isascii() and number.isdecimal() and len(number) < 9 else 1
    now = min(max(1, asked), last)
    begin = (now - 1) * AT_ONCE
    rows = tuple(shown[begin : begin + AT_ONCE])
    said = f"{begin + 1} to {begin + len(rows)} of {len(shown)}"
    links = []
    for page, way in ((now - 1, "Earlier hazards"), (now + 1, "Later hazards")):
        if 1 <= page <= last:
            asked_for = {"words": words, "severity": severity, "page": page}
            links.append(Link(f"/safety?{urlencode(asked_for)}", way))
    return Part(rows, said, tuple(links))


def chosen(every: Iterable[Hazard], words: str, severity: str) -> tuple[Hazard, ...]:
    """Return the hazards of a severity that hold every word; without either, all."""
    wanted = words.casefold().split()
    return tuple(
        h for h in every if severity in ("", h.severity) and all(w in _text(h) for w in wanted)
    )


def _text(h: Hazard) -> str:
    return " ".join((h.id, h.hazard, h.cause, h.harm, h.control)).casefold()


def sorts(every: Sequence[Hazard], severity: str) -> tuple[Sort, ...]:
    """Return what can be chosen, with its count."""
    count = Counter(h.severity for h in every)
    found = [Sort("", f"All ({len(every)})", not severity)]
    found += [
        Sort(s, f"{s.capitalize()} ({count[s]})", s == severity) for s in SEVERITIES if count[s]
    ]
    return tuple(found)


def tally(shown: Sequence[Hazard], every: Sequence[Hazard]) -> str:
    """Return how many are shown, of how many."""
    tests = sum(len(h.tests) for h in shown)
    return f"{len(shown)} of {len(every)} hazards, with {tests:,} tests of their controls"


def proofs_of(hazard: Hazard) -> tuple[Test, ...]:
    """Return a hazard's tests, named in words."""
    return tuple(Test(_words(place), place) for place in hazard.tests)


def _words(place: str) -> str:
    name = place.rpartition("::")[2].removeprefix("test_").replace("_", " ")
    return name[:1].upper() + name[1:]
