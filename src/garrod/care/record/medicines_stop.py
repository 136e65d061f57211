"""Stopping a line: its outstanding prescriptions are cancelled in the same transaction.

Those that are with a dispenser already, or of which nothing is known, are named in a Task.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from garrod.care.record.medication.line import CLOSED, Line, State
from garrod.care.record.medication.lists import MedicationList
from garrod.care.record.medication.stop import Stage, Stopping, stopping_of
from garrod.care.record.medicines_ports import Order
from garrod.care.record.medicines_whose import is_of
from garrod.care.record.medicines_write import Pen
from garrod.care.record.ports import Tx
from garrod.care.record.query import Criterion, ParamType, Query, Reference
from garrod.core.resource import Version

REQUEST, TASK = "MedicationRequest", "Task"
_MOST = 200  # Not clinical: supplies and tasks of one prescription that are looked at


@dataclass(frozen=True, slots=True)
class Stopped:
    """What followed from one stopped line, and the task that names what could not be recalled."""

    stopping: Stopping
    task_id: str = ""


async def recalled(
    pen: Pen, patient: str, chains: tuple[tuple[Line, ...], ...], new_id: Callable[[], str]
) -> tuple[Stopped, ...]:
    """Cancel what can be recalled of stopped lines, and write a task for what cannot.

    Each chain is a stopped line, followed by the lines that it supersedes.
    """
    found = []
    for line, *before in chains:
        stopping = await _recalled(pen, patient, line, before)
        id = ""
        if stopping.task is not None:
            id = new_id()
            body = pen.lines.task_body(stopping.task, patient, pen.at)
            await pen.tx.put(pen.codec.drafted(body, kind=TASK, id=id), method="POST", expected=0)
        found.append(Stopped(stopping, id))
    return tuple(found)


async def _recalled(pen: Pen, patient: str, line: Line, before: list[Line]) -> Stopping:
    orders = await _orders(pen, patient, (line, *before))
    known = {reference: order.found for reference, order in orders.items()}
    stopping = stopping_of(line, known, before=before)
    for reference in stopping.recalled():
        order = orders[reference].version
        body = pen.lines.cancelled(order, line.stop_reason or "its line was stopped")
        draft = pen.codec.drafted(body, kind=order.kind, id=order.id)
        await pen.tx.put(draft, method="PUT", expected=order.number)
    return stopping


async def ended_orders(pen: Pen, patient: str, lines: tuple[Line, ...]) -> tuple[str, ...]:
    """Return the prescriptions of some lines that were cancelled, where none is outstanding."""
    found: list[str] = []
    for line in lines:
        orders = await _orders(pen, patient, (line,))
        stages = {order.found.stage for order in orders.values()}
        if stages == {Stage.ENDED}:
            found += orders
    return tuple(found)


async def _orders(pen: Pen, patient: str, lines: tuple[Line, ...]) -> dict[str, Order]:
    found = {}
    for reference in dict.fromkeys(r for x in lines for r in x.links.authorisations):
        kind, _, id = reference.partition("/")
        version = await pen.tx.read(kind, id) if kind == REQUEST else None
        if version is None or version.is_deleted:
            continue
        if is_of(pen.codec, version, patient):  # never another person's prescription
            beside = await _beside(pen.tx, version)
            found[reference] = Order(pen.lines.authorisation(version, beside), version)
    return found


async def _beside(tx: Tx, order: Version) -> tuple[Version, ...]:
    """Return the supplies and tasks of a prescription."""
    found: list[Version] = []
    for kind, param in (
        ("MedicationDispense", "prescription"),
        (TASK, "focus"),
        (TASK, "based-on"),
    ):
        value = Reference(REQUEST, order.id)
        sought = Criterion(param, ParamType.REFERENCE, (value,))
        page = await tx.search(Query((kind,), (sought,), count=_MOST))
        found += page.versions
    return tuple({(v.kind, v.id): v for v in found}.values())


def newly_stopped(before: MedicationList, now: MedicationList) -> tuple[tuple[Line, ...], ...]:
    """Return each line that was stopped since, followed by the lines that it supersedes.

    A line that was entered in error counts too; one that was withdrawn does not: the line before
    it holds again, and so do its prescriptions.
    """
    old, lines = before.by_id(), now.by_id()
    found = []
    for line in now.lines:
        was = old.get(line.id)
        if not _has_ended(line) or (was is not None and was.state in CLOSED):
            continue
        chain, at = [line], line
        while at.supersedes in lines:
            at = lines[at.supersedes]
            chain.append(at)
        found.append(tuple(chain))
    return tuple(found)


def _has_ended(line: Line) -> bool:
    is_error = line.state is State.ENTERED_IN_ERROR and not line.supersedes
    is_over = line.state in (State.STOPPED, State.COMPLETED)
    return not line.superseded_by and (is_over or is_error)


def reopened(before: MedicationList, now: MedicationList) -> tuple[Line, ...]:
    """Return the lines that were closed, and go on again."""
    old = before.by_id()
    return tuple(
        line
        for line in now.lines
        if line.id in old and old[line.id].state in CLOSED and line.state not in CLOSED
    )
