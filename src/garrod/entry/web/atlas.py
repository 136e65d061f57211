"""All places of the web door, in the order in which the ways to them are shown."""

from __future__ import annotations

from functools import partial

from garrod.care.govern.access import Actor
from garrod.entry.web.access.page import choice_page, history_page
from garrod.entry.web.card import places as card
from garrod.entry.web.connect import places as connect
from garrod.entry.web.consent import places as consent
from garrod.entry.web.dispense import places as dispense
from garrod.entry.web.documents import places as documents
from garrod.entry.web.emergency.page import emergency_page
from garrod.entry.web.framing import Link
from garrod.entry.web.genome import places as genome
from garrod.entry.web.knowledge import places as knowledge
from garrod.entry.web.laboratory import places as laboratory
from garrod.entry.web.learn import places as learn
from garrod.entry.web.medicines import places as medicines
from garrod.entry.web.mine import places as mine
from garrod.entry.web.people.ahead import Ahead
from garrod.entry.web.people.page import people_page
from garrod.entry.web.places import PEOPLE, Place, PlaceAbout, is_shown
from garrod.entry.web.prescribe.page import prescribe_page
from garrod.entry.web.reconcile import places as reconcile
from garrod.entry.web.register import places as register
from garrod.entry.web.review.page import review_page
from garrod.entry.web.safety import places as safety
from garrod.entry.web.summary import places as summary
from garrod.entry.web.summary.places import CARES
from garrod.entry.web.summary.reading import make_ready
from garrod.entry.web.today import places as today

PRESCRIBERS = frozenset(("prescriber", "pharmacist", "nurse"))
ROOMS = (
    today, mine, summary, medicines, reconcile, dispense, genome, laboratory, documents, consent,
    card, register, knowledge, safety, connect, learn,
)  # fmt: skip
_FOUND = partial(people_page, ahead=Ahead(make_ready))
PLACES: tuple[Place, ...] = (
    Place("", _FOUND),
    Place(PEOPLE, _FOUND, "People", CARES),
    *(place for room in ROOMS for place in room.PLACES),
    Place("emergency", emergency_page),
    Place("access", choice_page),
    Place("review", review_page),
)
ABOUT: tuple[PlaceAbout, ...] = (
    *(place for room in ROOMS for place in room.ABOUT),
    PlaceAbout("prescribe", prescribe_page, "Prescribe", PRESCRIBERS),
    PlaceAbout("access", history_page, "Who looked"),
)
FIRST = frozenset((*(place.first for place in PLACES), "sign-in", "sign-out", "static"))
_BY_FIRST = {place.first: place for place in reversed(PLACES)}
_BY_TAIL = {place.tail: place for place in reversed(ABOUT)}


def place_of(path: tuple[str, ...]) -> Place | PlaceAbout | None:
    """Return the place of a path, or None."""
    if path[0] == PEOPLE and len(path) > 1:
        return _BY_TAIL.get(path[2] if len(path) > 2 else "")
    return _BY_FIRST.get(path[0])


def ways(actor: Actor, path: tuple[str, ...]) -> tuple[Link, ...]:
    """Return the ways to places that stand by themselves."""
    return tuple(
        Link(f"/{place.first}", place.words, is_here=_is_here(place, path))
        for place in PLACES
        if is_shown(place, actor)
    )


def _is_here(place: Place, path: tuple[str, ...]) -> bool:
    """Return whether a page is of a place: the pages about one person are not of the list."""
    return path[0] == place.first and (place.first != PEOPLE or len(path) == 1)


def ways_about(actor: Actor, path: tuple[str, ...]) -> tuple[Link, ...]:
    """Return the ways to the pages about the person whose page this is; none on other pages."""
    if path[0] != PEOPLE or len(path) < 2:
        return ()
    here = path[2] if len(path) > 2 else ""
    return tuple(
        Link(f"/{PEOPLE}/{path[1]}{'/' if place.tail else ''}{place.tail}", place.words,
             is_here=place.tail == here)
        for place in ABOUT
        if is_shown(place, actor)
    )  # fmt: skip
