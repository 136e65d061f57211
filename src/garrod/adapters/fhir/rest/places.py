"""Where a FHIRPath leads within a resource: places that can be written, not values alone.

tree -> names are walked, filters asked of what stands there -> spots; what else a path computes is
evaluated by the compiled engine of `check`, and found again where it is a part of the resource.
Source: HL7 FHIRPath 2.0.0; HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/fhirpatch.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from garrod.adapters.fhir.check.facts import ElementFact, Facts
from garrod.adapters.fhir.check.faults import Run
from garrod.adapters.fhir.check.functions import FUNCTIONS
from garrod.adapters.fhir.check.paths import PathCompiler, Place
from garrod.adapters.fhir.validate.fhirpath import PathError, Tree, parse

WHOLE = ""  # under which the resource itself is held
DEEPEST = 100  # Not clinical: as deep as a resource may be
SLICES: dict[str, Callable[[int], slice]] = {
    "skip": lambda n: slice(n, None),
    "take": lambda n: slice(None, n),
}
ENDS = {"first": slice(1), "last": slice(-1, None), "tail": slice(1, None)}
UNREAD = (PathError, TypeError, ValueError, LookupError, AttributeError, ArithmeticError)


@dataclass(frozen=True, slots=True)
class Spot:
    """One thing within a resource: its holder, its name there, its place in a list.

    `place` is where its parts are defined ("Patient.contact", "HumanName"), `kind` its type;
    `stem` is its name without the type, where it is a choice; `within` where it is defined itself.
    """

    holder: dict[str, Any]
    name: str
    index: int | None = None
    place: str = ""
    kind: str = ""
    stem: str = ""
    within: str = ""

    @property
    def value(self) -> Any:
        """Return what stands there."""
        found = self.holder[self.name]
        return found if self.index is None else found[self.index]

    def is_at(self, other: Spot) -> bool:
        """Return whether both are the same place."""
        mine, theirs = (self.name, self.index), (other.name, other.index)
        return self.holder is other.holder and mine == theirs


Spots = list[Spot]


class Places:
    """Finds places by the facts of FHIR R4."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._paths = PathCompiler(facts.stems, FUNCTIONS)
        self._parts: dict[str, tuple[ElementFact, ...]] = {}

    def found(self, resource: dict[str, Any], path: str) -> Spots:
        """Return the places that a path names.  Raises: PathError where it cannot be followed."""
        kind = str(resource.get("resourceType"))
        root = Spot({WHOLE: resource}, WHOLE, None, kind, kind)
        try:
            return _Walk(self, self._paths, root).spots(parse(path), [root])
        except PathError:
            raise
        except UNREAD as error:
            raise PathError(f"{path}: {error}") from error

    def parts(self, place: str) -> tuple[ElementFact, ...]:
        """Return the elements that are defined at a place; none where it is not known."""
        if place not in self._parts:
            is_known = place in self.facts.kinds() or self.facts.has_parts(place)
            self._parts[place] = tuple(self.facts.parts(place)) if is_known else ()
        return self._parts[place]

    def part(self, place: str, name: str) -> ElementFact | None:
        """Return the element of a name, or the choice of that stem or with a type in its name."""
        for fact in self.parts(place):
            if fact.name == name or any(name == json for json, _ in fact.json_names()):
                return fact
        return None

    def below(self, fact: ElementFact, kind: str) -> str:
        """Return where the parts of an element's values are defined."""
        if self.facts.has_parts(fact.path):
            return fact.path
        return fact.same_as or kind

    def children(self, spot: Spot, name: str = "") -> Iterator[Spot]:
        """Yield what stands directly below a place, of one name or of any."""
        holder = spot.value
        if not isinstance(holder, dict):
            return
        for key in list(holder):
            if key == "resourceType" or key.startswith("_"):
                continue
            fact = self.part(spot.place, key)
            stem = fact.name if fact is not None and fact.is_choice else ""
            if not name or name in (key, stem):
                yield from self._spots(spot, key, fact, stem)

    def _spots(self, above: Spot, key: str, fact: ElementFact | None, stem: str) -> Iterator[Spot]:
        holder, within = above.value, above.place
        value = holder[key]
        kinds = dict(fact.json_names()) if fact is not None else {}
        kind = kinds.get(key, "")
        place = self.below(fact, kind) if fact is not None else ""
        items = enumerate(value) if isinstance(value, list) else [(None, value)]
        for index, item in items:
            if item is None:
                continue
            own = item.get("resourceType") if isinstance(item, dict) else None
            if isinstance(own, str):
                yield Spot(holder, key, index, own, own, stem, within)
            else:
                yield Spot(holder, key, index, place, kind, stem, within)


