"""The README with the demo's real output between its two marks, so that it never lies."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).resolve().parents[2] / "README.md"
BETWEEN = re.compile(r"(<!-- demo -->\n```[a-z]*\n)(.*?)(```\n<!-- /demo -->)", re.DOTALL)


def page() -> str:
    """Return the README as it should read."""
    text = README.read_text(encoding="utf-8")
    if not BETWEEN.search(text):
        return text
    output = demo()
    return BETWEEN.sub(lambda m: m[1] + output + m[3], text)


def demo() -> str:
    """Return what `garrod demo --once` prints."""
    start = "import sys; from garrod.entry.cli.app import main; sys.exit(main())"
    ran = subprocess.run(
        [sys.executable, "-c", start, "demo", "--once"], capture_output=True, check=True
    )
    return ran.stdout.decode()
