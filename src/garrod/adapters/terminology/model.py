"""Concepts and what is asked of a code system; and the two ways of saying that there is no answer.

Nothing is ever answered "true" because it is not known: what is not loaded raises `Unknown`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from garrod.core.errors import InputError

SNOMED, DMD = "http://snomed.info/sct", "https://dmd.nhs.uk"


class Unknown(InputError):
    """What is asked about is not loaded here, so that neither yes nor no can be said."""

    default_code = "TRM001"


class NotDone(InputError):
    """It is loaded, and this question about it is not answered here."""

    default_code = "TRM002"


@dataclass(frozen=True, slots=True)
class Concept:
    """A code of a system, with the words that are shown for it."""

    system: str
    code: str
    display: str = ""
    is_active: bool = True
    is_abstract: bool = False  # groups others; never recorded itself
    kind: str = ""  # "VMP", where a system has kinds


@dataclass(frozen=True, slots=True)
class Designation:
    """Other words for a concept; `use` is the code of what they are for, in its system."""

    term: str
    language: str = ""
    use_system: str = ""
    use: str = ""
    use_display: str = ""


@dataclass(frozen=True, slots=True)
class Property:
    """What is said of a concept. `type`: code, coding, string, integer, boolean, dateTime, decimal.

    A coding's value is a code of the same system. `parts` say more of the value.
    """

    name: str
    value: str
    type: str = "string"
    description: str = ""
    parts: tuple[Property, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition of a value set on the codes of a system. Source: FHIR R4, ValueSet.compose."""

    property: str
    op: str
    value: str


class System(Protocol):
    """A code system that is loaded."""

    @property
    def url(self) -> str:
        """Its canonical url."""
        ...

    @property
    def version(self) -> str:
        """Its version; "" where none is stated."""
        ...

    @property
    def name(self) -> str:
        """Its name, for people."""
        ...

    @property
    def source(self) -> str:
        """What it was loaded from: "dmd@2026.11.5", "CodeSystem/1"."""
        ...

    def find(self, code: str) -> Concept | None:
        """Return a concept; None where there is surely none.  Raises: Unknown."""
        ...

    def designations(self, code: str) -> Sequence[Designation]:
        """Return other words for a concept that is there."""
        ...

    def properties(self, code: str) -> Sequence[Property]:
        """Return what is said of a concept that is there, its parents and children too."""
        ...

    def is_below(self, code: str, other: str) -> bool:
        """Return whether a code is another, or a kind of it.  Raises: Unknown."""
        ...

    def below(self, code: str) -> Iterator[Concept]:
        """Yield a concept and all kinds of it.  Raises: Unknown."""
        ...

    def above(self, code: str) -> Iterator[Concept]:
        """Yield a concept and all that it is a kind of.  Raises: Unknown."""
        ...

    def every(self) -> Iterator[Concept]:
        """Yield all concepts.  Raises: Unknown where they cannot be listed."""
        ...

    def worded(self, words: str) -> Iterator[Concept]:
        """Yield the concepts with a term that has all words (or beginnings of them)."""
        ...

    def passes(self, code: str, wanted: Filter) -> bool:
        """Return whether a concept fits a filter.  Raises: Unknown, NotDone."""
        ...

    def fitting(self, wanted: Filter) -> Iterator[Concept]:
        """Yield the concepts that fit a filter.  Raises: Unknown, NotDone."""
        ...


def has_words(words: str, *terms: str) -> bool:
    """Return whether one of the terms has, for each word, a word that begins with it."""
    wanted = _parts(words)
    return any(all(any(p.startswith(w) for p in _parts(t)) for w in wanted) for t in terms)


def _parts(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in text.casefold()).split()
