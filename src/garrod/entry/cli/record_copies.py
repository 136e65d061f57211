"""garrod record backup, restore: the record in FILE and, in FILE.audit, the log of who did what.

backup:  record -> requests that wrote by then leave their entries -> sealed -> log -> both named
restore: log -> its entry of what is done -> record

The record is copied before its log, and whatever writes meanwhile is awaited between the two: so no
change stands in the copy without the entry of who made it. The other way round, a change between
the two would. FILE gets its name last: with it, both are there.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from garrod.adapters.audit.copying import copied, named, settled
from garrod.adapters.audit.restoring import PutBack, put_back
from garrod.adapters.audit.underway import await_ended
from garrod.adapters.audit.verify import verified
from garrod.adapters.audit.witness import heads_witnessed
from garrod.care.govern.audit_check import Checked
from garrod.core.errors import GarrodError, InternalFault
from garrod.entry.audit_opening import Place, around, audited_task
from garrod.entry.cli.audit_verify import fault_of
from garrod.entry.cli.output import say
from garrod.entry.housing import Housing, clock
from garrod.entry.wire import back_up, bring_back, check_backup, check_free

SETTLE = 2.0  # Not clinical: seconds for requests that servers of other machines have under way


def beside(file: Path) -> Path:
    """Return where the log of a backup stands."""
    return file.with_name(f"{file.name}.audit")


async def written(housing: Housing, place: Place, file: Path, *, force: bool) -> Checked:
    """Write a backup, both files or none; return what was found in its log.

    Raises: UsageError STO014, OutsideError (see `backup`, `copied`), InternalFault: the log is not
    what was sealed; the backup is kept all the same.
    """
    check_free(file, beside(file), force=force)
    record = file.with_name(f"{file.name}.record")  # until its log is there too
    try:
        await back_up(housing.database, record, force=True)
        await asyncio.to_thread(await_ended, place.log, time.monotonic())
        if place.database is not None:  # servers of other machines may write there too
            await asyncio.sleep(SETTLE)
        await asyncio.to_thread(_log_written, place, beside(file))
        named(record, file)
    finally:
        record.unlink(missing_ok=True)
    found = await asyncio.to_thread(verified, beside(file))
    if (fault := fault_of(found, beside(file))) is not None:
        raise InternalFault(f"{fault.message} The backup was kept.", code=fault.code)
    return found


def _log_written(place: Place, to: Path) -> None:
    reading = place.open_reading()
    try:
        settled(reading)
    finally:
        reading.close()
    copied(place.opening(), place.log, to)


async def brought_back(housing: Housing, place: Place, file: Path, *, force: bool) -> None:
    """Put record and log back to a backup; the log says who did it.

    Raises: UsageError, InputError, OutsideError, InternalFault (the backup's log is not whole).
    """
    route = "garrod record restore"
    try:
        done = await asyncio.to_thread(_log_put_back, place, file, force=force)
    except GarrodError as error:
        if place.log.exists():  # else it would begin a log
            async with audited_task(housing.folder, clock, "restore", route):
                raise
        raise error
    async with audited_task(housing.folder, clock, "restore", route):
        await bring_back(file, housing.database, clock=clock, force=force)
    if done is None:
        say(f"note: {beside(file).name} is not there: the audit log was left as it is.")


def _log_put_back(place: Place, file: Path, *, force: bool) -> PutBack | None:
    """Put the log back, where the backup has one, and say what was done."""
    copy = beside(file)
    if not copy.is_file():
        return None
    if force:
        check_backup(file)  # before a log is put aside for it
    if (fault := fault_of(verified(copy), copy)) is not None:
        raise InternalFault(f"{fault.message} Nothing was put back.", code=fault.code)
    told = Witnessed(place.witness)
    done = put_back(copy, place.spot(), place.key, around(clock), witnessed=told, force=force)
    if done.is_kept:
        say("the audit log that is here goes on: it holds all that the backup's does.")
        return done
    say(f"the audit log of {copy} was put in place: {done.size:,} entries.")
    if done.aside:
        say(f"the audit log that was here stands aside, whole, as {done.aside}.")
    if told.size > done.size:
        say(
            f"warning: entries {done.size} to {told.size - 1} of the audit log were witnessed, and "
            "are lost: look for a later backup. Where there is none, write that down, keep the "
            f"witness {place.witness} and name another; until then garrod audit verify tells it."
        )
    return done


class Witnessed:
    """Asks a witness how many entries it knows of. `size`: its last answer."""

    def __init__(self, witness: Path | None) -> None:
        self._witness, self.size = witness, 0

    def __call__(self, origin: str) -> int:
        """Return the size of the largest head of a log; 0 where none can be read."""
        if self._witness is None or not self._witness.exists():
            return 0
        try:
            heads = heads_witnessed(self._witness)
        except GarrodError as error:
            say(f"warning: {error.message}")
            return 0
        self.size = max((head.size for head in heads if head.origin == origin), default=0)
        return self.size
