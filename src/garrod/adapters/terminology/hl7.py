"""The codes of HL7's R4 that the pack fhir-r4 holds: required value sets, and their code systems.

The pack holds codes alone: no words, no hierarchy. A system is whole where one value set of its own
name takes all of its codes from it; of any other system, some codes are known and no more.
"""

from __future__ import annotations

from collections.abc import Iterator

from garrod.adapters.fhir.check.facts import PACK
from garrod.adapters.terminology.model import (
    Concept,
    Designation,
    Filter,
    NotDone,
    Property,
    Unknown,
    has_words,
)
from garrod.knowledge.pack import values_in
from garrod.knowledge.shelf import Shelf

VALUE_SETS = "http://hl7.org/fhir/ValueSet/"
VERSION = "4.0.1"


class Hl7System:
    """A code system of which the pack holds codes."""

    version = VERSION

    def __init__(self, url: str, codes: frozenset[str], source: str, *, is_whole: bool) -> None:
        self.url = url
        self.name = url.rpartition("/")[2]
        self.source = source
        self.is_whole = is_whole
        self._codes = codes

    def find(self, code: str) -> Concept | None:
        """Return a concept; None where there is surely none.  Raises: Unknown."""
        if code in self._codes:
            return Concept(self.url, code)
        if not self.is_whole:
            raise Unknown(
                f"{self.source} holds some codes of {self.url}, and this one is not among them: "
                "whether it exists is not known here."
            )
        return None

    def designations(self, code: str) -> list[Designation]:
        """Return nothing: the pack holds no words."""
        return []

    def properties(self, code: str) -> list[Property]:
        """Return nothing: the pack holds codes alone."""
        return []

    def is_below(self, code: str, other: str) -> bool:
        """Return True for a code and itself.  Raises: Unknown for two codes."""
        if code == other and self.find(code) is not None:
            return True
        raise self._no_hierarchy()

    def _no_hierarchy(self) -> Unknown:
        return Unknown(f"{self.source} does not hold what is a kind of what in {self.url}.")

    def below(self, code: str) -> Iterator[Concept]:
        """Raise Unknown: there is no hierarchy."""
        raise self._no_hierarchy()

    def above(self, code: str) -> Iterator[Concept]:
        """Raise Unknown: there is no hierarchy."""
        raise self._no_hierarchy()

    def every(self) -> Iterator[Concept]:
        """Yield all concepts.  Raises: Unknown."""
        if not self.is_whole:
            raise Unknown(f"{self.source} does not hold all codes of {self.url}.")
        return (Concept(self.url, code) for code in sorted(self._codes))

    def worded(self, words: str) -> Iterator[Concept]:
        """Yield the codes that have all words (or beginnings of them)."""
        return (c for c in self.every() if has_words(words, c.code))

    def passes(self, code: str, wanted: Filter) -> bool:
        """Raise: filters need more than the pack holds."""
        if wanted.op in ("is-a", "descendent-of", "is-not-a", "generalizes"):
            raise self._no_hierarchy()
        raise NotDone(f"{self.source} holds no properties of {self.url} to filter by.")

    def fitting(self, wanted: Filter) -> Iterator[Concept]:
        """Raise: filters need more than the pack holds."""
        return (c for c in self.every() if self.passes(c.code, wanted))


class Hl7:
    """Value sets and code systems of the pack."""

    def __init__(self, shelf: Shelf) -> None:
        source = shelf.reference(PACK)
        self._sets: dict[str, dict[str, tuple[str, ...]]] = {}
        for row in shelf.rows(PACK, "codes"):
            codes = values_in(row["codes"])
            if codes:
                self._sets.setdefault(row["value_set"], {})[row["system"]] = codes
        known: dict[str, set[str]] = {}
        whole: set[str] = set()
        for name, systems in self._sets.items():
            for url, listed in systems.items():
                known.setdefault(url, set()).update(listed)
                if len(systems) == 1 and url.rpartition("/")[2] == name:
                    whole.add(url)
        self.systems = {
            url: Hl7System(url, frozenset(codes), source, is_whole=url in whole)
            for url, codes in known.items()
        }

    def value_set(self, url: str) -> dict[str, object] | None:
        """Return a value set as a resource; None where the pack has none of that url."""
        name = url.removeprefix(VALUE_SETS)
        if name == url or name not in self._sets:
            return None
        include = [
            {"system": system, "concept": [{"code": code} for code in codes]}
            for system, codes in self._sets[name].items()
        ]
        return {
            "resourceType": "ValueSet",
            "url": url,
            "version": VERSION,
            "name": name,
            "status": "active",
            "compose": {"include": include},
        }
