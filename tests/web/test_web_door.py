"""The web door over HTTP: who gets in, what a form must carry, what stands in the headers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx2 as httpx
import pytest

from garrod.entry.demo_moments import MOMENTS, Moment
from tests.making.server import TOKEN, Server

pytestmark = pytest.mark.slow
PAGE = "/patients/demo-1/prescribe"


@pytest.fixture
def visitor(clinic: Server) -> Iterator[httpx.Client]:
    """Yield a client without a token, that follows nothing by itself."""
    with httpx.Client(base_url=clinic.base, timeout=30) as client:
        yield client


def signed_in(visitor: httpx.Client) -> httpx.Client:
    answer = visitor.post("/sign-in", data={"token": TOKEN, "next": PAGE})
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    return visitor


def test_nothing_is_told_to_who_is_not_signed_in(visitor: httpx.Client) -> None:
    answer = visitor.get(PAGE)
    assert answer.status_code == 403
    assert "Ada" not in answer.text


def test_wrong_token_and_made_up_cookie_open_nothing(visitor: httpx.Client) -> None:
    assert visitor.post("/sign-in", data={"token": "no"}).status_code == 403
    for cookie in ("x", "a.1.1.deadbeef", "a.1.1." + "0" * 64, "..."):
        assert visitor.get(PAGE, headers={"Cookie": f"garrod_session={cookie}"}).status_code == 403


def test_cookie_is_for_this_site_alone(visitor: httpx.Client) -> None:
    answer = visitor.post("/sign-in", data={"token": TOKEN})
    said = answer.headers["set-cookie"].lower()
    assert "httponly" in said
    assert "samesite=strict" in said


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_signing_in_leads_nowhere_else(visitor: httpx.Client, to: str) -> None:
    answer = visitor.post("/sign-in", data={"token": TOKEN, "next": to})
    assert answer.headers["location"] == "/"


def test_form_without_its_token_is_refused(visitor: httpx.Client) -> None:
    signed_in(visitor)
    for csrf in ("", "0" * 64):
        answer = visitor.post(PAGE, data={"csrf": csrf, "drug": "paracetamol", "do": "sign"})
        assert answer.status_code == 403


def test_other_pages_and_names_are_refused(visitor: httpx.Client) -> None:
    signed_in(visitor)
    assert visitor.get(PAGE, headers={"Origin": "https://evil.example"}).status_code == 403
    assert visitor.get(PAGE, headers={"Host": "evil.example"}).status_code == 403


def test_headers_are_strict(visitor: httpx.Client) -> None:
    answer = signed_in(visitor).get(PAGE)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "style=" not in answer.text
    assert "http://" not in answer.text.partition("<pre")[0]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/patients/nobody/prescribe", 404),
        ("/patients/%3Cb%3E/prescribe", 404),
        ("/patients/demo-1/prescribe/signed/MedicationRequest/none", 404),
        ("/patients/demo-1/prescribe/signed/Patient/demo-1", 404),
        ("/patients/demo-1/nowhere", 404),
        ("/static/../door.py", 404),
        ("/static/door.py", 404),
    ],
)
def test_what_is_not_there_is_said_in_words(visitor: httpx.Client, path: str, status: int) -> None:
    answer = signed_in(visitor).get(path)
    assert answer.status_code == status


def test_mistyped_address_is_said_in_words_to_a_browser_alone(visitor: httpx.Client) -> None:
    page = visitor.get("/todya", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (page.status_code, page.headers["content-type"][:9]) == (404, "text/html")
    assert "There is no such page" in page.text
    assert "default-src" in page.headers["content-security-policy"]
    program = visitor.get("/todya", headers={"Accept": "application/json"})
    assert (program.status_code, program.json()) == (404, {"detail": "Not Found"})
    fhir = visitor.get("/fhir/Patient/no-one", headers={"Accept": "text/html"})
    assert "html" not in fhir.headers["content-type"]


def test_strange_directions_are_kept_to_be_mended(visitor: httpx.Client) -> None:
    page = signed_in(visitor).get(f"{PAGE}?drug=paracetamol&amount=abc", follow_redirects=True)
    assert page.status_code == 200
    assert 'value="abc"' in page.text


@pytest.mark.parametrize(
    ("moment", "kind"),
    list(zip(MOMENTS, ("warn", "advise", "warn", "warn", "stop", "stop", "warn"), strict=True)),
    ids=lambda value: getattr(value, "id", value),
)
def test_each_moment_of_the_demo_speaks_as_loudly_as_it_should(
    visitor: httpx.Client, moment: Moment, kind: str
) -> None:
    address = f"/patients/{moment.id}/prescribe?drug={moment.drug}"
    page = signed_in(visitor).get(address, follow_redirects=True).text
    found = re.search(r'<section class="card (\w+)"', page)
    assert found is not None
    assert found[1] == kind
    assert moment.name in page


def test_people_are_found_by_name(visitor: httpx.Client) -> None:
    token = re.search(r'name="csrf" value="(\w+)"', signed_in(visitor).get("/patients").text)
    assert token is not None
    sent = {"csrf": token[1], "q": "Ada"}
    page = visitor.post("/patients", data=sent, follow_redirects=True)
    assert "Ada" not in str(page.url)
    assert "Ada Example-Synthetic" in page.text
    assert "Bert Example-Synthetic" not in page.text


def test_medicine_that_nothing_is_known_of_is_no_clear_one(visitor: httpx.Client) -> None:
    address = "/patients/demo-2/prescribe?drug=wundermittel"
    page = signed_in(visitor).get(address, follow_redirects=True).text
    assert 'class="card unsure"' in page
    assert "Not fully checked" in page
