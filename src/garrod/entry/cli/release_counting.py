"""Counts people: hidden and rounded, or with noise; the ledger first, then the answer."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from garrod.adapters.govern.lines import files_of
from garrod.adapters.govern.subjects import subjects_of
from garrod.care.govern.numbers.cohort import (
    Counted,
    Question,
    counted,
    heads,
    names_of,
    term_of,
)
from garrod.care.govern.numbers.noise import epsilon_of, noised
from garrod.care.govern.numbers.release import COUNTS, NOISE, Line
from garrod.care.govern.numbers.suppress import SMALL, STEP, suppressed
from garrod.care.govern.numbers.table import TOTAL, Cell
from garrod.core.errors import UsageError
from garrod.entry.cli.release_opening import Who, opened_ledger, told_audit
from garrod.entry.housing import clock, folder_of


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be counted, as it was written."""

    inputs: tuple[Path, ...]
    by: str
    where: tuple[str, ...] = ()
    noise: str = ""
    on: str = ""

    def question(self) -> Question:
        """Return whom to count.  Raises: UsageError USE063."""
        try:
            on = date.fromisoformat(self.on) if self.on else clock().date()
        except ValueError:
            raise UsageError("--on is a date, like 2026-01-31", code="USE063") from None
        return Question(names_of(self.by), tuple(term_of(text) for text in self.where), on)


def counted_for(who: Who, wish: Wish, data: str) -> dict[str, Any]:
    """Return counts as they may be told.

    Raises: UsageError, InputError INP201, INP202, OutsideError, AccessDenied ACC060, REL001,
    REL002.
    """
    question, files = wish.question(), files_of(wish.inputs)
    epsilon = epsilon_of(wish.noise) if wish.noise else None
    asked = who.asked(
        NOISE if epsilon else COUNTS, question.words(), files, str(epsilon) if epsilon else ""
    )
    has_codes = any(term.name == "has" for term in question.terms)
    subjects = subjects_of(files, who.screen(files), has_codes=has_codes)
    folder = folder_of(data)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with opened_ledger(folder) as ledger:
        if epsilon:
            found = counted(subjects, {s.id: i for i, s in enumerate(subjects)}, question)
            line = told_audit(asked, folder, lambda: ledger.spend(asked))
            return _told(line, found, noised(found.table, epsilon, secrets.randbelow))
        numbers = ledger.numbered(asked.data_set, [subject.id for subject in subjects])
        found = counted(subjects, numbers, question)
        released = suppressed(found.table)
        people = _people(found, released.shown)
        line = told_audit(
            asked,
            folder,
            lambda: ledger.ask(asked, found.shown(released), found.everybody, people=people),
        )
    return _told(line, found, released.shown)


def _people(found: Counted, shown: Mapping[Cell, int | None]) -> str:
    """Return how many people an answer is about, as the register may say it."""
    grand = shown[TOTAL, TOTAL if found.table.has_column_totals() else found.table.columns[0]]
    return "" if grand is None else f"about {grand:,}"


def _told(line: Line, found: Counted, shown: Mapping[Cell, int | None]) -> dict[str, Any]:
    rows, columns = heads(found.table)
    rule = (
        f"noise of epsilon {line.asked.epsilon}; totals are sums of noised counts"
        if line.asked.epsilon
        else f"counts of {SMALL} and fewer, and such as would tell them, are null; "
        f"others are rounded to {STEP}"
    )
    return {
        "release": line.id,
        "data_set": line.asked.data_set,
        "what": line.asked.what,
        "rule": rule,
        "columns": ["total" if c == TOTAL else c for c in columns],
        "rows": [
            {
                "name": "total" if row == TOTAL else row,
                "counts": [shown[row, column] for column in columns],
            }
            for row in rows
        ],
    }
