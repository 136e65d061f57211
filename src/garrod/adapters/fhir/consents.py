"""A Consent resource as the pure consent that rules are made of.

JSON -> Consent; what has the wrong shape is refused by name, what has the right shape and is not
understood is kept as `unread`: with it a permit matches nothing, and a deny matches.
Source: HL7 FHIR R4 (4.0.1), Consent, https://hl7.org/fhir/R4/consent-definitions.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

import msgspec

from garrod.adapters.fhir.consents_read import (
    codes_of,
    coding_of,
    fault,
    is_odd,
    moment_of,
    object_at,
    objects_at,
    reference_of,
    span_of,
    text_at,
)
from garrod.adapters.fhir.json import Resource
from garrod.care.govern.consent.evaluate import POLICIES
from garrod.care.govern.consent.house import OPT_OUT_CATEGORY, OPT_OUT_PROVISION
from garrod.care.govern.consent.matching import (
    ACTOR,
    DATA,
    DATA_PERIOD,
    LABEL,
    MODIFIER,
    PERIOD,
)
from garrod.care.govern.consent.model import (
    ActorRule,
    Code,
    Consent,
    Datum,
    Kind,
    Meaning,
    Provision,
    Status,
)
from garrod.care.govern.consent.rules import STUDY
from garrod.core.errors import FhirError

PRIVACY = "patient-privacy"
FORMS = 4096  # Not clinical: forms kept, some 4 kB each
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_DECODER = msgspec.json.Decoder()
DEEPEST = 16  # Not clinical: exceptions to exceptions; the deepest known example has 3
_MEMBERS = frozenset(
    (
        "id", "extension", "type", "period", "actor", "action", "securityLabel", "purpose",
        "class", "code", "dataPeriod", "data", "provision",
    )
)  # fmt: skip
_MODIFIERS = ("modifierExtension", "implicitRules")
# All that a consent says, but for whose it is and of when
_FORM = (
    *("status", "scope", "category", "performer", "organization", "policy", "policyRule"),
    *("provision", *_MODIFIERS),
)
_WORDS = {"securityLabel": LABEL}


def consent_of(resource: Resource, base: str | None = None) -> Consent:
    """Return what a Consent resource says; `base`: this server's own address (None: any is ours).

    Raises: FhirError FHR170, which names the field that has the wrong shape.
    """
    if resource.get("resourceType") != "Consent":
        raise fault("resourceType", "Consent")
    where = f"Consent/{text_at(resource, 'id', 'Consent')}"
    form = _form_of(resource, where, base)
    dated = text_at(resource, "dateTime", where)
    return Consent(
        reference=where,
        status=form.status,
        patient=_patient(resource, where, base),
        scope=form.scope,
        categories=form.categories,
        dated=(moment_of(dated), moment_of(dated, is_end=True)),
        performers=form.performers,
        organisations=form.organisations,
        policies=form.policies,
        policy_rule=form.policy_rule,
        provision=form.provision,
        unread=form.unread,
        yields_to=form.yields_to,
    )


def _form_of(resource: Resource, where: str, base: str | None) -> Consent:
    """Return what a consent says, whosever it is: those of many people come off few forms."""
    said = {name: resource[name] for name in _FORM if name in resource}
    try:
        return _form_read(_ENCODER.encode(said), base)
    except FhirError:
        return _form(resource, where, base)  # which names its own address


@lru_cache(maxsize=FORMS)
def _form_read(said: bytes, base: str | None) -> Consent:
    return _form(_DECODER.decode(said), "Consent", base)


def _form(resource: Resource, where: str, base: str | None) -> Consent:
    """Return a consent of nobody.  Raises: FhirError FHR170."""
    provision = _root(resource, where, base)
    categories = frozenset[Code]().union(
        *(codes_of(c, place) for place, c in objects_at(resource, "category", where))
    )
    is_opt_out = OPT_OUT_CATEGORY in categories
    policy_rule = codes_of(object_at(resource, "policyRule", where), f"{where}.policyRule")
    if provision is None and not is_opt_out and any(c in POLICIES for _, c in policy_rule):
        provision = Provision(path="policyRule", kind=None)  # the policy is all that is said
    return Consent(
        reference="",
        status=_status(resource, where),
        patient="",
        scope=_scope(resource, where),
        categories=categories,
        performers=_references(resource, "performer", where, base),
        organisations=_references(resource, "organization", where, base),
        policies=_policies(resource, where),
        policy_rule=policy_rule,
        provision=provision or (OPT_OUT_PROVISION if is_opt_out else None),
        unread=(MODIFIER,) if any(resource.get(name) for name in _MODIFIERS) else (),
        yields_to=STUDY if is_opt_out else "",
    )


def consents_of(resources: Iterable[Resource], base: str | None = None) -> tuple[Consent, ...]:
    """Return what Consent resources say; one that is malformed denies all that it may be about."""
    return tuple(_safely(resource, base) for resource in resources)


def _safely(resource: Resource, base: str | None) -> Consent:
    try:
        return consent_of(resource, base)
    except FhirError as error:
        return closed(resource, str(error), base)


def closed(resource: Resource, why: str, base: str | None = None) -> Consent:
    """Return a consent that denies all of its person's data, as nobody can read it."""
    try:
        patient = _patient(resource, "Consent", base)
    except FhirError:
        patient = ""
    return Consent(
        reference=f"Consent/{resource.get('id', '')}",
        status=Status.ACTIVE,
        patient=patient,
        provision=Provision(path=f"unreadable ({why})", kind=Kind.DENY),
    )


