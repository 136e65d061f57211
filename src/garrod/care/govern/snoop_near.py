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
    """When a contact counts."""

    lasts: bool  # without a beginning and an end
    before: datetime
    just_before: datetime
    just_after: datetime
    team_after: datetime
    after: datetime


Spans = dict[str, list[_Span]]  # by who, or what, is named in a contact


class Distances:
    """Tells how near looks stand; what is made of a person's contacts is kept."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._spans: dict[str, Spans] = {}
        self._posts: dict[tuple[str, str], tuple[frozenset[str], frozenset[str]]] = {}

    def of(self, look: Look) -> Nearness:
        """Return how near a look stands to what is on record of the person's care."""
        spans, (teams, houses) = self._of_person(look.patient), self._called(look)
        nearest = Nearness.NONE
        for near, names in (
            (Nearness.NAMED, (look.who,)), (Nearness.TEAM, teams), (Nearness.SEEN, houses),
        ):  # fmt: skip
            for name in names:
                for span in spans.get(name, ()):
                    found = _timed(near, span, look.at)
                    if found is near:
                        return found  # nothing that follows is nearer
                    nearest = min(nearest, found)
        return nearest

    def _of_person(self, patient: str) -> Spans:
        found = self._spans.get(patient)
        if found is None:
            found = self._spans[patient] = {}
            for contact in self._known.contacts.get(patient, ()):
                span = _span(contact)
                for name in contact.names:
                    found.setdefault(name, []).append(span)
        return found

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


def _timed(near: Nearness, span: _Span, at: datetime) -> Nearness:
    """Return how near a contact brings those named in it at a time."""
    if span.lasts:
        return Nearness.KNOWN if near is Nearness.SEEN else near
    if at < span.before:
        return Nearness.NONE  # it lay ahead, and nobody knew
    if at > span.after:
        return Nearness.KNOWN
    if near is Nearness.NAMED:
        return near
    until = span.team_after if near is Nearness.TEAM else span.just_after
    if span.just_before <= at <= until:
        return near
    return Nearness.AROUND
