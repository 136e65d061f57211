"""What leaves after a reconciliation, and that it was received.

confirmed list -> notices (changes alone) -> handover to another setting -> seen, by whom and when
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from garrod.care.record.medication.confirm import Confirmed, Kind
from garrod.care.record.medication.line import Author, Setting
from garrod.care.record.medication.reconcile import RECORD, Reconciliation
from garrod.core.errors import InputError


@dataclass(frozen=True, slots=True)
class Notice:
    """One change that the other side is told of. Unchanged lines are not sent."""

    line_id: str
    kind: Kind
    medicine: str
    reason: str


def notices_of(confirmed: Confirmed) -> tuple[Notice, ...]:
    """Return what leaves: the changed lines alone, each with its reason."""
    by_id = confirmed.list.by_id()
    return tuple(
        Notice(
            c.line_id,
            c.kind,
            by_id[c.line_id].content.medicine.text,
            by_id[c.line_id].history[-1].reason,
        )
        for c in confirmed.changed()
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """Who saw a handover, and when."""

    by: Author
    at: datetime


@dataclass(frozen=True, slots=True)
class Handover:
    """Changes sent to another setting, what is still open, and who there has seen them."""

    to: Setting
    version: int
    notices: tuple[Notice, ...]
    unresolved: tuple[str, ...]
    sent: datetime
    seen: tuple[Seen, ...] = ()

    def is_overdue(self, now: datetime, within: timedelta) -> bool:
        """Return whether nobody saw it within some time of its being sent."""
        return not self.seen and now - self.sent > within

    def seen_by(self, by: Author, at: datetime) -> Handover:
        """Return the handover as seen by somebody of the setting it was sent to.

        Raises: InputError REC114 for anybody else, and for a time before it was sent.
        """
        if by.setting is not self.to or at < self.sent:
            raise InputError(
                f"a handover to {self.to.value} is seen there, after it was sent: "
                f"{by.setting.value} cannot confirm it.",
                code="REC114",
            )
        return replace(self, seen=(*self.seen, Seen(by, at)))


def handed_over(now: Reconciliation, confirmed: Confirmed, to: Setting, sent: datetime) -> Handover:
    """Return what is sent to the other side: changes only, and the rows nobody decided.

    Lines that the person keeps private from that side are not sent.
    """
    lines = (*confirmed.list.lines, *now.base.lines)
    private = {x.id for x in lines if x.is_private and to not in (x.owner, Setting.PERSON)}
    left = tuple(
        row.id
        for row in now.unresolved()
        if (ours := row.of(RECORD)) is None or ours.id not in private
    )
    told = tuple(n for n in notices_of(confirmed) if n.line_id not in private)
    return Handover(to, confirmed.list.version, told, left, sent)
