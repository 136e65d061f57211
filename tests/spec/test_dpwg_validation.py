"""DPWG's source rows agree with the pack, and the second reading still speaks of it."""

import pytest

from validation import dpwg_rows, second_reading


@pytest.mark.shared
def test_every_source_row_reaches_rows_of_its_strength(
    shared: object, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dpwg_rows.main() == 0, capsys.readouterr().out
    assert "| 529 | 53 | 529 | 0 |" in capsys.readouterr().out


@pytest.mark.shared
def test_second_reading_is_of_the_rows_as_they_are(
    shared: object, capsys: pytest.CaptureFixture[str]
) -> None:
    assert second_reading.main() == 0, capsys.readouterr().out
    assert "acts judged wrong and not corrected | 0" in capsys.readouterr().out
