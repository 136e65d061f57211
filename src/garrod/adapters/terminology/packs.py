"""A release in a site's pack as a code system: SNOMED CT or dm+d.

Source: FHIR R4 4.0.1, "Using SNOMED CT with FHIR" (properties, implicit value sets); SNOMED CT
release file specification (identifiers: partition and namespace).
"""

from __future__ import annotations

from collections.abc import Iterator

from garrod.adapters.terminology import ecl
from garrod.adapters.terminology.model import (
    DMD,
    SNOMED,
    Concept,
    Designation,
    Filter,
    NotDone,
    Property,
    Unknown,
    has_words,
)
from garrod.adapters.terminology.reading import COLUMNS, DOWN, UP, Found, Release, number_of
from garrod.adapters.terminology.schema import ABBREVIATED, FSN, PREFERRED, PREVIOUS

FSN_CODE, SYNONYM_CODE = "900000000000003001", "900000000000013009"
USES = {
    FSN: (SNOMED, FSN_CODE, "Fully specified name"),
    PREFERRED: (SNOMED, SYNONYM_CODE, "Synonym"),
    ABBREVIATED: (DMD, "ABBREVNM", "Abbreviated name"),
    PREVIOUS: (DMD, "NMPREV", "Previous name"),
}
SYNONYM = USES[PREFERRED]
SHOWN = 200  # Not clinical: children that a look-up lists at most
LONG = "1"  # the first digit of the partition of a code that bears a namespace


def namespace_of(code: str) -> int:
    """Return the namespace that a code bears; 0: the international release.

    Source: SNOMED CT release file specification, "Identifiers": the last but two and last but one
    digits are the partition; where it begins with 1, the seven digits before are the namespace.
    """
    return int(code[-10:-3]) if code[-3:-2] == LONG and len(code) > 10 else 0


