"""What FHIR resources say of staff, of people, and of the care that brings them together.

Practitioner, PractitionerRole, Organization, Person -> Staff
Patient -> Subject · what care leaves behind -> Contact
Source: HL7 FHIR R4 (4.0.1), the definitions of those types; a person of public interest bears VIP
or CEL of HL7 v3 ActCode as a security label (unchecked).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.care.govern.snoop_model import Contact, Staff, Subject
from garrod.core.identifiers import NhsNumber, OdsCode

# What care leaves behind. What breaking the glass leaves (Flag, Task, Communication) is no care.
CARE = (
    "CareTeam", "EpisodeOfCare", "Encounter", "Appointment", "ServiceRequest", "MedicationRequest",
    "MedicationDispense", "MedicationAdministration", "Observation", "DiagnosticReport",
    "Procedure", "Condition", "AllergyIntolerance", "Immunization", "DocumentReference",
)  # fmt: skip
NO_CARE = frozenset(("cancelled", "entered-in-error", "noshow", "proposed", "not-done"))
HOLDERS = frozenset((
    "Practitioner", "PractitionerRole", "Organization", "Location", "CareTeam", "HealthcareService",
))  # fmt: skip
PERIODS = ("period", "performedPeriod", "effectivePeriod")
TIMES = (
    "authoredOn", "effectiveDateTime", "performedDateTime", "issued", "whenHandedOver",
    "occurrenceDateTime", "recordedDate", "date",
)  # fmt: skip
PUBLIC = frozenset(("VIP", "CEL"))
LASTING = frozenset(("CareTeam", "EpisodeOfCare"))  # without a time of their own they last


@dataclass(frozen=True, slots=True)
class House:
    """Who works where: by practitioner, and what else a role or an organisation is called."""

    organisations: Mapping[str, frozenset[str]] = field(default_factory=dict)
    teams: Mapping[str, frozenset[str]] = field(default_factory=dict)
    names: Mapping[str, frozenset[str]] = field(default_factory=dict)  # also called


def house_of(roles: Iterable[Resource], organisations: Iterable[Resource]) -> House:
    """Return who works where. An organisation that is part of another is a team of it."""
    named: dict[str, frozenset[str]] = {}
    parents: dict[str, str] = {}
    for organisation in organisations:
        own = f"Organization/{text(organisation, 'id')}"
        named[own] = frozenset(
            text(i, "value")
            for i in many(organisation, "identifier")
            if text(i, "system") == OdsCode.system
        ) - {""}
        if parent := _reference(one(organisation, "partOf")):
            parents[own] = parent
    works: dict[str, set[str]] = {}
    teams: dict[str, set[str]] = {}
    for role in roles:
        who, where = (_reference(one(role, n)) for n in ("practitioner", "organization"))
        units = {_reference(u) for n in ("location", "healthcareService") for u in many(role, n)}
        if role.get("active") is False or not who:
            continue
        top = parents.get(where, where)
        units |= {where} if top != where else set()
        works.setdefault(who, set()).update({top, *named.get(top, ())} - {""})
        teams.setdefault(who, set()).update(units - {""})
        named[f"PractitionerRole/{text(role, 'id')}"] = frozenset((who, where, *units)) - {""}
    for child, parent in parents.items():
        named[child] = named.get(child, frozenset()) | {parent} | named.get(parent, frozenset())
    return House(
        {who: frozenset(found) for who, found in works.items()},
        {who: frozenset(found) for who, found in teams.items()},
        named,
    )


def staff_of(practitioner: Resource, house: House, patient: str = "") -> Staff:
    """Return what is known of who works in care; `patient`: the id of their own record."""
    who = f"Practitioner/{text(practitioner, 'id')}"
    return Staff(
        _family(practitioner),
        address_of(practitioner),
        patient,
        house.organisations.get(who, frozenset()),
        house.teams.get(who, frozenset()),
    )


def subject_of(patient: Resource, works_at: frozenset[str] = frozenset()) -> Subject:
    """Return what is known of whose record it is."""
    marks = many(one(patient, "meta"), "security")
    is_public = any(text(mark, "code") in PUBLIC for mark in marks)
    return Subject(_family(patient), address_of(patient), works_at, is_public)


def same_people(
    practitioners: Iterable[Resource], patients: Iterable[Resource], persons: Iterable[Resource]
) -> dict[str, str]:
    """Return the id of the Patient who a practitioner is, by the practitioner's reference.

    Said by a Person that links the two, or by one NHS number that both bear.
    """
    by_number = {number: text(p, "id") for p in patients if (number := _number(p))}
    found = {
        f"Practitioner/{text(p, 'id')}": by_number[number]
        for p in practitioners
        if (number := _number(p)) in by_number
    }
    for person in persons:
        linked = [_reference(one(link, "target")) for link in many(person, "link")]
        patient = next((r.partition("/")[2] for r in linked if r.startswith("Patient/")), "")
        for reference in linked:
            if reference.startswith("Practitioner/") and patient:
                found[reference] = patient
    return found


def contacts_of(resource: Resource, house: House) -> Iterator[Contact]:
    """Yield the contact that a resource of a person's is evidence of; none where there is none."""
    kind = text(resource, "resourceType")
    if kind == "Patient":
        holders = (*many(resource, "generalPractitioner"), one(resource, "managingOrganization"))
        for holder in holders:
            if names := _called(_references(holder), house):
                yield Contact(names)
        return
    if kind not in CARE or text(resource, "status") in NO_CARE:
        return
    names = _called(_references(resource), house)
    since, until = _span(resource)
    is_dated = since is not None or until is not None
    if names and (is_dated or kind in LASTING):
        yield Contact(names, since, until if kind in LASTING or until else since)


