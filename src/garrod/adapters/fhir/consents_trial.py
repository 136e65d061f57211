"""Requests against consents in one file: the very rules that guard the record, tried.

{"resources": [...], "requests": [...]} -> a decision for each request; what is not in the file, is
missing or cannot be read is denied, and the decision says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import product
from typing import Any

import orjson

from garrod.adapters.fhir.consents import actors_in, consent_of, named_in, reaching
from garrod.adapters.fhir.consents_read import logical, moment_of, reference_of
from garrod.adapters.fhir.features import FeatureReader
from garrod.adapters.fhir.json import BYTE_ORDER_MARK, Resource
from garrod.adapters.fhir.membership import identifiers_of, membership
from garrod.care.govern.consent.evaluate import ruling
from garrod.care.govern.consent.model import Consent, Features, Request
from garrod.care.govern.labels import Labels
from garrod.care.record.belonging import LISTING
from garrod.core.errors import FhirError, InputError

NO_FILE = "INP030"
# Whom a request may name though the file does not hold them.  Source: R4, Consent.provision.actor
REQUESTERS = frozenset((
    "Practitioner", "PractitionerRole", "Organization", "Patient", "RelatedPerson", "CareTeam",
    "Group", "Device",
))  # fmt: skip
TOO_DEEP = "objects and lists lie too deep in one another to be read"


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided of one request; `id` as it was sent."""

    id: Any
    is_permitted: bool
    because: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the decision in the words of the contract."""
        word = "permit" if self.is_permitted else "deny"
        return {"id": self.id, "decision": word, "because": list(self.because)}


class _Unknown(Exception):
    """A request cannot be decided; it is denied for the reason given."""


class Trial:
    """The resources of a file, found by what requests may call them."""

    def __init__(self, resources: list[Resource], labels: Labels) -> None:
        self._reader = FeatureReader(labels)
        self._resources = resources
        self._named: dict[str, list[Resource]] = {}
        for resource in resources:
            kind, id = resource.get("resourceType"), resource.get("id")
            if isinstance(kind, str) and isinstance(id, str) and kind and id:
                for name in (f"{kind}/{id}", id):
                    self._named.setdefault(name, []).append(resource)

    def decide(self, request: Mapping[str, Any]) -> Decision:
        """Return the decision on a request; where anything is lacking, a denial that says what."""
        try:
            permitted, because = self._decided(request)
        except (_Unknown, FhirError) as fault:
            permitted, because = False, (str(fault),)
        except RecursionError:
            permitted, because = False, (TOO_DEEP,)
        return Decision(request.get("id"), permitted, because)

    def _decided(self, request: Mapping[str, Any]) -> tuple[bool, tuple[str, ...]]:
        resource = self._one(_named(request, "resource"), "resource")
        features = self._features(resource)
        consents = [self._consent(name) for name in _several(request, "consent")]
        named = ", ".join(consent.reference for consent in consents)
        if not any(c.patient and c.patient in features.patients for c in consents):
            raise _Unknown(f"{named} is not of the person whom {features.reference} is about")
        because: list[str] = []
        for world in self._worlds(request, consents):
            ruled = ruling(consents, features, world)
            if ruled is None:
                raise _Unknown(
                    f"{named} says nothing of this, so the local default holds: it permits care "
                    "to those with a role and a relationship, and a file shows neither"
                )
            if not ruled.is_permitted:
                return False, ruled.because
            because.extend(ruled.because)
        return True, tuple(dict.fromkeys(because))

    def _consent(self, name: str) -> Consent:
        resource = self._one(name, "consent", kind="Consent")
        consent = consent_of(resource)
        refers = {
            reference: self._features(found[0]).refers
            for reference in named_in(consent)
            if len(found := self._named.get(reference, [])) == 1
        }
        return reaching(consent, refers)

    def _features(self, resource: Resource) -> Features:
        try:
            body = orjson.dumps(resource)
        except TypeError as error:  # what was read is JSON, so it is only too deep to be written
            raise _Unknown(TOO_DEEP) from error
        return self._reader.of(body, resource["resourceType"], resource["id"])

    def _worlds(self, request: Mapping[str, Any], consents: Sequence[Consent]) -> Iterator[Request]:
        """Yield the request in each way that what it leaves open may be; all must be permitted.

        A date alone is every moment of that day; of several purposes each must do.
        """
        name = self._requester(request)
        named = frozenset[str]().union(*(actors_in(consent) for consent in consents))
        unseen = {actor for actor in named if not self._tells_of(actor, name)}
        moments = _moments(request)
        purposes = list(_purposes(request))
        asked = Request(
            requester=name,
            groups=frozenset(),
            purpose="",
            at=moments[0],
            role=_optional(request, "role"),
            action=_optional(request, "action") or "access",
        )
        for at, purpose in product(moments, purposes):
            mine = membership(name, self._resources, at)
            unsure = (mine.unsure | unseen) - mine.groups
            yield replace(asked, at=at, purpose=purpose, groups=mine.groups, unsure=unsure)

    def _requester(self, request: Mapping[str, Any]) -> str:
        """Return who asks: "Kind/id", in the file or not, or "system|value" of nobody in it."""
        name = logical(_requester_named(request))
        if name not in self._named and "|" in name:
            found = {n for n, (r, *_) in self._named.items() if "/" in n and _has(r, name)}
            if len(found) > 1:
                raise _Unknown(f"requester: {name!r} names more than one resource in the file")
            return min(found, default=name)
        kind, _, id = name.partition("/")
        if name not in self._named and kind in REQUESTERS and id:
            return name
        requester = self._one(name, "requester")
        return f"{requester['resourceType']}/{requester['id']}"

    def _tells_of(self, actor: str, requester: str) -> bool:
        """Return whether the file says if a requester is an actor that a consent names.

        Of a group that is not in it nobody can tell who is its member, and of somebody who is
        known by a number alone nobody can tell who that is.
        """
        is_group = actor.partition("/")[0] in LISTING
        return "|" not in requester and (not is_group or actor in self._named)

    def _one(self, name: str, field: str, *, kind: str = "") -> Resource:
        """Return the only resource of a name; `kind` where the field wants one."""
        found = self._named.get(logical(name), [])
        if kind:
            found = [r for r in found if r["resourceType"] == kind]
        if not found:
            raise _Unknown(f"{field}: {name!r} names nothing in the file")
        if any(other != found[0] for other in found[1:]):
            raise _Unknown(f"{field}: {name!r} names more than one resource in the file")
        return found[0]


def decide_all(content: bytes, labels: Labels) -> list[Decision]:
    """Return the decision on each request of a file, in order.

    Raises: InputError INP030 where the file is not what the contract says.
    """
    try:
        parsed = orjson.loads(content.removeprefix(BYTE_ORDER_MARK))
    except orjson.JSONDecodeError as error:
        raise _fault(f"is not JSON ({error})") from error
    if not isinstance(parsed, dict):
        raise _fault('holds no object; expected {"resources": [...], "requests": [...]}')
    trial = Trial(_objects(parsed, "resources"), labels)
    return [trial.decide(request) for request in _objects(parsed, "requests")]


def _objects(parsed: Resource, name: str) -> list[Resource]:
    value = parsed.get(name)
    if not isinstance(value, list):
        raise _fault(f"has no list {name!r}")
    for number, item in enumerate(value):
        if not isinstance(item, dict):
            raise _fault(f"{name}[{number}] is no object")
    return value


def _fault(what: str) -> InputError:
    return InputError(what, code=NO_FILE)


def _has(resource: Resource, number: str) -> bool:
    return number in identifiers_of(resource)


def _requester_named(request: Mapping[str, Any]) -> str:
    """Return the requester as it is written; of a Reference by identifier, "system|value"."""
    value = request.get("requester")
    if isinstance(value, dict) and isinstance(value.get("identifier"), dict):
        value = reference_of(value, "requester", None)
    return _reference(value, "requester")


def _named(request: Mapping[str, Any], field: str) -> str:
    """Return a reference of a request: a text, or a Reference.  Raises: _Unknown."""
    return _reference(request.get(field), field)


def _reference(value: Any, field: str) -> str:
    if isinstance(value, dict):
        value = value.get("reference")
    if not isinstance(value, str) or not value.strip():
        raise _Unknown(f"{field}: expected a reference, and there is none")
    return value.strip()


def _several(request: Mapping[str, Any], field: str) -> list[str]:
    """Return one reference or several."""
    value = request.get(field)
    if isinstance(value, list) and value:
        return [_reference(item, field) for item in value]
    return [_reference(value, field)]


def _purposes(request: Mapping[str, Any]) -> Iterator[str]:
    """Yield each purpose as a text.  Raises: _Unknown where there is none."""
    value = request.get("purpose")
    for item in _codings_of(value if isinstance(value, list) and value else [value]):
        if isinstance(item, dict):
            system, code = item.get("system"), item.get("code")
            item = f"{system}|{code}" if system and isinstance(code, str) else code
        if not isinstance(item, str) or not item.strip():
            raise _Unknown("purpose: expected a code, system|code or system#code")
        yield item.strip()


def _codings_of(items: Sequence[Any]) -> Iterator[Any]:
    """Yield items, of a CodeableConcept each of its codings."""
    for item in items:
        codings = item.get("coding") if isinstance(item, dict) else None
        if isinstance(codings, list) and codings:
            yield from codings
        else:
            yield item


def _moments(request: Mapping[str, Any]) -> tuple[datetime, ...]:
    """Return the moments that "at" may mean.  Raises: _Unknown."""
    value = request.get("at")
    text = value.strip() if isinstance(value, str) else ""
    first, last = moment_of(text), moment_of(text, is_end=True)
    if first is None or last is None:
        raise _Unknown("at: expected a date or a time, as in 2022-07-01")
    return (first,) if first == last else (first, last)


def _optional(request: Mapping[str, Any], field: str) -> str:
    value = request.get(field)
    if value is not None and not isinstance(value, str):
        raise _Unknown(f"{field}: expected a text")
    return (value or "").strip()
