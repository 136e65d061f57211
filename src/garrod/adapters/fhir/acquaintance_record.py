"""Reads from a record what is known of those whom looks name: the second `Sources`, beside worlds.

looks, a view of the record -> Known: staff, people, and what care left behind of each person
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from garrod.adapters.fhir.acquaintance import (
    CARE,
    House,
    contacts_of,
    house_of,
    same_people,
    staff_of,
    subject_of,
)
from garrod.adapters.fhir.json import Resource, text
from garrod.adapters.fhir.record.parse import parse
from garrod.care.govern.snoop_model import Known, Look, Staff
from garrod.care.record.meaning import all_found
from garrod.care.record.ports import View
from garrod.care.record.query import OfPatients, Query
from garrod.core.resource import Version

PATIENT, PRACTITIONER = "Patient", "Practitioner"
KINDS = (PATIENT, *CARE)


@dataclass(frozen=True, slots=True)
class Gathered:
    """Looks of a log, and what a record knows of those whom they name."""

    seen: Sequence[Look]
    facts: Known

    def looks(self) -> Iterable[Look]:
        """Return looks, in the order of the log."""
        return self.seen

    def known(self) -> Known:
        """Return what is known."""
        return self.facts


async def gathered(view: View, looks: Sequence[Look]) -> Gathered:
    """Return looks with what the record knows of those whom they name.  Raises: OutsideError."""
    resources = {id: await _of_person(view, id) for id in dict.fromkeys(k.patient for k in looks)}
    patients = {id: p for id, found in resources.items() if (p := _patient(id, found))}
    practitioners = await _every(view, PRACTITIONER)
    house = house_of(await _every(view, "PractitionerRole"), await _every(view, "Organization"))
    selves = same_people(practitioners, patients.values(), await _every(view, "Person"))
    works = {patient: house.organisations.get(who, frozenset()) for who, patient in selves.items()}
    own = {id: patients.get(id) or await _read(view, PATIENT, id) for id in selves.values()}
    return Gathered(
        looks,
        Known(
            {
                who: _staff(practitioner, house, own.get(selves.get(who, "")))
                for practitioner in practitioners
                for who in (f"{PRACTITIONER}/{text(practitioner, 'id')}",)
            },
            {id: subject_of(p, works.get(id, frozenset())) for id, p in patients.items()},
            {
                id: [c for resource in found for c in contacts_of(resource, house)]
                for id, found in resources.items()
            },
        ),
    )


def _staff(practitioner: Resource, house: House, own: Resource | None) -> Staff:
    """Return who works in care; their own record as a person tells what that resource does not."""
    found = staff_of(practitioner, house, text(own, "id") if own else "")
    if own is None:
        return found
    home = subject_of(own)
    return replace(found, family=found.family or home.family, address=found.address or home.address)


async def _of_person(view: View, patient: str) -> list[Resource]:
    query = Query(KINDS, (OfPatients(frozenset((patient,))),))
    return [_resource(version) for version in await all_found(view, query)]


async def _every(view: View, kind: str) -> list[Resource]:
    return [_resource(version) for version in await all_found(view, Query((kind,)))]


async def _read(view: View, kind: str, id: str) -> Resource | None:
    version = await view.read(kind, id)
    return None if version is None or version.is_deleted else _resource(version)


def _patient(id: str, resources: Iterable[Resource]) -> Resource | None:
    own = (r for r in resources if r["resourceType"] == PATIENT and r["id"] == id)
    return next(own, None)


def _resource(version: Version) -> Resource:
    return {**parse(version.body), "id": version.id}
