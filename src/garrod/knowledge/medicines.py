"""Which ingredient a name, a brand, a code or a line of free text stands for.

pack drugs -> Medicines: text -> words -> longest known name at each word -> Medicine
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from garrod.knowledge.pack import Row, values_in
from garrod.knowledge.shelf import Shelf

PACK = "drugs"
CLOSE = 0.82  # how alike two spellings must be to be suggested, 0 to 1. Source: own choice
SUGGESTIONS = 5
FIRST_WORDS, LONG_WORD = 3, 6  # Not clinical: words of a line looked at, letters of such a word
KEPT, KEPT_LETTERS = 4096, 200  # Not clinical: texts whose words are kept, letters of the longest
_WORD = re.compile(r"[^\W_]+")

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Medicine:
    """An ingredient: its id in the packs, its British name, other names, codes and class."""

    drug: str
    name: str
    synonyms: tuple[str, ...]
    atc: tuple[str, ...]
    rxnorm: str
    drug_class: str
    evidence: str

    @property
    def names(self) -> tuple[str, ...]:
        """Return every spelling by which it is known."""
        return (self.drug, self.name, *self.synonyms)


@dataclass(frozen=True, slots=True)
class Medicines:
    """The ingredients on the shelf, indexed by id, code and words."""

    reference: str
    by_drug: Mapping[str, Medicine]
    by_words: Mapping[Words, tuple[Medicine, ...]]
    longest: int  # most words in one name
    by_atc: Mapping[str, Medicine]
    by_rxnorm: Mapping[str, Medicine]
    classes: Mapping[str, str]
    local_forms: frozenset[Words]
    systemic_forms: frozenset[Words]  # gels and patches that reach the blood
    remarks: frozenset[Words]
    combinations: Mapping[str, frozenset[Words]]  # by drug: words of what it is combined with
    others: frozenset[Words]  # medicines without guidance that are spelled much like one with it

    def by_id(self, drug: str) -> Medicine | None:
        """Return the medicine with that id of the packs, or None."""
        return self.by_drug.get(drug)

    def by_code(self, system: str, code: str) -> Medicine | None:
        """Return the medicine of an ATC or RxNorm ingredient code; any spelling of the system."""
        name = system.lower()
        if "rxnorm" in name:
            return self.by_rxnorm.get(code.strip())
        if "atc" in name:
            return self.by_atc.get(code.strip().upper())
        return None

    def find(self, text: str) -> Medicine | None:
        """Return the first medicine named in a text, or None; combinations need `find_all`."""
        return next(iter(self.find_all(text)), None)

    def find_all(self, text: str) -> tuple[Medicine, ...]:
        """Return the medicines named in a text by whole words, in order of appearance."""
        words = words_of(text)
        found: dict[str, Medicine] = {}
        place = 0
        while place < len(words):
            length = min(self.longest, len(words) - place)
            while length and words[place : place + length] not in self.by_words:
                length -= 1
            for medicine in self.by_words.get(words[place : place + length], ()):
                found.setdefault(medicine.drug, medicine)
            place += max(length, 1)
        return tuple(found.values())

    def suggest(self, text: str) -> tuple[str, ...]:
        """Return known names that are spelled much like a text, or its words, the closest first.

        A text that names another real medicine (quinine) is no misspelling of one here (quinidine).
        """
        if _first_within(words_of(text), self.others):
            return ()
        known = {"".join(words): found[0] for words, found in self.by_words.items()}
        salts = {word for words in self.by_words for word in words[1:]}  # "hydrochloride"
        words = [w for w in words_of(text)[:FIRST_WORDS] if len(w) >= LONG_WORD and w not in salts]
        joined = "".join(w for w in words_of(text) if w.isalpha())  # "co-codomol", "clopi dogrel"
        close = [
            m for w in (*words, joined) for m in get_close_matches(w, known, SUGGESTIONS, CLOSE)
        ]
        return tuple(dict.fromkeys(known[spelling].name for spelling in close))

    def is_local(self, text: str) -> bool:
        """Return whether a text names a form that acts where it is put (cream, eye drops).

        A form that is known to reach the blood (estradiol gel) is none, whatever else is said.
        What follows from it is for the caller: ear drops with an aminoglycoside can still harm.
        """
        words = words_of(text)
        is_said = _first_within(words, self.local_forms)
        return bool(is_said) and not _first_within(words, self.systemic_forms)

    def is_combined(self, drug: str, text: str) -> bool:
        """Return whether a text names a combination of a drug that its guidance is not for."""
        return bool(_first_within(words_of(text), self.combinations.get(drug, frozenset())))

    def remark_in(self, text: str) -> str:
        """Return the words of a text that say it may not be taken ("stopped"), or nothing."""
        return " ".join(_first_within(words_of(text), self.remarks))


@lru_cache(maxsize=KEPT)
def _first_within(words: Words, phrases: frozenset[Words]) -> Words:
    """Return the first of some phrases, in their order, that stands in the words, or nothing."""
    within = runs_of(words, _longest(phrases))
    return min((phrase for phrase in within if phrase in phrases), default=())


@lru_cache(maxsize=1024)
def _longest(phrases: frozenset[Words]) -> int:
    """Return the most words in one of some phrases: asked at every line, worked out once."""
    return max(map(len, phrases), default=0)


def runs_of(words: Words, longest: int) -> Iterator[Words]:
    """Yield each run of at most so many words that stands in words, the short ones first."""
    for length in range(1, min(longest, len(words)) + 1):
        for place in range(len(words) - length + 1):
            yield words[place : place + length]


def words_of(text: str) -> Words:
    """Return the words of a text in lower case, without marks: "Co-codamol" is two words.

    The same lines are read again at every order, so that short texts are split once.
    """
    return _kept_words(text) if len(text) <= KEPT_LETTERS else _split(text)


def _split(text: str) -> Words:
    return tuple(_WORD.findall(text.casefold()))


_kept_words = lru_cache(maxsize=KEPT)(_split)


def load_medicines(shelf: Shelf) -> Medicines:
    """Return the medicines in force.  Raises: KnowledgeError KNO002, KNO004."""
    known = [_medicine(row) for row in shelf.rows(PACK, "drugs")]
    by_words: dict[Words, tuple[Medicine, ...]] = {}
    for medicine in known:
        for words in dict.fromkeys(words_of(name) for name in medicine.names):
            by_words[words] = (*by_words.get(words, ()), medicine)
    forms: dict[str, set[Words]] = {"local": set(), "systemic": set()}
    for row in shelf.rows(PACK, "forms"):
        forms[row["reach"]].add(words_of(row["words"]))
    remarks = (words_of(row["words"]) for row in shelf.rows(PACK, "remarks"))
    others = (words_of(row["words"]) for row in shelf.rows(PACK, "others"))
    combined: dict[str, set[Words]] = {}
    for row in shelf.rows(PACK, "combinations"):
        combined.setdefault(row["drug"], set()).add(words_of(row["words"]))
    return Medicines(
        reference=shelf.reference(PACK),
        by_drug={m.drug: m for m in known},
        by_words=by_words,
        longest=max(map(len, by_words), default=0),
        by_atc=_first((code, m) for m in known for code in m.atc),
        by_rxnorm=_first((m.rxnorm, m) for m in known if m.rxnorm),
        classes={row["class"]: row["name"] for row in shelf.rows(PACK, "classes")},
        local_forms=frozenset(forms["local"]),
        systemic_forms=frozenset(forms["systemic"]),
        remarks=frozenset(remarks),
        combinations={drug: frozenset(words) for drug, words in combined.items()},
        others=frozenset(others),
    )


def _first(pairs: Iterable[tuple[str, Medicine]]) -> dict[str, Medicine]:
    found: dict[str, Medicine] = {}
    for code, medicine in pairs:
        found.setdefault(code, medicine)
    return found


def _medicine(row: Row) -> Medicine:
    return Medicine(
        drug=row["drug"],
        name=row["name"],
        synonyms=values_in(row["synonyms"]),
        atc=values_in(row["atc"]),
        rxnorm=row["rxnorm"],
        drug_class=row["class"],
        evidence=row["evidence"],
    )
