"""The report as PDF: tagged, the same each time, and deaf to markup in what people typed."""

import sys
from dataclasses import replace

import pytest

from garrod.adapters.report.pdf import render_pdf
from garrod.core.errors import UsageError
from tests.unit.report.synthetic import person as report

HOSTILE = '#import "@preview/x"; *bold* $x$ \\ <label> @ref // `raw` #panic("x")'


def test_pdf_is_tagged_and_the_same_for_the_same_report() -> None:
    pytest.importorskip("typst", reason="the extra `reports` is not installed")
    made = render_pdf(report())
    assert made.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in made
    assert b"pdfuaid" in made
    assert made == render_pdf(report())


def test_pdf_reads_no_markup_in_what_was_typed() -> None:
    pytest.importorskip("typst", reason="the extra `reports` is not installed")
    typed = replace(report(), sample=HOSTILE, warnings=(HOSTILE,), medicines=(HOSTILE,))
    assert render_pdf(typed).startswith(b"%PDF-")


def test_pdf_without_the_extra_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(UsageError, match="garrod\\[reports\\]"):
        render_pdf(report())
