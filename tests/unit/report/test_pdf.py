"""The report as PDF: tagged, the same each time, and deaf to markup in what people typed."""

import shutil
import subprocess
import sys
from dataclasses import replace

import pytest

from garrod.adapters.report.pdf import render_pdf
from garrod.core.errors import InputError, UsageError
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
    made = render_pdf(typed)
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("pdftotext (poppler) is not installed: the text was not read back")
    ran = subprocess.run([reader, "-", "-"], input=made, capture_output=True, check=True)
    assert "*bold* $x$" in " ".join(ran.stdout.decode().split())


@pytest.mark.parametrize("typed", ["阿司匹林", "aspirin \ud800"])
def test_pdf_of_text_that_no_font_can_set_is_refused_in_words(typed: str) -> None:
    pytest.importorskip("typst", reason="the extra `reports` is not installed")
    with pytest.raises(InputError, match="choose --format html"):
        render_pdf(replace(report(), sample=typed))


def test_pdf_without_the_extra_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(UsageError, match="garrod\\[reports\\]"):
        render_pdf(report())
