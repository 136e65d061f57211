"""A demo that starts over forgets its record and what was dropped there, and nothing else."""

from __future__ import annotations

from pathlib import Path

from garrod.entry.demo_reset import FILES, forget
from garrod.entry.housing import DEMO_FILE


def test_what_was_dropped_in_a_demo_goes_with_its_record(tmp_path: Path) -> None:
    for name in (DEMO_FILE, f"{FILES}/laboratory/x/state.json", "laboratory/y/state.json"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    forget(tmp_path / DEMO_FILE)
    assert [p.name for p in tmp_path.iterdir()] == ["laboratory"]
    assert (tmp_path / "laboratory/y/state.json").exists()
