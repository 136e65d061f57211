"""What of a resource may leave for a project: what is on the list, and nothing that is not.

resource, person -> the elements of allowed.csv, codes of systems.csv, pseudonyms, moved dates

Every string that leaves is one of our own lists', a code of the shape that its system has, a
pseudonym, or a moved date: words that somebody wrote have no way through.
Source: HL7 FHIR R4 (4.0.1), resource definitions; the lists are our own
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from garrod.adapters.govern.lines import Resource
from garrod.care.govern.numbers.pseudonym import Project, moved
from garrod.core.errors import CodeError
from garrod.core.identifiers import NhsNumber, Snomed

PSEUDONYM = "urn:garrod:pseudonym"  # the system of what stands for an NHS number
MARK = {
    "security": [
        {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "PSEUDED"}
    ]
}
LARGEST = 10**7  # a number of more digits may be one that somebody is known by
_REFERENCE = re.compile(r"(?:^|/)([A-Z][A-Za-z]{2,40})/([A-Za-z0-9.\-]{1,64})(?:/_history/[^/]+)?$")
_COMPARATORS = ("<", "<=", ">=", ">")
_SNOMED = "snomed"


@dataclass(frozen=True, slots=True)
class Rule:
    """What is done with an element."""

    name: str
    details: frozenset[str] = frozenset()


Tree = dict[str, Any]  # element -> Rule, or Tree of what is below


@dataclass(frozen=True, slots=True)
class _Person:
    """Whose resource it is, in one project."""

    project: Project
    days: int


@lru_cache(maxsize=1)
def allowed() -> dict[str, Tree]:
    """Return what may leave, by kind of resource."""
    found: dict[str, Tree] = {}
    for row in _rows("allowed.csv"):
        *above, last = row["path"].split(".")
        tree = found.setdefault(row["kind"], {})
        for name in above:
            tree = tree.setdefault(name, {})
        details = frozenset(row["detail"].split("|")) - {""}
        before = tree.get(last)
        tree[last] = Rule(row["rule"], details | (before.details if before else frozenset()))
    return found


@lru_cache(maxsize=1)
def systems() -> dict[str, Callable[[str], bool]]:
    """Return the systems whose codes may leave, each with what says that a code is one."""
    return {row["system"]: _shape(row["pattern"]) for row in _rows("systems.csv")}


def deidentified(resource: Resource, project: Project, person: str) -> Resource | None:
    """Return what of a person's resource may leave; None: nothing of its kind may."""
    kind = resource.get("resourceType")
    tree = allowed().get(kind) if isinstance(kind, str) else None
    if tree is None or not isinstance(resource.get("id"), str):
        return None
    whose = _Person(project, project.shift(person))
    kept = _below(resource, tree, whose)
    kept["id"] = project.pseudonym(str(kind), resource["id"])
    return {"resourceType": kind, "meta": MARK, **kept}


def reference_in(written: Any, project: Project) -> str:
    """Return a reference by its pseudonym; "" where it names nothing of a kind that may leave."""
    found = _REFERENCE.search(written) if isinstance(written, str) else None
    if not found or found[1] not in allowed():
        return ""
    return f"{found[1]}/{project.pseudonym(found[1], found[2])}"


def _below(value: Resource, tree: Tree, whose: _Person) -> Resource:
    found = {}
    for name, rule in tree.items():
        if name in value and (kept := _each(value[name], rule, whose)) not in (None, [], {}, ""):
            found[name] = kept
    return found


def _each(value: Any, rule: Rule | Tree, whose: _Person) -> Any:
    if isinstance(value, list):
        kept = (_each(one, rule, whose) for one in value if not isinstance(one, list))
        return [one for one in kept if one not in (None, {}, "", [])]
    if isinstance(rule, dict):
        return _below(value, rule, whose) if isinstance(value, dict) else None
    return _RULES[rule.name](value, rule, whose)


def _date(value: Any, _: Rule, whose: _Person) -> str:
    return moved(value, whose.days) if isinstance(value, str) else ""


