"""Which medicines a line of a list names, by its codes and by its words."""

from __future__ import annotations

from garrod.core.medicine import MedicineLine
from garrod.knowledge.medicines import Medicine, Medicines


def named_in(medicines: Medicines, line: MedicineLine) -> tuple[Medicine, ...]:
    """Return the ingredients of a line, by its codes and by its words."""
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
