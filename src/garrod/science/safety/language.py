"""The language in which a rule says when it holds: words, joined by "and", "or", "not", brackets.

text -> words -> tree -> Check: a function of a subject and the lines in question -> Answer
"age >= 65 and taking @nsaid for 90d and not taking @ppi" -- what each atom means: `atoms`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from garrod.core.errors import KnowledgeError
from garrod.knowledge.clinical import Clinical
from garrod.science.safety.subject import Subject, Taken
from garrod.science.safety.truth import Answer, all_of, any_of, not_

_WORD = re.compile(r'\s*("[^"]*"|[()]|<=|>=|!=|<|>|=|[^\s()<>=!"]+)')
JOINTS = frozenset(("and", "or", ")"))
NAMING = frozenset(("has", "indicated", "measure", "measured"))  # a name of the shelf follows


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a rule is asked about: the person, the line that it speaks of, and the other line."""

    subject: Subject
    line: Taken | None = None
    other: Taken | None = None


Check = Callable[[Asked], Answer]


class Words:
    """The words of an expression, taken from the left.  Faults name the rule and the word."""

    def __init__(self, text: str, rule: str) -> None:
        self.rule, self.text = rule, text
        self._words = _split(text, rule)
        self._at = 0

    def next(self) -> str:
        """Return the next word without taking it; "" at the end."""
        return self._words[self._at] if self._at < len(self._words) else ""

    def take(self, *wanted: str) -> str:
        """Return the next word and go past it; of some wanted ones.  Raises: KnowledgeError."""
        word = self.next()
        if not word or (wanted and word not in wanted):
            raise self.fault(f"expected {' or '.join(wanted) or 'a word'}, found {word or 'none'}")
        self._at += 1
        return word

    def skip(self, wanted: str) -> bool:
        """Return whether the next word is the wanted one, and go past it if so."""
        if self.next() != wanted:
            return False
        self._at += 1
        return True

    def fault(self, said: str) -> KnowledgeError:
        """Return the error that names the rule, the expression and what is wrong with it."""
        return KnowledgeError(f"rule {self.rule!r}: in “{self.text}” {said}", code="KNO010")


Atom = Callable[[Words, Clinical], Check]


def compiled(text: str, rule: str, clinical: Clinical, atoms: dict[str, Atom]) -> Check:
    """Return the check that an expression stands for.  Raises: KnowledgeError KNO010.

    Source: the project's rule language.
    """
    words = Words(text, rule)
    found = _either(words, clinical, atoms)
    if words.next():
        raise words.fault(f"{words.next()!r} is one word too many")
    return found


def names_in(text: str, rule: str) -> tuple[str, ...]:
    """Return the "@sets", conditions and measures that an expression names, each once.

    Raises: KnowledgeError KNO010.  Source: the project's rule language.
    """
    words = _split(text, rule)
    found = [
        part
        for before, word in zip(("", *words), words, strict=False)
        for part in word.split("|")
        if part.startswith("@") or before in NAMING
    ]
    return tuple(dict.fromkeys(found))


def _either(words: Words, clinical: Clinical, atoms: dict[str, Atom]) -> Check:
    parts = [_both(words, clinical, atoms)]
    while words.skip("or"):
        parts.append(_both(words, clinical, atoms))
    if len(parts) == 1:
        return parts[0]
    return lambda asked: any_of(part(asked) for part in parts)


def _both(words: Words, clinical: Clinical, atoms: dict[str, Atom]) -> Check:
    parts = [_one(words, clinical, atoms)]
    while words.skip("and"):
        parts.append(_one(words, clinical, atoms))
    if len(parts) == 1:
        return parts[0]
    return lambda asked: all_of(part(asked) for part in parts)


def _one(words: Words, clinical: Clinical, atoms: dict[str, Atom]) -> Check:
    if words.skip("not"):
        inner = _one(words, clinical, atoms)
        return lambda asked: not_(inner(asked))
    if words.skip("("):
        inner = _either(words, clinical, atoms)
        words.take(")")
        return inner
    word = words.take()
    if word not in atoms:
        raise words.fault(f"{word!r} is no question; there are {', '.join(sorted(atoms))}")
    return atoms[word](words, clinical)


def _split(text: str, rule: str) -> list[str]:
    found, place = [], 0
    while place < len(text.rstrip()):
        match = _WORD.match(text, place)
        if match is None:
            raise KnowledgeError(
                f"rule {rule!r}: “{text}” cannot be read from character {_start(text, place)}",
                code="KNO010",
            )
        found.append(match[1].strip('"'))
        place = match.end()
    return found


def _start(text: str, place: int) -> int:
    """Return which character, from 1, the next word would begin with."""
    return len(text) - len(text[place:].lstrip()) + 1
