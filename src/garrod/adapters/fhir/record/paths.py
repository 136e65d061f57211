"""The FHIRPath of search parameters, resolved to the members that JSON has.

"Observation.value as Quantity" -> Path((Step("valueQuantity"),), "Quantity")
Only what search parameters use is read; anything else is refused, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from garrod.adapters.fhir.record.facts import ANY_KIND, Element, SearchFacts
from garrod.core.errors import KnowledgeError

_AS = re.compile(r"\(?([\w.]+) as (\w+)\)?")
_NAME = re.compile(r"(\w+)(?:\[(\d+)\])?")
_CALL = re.compile(r"(as|ofType|where|extension)\((.*)\)")
_EQUALS = re.compile(r"(\w+) ?= ?'([^']*)'")
_RESOLVES = re.compile(r"resolve\(\) is (\w+)")
_PRESENT = re.compile(r"([\w.]+)\.exists\(\) and \1 != false")
_BACKBONE = frozenset(("BackboneElement", "Element"))


@dataclass(frozen=True, slots=True)
class Step:
    """One member down, of which only some are meant.

    `where` is a member of theirs and its value; `index` the place in a list.
    """

    member: str
    where: tuple[tuple[str, str], ...] = ()
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Path:
    """Where values are, and of which type; `is_presence`: whether there is one, and not false.

    `resolves` is the kind that a reference has to name; `system` what a code implies.
    """

    steps: tuple[Step, ...]
    type: str
    system: str = ""
    resolves: str = ""
    is_presence: bool = False


@dataclass(frozen=True, slots=True)
class _At:
    """How far an expression was followed: steps done, and the element reached, type undecided."""

    steps: tuple[Step, ...]
    place: str  # an element's path or a type's name
    element: Element | None = None
    resolves: str = ""


def paths_of(facts: SearchFacts, kind: str, expression: str, base: str = "") -> tuple[Path, ...]:
    """Return the paths of an expression, relative to a kind (or to the element `base` of it).

    Raises: KnowledgeError KNO040 for what is not understood.
    """
    present = _PRESENT.fullmatch(expression)
    if present:
        found = paths_of(facts, kind, present[1])
        return tuple(replace(path, is_presence=True) for path in found)
    paths: dict[Path, None] = {}
    for alternative in split(expression, "|"):
        words = split(_AS.sub(r"\1.as(\2)", alternative), ".")
        if not base and words[0] in (kind, ANY_KIND, "DomainResource"):
            start, words = words[0], words[1:]
        else:
            start = base or kind
        reached = [_At((), start)]
        for word in words:
            reached = [n for at in reached for n in _next(facts, at, word, expression)]
        for at in reached:
            paths.update(dict.fromkeys(_ends(at)))
    return tuple(paths)


def split(text: str, sign: str) -> list[str]:
    """Return the parts of a text between signs that stand in no bracket."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if letter == sign and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]


def _next(facts: SearchFacts, at: _At, word: str, expression: str) -> Iterable[_At]:
    call = _CALL.fullmatch(word)
    if call and call[1] in ("as", "ofType"):
        return [_narrowed(at, call[2], expression)]
    if call and call[1] == "where":
        return [_filtered(at, call[2], expression)]
    if call:
        url = call[2].strip("'\"")
        step = Step("extension", where=(("url", url),))
        return [_At((*inner.steps, step), "Extension") for inner in _decided(at)]
    name = _NAME.fullmatch(word)
    if name is None:
        raise _unread(word, expression)
    found = []
    for inner in _decided(at):
        element = facts.element(inner.place, name[1])
        if element is not None:
            index = None if name[2] is None else int(name[2])
            step = Step(element.name, index=index)
            found.append(_At((*inner.steps, step), element.path, element))
    if not found:
        raise _unread(word, expression)
    return found


def _decided(at: _At) -> list[_At]:
    """Return the places that an element may lead to, one for each of its types."""
    if at.element is None:
        return [at]
    found = []
    for type_ in at.element.types or (at.place,):
        steps = at.steps
        if at.element.is_choice:
            last = steps[-1]
            steps = (*steps[:-1], replace(last, member=_choice(at.element.name, type_)))
        place = at.place if type_ in _BACKBONE else type_
        found.append(_At(steps, place, None, at.resolves))
    return found


def _choice(name: str, type_: str) -> str:
    return f"{name}{type_[0].upper()}{type_[1:]}"


def _narrowed(at: _At, wanted: str, expression: str) -> _At:
    """Return the place of one type ("DateTime" stands for dateTime in R4's own table)."""
    types = at.element.types if at.element else ()
    own = next((t for t in types if t.lower() == wanted.lower()), None)
    if own is None or at.element is None:
        raise _unread(f"as {wanted}", expression)
    return replace(at, element=replace(at.element, types=(own,)))


def _filtered(at: _At, condition: str, expression: str) -> _At:
    resolves, equals = _RESOLVES.fullmatch(condition), _EQUALS.fullmatch(condition)
    if resolves:
        return replace(at, resolves=resolves[1])
    if equals is None or not at.steps:
        raise _unread(f"where({condition})", expression)
    last = at.steps[-1]
    where = (*last.where, (equals[1], equals[2]))
    return replace(at, steps=(*at.steps[:-1], replace(last, where=where)))


def _ends(at: _At) -> list[Path]:
    system = at.element.system if at.element else ""
    return [Path(end.steps, end.place, system, end.resolves) for end in _decided(at)]


def _unread(word: str, expression: str) -> KnowledgeError:
    return KnowledgeError(
        f"search expression {expression!r}: {word!r} is not understood; expected member names, "
        "as, ofType, where with = or resolve() is, extension, and | between alternatives",
        code="KNO040",
    )
