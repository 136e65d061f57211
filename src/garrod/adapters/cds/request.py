"""Reads the call of a hook: what must be there is asked for, what is not known is passed over.

JSON -> Call, with notes of what another version of the specification, or nobody, knows
Source: CDS Hooks 2.0, https://cds-hooks.hl7.org/2.0/#http-request_1
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import orjson

from garrod.adapters.cds.catalogue import Service
from garrod.adapters.cds.model import Call, Ehr
from garrod.adapters.fhir.json import Resource, one, text
from garrod.core.errors import InputError

DEEPEST = 100  # Not clinical: levels of nesting; a call with whole Bundles has some twenty
_ID = re.compile(r"[A-Za-z0-9.\-]{1,64}")
_FIELDS = ("hook", "hookInstance", "fhirServer", "fhirAuthorization", "context", "prefetch")
_CONTEXT = (
    *("userId", "patientId", "encounterId", "selections", "performer", "appointments"),
    *("fulfillmentTasks", "fulfillment-tasks"),
)
_FORMER = {"dispatchedOrders": "dispatched-orders"}  # as the hook's own page spells it once


def document_of(body: bytes) -> dict[str, Any]:
    """Return the object that a body is.  Raises: InputError CDS001 (no JSON), CDS002 (too deep)."""
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise InputError(
            "the body cannot be read: send one JSON object, UTF-8, as CDS Hooks 2.0 shapes it.",
            code="CDS001",
        ) from None
    if not isinstance(found, dict):
        raise InputError("the body is no JSON object.", code="CDS001")
    _check_depth(found)
    return found


def call_of(body: bytes, service: Service) -> Call:
    """Return the call.  Raises: InputError CDS001, CDS002, CDS003 (hook), CDS004 (context)."""
    sent = document_of(body)
    hook = text(sent, "hook")
    if hook != service.hook:
        raise InputError(
            f"the service {service.id} answers the hook {service.hook}: `hook` must say so.",
            code="CDS003",
        )
    context = one(sent, "context")
    who, notes = _patient(context)
    ehr, said = _ehr(sent)
    fields = (*_FIELDS, "extension")
    known = (*_CONTEXT, service.drafts, _FORMER.get(service.drafts, ""))
    notes += said + _unknown(sent, fields, "") + _unknown(context, known, "context.")
    orders = one(context, service.drafts) if service.drafts else {}
    if service.drafts in ("draftOrders", "medications") and not orders:
        raise InputError(f"context.{service.drafts} must be a Bundle of drafts.", code="CDS004")
    return Call(
        hook=hook,
        instance=plain(text(sent, "hookInstance")),
        patient=who,
        user=plain(text(context, "userId")),
        encounter=plain(text(context, "encounterId")),
        orders=orders,
        dispatched=_words(context, service),
        selected=frozenset(_texts(context.get("selections"))),
        prefetch=one(sent, "prefetch"),
        ehr=ehr,
        notes=tuple(notes),
    )


def plain(words: str, most: int = 200) -> str:
    """Return words without what is no text (controls, halves of characters), and not too long."""
    return "".join(c if c.isprintable() else " " for c in words[:most]).strip()


def _patient(context: Resource) -> tuple[str, list[str]]:
    """Return the logical id of whom it is about; a reference is taken for the id it names."""
    said = text(context, "patientId")
    plain = said.removeprefix("Patient/")
    if not _ID.fullmatch(plain):
        raise InputError(
            "context.patientId must be the logical id of a Patient (letters, digits, - and .).",
            code="CDS004",
        )
    return plain, ["context.patientId was a reference, not an id"] if plain != said else []


def _ehr(sent: Resource) -> tuple[Ehr | None, list[str]]:
    """Return the caller's FHIR server, with the token where one was lent."""
    base, lent = text(sent, "fhirServer"), one(sent, "fhirAuthorization")
    token, kind = text(lent, "access_token"), text(lent, "token_type") or "Bearer"
    if not base:
        return None, ["fhirAuthorization came without fhirServer"] if lent else []
    if kind.lower() != "bearer" or any(c <= " " or c > "~" for c in token):
        return Ehr(base), ["fhirAuthorization is no bearer token that can be sent"]
    return Ehr(base, token), []


def _words(context: Resource, service: Service) -> tuple[str, ...]:
    if service.drafts != "dispatchedOrders":
        return ()
    former = context.get(_FORMER[service.drafts])
    return tuple(_texts(context.get(service.drafts) or former))


def _texts(value: object) -> list[str]:
    return [v for v in value if isinstance(v, str)] if isinstance(value, list) else []


def _unknown(holder: Resource, known: Iterable[str], where: str) -> list[str]:
    """Return which fields nobody here knows; a name that is no plain word is not repeated."""
    names = sorted(holder.keys() - set(known))
    said = [n if re.fullmatch(r"[\w.\-]{1,40}", n, re.ASCII) else "(unnamed)" for n in names[:10]]
    return [f"{where}{name} is not known here and was passed over" for name in said]


def _check_depth(found: Resource) -> None:
    level: list[Any] = [found]
    for _ in range(DEEPEST):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if type(outer) is dict else outer)
            if type(inner) is dict or type(inner) is list
        ]
        if not level:
            return
    raise InputError(
        f"objects and lists lie more than {DEEPEST} deep in one another: no call needs that.",
        code="CDS002",
    )
