"""Who is tied to a person, as the record's resources say: care teams, stays, practices, relatives.

Patient, CareTeam, EpisodeOfCare, Encounter, RelatedPerson -> ties by reference and by code
Source: HL7 FHIR R4 (4.0.1), the definitions of those types; how long a tie lasts after care ended
is the project's own choice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.care.govern.policy import CARE, PROXY
from garrod.care.govern.relation import Tie

# Not clinical: how long those who cared for somebody may still look (letters, late results).
AFTERWARDS = timedelta(days=90)
LAST = 9999  # the last year that a date can have: without an end
NEVER = datetime.min.replace(tzinfo=UTC)  # the end of what nobody can read: long ago
ENDED_TEAMS = frozenset(("proposed", "suspended", "inactive", "entered-in-error"))
EPISODES = frozenset(("planned", "waitlist", "active", "onhold", "finished"))
STAYS = frozenset(("planned", "arrived", "triaged", "in-progress", "onleave", "finished"))
Named = tuple[str, Tie]


def ties_of(
    patient: str, resources: Sequence[Resource], also: Mapping[str, Sequence[str]]
) -> dict[str, list[Tie]]:
    """Return the ties to a person by the name of who is tied.

    `also`: for the id of a RelatedPerson, the ids of the Patients who are that person.
    """
    found: dict[str, list[Tie]] = {}
    for resource in resources:
        for name, tie in _ties_in(patient, resource, also):
            found.setdefault(name, []).append(tie)
    return found


def _ties_in(
    patient: str, resource: Resource, also: Mapping[str, Sequence[str]]
) -> Iterator[Named]:
    kind, status = text(resource, "resourceType"), text(resource, "status")
    since, until = _period(resource)
    if kind == "Patient" and text(resource, "id") == patient:
        for holder in (
            *many(resource, "generalPractitioner"),
            one(resource, "managingOrganization"),
        ):
            yield from _named(holder, Tie(CARE))
    elif kind == "CareTeam" and status not in ENDED_TEAMS:
        tie = Tie(CARE, since, until)
        for organisation in many(resource, "managingOrganization"):
            yield from _named(organisation, tie)
        for participant in many(resource, "participant"):
            yield from _named(one(participant, "member"), _narrowed(tie, _period(participant)))
            yield from _named(one(participant, "onBehalfOf"), _narrowed(tie, _period(participant)))
    elif kind == "EpisodeOfCare" and status in EPISODES:
        tie = Tie(CARE, None, _later(until))
        yield from _named(one(resource, "managingOrganization"), tie)
        yield from _named(one(resource, "careManager"), tie)
    elif kind == "Encounter" and status in STAYS:
        tie = Tie(CARE, None, _later(until))
        yield from _named(one(resource, "serviceProvider"), tie)
        for participant in many(resource, "participant"):
            yield from _named(one(participant, "individual"), tie)
    elif kind == "RelatedPerson" and resource.get("active") is not False:
        id, tie = text(resource, "id"), Tie(PROXY, since, until)
        for name in (f"RelatedPerson/{id}", *(f"Patient/{other}" for other in also.get(id, ()))):
            yield name, tie


def _named(holder: Resource, tie: Tie) -> Iterator[Named]:
    """Yield the names of a reference: the reference itself, and the code of an organisation."""
    reference = text(holder, "reference")
    if reference:
        yield "/".join(reference.split("/")[-2:]), tie
    value = text(one(holder, "identifier"), "value")
    if value:
        yield value, tie


def _later(until: datetime | None) -> datetime | None:
    return until + AFTERWARDS if until else None


def _narrowed(tie: Tie, period: tuple[datetime | None, datetime | None]) -> Tie:
    since = max((x for x in (tie.since, period[0]) if x), default=None)
    until = min((x for x in (tie.until, period[1]) if x), default=None)
    return Tie(tie.relation, since, until)


def _period(resource: Resource) -> tuple[datetime | None, datetime | None]:
    held = one(resource, "period")
    return _moment(text(held, "start"), is_end=False), _moment(text(held, "end"), is_end=True)


def _moment(said: str, *, is_end: bool) -> datetime | None:
    """Return a moment; a day, month or year that ends something is counted whole.

    What cannot be read opens nothing.
    """
    if not said:
        return None
    try:
        if len(said) > 10:
            found = datetime.fromisoformat(said)
            if is_end and found.year == LAST:
                return None
            return found if found.tzinfo else found.replace(tzinfo=UTC)
        parts = [int(part) for part in said.split("-")]
        year, month, day = (*parts, 1, 1)[:3] if len(parts) < 3 else parts
        start = datetime(year, month, day, tzinfo=UTC)
        if not is_end:
            return start
        if year == LAST:
            return None
        if len(parts) == 3:
            return start + timedelta(days=1)
        if len(parts) == 2:
            return datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
        return datetime(year + 1, 1, 1, tzinfo=UTC)
    except (ValueError, OverflowError):
        return NEVER if is_end else datetime.max.replace(tzinfo=UTC)
