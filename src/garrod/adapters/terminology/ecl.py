"""The part of SNOMED CT's expression constraints that is read here: one code, one operator.

X, <X (kinds of it), <<X (and itself), >X, >>X (what it is a kind of), ^X (members), and *. A term
between bars is passed over. Anything more (refinements, AND, OR, MINUS) is refused.
Source: SNOMED International, Expression Constraint Language, brief syntax.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol

from garrod.adapters.terminology.model import Concept, NotDone, System

SIMPLE = re.compile(r"\s*(<<|<|>>|>|\^)?\s*(\d{6,18})\s*(?:\|[^|]*\|\s*)?", re.ASCII)
ANY = "*"


class Release(System, Protocol):
    """A code system with reference sets."""

    def members(self, refset: str) -> Iterator[Concept]:
        """Yield the concepts of a reference set.  Raises: Unknown."""
        ...

    def is_member(self, code: str, refset: str) -> bool:
        """Return whether a concept is of a reference set.  Raises: Unknown."""
        ...


def read(text: str) -> tuple[str, str]:
    """Return operator and code; ("*", "") for any.  Raises: NotDone."""
    if text.strip() == ANY:
        return ANY, ""
    found = SIMPLE.fullmatch(text)
    if found is None:
        raise NotDone(
            "this expression constraint is not read here: expected one code, with <, <<, >, >> or "
            "^ before it."
        )
    return found[1] or "", found[2]


def passes(system: Release, code: str, text: str) -> bool:
    """Return whether a concept fits a constraint.  Raises: NotDone, Unknown."""
    operator, other = read(text)
    match operator:
        case "*":
            return True
        case "^":
            return system.is_member(code, other)
        case "<<" | "<":
            return system.is_below(code, other) and (operator == "<<" or code != other)
        case ">>" | ">":
            return system.is_below(other, code) and (operator == ">>" or code != other)
    return code == other


def fitting(system: Release, text: str) -> Iterator[Concept]:
    """Yield the concepts that fit a constraint.  Raises: NotDone, Unknown."""
    operator, other = read(text)
    match operator:
        case "*":
            return system.every()
        case "^":
            return system.members(other)
        case "<<" | "<":
            return (c for c in system.below(other) if operator == "<<" or c.code != other)
        case ">>" | ">":
            return (c for c in system.above(other) if operator == ">>" or c.code != other)
    found = system.find(other)
    return iter([found] if found else [])
