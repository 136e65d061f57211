"""Reads a person's list from the store: as it is, as it was at a version, as it was known then.

A version of the list names the version of each line, so that what is read is one state, whatever
is written meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from garrod.care.record.medication.lists import MedicationList
from garrod.care.record.medicines_ports import LINE, LIST, Head, LineCodec, list_id
from garrod.care.record.ports import HistoryOf, View
from garrod.care.record.query import Include
from garrod.core.errors import InputError, InternalFault
from garrod.core.resource import Version


@dataclass(frozen=True, slots=True)
class Held:
    """A list as the store has it; without a version where nothing was ever written of one."""

    list: MedicationList
    head: Head
    versions: Mapping[str, Version] = field(default_factory=dict)  # of lines, by id
    version: Version | None = None  # of the list itself

    @property
    def at(self) -> datetime | None:
        """Return when this version of the list was written; None: never."""
        return self.version.at if self.version else None

    @property
    def patient(self) -> str:
        """Return whose list it is."""
        return self.list.patient

    @property
    def number(self) -> int:
        """Return the version of the list."""
        return self.list.version

    def flags(self) -> dict[str, str]:
        """Return the flag of each line."""
        return {listed.line_id: listed.flag for listed in self.head.listed}

    def latest(self) -> datetime | None:
        """Return when the newest step of any line was recorded."""
        return max((line.recorded for line in self.list.lines), default=None)


@dataclass(frozen=True, slots=True)
class Unread:
    """A list as the store has it, its lines not read: enough to show it as it is."""

    head: Head
    versions: Mapping[str, Version]
    version: Version

    @property
    def patient(self) -> str:
        """Return whose list it is."""
        return self.head.patient

    @property
    def number(self) -> int:
        """Return the version of the list."""
        return self.version.number


def nothing_of(patient: str) -> Held:
    """Return the list of somebody for whom none was written."""
    return Held(MedicationList(patient, 0), Head(patient))


async def load(view: View, codec: LineCodec, patient: str) -> Held:
    """Return a person's list as it is now; an empty one of version 0 where there is none."""
    newest = await view.read(LIST, list_id(patient))
    if newest is None or newest.is_deleted:
        return nothing_of(patient)
    return await held_in(view, codec, newest)


async def load_unread(view: View, codec: LineCodec, patient: str) -> Unread | None:
    """Return a person's list as it is now without reading its lines; None where there is none."""
    newest = await view.read(LIST, list_id(patient))
    if newest is None or newest.is_deleted:
        return None
    head = codec.head(newest)
    return Unread(head, await versions_of(view, head, newest), newest)


async def load_version(view: View, codec: LineCodec, patient: str, number: int) -> Held:
    """Return a version of a person's list.  Raises: InputError REC121 where there is none."""
    if number == 0:
        return nothing_of(patient)
    found = await view.read_version(LIST, list_id(patient), number)
    if found is None or found.is_deleted:
        raise InputError(
            f"the list has no version {number}: read it, and use the entity tag of it.",
            code="REC121",
        )
    return await held_in(view, codec, found)


async def load_known(view: View, codec: LineCodec, patient: str, moment: datetime) -> Held:
    """Return a person's list as the record had it at a moment."""
    asked = HistoryOf(LIST, list_id(patient), at=moment, count=1)
    if await view.read(LIST, list_id(patient)) is None:
        return nothing_of(patient)
    page = await view.history(asked)
    if not page.versions or page.versions[0].is_deleted:
        return nothing_of(patient)
    return await held_in(view, codec, page.versions[0])


async def held_in(view: View, codec: LineCodec, version: Version) -> Held:
    """Return what a version of a list holds, each line at the version that it names."""
    head = codec.head(version)
    versions = await versions_of(view, head, version)
    lines = tuple(codec.line(versions[listed.line_id]) for listed in head.listed)
    made = MedicationList(head.patient, version.number, lines, head.confirmed_by, head.confirmed_at)
    return Held(made, head, versions, version)


async def versions_of(view: View, head: Head, version: Version) -> dict[str, Version]:
    """Return the version of each line of a list, in its order.  Raises: InternalFault REC122."""
    page = await view.included((version,), (Include(LIST, "item"),))
    newest = {v.id: v for v in page.versions if v.kind == LINE}
    found = {}
    for listed in head.listed:
        one = newest.get(listed.line_id)
        if one is None or one.number != listed.number:
            one = await view.read_version(LINE, listed.line_id, listed.number)
        if one is None:
            raise InternalFault(
                f"the list names version {listed.number} of line {listed.line_id}, which is lost.",
                code="REC122",
            )
        found[listed.line_id] = one
    return found
