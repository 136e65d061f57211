"""Every expected source has a standing; what is hidden is counted and no more."""

from datetime import timedelta

import pytest

from garrod.care.record.medication.completeness import (
    Expected,
    Report,
    Standing,
    completeness_of,
)
from garrod.care.record.medication.line import Setting
from garrod.core.errors import InputError
from tests.unit.record.making import day

DAY = timedelta(days=1)
GP = Expected("GP system", Setting.GP, DAY)
EPMA = Expected("Ward system", Setting.HOSPITAL, DAY)
HOME = Expected("Homecare", Setting.HOMECARE, DAY, sends=False)


def standing(*reports: Report, expected: Expected = GP) -> Standing:
    return completeness_of([expected], reports, day(10)).sources[0].standing


def test_standing_of_a_source() -> None:
    assert standing(Report("GP system", day(10))) is Standing.ANSWERED
    assert standing(Report("GP system", day(9))) is Standing.ANSWERED
    assert standing(Report("GP system", day(8))) is Standing.STALE
    assert standing(Report("GP system", failure="timed out")) is Standing.FAILED
    assert standing() is Standing.UNKNOWN
    assert standing(expected=HOME) is Standing.NEVER_SENDS
    assert standing(Report("Homecare", day(10)), expected=HOME) is Standing.ANSWERED


def test_failure_is_told_beside_the_older_content() -> None:
    reports = [Report("GP system", day(9)), Report("GP system", failure="timed out")]
    found = completeness_of([GP], reports, day(10))
    assert found.gaps() == ("GP system: failed (timed out), content as of 10/03/2026 09:00",)


def test_no_expected_source_is_passed_over() -> None:
    found = completeness_of([GP, EPMA, HOME], [Report("GP system", day(10))], day(10))
    assert [s.name for s in found.sources] == ["GP system", "Ward system", "Homecare"]
    assert len(found.gaps()) == 2
    assert not found.is_whole


def test_source_nobody_expected_is_shown() -> None:
    found = completeness_of([], [Report("Trial", day(10)), Report("X", failure="no")], day(10))
    assert [(s.name, s.standing) for s in found.sources] == [
        ("Trial", Standing.UNKNOWN),
        ("X", Standing.FAILED),
    ]


def test_hidden_lines_are_counted_only() -> None:
    answered = [Report("GP system", day(10))]
    assert completeness_of([GP], answered, day(10)).is_whole
    one = completeness_of([GP], answered, day(10), hidden_by_consent=1)
    assert one.gaps() == ("1 line is hidden by the person's consent",)
    two = completeness_of([GP], answered, day(10), hidden_by_consent=2)
    assert two.gaps() == ("2 lines are hidden by the person's consent",)


def test_view_without_expected_sources_is_not_whole() -> None:
    assert not completeness_of([], [], day(10)).is_whole


def test_source_expected_twice_is_refused() -> None:
    with pytest.raises(InputError, match="expected twice"):
        completeness_of([GP, GP], [], day(10))
