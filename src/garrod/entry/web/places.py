"""What a room of the web door says of its pages, so that the door and the ways to them know.

/first, /first/... , and /patients/{id}/tail for what is about one person
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from starlette.responses import Response

from garrod.care.govern.access import LOCAL, Actor
from garrod.entry.web.asked import Visit

Answer = Callable[[Visit], Awaitable[Response]]
AnswerAbout = Callable[[Visit, str], Awaitable[Response]]
Takes = Callable[[Visit], Awaitable[Path]]  # may they? where a file of theirs goes
PEOPLE = "patients"


@dataclass(frozen=True, slots=True)
class Place:
    """A page that stands by itself. `roles`: who is shown the way there; none: everybody.

    Who may see what stands there is the decision point's to say, never this. `takes` is asked
    before a file of a form is kept; None: no form with a file is taken here.
    """

    first: str
    answer: Answer
    words: str = ""  # of the way there; none: no way is shown
    roles: frozenset[str] = frozenset()
    takes: Takes | None = None


@dataclass(frozen=True, slots=True)
class PlaceAbout:
    """A page about one person: /patients/{id}/tail; the first of all is /patients/{id}."""

    tail: str
    answer: AnswerAbout
    words: str = ""
    roles: frozenset[str] = frozenset()


def is_shown(place: Place | PlaceAbout, actor: Actor) -> bool:
    """Return whether somebody is shown the way to a place."""
    return bool(place.words) and (not place.roles or actor == LOCAL or actor.role in place.roles)
