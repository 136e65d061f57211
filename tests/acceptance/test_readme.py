"""The README's first screen is true: what it prints is what the command prints."""

import re
from pathlib import Path

from tests.acceptance.conftest import Run

README = Path(__file__).resolve().parents[2] / "README.md"


def test_readme_shows_the_real_output_of_the_demo(run: Run) -> None:
    text = README.read_text(encoding="utf-8")
    shown = re.search(r"<!-- demo -->\n```\n(.*?)```\n<!-- /demo -->", text, re.DOTALL)
    assert shown is not None
    assert shown[1] == run("demo", "--once").out
