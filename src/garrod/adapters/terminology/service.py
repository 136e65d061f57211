"""Answers questions about codes from all that is loaded; says plainly what is not.

Code systems: a site's packs, then the record, then HL7's own. Value sets: the record, then HL7's
own, then those that a system implies (all of SNOMED CT, a kind of dm+d product).
Source: FHIR R4 4.0.1, Terminology service; "Using SNOMED CT with FHIR" (?fhir_vs=).
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from garrod.adapters.terminology.hl7 import Hl7
from garrod.adapters.terminology.maps import Asked, Match, fits, from_refset, translated
from garrod.adapters.terminology.model import DMD, SNOMED, NotDone, System, Unknown
from garrod.adapters.terminology.packs import PackSystem
from garrod.adapters.terminology.reading import Release
from garrod.adapters.terminology.schema import FILE
from garrod.adapters.terminology.stored import Stored
from garrod.adapters.terminology.valuesets import ValueSets
from garrod.core.errors import KnowledgeError
from garrod.knowledge.shelf import Shelf

Json = dict[str, Any]
IMPLIED, MAPPED = "?fhir_vs", "?fhir_cm="
DMD_SETS = f"{DMD}/ValueSet/"
STORES = "stores"  # in pack.toml: files beside the tables, as "name=sha256"


class Terminology:
    """All that is loaded: packs, the record's resources, HL7's codes."""

    def __init__(self, shelf: Shelf, packs: Iterable[PackSystem] = ()) -> None:
        self.packs = {system.url: system for system in packs}
        self.stored = Stored()
        self.hl7 = Hl7(shelf)
        self.sets = ValueSets(self)

    def system(self, url: str, version: str = "") -> System:
        """Return a code system.  Raises: Unknown."""
        pack = self.packs.get(url)
        if pack is not None and version in ("", pack.version):
            return pack
        stored = self.stored.system(url, version)
        if stored is not None and (stored.is_complete or url not in self.hl7.systems):
            return stored
        own = self.hl7.systems.get(url)
        if own is not None and version in ("", own.version):
            return own
        asked = f" in version {version[:80]}" if version else ""
        raise Unknown(f"the code system {url[:200]} is not loaded here{asked}.")

    def value_set(self, url: str, version: str = "") -> Json:
        """Return a value set as a resource.  Raises: Unknown, NotDone."""
        found = self.stored.by_url("ValueSet", url, version)
        if found is not None:
            return found[1]
        if version in ("", "4.0.1"):
            own = self.hl7.value_set(url)
            if own is not None:
                return own
        implied = self._implied(url)
        if implied is not None and not version:
            return {"resourceType": "ValueSet", "url": url, "compose": {"include": [implied]}}
        asked = f" in version {version[:80]}" if version else ""
        raise Unknown(f"the value set {url[:200]} is not loaded here{asked}.")

    def _implied(self, url: str) -> Json | None:
        """Return the part of which a value set consists that a system implies."""
        base, mark, rest = url.partition(IMPLIED)
        if mark and (base == SNOMED or base.startswith(f"{SNOMED}/")):
            part: Json = {"system": SNOMED}
            if base != SNOMED:
                part["version"] = base
            return part | _narrowed(unquote(rest).removeprefix("="))
        if url.startswith(DMD_SETS):
            return _of_kind(self.system(DMD), url.removeprefix(DMD_SETS))
        return None

    def subsumes(self, system: System, a: str, b: str) -> str:
        """Return FHIR's word for how two codes stand to each other.  Raises: Unknown."""
        if a == b and system.find(a) is not None:
            return "equivalent"
        if system.is_below(b, a):
            return "subsumes"
        return "subsumed-by" if system.is_below(a, b) else "not-subsumed"

    def translate(self, asked: Asked, url: str = "", given: Json | None = None) -> list[Match]:
        """Return the translations of a code by a map that is named, or by each that fits.

        Raises: Unknown where there is no such map.
        """
        base, mark, refset = url.partition(MAPPED)
        if mark and base == SNOMED:
            system = self.system(SNOMED)
            if isinstance(system, PackSystem):
                return from_refset(system, refset, asked)
            raise Unknown("no release of SNOMED CT is loaded here.")
        if given is None and url:
            named = self.stored.by_url("ConceptMap", *url.split("|", 1))
            if named is None:
                raise Unknown(f"the concept map {url[:200]} is not loaded here.")
            given = named[1]
        maps = [given] if given is not None else [*self.stored.maps()]
        fitting = [m for m in maps if fits(m, asked)]
        if not fitting:
            raise Unknown(
                "no map that is loaded here leads from that code system to what is asked."
            )
        return [match for m in fitting for match in translated(m, asked)]


def _narrowed(rest: str) -> Json:
    """Return the filters of "isa/X", "refset/X" or "ecl/X"; none for all.  Raises: NotDone."""
    if not rest:
        return {}
    name, _, value = rest.partition("/")
    match name:
        case "isa":
            return {"filter": [{"property": "concept", "op": "is-a", "value": value}]}
        case "refset" if value:
            return {"filter": [{"property": "concept", "op": "in", "value": value}]}
        case "ecl":
            return {"filter": [{"property": "constraint", "op": "=", "value": value}]}
    raise NotDone("expected ?fhir_vs, ?fhir_vs=isa/CODE, =refset/CODE or =ecl/CONSTRAINT.")


def _of_kind(system: System, kind: str) -> Json:
    if not isinstance(system, PackSystem) or kind not in system.release.kinds.values():
        raise Unknown(f"{system.source} has no kind of concept {kind[:40]}.")
    return {"system": DMD, "filter": [{"property": "kind", "op": "=", "value": kind}]}


def open_packs(folders: Mapping[str, Path]) -> list[PackSystem]:
    """Return the code systems of the packs that hold a release; each file is verified first.

    Raises: KnowledgeError KNO001, KNO003 (changed), KNO041 (not readable), KNO042 (twice).
    """
    found: dict[str, PackSystem] = {}
    for folder in folders.values():
        if not (folder / FILE).exists():
            continue
        system = _opened(folder)
        if system.url in found:
            raise KnowledgeError(
                f"{system.source} and {found[system.url].source} both hold {system.url}; keep one "
                "of them in force",
                code="KNO042",
            )
        found[system.url] = system
    return list(found.values())


def _opened(folder: Path) -> PackSystem:
    try:
        told = tomllib.loads((folder / "pack.toml").read_text(encoding="utf-8"))
        sums = dict(entry.split("=", 1) for entry in told.get(STORES, ()))
        with (folder / FILE).open("rb") as file:
            actual = hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError) as error:
        raise KnowledgeError(
            f"{folder}: cannot be read ({error}); import the release again", code="KNO001"
        ) from error
    if sums.get(FILE) != actual:
        raise KnowledgeError(
            f"{folder / FILE}: is not what pack.toml says (sha256 {actual[:12]}…); restore it, or "
            "import the release again",
            code="KNO003",
        )
    return PackSystem(Release(folder / FILE), f"{told['name']}@{told['version']}")