class PackSystem:
    """A code system in the file of a pack."""

    def __init__(self, release: Release, source: str) -> None:
        self.release = release
        self.source = source
        self.url = release.meta["system"]
        self.version = release.meta["version"]
        self.name = release.meta["name"]

    def find(self, code: str) -> Concept | None:
        """Return a concept; None where there is surely none.

        Raises: Unknown where the code is of a namespace from which the release has nothing.
        """
        number = number_of(code)
        if number is None:
            return None
        found = self.release.concept(number)
        if found is not None:
            return self._concept(found)
        held = self.release.namespaces  # none: the release lists all that there is
        if held and namespace_of(code) not in held:
            raise Unknown(
                f"{self.source} has no concept of the namespace {namespace_of(code):07d}, so it is "
                "not known whether this code exists."
            )
        return None

    def _concept(self, found: Found) -> Concept:
        number, active, kind, term = found
        name = self.release.kinds.get(kind, "")
        return Concept(self.url, str(number), term, bool(active), kind=name)

    def _concepts(self, query: str, *values: object) -> Iterator[Concept]:
        for found in self.release.rows(query, *values):
            yield self._concept(found)

    def _number(self, code: str) -> int:
        """Return the number of a code that is there.  Raises: Unknown."""
        if self.find(code) is None:
            raise Unknown(f"there is no such code in {self.source}.")
        return int(code)

    def designations(self, code: str) -> list[Designation]:
        """Return other words for a concept that is there."""
        return [
            Designation(str(term), str(language), *USES.get(use, SYNONYM))
            for use, language, term in self.release.rows(
                "select use, language, term from description where concept = ? "
                "order by use, number",
                int(code),
            )
        ]

    def properties(self, code: str) -> list[Property]:
        """Return what is said of a concept, its parents, its first children, and its state."""
        number = int(code)
        found = self.release.concept(number)
        said = [Property("inactive", "false" if found and found[1] else "true", "boolean")]
        if found and found[2]:
            said.append(Property("kind", self.release.kinds[found[2]], "code"))
        for name, mine, other in (("parent", "child", "parent"), ("child", "parent", "child")):
            query = (
                f"select c.id, c.term from parent p join concept c on c.id = p.{other} "
                f"where p.{mine} = ? limit {SHOWN}"
            )
            said += [
                Property(name, str(id), "code", str(term))
                for id, term in self.release.rows(query, number)
            ]
        return said + self._stated(number)

    def _stated(self, number: int) -> list[Property]:
        query = (
            "select p.number, p.name, p.value, p.type, coalesce(c.term, p.description), p.within "
            "from property p left join concept c on p.type = 'coding' "
            "and c.id = cast(p.value as integer) where p.concept = ? order by p.number"
        )
        rows = [*self.release.rows(query, number)]
        parts: dict[object, list[Property]] = {}
        for _, name, value, type, words, within in rows:
            if within:
                part = Property(str(name), str(value), str(type), str(words))
                parts.setdefault(within, []).append(part)
        return [
            Property(str(name), str(value), str(type), str(words), tuple(parts.get(place, ())))
            for place, name, value, type, words, within in rows
            if not within
        ]

    def is_below(self, code: str, other: str) -> bool:
        """Return whether a code is another, or a kind of it.  Raises: Unknown."""
        return self.release.is_below(self._number(code), self._number(other))

    def below(self, code: str) -> Iterator[Concept]:
        """Yield a concept and all kinds of it.  Raises: Unknown."""
        query = f"{DOWN} select {COLUMNS} from kin join concept c on c.id = kin.id order by c.id"
        return self._concepts(query, self._number(code))

    def above(self, code: str) -> Iterator[Concept]:
        """Yield a concept and all that it is a kind of.  Raises: Unknown."""
        query = f"{UP} select {COLUMNS} from kin join concept c on c.id = kin.id order by c.id"
        return self._concepts(query, self._number(code))

    def every(self) -> Iterator[Concept]:
        """Yield all concepts."""
        return self._concepts(f"select {COLUMNS} from concept c order by c.id")

    def worded(self, words: str) -> Iterator[Concept]:
        """Yield the concepts with a term that has all words (or beginnings), the shortest first."""
        parts = "".join(c if c.isalnum() else " " for c in words).split()
        if not parts:
            return
        match = " AND ".join(f'"{part}" *' for part in parts)
        query = (
            f"select {COLUMNS} from words w join concept c on c.id = w.rowid "
            "where words match ? order by length(c.term), c.term, c.id"
        )
        for concept in self._concepts(query, match):
            terms = (d.term for d in self.designations(concept.code))
            if len(parts) == 1 or has_words(words, concept.display, *terms):
                yield concept

    def members(self, refset: str) -> Iterator[Concept]:
        """Yield the concepts of a reference set.  Raises: Unknown."""
        number = self._refset(refset)
        yield from self._concepts(
            f"select {COLUMNS} from member m join concept c on c.id = m.component "
            "where m.refset = ? order by c.id",
            number,
        )

    def is_member(self, code: str, refset: str) -> bool:
        """Return whether a concept is of a reference set.  Raises: Unknown."""
        query = "select 1 from member where refset = ? and component = ?"
        return self.release.has(query, self._refset(refset), number_of(code) or 0)

    def _refset(self, refset: str) -> int:
        number = number_of(refset) or 0
        if not self.release.has("select 1 from member where refset = ? limit 1", number):
            raise Unknown(f"{self.source} holds no simple reference set {refset[:18]}.")
        return number

    def refsets(self) -> Iterator[Concept]:
        """Yield the reference sets that are held."""
        yield from self._concepts(
            f"select {COLUMNS} from concept c where c.id in (select distinct refset from member "
            "union select distinct refset from mapping) order by c.id"
        )

    def of_kind(self, kind: str) -> Iterator[Concept]:
        """Yield the concepts of a kind, such as VMP."""
        number = next((n for n, name in self.release.kinds.items() if name == kind), -1)
        yield from self._concepts(
            f"select {COLUMNS} from concept c where c.kind = ? order by c.id", number
        )

    def passes(self, code: str, wanted: Filter) -> bool:
        """Return whether a concept fits a filter.  Raises: Unknown, NotDone."""
        match wanted.property, wanted.op:
            case (("concept" | "code"), ("is-a" | "descendent-of" | "is-not-a")):
                is_below = self.is_below(code, wanted.value)
                if wanted.op == "is-not-a":
                    return not is_below
                return is_below and (wanted.op == "is-a" or code != wanted.value)
            case (("concept" | "code"), "generalizes"):
                return self.is_below(wanted.value, code)
            case (("concept" | "code"), "in") if self.url == SNOMED:
                return self.is_member(code, wanted.value)
            case (("constraint" | "expression"), "=") if self.url == SNOMED:
                return ecl.passes(self, code, wanted.value)
            case "parent", "=":
                query = "select 1 from parent where child = ? and parent = ?"
                return self.release.has(query, int(code), number_of(wanted.value) or 0)
            case _, ("=" | "in" | "exists"):
                return self._has_property(code, wanted)
        raise _no_filter(wanted)

    def _has_property(self, code: str, wanted: Filter) -> bool:
        values = {p.value for p in self.properties(code) if p.name == wanted.property}
        if wanted.op == "exists":
            return bool(values) == (wanted.value == "true")
        sought = wanted.value.split(",") if wanted.op == "in" else [wanted.value]
        return not values.isdisjoint(sought)

    def fitting(self, wanted: Filter) -> Iterator[Concept]:
        """Yield the concepts that fit a filter.  Raises: Unknown, NotDone."""
        match wanted.property, wanted.op:
            case (("concept" | "code"), ("is-a" | "descendent-of")):
                found = self.below(wanted.value)
                return (c for c in found if wanted.op == "is-a" or c.code != wanted.value)
            case (("concept" | "code"), "generalizes"):
                return self.above(wanted.value)
            case (("concept" | "code"), "in") if self.url == SNOMED:
                return self.members(wanted.value)
            case (("constraint" | "expression"), "=") if self.url == SNOMED:
                return ecl.fitting(self, wanted.value)
            case "kind", "=":
                return self.of_kind(wanted.value)
            case "parent", "=":
                query = (
                    f"select {COLUMNS} from parent p join concept c on c.id = p.child "
                    "where p.parent = ? order by c.id"
                )
                return self._concepts(query, number_of(wanted.value) or 0)
            case name, "=" if name not in ("inactive", "child"):
                query = (
                    f"select distinct {COLUMNS} from property p join concept c on c.id = p.concept "
                    "where p.name = ? and p.value = ? order by c.id"
                )
                return self._concepts(query, name, wanted.value)
        return (c for c in self.every() if self.passes(c.code, wanted))


def _no_filter(wanted: Filter) -> NotDone:
    return NotDone(
        f"the filter {wanted.property[:40]} {wanted.op[:20]} is not answered here: expected "
        "concept is-a, descendent-of, is-not-a, generalizes, in; constraint =; or a property with "
        "=, in, exists."
    )
