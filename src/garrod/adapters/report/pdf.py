"""Writes a report as tagged PDF (PDF/UA-1) with Typst: the page's own words, laid out for paper.

Report -> Page (worded) -> data -> report.typ -> PDF.  Needs the extra `reports`.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from importlib import import_module
from importlib.resources import files

import orjson

from garrod.adapters.report.model import Report
from garrod.adapters.report.presenter import page_of
from garrod.core.errors import InputError, UsageError

STANDARD = "ua-1"  # ISO 14289-1: headings, tables and reading order are tagged


def render_pdf(report: Report) -> bytes:
    """Return the PDF, the same for the same report.  Raises: UsageError, InputError INP031."""
    try:
        typst = import_module("typst")  # by name: the extra may be absent
    except ImportError:
        raise UsageError(
            "--format pdf needs Typst, which is not installed; install it with "
            "pip install 'garrod[reports]', or choose html and print that"
        ) from None
    template = files("garrod.adapters.report").joinpath("report.typ").read_bytes()
    made = datetime(report.made_on.year, report.made_on.month, report.made_on.day, tzinfo=UTC)
    try:
        written: bytes = typst.compile(
            template,
            sys_inputs={"page": orjson.dumps(asdict(page_of(report))).decode()},
            pdf_standards=[STANDARD],
            timestamp=made,
            ignore_system_fonts=True,
        )
    except (typst.TypstError, TypeError) as error:  # TypeError: half of a character, as JSON
        raise InputError(
            "the report holds text that the fonts of a PDF cannot set (a script or sign such as "
            "Chinese, or a control character); choose --format html, which can show it",
            code="INP031",
        ) from error
    return written
