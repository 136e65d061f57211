"""Every target of the validation is met on the shared data (skipped where it is absent)."""

from collections.abc import Callable

import pytest

from validation.__main__ import ALL

# Minutes long; test_fhir_profiles.py, test_kill.py and test_record_cli.py hold the same to less.
ELSEWHERE = {"fhir_profiles", "kill_rounds", "fhir_storage"}


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(ALL.keys() - ELSEWHERE))
def test_targets_are_met(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    run: Callable[[], int] = ALL[name]
    missed = run()
    printed = capsys.readouterr().out
    assert "|---|" in printed  # a table of figures, not silence
    assert missed == 0, printed
