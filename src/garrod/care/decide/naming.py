"""Which medicines a line of a list names, by its codes and by its words."""

from __future__ import annotations

from garrod.core.medicine import MedicineLine
from garrod.knowledge.medicines import Medicine, Medicines

MOST = 10_000  # Not clinical: lines whose medicines are kept in mind, about 1 kB each
Named = tuple[Medicine, ...]
# By the line itself, which is held so that its number stays its own; forgotten all at once.
_read: dict[int, tuple[MedicineLine, Medicines, Named]] = {}


def named_in(medicines: Medicines, line: MedicineLine) -> tuple[Medicine, ...]:
    """Return the ingredients of a line, by its codes and by its words.

    A person's lines are the same objects until their record changes, and each is asked about some
    hundred times an order: what a line names is worked out once.
    """
    kept = _read.get(id(line))
    if kept is not None and kept[0] is line and kept[1] is medicines:
        return kept[2]
    if len(_read) >= MOST:
        _read.clear()
    found = _named(medicines, line)
    _read[id(line)] = (line, medicines, found)
    return found


def _named(medicines: Medicines, line: MedicineLine) -> Named:
    return tuple(dict.fromkeys((*_by_code(medicines, line), *_by_words(medicines, line))))


def is_at_odds(medicines: Medicines, line: MedicineLine) -> bool:
    """Return whether a line's codes and its words name different medicines."""
    coded, worded = _by_code(medicines, line), _by_words(medicines, line)
    return bool(coded) and bool(worded) and not set(coded) & set(worded)


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
