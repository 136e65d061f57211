"""The list of people: a name is looked for, no address says it, and Back leads back."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.making.server import TOKEN, Server
from tests.web.conftest import Opened
from tests.web.test_prescribe_page import check, person

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HOSTILE = "<script>document.title='taken'</script>" + "W" * 300 + "\u202eright"


def sought(page: Any, name: str) -> None:
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Find").click()


@pytest.mark.parametrize("script", [True, False])
def test_back_from_somebody_found_leads_to_what_was_found(
    signed_in: Opened, clinic: Server, script: bool
) -> None:
    id = person(clinic, name="Quillfeather Made-Up-Synthetic")
    page = signed_in("/patients", script=script)
    sought(page, "Quillfeather")
    assert re.search(r"/patients\?found=[\w%=-]+$", page.url)
    assert "uillfeather" not in page.url
    check_plain(page, script)
    page.locator(f'main a[href="/patients/{id}"]').click()
    assert page.url == f"{clinic.base}/patients/{id}"
    assert page.get_by_role("heading", level=1).count() == 1
    answer = page.go_back()
    assert answer is None or answer.request.method == "GET"  # no form is to be sent anew
    assert page.get_by_label("Name", exact=True).input_value() == "Quillfeather"
    assert page.get_by_role("link", name="Quillfeather").count() >= 1
    page.go_back()
    assert page.url == f"{clinic.base}/patients"
    page.go_forward()
    page.reload()
    assert page.get_by_role("link", name="Quillfeather").count() >= 1


def check_plain(page: Any, script: bool) -> None:
    if script:  # axe is a script itself
        check(page)


def test_link_of_a_search_is_of_no_use_in_another_session(
    signed_in: Opened, clinic: Server, let_in: dict[str, Any]
) -> None:
    person(clinic, name="Rarename Made-Up-Synthetic")
    page = signed_in("/patients")
    sought(page, "Rarename")
    link = page.url.removeprefix(clinic.base)
    let_in["at"] = float("-inf")  # the other window signs in for itself
    other = signed_in("/patients")
    other.goto(f"{clinic.base}{link}")
    said = other.locator("main").inner_text()
    assert "That search was made in another session" in said
    assert other.get_by_label("Name", exact=True).input_value() == ""
    check(other)
    other.goto(f"{clinic.base}/patients?q=Rarename")  # a name in an address is not looked for
    assert other.get_by_label("Name", exact=True).input_value() == ""


def test_session_that_ended_puts_no_name_into_an_address(signed_in: Opened, clinic: Server) -> None:
    page = signed_in("/patients")
    page.context.clear_cookies()
    sought(page, "Rarename")
    assert "Rarename" not in page.url
    assert "Rarename" not in page.content()
    page.get_by_label("Token of this server").fill(TOKEN)
    page.locator("main").get_by_role("button", name="Sign in").click()
    assert "Rarename" not in page.url


@pytest.mark.parametrize("width", [1280, 390])
def test_many_people_are_paged_and_hostile_names_stay_names(
    signed_in: Opened, clinic: Server, width: int
) -> None:
    for _ in range(60):
        person(clinic, name=f"Zz Many-Synthetic {HOSTILE if width == 390 else ''}")
    page = signed_in("/patients", width=width)
    sought(page, "Zz Many")
    check(page)
    first = page.locator("tbody th").all_inner_texts()
    assert len(first) == 50
    page.get_by_role("link", name="More people").click()
    assert "further on" in page.locator("caption").inner_text()
    assert len(page.locator("tbody th").all_inner_texts()) >= 10
    assert "taken" not in page.title()
    check(page)
    page.go_back()
    assert page.locator("tbody th").all_inner_texts() == first
    page.get_by_role("link", name="Everybody, from the first").click()
    assert page.url == f"{clinic.base}/patients"
    sought(page, HOSTILE)
    assert "Nobody has such a name here" in page.locator("main").inner_text()
    check(page)
