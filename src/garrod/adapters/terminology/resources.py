"""A CodeSystem resource as a code system: what the record holds, or what somebody sends along.

Source: FHIR R4 4.0.1, CodeSystem (content, concept, property; hierarchy by nesting or by "parent").
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from garrod.adapters.terminology.model import (
    Concept,
    Designation,
    Filter,
    NotDone,
    Property,
    Unknown,
    has_words,
)

Json = dict[str, Any]
COMPLETE = "complete"
RETIRED = frozenset(("retired", "inactive"))
TYPES = ("code", "string", "integer", "boolean", "dateTime", "decimal")


class ResourceSystem:
    """The code system of one resource."""

    def __init__(self, resource: Json, source: str) -> None:
        self.source = source
        self.url = str(resource.get("url", ""))
        self.version = str(resource.get("version", ""))
        self.name = str(resource.get("title") or resource.get("name") or self.url)
        self.is_complete = resource.get("content") == COMPLETE
        self._folds = resource.get("caseSensitive") is False
        self._raw: dict[str, Json] = {}
        self._parents: dict[str, list[str]] = {}
        self._children: dict[str, list[str]] = {}
        self._gather(resource.get("concept", []), "")

    def _gather(self, concepts: list[Json], parent: str) -> None:
        for concept in concepts:
            code = str(concept["code"])
            self._raw.setdefault(self._key(code), concept)
            above = [parent] if parent else []
            above += [str(p.value) for p in _properties(concept) if p.name == "parent"]
            for other in above:
                self._link(code, other)
            for said in _properties(concept):
                if said.name == "child":
                    self._link(str(said.value), code)
            self._gather(concept.get("concept", []), code)

    def _link(self, code: str, parent: str) -> None:
        self._parents.setdefault(code, []).append(parent)
        self._children.setdefault(parent, []).append(code)

    def _key(self, code: str) -> str:
        return code.casefold() if self._folds else code

    def find(self, code: str) -> Concept | None:
        """Return a concept; None where there is surely none.

        Raises: Unknown where the resource does not hold all codes of its system.
        """
        raw = self._raw.get(self._key(code))
        if raw is not None:
            return self._concept(raw)
        if not self.is_complete:
            raise Unknown(
                f"{self.source} holds a part of {self.url} alone, and this code is not in it: "
                "whether it exists is not known here."
            )
        return None

    def _concept(self, raw: Json) -> Concept:
        said = {p.name: p.value for p in _properties(raw)}
        is_gone = said.get("inactive") == "true" or said.get("status") in RETIRED
        return Concept(
            self.url,
            str(raw["code"]),
            str(raw.get("display", "")),
            not is_gone,
            said.get("notSelectable") == "true",
        )

    def designations(self, code: str) -> list[Designation]:
        """Return other words for a concept that is there."""
        found = self._raw[self._key(code)].get("designation", [])
        return [
            Designation(
                str(d["value"]),
                str(d.get("language", "")),
                str(d.get("use", {}).get("system", "")),
                str(d.get("use", {}).get("code", "")),
                str(d.get("use", {}).get("display", "")),
            )
            for d in found
        ]

    def properties(self, code: str) -> list[Property]:
        """Return what is said of a concept that is there, its parents and children too."""
        raw = self._raw[self._key(code)]
        own, said = str(raw["code"]), [*_properties(raw)]
        if "definition" in raw:
            said.append(Property("definition", str(raw["definition"])))
        kin = (("parent", self._parents), ("child", self._children))
        said += [Property(name, other, "code") for name, of in kin for other in of.get(own, ())]
        return [*dict.fromkeys(said)]

    def is_below(self, code: str, other: str) -> bool:
        """Return whether a code is another, or a kind of it.  Raises: Unknown."""
        sought = self._there(other).code
        return any(c.code == sought for c in self.above(code))

    def _there(self, code: str) -> Concept:
        found = self.find(code)
        if found is None:
            raise Unknown(f"there is no such code in {self.source}.")
        return found

    def below(self, code: str) -> Iterator[Concept]:
        """Yield a concept and all kinds of it.  Raises: Unknown."""
        return self._kin(code, self._children)

    def above(self, code: str) -> Iterator[Concept]:
        """Yield a concept and all that it is a kind of.  Raises: Unknown."""
        return self._kin(code, self._parents)

    def _kin(self, code: str, of: dict[str, list[str]]) -> Iterator[Concept]:
        seen = {self._there(code).code: None}
        waiting = [*seen]
        while waiting:
            for other in of.get(waiting.pop(), ()):
                if other not in seen:
                    seen[other] = None
                    waiting.append(other)
        found = (self._raw.get(self._key(one)) for one in seen)
        return iter([self._concept(raw) for raw in found if raw is not None])

    def every(self) -> Iterator[Concept]:
        """Yield all concepts.  Raises: Unknown where the resource does not hold them all."""
        if not self.is_complete:
            raise Unknown(f"{self.source} holds a part of {self.url} alone: it cannot be listed.")
        return (self._concept(raw) for raw in self._raw.values())

    def worded(self, words: str) -> Iterator[Concept]:
        """Yield the concepts with a term that has all words (or beginnings of them)."""
        for concept in self.every():
            terms = [d.term for d in self.designations(concept.code)]
            if has_words(words, concept.code, concept.display, *terms):
                yield concept

    def passes(self, code: str, wanted: Filter) -> bool:
        """Return whether a concept fits a filter.  Raises: Unknown, NotDone."""
        is_own = wanted.property in ("concept", "code")
        match wanted.op:
            case "is-a" | "descendent-of" if is_own:
                is_below = self.is_below(code, wanted.value)
                return is_below and (wanted.op == "is-a" or code != wanted.value)
            case "is-not-a" if is_own:
                return not self.is_below(code, wanted.value)
            case "generalizes" if is_own:
                return self.is_below(wanted.value, code)
            case "=" | "in" | "not-in" | "exists":
                return self._has(code, wanted)
        raise NotDone(
            f"the filter {wanted.property[:40]} {wanted.op[:20]} is not answered here: expected "
            "concept is-a, descendent-of, is-not-a, generalizes; or a property with =, in, not-in, "
            "exists."
        )

    def _has(self, code: str, wanted: Filter) -> bool:
        if wanted.property in ("concept", "code"):
            values = {code}
        else:
            values = {p.value for p in self.properties(code) if p.name == wanted.property}
        if wanted.op == "exists":
            return bool(values) == (wanted.value == "true")
        sought = [wanted.value] if wanted.op == "=" else wanted.value.split(",")
        return values.isdisjoint(sought) == (wanted.op == "not-in")

    def fitting(self, wanted: Filter) -> Iterator[Concept]:
        """Yield the concepts that fit a filter.  Raises: Unknown, NotDone."""
        return (c for c in self.every() if self.passes(c.code, wanted))


def _properties(concept: Json) -> Iterator[Property]:
    for said in concept.get("property", []):
        for type in TYPES:
            value = said.get(f"value{type[0].upper()}{type[1:]}")
            if value is not None:
                text = str(value).lower() if isinstance(value, bool) else str(value)
                yield Property(str(said["code"]), text, type)
        coding = said.get("valueCoding")
        if coding:
            display = str(coding.get("display", ""))
            yield Property(str(said["code"]), str(coding.get("code", "")), "code", display)
