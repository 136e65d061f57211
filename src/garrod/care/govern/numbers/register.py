"""The register of data uses: who was given what about people, why, by which law, and when.

lines of the ledger -> plain values, or a page. It has no small numbers: the ledger has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from garrod.care.govern.numbers.basis import BASES
from garrod.care.govern.numbers.release import GIVEN, Line

_HEAD = ("No.", "When (UTC)", "Who", "Project", "Purpose", "Legal basis", "Data set", "What", "How",
         "People", "Outcome")  # fmt: skip
_PAGE = """# Register of data uses

Made from the ledger of releases; not written by hand. Each line's hash stands in the audit log.
{count} given, {refused} refused.

"""


def as_values(lines: Sequence[Line]) -> dict[str, Any]:
    """Return the register as plain values."""
    return {"releases": [{**line.told(), "law": BASES[line.asked.basis].law} for line in lines]}


def as_markdown(lines: Sequence[Line]) -> str:
    """Return the register as a page."""
    given = sum(line.outcome == GIVEN for line in lines)
    rows = ["| " + " | ".join(_HEAD) + " |", "|" + " --- |" * len(_HEAD)]
    rows += ["| " + " | ".join(_safe(cell) for cell in _cells(line)) + " |" for line in lines]
    return _PAGE.format(count=given, refused=len(lines) - given) + "\n".join(rows) + "\n"


def _cells(line: Line) -> tuple[str, ...]:
    asked = line.asked
    how = f"{asked.deed}, epsilon {asked.epsilon}" if asked.epsilon else asked.deed
    law = f"{asked.basis}: {BASES[asked.basis].law}"
    said = (asked.analyst, asked.project, asked.purpose, law, asked.data_set, asked.what, how)
    return (str(line.id), line.at, *said, line.people or "not told", line.outcome)


def _safe(cell: str) -> str:
    """Return text that stays in its cell and is no markup."""
    text = " ".join(cell.split()).replace("\\", "\\\\")
    for mark in "|<>[]`*_":
        text = text.replace(mark, f"\\{mark}")
    return text
