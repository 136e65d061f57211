"""Writes a report as one HTML file: no script, nothing fetched, safe under a strict policy."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from garrod.adapters.report.model import Report
from garrod.adapters.report.presenter import page_of


def render_html(report: Report) -> str:
    """Return the page. Every value is escaped; the style is allowed by its own hash."""
    style = _style() + page_label(f"{report.title}: {report.sample}  {report.subject_note}")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    template = _environment().get_template("report.html.jinja")
    return template.render(page=page_of(report), style=style, policy=policy)


def page_label(text: str) -> str:
    """Return the rule that prints a text on each sheet; all but letters and digits escaped."""
    safe = "".join(c if c.isascii() and c.isalnum() else f"\\{ord(c):06x}" for c in text.strip())
    return f'@page {{ @top-right {{ content: "{safe}"; font: 8pt system-ui, sans-serif; }} }}\n'


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("garrod.adapters.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_kept_together,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _kept_together(value: object) -> object:
    """Return a text whose numbers do not part from their per cent sign at the end of a line."""
    return value.replace(" %", "\u00a0%") if isinstance(value, str) else value


@cache
def _style() -> str:
    return files("garrod.adapters.report").joinpath("style.css").read_text(encoding="utf-8")
