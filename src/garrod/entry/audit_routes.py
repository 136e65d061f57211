"""What a request asks for, as the audit says it: a route without ids, a deed, whom it names.

GET /fhir/Patient/p1/_history -> "GET /fhir/Patient/{id}/_history", history, Patient, p1

No word of a path is kept that is not known beforehand, and of a question only a person's logical
id: so that no name and no number that somebody put there stands in the log for ever.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from urllib.parse import parse_qsl, unquote

from garrod.care.govern.access import Deed
from garrod.core.identifiers import is_mod11

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
WORDS = frozenset((
    "fhir", "events", "advice", "cds-services", "feedback", "patients", "prescribe", "sign-in",
    "sign-out", "audit", "head", "proof", "inclusion", "consistency", "people", "openapi.json",
    "metadata", "ws", "_history", "_search", ".well-known", "smart-configuration", "story",
    "step-up", "emergency", "access", "review", "back-channel",
))  # fmt: skip
DECIDE, VIEW, SIGN_IN, AUDIT = "decide", "view", "sign-in", "audit"
FIRST = {
    "events": Deed.LISTEN.value, "advice": DECIDE, "cds-services": DECIDE, "patients": VIEW,
    "sign-in": SIGN_IN, "sign-out": SIGN_IN, "audit": AUDIT, "access": AUDIT, "review": AUDIT,
}  # fmt: skip
WRITES = {"POST": Deed.CREATE, "PUT": Deed.UPDATE, "PATCH": Deed.UPDATE, "DELETE": Deed.DELETE}
BARE = 4  # parts of /fhir/KIND/ID
LONGEST = 8  # Not clinical: steps of a path that are told
PATIENT, ID = "Patient", "{id}"
HOLDERS = frozenset((PATIENT, "patients", "people"))  # what stands before a person's id
_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")  # Source: FHIR R4, datatypes, id
_NUMBER = re.compile(r"[0-9]{10}")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for."""

    route: str
    deed: str
    kind: str = ""
    patients: tuple[str, ...] = ()


def asked_by(method: str, path: str, question: str, known: Collection[str]) -> Asked:
    """Return what a request asks for; `known` are the types of resources, and "$" operations."""
    parts = path.split("/")
    if len(parts) == BARE and not question and "%" not in path and parts[3] not in WORDS:
        of_one = _of_one(method, parts[1], parts[2])
        if of_one is not None and parts[2] in known and parts[3][:1] not in ("", "$"):
            id = parts[3]
            is_person = parts[2] == PATIENT and is_logical(id)
            return Asked(*of_one, parts[2], (id,) if is_person else ())
    steps = path.strip("/").split("/")[:LONGEST]
    if "%" in path:
        steps = [unquote(step) for step in steps]
    verb = method if method in METHODS else "OTHER"
    told = "/".join([s if s in WORDS or s in known else ID for s in steps if s])
    deed, kind = _sort_of(verb, told, is_operation=steps[-1][:1] == "$")
    people = _in_path(steps)
    if "=" in question:
        people += _in_question(question, kind)
    return Asked(f"{verb} /{told}", deed, kind, tuple(dict.fromkeys(people)))


@lru_cache(maxsize=4096)
def _sort_of(verb: str, told: str, *, is_operation: bool) -> tuple[str, str]:
    """Return the deed of a route, and the type of resource that it is about."""
    steps = told.split("/")
    if is_operation and steps[-1] == ID:
        steps[-1] = "$"  # one that is not known
    second = steps[1] if len(steps) > 1 else ""
    return _deed(verb, steps), second if second.isalpha() and second not in WORDS else ""


@lru_cache(maxsize=1024)
def _of_one(method: str, first: str, kind: str) -> tuple[str, str] | None:
    """Return route and deed of what is asked of one resource, as most is; None: of something else.

    The path is /fhir/KIND/ID.
    """
    if first != "fhir" or method not in METHODS or not kind.isalpha():
        return None
    return f"{method} /fhir/{kind}/{ID}", _deed(method, [first, kind, ID])


def _deed(method: str, steps: list[str]) -> str:
    if steps[0] in FIRST:
        return FIRST[steps[0]]
    last = steps[-1]
    if steps[0] != "fhir":
        return VIEW
    if last == "ws":
        return Deed.LISTEN.value
    if last.startswith("$"):
        return (Deed.EXPORT if last == "$export" else Deed.OPERATE).value
    if last == "_search":
        return Deed.SEARCH.value
    if method in WRITES:
        return (Deed.OPERATE if len(steps) == 1 else WRITES[method]).value
    if "_history" in steps:
        return Deed.HISTORY.value
    return (Deed.READ if len(steps) == 3 or last == "metadata" else Deed.SEARCH).value


def _in_path(steps: list[str]) -> list[str]:
    if HOLDERS.isdisjoint(steps):
        return []
    return [step for before, step in pairwise(steps) if before in HOLDERS and is_logical(step)]


def _in_question(question: str, kind: str) -> list[str]:
    found = []
    names = ("patient", "subject", *(("_id",) if kind == PATIENT else ()))
    for name, value in parse_qsl(question, errors="replace"):
        if name.partition(":")[0] in names:
            for one in value.split(","):
                id = one.removeprefix(f"{PATIENT}/")
                if is_logical(id):
                    found.append(id)
    return found


def is_logical(text: str) -> bool:
    """Return whether a text can be a logical id, and no NHS number that somebody took for one."""
    if _NUMBER.fullmatch(text) and is_mod11(text):
        return False
    return _ID.fullmatch(text) is not None
