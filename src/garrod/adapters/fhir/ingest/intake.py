"""Stores what files hold, one after another, and tells what came of each.

source -> XML as JSON -> checked, wrapped -> lines of NDJSON together, anything else by itself
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field

from garrod.adapters.fhir.check.engine import Checker
from garrod.adapters.fhir.ingest.acts import act
from garrod.adapters.fhir.ingest.parcel import Parcel, Taken
from garrod.adapters.fhir.ingest.sources import Source
from garrod.adapters.fhir.ingest.take import REFUSED, Taker, take, take_each
from garrod.adapters.fhir.ingest.wrap import parcels
from garrod.adapters.fhir.xml.format import XmlFormat
from garrod.core.errors import GarrodError, InternalFault

TOGETHER = 200  # Not clinical: lines of NDJSON that share a transaction


@dataclass(frozen=True, slots=True)
class Told:
    """What came of one thing that was sent. `entry` names a part of it; `fault` why it was not."""

    place: str
    taken: Taken = field(default_factory=Taken)
    entry: str = ""
    fault: GarrodError | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """Checks and stores. `taker` None: checks only."""

    checker: Checker
    xml: XmlFormat | None
    taker: Taker | None
    is_strict: bool = False

    async def run(self, found: Iterable[Source]) -> AsyncIterator[Told]:
        """Yield what came of each source, in their order. Lines wait for their companions.

        Raises: OutsideError where the store itself fails.
        """
        waiting: list[tuple[str, Parcel]] = []
        stage = 0
        for source in found:
            if source.stage != stage:
                stage = source.stage
                for told in await self._flushed(waiting):
                    yield told
            read = self._read(source)
            if isinstance(read, GarrodError):
                yield Told(source.place, fault=read)
                continue
            for parcel in read:
                if source.is_line and len(parcel.parts) == 1:
                    waiting.append((source.place, parcel))
                else:
                    for told in await self._flushed(waiting):
                        yield told
                    for told in await self._one(source.place, parcel):
                        yield told
            if len(waiting) >= TOGETHER:
                for told in await self._flushed(waiting):
                    yield told
        for told in await self._flushed(waiting):
            yield told

    def _read(self, source: Source) -> list[Parcel] | GarrodError:
        if source.fault is not None:
            return source.fault
        try:
            body = source.body
            if source.is_xml and self.xml is not None:
                body = self.xml.from_xml(body, is_strict=self.is_strict)
            found = parcels(body, self.checker, is_strict=self.is_strict, is_line=source.is_line)
            return list(found)
        except REFUSED as error:
            return error

    async def _one(self, place: str, parcel: Parcel) -> list[Told]:
        if self.taker is None:
            return [Told(place, Taken(notes=_warned(parcel)))]
        try:
            taken = await (act if parcel.acts else take)(self.taker, parcel)
        except REFUSED as error:
            return [Told(place, fault=error)]
        except GarrodError:
            raise
        except Exception as error:
            return [Told(place, fault=unforeseen(error))]
        faults = [
            Told(place, entry=entry, fault=fault)
            for entry, fault in taken.refused
            if isinstance(fault, GarrodError)
        ]
        return [Told(place, taken), *faults]

    async def _flushed(self, waiting: list[tuple[str, Parcel]]) -> list[Told]:
        """Store the lines that wait, and forget them."""
        lines = list(waiting)
        waiting.clear()
        if not lines or self.taker is None:
            return [Told(place, Taken(notes=_warned(parcel))) for place, parcel in lines]
        done = await self._each([parcel for _, parcel in lines])
        return [
            Told(place, taken) if isinstance(taken, Taken) else Told(place, fault=taken)
            for (place, _), taken in zip(lines, done, strict=True)
        ]

    async def _each(self, parcels: list[Parcel]) -> list[Taken | GarrodError]:
        """Store lines together; one by one where something was not foreseen."""
        if self.taker is None:
            return []
        try:
            return await take_each(self.taker, parcels)
        except GarrodError:
            raise
        except Exception:
            told = [(await self._one("", parcel))[0] for parcel in parcels]
        return [one.fault or one.taken for one in told]


def unforeseen(error: Exception) -> InternalFault:
    """Return a fault of ours as it is told: its kind, never its words, which may hold data."""
    return InternalFault(
        f"something went wrong here ({type(error).__name__}); nothing of this was stored: send us "
        "the file, or one like it."
    )


def _warned(parcel: Parcel) -> list[str]:
    return [f"{issue.path}: {issue.message}" for issue in parcel.warnings]
