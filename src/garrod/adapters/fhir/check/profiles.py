"""The check of a resource against profiles that a site imported, beside that against R4 itself.

shelf -> every pack with profiles (UK Core) -> snapshots made when first asked -> issues
What R4 itself forbids is told by the compiled check; profiles are looked at where it found none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from garrod.adapters.fhir.check.engine import Checker, Issues
from garrod.adapters.fhir.check.structures import structure, value_sets
from garrod.adapters.fhir.validate.definitions import BASE, Definitions
from garrod.adapters.fhir.validate.issue import Issue, Severity
from garrod.adapters.fhir.validate.snapshot import snapshot
from garrod.adapters.fhir.validate.walk import Validator
from garrod.knowledge.pack import Row, values_in
from garrod.knowledge.shelf import Shelf

Json = dict[str, Any]
STRUCTURES, ELEMENTS, CODES = "profiles", "profile_elements", "profile_codes"
EXTENSION = "extension"  # the rule of the issues that say only that an extension is not known


class Profiles:
    """Checks resources against R4 and the profiles that they claim, or that are asked for."""

    def __init__(self, shelf: Shelf, checker: Checker | None = None) -> None:
        """Raises: KnowledgeError KNO002, KNO004 without the pack fhir-r4."""
        self._checker = checker or Checker(shelf)
        self._facts = self._checker.facts
        self._kinds = frozenset(self._facts.kinds())
        self._rows: dict[str, Row] = {}
        self._elements: dict[str, list[Json]] = {}
        self._made: dict[str, Json] = {}
        sets = [*value_sets(self._facts)]
        for pack in shelf.names():
            if STRUCTURES in shelf.pack(pack).tables:
                sets += self._read(shelf, pack)
        self._validator = Validator(Definitions(sets, self._structure))

    def known(self) -> tuple[str, ...]:
        """Return the URLs of the profiles on the shelf."""
        return tuple(self._rows)

    def of_kind(self, kind: str) -> tuple[str, ...]:
        """Return the URLs of the profiles of a type of resource."""
        return tuple(u for u, r in self._rows.items() if r["kind"] == kind)

    def check(
        self, resource: Json, profiles: Sequence[str] = (), *, is_strict: bool = True
    ) -> Issues:
        """Return what is wrong with a resource, by R4, its claims and the profiles asked for.

        A claimed profile that is not on the shelf is a warning, one that is asked for an error.
        """
        found = self._checker.check(resource, is_strict=is_strict)
        if any(issue.severity is Severity.ERROR for issue in found):
            return found
        wanted = [*_claimed(resource), *profiles]
        if not any(url.partition("|")[0] in self._rows for url in wanted) and not profiles:
            return (*found, *(_unknown(url, resource, is_asked=False) for url in wanted))
        outcome = self._validator.validate(resource, profiles)
        told = [i for i in outcome.issues if i.rule not in (EXTENSION, "profile")]
        told += [i for i in outcome.issues if i.severity is Severity.ERROR and i not in told]
        told += [
            _unknown(url, resource, is_asked=url in profiles)
            for url in dict.fromkeys(wanted)
            if url.partition("|")[0] not in self._rows and not url.startswith(BASE)
        ]
        return (*found, *dict.fromkeys(told))

    def _read(self, shelf: Shelf, pack: str) -> list[Json]:
        """Take up the profiles of a pack, and return its value sets."""
        self._rows.update({row["url"]: row for row in shelf.rows(pack, STRUCTURES)})
        for row in shelf.rows(pack, ELEMENTS):
            element = orjson.loads(row["element"])
            self._elements.setdefault(row["profile"], []).append(element)
        sets: dict[str, list[Json]] = {}
        for row in shelf.rows(pack, CODES):
            codes = [{"code": code} for code in values_in(row["codes"])]
            part = {"system": row["system"]} | ({"concept": codes} if codes else {})
            sets.setdefault(row["value_set"], []).append(part)
        return [
            {"resourceType": "ValueSet", "url": url, "compose": {"include": parts}}
            for url, parts in sets.items()
        ]

    def _structure(self, url: str) -> Json | None:
        """Return a structure with its snapshot: a profile's, or a type's by the facts."""
        if url in self._made:
            return self._made[url]
        row, kind = self._rows.get(url), url.removeprefix(BASE)
        if row is not None:
            made = snapshot(self._profile(row), self._structure)
        elif url.startswith(BASE) and kind in self._kinds:
            made = structure(self._facts, kind)
        else:
            return None
        self._made[url] = made
        return made

    def _profile(self, row: Row) -> Json:
        return {
            "resourceType": "StructureDefinition",
            "url": row["url"],
            "type": row["kind"],
            "kind": row["sort"],
            "derivation": "constraint",
            "baseDefinition": row["base"],
            "differential": {"element": self._elements.get(row["url"], [])},
        }


def _claimed(resource: Json) -> list[str]:
    meta = resource.get("meta")
    return list(meta.get("profile", ())) if isinstance(meta, dict) else []


def _unknown(url: str, resource: Json, *, is_asked: bool) -> Issue:
    """Return the issue of a profile that is not at hand: it was not looked at."""
    severity = Severity.ERROR if is_asked else Severity.WARNING
    kind = str(resource.get("resourceType", ""))
    told = f"the profile {url[:200]} is not among those imported here, and was not looked at"
    return Issue(severity, "profile", f"{kind}.meta.profile" if not is_asked else kind, told)
