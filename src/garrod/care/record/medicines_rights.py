"""What a role that never prescribes may do to a list: drafts of its own setting, and no more."""

from __future__ import annotations

from collections.abc import Iterable

from garrod.care.govern.prescribing import proposes_only
from garrod.care.record.medication.confirm import Entry
from garrod.care.record.medication.line import Act, Author, Setting, State
from garrod.care.record.medication.lists import MedicationList
from garrod.core.errors import AccessDenied

# What decides nothing about the therapy: what belongs to it, and who may see it.
_NO_DECISION = frozenset({Act.LINK, Act.MARK_PRIVATE, Act.MARK_OPEN})
_ON_DRAFTS = frozenset({Act.CHANGE, Act.STOP, Act.MARK_ERROR})


def refuse_undecided(current: MedicationList, by: Author, entries: Iterable[Entry]) -> None:
    """Raise AccessDenied ACC001 where a role that proposes only would decide about a line.

    The person is no such role: what they state is shown as stated only.
    """
    if by.setting is Setting.PERSON or not proposes_only(by.role):
        return
    lines = current.by_id()
    for entry in entries:
        step = entry.step
        if step is None or step.act in _NO_DECISION:
            continue
        line = lines.get(entry.line_id)
        is_draft = line is not None and line.state is State.DRAFT and step.act in _ON_DRAFTS
        is_new = step.act is Act.BEGIN and step.to is State.DRAFT
        if not is_draft and not is_new:
            raise AccessDenied(
                f"a {by.role} proposes medicines, and does not {step.act.value} them: begin the "
                "line as a draft (state draft), for somebody who prescribes to decide."
            )
