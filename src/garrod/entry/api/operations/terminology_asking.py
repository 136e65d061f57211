"""What a terminology operation is asked: its parameters, from a URL or from Parameters, each known.

A parameter that the operation does not have is refused: a mistyped filter must not widen an answer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any
from urllib.parse import parse_qsl

import orjson

from garrod.adapters.fhir.check.engine import Checker
from garrod.adapters.fhir.record.parse import parse
from garrod.adapters.fhir.rest.checked import InvalidResource
from garrod.adapters.fhir.validate.issue import Severity
from garrod.adapters.terminology.model import NotDone, Unknown
from garrod.adapters.terminology.service import Terminology
from garrod.care.govern.access import Deed, demand
from garrod.core.errors import FhirError, InputError
from garrod.entry.api.exchange import Answer, Asked
from garrod.entry.api.rooms import Rooms

Json = dict[str, Any]
PASSED = frozenset(("_format", "_pretty"))
NOT_FOUND, NOT_SUPPORTED = 404, 422


@dataclass(slots=True)
class Given:
    """The parameters of one request; those of a kind may be there more than once."""

    known: frozenset[str]
    held: dict[str, list[Any]] = field(default_factory=dict)

    def add(self, name: str, value: Any) -> None:
        """Hold a value.  Raises: FhirError FHR127 for a parameter that the operation lacks."""
        if name in PASSED:
            return
        if name not in self.known:
            raise FhirError(
                f"{name[:60]} is no parameter of this operation: expected "
                f"{', '.join(sorted(self.known))}.",
                code="FHR127",
            )
        self.held.setdefault(name, []).append(value)

    def text(self, name: str, otherwise: str = "") -> str:
        """Return the only value of a parameter as text.  Raises: FhirError FHR127."""
        found = self.held.get(name, [])
        if len(found) > 1 or (found and isinstance(found[0], dict)):
            raise FhirError(f"{name}: expected one plain value.", code="FHR127")
        if not found:
            return otherwise
        value = found[0]
        return str(value).lower() if isinstance(value, bool) else str(value)

    def flag(self, name: str) -> bool:
        """Return whether a parameter is true.  Raises: FhirError FHR127."""
        value = self.text(name, "false")
        if value not in ("true", "false"):
            raise FhirError(f"{name}: expected true or false.", code="FHR127")
        return value == "true"

    def number(self, name: str) -> int | None:
        """Return a parameter as a whole number, or None.  Raises: FhirError FHR127."""
        value = self.text(name)
        if not value:
            return None
        if not value.isascii() or not value.isdecimal() or len(value) > 9:
            raise FhirError(f"{name}: expected a whole number from 0 upwards.", code="FHR127")
        return int(value)

    def one(self, name: str) -> Json:
        """Return a parameter that has parts or is a resource; {} where it is not there."""
        found = self.held.get(name, [])
        if len(found) > 1 or (found and not isinstance(found[0], dict)):
            raise FhirError(f"{name}: expected one, with parts.", code="FHR127")
        return found[0] if found else {}

    def codings(self) -> list[Json]:
        """Return the codings asked about: of coding, codeableConcept, or system and code."""
        if "codeableConcept" in self.held:
            found: list[Json] = self.one("codeableConcept").get("coding", [])
        elif "coding" in self.held:
            found = [self.one("coding")]
        elif "code" in self.held:
            named = {"system": self.text("system"), "code": self.text("code")}
            named |= {"version": self.text("systemVersion") or self.text("version")}
            found = [{**named, "display": self.text("display")}]
        else:
            found = []
        if not found or not all(c.get("code") for c in found):
            raise FhirError(
                "expected a code: code with its system, or a coding or codeableConcept.",
                code="FHR127",
            )
        return found


def given_in(rooms: Rooms, asked: Asked, known: frozenset[str]) -> Given:
    """Return the parameters of a request.  Raises: FhirError, InvalidResource FHR140."""
    given = Given(known)
    for name, value in parse_qsl(asked.question, keep_blank_values=True):
        given.add(name, value)
    if asked.method != "POST" or not asked.body.strip():
        return given
    resource = parse(asked.body)
    if resource["resourceType"] != "Parameters":
        raise FhirError("expected Parameters.", code="FHR127")
    issues = Checker.check(rooms.codec.checker, resource)  # its form; its codes are the question
    if any(issue.severity is Severity.ERROR for issue in issues):
        raise InvalidResource("Parameters", issues)
    for part in resource.get("parameter", []):
        value = part.get("resource")
        for name, found in part.items():
            value = found if name.startswith("value") else value
        given.add(str(part.get("name", "")), "" if value is None else value)
    return given


def terminology_of(rooms: Rooms) -> Terminology:
    """Return what is loaded.  Raises: InputError REC001 where nothing is set up."""
    found = rooms.terminology
    if not isinstance(found, Terminology):
        raise InputError("no terminology is set up here.", code="REC001")
    return found


async def current(rooms: Rooms, asked: Asked, *kinds: str) -> Terminology:
    """Return what is loaded, with all that the record holds by now.  Raises: AccessDenied."""
    for kind in kinds:
        demand(rooms.record.access, asked.actor, Deed.READ, kind)
    terminology = terminology_of(rooms)
    await terminology.stored.refresh(rooms.record.store)
    return terminology


Act = Callable[[Rooms, Asked], Awaitable[Answer]]


def saying_what_is_unknown(act: Act) -> Act:
    """Return an operation that says what is not loaded, or not done, as FHIR has it."""

    @wraps(act)
    async def answered(rooms: Rooms, asked: Asked) -> Answer:
        try:
            return await act(rooms, asked)
        except Unknown as error:
            return _told(error, NOT_FOUND, "not-found")
        except NotDone as error:
            return _told(error, NOT_SUPPORTED, "not-supported")

    return answered


def _told(error: InputError, status: int, code: str) -> Answer:
    issue = {
        "severity": "error",
        "code": code,
        "details": {"text": error.message},
        "diagnostics": error.code,
    }
    return Answer(status, orjson.dumps({"resourceType": "OperationOutcome", "issue": [issue]}))


def parameters(*parts: Json | None) -> Answer:
    """Return Parameters of the parts that there are."""
    listed = [part for part in parts if part is not None]
    return Answer(200, orjson.dumps({"resourceType": "Parameters", "parameter": listed}))


def text_part(name: str, value: str, type: str = "String") -> Json | None:
    """Return a part with a text, or None where there is none."""
    return {"name": name, f"value{type}": value} if value else None
