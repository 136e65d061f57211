"""The threat model for people to read, from safety/threats.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

LOG = Path(__file__).resolve().parents[2] / "safety" / "threats.yaml"
TITLE = """# Threats, controls and their tests

What somebody could do to a record, by STRIDE, and at which border. Each control has tests that
fail without it; what it does not do is said. Nobody outside has made a penetration test.
"""
OWASP = """
## OWASP API Security Top 10, 2023

| | Risk | Tests |
|---|---|---|
"""
KINDS = (
    "spoofing", "tampering", "repudiation", "information disclosure", "denial of service",
    "elevation of privilege",
)  # fmt: skip


def page() -> str:
    """Return the page: a table by kind, each threat with its control and tests, and OWASP's ten."""
    told = yaml.safe_load(LOG.read_text(encoding="utf-8"))
    threats = told["threats"]
    table = "\n| | Kind | At | Threat |\n|---|---|---|---|\n"
    table += "".join(
        f"| [{t['id']}](#{t['id'].lower()}) | {t['stride']} | {', '.join(t['at'])} "
        f"| {t['threat']} |\n"
        for t in sorted(threats, key=lambda t: KINDS.index(t["stride"]))
    )
    ten = "".join(
        f"| {one['id']} | {one['risk']} | {'<br>'.join(f'`{t}`' for t in one['tests'])} |\n"
        for one in told["owasp"]
    )
    return TITLE + table + "".join(f"\n{section(t)}" for t in threats) + OWASP + ten


def section(threat: dict[str, Any]) -> str:
    """Return one threat as Markdown."""
    lines = [
        f"## {threat['id']}",
        "",
        f"{threat['threat']}.",
        "",
        f"Control: {threat['control']}. In {', '.join(f'`{w}`' for w in threat['where'])}.",
        "",
        *([f"Left: {threat['left']}.", ""] if threat["left"] else []),
        *(f"- `{test}`" for test in threat["tests"]),
    ]
    return "\n".join(lines) + "\n"
