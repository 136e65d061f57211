"""A code in the words of another system, as a ConceptMap or a map of SNOMED CT has it.

Source: FHIR R4 4.0.1, ConceptMap (group, element, target, unmapped), $translate; "Using SNOMED CT
with FHIR", implicit concept maps (?fhir_cm=) with the equivalences of historical associations.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from garrod.adapters.terminology.model import SNOMED, NotDone, Unknown
from garrod.adapters.terminology.packs import PackSystem
from garrod.adapters.terminology.reading import number_of
from garrod.adapters.terminology.valuesets import canonical

Json = dict[str, Any]
# Historical associations of SNOMED CT. Source: FHIR R4, snomedct.html#implicit-cm
EQUIVALENCES = {
    "900000000000527005": "equal",  # same as
    "900000000000526001": "equivalent",  # replaced by
    "900000000000523009": "inexact",  # possibly equivalent to
    "900000000000530003": "inexact",  # alternative
}
ANY_MAP, NO_MAP = "relatedto", ("unmatched", "disjoint")


@dataclass(frozen=True, slots=True)
class Asked:
    """A code to be translated; "" where any target will do. `is_reverse`: from target to source."""

    system: str
    code: str
    target_system: str = ""
    target: str = ""  # value set
    source: str = ""  # value set
    is_reverse: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """One translation; `system` "" where a map does not state it."""

    equivalence: str
    system: str
    code: str
    display: str = ""
    map: str = ""
    note: str = ""


def is_no_match(match: Match) -> bool:
    """Return whether a match says that there is none."""
    return match.equivalence in NO_MAP or not match.code


def fits(concept_map: Json, asked: Asked) -> bool:
    """Return whether a map may be used: its value sets and systems are those that are asked for."""
    ends = [("source", asked.source), ("target", asked.target)]
    for name, wanted in ends:
        own = concept_map.get(f"{name}Uri") or concept_map.get(f"{name}Canonical") or ""
        if wanted and canonical(own)[0] != canonical(wanted)[0]:
            return False
    return any(_fitting(g, asked) for g in concept_map.get("group", []))


def _fitting(group: Json, asked: Asked) -> bool:
    source, target = ("target", "source") if asked.is_reverse else ("source", "target")
    if group.get(source) != asked.system:
        return False
    return not asked.target_system or group.get(target) == asked.target_system


def translated(concept_map: Json, asked: Asked) -> Iterator[Match]:
    """Yield the translations of a map.  Raises: NotDone where it passes on to another map."""
    name = str(concept_map.get("url", ""))
    for group in concept_map.get("group", []):
        if not _fitting(group, asked):
            continue
        made = [*(_backward(group, asked) if asked.is_reverse else _forward(group, asked))]
        if not made and not asked.is_reverse:
            made = [*_unmapped(group, asked)]
        yield from (Match(m.equivalence, m.system, m.code, m.display, name, m.note) for m in made)


def _forward(group: Json, asked: Asked) -> Iterator[Match]:
    for element in group.get("element", []):
        if element.get("code") != asked.code:
            continue
        for target in element.get("target", []):
            if target.get("dependsOn"):
                raise NotDone("this map depends on more than the code, which is not read here.")
            yield Match(
                str(target.get("equivalence", ANY_MAP)),
                str(group.get("target", "")),
                str(target.get("code", "")),
                str(target.get("display", "")),
                note=str(target.get("comment", "")),
            )


def _backward(group: Json, asked: Asked) -> Iterator[Match]:
    turned = {"wider": "narrower", "narrower": "wider", "subsumes": "specializes",
              "specializes": "subsumes"}  # fmt: skip
    for element in group.get("element", []):
        for target in element.get("target", []):
            if target.get("code") == asked.code:
                said = str(target.get("equivalence", ANY_MAP))
                yield Match(
                    turned.get(said, said),
                    str(group.get("source", "")),
                    str(element.get("code", "")),
                    str(element.get("display", "")),
                )


def _unmapped(group: Json, asked: Asked) -> Iterator[Match]:
    rule = group.get("unmapped")
    if not rule or any(e.get("code") == asked.code for e in group.get("element", [])):
        return
    system = str(group.get("target", ""))
    match rule.get("mode"):
        case "provided":
            yield Match("equal", system, asked.code)
        case "fixed":
            yield Match("inexact", system, str(rule.get("code", "")), str(rule.get("display", "")))
        case _:
            raise NotDone("this map passes unmapped codes on to another map: ask that one.")


def from_refset(system: PackSystem, refset: str, asked: Asked) -> list[Match]:
    """Return the translations by a map of a release.  Raises: Unknown where it has none such."""
    number = number_of(refset) or 0
    if not system.release.has("select 1 from mapping where refset = ? limit 1", number):
        raise Unknown(f"{system.source} holds no map {refset[:18]}.")
    is_history = refset in EQUIVALENCES
    equivalence = EQUIVALENCES.get(refset, ANY_MAP)
    name = f"{SNOMED}?fhir_cm={refset}"
    if asked.is_reverse:
        query = "select distinct source, '' from mapping where refset = ? and target = ?"
        rows = system.release.rows(query, number, asked.code)
        target = SNOMED
    else:
        query = (
            "select target, rule from mapping where refset = ? and source = ? "
            "order by grp, priority, number"
        )
        rows = system.release.rows(query, number, number_of(asked.code) or 0)
        target = SNOMED if is_history else asked.target_system
    found = []
    for code, rule in rows:
        words = system.find(str(code)) if target == SNOMED else None
        display = words.display if words else ""
        found.append(Match(equivalence, target, str(code), display, name, str(rule or "")))
    return found
