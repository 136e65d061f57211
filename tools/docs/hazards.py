"""The hazard log for people to read, from safety/hazards.yaml."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

LOG = Path(__file__).resolve().parents[2] / "safety" / "hazards.yaml"
TITLE = """# Hazards, controls and their tests

Each control stands in the code, and each has tests that fail without it. A clinical safety officer
has not yet reviewed this log.
"""


def page() -> str:
    """Return the page: each hazard with cause, harm, control and tests."""
    hazards = yaml.safe_load(LOG.read_text(encoding="utf-8"))["hazards"]
    return TITLE + "".join(f"\n{section(hazard)}" for hazard in hazards)


def data() -> str:
    """Return the log as JSON: what the clinic's page of the safety case reads."""
    hazards = yaml.safe_load(LOG.read_text(encoding="utf-8"))["hazards"]
    return json.dumps(hazards, ensure_ascii=False, indent=1) + "\n"


def section(hazard: dict[str, Any]) -> str:
    """Return one hazard as Markdown."""
    lines = [
        f"## {hazard['id']} {hazard['hazard']}",
        "",
        f"Severity {hazard['severity']}. {hazard['cause']}. Harm: {hazard['harm']}.",
        "",
        f"Control: {hazard['control']}. In {', '.join(f'`{w}`' for w in hazard['where'])}.",
        "",
        *(f"- `{test}`" for test in hazard["tests"]),
    ]
    return "\n".join(lines) + "\n"
