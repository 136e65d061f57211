"""The safety case, the register and Connect in a real browser, as each of the demo meets them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.making.server import Server, server
from tests.unit.hl7v2.lab import NUMBER, PID, K, message, obx
from tests.web.test_prescribe_page import check

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HOSTILE = "<script>alert(1)</script>" + "W" * 300 + "\u202eabc"
HL7 = (  # with no date of birth, and cut before the status of what it states
    "MSH|^~\\&|LAB|H|R|G|20261128||ORU^R01|1|P|2.5.1\nPID|1||x1\n"
    "OBR|1|||1^x\nOBX|1|ST|84413-4^Genotype^LN|1|CYP2C19*2/*2\n"
)
SHOTS = os.environ.get("GARROD_SHOTS", "")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = {"GARROD_DEV_ISSUER": "1"}
    with server(tmp_path_factory.mktemp("run") / "d", settings=settings) as made:
        yield made


@pytest.fixture
def acting(chromium: Any, site: Server) -> Iterator[Any]:
    """Yield what opens an address, signed in as somebody of the demo; "": with the token."""
    contexts = []

    def opened(role: str, path: str, *, width: int = 1280) -> Any:
        context = chromium.new_context(viewport={"width": width, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{site.base}{path}")
        if role:
            page.get_by_role("link", name="Sign in at").click()
            page.get_by_role("button", name=role).first.click()
        else:
            page.get_by_label("Token of this server").fill("token-of-the-tests")
            page.locator("main").get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{site.base}{path}")
        return page

    yield opened
    for context in contexts:
        context.close()


def looked(page: Any, name: str) -> None:
    """Judge a page at both widths, and keep a picture where one is asked for."""
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        check(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/{name}-{width}.png", full_page=width == 1280)


def test_safety_case_is_filtered_and_opened(acting: Any) -> None:
    page = acting("Prescriber", "/safety")
    page.get_by_label("Words to look for").fill("genome build")
    page.get_by_role("button", name="Show").click()
    looked(page, "safety")
    page.get_by_role("link", name="H02").click()
    assert "has not been scored" in page.locator("main").inner_text()
    looked(page, "hazard")
    page.goto(page.url.rpartition("/")[0] + "?words=zzzz")
    looked(page, "safety-none")


def test_patient_reads_the_register(acting: Any) -> None:
    page = acting("Patient", "/register")
    assert "No data has been given out" in page.locator("main").inner_text()
    looked(page, "register")


def test_message_is_tried_mended_and_taken_in_once(acting: Any, site: Server) -> None:
    page = acting("", "/connect")
    looked(page, "connect")
    person = {"resourceType": "Patient", "id": "conn-1", "gender": "wrong"}
    page.get_by_role("textbox", name="Message", exact=True).fill(json.dumps(person))
    page.get_by_role("button", name="Try it").click()
    assert "Patient.gender" in page.locator("main").inner_text()
    assert "conn-1" in page.get_by_role("textbox", name="Message", exact=True).input_value()
    looked(page, "connect-wrong")
    for said in ("1 stored, 0 there already", "0 stored, 1 there already"):
        page.get_by_role("textbox", name="Message", exact=True).fill(
            json.dumps({**person, "gender": "female"})
        )
        page.get_by_role("button", name="Try it").click()
        if said.startswith("1"):
            assert site.ask("GET", "/fhir/Patient/conn-1").status_code == 404
        looked(page, "connect-right")
        page.get_by_role("button", name="Take it in").click()
        assert said in page.locator("main").inner_text()
    assert site.ask("GET", "/fhir/Patient/conn-1").status_code == 200


PERSON = {
    "resourceType": "Patient",
    "id": "conn-9",
    "identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": NUMBER}],
    "name": [{"family": "Synthetic", "given": ["Ada"]}],
    "birthDate": "1980-02-03",
}


def take_in(page: Any, text: str) -> str:
    page.get_by_role("textbox", name="Message", exact=True).fill(text)
    page.get_by_role("button", name="Try it").click()
    page.get_by_role("button", name="Take it in").click()
    return str(page.locator("main").inner_text())


def test_laboratory_result_comes_in_is_corrected_and_waits_where_the_name_is_other(
    acting: Any, site: Server
) -> None:
    assert site.ask("PUT", "/fhir/Patient/conn-9", json=PERSON).status_code == 201
    page = acting("", "/connect")
    first = message(obx(K, "4.0", unit="mmol/l"))
    page.get_by_role("textbox", name="Message", exact=True).fill(first)
    page.get_by_role("button", name="Try it").click()
    assert "4.0 mmol/l (final)" in page.locator("main").inner_text()
    looked(page, "connect-hl7")
    assert "5 resources stored" in take_in(page, first)
    assert "MSA|AA|M1" in page.get_by_label("The answer for its sender").input_value()
    looked(page, "connect-taken")
    assert "taken in before" in take_in(page, first)
    page.get_by_role("textbox", name="Message", exact=True).fill(first.replace("|M1|", "||"))
    page.get_by_role("button", name="Try it").click()
    assert "ERR||MSH^1^10|101|E" in page.get_by_label("The answer for its sender").input_value()
    looked(page, "connect-faulty")
    assert "MSH-10 on line 1" in take_in(page, message(obx(K, "4.2", unit="mmol/l")))
    assert "MSA|AE|M1" in page.get_by_label("The answer for its sender").input_value()
    looked(page, "connect-refused")
    corrected = obx(K, "4.9", unit="mmol/l", status="C")
    take_in(page, message(corrected, number="M2", time="20261128110000+0000"))
    found = site.ask("GET", "/fhir/Observation?patient=conn-9").json()["entry"]
    assert [(e["resource"]["status"], e["resource"]["valueQuantity"]["value"]) for e in found] == [
        ("corrected", 4.9)
    ]
    other = message(corrected, number="M3", pid=PID.replace("^Ada", "^Eve"), order="P2|F2")
    assert "waits below" in take_in(page, other)
    assert "Whose result is this?" in acting("", "/today?whose=all").locator("main").inner_text()
    page.get_by_label("NHS number or record id").fill("nobody-9")
    page.get_by_role("button", name="Compare").click()
    looked(page, "connect-waits")
    page.get_by_label("NHS number or record id").fill(NUMBER)
    page.get_by_role("button", name="Compare").click()
    assert "Eve Synthetic" in page.locator("main").inner_text()
    looked(page, "connect-compared")
    page.get_by_role("button", name="Take it in for this person").click()
    assert "Say that you have compared" in page.locator("main").inner_text()
    page.get_by_label("I have compared them").check()
    page.get_by_role("button", name="Take it in for this person").click()
    assert "stored" in page.locator("main").inner_text()
    assert page.get_by_label("NHS number or record id").count() == 0
    found = site.ask("GET", "/fhir/Observation?patient=conn-9").json()["entry"]
    assert len(found) == 2


ORDERS = '{"resourceType":"Bundle","type":"transaction"}'


@pytest.mark.parametrize(
    "message",
    [
        ORDERS,
        '{"resourceType":"Bundle","type":"collection","entry":[{"resource":' + ORDERS + "}]}",
        '{"resourceType":"Parameters","parameter":[{"name":"x","part":[{"name":"y","resource":'
        + ORDERS
        + "}]}]}",
    ],
)
def test_transaction_is_not_taken_in_here_however_deep_it_stands(acting: Any, message: str) -> None:
    page = acting("", "/connect")
    page.get_by_role("textbox", name="Message", exact=True).fill(message)
    page.get_by_role("button", name="Try it").click()
    assert page.get_by_role("button", name="Take it in").count() == 0
    looked(page, "connect-transaction")


@pytest.mark.parametrize("words", [HL7, HOSTILE, f'{{"resourceType":"{HOSTILE}"}}', "<a><b>", ""])
def test_what_cannot_be_read_is_told_and_kept_in_the_form(acting: Any, words: str) -> None:
    page = acting("Laboratory scientist", "/connect")
    page.get_by_role("textbox", name="Message", exact=True).fill(words)
    page.get_by_role("button", name="Try it").click()
    looked(page, f"connect-bad-{len(words)}")
    assert page.url.endswith("/connect")
    assert page.get_by_role("button", name="Take it in").count() == 0


def test_back_to_what_was_pasted_asks_for_the_page_again_and_sends_nothing(acting: Any) -> None:
    page = acting("Laboratory scientist", "/connect")
    page.get_by_role("textbox", name="Message").fill(HL7)
    page.get_by_role("button", name="Try it").click()
    assert page.url.endswith("/connect")  # the message is kept nowhere, by no key either
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.goto(page.url.replace("/connect", "/patients"))
    page.go_back()
    assert page.get_by_role("textbox", name="Message").is_visible()
    assert "POST" not in sent


def test_laboratory_scientist_cannot_take_in_and_prescriber_cannot_try(acting: Any) -> None:
    page = acting("Laboratory scientist", "/connect")
    page.get_by_role("textbox", name="Message", exact=True).fill(
        '{"resourceType":"Patient","id":"conn-2"}'
    )
    page.evaluate("document.querySelector('button[name=do]').value = 'take'")
    page.get_by_role("button", name="Try it").click()
    assert "may not do that" in page.locator("main").inner_text()
    page = acting("Prescriber", "/connect")
    assert "does not try messages" in page.locator("main").inner_text()


def test_session_that_is_over_puts_no_message_into_an_address(acting: Any) -> None:
    page = acting("Laboratory scientist", "/connect")
    page.get_by_role("textbox", name="Message", exact=True).fill(
        '{"resourceType":"Patient","id":"secret-1"}'
    )
    page.context.clear_cookies()
    page.get_by_role("button", name="Try it").click()
    assert "secret-1" not in page.content()
    said = page.locator("main").inner_text()
    assert "was not kept" in said
    assert "stands there again" not in said
    looked(page, "connect-over")
