"""Tells what is not as it should be in what is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from garrod.entry.cli.output import say

if TYPE_CHECKING:
    from garrod.care.record.service import Record

MOST = 100  # findings that are told


async def proved(record: Record) -> int:
    """Return how many flaws there are; tell the first 100."""
    from garrod.entry.wire import flaws_of

    count = 0
    async for flaw in flaws_of(record.store):
        count += 1
        if count <= MOST:
            say(f"damaged: {flaw}")
    return count
