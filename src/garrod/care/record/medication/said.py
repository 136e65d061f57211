"""What a resource that is no line says of a medicine, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from garrod.care.record.medication.line import Author, Content, Hold, State


class Source(StrEnum):
    """What sort of resource told of a medicine."""

    REQUEST = "request"
    DISPENSE = "dispense"
    ADMINISTRATION = "administration"
    STATEMENT = "statement"


@dataclass(frozen=True, slots=True)
class Reported:
    """What a resource that is no line says of a medicine, as the list may follow it.

    `state` None: it says nothing of the therapy's state. `author.setting` is that of the resource.
    """

    source: Source
    reference: str
    patient: str
    content: Content
    author: Author
    treatment_id: str = ""
    based_on: tuple[str, ...] = ()
    state: State | None = None
    reason: str = ""
    hold: Hold | None = None
    effective: datetime | None = None
    ended: date | None = None
    is_error: bool = False
