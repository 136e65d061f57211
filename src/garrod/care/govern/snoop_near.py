"""How near the record brings somebody to a person at a time.

look, contacts of the person, what is known of who looks -> Nearness
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from garrod.care.govern.snoop_model import Contact, Known, Look, Nearness, Staff

# Not clinical: how long before a contact it is prepared (a referral, a booking), and how long after
# it there is work on it (letters, results); most of it within days. Source: the project's design
BEFORE, AFTER = timedelta(days=14), timedelta(days=30)
JUST_BEFORE, JUST_AFTER, TEAM_AFTER = timedelta(days=1), timedelta(days=3), timedelta(days=7)
NOBODY = Staff()
ALWAYS, NEVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


class _Span(NamedTuple):
    """A contact and when it counts."""

    names: frozenset[str]
    lasts: bool  # without a beginning and an end
    before: datetime
    just_before: datetime
    just_after: datetime
    team_after: datetime
    after: datetime


class Distances:
    """Tells how near looks stand; what is made of a person's contacts is kept."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._spans: dict[str, list[_Span]] = {}
        self._posts: dict[tuple[str, str], tuple[frozenset[str], frozenset[str]]] = {}

    def of(self, look: Look) -> Nearness:
        """Return how near a look stands to what is on record of the person's care."""
        found = self._spans.get(look.patient)
        if found is None:
            contacts = self._known.contacts.get(look.patient, ())
            found = self._spans[look.patient] = [_span(contact) for contact in contacts]
        teams, houses = self._called(look)
        nearest = Nearness.NONE
        for span in found:
            near = _near(span, look, teams, houses)
            if near < nearest:
                if near is Nearness.NAMED:
                    return near
                nearest = near
        return nearest

    def _called(self, look: Look) -> tuple[frozenset[str], frozenset[str]]:
        """Return the teams and the organisations of who looks."""
        key = look.who, look.organisation
        found = self._posts.get(key)
        if found is None:
            staff = self._known.staff.get(look.who, NOBODY)
            houses = staff.organisations | {look.organisation} - {""}
            found = self._posts[key] = staff.teams, houses
        return found


def _span(contact: Contact) -> _Span:
    since, until = contact.since, contact.until
    return _Span(
        contact.names,
        since is None and until is None,
        _moved(since, -BEFORE, ALWAYS),
        _moved(since, -JUST_BEFORE, ALWAYS),
        _moved(until, JUST_AFTER, NEVER),
        _moved(until, TEAM_AFTER, NEVER),
        _moved(until, AFTER, NEVER),
    )


def _moved(moment: datetime | None, by: timedelta, other: datetime) -> datetime:
    try:
        return other if moment is None else moment + by
    except OverflowError:  # a year of 1 or of 9999: without a beginning or an end
        return other


def _near(span: _Span, look: Look, teams: frozenset[str], houses: frozenset[str]) -> Nearness:
    if look.who in span.names:
        near = Nearness.NAMED
    elif not teams.isdisjoint(span.names):
        near = Nearness.TEAM
    elif not houses.isdisjoint(span.names):
        near = Nearness.SEEN
    else:
        return Nearness.NONE
    if span.lasts:
        return Nearness.KNOWN if near is Nearness.SEEN else near
    if look.at < span.before:
        return Nearness.NONE  # it lay ahead, and nobody knew
    return _timed(near, span, look.at)


def _timed(near: Nearness, span: _Span, at: datetime) -> Nearness:
    if at > span.after:
        return Nearness.KNOWN
    if near is Nearness.NAMED:
        return near
    is_just = span.just_before <= at
    if near is Nearness.TEAM and is_just and at <= span.team_after:
        return near
    return Nearness.SEEN if is_just and at <= span.just_after else Nearness.AROUND
