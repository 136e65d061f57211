"""Reads drops in the background, and what stands about one: the person, the calls, others alike.

drop -> thread -> state; who asks meanwhile is told that it is being read. A server that was killed
begins anew where somebody asks: the file is there until its facts are.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import orjson
import structlog

from garrod.adapters.facts.changes import Compared
from garrod.adapters.facts.model import Origin
from garrod.adapters.facts.write import writing
from garrod.adapters.report.calls import finding_json
from garrod.care.govern.access import Deed, demand
from garrod.core.errors import AccessDenied, GarrodError, InputError, InternalFault
from garrod.core.person import Person
from garrod.entry.facts import SOFTWARE, reinterpreted
from garrod.entry.web.asked import Visit
from garrod.entry.web.laboratory.calling import Calls, calls_of, read_drop
from garrod.entry.web.laboratory.keeping import Drop, Drops, Fault
from garrod.entry.wire import Services, Settings

LOG = structlog.get_logger()
FOLDER = "laboratory"
WRITES, RAW = "DiagnosticReport", "MolecularSequence"  # what one must be allowed to write, and see
PATIENCE = 4.0  # Not clinical: seconds that an answer waits for a file to be read
LOOKED_AT = 200  # Not clinical: authorised drops that are looked at for other calls
SHOWN = 100  # Not clinical: drops of the queue that are shown
_RUNNING: dict[str, asyncio.Task[Drop]] = {}
_COMPARED: dict[tuple[str, str], Compared | None] = {}
_CALLED: dict[tuple[str, str], Calls] = {}
MOST, FEW = 1_000, 50  # Not clinical: comparisons, and calls, that are remembered


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits, what was decided, what new packs call otherwise: as far as one may see it."""

    waiting: tuple[Drop, ...]
    decided: tuple[Drop, ...]
    other: tuple[tuple[Drop, Compared], ...]
    is_cut: bool = False


def drops_of(visit: Visit) -> Drops:
    """Return what is dropped at this server.  Raises: InternalFault where it keeps no data."""
    if visit.data is None:
        raise InternalFault("this server keeps no data, so no file can be dropped.")
    return Drops(visit.data / FOLDER)


async def demand_laboratory(visit: Visit, patient: str = "") -> None:
    """Let those go on who may write results and see raw genomes: anybody's, or of one person.

    Raises: AccessDenied ACC001, NotFound REC001.
    """
    record, actor = visit.consult.record, visit.actor
    if patient:
        await record.demand(actor, Deed.CREATE, WRITES, patient)
        await record.demand(actor, Deed.READ, RAW, patient)
        return
    demand(record.access, actor, Deed.CREATE, WRITES)
    demand(record.access, actor, Deed.READ, RAW)


async def queue_of(visit: Visit) -> Queue:
    """Return the queue, as far as somebody may see whose it is."""
    drops = drops_of(visit)
    await asyncio.to_thread(drops.ready)
    every = await asyncio.to_thread(drops.every)
    allowed: dict[str, bool] = {}
    for drop in every:
        if drop.patient not in allowed:
            allowed[drop.patient] = await _may(visit, drop.patient)
    seen = [drop for drop in every if allowed[drop.patient]]
    decided = [d for d in seen if d.state in ("authorised", "rejected")]
    waiting = [d for d in seen if d not in decided]
    return Queue(
        tuple(waiting[:SHOWN]),
        tuple(decided[:SHOWN]),
        await _other(visit, [d for d in decided if d.state == "authorised"]),
        is_cut=max(len(waiting), len(decided)) > SHOWN,
    )


async def _may(visit: Visit, patient: str) -> bool:
    try:
        await demand_laboratory(visit, patient)
    except (AccessDenied, InputError):
        return False
    return True


async def _other(visit: Visit, drops: list[Drop]) -> tuple[tuple[Drop, Compared], ...]:
    """Return those whose calls the packs in force make otherwise, and nobody chose to leave."""
    found = []
    for drop in drops[:LOOKED_AT]:
        compared = await compared_of(visit, drop)
        if compared is not None and drop.left != basis_of(visit.consult.services):
            found.append((drop, compared))
    return tuple(found)


