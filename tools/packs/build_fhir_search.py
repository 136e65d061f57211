"""Restates HL7's R4 search parameters and Patient compartment as the pack fhir-r4-search.

Each parameter stands once for each kind, with the alternatives of its expression that concern that
kind, and each element that an expression passes with its types. No sentence is carried.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from writing import evidence_row, shared_data, write_pack

NAME, VERSION = "fhir-r4-search", "2026.11.0"
FOLDER = "fhir/r4-definitions"
FHIR_VERSION = "4.0.1"
SYSTEM_TYPE = "http://hl7.org/fhirpath/System."
FHIR_TYPE = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type"
ANYTHING = ("Resource", "DomainResource")
UNSERVED = ("_text", "_content", "_query", "near", "phonetic")  # no index of this kind here
# R4 gives each part of this composite the definition of the other.
CROSSED = {"DocumentReference-relationship": ["token:code", "reference:target"]}
Json = dict[str, Any]
Rows = list[dict[str, str]]


def resources(name: str) -> list[Json]:
    """Return the resources of one of HL7's bundles of definitions, sorted by id."""
    path = shared_data() / FOLDER / f"{name}.json.gz"
    bundle = orjson.loads(gzip.decompress(path.read_bytes()))
    return sorted((e["resource"] for e in bundle["entry"]), key=lambda r: str(r["id"]))


def structures() -> dict[str, Json]:
    """Return the structures of R4 itself by name."""
    return {
        s["name"]: s
        for file in ("profiles-types", "profiles-resources")
        for s in resources(file)
        if s["resourceType"] == "StructureDefinition" and s.get("derivation") != "constraint"
    }


def type_code(told: Json) -> str:
    """Return the FHIR type of an element's type: that of a System type as R4 spells it."""
    code = str(told["code"])
    if not code.startswith(SYSTEM_TYPE):
        return code
    own = [e for e in told.get("extension", []) if e["url"] == FHIR_TYPE]
    return str(own[0].get("valueUrl") or own[0].get("valueUri")) if own else "string"


def implied_systems() -> dict[str, str]:
    """Return the one system of each value set that takes whole or part of one system alone."""
    found = {}
    for resource in resources("valuesets"):
        includes = resource.get("compose", {}).get("include", [])
        systems = {i.get("system", "") for i in includes}
        if resource["resourceType"] == "ValueSet" and len(systems) == 1 and "" not in systems:
            found[str(resource["url"])] = systems.pop()
    return found


class Elements:
    """Every element of R4 by its path, and the rows of those that expressions pass."""

    def __init__(self, known: dict[str, Json]) -> None:
        self.at = {e["path"]: e for s in known.values() for e in s["snapshot"]["element"]}
        self.systems = implied_systems()
        self.rows: dict[str, dict[str, str]] = {}

    def step(self, path: str, name: str) -> list[str]:
        """Return where a member of an element leads: other elements, or types.  Notes its row."""
        key = next((k for k in (f"{path}.{name}", f"{path}.{name}[x]") if k in self.at), "")
        if not key:
            return []
        element = self.at[key]
        if "contentReference" in element:
            types = [element["contentReference"][1:]]
        else:
            types = [type_code(t) for t in element.get("type", [])]
        self.rows[key] = {
            "path": key, "types": " ".join(types), "system": self._system(element, types),
            "evidence": "structures",
        }  # fmt: skip
        return [key if t in ("BackboneElement", "Element") else t for t in types]

    def _system(self, element: Json, types: list[str]) -> str:
        binding = element.get("binding", {})
        if types != ["code"] or binding.get("strength") != "required":
            return ""
        return self.systems.get(str(binding.get("valueSet", "")).partition("|")[0], "")

    def walk(self, start: str, names: list[str]) -> None:
        """Note the rows of a path.  Raises: SystemExit where it leads nowhere."""
        reached = [start]
        for name in names:
            reached = [t for path in reached for t in self.step(path, name)]
            if not reached:
                raise SystemExit(f"{start}.{'.'.join(names)}: no element {name}")


def alternatives(expression: str) -> list[str]:
    """Return the alternatives of an expression, those within brackets kept whole."""
    return [part.strip() for part in re.split(r"\|(?![^()]*\))", expression)]


def own_expression(expression: str, kind: str, bases: list[str]) -> str:
    """Return the alternatives that concern one kind, without a needless pair of brackets."""
    own = {kind, *(b for b in bases if b in ANYTHING)}
    parts = alternatives(expression)
    if bases == [kind]:  # "name | alias" of InsurancePlan names no kind
        parts = [p if p[0] == "(" or p[0].isupper() else f"{kind}.{p}" for p in parts]
    parts = [p for p in parts if re.split(r"\W+", p.lstrip("("))[0] in own]
    return " | ".join(p[1:-1] if _is_wrapped(p) else p for p in parts)


def _is_wrapped(part: str) -> bool:
    return part.startswith("(") and part.endswith(")") and part.count("(") == 1


def names_of(alternative: str) -> list[str]:
    """Return the member names that an alternative passes, its kind first."""
    plain = re.sub(r"\.(where|as|exists|ofType)\((?:[^()]|\(\))*\)|\[\d+\]", "", alternative)
    plain = re.sub(r" as \w+|[()]| and .*", "", plain)
    return plain.strip().split(".")


