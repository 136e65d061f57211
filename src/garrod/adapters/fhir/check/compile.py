"""Compiles the facts of FHIR R4 into checks: one for each type, made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from garrod.adapters.fhir.check import codes, contain, narrative, national, refer
from garrod.adapters.fhir.check.facts import ElementFact, Facts
from garrod.adapters.fhir.check.faults import Bundle, Check, Fault, Found, Run
from garrod.adapters.fhir.check.primitive import primitive, wrong
from garrod.adapters.fhir.check.rules import Rules
from garrod.adapters.fhir.check.shape import EMPTY, Shape, extension_check, list_check, object_check

Makers = dict[str, Callable[[], Check]]
KIND = "resourceType"
RESOURCES = ("Resource", "DomainResource")
NATIONAL = {
    "Identifier": national.identifier,
    "Coding": national.coding,
    "Quantity": national.coding,
}


class Compiler:
    """The checks of all types, compiled as they are needed."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._kinds = facts.resource_kinds()
        self._made: dict[str, Check] = {}
        self.rules = Rules(facts)
        self._beside = list_check(self._sibling, float("inf"))

    def any_resource(self, value: Any, run: Run) -> Found:
        """Return what is wrong with a resource of whatever type it says."""
        kind = value.get(KIND) if type(value) is dict else None
        if type(kind) is not str or kind not in self._kinds:
            return _no_resource(value, kind)
        before = run.resource, run.root, run.inside, run.bundle, run.is_contained
        run.resource = run.root = value
        run.inside, run.is_contained = contain.by_id(value), False
        if kind == "Bundle":
            run.bundle = Bundle(value)
        found = self.path(kind)(value, run)
        run.resource, run.root, run.inside, run.bundle, run.is_contained = before
        return found

    def contained(self, value: Any, run: Run) -> Found:
        """Return what is wrong with a contained resource: it shares its holder's references."""
        kind = value.get(KIND) if type(value) is dict else None
        if type(kind) is not str or kind not in self._kinds:
            return _no_resource(value, kind)
        before = run.resource, run.is_contained
        run.resource, run.is_contained = value, True
        found = self.path(kind)(value, run)
        run.resource, run.is_contained = before
        return found

    def path(self, path: str) -> Check:
        """Return the check of a type, or of an element with parts of its own."""
        made = self._made.get(path)
        if made is None:
            made = self._made[path] = self._compile(path)
        return made

    def _compile(self, path: str) -> Check:
        if path == "xhtml":
            return narrative.div
        if "." not in path and self._facts.is_primitive(path):
            return primitive(path, self._facts.shape(path))
        parts = self._facts.parts(path)
        makers: Makers = {}
        for fact in parts:
            self._add(makers, fact)
        is_resource = path in self._kinds
        if is_resource:
            makers.setdefault(KIND, lambda: _fine)
        choices = [(f, _names(f)) for f in parts if f.is_choice]
        return object_check(
            Shape(
                makers,
                tuple(f.name for f in parts if f.least and not f.is_choice),
                tuple((f.name, names) for f, names in choices if f.least),
                tuple((f.name, names) for f, names in choices),
                tuple(self._rules_of(path, choices)),
                is_resource,
            )
        )

    def _rules_of(
        self, path: str, choices: list[tuple[ElementFact, frozenset[str]]]
    ) -> Iterable[Check]:
        ancestry = () if "." in path else (*self._facts.ancestry(path),)
        if "Extension" in ancestry:
            yield extension_check(choices[0][1])
        if "Reference" in ancestry:
            yield refer.local
        if "DomainResource" in ancestry:
            yield contain.containing
        yield from (check for kind, check in NATIONAL.items() if kind in ancestry)
        yield from self._compiled(self._facts.rules_of(path))

    def _compiled(self, names: Iterable[str]) -> Iterable[Check]:
        found = (self.rules.check(name) for name in names)
        return [check for check in found if check is not None]

    def _add(self, makers: Makers, fact: ElementFact) -> None:
        """Add the makers of an element under each JSON name that it may have."""
        if fact.same_as:
            makers[fact.name] = partial(self._same, fact)
            return
        for name, kind in fact.json_names():
            makers[name] = partial(self._element, fact, kind)
            if self._facts.is_primitive(kind) and kind != "xhtml":
                makers[f"_{name}"] = partial(self._second, fact)

    def _same(self, fact: ElementFact) -> Check:
        check = self.path(fact.same_as)
        return list_check(check, fact.most) if fact.is_list else check

    def _second(self, fact: ElementFact) -> Check:
        return self._beside if fact.is_list else self._sibling

    def _sibling(self, value: Any, run: Run) -> Found:
        """Return what is wrong with what stands beside a primitive."""
        if value is None:
            return [Fault("null", "null stands here: leave it out")]
        if type(value) is dict and value.keys() == {"id"} and value["id"] not in EMPTY:
            return [Fault("alone", "there is neither a value nor an extension")]
        return self.path("Element")(value, run)

    def _element(self, fact: ElementFact, kind: str) -> Check:
        check = self._single(fact, kind)
        if not self._facts.has_parts(fact.path):
            check = _with(check, tuple(self._compiled(fact.rules)))
        return list_check(check, fact.most) if fact.is_list else check

    def _single(self, fact: ElementFact, kind: str) -> Check:
        """Return the check of one value of an element, of one of its types."""
        if kind in RESOURCES:
            return self.contained if fact.name == "contained" else self.any_resource
        if kind in self._kinds:
            return self.any_resource
        if self._facts.has_parts(fact.path):
            return self.path(fact.path)
        check = self.path(kind)
        if fact.codes and kind in ("code", "uri", "string"):
            return codes.code(check, fact.codes, self._facts.codes(fact.codes))
        if fact.codes and kind == "CodeableConcept":
            return codes.concept(check, fact.codes, self._facts.codes(fact.codes))
        if kind == "Reference":
            return refer.to_kinds(check, fact.targets, self._kinds)
        return check


def _names(fact: ElementFact) -> frozenset[str]:
    """Return the JSON names of a choice, and of what may stand beside each."""
    names = [name for name, _ in fact.json_names()]
    return frozenset((*names, *(f"_{name}" for name in names)))


def _no_resource(value: Any, kind: Any) -> list[Fault]:
    if type(value) is not dict:
        return wrong("resource", value)
    if kind is None:
        return [Fault("kind", "resourceType is missing: it must be there").at(KIND)]
    return [Fault("kind", "this is no resource type of FHIR R4").at(KIND)]


def _fine(value: Any, run: Run) -> Found:
    return None


def _with(check: Check, rules: tuple[Check, ...]) -> Check:
    """Return a check followed by rules where it found nothing."""
    if not rules:
        return check

    def checked(value: Any, run: Run) -> Found:
        found = check(value, run)
        if found is not None:
            return found
        for rule in rules:
            found = rule(value, run)
            if found is not None:
                return found
        return None

    return checked
