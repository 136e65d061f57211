"""What the medicines' pages show: rows, histories, gaps, differences; all wording is in them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list. `kind` picks the colour of its state; the word says the same."""

    id: str
    name: str
    state: str
    kind: str  # on | wait | off
    directions: str
    read: str
    purpose: str
    setting: str
    author: str
    last: str
    reason: str
    source: str
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """A source of the list: what came of it, and as of when its newest content is."""

    name: str
    word: str
    as_of: str
    is_there: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """The whole list."""

    rows: tuple[Row, ...]
    past: tuple[Row, ...]
    time: str  # of which time it is, in one sentence
    version: int
    confirmed: str
    meter: str
    sources: tuple[Standing, ...]
    gaps: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def there(self) -> int:
        """How many sources have told of what they hold."""
        return sum(one.is_there for one in self.sources)

    @property
    def most(self) -> int:
        """How many there are: one at least, as a meter has it."""
        return len(self.sources) or 1


@dataclass(frozen=True, slots=True)
class Doing:
    """What may be done to a line. `ends` makes its ids its own beside those of the others."""

    do: str
    title: str
    button: str
    is_plain: bool  # done by the one button
    style: str = "main-button"
    is_open: bool = False
    ends: str = ""
    reasons: tuple[tuple[str, str, bool], ...] = ()  # code, words, whether it is chosen
    words: str = ""
    asks_dose: bool = False
    asks_until: bool = False
    recalls: bool = False


@dataclass(frozen=True, slots=True)
class Past:
    """One thing done to a line."""

    when: str
    done: str
    who: str
    setting: str
    reason: str
    said: str
    holds: str  # since when it holds, where that is another day


@dataclass(frozen=True, slots=True)
class Field:
    """A field that differs: as it was, as others have it now, as the form has it."""

    label: str
    side: str
    was: str
    theirs: str
    mine: str
    is_conflict: bool


@dataclass(frozen=True, slots=True)
class Changed:
    """A line that differs between the list that was read and the list as it is."""

    name: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Gone:
    """Something a line said, and says no more."""

    name: str
    field: str
    was: str
