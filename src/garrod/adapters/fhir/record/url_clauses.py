"""One parameter of a search URL as a clause: modifiers, chains, _has.

name[:modifier] = values · reference[:Kind].name = values · _has:Kind:reference:name = values
Source: HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/search.html#modifiers, #chaining, #has
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from garrod.adapters.fhir.record import url_values
from garrod.adapters.fhir.record.escapes import cut, plain
from garrod.adapters.fhir.record.facts import Parameter, SearchFacts
from garrod.adapters.fhir.record.paths import paths_of
from garrod.adapters.fhir.record.refusal import UNKNOWN, Refused
from garrod.adapters.fhir.record.tokens import OF_TYPE
from garrod.adapters.fhir.record.url_values import Values, Wanted, listed
from garrod.care.record.query import (
    Chain,
    Clause,
    Criterion,
    Flag,
    Has,
    Modifier,
    ParamType,
    Token,
    Value,
)

# Returns the tokens of a value set (:in), or below or above a code.  Raises: FhirError, Refused.
Expand = Callable[[Modifier, str], Sequence[Token]]
DEEPEST = 4  # Not clinical: references that one parameter may follow
MOST_VALUES = 500  # Not clinical: values of one parameter
HAS = "_has"
UNSERVED = {
    "_text": "words of the narrative cannot be searched here",
    "_content": "words of the whole resource cannot be searched here",
    "_filter": "filter expressions are not read here",
    "_query": "there are no named queries here",
    "_list": "searches within a list are not served here",
}
_EXPANDED = frozenset((Modifier.IN, Modifier.NOT_IN, Modifier.ABOVE, Modifier.BELOW))
_MODIFIERS: dict[ParamType, frozenset[Modifier]] = {
    ParamType.TOKEN: _EXPANDED | {Modifier.NOT, Modifier.TEXT},
    ParamType.STRING: frozenset((Modifier.EXACT, Modifier.CONTAINS)),
    ParamType.REFERENCE: frozenset((Modifier.IDENTIFIER,)),
    ParamType.URI: frozenset((Modifier.ABOVE, Modifier.BELOW)),
}
_PLAIN_ONLY = frozenset(("_id", "_lastUpdated"))  # what the store keeps itself has no modifiers


class Clauses:
    """Reads parameters of kinds as clauses."""

    def __init__(self, facts: SearchFacts, values: Values, expand: Expand | None = None) -> None:
        self._facts = facts
        self._values = values
        self._expand = expand
        self._types: dict[tuple[str, str], frozenset[str]] = {}

    def clause(self, kinds: tuple[str, ...], key: str, text: str, depth: int = 0) -> Clause:
        """Return the clause of one parameter of a URL.  Raises: Refused, FhirError of `expand`."""
        if depth > DEEPEST:
            raise Refused("limit", f"follows more than {DEEPEST} references")
        if key.startswith(f"{HAS}:"):
            return self._has(kinds, key, text, depth)
        head, dot, rest = key.partition(".")
        name, colon, modifier = head.partition(":")
        if colon and not modifier:
            raise Refused("modifier", "has a colon and no modifier behind it")
        parameter = self.parameter(kinds, name)
        if dot:
            return self._chain(parameter, modifier, rest, text, depth)
        return self._criterion(parameter, modifier, text)

    def parameter(self, kinds: tuple[str, ...], name: str) -> Parameter:
        """Return a parameter that each of the kinds has.  Raises: Refused."""
        if name in UNSERVED:
            raise Refused("unserved", UNSERVED[name])
        found = [self._facts.parameter(kind, name) for kind in kinds]
        for kind, parameter in zip(kinds, found, strict=True):
            if parameter is None:
                raise Refused(UNKNOWN, f"{kind} has no such search parameter")
            if not parameter.is_served:
                raise Refused("unserved", "a composite of three values is not served here")
        first = found[0] if found else None
        if first is None or any(p is not None and p.type is not first.type for p in found):
            raise Refused(UNKNOWN, "means different things to the types searched")
        return first

    def types(self, parameter: Parameter) -> frozenset[str]:
        """Return the FHIR types of what a parameter finds."""
        key = (parameter.kind, parameter.name)
        if key not in self._types:
            paths = paths_of(self._facts, parameter.kind, parameter.expression)
            found = frozenset("boolean" if path.is_presence else path.type for path in paths)
            self._types[key] = found
        return self._types[key]

    def _criterion(self, parameter: Parameter, modifier: str, text: str) -> Clause:
        name, sort = parameter.name, parameter.type
        parts = _alternatives(text)
        if modifier and name in _PLAIN_ONLY:
            raise Refused("modifier", "has no modifiers")
        if modifier == Modifier.MISSING:
            return Criterion(name, sort, (_flag(text),), Modifier.MISSING)
        if modifier == "of-type" and "Identifier" in self.types(parameter):
            typed = tuple(url_values.typed_token(part) for part in parts)
            return Criterion(name + OF_TYPE, sort, typed)
        if sort is ParamType.REFERENCE and modifier in self._facts.kinds:
            return self._typed_reference(parameter, modifier, parts)
        known = next((m for m in _MODIFIERS.get(sort, ()) if m.value == modifier), Modifier.NONE)
        if modifier and not known:
            raise Refused("modifier", self._no_modifier(parameter))
        found: tuple[Value, ...] = tuple(
            value for part in parts for value in self._read(parameter, known, part)
        )
        if len(found) > MOST_VALUES and known not in _EXPANDED:
            raise Refused("limit", f"has more than {MOST_VALUES} values")
        return Criterion(name, sort, found, known)

    def _read(self, parameter: Parameter, modifier: Modifier, part: str) -> Sequence[Value]:
        if modifier is Modifier.TEXT:
            return (url_values.words(part),)
        if modifier is Modifier.IDENTIFIER:
            return url_values.identifiers(part)
        if modifier in _EXPANDED and parameter.type is ParamType.TOKEN:
            if self._expand is None:
                raise Refused("modifier", f"{modifier} needs terminology, which is not set up here")
            return self._expand(modifier, plain(part))
        return self._values.of(Wanted(parameter, self.types(parameter)), part)

    def _no_modifier(self, parameter: Parameter) -> str:
        known = sorted(m.value for m in _MODIFIERS.get(parameter.type, ()))
        if "Identifier" in self.types(parameter):
            known.append("of-type")
        if parameter.type is ParamType.REFERENCE:
            known.append("the name of a type")
        return f"this modifier is not one of its own: {listed((*known, 'missing'))}"

    def _typed_reference(self, parameter: Parameter, kind: str, parts: list[str]) -> Clause:
        self._check_target(parameter, kind)
        found = tuple(self._values.reference(part, (kind,)) for part in parts)
        return Criterion(parameter.name, parameter.type, found)

    def _check_target(self, parameter: Parameter, kind: str) -> None:
        if parameter.targets and kind not in parameter.targets:
            raise Refused("chain", f"refers to {listed(parameter.targets)}, not to {kind}")

    def _chain(self, parameter: Parameter, kind: str, rest: str, text: str, depth: int) -> Clause:
        if parameter.type is not ParamType.REFERENCE:
            raise Refused("chain", f"{parameter.name} is no reference, so nothing follows its dot")
        target = self._target(parameter, kind, rest)
        return Chain(parameter.name, target, self.clause((target,), rest, text, depth + 1))

    def _target(self, parameter: Parameter, kind: str, rest: str) -> str:
        if kind and kind not in self._facts.kinds:
            raise Refused("chain", "expected the name of a type between its colon and its dot")
        if kind:
            self._check_target(parameter, kind)
            return kind
        targets = parameter.targets or tuple(sorted(self._facts.kinds))
        if len(targets) == 1:
            return targets[0]
        name = rest.partition(".")[0].partition(":")[0]
        fitting = tuple(t for t in targets if self._facts.parameter(t, name) or name == HAS)
        if not fitting:
            raise Refused(UNKNOWN, f"nothing that {parameter.name} refers to has such a parameter")
        if len(fitting) > 1:
            raise Refused(
                "chain", f"may refer to {listed(fitting)}: say which, as in "
                f"{parameter.name}:{fitting[0]}.{name[:40]}"
            )  # fmt: skip
        return fitting[0]

    def _has(self, kinds: tuple[str, ...], key: str, text: str, depth: int) -> Clause:
        parts = key.split(":", 3)
        if len(parts) != 4 or not parts[3]:
            raise Refused("chain", "expected _has:Type:reference:parameter")
        _, kind, name, rest = parts
        if kind not in self._facts.kinds:
            raise Refused("chain", "expected the name of a type behind _has:")
        parameter = self.parameter((kind,), name)
        if parameter.type is not ParamType.REFERENCE:
            raise Refused("chain", f"{kind}.{name[:40]} is no reference")
        for searched in kinds:
            self._check_target(parameter, searched)
        return Has(kind, name, self.clause((kind,), rest, text, depth + 1))


def _alternatives(text: str) -> list[str]:
    parts = cut(text, ",")
    if not all(parts):
        raise Refused("value", "expected a value" + (" between its commas" if parts[1:] else ""))
    return parts


def _flag(text: str) -> Flag:
    if text not in ("true", "false"):
        raise Refused("value", "expected true or false")
    return Flag(text == "true")
