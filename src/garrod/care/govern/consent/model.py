"""A consent as values, what it may ask of a resource, who asks, and what is ruled.

Consent resource -> Consent (adapters/fhir/consents) · bytes of a resource -> Features
(adapters/fhir/features) · (consents, Features, Request) -> Ruling (consent/evaluate)
Source: HL7 FHIR R4 (4.0.1), Consent, https://hl7.org/fhir/R4/consent.html
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

Code = tuple[str, str]  # system ("" where none is stated), code
Bound = date | datetime  # a date has no zone: it is compared with dates as they were written


class Kind(StrEnum):
    """What a provision does with what it describes."""

    PERMIT = "permit"
    DENY = "deny"


class Status(StrEnum):
    """Where a consent stands in its life, as FHIR names it."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    ACTIVE = "active"
    REJECTED = "rejected"
    INACTIVE = "inactive"
    IN_ERROR = "entered-in-error"


class Meaning(StrEnum):
    """How data is tied to the reference that a provision names."""

    INSTANCE = "instance"  # that very resource
    RELATED = "related"  # it, what it refers to, and what came of it (belongs to it)
    DEPENDENTS = "dependents"  # it, and what refers to it
    AUTHORED_BY = "authoredby"  # what that person or body wrote


@dataclass(frozen=True, slots=True)
class Features:
    """What consent may ask of one resource. Made of its bytes, and never of anything else."""

    reference: str  # "Observation/x"
    kind: str
    patients: tuple[str, ...] = ()  # logical ids
    labels: frozenset[str] = frozenset(("N",))  # codes of meta.security and computed ones
    codes: frozenset[Code] = frozenset()  # of code, category, type
    authors: frozenset[str] = frozenset()  # references: "Practitioner/x"
    encounters: frozenset[str] = frozenset()
    authored: tuple[datetime | None, datetime | None] = (None, None)  # first and last moment
    refers: frozenset[str] = frozenset()  # every logical reference within


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks, what for (a v3 code, or "system#code", "system|code"), and when."""

    requester: str  # "Practitioner/x"
    groups: frozenset[str]  # what the requester is a member of: "Group/x", "Organization/y"
    purpose: str
    at: datetime
    role: str = ""
    action: str = "access"  # collect, access, use, disclose, correct
    unsure: frozenset[str] = frozenset()  # groups of which nobody can tell who is a member


@dataclass(frozen=True, slots=True)
class Membership:
    """What a requester surely is a member of, and groups of which nobody can tell.

    `groups` has references ("Group/x") and the identifiers ("system|value") of all of them.
    """

    groups: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Ruling:
    """What consent says. `because`: consent and provision by name; never content of a resource."""

    is_permitted: bool
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A period, closed at both ends; None: open."""

    start: Bound | None = None
    end: Bound | None = None


@dataclass(frozen=True, slots=True)
class ActorRule:
    """One actor of a provision: whom it controls. Reference "" where it names a role alone."""

    reference: str = ""
    roles: frozenset[Code] = frozenset()


@dataclass(frozen=True, slots=True)
class Datum:
    """One `data` of a provision; `reaches`: what the named resource itself refers to, if known."""

    meaning: Meaning
    reference: str
    reaches: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Provision:
    """A rule and the exceptions to it. All constraints must hold; of one, any value.

    `unread` names constraints that are there and cannot be understood: with any, a permit does not
    match and a deny does. `kind` None (a root alone): the base is the consent's policy rule.
    """

    path: str  # "provision.provision[0]"
    kind: Kind | None
    period: Span | None = None
    actors: tuple[ActorRule, ...] = ()
    actions: frozenset[Code] = frozenset()
    labels: frozenset[Code] = frozenset()
    purposes: frozenset[Code] = frozenset()
    classes: frozenset[Code] = frozenset()
    codes: frozenset[Code] = frozenset()
    data_period: Span | None = None
    data: tuple[Datum, ...] = ()
    unread: tuple[str, ...] = ()
    provisions: tuple[Provision, ...] = ()


@dataclass(frozen=True, slots=True)
class Consent:
    """One Consent resource. `provision` None: it says nothing that a machine can read."""

    reference: str  # "Consent/x"
    status: Status
    patient: str  # logical id; "" where none is named: then it speaks of nobody
    scope: str = "patient-privacy"
    categories: frozenset[Code] = frozenset()
    dated: tuple[datetime | None, datetime | None] = (None, None)  # first and last moment
    performers: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()
    policies: frozenset[str] = frozenset()  # uris and authorities of policy
    policy_rule: frozenset[Code] = frozenset()
    provision: Provision | None = None
    unread: tuple[str, ...] = ()  # modifiers that nobody here understands
    yields_to: str = ""  # what a permit must name for a denial of this one to yield to it
