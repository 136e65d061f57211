"""Whether a code is of a value set, and which codes are: as its definition says, from what is here.

A "no" is said only where every part that could have held the code was looked at.
Source: FHIR R4 4.0.1, ValueSet.compose (parts are joined by "or", the conditions of a part by
"and", what is excluded is left out), ValueSet.expansion.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from garrod.adapters.terminology.model import (
    Concept,
    Filter,
    NotDone,
    System,
    Unknown,
    has_words,
)

Json = dict[str, Any]
DEEPEST = 20  # Not clinical: value sets within one another


class Known(Protocol):
    """What is loaded, by url."""

    def system(self, url: str, version: str = "") -> System:
        """Return a code system.  Raises: Unknown."""
        ...

    def value_set(self, url: str, version: str = "") -> Json:
        """Return a value set.  Raises: Unknown."""
        ...


@dataclass(frozen=True, slots=True)
class Wish:
    """Which codes of a value set are wanted."""

    words: str = ""
    active_only: bool = False


def canonical(url: str, version: str = "") -> tuple[str, str]:
    """Return url and version of a canonical ("url|version")."""
    plain, _, own = url.partition("|")
    return plain, own or version


class ValueSets:
    """Evaluates value sets over what is loaded."""

    def __init__(self, known: Known) -> None:
        self._known = known

    def has(self, value_set: Json, system: str, code: str, depth: int = 0) -> Concept | None:
        """Return the concept where it is of the value set; None where it surely is not.

        `system` "": of any system that the value set has.  Raises: Unknown, NotDone.
        """
        _check_depth(depth)
        compose = value_set.get("compose")
        if not compose:
            return _listed_in(value_set, system, code)
        found = self._any(compose.get("include", []), system, code, depth)
        if found is None or (compose.get("inactive") is False and not found.is_active):
            return None
        out = self._any(compose.get("exclude", []), found.system, found.code, depth)
        return None if out is not None else found

    def _any(self, parts: list[Json], system: str, code: str, depth: int) -> Concept | None:
        doubt: Unknown | None = None
        for part in parts:
            try:
                found = self._in_part(part, system, code, depth)
            except Unknown as error:
                doubt = doubt or error
                continue
            if found is not None:
                return found
        if doubt is not None:
            raise doubt
        return None

    def _in_part(self, part: Json, system: str, code: str, depth: int) -> Concept | None:
        url = str(part.get("system", ""))
        if url and system and url != system:
            return None
        found = self._in_system(part, url, code) if url else None
        if url and found is None:
            return None
        for named in part.get("valueSet", []):
            inner = self._known.value_set(*canonical(named))
            own = self.has(inner, found.system if found else system, code, depth + 1)
            if own is None:
                return None
            found = found or own
        return found

    def _in_system(self, part: Json, url: str, code: str) -> Concept | None:
        if "concept" in part:
            listed = next((c for c in part["concept"] if c.get("code") == code), None)
            return self._confirmed(part, url, listed) if listed else None
        system = self._known.system(url, str(part.get("version", "")))
        found = system.find(code)
        if found is None:
            return None
        return found if all(system.passes(found.code, f) for f in _filters(part)) else None

    def _confirmed(self, part: Json, url: str, listed: Json) -> Concept | None:
        """Return a concept that a value set lists; None where its system surely has none such."""
        code, display = str(listed["code"]), str(listed.get("display", ""))
        try:
            found = self._known.system(url, str(part.get("version", ""))).find(code)
        except Unknown:  # the list itself says that it is one
            return Concept(url, code, display)
        if found is None or not display:
            return found
        return Concept(url, found.code, display, found.is_active, found.is_abstract, found.kind)

    def codes(self, value_set: Json, wish: Wish, depth: int = 0) -> Iterator[Concept]:
        """Yield the codes of a value set, each once, in its order.  Raises: Unknown, NotDone."""
        _check_depth(depth)
        compose = value_set.get("compose")
        parts = compose.get("include", []) if compose else [None]
        seen: set[tuple[str, str]] = set()
        for part in parts:
            found = _contained(value_set) if part is None else self._of_part(part, wish, depth)
            for concept in found:
                key = (concept.system, concept.code)
                if key in seen or not self._wanted(concept, compose or {}, wish, depth):
                    continue
                seen.add(key)
                yield concept

    def _wanted(self, concept: Concept, compose: Json, wish: Wish, depth: int) -> bool:
        if not concept.is_active and (wish.active_only or compose.get("inactive") is False):
            return False
        excluded = compose.get("exclude", [])
        return self._any(excluded, concept.system, concept.code, depth) is None

    def _of_part(self, part: Json, wish: Wish, depth: int) -> Iterator[Concept]:
        named = [self._known.value_set(*canonical(v)) for v in part.get("valueSet", [])]
        if "system" in part:
            found = self._of_system(part, wish)
        elif named:
            found = self.codes(named.pop(0), wish, depth + 1)
        else:
            raise NotDone("a part of this value set has neither a system nor a value set.")
        for concept in found:
            if all(self.has(v, concept.system, concept.code, depth + 1) for v in named):
                yield concept

    def _of_system(self, part: Json, wish: Wish) -> Iterator[Concept]:
        url = str(part["system"])
        if "concept" in part:
            for listed in part["concept"]:
                found = self._confirmed(part, url, listed)
                if found is not None and self._has_words(found, wish.words):
                    yield found
            return
        system = self._known.system(url, str(part.get("version", "")))
        filters = _filters(part)
        if wish.words:
            every = system.worded(wish.words)
        elif filters:
            every, filters = system.fitting(filters[0]), filters[1:]
        else:
            every = system.every()
        yield from (c for c in every if all(system.passes(c.code, f) for f in filters))

    def _has_words(self, concept: Concept, words: str) -> bool:
        if not words:
            return True
        terms = [concept.code, concept.display]
        try:
            system = self._known.system(concept.system)
            if system.find(concept.code) is not None:
                terms += [d.term for d in system.designations(concept.code)]
        except Unknown:
            pass
        return has_words(words, *terms)


def _check_depth(depth: int) -> None:
    if depth > DEEPEST:
        raise NotDone(f"value sets lie more than {DEEPEST} deep in one another, or in themselves.")


def _filters(part: Json) -> list[Filter]:
    return [
        Filter(str(f.get("property", "")), str(f.get("op", "")), str(f.get("value", "")))
        for f in part.get("filter", [])
    ]


def _contained(value_set: Json) -> Iterator[Concept]:
    """Yield the codes of a value set that has an expansion and no definition."""
    waiting = [*value_set.get("expansion", {}).get("contains", [])]
    if not waiting:
        raise Unknown("this value set has neither a definition nor a list of its codes.")
    if not _is_whole(value_set):
        raise Unknown("this value set lists some of its codes and has no definition.")
    while waiting:
        one = waiting.pop(0)
        waiting = [*one.get("contains", []), *waiting]
        if "code" in one and one.get("abstract") is not True:
            yield Concept(
                str(one.get("system", "")),
                str(one["code"]),
                str(one.get("display", "")),
                one.get("inactive") is not True,
            )


def _is_whole(value_set: Json) -> bool:
    expansion = value_set["expansion"]
    return expansion.get("total", 0) <= len(expansion["contains"]) and not expansion.get("offset")


def _listed_in(value_set: Json, system: str, code: str) -> Concept | None:
    found = (c for c in _contained(value_set) if c.code == code and system in ("", c.system))
    return next(found, None)
