"""Documents in a real browser: listed with who, when and from where; opened as plain words."""

from __future__ import annotations

from base64 import b64encode

import pytest

from tests.making.server import Server
from tests.web.conftest import Opened
from tests.web.test_dispense_page import HOSTILE, shot
from tests.web.test_prescribe_page import check, person, put

pytestmark = [pytest.mark.browser, pytest.mark.slow]
XHTML = "http://www.w3.org/1999/xhtml"


def documents(clinic: Server, patient: str, title: str = "Discharge letter") -> None:
    """Write one document of each sort."""
    own = {"reference": f"Patient/{patient}"}
    letter = b64encode(f"Dear colleague,\n{title}".encode()).decode()
    attached = [
        {"attachment": {"contentType": "text/plain", "data": letter, "title": title}},
        {"attachment": {"contentType": "text/html", "data": b64encode(HOSTILE.encode()).decode()}},
        {"attachment": {"contentType": "application/pdf", "url": "https://x.example/a.pdf"}},
    ]
    kind = {"text": "Letter"}
    put(
        clinic,
        {
            "resourceType": "DocumentReference",
            "id": f"{patient}-d",
            "status": "current",
            "subject": own,
            "date": "2026-11-03T10:00:00Z",
            "type": kind,
            "author": [{"display": "Dr Made Up-Synthetic"}],
            "content": attached,
        },
    )
    put(
        clinic,
        {
            "resourceType": "Composition",
            "id": f"{patient}-c",
            "status": "final",
            "type": kind,
            "subject": own,
            "date": "2026-10-03",
            "author": [{"display": "Ward 4"}],
            "title": "Summary",
            "section": [
                {
                    "title": "Plan",
                    "text": {
                        "status": "generated",
                        "div": f'<div xmlns="{XHTML}"><p>Keep <b>warm</b></p>'
                        "<ul><li>drink</li></ul></div>",
                    },
                }
            ],
        },
    )
    put(
        clinic,
        {
            "resourceType": "DiagnosticReport",
            "id": f"{patient}-r",
            "status": "preliminary",
            "code": {"text": "Full blood count"},
            "subject": own,
            "effectiveDateTime": "2026-09-03",
            "conclusion": "All within limits",
        },
    )


@pytest.mark.parametrize("width", [1280, 390])
def test_documents_are_listed_and_opened(signed_in: Opened, clinic: Server, width: int) -> None:
    patient = person(clinic)
    page = signed_in(f"/patients/{patient}/documents", width=width)
    assert "not the same as none" in page.locator("main").inner_text()
    check(page)
    documents(clinic, patient)
    page.goto(f"{clinic.base}/patients/{patient}/documents")
    titles = page.locator("tbody th").all_inner_texts()
    assert [t.strip() for t in titles] == ["Discharge letter", "Summary", "Full blood count"]
    assert "3 November 2026" in page.locator("tbody tr").first.inner_text()
    check(page)
    shot(page, f"documents-{width}")
    page.get_by_role("link", name="Discharge letter").click()
    said = page.locator("article").inner_text()
    assert "Dear colleague," in said
    assert "was not fetched" in said
    assert "broken" not in page.title()
    assert page.locator("article script, article a, article img").count() == 0
    check(page)
    shot(page, f"document-{width}")
    page.goto(f"{clinic.base}/patients/{patient}/documents/Composition/{patient}-c")
    assert page.locator("article .item").inner_text().strip() == "drink"
    check(page)
    page.goto(f"{clinic.base}/patients/{patient}/documents/DiagnosticReport/{patient}-r")
    assert "Preliminary: not final" in page.locator(".note.loud").inner_text()
    check(page)


def test_hostile_titles_stay_words(signed_in: Opened, clinic: Server) -> None:
    patient = person(clinic, name=HOSTILE)
    documents(clinic, patient, HOSTILE)
    page = signed_in(f"/patients/{patient}/documents", width=390)
    assert "broken" not in page.title()
    check(page)
    page.goto(f"{clinic.base}/patients/{patient}/documents/DocumentReference/{patient}-d")
    assert "broken" not in page.title()
    check(page)


def test_document_of_somebody_else_is_not_here(signed_in: Opened, clinic: Server) -> None:
    patient, other = person(clinic), person(clinic)
    documents(clinic, patient)
    page = signed_in("/patients")
    there = f"{clinic.base}/patients/{other}/documents"
    for tail in (f"DocumentReference/{patient}-d", "Patient/x", "DocumentReference/none", "x"):
        answer = page.goto(f"{there}/{tail}")
        assert answer.status in (400, 404), tail
    check(page)


def test_long_list_goes_on_page_by_page(signed_in: Opened, clinic: Server) -> None:
    patient = person(clinic)
    for number in range(53):
        put(
            clinic,
            {
                "resourceType": "DocumentReference",
                "id": f"{patient}-{number}",
                "status": "current",
                "subject": {"reference": f"Patient/{patient}"},
                "date": f"2026-01-{number % 28 + 1:02}T10:00:00Z",
                "content": [{"attachment": {"title": f"Letter {number}"}}],
            },
        )
    page = signed_in(f"/patients/{patient}/documents", script=False)
    first = page.locator("tbody th").all_inner_texts()
    page.get_by_role("link", name="Earlier documents").click()
    rest = page.locator("tbody th").all_inner_texts()
    assert (len(first), len(rest)) == (50, 3)
    assert not set(first) & set(rest)
