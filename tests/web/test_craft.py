"""What every page has in common: weight, keyboard, paper, and forms that lose nothing."""

from __future__ import annotations

import re
from typing import Any

import httpx2 as httpx
import pytest

from tests.making.server import TOKEN, Server
from tests.web.conftest import Opened
from tests.web.test_prescribe_page import check, held, person

pytestmark = [pytest.mark.browser, pytest.mark.slow]
COLD, WARM = 400_000, 60_000  # bytes as they travel
IBUPROFEN = "drug=ibuprofen&amount=400&times=3&route=oral"
HEAVY = (
    "/patients",
    "/patients/demo-1/prescribe",
    "/patients/demo-1/prescribe?drug=clopidogrel",
    "/patients/demo-4/prescribe?drug=capecitabine",
    "/patients/demo-1/access",
)


@pytest.mark.parametrize("address", HEAVY)
def test_page_is_light_and_its_files_are_fetched_once(
    signed_in: Opened, clinic: Server, address: str
) -> None:
    page = signed_in("/sign-in")
    context = page.context.browser.new_context()
    context.add_cookies(page.context.cookies())
    for most, files in ((COLD, True), (WARM, False)):
        fresh = context.new_page()
        told: list[Any] = []
        fresh.on("response", lambda response, told=told: told.append(response))
        fresh.goto(f"{clinic.base}{address}")
        fresh.wait_for_load_state("networkidle")
        told_of = {r.url: r.request.sizes()["responseBodySize"] for r in told}
        sizes = {url: max(size, 0) for url, size in told_of.items()}  # below none: from the cache
        assert sum(sizes.values()) <= most, sizes
        versioned = [r for r in told if "/static/" in r.url and "?v=" in r.url]
        assert bool(versioned), "the page has its files under their versions"
        assert files or sum(sizes[r.url] for r in versioned) == 0, sizes
        fresh.close()
    context.close()


def test_files_keep_for_a_year_and_pages_for_no_time(clinic: Server) -> None:
    takes = {"Accept-Encoding": "gzip"}
    with httpx.Client(base_url=clinic.base, headers=takes) as client:
        client.post("/sign-in", data={"token": TOKEN})
        page = client.get("/patients")
        assert page.headers["content-encoding"] == "gzip"
        assert page.headers["cache-control"] == "no-store"
        for file in re.findall(r'"(/static/[^"]+)"', page.text):
            answer = client.get(file)
            assert "immutable" in answer.headers["cache-control"], file
            known = {"If-None-Match": answer.headers["etag"]}
            assert client.get(file.partition("?")[0], headers=known).status_code == 304
        elsewhere = client.get("/patients", headers={"Sec-Fetch-Site": "cross-site"})
        assert "content-encoding" not in elsewhere.headers


def test_token_of_forms_is_another_in_each_page(signed_in: Opened, clinic: Server) -> None:
    page = signed_in("/patients")
    found = set()
    for _ in range(3):
        page.goto(f"{clinic.base}/patients")
        found.add(page.locator("input[name=csrf]").first.input_value())
    assert len(found) == 3


def test_keyboard_alone_leads_past_the_head_to_the_work(signed_in: Opened) -> None:
    page = signed_in("/patients/demo-1/prescribe")
    page.get_by_role("heading", name="Prescribe").wait_for()
    page.goto(page.url)
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    assert skip.evaluate("e => e === document.activeElement")
    box = skip.bounding_box()
    assert box is not None
    assert box["x"] >= 0, "it is seen when it has the focus"
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'main'")  # a leap within a page is later
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("clopid")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"q=clopid"))
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.matches a')"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"drug=clopidogrel"))
    assert page.locator(".card").is_visible()


def test_focus_goes_down_the_page_and_is_always_seen(signed_in: Opened) -> None:
    page = signed_in("/patients/demo-1/prescribe?drug=clopidogrel")
    seen: list[tuple[float, str]] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        told = page.evaluate(WHERE)
        if told is None:
            break
        assert told["seen"], told["html"]
        seen.append((told["order"], told["html"]))
    assert len(seen) > 10
    assert [order for order, _ in seen] == sorted(order for order, _ in seen)


