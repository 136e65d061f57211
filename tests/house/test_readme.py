"""The README says the two commands and the warning first; generated pages are complete."""

import re

from tests.house.source_tree import ROOT
from tools.docs import command_line, errors, guidance

TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
SCREEN = TEXT.splitlines()[:60]


def test_first_screen_has_the_two_commands() -> None:
    assert any(line.startswith("make demo") for line in SCREEN[:12])
    assert any(line.startswith("make test") for line in SCREEN[:12])


def test_warning_stands_in_the_readme() -> None:
    assert "not a medical device" in TEXT


def test_reference_of_the_command_line_shows_an_example_for_each_command() -> None:
    sections = command_line.page().split("\n## ")[1:]
    assert len(sections) >= 5
    assert [s.split("\n")[0] for s in sections if "\n$ garrod " not in s] == []


def test_reference_of_errors_gives_each_code_a_sentence() -> None:
    rows = re.findall(r"^\| `([A-Z]{3}\d{3})` \| (.+) \| `", errors.page(), re.M)
    longest: dict[str, int] = {}
    for code, said in rows:
        longest[code] = max(len(said), longest.get(code, 0))
    assert {"VCF003", "KNO003"} <= set(longest)
    assert [code for code, length in longest.items() if length < 20] == []


def test_reference_of_guidance_has_a_row_for_each_recommendation() -> None:
    assert "| clopidogrel |" in guidance.page()
