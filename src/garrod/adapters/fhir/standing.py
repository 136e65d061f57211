"""What the bytes of a resource say of whose it is, and of who may come near a person.

version -> people, features, tokens (kept by their sha256) · resources of a person -> standing
Source: HL7 FHIR R4 (4.0.1), Patient compartment, https://hl7.org/fhir/R4/compartmentdefinition-patient.html
"""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple, TypeVar, TypeVarTuple

import msgspec

from garrod.adapters.fhir.consents import actors_in, consent_of, named_in, reaching
from garrod.adapters.fhir.features import FeatureReader
from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.adapters.fhir.lines.names import LABEL
from garrod.adapters.fhir.membership import membership
from garrod.adapters.fhir.record.codec import FhirCodec
from garrod.adapters.fhir.record.parse import parse
from garrod.adapters.fhir.ties import ties_of
from garrod.care.govern.access import Actor, actor_told
from garrod.care.govern.consent.house import OPT_OUT_PROVISION, RAW_GENOME, SECONDARY_FINDING
from garrod.care.govern.consent.model import Consent, Features, Membership, Status
from garrod.care.govern.labels import PACK
from garrod.care.govern.relation import Standing
from garrod.care.govern.scopes import Token
from garrod.core.errors import FhirError
from garrod.core.resource import Version
from garrod.knowledge.pack import Row
from garrod.knowledge.shelf import Shelf

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
PATIENT, CONSENT = "Patient", "Consent"
GUARDED = frozenset((RAW_GENOME, SECONDARY_FINDING))
# By which parameters a resource is somebody's data, where it has one: others of the compartment
# name who wrote or took part.
ABOUT = frozenset(("patient", "subject"))
MOST = 50_000  # Not clinical: versions of which it is kept what they say
BODIES = frozenset(("Group", "CareTeam", "Organization", "PractitionerRole"))
_LOGICAL = re.compile(r"[A-Z][A-Za-z]{1,63}/[A-Za-z0-9\-.]{1,64}")
_STORED = msgspec.json.Decoder(dict[str, Any])
_NAMED = re.compile(rb"Patient/([A-Za-z0-9\-.]{1,64})")
_ESCAPED = (rb"\/", rb"\u")
_LABEL, _OPEN = LABEL.encode(), frozenset[str]()


