"""What stands around every page: records that are open in an emergency, and where one may go.

who is signed in -> Frame, kept for the request that runs here
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """A way in the head of a page."""

    to: str
    words: str
    is_here: bool = False  # it leads to where one is


@dataclass(frozen=True, slots=True)
class Opened:
    """A record that is open to who is signed in, and for how long still."""

    id: str
    patient: str
    name: str
    seconds: float

    @property
    def minutes(self) -> int:
        """Return the minutes that are left, those begun counted."""
        return max(1, math.ceil(self.seconds / 60))


@dataclass(frozen=True, slots=True)
class Frame:
    """Around the page. `csrf`: for the forms that close what is open; `who` is signed in.

    `is_sent`: the page answers a form, which going back to it must not send again.
    `flags`: the header that says that the last known policy decides, while it does.
    """

    csrf: str = ""
    opened: tuple[Opened, ...] = ()
    links: tuple[Link, ...] = ()
    about: tuple[Link, ...] = ()  # ways to the pages about the same person
    who: str = ""
    has_tour: bool = False  # the first page is a demo's
    flags: Callable[[], Mapping[str, str]] = dict
    is_sent: bool = False
    is_own: bool = False  # who is signed in is here for themselves, or for one whom they look after

    @property
    def start(self) -> Link:
        """Return the way on from a page that leads nowhere: the first that is shown."""
        return self.links[0] if self.links else Link("/", "Garrod")


EMPTY, SENT = Frame(), Frame(is_sent=True)
_FRAME: ContextVar[Frame] = ContextVar("garrod_frame", default=EMPTY)


def framed() -> Frame:
    """Return what stands around the page of the request that runs here."""
    return _FRAME.get()


def frame(around: Frame) -> None:
    """Say what stands around the page of the request that runs here."""
    _FRAME.set(around)