def named_in(consent: Consent) -> frozenset[str]:
    """Return the references whose own references a consent asks about: data that is `related`."""
    found: set[str] = set()
    left = [consent.provision] if consent.provision else []
    while left:
        provision = left.pop()
        found.update(d.reference for d in provision.data if d.meaning is Meaning.RELATED)
        left.extend(provision.provisions)
    return frozenset(found)


def actors_in(consent: Consent) -> frozenset[str]:
    """Return the references and identifiers of those whom a consent names as actors."""
    found: set[str] = set()
    left = [consent.provision] if consent.provision else []
    while left:
        provision = left.pop()
        found.update(actor.reference for actor in provision.actors if actor.reference)
        left.extend(provision.provisions)
    return frozenset(found)


def reaching(consent: Consent, refers: Mapping[str, frozenset[str]]) -> Consent:
    """Return a consent that knows what the resources named in it refer to."""
    if consent.provision is None or not refers:
        return consent
    return replace(consent, provision=_reaching(consent.provision, refers))


def _reaching(provision: Provision, refers: Mapping[str, frozenset[str]]) -> Provision:
    data = tuple(replace(d, reaches=refers.get(d.reference, d.reaches)) for d in provision.data)
    return replace(
        provision, data=data, provisions=tuple(_reaching(p, refers) for p in provision.provisions)
    )


def _status(resource: Resource, where: str) -> Status:
    written = text_at(resource, "status", where)
    try:
        return Status(written)
    except ValueError:
        raise fault(f"{where}.status", "one of " + ", ".join(s.value for s in Status)) from None


def _scope(resource: Resource, where: str) -> str:
    """Return the code of the scope, "" where none is stated, "unknown" where it has no code."""
    if resource.get("scope") is None:
        return ""
    stated = object_at(resource, "scope", where)
    codes = {code for _, code in codes_of(stated, f"{where}.scope")}
    return PRIVACY if PRIVACY in codes else min(codes, default="unknown")


def _patient(resource: Resource, where: str, base: str | None) -> str:
    """Return the logical id of the person; "" where the consent names none who is here."""
    named = reference_of(object_at(resource, "patient", where), f"{where}.patient", base)
    kind, _, id = named.partition("/")
    return id if kind == "Patient" else ""


