"""Draws questions with a fixed seed: every parameter and type, then what joins and follows them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from validation.differential.asking import Filter, Hop, Include, Key, Question, Value
from validation.differential.drawing import Drawing
from validation.differential.meaning import texts_of

SORTED = ("date", "string", "token", "number", "quantity")
PLAIN_ONLY = ("_id", "_lastUpdated")
DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Parameter:
    """A search parameter of a kind; `second`: of a composite, the type of its second half."""

    kind: str
    name: str
    type: str
    targets: tuple[str, ...] = ()
    second: str = ""


@dataclass(frozen=True, slots=True)
class Stock:
    """What there is to ask about: parameters that have values, by kind, and the values."""

    parameters: dict[str, list[Parameter]]
    values: Callable[[str, str], dict[str, list[Any]]]
    sets: tuple[str, ...] = ()

    def references(self, kind: str) -> list[Parameter]:
        """Return the reference parameters of a kind."""
        return [p for p in self.parameters[kind] if p.type == "reference"]


class Asker:
    """Draws questions."""

    def __init__(self, stock: Stock, seed: int, base: str) -> None:
        self._stock = stock
        self._chance = random.Random(seed)
        self._drawing = Drawing(self._chance, base)

    def all(self, times: int) -> Iterator[Question]:
        """Yield every question; `times` of each parameter, and as many of the rest as follow."""
        every = [p for of in self._stock.parameters.values() for p in of]
        for parameter in every:
            for _ in range(times):
                yield from self._plain(parameter)
            for flag in ("true", "false"):
                if parameter.type != "composite" and parameter.name not in PLAIN_ONLY:
                    asked = Filter(parameter.name, parameter.type, (Value(flag),), "missing")
                    yield Question(parameter.kind, (asked,))
        joined = (self._joined, self._chained, self._reversed, self._sorted, self._including)
        for draw in joined:
            for _ in range(times * 45):
                yield from draw()

    def _kind(self) -> str:
        return self._chance.choice([k for k, of in self._stock.parameters.items() if of])

    def _plain(self, parameter: Parameter) -> Iterator[Question]:
        asked = self._filter(parameter)
        if asked:
            yield Question(parameter.kind, (asked,))

    def _filter(self, parameter: Parameter) -> Filter | None:
        """Return a filter by some values of a parameter, with a modifier now and then."""
        stored = [
            v for of in self._stock.values(parameter.kind, parameter.name).values() for v in of
        ]
        modifier = ""
        if parameter.name not in PLAIN_ONLY and self._chance.random() < 0.45:
            modifier = self._modifier(parameter)
        wanted = self._chance.choice((1, 1, 1, 2, 3))
        drawn = (
            self._value(parameter, modifier, self._chance.choice(stored)) for _ in range(wanted)
        )
        values = tuple(value for value in drawn if value)
        if not values:
            return None
        return Filter(parameter.name, parameter.type, values, modifier, second=parameter.second)

    def _modifier(self, parameter: Parameter) -> str:
        of: dict[str, tuple[str, ...]] = {
            "token": ("not", "not", "text", "in", "not-in", "of-type"),
            "string": ("exact", "contains"),
            "uri": ("below", "above"),
            "reference": ("identifier", *parameter.targets[:2]),
        }
        return self._chance.choice(of.get(parameter.type, ("",)))

    def _value(self, parameter: Parameter, modifier: str, stored: Any) -> Value | None:
        if parameter.type == "composite":
            return self._pair(parameter, stored)
        kind, value = stored["type"], stored["value"]
        match modifier:
            case "text":
                texts = [text for text in texts_of(kind, value) if text.strip()]
                return self._drawing.words("", self._chance.choice(texts)) if texts else None
            case "in" | "not-in":
                fits = kind in ("Coding", "CodeableConcept")
                return Value(self._chance.choice(self._stock.sets)) if fits else None
            case "of-type":
                return _of_type(value) if kind == "Identifier" else None
            case "identifier":
                own = value.get("identifier") if isinstance(value, dict) else None
                return self._drawing.token("Identifier", own) if own else None
        if parameter.type == "reference" and modifier:
            drawn = self._drawing.reference(value)
            return Value(drawn.text.rpartition("/")[2]) if drawn and ":" not in drawn.text else None
        return self._drawing.value(parameter.type, stored)

    def _pair(self, parameter: Parameter, halves: Any) -> Value | None:
        if not all(halves):
            return None
        first = self._drawing.value("token", self._chance.choice(halves[0]))
        second = self._drawing.value(parameter.second, self._chance.choice(halves[1]))
        return Value("", pair=(first, second)) if first and first.text and second else None

    def _some(self, kind: str) -> Filter | None:
        return self._filter(self._chance.choice(self._stock.parameters[kind]))

    def _joined(self) -> Iterator[Question]:
        """Yield two or three criteria, all of which must hold; the same parameter again, too."""
        kind = self._kind()
        found = [f for f in (self._some(kind) for _ in range(self._chance.choice((2, 3)))) if f]
        if found and self._chance.random() < 0.3:
            of = {p.name: p for p in self._stock.parameters[kind]}
            again = self._filter(of[found[0].name])
            found += [again] if again else []
        if len(found) > 1:
            yield Question(kind, tuple(found))

    def _chained(self) -> Iterator[Question]:
        kind = start = self._kind()
        hops: list[Hop] = []
        for _ in range(self._chance.choice((1, 1, 2, DEEPEST))):
            steps = [(p, t) for p in self._stock.references(kind) for t in p.targets
                     if t in self._stock.parameters]  # fmt: skip
            if not steps:
                break
            parameter, target = self._chance.choice(steps)
            hops.append(Hop(parameter.name, target, is_told=len(parameter.targets) > 1))
            kind = target
        asked = self._some(kind) if hops else None
        if asked:
            yield Question(start, (replace(asked, hops=tuple(hops)),))

    def _reversed(self) -> Iterator[Question]:
        kind = self._kind()
        steps = [p for of in self._stock.parameters.values() for p in of
                 if p.type == "reference" and kind in p.targets]  # fmt: skip
        if not steps:
            return
        step = self._chance.choice(steps)
        hops = [Hop(step.name, step.kind, is_backward=True)]
        if self._chance.random() < 0.25:
            forth = [(p, t) for p in self._stock.references(step.kind) for t in p.targets
                     if t in self._stock.parameters]  # fmt: skip
            parameter, target = self._chance.choice(forth)
            hops.append(Hop(parameter.name, target, is_told=len(parameter.targets) > 1))
        asked = self._some(hops[-1].kind if len(hops) > 1 else step.kind)
        if asked:
            yield Question(kind, (replace(asked, hops=tuple(hops)),))

    def _sorted(self) -> Iterator[Question]:
        kind = self._kind()
        fit = [p for p in self._stock.parameters[kind] if p.type in SORTED]
        keys = [self._chance.choice(fit) for _ in range(self._chance.choice((1, 1, 2)))]
        sort = tuple(Key(p.name, p.type, self._chance.random() < 0.5) for p in dict.fromkeys(keys))
        asked = self._some(kind)
        yield Question(kind, (asked,) if asked and self._chance.random() < 0.4 else (), sort=sort)

    def _including(self) -> Iterator[Question]:
        kind = self._kind()
        forth = [Include(kind, p.name, self._chance.choice(("", *p.targets[:1])))
                 for p in self._stock.references(kind)]  # fmt: skip
        back = [Include(p.kind, p.name, is_backward=True)
                for of in self._stock.parameters.values() for p in of
                if p.type == "reference" and kind in p.targets]  # fmt: skip
        if not (forth or back):
            return
        chosen = [self._chance.choice(forth + back) for _ in range(self._chance.choice((1, 1, 2)))]
        first = chosen[0]
        if not first.is_backward and self._chance.random() < 0.3:
            nexts = [Include(target, p.name, is_iterated=True)
                     for q in self._stock.references(kind) if q.name == first.param
                     for target in q.targets if target in self._stock.parameters
                     for p in self._stock.references(target)]  # fmt: skip
            chosen += [self._chance.choice(nexts)] if nexts else []
        asked = self._some(kind)
        if asked:
            yield Question(kind, (asked,), tuple(dict.fromkeys(chosen)))


def _of_type(identifier: Any) -> Value | None:
    codings = identifier.get("type", {}).get("coding", ())
    if not codings or "value" not in identifier:
        return None
    return Value(identifier["value"], system=codings[0].get("system"), unit=codings[0].get("code"))
