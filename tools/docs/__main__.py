"""Writes the generated pages of docs/reference; with --check only says which are stale.

python -m tools.docs [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path

from tools.docs import command_line, errors, packs

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"
NOTE = "<!-- Written by `make docs`; do not edit: change its source and run it again. -->\n\n"
PAGES = {"command-line.md": command_line.page, "errors.md": errors.page, "packs.md": packs.page}


def main(arguments: list[str]) -> int:
    """Return 0 when every page is written, or, with --check, was up to date already."""
    stale = []
    for name, page in PAGES.items():
        path, text = REFERENCE / name, NOTE + page()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in arguments:
            path.write_text(text, encoding="utf-8")
            print(f"wrote docs/reference/{name}")
    if stale and "--check" in arguments:
        print(f"stale: {', '.join(stale)}; run: make docs", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