WHERE = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const s = getComputedStyle(e);
  const seen = s.outlineStyle !== 'none' || s.boxShadow !== 'none' || e.id === 'main';
  const order = [...document.querySelectorAll('*')].indexOf(e);
  return {seen, order, html: e.outerHTML.slice(0, 100)};
}"""


def test_escape_folds_what_was_unfolded(signed_in: Opened) -> None:
    page = signed_in("/patients/demo-1/prescribe?drug=clopidogrel")
    summary = page.locator("summary").filter(has_text="The whole proof").first
    summary.focus()
    page.keyboard.press("Enter")
    assert summary.evaluate("e => e.parentElement.open")
    page.keyboard.press("Escape")
    assert not summary.evaluate("e => e.parentElement.open")
    assert summary.evaluate("e => e === document.activeElement")


def test_what_went_wrong_is_where_one_is_and_leads_to_its_field(
    signed_in: Opened, clinic: Server
) -> None:
    page = signed_in(f"/patients/{person(clinic)}/prescribe?drug=paracetamol")
    page.get_by_text("Dose and reason").click()
    page.get_by_label("Dose", exact=True).fill("much")
    page.get_by_role("button", name="Sign Paracetamol").click()
    alert = page.get_by_role("alert")
    assert alert.evaluate("e => e === document.activeElement")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.value === 'much'")
    check(page)


def test_nothing_typed_is_lost_when_the_session_ends_meanwhile(
    signed_in: Opened, clinic: Server
) -> None:
    patient = person(clinic)
    page = signed_in(f"/patients/{patient}/prescribe?drug=paracetamol")
    page.get_by_text("Dose and reason").click()
    page.get_by_label("Dose", exact=True).fill("750")
    page.context.clear_cookies()
    page.get_by_role("button", name="Sign Paracetamol").click()
    assert "Your session has ended" in page.locator("main").inner_text()
    check(page)
    assert held(clinic, "MedicationRequest", patient) == []
    page.get_by_label("Token of this server").fill(TOKEN)
    page.locator("main").get_by_role("button", name="Sign in").click()
    assert page.get_by_label("Dose", exact=True).input_value() == "750"
    assert held(clinic, "MedicationRequest", patient) == []


def test_second_tab_is_told_what_the_first_has_done(signed_in: Opened, clinic: Server) -> None:
    patient = person(clinic)
    first = signed_in(f"/patients/{patient}/prescribe?drug=paracetamol")
    second = first.context.new_page()
    second.goto(f"{clinic.base}/patients/{patient}/prescribe?{IBUPROFEN}")
    first.get_by_role("button", name="Sign Paracetamol").click()
    assert "Signed" in first.get_by_role("heading", level=1).inner_text()
    second.get_by_role("button", name="Sign Ibuprofen").click()
    said = second.get_by_role("alert").inner_text()
    assert "has changed" in said
    assert "Paracetamol" in said
    check(second)
    assert len(held(clinic, "MedicationRequest", patient)) == 1
    second.get_by_role("button", name="Sign Ibuprofen").click()
    assert len(held(clinic, "MedicationRequest", patient)) == 2


def test_button_pressed_twice_sends_once(signed_in: Opened, clinic: Server) -> None:
    patient = person(clinic)
    page = signed_in(f"/patients/{patient}/prescribe?drug=paracetamol")
    sent: list[str] = []
    page.on("request", lambda r: sent.append(r.method) if r.method == "POST" else None)
    page.get_by_role("button", name="Sign Paracetamol").dblclick(no_wait_after=True)
    page.wait_for_url(re.compile("signed"))
    assert sent == ["POST"]
    assert len(held(clinic, "MedicationRequest", patient)) == 1


@pytest.fixture
def on_paper(signed_in: Opened) -> Any:
    page = signed_in("/patients/demo-1/prescribe?drug=clopidogrel")
    page.emulate_media(media="print")
    return page


def test_paper_shows_the_person_the_card_and_that_it_is_synthetic(on_paper: Any) -> None:
    for shown in (".person", ".card", ".synthetic", ".chain"):
        assert on_paper.locator(shown).first.is_visible(), shown
    for gone in (".brand", ".top nav", ".about", ".skip", "form.order", ".quiet"):
        assert not on_paper.locator(gone).first.is_visible(), gone
    pdf = on_paper.pdf(format="A4")
    assert pdf.startswith(b"%PDF")


@pytest.mark.parametrize("width", [320, 640])
def test_page_fits_the_smallest_screen_and_the_largest_letters(
    signed_in: Opened, width: int
) -> None:
    """1280 pixels at 400 per cent are 320, at 200 per cent 640 (WCAG 1.4.10, 1.4.4)."""
    for address in HEAVY[:3]:
        check(signed_in(address, width=width))
