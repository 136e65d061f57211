"""What somebody is a member of: groups, teams and organisations, as consent names them.

Group, CareTeam, PractitionerRole and Organization resources, a requester -> Membership
Source: HL7 FHIR R4 (4.0.1), Group, CareTeam, PractitionerRole, Organization.partOf
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from garrod.adapters.fhir.consents_read import logical, span_of
from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.care.govern.consent.matching import in_period
from garrod.care.govern.consent.model import Membership
from garrod.core.errors import FhirError

ROLE = "PractitionerRole/"


def membership(
    requester: str,
    resources: Iterable[Resource],
    at: datetime,
    *,
    base: str | None = None,
    also: Collection[str] = (),
) -> Membership:
    """Return what somebody is a member of at a moment, through groups of groups too.

    `also` is what they are known to be a member of, whatever the resources say.
    A group that lists nobody, or is described by what its members have in common, is unsure.
    Who acts in one role is the person who has it, and has none of that person's other roles.
    """
    is_role = requester.startswith(ROLE)
    ties: dict[str, set[str]] = {}
    unsure: set[str] = set()
    numbers: dict[str, set[str]] = {}
    for resource in resources:
        mine = f"{text(resource, 'resourceType')}/{text(resource, 'id')}"
        numbers[mine] = set(identifiers_of(resource))
        for member, group in _ties(resource, mine, at, base):
            if member and group and not (is_role and group.startswith(ROLE)):
                ties.setdefault(member, set()).add(group)
        if _is_described(resource):
            unsure.add(mine)
    found, left = {requester, *also}, [requester, *also]
    while left:
        new = ties.get(left.pop(), set()) - found
        found |= new
        left.extend(new)
    known = {number for each in found for number in numbers.get(each, ())}
    return Membership(frozenset(found - {requester} | known), frozenset(unsure - found))


def identifiers_of(resource: Resource) -> Iterator[str]:
    """Yield the identifiers of a resource as "system|value"."""
    for identifier in many(resource, "identifier"):
        if value := text(identifier, "value"):
            yield f"{text(identifier, 'system')}|{value}"


def _ties(
    resource: Resource, mine: str, at: datetime, base: str | None
) -> Iterator[tuple[str, str]]:
    """Yield each member and what it belongs to."""
    kind = resource.get("resourceType")
    if kind == "Group" and resource.get("active") is not False:
        for member in many(resource, "member"):
            if member.get("inactive") is not True and _is_now(member, at):
                yield _named(member, "entity", base), mine
    elif kind == "CareTeam" and text(resource, "status") in ("", "active"):
        for participant in many(resource, "participant"):
            if _is_now(participant, at):
                yield _named(participant, "member", base), mine
    elif kind == "PractitionerRole":
        yield mine, _named(resource, "practitioner", base)  # whoever acts in it, it is they
        if resource.get("active") is not False and _is_now(resource, at):
            yield _named(resource, "practitioner", base), mine
            yield mine, _named(resource, "organization", base)
    elif kind == "Organization" and resource.get("partOf"):
        yield mine, _named(resource, "partOf", base)


def _named(holder: Resource, name: str, base: str | None) -> str:
    return logical(text(one(holder, name), "reference"), base)


def _is_now(holder: Resource, at: datetime) -> bool:
    """Return whether a membership holds at a moment; one with a period nobody can read does not."""
    try:
        period, is_read = span_of(holder, "period", "member")
    except FhirError:
        return False
    return is_read and in_period(period, at)


def _is_described(resource: Resource) -> bool:
    is_group = resource.get("resourceType") == "Group"
    return is_group and (not resource.get("member") or resource.get("actual") is False)
