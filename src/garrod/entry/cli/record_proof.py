"""Proves what is stored: every byte against its hash, every history without a gap."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from garrod.care.record.service import Record
    from garrod.core.resource import Version

PAGE = 500  # versions that are held at once
MOST = 100  # findings that are told


async def proved(record: Record) -> tuple[int, list[str]]:
    """Return how many versions there are, and what is damaged (at most 100 findings)."""
    from garrod.care.record.ports import HistoryOf

    below: dict[tuple[str, str], int] = {}  # of those whose first version was not met yet
    seen, damage, cursor = 0, [], None
    while True:
        page = await record.store.history(HistoryOf(count=PAGE, cursor=cursor))
        for version in page.versions:
            seen += 1
            damage += _faults(version, below)
        cursor = page.cursor
        if cursor is None or len(damage) >= MOST:
            break
    damage += [f"{kind}/{id} has no version {n}" for (kind, id), n in below.items() if n]
    return seen, damage[:MOST]


def _faults(version: Version, below: dict[tuple[str, str], int]) -> list[str]:
    """Return what is wrong with a version; history is met from the newest on."""
    found, name = [], f"{version.kind}/{version.id} version {version.number}"
    expected = below.get((version.kind, version.id), version.number)
    if expected != version.number:
        found.append(f"{name} stands where version {expected} was expected")
    below[version.kind, version.id] = version.number - 1
    if version.number == 1:
        del below[version.kind, version.id]
    digest = b"" if version.is_deleted else hashlib.sha256(version.body).digest()
    if digest != version.sha256:
        found.append(f"{name} has other bytes than were stored")
    return found
