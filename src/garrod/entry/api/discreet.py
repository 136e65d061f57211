"""What a refusal must not tell by the time that it takes, and what everybody is told of the policy.

Answer -> the same answer, no sooner than what is not there would have been answered
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from time import monotonic

from garrod.care.govern.access import LOCAL, Actor
from garrod.entry.api.exchange import Answer
from garrod.entry.api.rooms import Rooms
from garrod.entry.governing import flags

# Not clinical: seconds; what is hidden and what is not there are both answered at one of these.
STEP = 0.025
ABSENT = frozenset((404, 410))


async def kept_waiting(status: int, actor: Actor | None, began: float) -> None:
    """Wait until the next full step since a request began, where somebody is told "not there".

    The local user, from whom nothing is hidden, waits for nothing.
    """
    if status in ABSENT and actor != LOCAL:
        await asyncio.sleep(STEP - (monotonic() - began) % STEP)


def flagged(answer: Answer, rooms: Rooms, actor: Actor) -> Answer:
    """Return an answer that says so where it was decided by the last known policy."""
    found = flags(rooms.record, actor)
    return replace(answer, headers={**answer.headers, **found}) if found else answer