def address_of(resource: Resource) -> str:
    """Return the first line and the postcode of a home, folded; "" where either is not known."""
    homes = [a for a in many(resource, "address") if text(a, "use") in ("", "home")]
    for home in homes:
        lines, postcode = home.get("line"), text(home, "postalCode")
        first = lines[0] if isinstance(lines, list) and lines else ""
        if isinstance(first, str) and first.strip() and postcode.strip():
            return f"{_folded(first)}|{_folded(postcode)}"
    return ""


def _family(resource: Resource) -> str:
    return next((_folded(f) for n in many(resource, "name") if (f := text(n, "family"))), "")


def _folded(words: str) -> str:
    return "".join(c for c in words.casefold() if c.isalnum())


def _number(resource: Resource) -> str:
    for identifier in many(resource, "identifier"):
        if text(identifier, "system") == NhsNumber.system:
            return "".join(text(identifier, "value").split())
    return ""


def _reference(holder: Resource) -> str:
    return "/".join(text(holder, "reference").split("/")[-2:])


def _references(value: Any) -> Iterator[str]:
    """Yield what a part of a resource refers to, and the codes of organisations."""
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield _reference(value)
        identifier = one(value, "identifier")
        if text(identifier, "system") == OdsCode.system:
            yield text(identifier, "value")
        for part in value.values():
            yield from _references(part)
    elif isinstance(value, list):
        for part in value:
            yield from _references(part)


def _called(references: Iterable[str], house: House) -> frozenset[str]:
    """Return the names of those who care, and what else they are called."""
    found = {r for r in references if "/" not in r or r.partition("/")[0] in HOLDERS} - {""}
    return frozenset(found.union(*(house.names.get(name, ()) for name in found)))


def _span(resource: Resource) -> tuple[datetime | None, datetime | None]:
    for name in PERIODS:
        if held := one(resource, name):
            return _moment(text(held, "start")), _moment(text(held, "end"))
    if text(resource, "start"):
        return _moment(text(resource, "start")), _moment(text(resource, "end"))
    for name in TIMES:
        if found := _moment(text(resource, name)):
            return found, None
    return None, None


def _moment(said: str) -> datetime | None:
    """Return a moment; of a day, a month or a year the beginning; None for what cannot be read."""
    try:
        parts = said.split("-") if len(said) <= len("2026-01-01") else []
        whole = "-".join((*parts, "01", "01")[:3]) if 0 < len(parts) < 3 and said else said
        found = datetime.fromisoformat(whole)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