class _Walk:
    """One path on one resource."""

    def __init__(self, places: Places, paths: PathCompiler, root: Spot) -> None:
        self.places, self.paths, self.root = places, paths, root
        self.run = Run(root.value)

    def spots(self, tree: Tree, focus: Spots) -> Spots:
        """Return the places that a tree names, from some on.  Raises: PathError."""
        match tree:
            case ("name", name):
                return [s for spot in focus for s in self._named(spot, name)]
            case ("dot", left, right):
                return self.spots(right, self.spots(left, focus))
            case ("index", inner, number):
                start = self._number(number, focus)
                return self.spots(inner, focus)[start : start + 1]
            case ("call", name, arguments):
                return self._called(name, arguments, focus)
            case ("type", "as", inner, name):
                return [s for s in self.spots(inner, focus) if s.kind == name]
            case ("this", "$this"):
                return focus
            case ("variable", "resource" | "rootResource" | "context"):
                return [self.root]
            case ("op", "|", left, right):
                return _distinct([*self.spots(left, focus), *self.spots(right, focus)])
        return self._computed(tree, focus)

    def _named(self, spot: Spot, name: str) -> Iterator[Spot]:
        if spot is self.root and name in (spot.kind, "Resource", "DomainResource"):
            yield spot
        else:
            yield from self.places.children(spot, name)

    def _called(self, name: str, arguments: tuple[Tree, ...], focus: Spots) -> Spots:
        if name == "where":
            test = self.paths.test(arguments[0])
            return [s for n, s in enumerate(focus) if test([s.value], self._at(s, n)) is True]
        if name in ENDS:
            return focus[ENDS[name]]
        if name in SLICES:
            return focus[SLICES[name](self._number(arguments[0], focus))]
        if name == "single" and len(focus) > 1:
            raise PathError("single() finds more than one")
        if name in ("single", "trace"):
            return focus
        if name in ("ofType", "as"):
            kind = str(arguments[0][-1] if arguments[0][0] == "name" else arguments[0][2][1])
            return [s for s in focus if s.kind == kind]
        if name == "extension":
            url = self.paths.part(arguments[0])([self.root.value], self._at(self.root, 0))
            listed = self.spots(("name", "extension"), focus)
            return [s for s in listed if s.value.get("url") in url]
        if name == "children":
            return [s for spot in focus for s in self.places.children(spot)]
        if name == "descendants":
            return [s for spot in focus for s in self._below(spot, DEEPEST)]
        return self._computed(("call", name, arguments), focus)

    def _below(self, spot: Spot, depth: int) -> Iterator[Spot]:
        for child in self.places.children(spot) if depth else ():
            yield child
            yield from self._below(child, depth - 1)

    def _number(self, tree: Tree, focus: Spots) -> int:
        found = self._values(tree, focus)
        if len(found) != 1 or type(found[0]) is not int or found[0] < 0:
            raise PathError("a whole number was expected")
        return int(found[0])

    def _values(self, tree: Tree, focus: Spots) -> list[Any]:
        first = focus[0] if focus else self.root
        return self.paths.part(tree)([s.value for s in focus], self._at(first, 0))

    def _at(self, spot: Spot, number: int) -> Place:
        return Place(spot.value, self.run, number)

    def _computed(self, tree: Tree, focus: Spots) -> Spots:
        """Return the places of what the engine makes of a tree: parts of the resource itself."""
        found = self._values(tree, focus)
        wanted = {id(value) for value in found if isinstance(value, dict)}
        if len(wanted) != len(found):
            raise PathError("what it computes is no place in the resource")
        every = [self.root, *self._below(self.root, DEEPEST)]
        return [spot for spot in every if id(spot.value) in wanted]


def _distinct(spots: Spots) -> Spots:
    found: Spots = []
    for spot in spots:
        if not any(spot.is_at(other) for other in found):
            found.append(spot)
    return found
