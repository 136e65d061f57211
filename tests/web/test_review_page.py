"""The queue of looks to judge in a real browser, as a governance officer and others meet it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.making.server import Server, server
from tests.making.site import garrod
from tests.web.test_emergency_page import put, shot, told
from tests.web.test_prescribe_page import check

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CLINIC = {"reference": "Organization/demo-clinic"}
NOTE = "asked: a call that nobody wrote down"
WHO = "Dr Priya Quill-Synthetic"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = {"GARROD_DEV_ISSUER": "1"}
    with server(tmp_path_factory.mktemp("review") / "d", settings=settings) as made:
        name = [{"text": WHO, "family": "Quill"}]
        put(made, {"resourceType": "Practitioner", "id": "demo-prescriber", "name": name})
        put(made, {"resourceType": "Organization", "id": "demo-clinic", "name": "Demo clinic"})
        for number in range(3):
            put(made, relative(f"q{number}"))
        yield made


def relative(id: str) -> dict[str, Any]:
    """Return somebody of the prescriber's name, registered at the clinic, with nothing due."""
    return {
        "resourceType": "Patient",
        "id": id,
        "birthDate": "1961-02-03",
        "name": [{"family": "Quill", "text": f"{id} Quill-Synthetic"}],
        "managingOrganization": CLINIC,
    }


def weighed(site: Server, waiting: int) -> None:
    """Run the command until so many cases wait: the log is sealed a moment after each request."""
    for _ in range(40):
        said = garrod("audit", "review", "--data", site.folder)
        if len(said.splitlines()) >= waiting:
            return
        time.sleep(0.5)
    raise AssertionError(said)


@pytest.mark.parametrize("width", [1280, 390])
def test_officer_reads_why_and_decides_once(site: Server, acting: Any, width: int) -> None:
    person = "q0" if width == 390 else "q1"
    acting("Prescriber", f"/patients/{person}/prescribe")
    weighed(site, 1)
    page = acting("Governance officer", "/review", width=width)
    assert "Unexplained access" in page.get_by_role("navigation", name="Main").inner_text()
    check(page)
    shot(page, f"review-{width}")
    page.get_by_role("link", name=f"the case of {WHO}").first.click()
    assert page.get_by_role("heading", level=1).inner_text() == WHO
    assert "They have the same family name as the person" in told(page)
    check(page)
    shot(page, f"review-case-{width}")
    page.get_by_label("To be looked into").check()
    page.get_by_label("Why", exact=True).fill("because it is so")
    page.get_by_label("Why", exact=True).evaluate("e => e.removeAttribute('minlength')")
    page.get_by_label("Why", exact=True).fill("short")
    page.get_by_role("button", name="Decide").click()
    assert "10 characters or more" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("To be looked into").is_checked()
    check(page)
    page.get_by_label("Why", exact=True).fill(NOTE)
    page.get_by_role("button", name="Decide").click()
    assert page.url == f"{site.base}/review"
    assert NOTE in told(page)
    check(page)
    shot(page, f"review-decided-{width}")
    page.get_by_role("link", name="To be looked into").first.click()
    assert page.get_by_role("button", name="Decide").count() == 0
    check(page)


def test_it_works_without_a_script(site: Server, acting: Any) -> None:
    acting("Prescriber", "/patients/q2/prescribe")
    weighed(site, 1)
    page = acting("Governance officer", "/review", script=False)
    page.get_by_role("link", name=f"the case of {WHO}").first.click()
    page.get_by_label("Explained: there was a reason").check()
    page.get_by_label("Why", exact=True).fill(NOTE)
    page.get_by_role("button", name="Decide").click()
    assert "Nothing waits" in told(page)


@pytest.mark.parametrize("role", ["Prescriber", "Nurse", "Patient"])
def test_others_judge_nobody(acting: Any, role: str) -> None:
    page = acting(role, "/review")
    assert "Your role does not judge who looked at records" in told(page)
    assert page.get_by_role("link", name="Unexplained access").count() == 0
