"""SMART scopes: what an app was granted, of which resources, and under which condition.

"patient/Observation.rs?category=laboratory" -> Scope -> Grant (whose, under which parameters)
A scope that cannot be read grants nothing.
Source: SMART App Launch 2.2.0, https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html
(restated)
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from garrod.care.govern.access import Actor, Deed
from garrod.core.errors import AccessDenied

EVERY = "*"
LETTERS = "cruds"
VERSION_1 = {"read": "rs", "write": "cud", "*": LETTERS}
LONGEST, MOST = 1000, 20  # Not clinical: characters of a scope, parameters in one
NEEDS = {
    Deed.READ: "r",
    Deed.HISTORY: "r",
    Deed.SEARCH: "s",
    Deed.CREATE: "c",
    Deed.UPDATE: "u",
    Deed.DELETE: "d",
    Deed.OPERATE: "r",  # an operation that writes asks for its writes as well
    Deed.LISTEN: "rs",
    Deed.EXPORT: "rs",
}
_SHAPE = re.compile(r"(patient|user|system)/(\*|[A-Z][A-Za-z]{1,63})\.([a-z*]{1,8})(?:\?(.*))?")
_VERSION_2 = re.compile("c?r?u?d?s?")
_ESCAPE = re.compile("%([0-9A-Fa-f]{2})")
Token = tuple[str, str]  # system, code
Parameters = tuple[tuple[str, str], ...]


class InsufficientScope(AccessDenied):
    """An app was not granted what it asks for; `scope` is one that would do.

    Source: RFC 6750, 3.1 (insufficient_scope)
    """

    default_code = "ACC005"

    def __init__(self, message: str, *, scope: str) -> None:
        super().__init__(message)
        self.scope = scope


class Whose(StrEnum):
    """Whose data a scope is about."""

    PATIENT = "patient"  # the person of the launch
    USER = "user"  # what the user may see
    SYSTEM = "system"  # what the client may see, without a user


@dataclass(frozen=True, slots=True)
class Scope:
    """One granted scope. `letters` are some of "cruds"; `parameters` what a resource must fit."""

    whose: Whose
    kind: str
    letters: frozenset[str]
    parameters: Parameters = ()


@dataclass(frozen=True, slots=True)
class Grant:
    """One way in which a deed is granted: whose data, and what the resource must fit (all)."""

    whose: Whose
    parameters: Parameters = ()

    def fits(self, tokens: Mapping[str, Collection[Token]]) -> bool:
        """Return whether a resource fits, by its tokens for each search parameter.

        A parameter that `tokens` does not name, or one with a modifier, is not fitted.
        """
        return all(
            _holds(value, tokens[name]) if name in tokens else False
            for name, value in self.parameters
        )


@lru_cache(maxsize=4096)
def scope_of(text: str) -> Scope | None:
    """Return the scope on resources that a text is; None where it is another, or none."""
    found = _SHAPE.fullmatch(text) if len(text) <= LONGEST else None
    if found is None:
        return None
    whose, kind, rights, question = found.groups()
    letters = VERSION_1.get(rights, rights)
    if not _VERSION_2.fullmatch(letters) and rights not in VERSION_1:
        return None
    if question is not None and rights in VERSION_1:
        return None  # version 1 knows no conditions
    parameters = _parameters(question) if question is not None else ()
    if parameters is None:
        return None
    return Scope(Whose(whose), kind, frozenset(letters), parameters)


def scopes_in(granted: Iterable[str]) -> tuple[Scope, ...]:
    """Return the scopes on resources among those granted, their rights put together.

    Two scopes of one condition are one with the rights of both.
    """
    found: dict[tuple[Whose, str, Parameters], frozenset[str]] = {}
    for text in sorted(granted):
        if (scope := scope_of(text)) is not None:
            key = (scope.whose, scope.kind, scope.parameters)
            found[key] = found.get(key, frozenset()) | scope.letters
    return tuple(Scope(w, k, letters, p) for (w, k, p), letters in found.items())


@lru_cache(maxsize=4096)
def grants(granted: frozenset[str], deed: Deed, kind: str) -> tuple[Grant, ...]:
    """Return the ways in which scopes grant a deed on a kind ("": every kind); none: they do not.

    A way without condition makes those with one, for the same people, needless: they are left out.
    """
    letters = set(NEEDS[deed])
    found = dict.fromkeys(
        Grant(scope.whose, scope.parameters)
        for scope in scopes_in(granted)
        if scope.kind in (kind or EVERY, EVERY) and letters <= scope.letters
    )
    whole = {grant.whose for grant in found if not grant.parameters}
    return tuple(g for g in found if not g.parameters or g.whose not in whole)


def allows(granted: frozenset[str] | None, deed: Deed, kind: str) -> bool:
    """Return whether scopes let something be done to some resources of a kind; None: no limit."""
    return granted is None or bool(grants(granted, deed, kind))


def queries(granted: frozenset[str] | None, deed: Deed, kind: str) -> tuple[Parameters, ...] | None:
    """Return the granular conditions of a deed, of which a resource must fit one.

    None: there is no condition.  ("allows" is asked first: an empty tuple means nothing may be.)
    """
    if granted is None:
        return None
    found = grants(granted, deed, kind)
    if any(not grant.parameters for grant in found):
        return None
    return tuple(grant.parameters for grant in found)


def granted_to(actor: Actor, deed: Deed, kind: str) -> tuple[Grant, ...] | None:
    """Return the ways in which an actor's scopes grant a deed; None: no scopes limit the actor.

    What is granted for the person of the launch is nothing where there is no launch; what is
    granted to a user is nothing to a client without one, and the other way round.
    Raises: InsufficientScope ACC005 where there is no way.
    """
    if actor.scopes is None:
        return None
    is_system = actor.role == "system"
    found = tuple(
        grant
        for grant in grants(actor.scopes, deed, kind)
        if (grant.whose is Whose.SYSTEM) == is_system
        and (grant.whose is not Whose.PATIENT or actor.patient)
    )
    if not found:
        whose = Whose.SYSTEM if is_system else Whose.PATIENT if actor.patient else Whose.USER
        needed = f"{whose}/{kind or EVERY}.{NEEDS[deed]}"
        raise InsufficientScope(
            f"the token does not reach so far: {deed} of {kind or 'every type'} asks for {needed}.",
            scope=needed,
        )
    return found


def _parameters(question: str) -> Parameters | None:
    """Return the condition of a scope; None where it cannot be read."""
    parts = question.split("&")
    if len(parts) > MOST:
        return None
    found = []
    for part in parts:
        name, is_there, value = part.partition("=")
        if not is_there or not name or not value or not name.isprintable():
            return None
        plain = _plain(value)
        if plain is None:
            return None
        found.append((name, plain))
    return tuple(sorted(set(found)))


def _plain(value: str) -> str | None:
    """Return a value without its percent signs; None where those are not UTF-8."""
    if "%" not in value:
        return value
    raw = _ESCAPE.sub(lambda m: chr(int(m[1], 16)), value.encode().decode("latin-1"))
    try:
        found = raw.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return None
    return found if found.isprintable() else None


def _holds(wanted: str, tokens: Collection[Token]) -> bool:
    """Return whether a token is one of those wanted: "code", "system|code", "system|"."""
    return any(_is_one(one, token) for one in wanted.split(",") for token in tokens)


def _is_one(wanted: str, token: Token) -> bool:
    system, bar, code = wanted.partition("|")
    if not bar:
        return token[1] == wanted
    return token[0] == system and code in ("", token[1])
