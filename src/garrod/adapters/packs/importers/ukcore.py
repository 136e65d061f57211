"""garrod packs import ukcore: the profiles, extensions and value sets of UK Core, as facts.

StructureDefinitions (XML or JSON) -> what each element of their differentials asks; their texts are
left behind. Each must give a snapshot over FHIR R4; one that does not is named and left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from garrod.adapters.fhir.check.facts import Facts
from garrod.adapters.fhir.check.structures import structure
from garrod.adapters.fhir.record.parse import parse
from garrod.adapters.fhir.validate.definitions import BASE, Definitions
from garrod.adapters.fhir.validate.snapshot import SnapshotError, snapshot
from garrod.adapters.fhir.xml import XmlFormat
from garrod.adapters.packs.importers.carry import Wish, citation
from garrod.adapters.packs.importers.reading import find_files, read_bytes, read_json
from garrod.adapters.packs.importers.writing import Draft, Rows
from garrod.core.errors import FhirError, InputError

NAME, KEY = "ukcore", "ukcore"
KINDS = ("StructureDefinition", "ValueSet", "CodeSystem")
KEPT = ("id", "path", "min", "max", "sliceName", "contentReference", "slicing")
VALUES = ("fixed", "pattern")
NARRATIVE = b"<div"  # text may stand between elements here alone
SLIP = re.compile(rb">\s*[^<>\s][^<>]*<")
A_ROW = 1000  # codes in one cell at most; CSV readers limit a cell
Json = dict[str, Any]
_WRITE = msgspec.json.Encoder(decimal_format="number").encode


def ukcore_drafts(source: Path, wish: Wish) -> tuple[list[Draft], dict[str, Rows]]:
    """Return the pack of a download of UK Core.

    Raises: InputError INP051 where a file cannot be read or none is there, KnowledgeError KNO002.
    """
    facts = Facts(wish.base)
    xml = XmlFormat(wish.base)
    slips: list[str] = []
    found = [r for path in _files(source) for r in _read(path, xml, slips)]
    profiles = {r["url"]: r for r in found if r["resourceType"] == KINDS[0]}
    if not profiles:
        raise InputError(
            f"{source}: holds no StructureDefinition, as XML or JSON; name the folder of UK Core's "
            "definitions",
            code="INP051",
        )
    refused = dict(_refused(profiles, facts))
    kept = [r for url, r in sorted(profiles.items()) if url not in refused]
    codes, unlisted = _code_rows(found)
    tables = {
        "profiles": [_profile_row(r) for r in kept],
        "profile_elements": [row for r in kept for row in _element_rows(r)],
        "profile_codes": codes,
    }
    day = max((str(r.get("date", ""))[:10] for r in kept), default="")
    version = wish.version or day.replace("-", ".") or "1"
    notes = (
        f"{len(kept)} of {len(profiles)} profiles and extensions give a snapshot",
        *(f"left out: {url}: {why}" for url, why in sorted(refused.items())),
        *slips,
        f"{len(unlisted)} value sets cannot be listed without a terminology, and are not checked",
    )
    evidence = [
        citation(
            KEY,
            wish.retrieved,
            source="HL7 UK, UK Core",
            version=day or version,
            locus="StructureDefinitions, ValueSets and CodeSystems",
            url="https://simplifier.net/hl7fhirukcorer4",
            licence="Apache-2.0",
        )
    ]
    return [Draft(NAME, version, _manifest(wish, unlisted), tables, evidence, notes)], {}


def _files(source: Path) -> Iterator[Path]:
    yield from find_files(source, "*.xml")
    yield from find_files(source, "*.json")


def _read(path: Path, xml: XmlFormat, notes: list[str]) -> Iterator[Json]:
    """Yield the resource of a file where it is one that is wanted."""
    content = read_bytes(path)
    if path.name.removesuffix(".gz").endswith(".json"):
        resource = read_json(path)
    elif any(f"<{kind}".encode() in content for kind in KINDS):
        resource = _of_xml(path, content, xml, notes)
    else:
        return
    if isinstance(resource, dict) and resource.get("resourceType") in KINDS and "url" in resource:
        yield resource


def _of_xml(path: Path, content: bytes, xml: XmlFormat, notes: list[str]) -> Json:
    """Return the resource in an XML file; a slip between its elements is left out, and said."""
    try:
        return parse(xml.from_xml(content, is_strict=False))
    except FhirError as error:
        tidy = SLIP.sub(b"><", content) if NARRATIVE not in content else content
        if tidy == content:
            raise InputError(f"{path}: {error.message}", code="INP051") from error
        notes.append(f"{path.name}: read without the text between its elements: {error.message}")
    try:
        return parse(xml.from_xml(tidy, is_strict=False))
    except FhirError as error:
        raise InputError(f"{path}: {error.message}", code="INP051") from error


def _refused(profiles: dict[str, Json], facts: Facts) -> Iterator[tuple[str, str]]:
    """Yield each profile that gives no snapshot, and why."""
    kinds, made = frozenset(facts.kinds()), dict[str, Json]()

    def given(url: str) -> Json | None:
        plain = url.partition("|")[0]
        if plain not in made:
            kind = plain.removeprefix(BASE)
            if plain in profiles:
                made[plain] = snapshot(profiles[plain], given)
            elif plain.startswith(BASE) and kind in kinds:
                made[plain] = structure(facts, kind)
        return made.get(plain)

    for url in profiles:
        try:
            given(url)
        except (SnapshotError, RecursionError) as error:
            yield url, str(error)


def _profile_row(profile: Json) -> dict[str, str]:
    return {
        "url": profile["url"],
        "version": profile.get("version", ""),
        "name": profile.get("name", ""),
        "kind": profile["type"],
        "sort": profile["kind"],
        "base": profile["baseDefinition"],
        "evidence": KEY,
    }


def _element_rows(profile: Json) -> Iterator[dict[str, str]]:
    for element in profile.get("differential", {}).get("element", []):
        said = _restated(element)
        yield {"profile": profile["url"], "element": _WRITE(said).decode(), "evidence": KEY}


def _restated(element: Json) -> Json:
    """Return what an element asks, without the texts that explain it."""
    said = {k: v for k, v in element.items() if k in KEPT or k.startswith(VALUES)}
    if "slicing" in said:
        said["slicing"] = {k: v for k, v in said["slicing"].items() if k != "description"}
    kinds = [
        {k: v for k, v in kind.items() if k in ("code", "profile", "targetProfile")}
        for kind in element.get("type", [])
    ]
    rules = [
        {k: rule[k] for k in ("key", "severity", "expression") if k in rule}
        for rule in element.get("constraint", [])
    ]
    binding = {k: v for k, v in element.get("binding", {}).items() if k in ("strength", "valueSet")}
    more = {"type": kinds, "constraint": rules, "binding": binding}
    return said | {k: v for k, v in more.items() if v}


def _code_rows(found: Iterable[Json]) -> tuple[Rows, list[str]]:
    """Return the rows of value sets, and the URLs of those that cannot be listed."""
    listed = [r for r in found if r["resourceType"] != KINDS[0]]
    definitions = Definitions(listed)
    rows: Rows = []
    unlisted = []
    for url in sorted(r["url"] for r in listed if r["resourceType"] == "ValueSet"):
        codes = definitions.codes(url)
        systems = {s: [c for o, c in codes if o == s] for s, _ in codes} if codes else {}
        systems = systems or {s: [] for s in definitions.whole_systems(url)}
        if not systems or any("|" in c for known in systems.values() for c in known):
            unlisted.append(url)
            continue
        for system, known in sorted(systems.items()):
            for start in range(0, max(len(known), 1), A_ROW):
                part = "|".join(sorted(known)[start : start + A_ROW])
                rows.append({"value_set": url, "system": system, "codes": part, "evidence": KEY})
    return rows, unlisted


def _manifest(wish: Wish, unlisted: list[str]) -> dict[str, Any]:
    return {
        "title": "UK Core: profiles, extensions and value sets",
        "licence": "Apache-2.0",
        "retrieved": wish.retrieved,
        "reviewer": "",
        "review_date": "",
        "genome_builds": [],
        "covers": ["UK Core over FHIR 4.0.1"],
        "does_not_cover": [
            "search parameters and capabilities",
            *(f"codes of {u}" for u in unlisted),
        ],
    }
