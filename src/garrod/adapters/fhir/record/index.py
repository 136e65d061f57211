"""Finds in a resource everything by which it is searched: index rows, and whose record it is.

search parameter -> paths -> one function for each first member, compiled once for each kind
resource -> for each member that is there, its functions -> Rows
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from garrod.adapters.fhir.json import Resource
from garrod.adapters.fhir.record import spans, tokens
from garrod.adapters.fhir.record.composites import composite
from garrod.adapters.fhir.record.facts import Parameter, SearchFacts
from garrod.adapters.fhir.record.gathered import Gathered
from garrod.adapters.fhir.record.paths import Path, Step, paths_of
from garrod.adapters.fhir.record.tokens import Act, Names
from garrod.care.record.query import ParamType
from garrod.core.resource import Rows

RESERVED = frozenset(("_id", "_lastUpdated"))  # the store keeps these itself
PATIENT = "Patient"
Plan = Mapping[str, tuple[Act, ...]]  # by first member; "" for what looks at the whole
Maker = Callable[[Names], Act]

_MAKERS: dict[tuple[ParamType, str], Maker] = {
    (ParamType.TOKEN, "Coding"): tokens.coding_rows,
    (ParamType.TOKEN, "CodeableConcept"): tokens.concept_rows,
    (ParamType.TOKEN, "Identifier"): tokens.identifier_rows,
    (ParamType.TOKEN, "ContactPoint"): tokens.contact_rows,
    (ParamType.TOKEN, "boolean"): tokens.boolean_rows,
    (ParamType.TOKEN, "string"): tokens.caseless_rows,
    **{(ParamType.TOKEN, t): tokens.code_rows for t in ("id", "uri", "canonical")},
    **{(ParamType.STRING, t): tokens.string_rows for t in ("string", "markdown", "code", "uri")},
    (ParamType.STRING, "HumanName"): tokens.name_rows,
    (ParamType.STRING, "Address"): tokens.address_rows,
    **{(ParamType.DATE, t): spans.date_rows for t in ("date", "dateTime", "instant")},
    (ParamType.DATE, "Period"): spans.period_rows,
    (ParamType.DATE, "Timing"): spans.timing_rows,
    **{(ParamType.NUMBER, t): spans.number_rows
       for t in ("decimal", "integer", "positiveInt", "unsignedInt")},
    (ParamType.NUMBER, "Range"): spans.range_rows,
    **{(ParamType.QUANTITY, t): spans.quantity_rows for t in ("Quantity", "Age", "Duration")},
    (ParamType.QUANTITY, "Money"): spans.money_rows,
    (ParamType.QUANTITY, "Range"): spans.range_rows,
    (ParamType.QUANTITY, "SampledData"): spans.sampled_rows,
    (ParamType.REFERENCE, "Resource"): spans.inline_rows,
    **{(ParamType.URI, t): tokens.uri_rows for t in ("uri", "url", "canonical")},
}  # fmt: skip


class Indexer:
    """Makes the rows of resources; `base` is this server's own address."""

    def __init__(self, facts: SearchFacts, base: str = "") -> None:
        self._facts = facts
        self._base = base.rstrip("/")
        self._plans: dict[str, Plan] = {}

    def rows(self, resource: Resource) -> Rows:
        """Return the index rows of a parsed resource; of an unknown kind, those of every kind."""
        plan = self.plan(resource["resourceType"])
        out = Gathered()
        for act in plan.get("", ()):
            act(resource, out)
        for name, value in resource.items():
            for act in plan.get(name, ()):
                act(value, out)
        return out.rows()

    def patients(self, kind: str, id: str, rows: Rows) -> tuple[str, ...]:
        """Return the logical ids of those in whose compartment a resource with these rows is."""
        by = self._facts.compartment(kind)
        own = (id,) if kind == PATIENT else ()
        named = (r.id for r in rows.references if r.kind == PATIENT and r.param in by)
        return tuple(dict.fromkeys((*own, *named)))

    def plan(self, kind: str) -> Plan:
        """Return what is done with each member of a kind, compiled when first asked for.

        Raises: KnowledgeError KNO040 for an expression that is not understood.
        """
        found = self._plans.get(kind)
        if found is None:
            found = self._plans[kind] = self._compiled(kind)
        return found

    def _compiled(self, kind: str) -> Plan:
        grouped: dict[tuple[ParamType, Path], list[str]] = {}
        whole: list[Act] = []
        plan: dict[str, list[Act]] = {"": whole}
        for parameter in self._facts.parameters(kind).values():
            if parameter.name in RESERVED or not parameter.is_served:
                continue
            paths = paths_of(self._facts, kind, parameter.expression)
            if parameter.type is ParamType.COMPOSITE:
                self._add_composite(plan, parameter, paths)
            elif any(path.is_presence for path in paths):
                whole.append(_presence(parameter.name, paths))
            else:
                for path in paths:
                    grouped.setdefault((parameter.type, path), []).append(parameter.name)
        for (type_, path), names in grouped.items():
            act = self.act(type_, path, tuple(names))
            if act is not None:
                plan.setdefault(path.steps[0].member, []).append(act)
        return {member: tuple(acts) for member, acts in plan.items()}

    def act(self, type_: ParamType, path: Path, names: Names) -> Act | None:
        """Return what makes rows of the value of a path's first member; None: it has no such rows.

        That of a path without steps takes the value itself.
        """
        leaf = self._leaf(type_, path, names)
        return None if leaf is None else walked(path.steps, leaf)

    def _leaf(self, type_: ParamType, path: Path, names: Names) -> Act | None:
        if type_ is ParamType.REFERENCE and path.type == "Reference":
            return spans.reference_rows(names, self._base, path.resolves)
        if type_ is ParamType.REFERENCE and path.type in ("canonical", "uri"):
            return spans.canonical_rows(names, self._base)
        if type_ is ParamType.TOKEN and path.type == "code":
            return tokens.code_rows(names, path.system)
        maker = _MAKERS.get((type_, path.type))
        return maker(names) if maker else None

    def _add_composite(
        self, plan: dict[str, list[Act]], parameter: Parameter, paths: tuple[Path, ...]
    ) -> None:
        for path in paths:
            parts = [self._part(parameter.kind, path.type, n, parameter) for n in (0, 1)]
            act = walked(path.steps, composite(parameter.name, *parts))
            member = path.steps[0].member if path.steps else ""
            plan.setdefault(member, []).append(act)

    def _part(self, kind: str, base: str, number: int, parameter: Parameter) -> Plan:
        """Return what is done with the members of a composite's base for one of its parts."""
        part = parameter.parts[number]
        found: dict[str, list[Act]] = {}
        for path in paths_of(self._facts, kind, part.expression, base):
            act = self.act(part.type, path, (parameter.name,))
            if act is not None:
                found.setdefault(path.steps[0].member, []).append(act)
        return {member: tuple(acts) for member, acts in found.items()}


