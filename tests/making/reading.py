"""How hard a text is to read: the Flesch-Kincaid grade, for texts that patients read.

words, sentences, syllables -> grade; the reading age is about the grade and five years
Source: Kincaid et al., Research Branch Report 8-75, 1975: 0.39 words a sentence + 11.8 syllables
a word - 15.59
"""

from __future__ import annotations

import re
from html import unescape

AGE = 5  # years between a grade and the age of those who are in it
_SENTENCE = re.compile(r"[.!?:]+(?:\s|$)|\n+")
_WORD = re.compile(r"[A-Za-z][A-Za-z’'-]*")
_VOWELS = re.compile(r"[aeiouy]+")


_BLOCK = re.compile(
    r"<(p|li|dd|dt|h[1-4]|label|legend|summary|button|th|td)\b[^>]*>(.*?)</\1>", re.DOTALL
)
_UNREAD = re.compile(r"<(select|textarea|pre|script)\b.*?</\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_NAMES = re.compile(r"[A-Z]{2}|[Ss]ynthetic|20\d\d|%")  # genes, people, days, codes


def worded(page: str) -> str:
    """Return what is ours to word in the main part of a page: a line for each block, once.

    Blocks with names of genes and people, or with days, are not ours to make easier.
    """
    main = page.partition('<main id="main"')[2].partition("</main>")[0].partition(">")[2]
    main = _UNREAD.sub("", main)
    found = (" ".join(unescape(_TAG.sub(" ", b[2])).split()) for b in _BLOCK.finditer(main))
    ours = [b for b in dict.fromkeys(found) if b and not _NAMES.search(b)]
    return "\n".join(b if b[-1] in ".?!:" else f"{b}." for b in ours)


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