class _Kept:
    """What was made of versions, by the sha256 of their bytes, the last used kept longest."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[tuple[object, ...], object] = OrderedDict()

    def of(self, version: Version, make: Callable[[Version, *Ts], T], *more: *Ts) -> T:
        """Return what is kept of a version, or make it; `more` is what else it is made of."""
        if not version.sha256:
            return make(version, *more)
        key = (version.sha256, version.id, *more)
        found = self._held.get(key)
        if found is None:
            found = self._held[key] = make(version, *more)
            while len(self._held) > self._most:
                self._held.popitem(last=False)
        return found  # type: ignore[return-value]


class Guarded(NamedTuple):
    """Words of which one stands in every resource with a guarded label, and kinds that bear one."""

    words: tuple[bytes, ...]
    kinds: frozenset[str]


def guarded_in(shelf: Shelf) -> Guarded | None:
    """Return what tells resources that may bear a guarded label; None where only a reading does."""
    rows = {name: shelf.rows(PACK, name) for name in ("codes", "kinds", "conditions", "medicines")}
    found = {name: [row for row in r if _is_guarded(row)] for name, r in rows.items()}
    if found["conditions"] or found["medicines"]:
        return None
    words = (*GUARDED, *(row["code"] for row in found["codes"]))
    kinds = frozenset(row["kind"] for row in found["kinds"])
    return Guarded(tuple(word.encode() for word in words), kinds)


def _is_guarded(row: Row) -> bool:
    return not GUARDED.isdisjoint(row["labels"].split("|"))


class FhirMeaning:
    """Fills the gate's port Meaning."""

    def __init__(
        self,
        codec: FhirCodec,
        reader: FeatureReader,
        shelf: Shelf,
        *,
        base: str = "",
        most: int = MOST,
    ) -> None:
        self.codec = codec
        self._reader = reader
        self._guarded = guarded_in(shelf)
        self._marks = (*self._guarded.words, *_ESCAPED) if self._guarded else ()
        self.base = base
        self._named = _Kept(most)
        self._whose = _Kept(most)
        self._kept_by = _Kept(most)
        self._consents = _Kept(most)

    def named(self, version: Version) -> Collection[str] | None:
        """Return everybody whom a version names, quickly; None: look closely."""
        return self._named.of(version, _named)

    def is_plain(self, version: Version) -> bool:
        """Return whether a version surely bears no label that the house guards."""
        body = version.body
        if self._guarded is None or version.kind in self._guarded.kinds:
            return False
        return not any(word in body for word in self._marks)

    def whose(self, version: Version) -> tuple[str, ...]:
        """Return the logical ids of those whose data a version is.

        Whoever alone is named by it is taken to be the one, even outside the compartment.
        """
        named = self.named(version)
        if named is not None and len(named) < 2:
            return tuple(named)
        return self._whose.of(version, self._of_whom)

    def _of_whom(self, version: Version) -> tuple[str, ...]:
        if version.kind == PATIENT:
            return (version.id,)
        by = self.codec.facts.compartment(version.kind)
        rows = self.codec.index.rows(parse(version.body)).references
        named = [(r.param, r.id) for r in rows if r.kind == PATIENT and r.param in by]
        about = [id for param, id in named if param in ABOUT]
        return tuple(dict.fromkeys(about or (id for _, id in named))) or self._all_named(version)

    def _all_named(self, version: Version) -> tuple[str, ...]:
        rows = self.codec.index.rows(parse(version.body)).references
        return tuple(dict.fromkeys(row.id for row in rows if row.kind == PATIENT))

    def features(self, version: Version) -> Features:
        """Return what consent may ask of a version."""
        return self._reader.of(
            version.body,
            version.kind,
            version.id,
            patients=self.whose(version),
            sha256=version.sha256,
        )

    def tokens(self, version: Version) -> Mapping[str, Collection[Token]]:
        """Return the codes of a version by search parameter."""
        found: dict[str, set[Token]] = {}
        for row in self.codec.index.rows(parse(version.body)).tokens:
            found.setdefault(row.param, set()).add((row.system, row.code))
        return found

    def kept_by(self, version: Version) -> frozenset[str]:
        """Return the settings by which lines are kept private; none: it is open."""
        if _LABEL not in version.body:
            return _OPEN
        return self._kept_by.of(version, _kept_by)

    def standing(
        self, patient: str, versions: Sequence[Version], also: Mapping[str, Sequence[Version]]
    ) -> Standing:
        """Return what resources say of who may come near a person.

        A consent that cannot be read leaves care as it is, and ends every other use.
        """
        given = [v for v in versions if v.kind == CONSENT]
        read = [_resource(v) for v in versions if v.kind != CONSENT]
        consents = tuple([self._consents.of(v, self._consent, patient) for v in given])
        others = {name: [v.id for v in found] for name, found in also.items()}
        return Standing(patient, ties_of(patient, read, others), consents)

    def _consent(self, version: Version, patient: str) -> Consent:
        resource = _resource(version)
        try:
            return consent_of(resource, self.base or None)
        except FhirError:
            name = f"Consent/{resource['id']} (it cannot be read)"
            return Consent(name, Status.ACTIVE, patient, provision=OPT_OUT_PROVISION)

    def membership(
        self, who: str, versions: Sequence[Version], at: datetime, also: Collection[str] = ()
    ) -> Membership:
        """Return what somebody is a member of at a time, as groups and roles say."""
        read = [_resource(v) for v in versions]
        return membership(who, read, at, base=self.base or None, also=also)

    def bodies(self, standing: Standing) -> frozenset[str]:
        """Return the groups, teams and organisations that the consents of a person name."""
        named = frozenset[str]().union(*(actors_in(c) for c in standing.consents))
        return frozenset(name for name in named if name.partition("/")[0] in BODIES)

    def related(self, standing: Standing) -> frozenset[str]:
        """Return the resources whose own references the consents of a person ask about."""
        named = frozenset[str]().union(*(named_in(c) for c in standing.consents))
        return frozenset(name for name in named if _LOGICAL.fullmatch(name))

    def reaching(self, standing: Standing, versions: Mapping[str, Version]) -> Standing:
        """Return a standing whose consents know what the resources named in them refer to."""
        refers = {name: self.features(version).refers for name, version in versions.items()}
        return replace(standing, consents=tuple(reaching(c, refers) for c in standing.consents))

    def owner(self, note: str) -> Actor | None:
        """Return who asked for a subscription, by the note that is kept of it."""
        return actor_told(json.loads(note)["owner"])


def _named(version: Version) -> Collection[str] | None:
    if version.kind == PATIENT:
        return (version.id,)
    if any(mark in version.body for mark in _ESCAPED):
        return None
    return tuple({found.decode() for found in _NAMED.findall(version.body)})


def _kept_by(version: Version) -> frozenset[str]:
    marks = many(one(parse(version.body), "meta"), "security")
    return frozenset(text(mark, "code") for mark in marks if text(mark, "system") == LABEL)


def _resource(version: Version) -> Resource:
    """Return what a version says; it was read strictly when it came."""
    return {**_STORED.decode(version.body), "id": version.id}
