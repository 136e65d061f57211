"""What the audit says of a request through a broken glass: the emergency, and for whom it was.

entry, glasses open meanwhile -> the entry, said to be of an emergency for those alone whose record
was opened; of others who are named beside them, in an entry of its own without the reason
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from garrod.care.govern.audit import MORE, AuditEntry
from garrod.care.govern.emergency import PURPOSE, Glass


def told_apart(entry: AuditEntry, glasses: Sequence[Glass]) -> tuple[AuditEntry, ...]:
    """Return an entry as it is to be written; those after the first belong to it (`of` -1)."""
    asked = (entry.who, entry.role, entry.organisation)
    mine = (g for g in glasses if (g.who, g.role, g.organisation) == asked)
    opened = {glass.patient: glass for glass in mine}
    named = [patient for patient in entry.patients if patient in opened]
    if not named or entry.emergency:
        return (entry,)
    others = tuple(patient for patient in entry.patients if patient not in opened)
    parts = [_worn(entry, opened[patient]) for patient in named]
    found = [replace(entry, patients=others), *parts] if others else parts
    return found[0], *(replace(part, event=MORE) for part in found[1:])


def _worn(entry: AuditEntry, glass: Glass) -> AuditEntry:
    return replace(entry, purpose=PURPOSE, emergency=glass.reason, patients=(glass.patient,))
