"""When an open page was read, so that it can say later that the record has changed since.

begin (before anything is read) -> Opening -> the line of `summary/live.jinja`
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

from garrod.entry.web.asked import Visit
from garrod.entry.web.news import news_of
from garrod.entry.web.summary.words import clock_words


@dataclass(frozen=True, slots=True)
class Opening:
    """The number of the newest event that a page can show, and the time in words."""

    after: int = 0
    at: str = ""


NEVER = Opening()
_OPENING: ContextVar[Opening] = ContextVar("opening", default=NEVER)


async def begin(visit: Visit) -> None:
    """Keep that a page is about to be read: what comes from now on is news to it."""
    after = await news_of(visit.consult.record).newest()
    _OPENING.set(Opening(after, clock_words(visit.consult.clock())))


def opening() -> Opening:
    """Return when the page of this request was read."""
    return _OPENING.get()
