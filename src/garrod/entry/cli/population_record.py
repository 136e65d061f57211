"""A reanalysis of the people of a record: read and judged by processes, tasks raised.

pages of medicines -> who can be touched -> read and judged, some at a time -> a line, owned tasks
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from garrod.entry.cli.output import say
from garrod.entry.cli.population_running import Running, running

if TYPE_CHECKING:
    from garrod.care.record.service import Record
    from garrod.entry.judging import Wish

DEED, COMMAND = "reanalyse", "garrod population reanalyse"
TOGETHER = 20  # Not clinical: people that a process gets at a time


@dataclass(frozen=True, slots=True)
class Kept:
    """Which record is read, where the audit of that stands, and whether tasks are raised in it."""

    database: str
    is_raising: bool
    data: str = ""


def of_record(kept: Kept, wish: Wish, workers: int) -> Iterator[bytes]:
    """Yield a line for each person who is affected; raise their tasks where that is wished.

    A person's tasks are written whole or not at all, and not again when the run is repeated. A run
    that raises tasks and was broken off goes on where it was.
    Raises: UsageError, OutsideError (see open_store).
    """
    with asyncio.Runner() as runner:
        lines = _opened(kept, wish, workers)
        try:
            while True:
                yield runner.run(_next(lines))
        except StopAsyncIteration:
            return
        finally:
            runner.run(_close(lines))


async def _next(lines: AsyncIterator[bytes]) -> bytes:
    return await anext(lines)


async def _close(lines: AsyncGenerator[bytes]) -> None:
    await lines.aclose()


async def _opened(kept: Kept, wish: Wish, workers: int) -> AsyncGenerator[bytes]:
    from garrod.entry.audit_opening import audited_task
    from garrod.entry.cli.population_place import Place
    from garrod.entry.cli.record import codec_of
    from garrod.entry.housing import clock, housing_of, opened_record
    from garrod.entry.judging import judging_of
    from garrod.entry.judging_people import wanted_of

    judging = judging_of(wish)
    if judging.reach.is_empty:
        say("nobody can be affected: what differs is read by no adviser")
        return
    housing = housing_of(data=kept.data, database=kept.database)
    kept = replace(kept, database=housing.database)
    async with (
        audited_task(housing.folder, clock, DEED, COMMAND) as trail,
        opened_record(housing, codec_of(strict=False)) as record,
    ):
        place = await Place.of(record.store, judging.name if kept.is_raising else "")
        for line in place.lines:
            yield line
        wanted = [p for p in await wanted_of(record.store, judging) if p not in place.done]
        if place.done:
            say(f"{len(place.done):,} people were looked at before this was broken off")
        say(f"{len(wanted):,} people may be affected")
        with running(wish, judging, min(workers, 1 + len(wanted) // TOGETHER)) as run:
            judged = _judged(kept, run, wanted, workers, set(place.people))
            async with aclosing(judged) as parts:
                async for asked, lines in parts:
                    trail.gave(("Patient",), asked, len(asked))
                    for line in lines if kept.is_raising else ():
                        await _raise(record, line)
                    await place.reached(asked, lines)
                    for line in lines:
                        yield line
        await place.forget()


async def _judged(
    kept: Kept, run: Running, wanted: list[str], workers: int, met: set[str]
) -> AsyncGenerator[tuple[list[str], list[bytes]]]:
    """Yield who was looked at and their lines, part by part, some parts being judged meanwhile.

    Who was merged into another is met once, as that other; who was `met` already is left out.
    """
    from garrod.entry.cli.population_reading import Asked, judged_people

    parts = [wanted[at : at + TOGETHER] for at in range(0, len(wanted), TOGETHER)]
    waiting: deque[Any] = deque()
    for number, part in enumerate(parts):
        while len(waiting) < 2 * workers and number + len(waiting) < len(parts):
            later = parts[number + len(waiting)]
            waiting.append(run.begin(judged_people, Asked(kept.database, tuple(later))))
        found = await waiting.popleft()
        yield part, [line for who, line in found if line and who not in met]
        met |= {who for who, _ in found}
        if (number + 1) % 40 == 0:
            say(f"{(number + 1) * TOGETHER:,} of {len(wanted):,} people")


async def _raise(record: Record, line: bytes) -> None:
    from garrod.adapters.fhir.tasks_book import RecordedTasks
    from garrod.care.govern.access import LOCAL
    from garrod.entry.housing import clock
    from garrod.entry.judging_people import raised_in

    patient, raised = raised_in(line)
    await RecordedTasks(record, LOCAL, clock).keep(patient, None, raised)
