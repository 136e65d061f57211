"""Reads what is consented to, what may be chosen, and who may be asked what they would see.

consents of a person, organisations that care for them -> Held; a choice -> askers of a preview
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import orjson

from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.care.govern.access import Actor
from garrod.care.record.choosing import places_of_care
from garrod.care.record.ports import HistoryOf
from garrod.care.record.query import OfPatients, Query
from garrod.core.resource import Version
from garrod.entry.web.access.judging import names_of
from garrod.entry.web.asked import Visit
from garrod.entry.web.consent.choices import (
    ALL,
    KIND,
    OFF,
    Choice,
    choice_of_place,
    id_of,
    option_of,
    place_of,
)
from garrod.entry.web.consent.words import EXPERT, INSURER, PLACE_IN_NEED, RESEARCHER, STAFF

MOST = 200  # Not clinical: consents, and versions of a choice, that are read
TEAM = 2  # Not clinical: members of the care team who are named in a preview
PLACES = 12  # Not clinical: organisations that may be chosen for
ANYBODY = "Practitioner/any"
EMERGENCY = "ETREAT"


@dataclass(frozen=True, slots=True)
class Held:
    """The consents of a person that who asks may see, by id, with the number of each version.

    `choices` are what the person may choose: those of everybody, then one for each place.
    """

    bodies: dict[str, Resource]
    numbers: dict[str, int]
    choices: tuple[Choice, ...]

    def choice(self, code: str) -> Choice | None:
        """Return a choice by its code; None where there is none such."""
        return next((choice for choice in self.choices if choice.code == code), None)

    def body(self, choice: Choice, patient: str) -> Resource | None:
        """Return the consent of a choice, if one was ever written."""
        return self.bodies.get(id_of(choice, patient))

    def number(self, choice: Choice, patient: str) -> int:
        """Return the version of the consent of a choice; 0 where none was written."""
        return self.numbers.get(id_of(choice, patient), 0)


async def held_of(visit: Visit, patient: str) -> Held:
    """Return what is consented to and may be chosen.  Raises: AccessDenied, NotFound REC001."""
    query = Query((KIND,), (OfPatients(frozenset((patient,))),), count=MOST)
    found, _ = await visit.consult.record.search(visit.actor, query)
    bodies: dict[str, Resource] = {
        v.id: {**orjson.loads(v.body), "id": v.id} for v in found.versions
    }
    numbers = {v.id: v.number for v in found.versions}
    caring = await places_of_care(visit.consult.record, visit.actor, patient)
    chosen = {place for body in bodies.values() if (place := place_of(body))}
    hidden = {place_of(b) for b in bodies.values() if option_of(b) != OFF}
    places = [*caring[:PLACES], *sorted((chosen & hidden) - set(caring))]
    named = await names_of(visit, frozenset((*places, *chosen)))
    own = [choice_of_place(p, named.get(p, p)) for p in dict.fromkeys((*places, *sorted(chosen)))]
    return Held(bodies, numbers, (*ALL, *own))


async def past_of(visit: Visit, patient: str, held: Held) -> list[tuple[Resource, str]]:
    """Return each version of each choice, with when it was written."""
    ids = [id for choice in held.choices if (id := id_of(choice, patient)) in held.bodies]
    versions: list[Version] = []
    for id in ids:
        part = await visit.consult.record.history(visit.actor, HistoryOf(KIND, id, count=MOST))
        versions += [v for v in part.versions if not v.is_deleted]
    bodies = [{**orjson.loads(v.body), "id": v.id} for v in versions]
    return [(body, text(body, "dateTime")) for body in bodies]


async def askers_of(
    visit: Visit, patient: str, held: Held, choice: Choice
) -> list[tuple[str, Actor]]:
    """Return who may ask: for a choice about one place its staff, and those of others."""
    if choice.place:
        return _at_places(held, choice)
    return await _of_team(visit, patient)


def _at_places(held: Held, choice: Choice) -> list[tuple[str, Actor]]:
    others = [c for c in held.choices if c.place and c.place != choice.place]
    first = Actor(ANYBODY, role="prescriber", organisation=choice.place)
    in_need = replace(first, purpose=EMERGENCY, emergency="a glass that was broken")
    return [
        (STAFF.format(choice.title), first),
        (PLACE_IN_NEED.format(choice.title), in_need),
        *(
            (STAFF.format(c.title), Actor(ANYBODY, role="prescriber", organisation=c.place))
            for c in others[:TEAM]
        ),
    ]


async def _of_team(visit: Visit, patient: str) -> list[tuple[str, Actor]]:
    """Return some who care for the person, by name, a researcher and an insurer."""
    query = Query(("CareTeam",), (OfPatients(frozenset((patient,))),), count=MOST)
    found, _ = await visit.consult.record.search(visit.actor, query)
    works_at: dict[str, str] = {}  # those of a team act for whom they are there, or who runs it
    for team in (orjson.loads(v.body) for v in found.versions):
        runs = next((text(o, "reference") for o in many(team, "managingOrganization")), "")
        for part in many(team, "participant"):
            behalf = text(one(part, "onBehalfOf"), "reference")
            works_at.setdefault(text(one(part, "member"), "reference"), behalf or runs)
    people = [m for m in works_at if m.startswith("Practitioner/")]
    names = await names_of(visit, frozenset(people))
    team_of = [
        (names[one], Actor(one, role="prescriber", organisation=works_at[one]))
        for one in people
        if one in names
    ][:TEAM]
    expert = [
        (EXPERT, Actor(one, role="geneticist", organisation=works_at[one])) for one in people[:1]
    ]
    return [
        *team_of,
        *expert,
        (RESEARCHER, Actor(ANYBODY, role="analyst", purpose="HRESCH")),
        (INSURER, Actor(ANYBODY, role="analyst", purpose="COVERAGE")),
    ]
