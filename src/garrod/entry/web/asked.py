"""What a browser asks: the path, the question, the form, who is signed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from garrod.care.govern.access import LOCAL, Actor
from garrod.core.errors import InputError
from garrod.entry.consult import Consult
from garrod.entry.web.seals import Seals, Session

Demand = Callable[[str], None]
MOST = 200  # Not clinical: fields of a form
LONGEST = 2_000  # Not clinical: characters of a field
LONG_FIELDS = {"message": 1_000_000}  # Not clinical: what is pasted whole (connect)


def _nothing(_: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that came with a form: where it lies until its page takes it, and its sender's name.

    It is gone when the answer is, unless the page moves it away.
    """

    path: Path
    name: str  # as a person reads it: never a path
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of somebody who is signed in."""

    method: str
    path: tuple[str, ...]
    fields: Mapping[str, str]
    session: Session
    seals: Seals
    consult: Consult
    base: str  # scheme and host, as the browser knows them
    actor: Actor = LOCAL  # who is signed in
    demand: Demand = _nothing  # asks for a sign-in of just now (Record.demand_fresh)
    log: Callable[[], Any] = lambda: None  # the audit log while it is open
    file: Sent | None = None  # that came with the form, where a place takes files
    data: Path | None = None  # the folder in which this server keeps its data

    @property
    def csrf(self) -> str:
        """Return the token for the forms of the answer."""
        return self.seals.csrf(self.session)


def fields_of(text: str) -> dict[str, str]:
    """Return the fields of a question or a form, the first of each name; no control characters.

    Raises: InputError API004 where they are too many.
    """
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST)
    except ValueError as error:
        raise InputError("the form has too many fields.", code="API004") from error
    found: dict[str, str] = {}
    for name, value in pairs:
        found.setdefault(name, cleaned(name, value))
    return found


def cleaned(name: str, value: str) -> str:
    """Return the value of a field without control characters, no longer than it may be."""
    if name in LONG_FIELDS:  # lines end as the sender ends them: HL7 v2 by a carriage return alone
        value = value.replace("\r\n", "\n").replace("\r", "\n")
    clean = "".join(c if c.isprintable() or c == "\n" else " " for c in value)
    return clean.strip()[: LONG_FIELDS.get(name, LONGEST)]
