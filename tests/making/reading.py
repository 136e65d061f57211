"""How hard a text is to read: the Flesch-Kincaid grade, for texts that patients read.

words, sentences, syllables -> grade; the reading age is about the grade and five years
Source: Kincaid et al., Research Branch Report 8-75, 1975: 0.39 words a sentence + 11.8 syllables
a word - 15.59
"""

from __future__ import annotations

import re

AGE = 5  # years between a grade and the age of those who are in it
_SENTENCE = re.compile(r"[.!?:]+(?:\s|$)|\n+")
_WORD = re.compile(r"[A-Za-z][A-Za-z’'-]*")
_VOWELS = re.compile(r"[aeiouy]+")


def grade(text: str) -> float:
    """Return the Flesch-Kincaid grade of a text; 0.0 of one without words."""
    sentences = [s for s in _SENTENCE.split(text) if _WORD.search(s)]
    words = _WORD.findall(text)
    if not words:
        return 0.0
    beats = sum(syllables(word) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * beats / len(words) - 15.59


def age(text: str) -> float:
    """Return the age at which a text is read with ease."""
    return grade(text) + AGE


def syllables(word: str) -> int:
    """Return the syllables of an English word, by its vowels; a silent e at the end is none."""
    plain = word.lower().strip("’'-")
    count = len(_VOWELS.findall(plain))
    if plain.endswith("e") and not plain.endswith(("le", "ee")) and count > 1:
        count -= 1
    return max(count, 1)
