"""What R4 says a question finds among the resources, by values that Medplum's FHIRPath gave.

Source: HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/search.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from validation.differential import meaning
from validation.differential.asking import Filter, Hop, Include, Key, Question, Value

Typed = dict[str, Any]
Name = tuple[str, str]
Values = Callable[[str, str], dict[str, list[Any]]]
Codes = dict[str, list[tuple[str, str]]]  # of each value set
_LOCAL = re.compile(r"([A-Z][A-Za-z]+)/([A-Za-z0-9.-]{1,64})(?:/_history/[A-Za-z0-9.-]+)?")


class Judge:
    """Knows all resources by name, in the order in which they were written."""

    def __init__(self, values: Values, names: list[Name], base: str, sets: Codes) -> None:
        self._values = values
        self._names = names
        self._known = set(names)
        self._base = base
        self._sets = sets

    def ids(self, kind: str) -> list[str]:
        """Return the ids of a kind, as they were written."""
        return [id for of, id in self._names if of == kind]

    def matches(self, question: Question, now: datetime) -> set[str]:
        """Return the ids that a question finds."""
        found = set(self.ids(question.kind))
        for asked in question.filters:
            found &= self._fitting(question.kind, asked, asked.hops, now)
        return found

    def _fitting(self, kind: str, asked: Filter, hops: tuple[Hop, ...], now: datetime) -> set[str]:
        if not hops:
            return {i for i in self.ids(kind) if self._holds(kind, i, asked, now)}
        hop, rest = hops[0], hops[1:]
        inner = self._fitting(hop.kind, asked, rest, now)
        if hop.is_backward:
            named = (self.targets(hop.kind, other, hop.param) for other in inner)
            return {
                i for names in named for of, i in names if of == kind and (of, i) in self._known
            }
        wanted = {(hop.kind, i) for i in inner}
        return {i for i in self.ids(kind) if wanted & set(self.targets(kind, i, hop.param))}

    def local(self, text: str) -> Name | None:
        """Return what a reference names here; None: something elsewhere."""
        found = _LOCAL.fullmatch(text.removeprefix(f"{self._base}/"))
        return (found[1], found[2]) if found else None

    def targets(self, kind: str, id: str, param: str) -> list[Name]:
        """Return the resources here that a resource names by a parameter, there or not."""
        found = (self.local(text) for text in self._texts(kind, id, param))
        return [name for name in found if name]

    def _texts(self, kind: str, id: str, param: str) -> Iterator[str]:
        for typed in self._values(kind, param).get(id, ()):
            value = typed["value"]
            text = value if isinstance(value, str) else value.get("reference")
            if isinstance(text, str):
                yield text

    def _holds(self, kind: str, id: str, asked: Filter, now: datetime) -> bool:
        found = self._values(kind, asked.name).get(id, [])
        if asked.modifier == "missing":
            return (asked.values[0].text == "true") is not bool(found)
        hit = any(self._fits(typed, asked, value, now) for typed in found for value in asked.values)
        return hit is (asked.modifier not in ("not", "not-in"))

    def _fits(self, typed: Any, asked: Filter, sought: Value, now: datetime) -> bool:
        if asked.type == "composite":
            return self._paired(typed, asked, sought, now)
        value, kind = typed["value"], typed["type"]
        match asked.type:
            case "token":
                kind = "id" if asked.name == "_id" else kind  # R4: always case sensitive
                return self._coded(kind, value, asked.modifier, sought)
            case "string":
                words = meaning.words_in(kind, value)
                return any(meaning.worded(w, sought.text, asked.modifier) for w in words)
            case "date":
                return meaning.in_time(value, sought, now)
            case "number" | "quantity":
                return meaning.measured(value, sought)
            case "uri":
                return _uri(value, asked.modifier, sought.text)
            case _:
                return self._refers(value, asked.modifier, sought)

    def _coded(self, kind: str, value: Any, modifier: str, sought: Value) -> bool:
        if modifier == "text":
            return any(meaning.worded(w, sought.text) for w in meaning.texts_of(kind, value))
        if modifier in ("in", "not-in"):
            wanted = self._sets[sought.text]
            return any(code in wanted for code in meaning.codes_in(kind, value))
        if modifier == "of-type":
            codings = value.get("type", {}).get("coding", ())
            typed = {(c.get("system"), c.get("code")) for c in codings}
            return (sought.system, sought.unit) in typed and value.get("value") == sought.text
        return meaning.coded(kind, value, sought)

    def _refers(self, value: Any, modifier: str, sought: Value) -> bool:
        if modifier == "identifier":
            own = value.get("identifier", {}) if isinstance(value, dict) else {}
            return bool(own) and meaning.coded("Identifier", own, sought)
        text = value if isinstance(value, str) else value.get("reference", "")
        name = self.local(text)
        if "/" not in sought.text and ":" not in sought.text:
            return name is not None and name[1] == sought.text and modifier in ("", name[0])
        wanted = self.local(sought.text)
        return (
            name == wanted
            if wanted
            else text.partition("|")[0] == sought.text or text == sought.text
        )

    def _paired(self, halves: Any, asked: Filter, sought: Value, now: datetime) -> bool:
        assert sought.pair is not None
        first, second = sought.pair
        inner = Filter(asked.name, asked.second, (second,))
        return any(meaning.coded(t["type"], t["value"], first) for t in halves[0]) and any(
            self._fits(t, inner, second, now) for t in halves[1]
        )

    def included(self, question: Question, matched: list[str]) -> set[Name]:
        """Return what comes along with some matches."""
        start: set[Name] = {(question.kind, id) for id in matched}
        seen, fresh, is_first = set(start), set(start), True
        while fresh:
            steps = [i for i in question.includes if is_first or i.is_iterated]
            came = {name for step in steps for name in self._along(step, fresh)}
            fresh, is_first = came - seen, False
            seen |= fresh
        return seen - start

    def _along(self, step: Include, of: set[Name]) -> Iterator[Name]:
        if step.is_backward:
            for id in self.ids(step.kind):
                if set(self.targets(step.kind, id, step.param)) & of:
                    yield step.kind, id
            return
        for kind, id in of:
            if kind == step.kind:
                for name in self.targets(kind, id, step.param):
                    if name in self._known and step.target in ("", name[0]):
                        yield name

    def place(self, kind: str, id: str, key: Key) -> Any:
        """Return by what a resource stands in an order: of several the first; None: none."""
        found = [self._place(typed, key) for typed in self._values(kind, key.name).get(id, ())]
        places = [place for places in found for place in places if place is not None]
        if not places:
            return None
        return max(places) if key.is_descending else min(places)

    def _place(self, typed: Typed, key: Key) -> list[Any]:
        value = typed["value"]
        match key.type:
            case "date":
                span = meaning.times(value)
                return [span[0]] if span else []
            case "string":
                return [meaning.plain(word) for word in meaning.words_in(typed["type"], value)]
            case "token":
                codes = [code for _, code in meaning.codes_in(typed["type"], value) if code]
                return [c.casefold() for c in codes] if typed["type"] == "string" else codes
            case "number" | "quantity":
                found = meaning.interval(value)
                return [found.low] if found else []
            case _:
                return []


def _uri(own: str, modifier: str, sought: str) -> bool:
    if modifier == "below":
        return own.startswith(sought)
    if modifier == "above":
        return sought.startswith(own)
    return sought in (own, own.partition("|")[0])