def part_of(component: Json, by_url: dict[str, Json]) -> str:
    """Return one part of a composite: type and expression."""
    return f"{by_url[component['definition']]['type']}:{component['expression']}"


def parameter_rows(elements: Elements, kinds: list[str]) -> Iterator[dict[str, str]]:
    """Yield a row for each parameter of each kind, by kind and name."""
    listed = [p for p in resources("search-parameters") if p["resourceType"] == "SearchParameter"]
    by_url = {p["url"]: p for p in listed}
    found = []
    for parameter in listed:
        if parameter["code"] in UNSERVED:
            continue
        for kind in parameter["base"]:
            expression = own_expression(parameter["expression"], kind, parameter["base"])
            if not expression:
                raise SystemExit(f"{kind}.{parameter['code']}: {parameter['expression']}")
            parts = [part_of(c, by_url) for c in parameter.get("component", [])]
            parts = CROSSED.get(parameter["id"], parts)
            target = parameter.get("target", [])
            is_any = len(target) > len(kinds) - 10  # every kind that R4 lets one refer to
            found.append({
                "kind": kind, "name": parameter["code"], "type": parameter["type"],
                "expression": expression, "target": "*" if is_any else " ".join(target),
                "parts": " || ".join(parts), "evidence": "search",
            })  # fmt: skip
            note_elements(elements, expression, parts)
    yield from sorted(found, key=lambda row: (row["kind"], row["name"]))


def note_elements(elements: Elements, expression: str, parts: list[str]) -> None:
    """Note the elements that an expression and the parts of a composite pass."""
    for alternative in alternatives(expression):
        kind, *names = names_of(alternative)
        elements.walk(kind, names)
        for part in parts:
            for inner in alternatives(part.partition(":")[2]):
                if inner.startswith("%resource"):
                    elements.walk(kind, inner.removeprefix("%resource.").split("."))
                else:
                    elements.walk(kind, [*names, *names_of(inner)])


def compartment_rows() -> Iterator[dict[str, str]]:
    """Yield the parameters by which a kind belongs to the Patient compartment."""
    path: Path = shared_data() / FOLDER / "compartmentdefinition-patient.json.gz"
    for entry in orjson.loads(gzip.decompress(path.read_bytes()))["resource"]:
        for name in entry.get("param", []):
            yield {"kind": entry["code"], "name": name, "evidence": "compartment"}


def shown_rows(known: dict[str, Json], kinds: list[str]) -> Iterator[dict[str, str]]:
    """Yield what of each kind belongs in a summary, and what is never left out of a part.

    Elements within others are told for summaries alone. What every resource has is not told.
    """
    common = {e["path"].partition(".")[2] for e in known["DomainResource"]["snapshot"]["element"]}
    for kind in kinds:
        own = [
            (path, element)
            for element in known[kind]["snapshot"]["element"][1:]
            if (path := element["path"].partition(".")[2]) not in common
            and not path.endswith(".modifierExtension")  # never left out, and needs no saying
        ]
        top = [(path, element) for path, element in own if "." not in path]
        kept = [p for p, e in top if e["min"] > 0 or e.get("isModifier")]
        yield {
            "kind": kind,
            "summary": " ".join(path for path, element in own if element.get("isSummary")),
            "kept": " ".join(kept),
            "choices": " ".join(path for path, _ in top if path.endswith("[x]")),
            "evidence": "structures",
        }


def evidence() -> Rows:
    """Return the citations."""
    base = "http://hl7.org/fhir/R4"
    told = (
        ("search", "search-parameters.json", f"{base}/searchparameter-registry.html"),
        ("structures", "profiles-types.json, profiles-resources.json, valuesets.json",
         f"{base}/downloads.html"),
        ("compartment", "compartmentdefinition-patient.json",
         f"{base}/compartmentdefinition-patient.html"),
        ("kinds", "profiles-resources.json", f"{base}/resourcelist.html"),
    )  # fmt: skip
    return [
        evidence_row(key, source="HL7 FHIR R4", version=FHIR_VERSION, locus=locus, url=url)
        for key, locus, url in told
    ]


def main() -> None:
    """Write the pack."""
    known = structures()
    kinds = sorted(n for n, s in known.items() if s["kind"] == "resource" and not s["abstract"])
    elements = Elements(known)
    parameters = list(parameter_rows(elements, kinds))
    elements.walk("Extension", ["value"])  # for parameters of extensions that a site may add
    tables = {
        "kinds": [{"kind": kind, "evidence": "kinds"} for kind in kinds],
        "parameters": parameters,
        "elements": [elements.rows[path] for path in sorted(elements.rows)],
        "compartment": list(compartment_rows()),
        "shown": list(shown_rows(known, kinds)),
    }
    manifest = {
        "title": "FHIR R4 search parameters", "licence": "CC0-1.0", "retrieved": "2026-11-28",
        "reviewer": "", "review_date": "", "genome_builds": [],
        "covers": ["parameters of every resource type of R4", "Patient compartment"],
        "does_not_cover": ["_text, _content, _query, _filter", "Location.near, phonetic",
                           "_list, _has and other results of the URL itself"],
    }  # fmt: skip
    folder = write_pack(NAME, VERSION, manifest=manifest, tables=tables, evidence=evidence())
    size = sum(p.stat().st_size for p in folder.iterdir())
    print(folder, {name: len(rows) for name, rows in tables.items()}, f"{size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
