"""What a view of a list rests on: which sources answered, as of when, and what is not in it.

expected sources + what came of asking -> Completeness: every expected source has a standing, so
that a gap without a word cannot be.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from garrod.care.record.medication.line import Setting
from garrod.core.errors import InputError


class Standing(StrEnum):
    """What came of a source."""

    ANSWERED = "answered"
    STALE = "stale"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NEVER_SENDS = "never-sends"


@dataclass(frozen=True, slots=True)
class Expected:
    """A source that may hold medicines of the person, and for how long an answer is fresh."""

    name: str
    setting: Setting
    fresh_for: timedelta
    sends: bool = True


@dataclass(frozen=True, slots=True)
class Report:
    """What came of asking a source: as of when its content is, or why it failed."""

    name: str
    as_of: datetime | None = None
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A source as a view shows it. `as_of` is the newest content that is in the view, if any."""

    name: str
    setting: Setting | None
    standing: Standing
    as_of: datetime | None = None
    why: str = ""

    def words(self) -> str:
        """Return one line for the person who reads the list."""
        since = f", content as of {self.as_of:%d/%m/%Y %H:%M}" if self.as_of else ""
        said = {
            Standing.ANSWERED: "answered",
            Standing.STALE: "has not answered lately",
            Standing.FAILED: f"failed ({self.why})",
            Standing.UNKNOWN: "was not asked, or nothing is known of it",
            Standing.NEVER_SENDS: "holds medicines and never sends them here",
        }[self.standing]
        return f"{self.name}: {said}{since}"


@dataclass(frozen=True, slots=True)
class Completeness:
    """Every source of a view, and how many lines consent hides from this reader."""

    sources: tuple[Source, ...]
    hidden_by_consent: int = 0

    @property
    def is_whole(self) -> bool:
        """Return whether every source answered and nothing is hidden."""
        return not self.gaps()

    def gaps(self) -> tuple[str, ...]:
        """Return what may be missing, a line each; never what is hidden, only how much."""
        told = (s.words() for s in self.sources if s.standing is not Standing.ANSWERED)
        return (*told, *self.other_gaps())

    def other_gaps(self) -> tuple[str, ...]:
        """Return the gaps that are not those of a source, a line each."""
        told = []
        if not self.sources:
            told.append("no source is expected: it is not known whose content this is")
        if self.hidden_by_consent:
            lines = "line is" if self.hidden_by_consent == 1 else "lines are"
            told.append(f"{self.hidden_by_consent} {lines} hidden by the person's consent")
        return tuple(told)


def completeness_of(
    expected: Iterable[Expected],
    reports: Iterable[Report],
    now: datetime,
    *,
    hidden_by_consent: int = 0,
) -> Completeness:
    """Return the standing of every expected source, and of every other one that reported.

    Of two reports of one source the failure is told and the newest content dated.
    Raises: InputError REC107 where a source is expected twice.
    """
    known = tuple(expected)
    wanted = {e.name for e in known}
    if len(wanted) != len(known):
        raise InputError(
            "a source of the list is expected twice: give each source one name.", code="REC107"
        )
    by_name: dict[str, list[Report]] = {}
    for report in reports:
        by_name.setdefault(report.name, []).append(report)
    sources = [_standing(e, by_name.get(e.name, []), now) for e in known]
    sources += [_unexpected(name, by_name[name]) for name in sorted(set(by_name) - wanted)]
    return Completeness(tuple(sources), hidden_by_consent)


def _newest(reports: list[Report]) -> datetime | None:
    return max((r.as_of for r in reports if r.as_of is not None), default=None)


def _standing(source: Expected, reports: list[Report], now: datetime) -> Source:
    as_of = _newest(reports)
    why = next((r.failure for r in reports if r.failure), "")
    if why:
        standing = Standing.FAILED
    elif as_of is not None:
        fresh = as_of >= now - source.fresh_for
        standing = Standing.ANSWERED if fresh else Standing.STALE
    else:
        standing = Standing.UNKNOWN if source.sends else Standing.NEVER_SENDS
    return Source(source.name, source.setting, standing, as_of, why)


def _unexpected(name: str, reports: list[Report]) -> Source:
    """Return a source nobody expected: how fresh its content should be is not known."""
    why = next((r.failure for r in reports if r.failure), "")
    standing = Standing.FAILED if why else Standing.UNKNOWN
    return Source(name, None, standing, _newest(reports), why)
