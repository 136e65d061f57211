"""A process killed while it writes loses nothing that it acknowledged."""

from pathlib import Path

from validation.kill_rounds import rounds


def test_nothing_acknowledged_is_lost_and_nothing_half_written(tmp_path: Path) -> None:
    tally = rounds(tmp_path / "record.db", 4)
    assert tally.acknowledged > 40
    assert (tally.lost, tally.halves, tally.flaws) == (0, 0, 0)
