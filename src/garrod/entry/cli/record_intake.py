"""Runs an import and tells what came of it: each refusal with file, entry and reason."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from garrod.core.errors import InternalFault
from garrod.entry.cli.output import say

if TYPE_CHECKING:
    from garrod.adapters.fhir.ingest.intake import Intake, Told
    from garrod.adapters.fhir.ingest.sources import Source
    from garrod.adapters.fhir.ingest.take import Taker
    from garrod.adapters.fhir.rest.checked import CheckedCodec
    from garrod.care.record.service import Record

TOLD_EVERY = 5_000  # things between two words of progress
MOST_NOTES = 20  # warnings that are written out; the rest is counted


@dataclass(frozen=True, slots=True)
class Wish:
    """What is imported, and how."""

    paths: tuple[Path, ...]
    is_strict: bool = False
    is_dry: bool = False
    goes_on: bool = True


@dataclass(slots=True)
class _Tally:
    seen: int = 0
    written: Counter[str] = field(default_factory=Counter)  # new, next
    known: int = 0
    refused: int = 0
    ours: int = 0  # refused by a fault of ours
    notes: int = 0

    def add(self, told: Told) -> None:
        """Count what came of one thing, and write out what somebody has to know."""
        self.seen += 1
        for version in told.taken.written:
            self.written["new" if version.number == 1 else "next"] += 1
        self.known += told.taken.known
        for note in told.taken.notes:
            self.notes += 1
            if self.notes <= MOST_NOTES:
                say(f"warning: {told.place}: {note}")
        if told.fault is not None:
            self.refused += 1
            self.ours += isinstance(told.fault, InternalFault)
            where = f"{told.place}: {told.entry}" if told.entry else told.place
            reason = " ".join(told.fault.message.split())
            say(f"refused: {where}: GARROD-{told.fault.code}: {reason}")


async def taken_in(record: Record | None, codec: CheckedCodec, wish: Wish) -> int:
    """Store what files hold (check it alone without a record) and return how much was refused.

    Raises: InputError INP080 (nothing there), OutsideError where the store fails, InternalFault
    where a fault of ours refused something.
    """
    from garrod.adapters.fhir.ingest.carried import Carried
    from garrod.adapters.fhir.ingest.intake import Intake
    from garrod.adapters.fhir.ingest.take import Taker
    from garrod.adapters.fhir.xml.format import XmlFormat
    from garrod.care.govern.access import LOCAL
    from garrod.entry.housing import clock
    from garrod.entry.wire import Services

    taker = Taker(record, codec, LOCAL, clock(), Carried()) if record is not None else None
    intake = Intake(codec.checker, XmlFormat(Services().shelf), taker, is_strict=wish.is_strict)
    tally = _Tally()
    is_watched = sys.stderr is not None and sys.stderr.isatty()
    async for told in _each(intake, taker, wish.paths):
        tally.add(told)
        if is_watched and tally.seen % TOLD_EVERY == 0:
            say(f"{tally.seen:,} read, {tally.refused:,} refused")
        if told.fault is not None and not wish.goes_on:
            say("stopped at the first refusal; what came before it is stored.")
            break
    _close(tally, is_dry=wish.is_dry)
    if tally.ours:
        raise InternalFault(
            f"{tally.ours:,} of what was refused was refused by a fault of ours, told above."
        )
    return tally.refused


async def _each(
    intake: Intake, taker: Taker | None, paths: tuple[Path, ...]
) -> AsyncIterator[Told]:
    """Yield what came of files; messages of HL7 v2 come last: they are of people who are there."""
    from garrod.adapters.fhir.ingest.sources import sources
    from garrod.adapters.hl7v2.importing import imported, is_message

    messages: list[Source] = []

    def others() -> Iterator[Source]:
        for source in sources(paths):
            if is_message(source):
                messages.append(source)
            else:
                yield source

    async for told in intake.run(others()):
        yield told
    for source in messages:
        async for told in imported(taker, source):
            yield told


def _close(tally: _Tally, *, is_dry: bool) -> None:
    if tally.notes > MOST_NOTES:
        say(f"warning: {tally.notes - MOST_NOTES:,} more warnings are not written out")
    if is_dry:
        say(f"checked {tally.seen - tally.refused:,}, refused {tally.refused:,}; nothing stored.")
        return
    new, later = tally.written["new"], tally.written["next"]
    say(
        f"stored {new + later:,} ({new:,} new, {later:,} new versions), "
        f"there already {tally.known:,}, refused {tally.refused:,}."
    )
