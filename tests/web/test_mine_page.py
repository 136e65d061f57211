"""A patient, and who acts for them, in a real browser: read, choose, tell, print, check.

Workflow 7: why and when, genes in plain words, choose, who looked, put right, add, print, proxy.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from garrod.core.errors import InputError
from garrod.entry.wallet import checked
from garrod.entry.wallet_keys import publics_of
from tests.making.server import Server
from tests.making.starting import ran
from tests.web.test_dispense_page import shot
from tests.web.test_prescribe_page import check, held

pytestmark = [pytest.mark.browser, pytest.mark.slow]
As = Callable[..., Any]
HOSTILE = "<script>alert(1)</script> \u202eevil\u202c " + "Wwwwwwwwww" * 20


def main(page: Any) -> str:
    return str(page.locator("main").inner_text())


def choice(page: Any, code: str) -> Any:
    return page.locator(f"article#{code}")


def test_patient_reads_chooses_tells_prints_and_is_checked(
    in_demo: As, demo: Server, tmp_path: Path
) -> None:
    page = in_demo("patient", "/mine")
    assert "very slowly" in main(page)
    assert "CYP2C19" in main(page)
    check(page)
    shot(page, "w7-mine")
    page.get_by_role("link", name="My choices").click()
    mind = choice(page, "mental-health")
    mind.locator("label", has_text="Hide it from all but me").click()
    mind.get_by_role("button", name="See what changes").click()
    assert "Mental health: can see it now, and will not" in main(page)
    assert not held(demo, "Consent", "demo-1")[1:]  # nothing is saved yet
    check(page)
    shot(page, "w7-preview")
    mind.get_by_role("button", name="Save").click()
    assert "Now: Hide it from all but me" in choice(page, "mental-health").inner_text()
    check(page)
    mind.locator("label", has_text="My care team can see it").click()
    mind.get_by_role("button", name="Save").click()
    assert "Now: My care team can see it" in choice(page, "mental-health").inner_text()
    assert page.locator("#past ~ table tbody tr").count() == 2
    page.get_by_role("link", name="Who looked").click()
    assert "Who" in page.get_by_role("heading", level=1).inner_text()
    page.goto(f"{demo.base}/mine")
    felt = page.locator("form#felt")
    felt.get_by_label("What did you feel?").fill("A rash on my arms")
    felt.get_by_role("button").click()
    assert "Thank you" in page.get_by_role("status").inner_text()
    bought = page.locator("form#bought")
    bought.get_by_label("What is it called?").fill("ibuprofen")
    bought.get_by_role("button").click()
    assert "Thank you" in page.get_by_role("status").inner_text()
    wrong = page.locator("form#wrong")
    wrong.get_by_label("What is wrong?").fill("I was born in May")
    wrong.get_by_role("button").click()
    assert "I was born in May" in main(page)
    check(page)
    shot(page, "w7-told")
    (said,) = [c for c in held(demo, "Communication", "demo-1") if "rash" in str(c)]
    assert said["sender"] == {"reference": "Patient/demo-1"}
    page.get_by_role("button", name=re.compile("Take back.*ibuprofen")).click()
    assert "Taken back" in page.get_by_role("status").inner_text()
    page.get_by_role("link", name="My card").click()
    check(page)
    shot(page, "w7-card")
    assert page.locator("img").evaluate("i => i.complete && i.naturalWidth > 0")
    _check_card(page, demo, tmp_path)


def _check_card(page: Any, demo: Server, folder: Path) -> None:
    """Check the card here, and with the command line and nothing but the key."""
    text = page.locator("pre").text_content()
    public = page.request.get(f"{demo.base}/card/key").text()
    for said, ends in ((text, 0), (text.replace("A", "B", 1)[:8] + "0" + text[9:], 10)):
        (folder / "card.txt").write_text(said, encoding="utf-8")
        (folder / "card.pub").write_text(public, encoding="ascii")
        done = ran("card", "check", folder / "card.txt", "--key", folder / "card.pub")
        assert done.returncode == ends, done.stderr
    assert checked(text, *publics_of(public)).facts.name == "Ada Example-Synthetic"
    with pytest.raises(InputError):
        checked(text[:-3], *publics_of(public))
    page.goto(f"{demo.base}/card/check")
    page.get_by_label("What the scanner read").fill(text)
    page.get_by_role("button", name="Check it").click()
    assert "This card is as it was signed" in main(page)
    check(page)
    page.get_by_label("What the scanner read").fill(HOSTILE)
    page.get_by_role("button", name="Check it").click()
    assert "cannot be trusted" in main(page)
    check(page)


def test_proxy_without_script_on_a_phone(in_demo: As, demo: Server) -> None:
    page = in_demo("proxy", "/mine", width=390, script=False)
    assert "You act for them" in main(page)
    form = page.locator("form#wrong")
    form.get_by_role("button").click()
    assert "There is a problem" in main(page)
    form = page.locator("form#wrong")
    form.get_by_label("What is wrong?").fill(HOSTILE)
    form.get_by_role("button").click()
    assert "<script>alert(1)</script>" in main(page)
    (said,) = [c for c in held(demo, "Communication", "demo-1") if "alert" in str(c)]
    assert said["sender"] == {"reference": "RelatedPerson/demo-proxy"}


@pytest.mark.parametrize("path", ["/mine", "/mine/card", "/card", "/patients/demo-1/consent"])
def test_pages_on_a_phone(in_demo: As, path: str) -> None:
    page = in_demo("patient", path, width=390)
    check(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shot(page, f"phone-{path.strip('/').replace('/', '-')}")


def test_two_tabs_do_not_overrule_each_other(in_demo: As) -> None:
    first = in_demo("patient", "/patients/demo-1/consent")
    second = first.context.new_page()
    second.goto(first.url)
    for page in (first, second):
        choice(page, "substance-use").locator("label", has_text="Hide it from all but me").click()
        choice(page, "substance-use").get_by_role("button", name="Save").click()
    assert "Saved" in main(second)  # the same answer twice is no conflict
    first.goto(first.url.partition("?")[0])
    second.goto(first.url)
    choice(first, "substance-use").locator("label", has_text="My care team can see it").click()
    choice(first, "substance-use").get_by_role("button", name="Save").click()
    second.get_by_role("heading", level=1).wait_for()
    choice(second, "substance-use").locator("label", has_text="Hide it from all but me").click()
    choice(second, "substance-use").get_by_role("button", name="Save").click()
    assert "has changed since you looked" in main(second)
    check(second)


@pytest.mark.parametrize("width", [1280, 390])
def test_one_place_alone_can_be_shut_out(in_demo: As, width: int) -> None:
    page = in_demo("patient", "/patients/demo-1/consent", width=width)
    place = page.locator("#places ~ article").first
    assert "Demo clinic" in place.inner_text()
    place.locator("label", has_text="Hide only this from them: mental health").click()
    place.get_by_role("button", name="See what changes").click()
    told = place.locator(".preview").inner_text()
    assert "Mental health: can see it now, and will not" in told
    assert "in an emergency" in told
    check(page)
    shot(page, f"choice-of-a-place-{width}")


@pytest.mark.parametrize("script", [True, False])
def test_back_after_a_choice_that_was_refused_is_a_page(in_demo: As, script: bool) -> None:
    page = in_demo("patient", "/patients/demo-1/consent", script=script)
    here = page.url
    form = choice(page, "research").locator("form")
    form.locator("label", has_text="Yes, use my record").click()
    form.locator("[name=seen]").evaluate("field => { field.value = '99' }")  # of another tab
    form.get_by_role("button", name="Save").click()
    assert "has changed since you looked" in page.get_by_role("alert").inner_text()
    page.goto(f"{here.partition('/patients')[0]}/mine")
    page.go_back()
    assert page.get_by_role("heading", level=1).inner_text() == "My choices"
    assert choice(page, "research").locator("form").is_visible()
    page.go_back()
    assert page.url == here


def test_clinician_sees_whose_choices_they_are(in_demo: As) -> None:
    page = in_demo("prescriber", "/patients/demo-1/consent")
    assert "Ada Example-Synthetic" in page.locator(".person").inner_text()
    assert "Consent and choices" in main(page)
    check(page)


def test_staff_are_told_that_it_is_not_theirs(in_demo: As) -> None:
    page = in_demo("prescriber", "/mine")
    assert "signed in as somebody else" in main(page)
    check(page)
