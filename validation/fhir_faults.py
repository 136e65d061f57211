"""Plants faults in a bundle, each one thing that FHIR or the profiles forbid."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
SEED = 20261125
DIV = ".text.div"


@dataclass(frozen=True, slots=True)
class Fault:
    """A faulty copy of a bundle, and what was done to it."""

    name: str
    bundle: Json


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path to every element inside a bundle's resources."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key)
            yield from _places(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _places(inner, (*path, number))


def _holder(bundle: Json, path: tuple[Any, ...]) -> Any:
    here: Any = bundle
    for step in path[:-1]:
        here = here[step]
    return here


def _renamed(holder: Json, key: str) -> None:
    holder[f"{key}Wrong"] = holder.pop(key)


def _emptied(holder: Json, key: str) -> None:
    holder[key] = {dict: {}, list: []}.get(type(holder[key]), "")


def _retyped(holder: Json, key: str) -> None:
    value = holder[key]
    holder[key] = [value] if isinstance(value, dict) else {"wrong": 1}


def _nulled(holder: Json, key: str) -> None:
    holder[key] = None


GENERAL: dict[str, Callable[[Json, str], None]] = {
    "renamed": _renamed,
    "emptied": _emptied,
    "of another type": _retyped,
    "null": _nulled,
}


def general_faults(bundle: Json, count: int) -> Iterator[Fault]:
    """Yield faults at places drawn evenly over the kinds of place; the same on every run."""
    draw = random.Random(SEED)
    kinds: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
    for path in _places(bundle):
        number = next((s for s in path if isinstance(s, int)), None)
        resource = bundle["entry"][number].get("resource", {}) if number is not None else {}
        profile = str(resource.get("meta", {}).get("profile", resource.get("resourceType", "")))
        words = tuple(s for s in path if isinstance(s, str))
        kinds.setdefault((profile, *words), []).append(path)
    ways = list(GENERAL.items())
    chosen = draw.sample(sorted(kinds, key=str), min(count, len(kinds)))
    for number, kind in enumerate(chosen):
        name, change = ways[number % len(ways)]
        path = draw.choice(kinds[kind])
        faulty = copy.deepcopy(bundle)
        change(_holder(faulty, path), path[-1])
        yield Fault(f"{'.'.join(map(str, path))} {name}", faulty)


def _first(bundle: Json, ending: str) -> Json:
    """Return the first resource of a profile, or of a type."""
    for entry in bundle["entry"]:
        found: Json = entry["resource"]
        profile = "".join(found.get("meta", {}).get("profile", []))
        if profile.endswith(f"/{ending}") or found["resourceType"] == ending:
            return found
    raise LookupError(ending)


def _coding(code: str, system: str = "http://loinc.org") -> Json:
    return {"coding": [{"system": system, "code": code}]}


Change = Callable[[Json], object]
# Faults that only a profile or a rule can see: the resource's profile, what is done, how.
MEANT: tuple[tuple[str, str, Change], ...] = (
    ("genotype", "no value", lambda r: r.pop("valueCodeableConcept")),
    ("genotype", "value of words", lambda r: r.update(valueString=r.pop("valueCodeableConcept") and "x")),
    ("genotype", "two values", lambda r: r.update(valueString="x")),
    ("genotype", "no status", lambda r: r.pop("status")),
    ("genotype", "a status of no list", lambda r: r.update(status="finished")),
    ("genotype", "code of a haplotype", lambda r: r.update(code=_coding("84414-2"))),
    ("genotype", "no code", lambda r: r.pop("code")),
    ("genotype", "no category", lambda r: r.pop("category")),
    ("genotype", "no genetics category", lambda r: r["category"].pop()),
    ("genotype", "laboratory twice", lambda r: r["category"].append(r["category"][0])),
    ("genotype", "gene without a value", lambda r: r["component"][0].pop("valueCodeableConcept")),
    ("genotype", "gene as a string", lambda r: r["component"].__setitem__(0, {"code": r["component"][0]["code"], "valueString": "x"})),
    ("genotype", "component without code", lambda r: r["component"][0].pop("code")),
    ("genotype", "subject is a device", lambda r: r.update(subject={"reference": "Medication/1"})),
    ("genotype", "subject lost", lambda r: r.update(subject={"reference": "urn:uuid:00000000-0000-4000-8000-000000000000"})),
    ("genotype", "no such day", lambda r: r.update(effectiveDateTime="2026-02-30")),
    ("genotype", "a day in words", lambda r: r.update(effectiveDateTime="yesterday")),
    ("genotype", "reason absent beside a value", lambda r: r.update(dataAbsentReason={"text": "x"})),
    ("genotype", "extension without url", lambda r: r["extension"][0].pop("url")),
    ("genotype", "extension with value and parts", lambda r: r["extension"][0].update(valueString="x")),
    ("genotype", "extension with neither", lambda r: r["extension"][0].pop("extension")),
    ("genotype", "unknown modifier", lambda r: r.update(modifierExtension=[{"url": "https://x.example/y", "valueBoolean": True}])),
    ("genotype", "note without text", lambda r: r.update(note=[{"authorString": "x"}])),
    ("genotype", "issued is a date", lambda r: r.update(issued="2026-11-25")),
    ("genotype", "id with a blank", lambda r: r.update(id="a b")),
    ("genotype", "id too long", lambda r: r.update(id="a" * 65)),
    ("haplotype", "no value", lambda r: r.pop("valueCodeableConcept")),
    ("haplotype", "no category", lambda r: r.pop("category")),
    ("variant", "present in other words", lambda r: r.update(valueCodeableConcept=_coding("LA1-1"))),
    ("variant", "HGVS of another system", lambda r: [c.update(valueCodeableConcept=_coding("x")) for c in r["component"] if c["code"]["coding"][0]["code"] == "81290-9"] or r.pop("code")),
    ("variant", "two places", lambda r: [r["component"].append(c) for c in list(r["component"]) if c["code"]["coding"][0]["code"] == "81254-5"]),
    ("variant", "two states", lambda r: [r["component"].append(c) for c in list(r["component"]) if c["code"]["coding"][0]["code"] == "53034-5"]),
    ("variant", "place as a string", lambda r: [(c.pop("valueRange"), c.update(valueString="1")) for c in r["component"] if "valueRange" in c]),
    ("variant", "range upside down", lambda r: [c["valueRange"].update(high={"value": 1}) for c in r["component"] if "valueRange" in c]),
    ("therapeutic-implication", "has a value", lambda r: r.update(valueString="x")),
    ("therapeutic-implication", "derived from nothing", lambda r: r.pop("derivedFrom")),
    ("therapeutic-implication", "another code", lambda r: r.update(code=_coding("x"))),
    ("therapeutic-implication", "conclusion coded", lambda r: [(c.pop("valueString"), c.update(valueCodeableConcept={"text": "x"})) for c in r["component"] if "valueString" in c]),
    ("therapeutic-implication", "two conclusions", lambda r: [r["component"].append(c) for c in list(r["component"]) if "valueString" in c]),
    ("medication-recommendation", "status", lambda r: r.update(status="draft")),
    ("medication-recommendation", "intent", lambda r: r.update(intent="order")),
    ("medication-recommendation", "code", lambda r: r.update(code=_coding("LA1-1"))),
    ("medication-recommendation", "no status", lambda r: r.pop("status")),
    ("medication-recommendation", "reason is a patient", lambda r: r.update(reasonReference=r["for"])
     ),
    ("medication-recommendation", "focus is a patient", lambda r: r.update(focus=r["for"])),
    ("medication-recommendation", "priority", lambda r: r.update(priority="now")),
    ("genomic-report", "no category", lambda r: r.pop("category")),
    ("genomic-report", "another category", lambda r: r["category"][0]["coding"][0].update(code="LAB")),
    ("genomic-report", "another code", lambda r: r.update(code=_coding("51968-6"))),
    ("genomic-report", "a period", lambda r: (r.pop("effectiveDateTime"), r.update(effectivePeriod={"start": "2026"}))),
    ("genomic-report", "result is the patient", lambda r: r["result"].append(r["subject"])),
    ("genomic-report", "action is a string", lambda r: r["extension"][0].update(valueString=r["extension"][0].pop("valueReference") and "x")),
    ("genomic-report", "note is a string", lambda r: r["extension"][-1].update(valueString=r["extension"][-1].pop("valueAnnotation") and "x")),
    ("genomic-report", "conclusion twice", lambda r: r.update(conclusion=["a", "b"])),
    ("Patient", "gender", lambda r: r.update(gender="F")),
    ("Patient", "birth date", lambda r: r.update(birthDate="1960-13-01")),
    ("Patient", "name is a string", lambda r: r.update(name="x")),
    ("Patient", "contact without details", lambda r: r.update(contact=[{"gender": "male"}])),
    ("Device", "name without type", lambda r: r["deviceName"][0].pop("type")),
    ("Device", "version without value", lambda r: r.update(version=[{"type": {"text": "x"}}])),
)  # fmt: skip


def meant_faults(bundle: Json) -> Iterator[Fault]:
    """Yield the faults that a profile or a rule forbids, and those of the bundle itself."""
    for ending, name, change in MEANT:
        faulty = copy.deepcopy(bundle)
        change(_first(faulty, ending))
        yield Fault(f"{ending}: {name}", faulty)
    for name, change in BUNDLE:
        faulty = copy.deepcopy(bundle)
        change(faulty)
        yield Fault(f"Bundle: {name}", faulty)


BUNDLE: tuple[tuple[str, Change], ...] = (
    ("no type", lambda b: b.pop("type")),
    ("type of no list", lambda b: b.update(type="heap")),
    ("a full URL twice", lambda b: b["entry"].append(copy.deepcopy(b["entry"][0]))),
    ("a full URL of a version", lambda b: b["entry"][0].update(fullUrl="https://x.example/A/1/_history/2")),
    ("an empty entry", lambda b: b["entry"].append({})),
    ("total of a collection", lambda b: b.update(total=3)),
    ("a search in a collection", lambda b: b["entry"][0].update(search={"mode": "match"})),
    ("an unknown resource", lambda b: b["entry"][0].update(resource={"resourceType": "Genotype"})),
)  # fmt: skip
