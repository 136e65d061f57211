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


def _with(**more: Any) -> Change:
    return lambda resource: resource.update(more)


def _without(name: str) -> Change:
    return lambda resource: resource.pop(name)


def _in_words(holder: Json, name: str) -> None:
    """Put a string where another type stood."""
    holder.pop(name)
    holder["valueString"] = "x"


def _parts(resource: Json, code: str) -> list[Json]:
    """Return the components of a code."""
    return [c for c in resource["component"] if c["code"]["coding"][0]["code"] == code]


def _twice(code: str) -> Change:
    return lambda resource: resource["component"].extend(_parts(resource, code))


def _upside_down(resource: Json) -> None:
    for part in _parts(resource, "81254-5"):
        part["valueRange"]["high"] = {"value": 1}


def _place_in_words(resource: Json) -> None:
    for part in _parts(resource, "81254-5"):
        _in_words(part, "valueRange")


def _name_of_another_system(resource: Json) -> None:
    for part in _parts(resource, "81290-9"):
        part["valueCodeableConcept"] = _coding("x")


def _coded_conclusion(resource: Json) -> None:
    for part in _parts(resource, "conclusion-string"):
        part.pop("valueString")
        part["valueCodeableConcept"] = {"text": "x"}


def _a_period(resource: Json) -> None:
    resource.pop("effectiveDateTime")
    resource["effectivePeriod"] = {"start": "2026"}


UNKNOWN_MODIFIER = {"url": "https://x.example/y", "valueBoolean": True}
NOWHERE = {"reference": "urn:uuid:00000000-0000-4000-8000-000000000000"}
MEANT: tuple[tuple[str, str, Change], ...] = (
    ("genotype", "no value", _without("valueCodeableConcept")),
    ("genotype", "value of words", lambda r: _in_words(r, "valueCodeableConcept")),
    ("genotype", "two values", _with(valueString="x")),
    ("genotype", "no status", _without("status")),
    ("genotype", "a status of no list", _with(status="finished")),
    ("genotype", "code of a haplotype", _with(code=_coding("84414-2"))),
    ("genotype", "no code", _without("code")),
    ("genotype", "no category", _without("category")),
    ("genotype", "no genetics category", lambda r: r["category"].pop()),
    ("genotype", "laboratory twice", lambda r: r["category"].append(r["category"][0])),
    ("genotype", "gene without a value", lambda r: r["component"][0].pop("valueCodeableConcept")),
    (
        "genotype",
        "gene as a string",
        lambda r: _in_words(r["component"][0], "valueCodeableConcept"),
    ),
    ("genotype", "component without code", lambda r: r["component"][0].pop("code")),
    ("genotype", "subject is a device", _with(subject={"reference": "Medication/1"})),
    ("genotype", "subject lost", _with(subject=NOWHERE)),
    ("genotype", "no such day", _with(effectiveDateTime="2026-02-30")),
    ("genotype", "a day in words", _with(effectiveDateTime="yesterday")),
    ("genotype", "reason absent beside a value", _with(dataAbsentReason={"text": "x"})),
    ("genotype", "extension without url", lambda r: r["extension"][0].pop("url")),
    (
        "genotype",
        "extension with value and parts",
        lambda r: _with(valueString="x")(r["extension"][0]),
    ),
    ("genotype", "extension with neither", lambda r: r["extension"][0].pop("extension")),
    ("genotype", "unknown modifier", _with(modifierExtension=[UNKNOWN_MODIFIER])),
    ("genotype", "note without text", _with(note=[{"authorString": "x"}])),
    ("genotype", "issued is a date", _with(issued="2026-11-25")),
    ("genotype", "id with a blank", _with(id="a b")),
    ("genotype", "id too long", _with(id="a" * 65)),
    ("haplotype", "no value", _without("valueCodeableConcept")),
    ("haplotype", "no category", _without("category")),
    ("variant", "present in other words", _with(valueCodeableConcept=_coding("LA1-1"))),
    ("variant", "HGVS of another system", _name_of_another_system),
    ("variant", "two places", _twice("81254-5")),
    ("variant", "two states", _twice("53034-5")),
    ("variant", "place as a string", _place_in_words),
    ("variant", "range upside down", _upside_down),
    ("therapeutic-implication", "has a value", _with(valueString="x")),
    ("therapeutic-implication", "derived from nothing", _without("derivedFrom")),
    ("therapeutic-implication", "another code", _with(code=_coding("x"))),
    ("therapeutic-implication", "conclusion coded", _coded_conclusion),
    ("therapeutic-implication", "two conclusions", _twice("conclusion-string")),
    ("medication-recommendation", "status", _with(status="draft")),
    ("medication-recommendation", "intent", _with(intent="order")),
    ("medication-recommendation", "code", _with(code=_coding("LA1-1"))),
    ("medication-recommendation", "no status", _without("status")),
    (
        "medication-recommendation",
        "reason is a patient",
        lambda r: _with(reasonReference=r["for"])(r),
    ),
    ("medication-recommendation", "focus is a patient", lambda r: r.update(focus=r["for"])),
    ("medication-recommendation", "priority", _with(priority="now")),
    ("genomic-report", "no category", _without("category")),
    (
        "genomic-report",
        "another category",
        lambda r: _with(code="LAB")(r["category"][0]["coding"][0]),
    ),
    ("genomic-report", "another code", _with(code=_coding("51968-6"))),
    ("genomic-report", "a period", _a_period),
    ("genomic-report", "result is the patient", lambda r: r["result"].append(r["subject"])),
    (
        "genomic-report",
        "action is a string",
        lambda r: _in_words(r["extension"][0], "valueReference"),
    ),
    (
        "genomic-report",
        "note is a string",
        lambda r: _in_words(r["extension"][-1], "valueAnnotation"),
    ),
    ("genomic-report", "conclusion twice", _with(conclusion=["a", "b"])),
    ("Patient", "gender", _with(gender="F")),
    ("Patient", "birth date", _with(birthDate="1960-13-01")),
    ("Patient", "name is a string", _with(name="x")),
    ("Patient", "contact without details", _with(contact=[{"gender": "male"}])),
    ("Device", "name without type", lambda r: r["deviceName"][0].pop("type")),
    ("Device", "version without value", _with(version=[{"type": {"text": "x"}}])),
)


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
    (
        "a full URL of a version",
        lambda b: b["entry"][0].update(fullUrl="https://x.example/A/1/_history/2"),
    ),
    ("an empty entry", lambda b: b["entry"].append({})),
    ("total of a collection", lambda b: b.update(total=3)),
    ("a search in a collection", lambda b: b["entry"][0].update(search={"mode": "match"})),
    ("an unknown resource", lambda b: b["entry"][0].update(resource={"resourceType": "Genotype"})),
)