def walked(steps: tuple[Step, ...], leaf: Act) -> Act:
    """Return what takes the value of the first step, goes the others, and does the leaf's work.

    Without steps the leaf takes the value itself.
    """
    if not steps:
        return leaf
    act = _filtered(steps[-1], leaf)
    for before, step in zip(reversed(steps[:-1]), reversed(steps[1:]), strict=True):
        act = _filtered(before, _inside(step.member, act))
    return act


def _inside(member: str, then: Act) -> Act:
    def act(value: Any, out: Gathered) -> None:
        if type(value) is dict:
            inner = value.get(member)
            if inner is not None:
                then(inner, out)

    return act


def _filtered(step: Step, then: Act) -> Act:
    """Return what does its work on each value of a member that the step means."""
    where, index = step.where, step.index
    if index is not None:

        def at_index(value: Any, out: Gathered) -> None:
            if type(value) is list and len(value) > index:
                then(value[index], out)

        return at_index

    if where:

        def if_so(value: Any, out: Gathered) -> None:
            for inner in tokens.objects(value):
                if all(inner.get(name) == wanted for name, wanted in where):
                    then(inner, out)

        return if_so

    def each(value: Any, out: Gathered) -> None:
        if type(value) is list:
            for inner in value:
                then(inner, out)
        else:
            then(value, out)

    return each


def _presence(name: str, paths: tuple[Path, ...]) -> Act:
    members = [path.steps[0].member for path in paths]

    def act(value: Any, out: Gathered) -> None:
        is_there = any(value.get(member) not in (None, False) for member in members)
        out.tokens[(name, "", "true" if is_there else "false", "")] = None

    return act
