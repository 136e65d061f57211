"""Workflow 7 through the demo's sign-in, in a real browser: the person, who acts for them, staff.

Why and when; genes in plain words; choose; who looked; put right; tell; be answered; print; act
for somebody. What a person tells is read, taken up and answered by those who care for them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.making.server import Server
from tests.making.site import garrod
from tests.making.starting import ran
from tests.web.test_dispense_page import shot
from tests.web.test_prescribe_page import check, held

pytestmark = [pytest.mark.browser, pytest.mark.slow]
As = Callable[..., Any]
HOSTILE = '<script>alert(1)</script> "><img src=x onerror=alert(2)> \u202eevil\u202c ' + "W" * 200
TOLD = "/patients/demo-1/told"
OWN = ("/mine", "/mine/card", "/patients/demo-1/consent", "/patients/demo-1/access")


def main(page: Any) -> str:
    return str(page.locator("main").inner_text())


def tell(page: Any, do: str, words: str, more: str = "") -> None:
    form = page.locator(f"form#{do}")
    form.locator("textarea").fill(words)
    if more:
        form.locator("input[name=more]").fill(more)
    form.get_by_role("button").click()
    assert "Thank you" in page.get_by_role("status").inner_text()


def message(page: Any, words: str) -> Any:
    return page.locator("article").filter(has_text=words)


def test_person_reads_chooses_and_sees_who_looked(in_demo: As) -> None:
    in_demo("prescriber", "/patients/demo-1")  # somebody looks
    page = in_demo("patient", "/mine")
    said = main(page)
    assert "What for" in said  # why
    assert "How" in said  # when
    assert "Since" in said
    assert "Your body breaks down some medicines very slowly" in said
    assert "Not tested does not mean that all is well" in said
    check(page)
    shot(page, "w7-mine")
    page.get_by_role("link", name="My choices").click()
    mind = page.locator("article#mental-health")
    mind.locator("label", has_text="Hide it from all but me").click()
    mind.get_by_role("button", name="See what changes").click()
    assert "Mental health: can see it now, and will not" in main(page)
    check(page)
    mind.get_by_role("button", name="Save").click()
    assert "Now: Hide it from all but me" in mind.inner_text()
    mind.locator("label", has_text="My care team can see it").click()
    mind.get_by_role("button", name="Save").click()
    assert "Now: My care team can see it" in mind.inner_text()
    page.get_by_role("link", name="Who looked").click()
    assert "Dr Priya" in main(page)
    check(page)


def test_what_a_person_tells_is_taken_up_and_answered(in_demo: As, demo: Server) -> None:
    page = in_demo("patient", "/mine")
    tell(page, "felt", "A rash on my arms", "simvastatin")
    tell(page, "wrong", "I was born in May")
    assert "No one has answered yet." in main(page)
    gp = in_demo("prescriber", "/today")
    row = gp.locator("tr").filter(has_text="A rash on my arms")
    assert "Prescriber or pharmacist" in row.inner_text()
    assert "due in 2 days" in row.inner_text()
    check(gp)
    shot(gp, "w7-today")
    row.get_by_role("link", name="Ada Example-Synthetic", exact=True).click()
    strip = gp.locator("section.told")
    assert "New" in strip.inner_text()
    assert "A rash on my arms (after: simvastatin)" in strip.inner_text()
    check(gp)
    shot(gp, "w7-summary")
    strip.get_by_role("link", name=re.compile("Take up or answer.*Felt ill")).click()
    message(gp, "A rash").get_by_role("button", name="Take it up").click()
    assert "Taken up" in gp.get_by_role("status").inner_text()
    pharmacist = in_demo("pharmacist", "/today")
    assert not pharmacist.locator("tr").filter(has_text="A rash on my arms").count()
    page.reload()
    assert "Someone looks into it." in main(page)
    assert not page.get_by_role("button", name=re.compile("Take back.*rash")).count()
    answer = message(gp, "A rash")
    answer.get_by_role("button", name="Answer").click()
    assert "There is" not in main(gp)
    assert "Write your answer to them" in main(gp)
    check(gp)
    answer = message(gp, "A rash")
    answer.get_by_label("What you tell them").fill("Stop it for now. We call you on Monday.")
    answer.get_by_role("button", name="Answer").click()
    assert "Answered" in gp.get_by_role("status").inner_text()
    check(gp)
    shot(gp, "w7-told")
    page.reload()
    said = main(page)
    assert "This is answered." in said
    assert "Stop it for now. We call you on Monday." in said
    assert "Dr Priya" in said
    check(page)
    shot(page, "w7-answered")
    gp.goto(f"{demo.base}/today")
    assert "A rash on my arms" not in main(gp)
    (kept,) = [c for c in held(demo, "Communication", "demo-1") if "rash" in str(c)]
    assert kept["status"] == "completed"
    assert [n["authorReference"]["reference"] for n in kept["note"]] == [
        "Practitioner/demo-prescriber"
    ] * 2
    looked = in_demo("patient", "/patients/demo-1/access")
    assert "Dr Priya" in main(looked)  # what was done stands where they see who looked


def test_two_who_answer_at_once_and_a_form_sent_twice(in_demo: As, demo: Server) -> None:
    tell(in_demo("patient", "/mine"), "wrong", "My name is spelt wrongly")
    gp, pharmacist = in_demo("prescriber", TOLD), in_demo("pharmacist", TOLD)
    mine = message(gp, "spelt wrongly")
    mine.get_by_label("What you tell them").fill("We have put it right.")
    mine.get_by_role("button", name="Answer").click()
    theirs = message(pharmacist, "spelt wrongly")
    theirs.get_by_label("What you tell them").fill("We look into it.")
    theirs.get_by_role("button", name="Answer").click()
    said = main(pharmacist)
    assert "it has changed since you saw it" in said
    assert "We have put it right." in said  # what stands there now
    check(pharmacist)
    gp.go_back()
    again = message(gp, "spelt wrongly")
    again.locator("summary").click()
    again.get_by_label("What you tell them").fill("We have put it right.")
    again.get_by_role("button", name="Answer").click()
    assert "Answered" in gp.get_by_role("status").inner_text()
    (kept,) = [c for c in held(demo, "Communication", "demo-1") if "spelt" in str(c)]
    assert len(kept["note"]) == 1


def test_hostile_text_stays_text_wherever_it_is_read(in_demo: As, demo: Server) -> None:
    tell(in_demo("proxy", "/mine"), "wrong", HOSTILE)
    answering = in_demo("prescriber", TOLD, script=False)
    one = message(answering, "alert(1)").first
    one.get_by_label("What you tell them").fill("hi")
    one.get_by_role("button", name="Answer").click()
    assert one.get_by_label("What you tell them").input_value() == "hi"  # what was typed is kept
    one.get_by_label("What you tell them").fill(HOSTILE)
    one.get_by_role("button", name="Answer").click()
    assert "Answered" in answering.get_by_role("status").inner_text()
    tell(in_demo("proxy", "/mine"), "felt", HOSTILE)  # this one waits
    for role, paths in (
        ("prescriber", ("/patients/demo-1", TOLD, "/today")),
        ("patient", ("/mine",)),
    ):
        page = in_demo(role, paths[0])
        for path in paths:
            page.goto(f"{demo.base}{path}")
            for width in (1280, 390):
                page.set_viewport_size({"width": width, "height": 900})
                assert "<script>alert(1)</script>" in main(page)
                check(page)


def lines(demo: Server, name: str) -> list[dict[str, str]]:
    """Return owner and verification of the lines of a medicine on the list."""
    found = []
    for body in held(demo, "MedicationStatement", "demo-1"):
        for part in body.get("extension", []):
            is_line = part["url"].endswith("/medication-line")
            if is_line and name in str(body["medicationCodeableConcept"]).lower():
                said = {one["url"]: one.get("valueCode", "") for one in part["extension"]}
                found.append({"id": body["id"], **said})
    return found


def test_bought_medicine_is_theirs_and_unconfirmed_until_somebody_confirms(
    in_demo: As, demo: Server
) -> None:
    page = in_demo("patient", "/mine")
    tell(page, "bought", "loratadine", "one a day")
    assert "It says that you told us" in page.get_by_role("status").inner_text()
    counter = in_demo("pharmacist", "/patients/demo-1/dispense")
    counter.get_by_label("Medicine, herb or supplement").fill("cetirizine")
    counter.get_by_role("button", name="Add and check it").click()
    for name in ("loratadine", "cetirizine"):
        (line,) = lines(demo, name)
        assert (line["owner"], line["verification"]) == ("person", "stated-but-unverified"), name
    (told,) = [
        s for s in held(demo, "MedicationStatement", "demo-1") if s["id"].startswith("counter-")
    ]
    assert told["informationSource"] == {"reference": "Patient/demo-1"}
    assert told["note"][0]["authorReference"] == {"reference": "Practitioner/demo-pharmacist"}
    gp = in_demo("prescriber", TOLD)
    assert "only stated, until somebody confirms it" in message(gp, "loratadine").inner_text()
    message(gp, "loratadine").get_by_role("link", name="Look at the list").click()
    assert "Only stated: nobody has checked it" in main(gp)
    gp.get_by_role("link", name=re.compile("^loratadine", re.IGNORECASE)).first.click()
    gp.get_by_role("button", name="I have checked that it is taken").click()
    (line,) = lines(demo, "loratadine")
    assert (line["owner"], line["verification"]) == ("person", "confirmed")
    page.reload()
    page.get_by_role("button", name=re.compile("Take back.*loratadine")).click()
    assert "Taken back" in page.get_by_role("status").inner_text()


def test_card_is_printed_scanned_and_checked_without_a_network(
    in_demo: As, demo: Server, tmp_path: Path
) -> None:
    page = in_demo("patient", "/mine/card")
    check(page)
    text = page.locator("pre").text_content()
    said = main(page)
    assert "True on" in said
    assert "Good until" in said
    page.emulate_media(media="print")
    size = page.locator(".wallet").bounding_box()
    assert 160 < size["width"] / 96 * 25.4 < 180  # millimetres: two cards, side by side
    assert size["height"] / 96 * 25.4 < 75
    assert not page.get_by_role("heading", name="What the code does").is_visible()
    assert page.pdf().startswith(b"%PDF")
    page.screenshot(path=str(tmp_path / "print.png"))
    page.emulate_media(media="screen")
    public = page.request.get(f"{demo.base}/card/key").text()
    (tmp_path / "card.txt").write_text(_scanned(tmp_path / "print.png") or text, "utf-8")
    (tmp_path / "card.pub").write_text(public, "ascii")
    done = ran("card", "check", tmp_path / "card.txt", "--key", tmp_path / "card.pub")
    assert done.returncode == 0, done.stderr
    assert "good until" in done.stderr
    assert "Ada Example-Synthetic" in done.stdout
    page.goto(f"{demo.base}/card")
    page.get_by_label("What the scanner read").fill(text)
    page.get_by_role("button", name="Check it").click()
    assert "This card is as it was signed" in main(page)
    assert "good until" in main(page)
    check(page)
    for more, said in (([], "An older key of ours signed it"), (["--lost"], "cannot be trusted")):
        garrod("card", "rotate", *more, "--data", demo.folder)
        page.get_by_label("What the scanner read").fill(text)
        page.get_by_role("button", name="Check it").click()
        assert said in main(page)


def _scanned(picture: Path) -> str:
    """Return what a scanner reads off a picture; "" where no decoder is at hand."""
    try:
        import zxingcpp
        from PIL import Image
    except ImportError:
        return ""
    (code,) = zxingcpp.read_barcodes(Image.open(picture))
    return str(code.text)


def test_who_acts_for_somebody_is_told_so_on_every_page(in_demo: As, demo: Server) -> None:
    page = in_demo("proxy", "/mine")
    for path in OWN:
        page.goto(f"{demo.base}{path}")
        banner = page.locator(".acting")
        said = banner.inner_text()
        assert "You are looking at Ada Example-Synthetic’s record as their brother." in said
        banner.locator("summary").click()
        said = banner.inner_text()
        assert "You can: tell the care team things, choose who sees what." in said
        assert "You cannot: change what the care team wrote" in said
        assert "What they hide from all but themselves, you do not see." in said
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            check(page)
            shot(page, f"w7-proxy{path.replace('/', '-')}-{width}")
    own = in_demo("patient", "/mine")
    for path in OWN:
        own.goto(f"{demo.base}{path}")
        assert not own.locator(".acting").count()


def test_proxy_chooses_after_signing_in_anew_and_is_named(in_demo: As) -> None:
    page = in_demo("proxy", "/patients/demo-1/consent")
    drink = page.locator("article#substance-use")
    drink.locator("label", has_text="Hide it from all but me").click()
    drink.get_by_role("button", name="See what changes").click()
    assert "Drink and drugs: can see it now, and will not" in main(page)
    check(page)


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        ("patient", TOLD, 200),
        ("analyst", TOLD, 404),
        ("patient", "/patients/demo-2/told", 200),  # to their own page
        ("nurse", TOLD, 200),
        ("prescriber", "/patients/nobody/told", 404),
        ("prescriber", f"{TOLD}/more", 404),
    ],
)
def test_who_may_read_what_was_told(
    in_demo: As, demo: Server, role: str, path: str, status: int
) -> None:
    page = in_demo(role, "/patients")
    answer = page.goto(f"{demo.base}{path}")
    assert answer.status == status
    if role == "patient":
        assert page.url.startswith(f"{demo.base}/mine")
