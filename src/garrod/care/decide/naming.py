"""Which medicines a line of a list names, by its codes and by its words."""

from __future__ import annotations

from typing import NamedTuple

from garrod.core.medicine import MedicineLine
from garrod.knowledge.medicines import Medicine, Medicines

MOST = 10_000  # Not clinical: lines whose medicines are kept in mind, about 1 kB each


class Read(NamedTuple):
    """A line as it was read: what it names, and whether codes and words name different things."""

    line: MedicineLine
    by: Medicines
    named: tuple[Medicine, ...]
    is_at_odds: bool


# By the line itself, which is held so that its number stays its own; forgotten all at once.
_kept: dict[int, Read] = {}


def named_in(medicines: Medicines, line: MedicineLine) -> tuple[Medicine, ...]:
    """Return the ingredients of a line, by its codes and by its words."""
    return _read(medicines, line).named


def is_at_odds(medicines: Medicines, line: MedicineLine) -> bool:
    """Return whether a line's codes and its words name different medicines."""
    return _read(medicines, line).is_at_odds


def _read(medicines: Medicines, line: MedicineLine) -> Read:
    """Return a line as it is read.

    A person's lines are the same objects until their record changes, and each is asked about some
    hundred times an order: what a line names is worked out once.
    """
    kept = _kept.get(id(line))
    if kept is not None and kept.line is line and kept.by is medicines:
        return kept
    if len(_kept) >= MOST:
        _kept.clear()
    coded, worded = _by_code(medicines, line), _by_words(medicines, line)
    is_odd = bool(coded) and bool(worded) and not set(coded) & set(worded)
    found = Read(line, medicines, tuple(dict.fromkeys((*coded, *worded))), is_odd)
    _kept[id(line)] = found
    return found


def codes_of_line(line: MedicineLine) -> tuple[str, ...]:
    """Return the codes of a line as "system|code"."""
    return tuple(f"{c.system}|{c.code}" for c in line.codings if c.code)


def _by_code(medicines: Medicines, line: MedicineLine) -> tuple[Medicine, ...]:
    found = (medicines.by_code(c.system, c.code) for c in line.codings)
    return tuple(m for m in found if m is not None)


def _by_words(medicines: Medicines, line: MedicineLine) -> tuple[Medicine, ...]:
    for words in (line.text, *(c.display for c in line.codings)):
        found = medicines.find_all(words) if words else ()
        if found:
            return found
    return ()
