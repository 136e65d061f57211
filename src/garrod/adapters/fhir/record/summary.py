"""Shows a part of a resource: `_summary` and `_elements`. Nowhere else is a resource written anew.

served bytes -> the members that are wanted, numbers as they were, marked as SUBSETTED
What is required or modifies the meaning (status, doNotPerform) is never left out.
Source: HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/search.html#summary and #elements
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from garrod.adapters.fhir.json import Resource
from garrod.adapters.fhir.record.facts import SearchFacts
from garrod.adapters.fhir.record.parse import parse
from garrod.adapters.fhir.record.url_results import Summary

ALWAYS = ("resourceType", "id", "meta", "implicitRules")
MODIFIER = "modifierExtension"
TAGGED = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "SUBSETTED",
    "display": "subsetted",
}
ENCODER = msgspec.json.Encoder(decimal_format="number")
CHOICE = "[x]"
Tree = Mapping[str, Any]  # names to what is wanted within; an empty one: everything


class Summaries:
    """Makes parts of resources, by what the pack says of their kinds."""

    def __init__(self, facts: SearchFacts) -> None:
        self._facts = facts
        self._trees: dict[tuple[str, Summary], Tree] = {}

    def shown(
        self, body: bytes, *, summary: Summary = Summary.FALSE, elements: tuple[str, ...] = ()
    ) -> bytes:
        """Return the part of a resource that is wanted; the bytes as they are where all of it is.

        `_elements` outranks `_summary`. Raises: FhirError where the bytes are no resource.
        """
        if not elements and summary in (Summary.FALSE, Summary.COUNT):
            return body
        found = parse(body)
        kind = found["resourceType"]
        if elements:
            choices = {c.removesuffix(CHOICE): c for c in self._facts.choices(kind)}
            named = (choices.get(name, name) for name in elements)
            part = _part(found, _tree((*ALWAYS, *self._facts.kept(kind), *named)))
        elif summary is Summary.DATA:
            part = {name: value for name, value in found.items() if name != "text"}
        else:
            part = _part(found, self._tree_of(kind, summary))
        return ENCODER.encode(_tagged(part))

    def _tree_of(self, kind: str, summary: Summary) -> Tree:
        key = (kind, summary)
        if key not in self._trees:
            more = ("text", *self._facts.kept(kind))
            wanted = self._facts.summary(kind) if summary is Summary.TRUE else more
            self._trees[key] = _tree((*ALWAYS, *wanted))
        return self._trees[key]


def _tree(paths: Iterable[str]) -> Tree:
    tree: dict[str, Any] = {}
    for path in paths:
        at = tree
        for name in path.split("."):
            at = at.setdefault(name, {})
    return tree


def _part(value: Any, tree: Tree) -> Any:
    """Return what of a value is wanted; within what has no branches of its own, everything."""
    if not tree or not isinstance(value, (dict, list)):
        return value
    if isinstance(value, list):
        parts = [_part(inner, tree) for inner in value]
        return [part for part in parts if part not in ({}, [])]
    found = {}
    for name, inner in value.items():
        branch = _branch(name.removeprefix("_"), tree)
        part = None if branch is None else _part(inner, branch)
        if part not in (None, {}, []):
            found[name] = part
    return found


def _branch(name: str, tree: Tree) -> Tree | None:
    """Return what is wanted within a member; None where it is not wanted.

    valueQuantity is wanted where value[x] is.
    """
    if name == MODIFIER:
        return {}
    choices = (name[:at] + CHOICE for at in range(len(name) - 1, 0, -1) if name[at].isupper())
    found: list[Tree] = [tree[spelled] for spelled in (name, *choices) if spelled in tree]
    return found[0] if found else None


def _tagged(part: Resource) -> Resource:
    meta = part.get("meta")
    kept = meta if isinstance(meta, dict) else {}
    tags = kept.get("tag")
    listed = [t for t in tags if t != TAGGED] if isinstance(tags, list) else []
    return {**part, "meta": {**kept, "tag": [*listed, TAGGED]}}
