"""Other lists as they are typed or pasted: one medicine a line, read as lines of a source.

"Ramipril 5 mg capsules - one each morning" -> Line; what cannot be understood keeps its words
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from garrod.adapters.fhir.lines.dosage_reading import dose_of
from garrod.adapters.fhir.lines.medicine import of_words
from garrod.care.record.medication.compare import SourceList
from garrod.care.record.medication.line import (
    Act,
    Author,
    Content,
    Line,
    MedicineOf,
    Setting,
    State,
    Transition,
)
from garrod.care.record.medication.transitions import begun

MOST = 60  # Not clinical: lines of one list
WIDEST = 300  # Not clinical: characters of a line
_CUT = re.compile(r"\s+[-–—]\s+|\s*[:;\t]\s*")


@dataclass(frozen=True, slots=True)
class Kind:
    """A list that a form has a field for."""

    field: str
    name: str
    setting: Setting
    hint: str


KINDS = (
    Kind("practice", "GP list or referral letter", Setting.GP, "As it was sent"),
    Kind("ward", "Ward chart", Setting.HOSPITAL, "What is given here"),
    Kind("pharmacy", "Community pharmacy", Setting.COMMUNITY_PHARMACY, "What was handed out"),
    Kind("person", "What the person says", Setting.PERSON,
         "With what was bought; shown as stated only"),
)  # fmt: skip


def unread_of(fields: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return what of the lists of a form cannot be taken as it is, each with its field."""
    found = []
    for kind in KINDS:
        said = [x.strip() for x in fields.get(kind.field, "").splitlines() if x.strip()]
        if len(said) > MOST:
            words = f"{kind.name}: {len(said)} lines, of which {MOST} can be taken at a time"
            found.append((f"#{kind.field}", words))
        if any(len(x) > WIDEST for x in said):
            words = f"{kind.name}: write each medicine in a line of at most {WIDEST} characters"
            found.append((f"#{kind.field}", words))
    return tuple(found)


def sources_of(fields: Mapping[str, str], by: Author, at: datetime) -> tuple[SourceList, ...]:
    """Return the lists that a form holds, those that are empty left out."""
    found = []
    for kind in KINDS:
        said = [x.strip() for x in fields.get(kind.field, "").splitlines() if x.strip()][:MOST]
        teller = replace(by, setting=kind.setting)
        lines = tuple(_line(f"{kind.field}-{n}", x, teller, at) for n, x in enumerate(said, 1))
        if lines:
            found.append(SourceList(kind.name, kind.setting, at, lines))
    return tuple(found)


def words_of(source: SourceList) -> tuple[str, ...]:
    """Return the lines of a list in words: two lists of the same words are the same."""
    return tuple(f"{x.content.medicine.text} - {x.content.directions}" for x in source.lines)


def _line(id: str, said: str, by: Author, at: datetime) -> Line:
    name, *rest = _CUT.split(said, maxsplit=1)
    directions = rest[0] if rest else ""
    dose = dose_of([{"text": directions}]) if directions else None
    content = Content(of_words(name, MedicineOf(name)), dose=dose, directions=directions)
    return begun(
        id, f"of-{id}", Transition(Act.BEGIN, by, at, at, to=State.ACTIVE, content=content)
    )
