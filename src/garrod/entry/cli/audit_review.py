"""garrod audit review: whose looks at records should somebody be asked about?

looks of the log, facts of the record -> cases -> queue in the record's database, for /review
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from garrod.entry.cli.output import say, write_out
from garrod.entry.cli.where import Data, Database

if TYPE_CHECKING:
    from garrod.adapters.fhir.rest.checked import CheckedCodec
    from garrod.care.govern.snoop_model import Look
    from garrod.care.govern.snoop_review import Item
    from garrod.care.record.service import Record
    from garrod.entry.audit_opening import Place

EXAMPLE = "Example: garrod audit review --data record --days 90"
YEAR = 365


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a run found."""

    looks: int
    new: int
    open: Sequence[Item]

    def words(self) -> str:
        """Return what a run found, in a sentence."""
        return (
            f"{self.looks:,} looks were weighed; {self.new:,} cases are new or have grown; "
            f"{len(self.open):,} wait for a governance officer."
        )


def review(
    days: Annotated[
        int, typer.Option("--days", min=1, max=3660, help="How far back looks are weighed.")
    ] = YEAR,
    database: Database = "",
    data: Data = "",
) -> None:
    """Queue looks that care does not explain, and print what waits: JSON, a case a line."""
    import os

    from garrod.entry.audit_opening import place_of
    from garrod.entry.cli.record import with_record
    from garrod.entry.housing import clock, folder_of

    place = place_of(folder_of(data), os.environ)

    async def act(record: Record, _: CheckedCodec) -> Reviewed:
        return await reviewed(record, place, clock(), days)

    found = with_record(database, data, act, "review", command="audit review")
    write_out([orjson.dumps(told_case(item)) + b"\n" for item in found.open], None)
    say(found.words())


async def reviewed(record: Record, log: Place, now: datetime, days: int) -> Reviewed:
    """Return what is queued after the looks of some days are weighed.

    Raises: OutsideError, InputError AUD011.
    """
    from garrod.adapters.fhir.acquaintance_record import gathered
    from garrod.care.govern.audit import current
    from garrod.care.govern.snooping import suspicions
    from garrod.care.record.suspicions import items, queued

    looks = _looks(log, now - timedelta(days=days))
    sources = await gathered(record.store, looks)
    found = await queued(record.store, suspicions(sources), now)
    waiting = [item for item in await items(record.store) if item.outcome is None]
    current().about("AuditEvent", {p for item in waiting for p in item.case.patients})
    return Reviewed(len(looks), len(found), waiting)


def told_case(item: Item) -> dict[str, Any]:
    """Return an item as a line of output tells it."""
    from garrod.care.govern.snoop_words import reasons

    case = item.case
    return {
        "id": item.id,
        "who": case.who,
        "role": case.role,
        "organisation": case.organisation,
        "patients": case.patients,
        "first": case.first,
        "last": case.last,
        "points": round(case.points, 2),
        "reasons": list(reasons(case)),
        "entries": case.entries,
    }


def _looks(log: Place, since: datetime) -> list[Look]:
    from garrod.adapters.audit.looks import entries_since, looks_in

    reading = log.open_reading()
    try:
        return list(looks_in(entries_since(reading, since)))
    finally:
        reading.close()
