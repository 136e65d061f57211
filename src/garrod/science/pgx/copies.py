"""Copies and tandems of CYP2D6: how they are written, and how much activity they add up to.

"*1x2", "*1x≥3", "*36+*10", "*13 + *1x2": one strand may carry several copies of the gene.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from garrod.core.finding import NO_RULE

_COPY = re.compile(r"(\*\d+[A-Z]*)(?:[x×](≥|>=)?(\d+|N))?")
TOP = 3  # from here on, copies are written "x≥3" where the tables do so. Source: PMID 31647186


@dataclass(frozen=True, slots=True)
class Activity:
    """A score, exact or only a lower bound; None is unknown."""

    value: Decimal | None
    is_bound: bool = False

    def __add__(self, other: Activity) -> Activity:
        """Return the sum; unknown and bounds are catching."""
        if self.value is None or other.value is None:
            return Activity(None)
        return Activity(self.value + other.value, self.is_bound or other.is_bound)

    @property
    def text(self) -> str:
        """Return the score as CPIC writes it: "1.25", "2.0", "≥3.0", or "n/a"."""
        if self.value is None:
            return NO_RULE
        short = self.value.normalize()
        shown = f"{short:.1f}" if short == short.quantize(Decimal("0.1")) else f"{short:f}"
        return f"≥{shown}" if self.is_bound else shown


UNKNOWN = Activity(None)
NOTHING = Activity(Decimal(0))


def activity_of(text: str) -> Activity:
    """Return a score that was written down.

    Source: CPIC's way of writing activity scores.
    """
    match = re.fullmatch(r"(≥|>=)?\s*(\d+(?:\.\d+)?)", text.strip())
    return Activity(Decimal(match[2]), bool(match[1])) if match else UNKNOWN


def tidy_copies(name: str, known: Mapping[str, Activity]) -> str:
    """Return the haplotype's name in the tables' spelling: "*1x7" is "*1x≥3".

    Source: pack pgx-phenotypes, names of CYP2D6 haplotypes; PMID 31647186.
    """
    if name in known:
        return name
    parts = [_tidy(part.strip(), known) for part in name.split("+")]
    return " + ".join(parts)


def _tidy(part: str, known: Mapping[str, Activity]) -> str:
    match = _COPY.fullmatch(part)
    if not match or not match[3]:
        return part
    count = match[3]
    if count == "1" and not match[2]:
        return match[1]
    is_many = bool(match[2]) or (count.isdecimal() and int(count) >= TOP)
    if is_many and f"{match[1]}x≥{TOP}" in known:
        return f"{match[1]}x≥{TOP}"
    return f"{match[1]}x{'≥' if match[2] else ''}{count}"


def copies_activity(name: str, known: Mapping[str, Activity]) -> Activity:
    """Return the activity of one strand: each copy's value, times its number, added up.

    Source: PMID 31647186; values from pack pgx-phenotypes.
    """
    tidy = tidy_copies(name, known)
    if tidy in known:
        return known[tidy]
    total = NOTHING
    for part in tidy.split("+"):
        total = total + _copy_activity(part.strip(), known)
    return total


def _copy_activity(part: str, known: Mapping[str, Activity]) -> Activity:
    if part in known:
        return known[part]
    match = _COPY.fullmatch(part)
    if not match or match[1] not in known:
        return UNKNOWN
    one = known[match[1]]
    if one.value is None or not match[3]:
        return one
    is_open = bool(match[2]) or match[3] == "N"
    count = 2 if match[3] == "N" else int(match[3])
    return Activity(one.value * count, is_open and one.value > 0)


def is_haplotype(name: str, known: Mapping[str, Activity]) -> bool:
    """Return whether every part of a written haplotype is a known allele.

    Source: pack pgx-phenotypes.
    """
    if name in known:
        return True
    parts = [_COPY.fullmatch(part.strip()) for part in name.split("+")]
    return all(m is not None and m[1] in known for m in parts)
