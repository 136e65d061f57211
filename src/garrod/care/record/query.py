"""A search as values: what a store must find, already read and checked by whoever speaks FHIR.

Criteria are joined by "and"; the values of one criterion by "or". A store never sees a parameter
that is not defined for the kind, nor a modifier that the parameter does not have.
Source: HL7 FHIR R4 (4.0.1), Search, https://hl7.org/fhir/R4/search.html
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ParamType(StrEnum):
    """What sort of index a parameter is looked up in."""

    TOKEN = "token"
    STRING = "string"
    DATE = "date"
    REFERENCE = "reference"
    QUANTITY = "quantity"
    NUMBER = "number"
    URI = "uri"
    COMPOSITE = "composite"


class Modifier(StrEnum):
    """What a modifier makes of a criterion; NONE: plain."""

    NONE = ""
    MISSING = "missing"  # values: one Flag
    NOT = "not"
    EXACT = "exact"
    CONTAINS = "contains"
    TEXT = "text"
    ABOVE = "above"
    BELOW = "below"
    IN = "in"  # values were expanded by the reader into tokens
    NOT_IN = "not-in"
    IDENTIFIER = "identifier"


class Prefix(StrEnum):
    """How an ordered value is compared."""

    EQ = "eq"
    NE = "ne"
    GT = "gt"
    LT = "lt"
    GE = "ge"
    LE = "le"
    SA = "sa"
    EB = "eb"
    AP = "ap"  # the reader has widened the span already


@dataclass(frozen=True, slots=True)
class Flag:
    """The value of :missing."""

    is_true: bool


@dataclass(frozen=True, slots=True)
class Token:
    """`system` None: any; "": none at all. `code` None: any code of the system."""

    system: str | None
    code: str | None


@dataclass(frozen=True, slots=True)
class Text:
    """Words: `folded` for the usual search (starts with), `exact` for :exact. Also uris."""

    folded: str
    exact: str


@dataclass(frozen=True, slots=True)
class Span:
    """A date (microseconds since 1970, half open) with its prefix."""

    prefix: Prefix
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Amount:
    """A number or quantity with its span and prefix; unit None: any."""

    prefix: Prefix
    value: float
    low: float
    high: float
    system: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """A target: kind "" where any kind fits; or a url; or an identifier (with :identifier)."""

    kind: str = ""
    id: str = ""
    url: str = ""
    system: str | None = None
    value: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """The two values of a composite."""

    first: Token
    second: Token | Amount | Span | Text | Reference


Value = Flag | Token | Text | Span | Amount | Reference | Pair


@dataclass(frozen=True, slots=True)
class Criterion:
    """One parameter and its values, any of which may hold.

    Parameters of every kind have reserved names: `_id` (tokens whose code is the id) and
    `_lastUpdated` (spans over the time of the newest version). Identifiers are indexed by their
    type too, as tokens of "<param>:of-type" whose system is "system|code" of the type.
    """

    param: str
    type: ParamType
    values: tuple[Value, ...]
    modifier: Modifier = Modifier.NONE


@dataclass(frozen=True, slots=True)
class Chain:
    """A resource that refers, by one of its parameters, to one of a kind that itself matches."""

    param: str
    kind: str
    inner: Clause


@dataclass(frozen=True, slots=True)
class Has:
    """A resource to which one of another kind refers, by that kind's parameter, that matches."""

    kind: str
    param: str
    inner: Clause


@dataclass(frozen=True, slots=True)
class OfPatients:
    """A resource of the compartment of one of some patients (logical ids); none: of nobody."""

    ids: frozenset[str]


Clause = Criterion | Chain | Has | OfPatients


@dataclass(frozen=True, slots=True)
class Sort:
    """One key of the order; `param` may be `_id` or `_lastUpdated`."""

    param: str
    type: ParamType
    is_descending: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A search over kinds: clauses all of which hold, an order, and a page of it.

    `cursor` is what an earlier page gave; None: the first. With no sort the order is that in which
    resources were first written; what has nothing to sort by stands last. Pages stay stable: a
    later page shows nothing twice, and skips nothing, that was there at the first page and did not
    change. What changes its place meanwhile may be met twice, or not; with no sort nothing does.
    `asked` are the clauses that whoever asks gave, where others stand in their place that may be
    others at the next page: a cursor is of what was asked.
    """

    kinds: tuple[str, ...]
    clauses: tuple[Clause, ...] = ()
    sort: tuple[Sort, ...] = ()
    count: int = 50
    cursor: str | None = None
    wants_total: bool = False
    asked: tuple[Clause, ...] | None = None


@dataclass(frozen=True, slots=True)
class Include:
    """Follow a reference parameter of a kind, forward or backward; target "": any kind.

    `is_iterated`: again over what was included.
    """

    kind: str
    param: str
    target: str = ""
    is_backward: bool = False
    is_iterated: bool = False