def _references(resource: Resource, name: str, where: str, base: str | None) -> frozenset[str]:
    found = (reference_of(r, place, base) for place, r in objects_at(resource, name, where))
    return frozenset(reference for reference in found if reference)


def _policies(resource: Resource, where: str) -> frozenset[str]:
    return frozenset(
        text_at(policy, "uri", place) or text_at(policy, "authority", place)
        for place, policy in objects_at(resource, "policy", where)
    )


def _root(resource: Resource, where: str, base: str | None) -> Provision | None:
    if resource.get("provision") is None:
        return None
    holder = object_at(resource, "provision", where)
    return _provision(holder, f"{where}.provision", base, depth=1) if holder else None


def _provision(value: Resource, where: str, base: str | None, *, depth: int) -> Provision:
    """Return a provision and its exceptions.  Raises: FhirError FHR170."""
    if depth > DEEPEST:
        raise fault(where, f"no more than {DEEPEST} provisions in one another")
    unread: list[str] = [MODIFIER] if is_odd(value, _MEMBERS) else []
    period, is_read = span_of(value, "period", where)
    unread += [] if is_read else [PERIOD]
    data_period, is_read = span_of(value, "dataPeriod", where)
    unread += [] if is_read else [DATA_PERIOD]
    data = _data(value, where, base, unread)
    return Provision(
        path=where[where.index(".provision") + 1 :],
        kind=_kind(value, where, is_root=depth == 1),
        period=period,
        actors=_actors(value, where, base, unread),
        actions=_concepts(value, "action", where, unread),
        labels=_codings(value, "securityLabel", where, unread),
        purposes=_codings(value, "purpose", where, unread),
        classes=_codings(value, "class", where, unread),
        codes=_concepts(value, "code", where, unread),
        data_period=data_period,
        data=data,
        provisions=tuple(
            _provision(inner, place, base, depth=depth + 1)
            for place, inner in objects_at(value, "provision", where)
        ),
        unread=tuple(dict.fromkeys(unread)),
    )


def _kind(value: Resource, where: str, *, is_root: bool) -> Kind | None:
    written = text_at(value, "type", where)
    if not written and is_root and value.get("type") is None:
        return None
    try:
        return Kind(written)
    except ValueError:
        raise fault(f"{where}.type", "permit or deny") from None


def _actors(
    value: Resource, where: str, base: str | None, unread: list[str]
) -> tuple[ActorRule, ...]:
    found = []
    for place, actor in objects_at(value, "actor", where):
        reference = reference_of(object_at(actor, "reference", place), f"{place}.reference", base)
        roles = codes_of(object_at(actor, "role", place), f"{place}.role")
        is_named = "/" in reference or "|" in reference
        if not is_named and (actor.get("reference") or not roles):
            unread.append(ACTOR)
        else:
            found.append(ActorRule(reference, roles))
    return tuple(found)


def _concepts(value: Resource, name: str, where: str, unread: list[str]) -> frozenset[Code]:
    found: set[Code] = set()
    for place, concept in objects_at(value, name, where):
        codes = codes_of(concept, place)
        found |= codes
        if not codes:
            unread.append(_WORDS.get(name, name))
    return frozenset(found)


def _codings(value: Resource, name: str, where: str, unread: list[str]) -> frozenset[Code]:
    found: set[Code] = set()
    for place, coding in objects_at(value, name, where):
        code = coding_of(coding, place)
        if code[1]:
            found.add(code)
        else:
            unread.append(_WORDS.get(name, name))
    return frozenset(found)


def _data(value: Resource, where: str, base: str | None, unread: list[str]) -> tuple[Datum, ...]:
    found = []
    for place, datum in objects_at(value, "data", where):
        meaning = text_at(datum, "meaning", place)
        reference = reference_of(object_at(datum, "reference", place), f"{place}.reference", base)
        try:
            found.append(Datum(Meaning(meaning), reference))
        except ValueError:
            unread.append(DATA)
            continue
        if "/" not in reference or "|" in reference:
            unread.append(DATA)
    return tuple(found)