def _period(value: Any, rule: Rule, whose: _Person) -> Resource:
    ends = value if isinstance(value, dict) else {}
    found = {name: _date(ends.get(name), rule, whose) for name in ("start", "end")}
    return {name: date for name, date in found.items() if date}


def _word(value: Any, rule: Rule, _: _Person) -> str:
    return value if isinstance(value, str) and value in rule.details else ""


def _boolean(value: Any, _: Rule, __: _Person) -> bool | None:
    return value if isinstance(value, bool) else None


def _number(value: Any, _: Rule, __: _Person) -> int | float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number and abs(value) < LARGEST else None


def _coding(value: Any, _: Rule, __: _Person) -> Resource:
    said = value if isinstance(value, dict) else {}
    system, code = said.get("system"), said.get("code")
    if isinstance(system, str) and isinstance(code, str):
        is_code = systems().get(system)
        if is_code is not None and is_code(code):
            return {"system": system, "code": code}
    return {}


def _concept(value: Any, rule: Rule, whose: _Person) -> Resource:
    said = value.get("coding") if isinstance(value, dict) else None
    codings = said if isinstance(said, list) else []
    found = [kept for coding in codings if (kept := _coding(coding, rule, whose))]
    return {"coding": found} if found else {}


def _quantity(value: Any, rule: Rule, whose: _Person) -> Resource:
    said = value if isinstance(value, dict) else {}
    amount = _number(said.get("value"), rule, whose)
    if amount is None:
        return {}
    found: Resource = {"value": amount, **_coding(said, rule, whose)}
    if said.get("comparator") in _COMPARATORS:
        found["comparator"] = said["comparator"]
    return found


def _reference(value: Any, _: Rule, whose: _Person) -> Resource:
    written = value.get("reference") if isinstance(value, dict) else None
    found = reference_in(written, whose.project)
    return {"reference": found} if found else {}


def _extension(value: Any, rule: Rule, whose: _Person) -> Resource:
    said = value if isinstance(value, dict) else {}
    if not isinstance(said.get("url"), str) or said["url"] not in rule.details:
        return {}
    found = {
        "valueCodeableConcept": _concept(said.get("valueCodeableConcept"), rule, whose),
        "valueInteger": _number(said.get("valueInteger"), rule, whose),
    }
    kept = {name: one for name, one in found.items() if one not in (None, {})}
    return {"url": said["url"], **kept} if kept else {}


def _nhs_number(value: Any, _: Rule, whose: _Person) -> Resource:
    said = value if isinstance(value, dict) else {}
    if said.get("system") != NhsNumber.system:
        return {}
    try:
        number = NhsNumber(re.sub(r"[ -]", "", str(said.get("value"))))
    except CodeError:
        return {}
    return {"system": PSEUDONYM, "value": whose.project.pseudonym("nhs-number", number.value)}


def _id(value: Any, _: Rule, __: _Person) -> str:
    return str(value)  # put in by its pseudonym, where the kind is known


_RULES: dict[str, Callable[[Any, Rule, _Person], Any]] = {
    "id": _id,
    "nhs-number": _nhs_number,
    "word": _word,
    "date": _date,
    "period": _period,
    "boolean": _boolean,
    "number": _number,
    "coding": _coding,
    "concept": _concept,
    "quantity": _quantity,
    "reference": _reference,
    "extension": _extension,
}


def _shape(pattern: str) -> Callable[[str], bool]:
    if pattern == _SNOMED:
        return _is_snomed
    shape = re.compile(pattern)
    return lambda code: shape.fullmatch(code) is not None


def _is_snomed(code: str) -> bool:
    """Return whether a code is a concept of SNOMED CT, by its digits and its partition."""
    try:
        Snomed(code)
    except CodeError:
        return False
    return code[-3:-1] in ("00", "10")


def _rows(name: str) -> list[dict[str, str]]:
    text = files("garrod.adapters.govern").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
