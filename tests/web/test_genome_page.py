"""A person's genome in a real browser: what is known, what is not, the proof, the report."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.making.server import Server
from tests.web.conftest import Opened
from tests.web.test_prescribe_page import check, person, put

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHOTS = os.environ.get("GARROD_SHOTS", "")
HOSTILE = "<script>document.title='broken'</script>" + "W" * 200 + "\u202eright to left"
LOINC = "http://loinc.org"


def shot(page: Any, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def genotype(clinic: Server, patient: str, gene: str, words: str) -> None:
    put(
        clinic,
        {
            "resourceType": "Observation",
            "id": f"{patient}-{gene.lower()}",
            "status": "final",
            "code": {"coding": [{"system": LOINC, "code": "84413-4"}]},
            "subject": {"reference": f"Patient/{patient}"},
            "effectiveDateTime": "2026-10-05",
            "valueCodeableConcept": {"text": words},
            "component": [
                {
                    "code": {"coding": [{"system": LOINC, "code": "48018-6"}]},
                    "valueCodeableConcept": {"text": gene},
                }
            ],
        },
    )


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("who", ["demo-1", "demo-2", "demo-3", "demo-4"])
def test_genome_shows_what_is_known_and_what_is_not(
    clinic: Server, signed_in: Opened, who: str, width: int
) -> None:
    page = signed_in(f"/patients/{who}/genome", width=width)
    check(page)
    shot(page, f"genome-{who}-{width}")
    for fold in page.locator("main details").all():
        fold.evaluate("e => { e.open = true }")
    check(page)
    shot(page, f"genome-{who}-{width}-open")
    told = page.locator("main").inner_text()
    assert "Not tested is not the same as normal" in told or "not tested" not in told


def test_proof_goes_down_to_the_line_of_the_file(clinic: Server, signed_in: Opened) -> None:
    page = signed_in("/patients/demo-1/genome", script=False)
    gene = page.get_by_role("article", name="CYP2C19 Called")
    assert "*2/*2" in gene.inner_text()
    gene.get_by_text("Proof and what was not read").click()
    assert "line " in gene.locator(".chain code").first.inner_text()
    assert "pgx-definitions" in gene.inner_text()
    assert "day not recorded" not in gene.inner_text()


def test_report_is_printed_in_its_own_style(clinic: Server, signed_in: Opened) -> None:
    page = signed_in("/patients/demo-1/genome")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.get_by_role("link", name="Report to print").click()
    assert page.url.endswith("/genome/report")
    assert "CYP2C19" in page.locator("body").inner_text()
    assert page.evaluate("document.styleSheets.length") == 1
    assert not [s for s in said if "Content Security Policy" in s]
    check(page)
    shot(page, "genome-report")


@pytest.mark.parametrize("width", [1280, 390])
def test_hostile_words_are_words(clinic: Server, signed_in: Opened, width: int) -> None:
    id = person(clinic, name=HOSTILE)
    genotype(clinic, id, "CYP2C19", HOSTILE)
    genotype(clinic, id, "TPMT", "*1/*3A")
    page = signed_in(f"/patients/{id}/genome", width=width)
    assert page.title().startswith("Genome")
    assert page.get_by_role("article", name="TPMT").count() == 1
    check(page)
    shot(page, f"genome-hostile-{width}")
    page.goto(f"{clinic.base}/patients/{id}/genome/report")
    assert page.title() != "broken"


def test_other_addresses_are_no_pages(clinic: Server, signed_in: Opened) -> None:
    page = signed_in("/patients/demo-1/genome/other")
    assert "no such page" in page.locator("main").inner_text()
