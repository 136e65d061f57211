"""The open tasks that advice made of a person: which, whose they are, and by when.

record, actor, patient -> Tasks as they are kept, what is due first before the rest
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import orjson

from garrod.adapters.fhir.cards import TASK
from garrod.adapters.fhir.cards_memory import OPEN
from garrod.adapters.fhir.json import Resource, one, text
from garrod.adapters.fhir.lines.names import CODES
from garrod.care.govern.access import Actor
from garrod.care.record.service import Record

MOST = 50  # Not clinical: tasks that are told of at once
LAST = "9999"  # of what has no day by which it is due


async def open_tasks(
    record: Record, actor: Actor, patient: str, codes: Iterable[str]
) -> tuple[Resource, ...]:
    """Return the open tasks of these codes of a person, the first due first; at most 50.

    Raises: AccessDenied, OutsideError.
    """
    wanted = ",".join(f"{CODES}|{code}" for code in sorted(codes))
    asked = {"patient": patient, "status": ",".join(sorted(OPEN)), "code": wanted}
    question = "&".join(f"{name}={quote(value, safe='')}" for name, value in asked.items())
    query = replace(record.codec.sought(f"{TASK}?{question}"), count=MOST)
    page, _ = await record.search(actor, query)
    found: list[Resource] = [{**orjson.loads(v.body), "id": v.id} for v in page.versions]
    return tuple(sorted(found, key=lambda task: (due_of(task) or LAST, text(task, "id"))))


def due_of(task: Resource) -> str:
    """Return the day by which a task is to be done, or ""."""
    return text(one(one(task, "restriction"), "period"), "end")


def owner_of(task: Resource) -> str:
    """Return whose a task is, in words; "" where it says nobody."""
    owner = one(task, "owner")
    named = text(one(owner, "identifier"), "value")
    return text(owner, "display") or named or text(owner, "reference")


def plain_task(task: Resource) -> dict[str, Any]:
    """Return a task as plain values: what is to be done, whose it is, by when."""
    return {
        "id": text(task, "id"),
        "status": text(task, "status"),
        "priority": text(task, "priority"),
        "words": text(one(task, "code"), "text"),
        "about": text(task, "description"),
        "owner": owner_of(task),
        "due": due_of(task) or None,
    }
