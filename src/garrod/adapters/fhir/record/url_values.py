"""The values of a search parameter, by its type: text of a URL -> values that a store compares.

Source: HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/search.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from garrod.adapters.fhir.record.dates import span
from garrod.adapters.fhir.record.escapes import cut, plain
from garrod.adapters.fhir.record.facts import Parameter
from garrod.adapters.fhir.record.fold import fold
from garrod.adapters.fhir.record.numbers import NO_END, UCUM, alike, half_step
from garrod.adapters.fhir.record.references import target_of
from garrod.adapters.fhir.record.refusal import Refused
from garrod.adapters.fhir.record.tokens import NHS_NUMBER
from garrod.care.record.query import (
    Amount,
    Pair,
    ParamType,
    Prefix,
    Reference,
    Span,
    Text,
    Token,
    Value,
)

Clock = Callable[[], datetime]
TENTH = Decimal("0.1")  # how near "ap" is. Source: R4 search, prefixes: 10 % is recommended
LONGEST = 40  # Not clinical: digits of a number sought
ONE = Fraction(1)
_PREFIX = re.compile(r"(eq|ne|gt|lt|ge|le|sa|eb|ap)?(.*)", re.DOTALL)
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9.-]{1,64}", re.ASCII)
_SPACED_NUMBER = re.compile(r"\d{3} \d{3} \d{4}", re.ASCII)
_NO_SYSTEM = frozenset(("boolean", "ContactPoint"))
_IMPLIED = frozenset(("code", "id", "uri"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """A parameter that is searched by: its facts, and the FHIR types of what it finds."""

    parameter: Parameter
    types: frozenset[str]


class Values:
    """Reads values; `base` is this server's own address, `clock` tells what is near today."""

    def __init__(self, base: str = "", clock: Clock | None = None) -> None:
        self._base = base.rstrip("/")
        self._clock = clock

    def of(self, wanted: Wanted, text: str) -> tuple[Value, ...]:
        """Return the values of one alternative of a parameter, its escapes still in it.

        They are more than one where a quantity is sought in several units.  Raises: Refused.
        """
        parameter = wanted.parameter
        if parameter.type is ParamType.COMPOSITE:
            return self._pairs(parameter, text)
        return self._simple(parameter.type, wanted, text)

    def _simple(self, sort: ParamType, wanted: Wanted, text: str) -> tuple[Value, ...]:
        match sort:
            case ParamType.TOKEN:
                found = tokens(wanted.types, text)
                return tuple(map(_caseless, found)) if _is_caseless(wanted) else found
            case ParamType.STRING | ParamType.URI:
                return (words(text),)
            case ParamType.DATE:
                return (self.span(text),)
            case ParamType.NUMBER:
                return (number(text),)
            case ParamType.QUANTITY:
                return quantities(text)
            case ParamType.REFERENCE:
                return (self.reference(text, wanted.parameter.targets),)
            case _:
                raise Refused("value", "cannot be searched by")

    def span(self, text: str) -> Span:
        """Return a date with its prefix; "ap" is widened by a tenth of its distance from now."""
        prefix, rest = _prefixed(plain(text))
        found = span(rest.replace(" ", "+"))  # a "+" of a zone that was not escaped
        if found is None:
            raise Refused(
                "value", "expected a date or time such as 2026-03, 2026-03-31 or "
                "2026-03-31T09:00:00Z, with eq, ne, gt, lt, ge, le, sa, eb or ap before it"
            )  # fmt: skip
        low, high = found
        if prefix is Prefix.AP:
            if self._clock is None:
                raise Refused("value", "the prefix ap cannot be used for dates here")
            now = int(self._clock().timestamp() * 1_000_000)
            wider = abs(now - low) // 10
            low, high = low - wider, high + wider
        return Span(prefix, low, high)

    def reference(self, text: str, targets: tuple[str, ...]) -> Reference:
        """Return a reference: an id, a kind and id, or a url.  Raises: Refused."""
        value = plain(text)
        if _ID.fullmatch(value):
            return Reference(kind=targets[0] if len(targets) == 1 else "", id=value)
        kind, id, url = target_of(value, self._base)
        if id and targets and kind not in targets:
            raise Refused("value", f"refers to {listed(targets)}, not to {kind}")
        if not id and (":" not in url or url.startswith("#") or any(c.isspace() for c in url)):
            raise Refused("value", "expected an id, a reference such as Patient/1, or a url")
        return Reference(kind=kind, id=id) if id else Reference(url=url)

    def _pairs(self, parameter: Parameter, text: str) -> tuple[Pair, ...]:
        halves = cut(text, "$")
        if len(halves) != 2 or not all(halves):
            raise Refused("value", "expected two values with $ between them, such as 8480-6$gt150")
        first = tokens(frozenset(), halves[0])
        part = parameter.parts[1]
        inner = Wanted(replace(parameter, type=part.type, parts=(), targets=()), frozenset())
        seconds = self._simple(part.type, inner, halves[1])
        return tuple(Pair(f, s) for f in first for s in seconds if not isinstance(s, Pair))  # type: ignore[arg-type]