def basis_of(services: Services) -> tuple[str, ...]:
    """Return what calls are made by now: packs, and the software."""
    return (*services.caller.packs, SOFTWARE)


async def compared_of(visit: Visit, drop: Drop) -> Compared | None:
    """Return what the packs in force call otherwise than is stored; None where nothing is."""
    path = drops_of(visit).facts(drop.id)
    if not path.exists():
        return None
    services = visit.consult.services
    key = drop.id, f"{path.stat().st_mtime_ns} {basis_of(services)}"
    if key not in _COMPARED:
        if len(_COMPARED) > MOST:
            _COMPARED.clear()
        _COMPARED[key] = await asyncio.to_thread(_compared, services, path)
    return _COMPARED[key]


def _compared(services: Services, path: Path) -> Compared | None:
    def make(settings: Settings) -> Services:
        mine = replace(services.settings, policy=settings.policy, packs=settings.packs)
        return services if mine == settings else Services(settings, services.shelf)

    try:
        compared = next(reinterpreted([path], make))
    except GarrodError as error:
        LOG.error("LAB020 stored facts cannot be read", code=error.code)
        return None
    return compared if compared.changes else None


async def settled(visit: Visit, drop: Drop, sex: str, patience: float = PATIENCE) -> Drop:
    """Return a drop once it was read, or as it is where that takes longer."""
    if drop.state != "sent" or (drop.lines and not drop.sample):
        return drop
    task = _RUNNING.get(drop.id)
    if task is None:
        task = asyncio.create_task(asyncio.to_thread(_read, visit.consult.services,
                                                     drops_of(visit), drop, sex))  # fmt: skip
        _RUNNING[drop.id] = task
        task.add_done_callback(lambda _: _RUNNING.pop(drop.id, None))
    done, _ = await asyncio.wait((task,), timeout=patience)
    return task.result() if done else drop


def _read(services: Services, drops: Drops, drop: Drop, sex: str) -> Drop:
    try:
        return read_drop(services, drops, drop, sex)
    except Exception as error:
        LOG.error("LAB021 a dropped file could not be read", kind=type(error).__name__)
        words = error.message if isinstance(error, GarrodError) else "something went wrong here"
        drops.forget_file(drop.id)
        return drops.change(drop.id, state="unreadable", fault=Fault("LAB005", words))


async def called(visit: Visit, drop: Drop) -> Calls:
    """Return the calls of a drop, by the packs in force.  Raises: InputError INP060, VcfError."""
    path, services = drops_of(visit).facts(drop.id), visit.consult.services
    key = drop.id, f"{path.stat().st_mtime_ns} {basis_of(services)}"
    if key not in _CALLED:
        if len(_CALLED) > FEW:
            _CALLED.clear()
        _CALLED[key] = await asyncio.to_thread(calls_of, services, path)
    return _CALLED[key]


def alike(visit: Visit, drop: Drop) -> tuple[Drop, ...]:
    """Return other drops of the very same file."""
    return tuple(d for d in drops_of(visit).every() if d.sha256 == drop.sha256 and d.id != drop.id)


def keep_facts(services: Services, drops: Drops, drop: Drop, calls: Calls) -> None:
    """Keep the calls that were authorised as what is stored, beside the same lines of the file."""
    old = calls.facts.origin
    origin = Origin(
        old.source, old.sha256, old.called_on, SOFTWARE, services.caller.packs, old.settings
    )
    with writing(drops.facts(drop.id)) as file:
        file.begin(origin, calls.facts.kept, calls.facts.subjects, calls.facts.outside)
        for _ in file.recorded([(calls.facts.subjects[0], calls.findings)]):
            pass


def mark_of(calls: Calls, person: Person) -> str:
    """Return the mark of what is shown: whoever authorises says which it was."""
    ours = [finding_json(f) for f in calls.findings]
    theirs = [finding_json(f) for f in person.findings]
    told = orjson.dumps([ours, theirs, person.sex], option=orjson.OPT_SORT_KEYS)
    return sha256(told).hexdigest()[:32]
