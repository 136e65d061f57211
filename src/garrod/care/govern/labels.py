"""Which codes make a resource sensitive: security labels computed from the codes within it.

The rows are those of the pack security-labels: a code, or the beginning of one, and the labels that
it stands for; a condition by its id in clinical-terms, a medicine by its id in drugs, each with all
its codes and words. What a resource says of itself (meta.security) is only ever added to.
Source: HL7 v3-ActCode, _ActInformationSensitivityPolicy; the pack's evidence
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from garrod.care.govern.consent.model import Code
from garrod.core.identifiers import Atc, Icd10, RxNorm, Snomed
from garrod.knowledge.pack import Row
from garrod.knowledge.shelf import Shelf

PACK, DRUGS, TERMS = "security-labels", "drugs", "clinical-terms"
CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
LEVELS = frozenset("ULMNRV")
NORMAL = "N"
_NOTHING: frozenset[str] = frozenset()
# Systems that hold the codes of another: the United Kingdom's and the Americans' ICD-10.
_AS = {f"{Icd10.system}-uk": Icd10.system, f"{Icd10.system}-cm": Icd10.system}
_KEPT = 16_384  # Not clinical: texts whose labels are kept in mind


class Labels:
    """The labels in force; `reference` names the packs that they are of."""

    __slots__ = (
        "_codes", "_kinds", "_levels", "_medicines", "_phrases", "_seen", "_starts", "_systems",
        "reference",
    )  # fmt: skip

    def __init__(self, shelf: Shelf) -> None:
        packs = (PACK, DRUGS, TERMS)
        self.reference = " ".join(ref for pack in packs for ref in shelf.references(pack))
        rows = shelf.rows(PACK, "labels")
        self._systems = {row["label"]: row["system"] for row in rows}
        self._levels = {row["label"]: row["confidentiality"] for row in rows}
        self._kinds = {r["kind"]: _labels(r) for r in shelf.rows(PACK, "kinds")}
        self._codes: dict[Code, frozenset[str]] = {}
        self._starts: dict[str, dict[str, frozenset[str]]] = {}
        self._phrases: dict[str, frozenset[str]] = {}  # whole texts
        self._seen: dict[str, frozenset[str]] = {}
        for row in shelf.rows(PACK, "codes"):
            if row["match"] == "start":
                self._add_start(row["system"], row["code"], _labels(row))
            else:
                self._add((row["system"], row["code"]), _labels(row))
        self._add_conditions(shelf)
        names = self._add_medicines(shelf)
        words = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
        self._medicines = (re.compile(rf"\b(?:{words})\b") if names else None, names)

    def _add(self, code: Code, labels: frozenset[str]) -> None:
        self._codes[code] = self._codes.get(code, _NOTHING) | labels

    def _add_start(self, system: str, start: str, labels: frozenset[str]) -> None:
        starts = self._starts.setdefault(system, {})
        start = start.replace(".", "")
        starts[start] = starts.get(start, _NOTHING) | labels

    def _add_conditions(self, shelf: Shelf) -> None:
        wanted = {r["condition"]: _labels(r) for r in shelf.rows(PACK, "conditions")}
        for row in shelf.rows(TERMS, "term_conditions"):
            if labels := wanted.get(row["condition"]):
                for code in _parts(row, "snomed"):
                    self._add((Snomed.system, code), labels)
                for start in _parts(row, "icd10"):
                    self._add_start(Icd10.system, start, labels)
                for words in _parts(row, "words"):
                    folded = words.casefold()
                    self._phrases[folded] = self._phrases.get(folded, _NOTHING) | labels

    def _add_medicines(self, shelf: Shelf) -> dict[str, frozenset[str]]:
        """Add the codes of medicines, and return their names with what they stand for."""
        wanted = {r["drug"]: _labels(r) for r in shelf.rows(PACK, "medicines")}
        names: dict[str, frozenset[str]] = {}
        for row in shelf.rows(DRUGS, "drugs"):
            if labels := wanted.get(row["drug"]):
                for system, column in ((Atc.system, "atc"), (RxNorm.system, "rxnorm")):
                    for code in _parts(row, column):
                        self._add((system, code), labels)
                for name in (row["name"], *_parts(row, "synonyms")):
                    names[name.casefold()] = names.get(name.casefold(), _NOTHING) | labels
        for row in shelf.rows(DRUGS, "rxnorm"):
            if labels := wanted.get(row["drug"]):
                self._add((RxNorm.system, row["rxnorm"]), labels)
        return names

    def of(self, kind: str, codes: Iterable[Code], texts: Iterable[str] = ()) -> frozenset[str]:
        """Return the sensitivities that a kind, codes and the words beside them stand for."""
        found = self._kinds.get(kind, _NOTHING)
        for system, code in codes:
            system = _AS.get(system, system)
            if labels := self._codes.get((system, code)):
                found |= labels
            if starts := self._starts.get(system):
                code = code.replace(".", "")
                for length in range(2, len(code) + 1):
                    if labels := starts.get(code[:length]):
                        found |= labels
        for text in texts:
            labels = self._seen.get(text)
            if labels is None:
                labels = self._remembered(text)
            if labels:
                found |= labels
        return found

    def _remembered(self, text: str) -> frozenset[str]:
        if len(self._seen) >= _KEPT:
            self._seen.clear()
        self._seen[text] = self._of_text(text)
        return self._seen[text]

    def _of_text(self, text: str) -> frozenset[str]:
        """Return what a text stands for: a condition by all of it, a medicine by a name in it."""
        folded = text.strip().casefold()
        found = self._phrases.get(folded, _NOTHING)
        pattern, names = self._medicines
        if pattern is not None:
            for match in pattern.finditer(folded):
                found |= names[match[0]]
        return found

    def completed(self, stated: frozenset[str], computed: frozenset[str]) -> frozenset[str]:
        """Return the labels of a resource: stated, computed, and the confidentiality they ask for.

        What has a sensitivity and states no confidentiality is as confidential as the sensitivity
        asks; what has neither is normal. A stated one is raised by a computed sensitivity, so that
        whoever wrote "N" beside a code that is listed here does not open it.
        """
        asked = {self._levels[label] for label in computed if label in self._levels}
        if not stated & LEVELS:
            asked |= {self._levels[label] for label in stated if label in self._levels}
            asked = asked or {NORMAL}
        return stated | computed | asked

    def system_of(self, label: str) -> str:
        """Return the system of a label that is computed here."""
        return CONFIDENTIALITY if label in LEVELS else self._systems.get(label, ACT_CODE)


def _labels(row: Row) -> frozenset[str]:
    return frozenset(row["labels"].split("|"))


def _parts(row: Row, column: str) -> Iterator[str]:
    """Yield what a cell lists."""
    return (part for part in row[column].split("|") if part)
