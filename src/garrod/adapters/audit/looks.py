"""Looks at single people's records, as the audit log holds them.

entries in order, whoever keeps them -> one look for each hour of one member of staff at one person
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Protocol

from garrod.care.govern.audit import DENIED, FAILED, MORE, REQUEST, AuditEntry, entry_read
from garrod.care.govern.audit_heads import Head
from garrod.care.govern.snoop_model import Look
from garrod.core.errors import InputError

# Who is no member of staff: people themselves, those who act for them, and software.
NO_STAFF = frozenset(("", "patient", "proxy", "system", "cds-client"))
# Deeds that show no record, but who saw one.
ABOUT_LOOKS = frozenset(("audit", "review", "decide review", "judge emergency", "sign-in"))
LIST = 5  # Not clinical: an answer that names more people is a list, and no look at each
HOUR = timedelta(hours=1)


class Readable(Protocol):
    """What is asked of a log."""

    def seal(self) -> Head:
        """Return the newest head."""
        ...

    def entry(self, index: int) -> bytes:
        """Return the bytes of an entry."""
        ...


def looks_in(entries: Iterable[AuditEntry]) -> Iterator[Look]:
    """Yield the looks of some entries, in their order; of those alike within an hour, the first."""
    last: dict[tuple[str, str, bool, bool], datetime] = {}
    for entry in entries:
        if not _is_look(entry):
            continue
        at, is_refused = _moment(entry.at), entry.outcome == DENIED
        for patient in entry.patients:
            key = (entry.who, patient, entry.is_emergency, is_refused)
            if key in last and at - last[key] < HOUR:
                continue
            last[key] = at
            yield Look(
                entry.index, at, entry.who, entry.role, entry.organisation, patient,
                entry.is_emergency, is_refused,
            )  # fmt: skip


def entries_since(log: Readable, since: datetime) -> Iterator[AuditEntry]:
    """Yield the sealed entries of a log from a time on.

    Raises: InputError AUD011 where a row is no entry; OutsideError AUD010.
    """
    size = log.seal().size
    first = bisect_left(range(size), since, key=lambda index: _moment(_entry(log, index).at))
    for index in range(first, size):
        yield _entry(log, index)


def _entry(log: Readable, index: int) -> AuditEntry:
    try:
        return entry_read(log.entry(index))
    except (ValueError, TypeError) as error:
        raise InputError(
            f"row {index} of the audit log is no entry: garrod audit verify tells more.",
            code="AUD011",
        ) from error


def _is_look(entry: AuditEntry) -> bool:
    return (
        entry.event in (REQUEST, MORE)
        and entry.role not in NO_STAFF
        and entry.outcome != FAILED
        and entry.deed not in ABOUT_LOOKS
        and 1 <= len(entry.patients) <= LIST
    )


def _moment(at: str) -> datetime:
    found = datetime.fromisoformat(at)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
