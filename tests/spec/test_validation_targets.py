"""Every target of the validation is met on the shared data (skipped where it is absent)."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.making.desk_time import EVERY_CHANGE
from validation import __main__ as validation_main
from validation import kill_rounds
from validation.__main__ import ALL, BY_NAME

# Minutes long; test_fhir_profiles.py, test_kill.py, test_record_cli.py, test_snooping.py,
# test_suppression.py and test_release_cli.py hold the same to less.
ELSEWHERE = {"fhir_profiles", "kill_rounds", "fhir_storage", "snooping", "release_numbers"}

# At a desk, and by `make validate`; for every change, the tests of formats and of the audit do.
LONG = {"fhir_round_trip", "fhir_xml", "audit_tampering"} if EVERY_CHANGE else set()


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(ALL.keys() - ELSEWHERE - LONG))
def test_targets_are_met(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    run: Callable[[], int] = ALL[name]
    missed = run()
    printed = capsys.readouterr().out
    assert "|---|" in printed  # a table of figures, not silence
    assert missed == 0, printed


def test_every_comparison_is_in_the_list() -> None:
    folder = Path(validation_main.__file__).parent
    begins = "\ndef main() -> int:"
    written = {p.stem for p in folder.glob("*.py") if begins in p.read_text(encoding="utf-8")}
    assert (
        written - {"reliability"} == ALL.keys() | BY_NAME.keys()
    )  # that one draws, and compares nothing


def test_what_needs_no_shared_data_runs_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(validation_main, "PGX", tmp_path / "nowhere")
    monkeypatch.setattr(kill_rounds, "ROUNDS", 10)
    assert validation_main.main(["getrm"]) == 2
    assert validation_main.main(["kill_rounds", "getrm"]) == 2
    assert "shared data folder is absent" in capsys.readouterr().out
    assert validation_main.main(["kill_rounds"]) == 0
    assert "10 rounds" in capsys.readouterr().out
