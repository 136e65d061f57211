"""A call of a hook as it was read: whose, which drafts, what was sent along, what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from garrod.adapters.fhir.json import Resource
from garrod.core.medicine import MedicineLine


@dataclass(frozen=True, slots=True)
class Ehr:
    """The FHIR server of whoever calls, and the token that was lent for this one call."""

    base: str
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft order: the medicine it names; `why` says what kept it from being read, or ""."""

    line: MedicineLine
    reference: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """One call. `prefetch` is as it was sent; `notes` tell what was passed over, and why.

    `selected` are the references of the drafts that are asked about; none: every one.
    """

    hook: str
    instance: str
    patient: str  # the logical id, in the name space of `ehr`
    user: str = ""
    encounter: str = ""
    orders: Resource = field(default_factory=dict, repr=False)  # a Bundle of drafts
    dispatched: tuple[str, ...] = ()
    selected: frozenset[str] = frozenset()
    prefetch: Mapping[str, Any] = field(default_factory=dict, repr=False)
    ehr: Ehr | None = None
    notes: tuple[str, ...] = ()
