"""Workflow 4 through the demo's sign-in: a VCF is dropped, authorised, and prescribing changes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from garrod.entry.demo_story import GENOME
from tests.making.server import Server
from tests.web.test_prescribe_page import check, held

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHOTS = os.environ.get("GARROD_SHOTS", "")
WHO = "demo-2"  # of whose genes nothing is known
As = Callable[..., Any]


def shot(page: Any, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def test_vcf_is_authorised_and_the_prescriber_sees_the_gene(in_demo: As, demo: Server) -> None:
    gp = in_demo("prescriber", f"/patients/{WHO}/prescribe?drug=clopidogrel")
    assert "poor metaboliser" not in gp.locator("main").inner_text()
    page = in_demo("laboratory-scientist", "/laboratory")
    check(page)
    page.get_by_label("Whose genome is it?").fill(WHO)
    page.get_by_role("button", name="Choose").click()
    assert "Bert" in page.locator(".who").inner_text()
    check(page)
    shot(page, "w4-drop")
    page.get_by_label("Variant file").set_input_files(str(GENOME))
    page.get_by_role("button", name="Send the file").click()
    page.get_by_role("heading", name="Checks").wait_for()
    check(page)
    shot(page, "w4-checks")
    said = page.locator("main").inner_text()
    assert "GRCh38" in said
    assert "SYNTHETIC-1" in said
    assert "Another person’s DNA" in said
    assert held(demo, "Observation", WHO) == []  # nothing yet
    page.get_by_label("I have compared the sample").check()
    page.get_by_role("button", name="Authorise these results").click()
    assert "Authorised by" in page.get_by_role("status").first.inner_text()
    check(page)
    shot(page, "w4-authorised")
    (report,) = held(demo, "DiagnosticReport", WHO)
    who = {"reference": "Practitioner/demo-laboratory-scientist"}
    assert (report["status"], report["performer"]) == ("final", [who])
    for form in ("fhir", "pdf", "hl7"):  # of one object
        given = page.request.get(f"{page.url.partition('?')[0]}/{form}")
        assert given.status == 200, form
    page.goto(f"{demo.base}/patients/{WHO}/genome")
    assert "CYP2C19" in page.locator("#known").locator("xpath=..").inner_text()
    gp.reload()
    assert "CYP2C19 poor metaboliser" in gp.locator(".card h2").first.inner_text()
    shot(gp, "w4-prescriber")
