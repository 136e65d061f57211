"""Writes the generated pages, and the demo's output in the README; --check only says what is stale.

python -m tools.docs [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path

from tools.docs import (
    command_line,
    coverage,
    errors,
    guidance,
    hazards,
    packs,
    readme,
    rules,
    spec,
    threats,
)

ROOT = Path(__file__).resolve().parents[2]
NOTE = "<!-- Written by `make docs`; do not edit: change its source and run it again. -->\n\n"
PAGES = {
    "docs/reference/command-line.md": command_line.page,
    "docs/reference/coverage.md": coverage.page,
    "docs/reference/errors.md": errors.page,
    "docs/reference/guidance.md": guidance.page,
    "docs/reference/hazards.md": hazards.page,
    "docs/reference/packs.md": packs.page,
    "docs/reference/rules.md": rules.page,
    "docs/reference/spec.md": spec.page,
    "docs/security/threats.md": threats.page,
}


def main(arguments: list[str]) -> int:
    """Return 0 when every page is written, or, with --check, was up to date already."""
    wanted = {name: NOTE + page() for name, page in PAGES.items()}
    wanted["README.md"] = readme.page()
    wanted["src/garrod/entry/web/safety/hazards.json"] = hazards.data()
    stale = [name for name, text in wanted.items() if text != written(ROOT / name)]
    if "--check" in arguments:
        if stale:
            print(f"stale: {', '.join(stale)}; run: make docs", file=sys.stderr)
        return int(bool(stale))
    for name in stale:
        (ROOT / name).write_text(wanted[name], encoding="utf-8")
        print(f"wrote {name}")
    return 0


def written(path: Path) -> str:
    """Return what a page says now; nothing when it is not there."""
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