def listed(names: tuple[str, ...], most: int = 8) -> str:
    """Return some names in words: "Patient, Group or Device"."""
    shown = [*names[:most], *(["..."] if len(names) > most else [])]
    return " or ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))


def tokens(types: frozenset[str], text: str) -> tuple[Token, ...]:
    """Return the tokens that a value means: code, system|code, |code or system|.

    Raises: Refused.
    """
    parts = [plain(part) for part in cut(text, "|")]
    if len(parts) > 2 or not any(parts):
        raise Refused("value", "expected a code, system|code, |code or system|")
    system, code = (None, parts[0]) if len(parts) == 1 else (parts[0], parts[1])
    if types and types <= _NO_SYSTEM and system is not None:
        raise Refused("value", "has no system: expected the value alone, without |")
    if types == {"boolean"} and code not in ("true", "false"):
        raise Refused("value", "expected true or false")
    if system == "" and types and types <= _IMPLIED:
        system = None  # what implies its system is written without one
    if not code:
        return (Token(system, None),)
    if system in (None, NHS_NUMBER) and _SPACED_NUMBER.fullmatch(code):
        return Token(system, code), Token(system, code.replace(" ", ""))
    return (Token(system, code),)


def _is_caseless(wanted: Wanted) -> bool:
    """Return whether case does not matter: of what is a string, but that ids are always exact."""
    return wanted.types == {"string"} and wanted.parameter.name != "_id"


def _caseless(token: Token) -> Token:
    return Token(token.system, None if token.code is None else token.code.casefold())


def typed_token(text: str) -> Token:
    """Return the token of :of-type, as identifiers are indexed by it.  Raises: Refused."""
    parts = [plain(part) for part in cut(text, "|")]
    if len(parts) != 3 or not parts[1] or not parts[2]:
        raise Refused("value", "expected system|code|value: the identifier's type, and its value")
    return Token(f"{parts[0]}|{parts[1]}", parts[2])


def identifiers(text: str) -> tuple[Reference, ...]:
    """Return what a reference names by identifier; no value ("system|"): any.  Raises: Refused."""
    found = tokens(frozenset(), text)
    return tuple(Reference(system=token.system, value=token.code or "") for token in found)


def words(text: str) -> Text:
    """Return words to search for.  Raises: Refused."""
    value = plain(text)
    if not value.strip():
        raise Refused("value", "expected a word")
    return Text(fold(value), value)


@dataclass(frozen=True, slots=True)
class _Read:
    """A number as it was written, and half of its last digit (or what is near, of "ap")."""

    prefix: Prefix
    value: Decimal
    half: Decimal

    def amount(self, times: Fraction = ONE) -> Amount:
        """Return it, or so many times as much."""
        ends = (self.value - self.half, self.value, self.value + self.half)
        low, value, high = (_float(Fraction(end) * times) for end in ends)
        return Amount(self.prefix, value, low, high)


def _float(exact: Fraction) -> float:
    try:
        return float(exact)
    except OverflowError:
        return NO_END if exact > 0 else -NO_END


def number(text: str) -> Amount:
    """Return a number with its prefix, and the span that its digits give it.  Raises: Refused."""
    return _read(text).amount()


def _read(text: str) -> _Read:
    prefix, rest = _prefixed(plain(text))
    if _NUMBER.fullmatch(rest) is None or len(rest) > LONGEST:
        raise Refused(
            "value", "expected a number such as 5, 5.40 or 1e2, with eq, ne, gt, lt, ge, le, sa, "
            "eb or ap before it"
        )  # fmt: skip
    value = Decimal(rest)
    half = half_step(value)
    return _Read(prefix, value, max(half, abs(value) * TENTH) if prefix is Prefix.AP else half)


def quantities(text: str) -> tuple[Amount, ...]:
    """Return a quantity in its own unit and, where it is a UCUM unit we know, in others like it.

    5, 5|system|code, or 5||code where the system does not matter.  Raises: Refused.
    """
    parts = cut(text, "|")
    if len(parts) not in (1, 3):
        raise Refused("value", "expected a number, number|system|code or number||code")
    found = _read(parts[0])
    if len(parts) == 1:
        return (found.amount(),)
    system, code = plain(parts[1]) or None, plain(parts[2]) or None
    if code is None or system != UCUM:
        return (replace(found.amount(), system=system, code=code),)
    return tuple(
        replace(found.amount(times), system=system, code=unit) for unit, times in alike(code)
    )


def _prefixed(text: str) -> tuple[Prefix, str]:
    found = _PREFIX.fullmatch(text)
    prefix, rest = found.groups() if found else (None, text)
    return Prefix(prefix or "eq"), rest
