"""Opening a record in an emergency, and the history of who saw it, in a real browser."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.making.server import Server, server
from tests.web.test_prescribe_page import check

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NUMBER, TYPED = "9991234527", "999 123 4527"
REASON = "collapsed at the bus stop, no history"
NHS = "https://fhir.nhs.uk/Id/nhs-number"
As = Callable[..., Any]
SHOTS = os.environ.get("GARROD_SHOTS", "")  # a folder: what is looked at by eye


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = {"GARROD_DEV_ISSUER": "1"}
    with server(tmp_path_factory.mktemp("emergency") / "d", settings=settings) as made:
        name = [{"text": "Dr Priya Example-Synthetic"}]
        put(made, {"resourceType": "Practitioner", "id": "demo-prescriber", "name": name})
        clinic = {"resourceType": "Organization", "id": "demo-clinic", "name": "Demo clinic"}
        put(made, clinic)
        put(made, person("demo-1", "Ada Example-Synthetic"))
        yield made


def person(id: str, name: str, **more: Any) -> dict[str, Any]:
    told = {"resourceType": "Patient", "id": id, "gender": "female", "birthDate": "1960-02-01"}
    return {**told, "name": [{"text": name}], **more}


def put(site: Server, resource: dict[str, Any]) -> None:
    path = f"/fhir/{resource['resourceType']}/{resource['id']}"
    answer = site.ask("PUT", path, json=resource)
    assert answer.status_code in (200, 201), answer.text


def shot(page: Any, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def stranger(site: Server, **more: Any) -> str:
    """Return the id of somebody new of whom nobody of the demo has the care."""
    id = f"er-{uuid4().hex[:10]}"
    put(site, person(id, f"Stranger {id[-4:]}-Synthetic", **more))
    return id


def told(page: Any) -> str:
    return str(page.locator("main").inner_text())


def opened(page: Any, who: str, why: str = REASON) -> None:
    page.get_by_label("NHS number or record id").fill(who)
    page.get_by_label("Why you need it now").fill(why)
    page.get_by_role("button", name="Open the record").click()


@pytest.mark.parametrize("width", [1280, 390])
def test_record_is_opened_from_where_it_was_refused_and_closed_again(
    site: Server, acting: As, width: int
) -> None:
    id = stranger(site)
    page = acting("Prescriber", f"/patients/{id}/prescribe", width=width)
    assert "That did not work" in told(page)
    check(page)
    shot(page, f"refused-{width}")
    page.get_by_role("button", name="Open it in an emergency").click()
    assert page.url.partition("?")[0] == f"{site.base}/emergency"
    assert page.get_by_label("NHS number or record id").input_value() == id
    check(page)
    shot(page, f"form-{width}")
    opened(page, id)
    assert page.url == f"{site.base}/patients/{id}/prescribe"
    broken = page.get_by_role("region", name="Open in an emergency")
    assert "for 60 more minutes" in broken.inner_text()
    assert broken.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(179, 0, 27)"
    check(page)
    shot(page, f"opened-{width}")
    for path in ("/patients", f"/patients/{id}/prescribe?drug=paracetamol", "/nowhere"):
        page.goto(f"{site.base}{path if path != '/nowhere' else '/patients/x/y'}")
        assert broken.is_visible(), path
    check(page)
    broken.get_by_role("button", name="End it now").click()
    assert page.url == f"{site.base}/patients"
    assert broken.count() == 0
    page.goto(f"{site.base}/patients/{id}/prescribe")
    assert "That did not work" in told(page)


def test_record_is_opened_by_nhs_number_from_the_search(site: Server, acting: As) -> None:
    id = stranger(site, identifier=[{"system": NHS, "value": NUMBER}])
    page = acting("Nurse", "/patients", script=False)
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    page.get_by_label("Name").fill("Stranger")
    page.get_by_role("button", name="Find").click()
    assert "Nobody has such a name here" in told(page)
    shot(page, "search")
    page.locator("main").get_by_role("link", name="open it in an emergency").click()
    opened(page, TYPED)
    assert page.url == f"{site.base}/patients/{id}/prescribe"
    assert not [url for url in seen if NUMBER in url or "collapsed" in url]


def test_what_is_wrong_is_said_at_its_field(site: Server, acting: As) -> None:
    id = stranger(site)
    page = acting("Pharmacist", "/emergency")
    page.locator("form[action='/emergency']").evaluate("form => { form.noValidate = true }")
    opened(page, "999 123 4528", "urgent")
    alert = page.get_by_role("alert")
    assert "Nothing was opened" in alert.inner_text()
    assert alert.get_by_role("link").count() == 2
    assert page.get_by_label("Why you need it now").input_value() == "urgent"
    check(page)
    shot(page, "wrong")
    opened(page, "no-such-person")
    assert "Nobody has that number" in alert.inner_text()
    opened(page, id)
    assert page.url.endswith(f"/patients/{id}/prescribe")


@pytest.mark.parametrize("script", [True, False])
def test_back_after_a_refused_form_is_a_page(site: Server, acting: As, script: bool) -> None:
    id = stranger(site)
    page = acting("Pharmacist", "/emergency", script=script)
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    opened(page, "no-such-person")
    assert "Nobody has that number" in page.get_by_role("alert").inner_text()
    page.reload()  # what was typed is still there, and nothing is sent a second time
    assert page.get_by_label("NHS number or record id").input_value() == "no-such-person"
    assert page.get_by_label("Why you need it now").input_value() == REASON
    opened(page, id)
    assert page.url == f"{site.base}/patients/{id}/prescribe"
    page.go_back()
    assert page.get_by_role("heading", level=1).inner_text() == "Open a record in an emergency"
    assert page.get_by_label("NHS number or record id").input_value() == ""
    page.go_back()
    assert page.get_by_label("NHS number or record id").is_visible()
    assert not [url for url in seen if "no-such-person" in url or "collapsed" in url]


@pytest.mark.parametrize("role", ["Geneticist", "Analyst", "Governance officer", "Patient"])
def test_other_roles_are_not_offered_it(site: Server, acting: As, role: str) -> None:
    page = acting(role, f"/patients/{stranger(site)}/prescribe")
    assert page.get_by_text("emergency").count() == 0
    page.goto(f"{site.base}/emergency")
    assert "your role does not open records" in told(page).lower()
    check(page)


@pytest.mark.parametrize("width", [1280, 390])
def test_person_sees_who_saw_their_record_and_why(site: Server, acting: As, width: int) -> None:
    page = acting("Prescriber", "/emergency", width=width)
    opened(page, "demo-1")
    page.get_by_role("button", name="End it now").click()
    own = acting("Patient", "/patients", width=width)
    own.get_by_role("link", name="Who saw my record").click()
    parts = own.locator("section h2").all_inner_texts()
    assert parts == ["Opened in an emergency", "All else"]
    first = own.locator("tbody tr").first
    assert "Dr Priya Example-Synthetic" in first.inner_text()
    assert "Demo clinic" in first.inner_text()
    reasons = own.locator("section.opened q").all_inner_texts()
    assert reasons
    assert {reason.strip("“”\"'") for reason in reasons} == {REASON}
    proofs = own.locator("#proofs")
    proofs.get_by_text("Your browser has proved").wait_for()
    assert own.locator(".unproved").count() == 0
    assert own.locator(".proved").count() > 3
    check(own)
    shot(own, f"history-{width}")


def test_line_that_was_altered_has_no_tick(site: Server, acting: As) -> None:
    """As a server that tells another story than its log would be found out."""
    page = acting("Patient", "/patients")

    def bent(route: Any) -> None:
        answer = route.fetch()
        body = answer.text().replace(
            "&#34;who&#34;:&#34;local&#34;", "&#34;who&#34;:&#34;liar&#34;", 1
        )
        route.fulfill(response=answer, body=body)

    page.route("**/patients/demo-1/access", bent)
    page.goto(f"{site.base}/patients/demo-1/access")
    page.locator("#proofs").get_by_text("could not be proved").wait_for()
    assert page.locator(".unproved").count() == 1
    assert "another entry" in page.locator(".unproved").inner_text()
    check(page)


def test_history_is_there_without_scripts(site: Server, acting: As) -> None:
    page = acting("Patient", "/patients/demo-1/access", script=False)
    assert page.locator("tbody tr").count() > 1
    assert set(page.locator("td.proof").all_inner_texts()) <= {"Not checked", "Not sealed yet"}
    assert "here it has not" in page.locator("#proofs").inner_text()


@pytest.mark.parametrize("width", [1280, 390])
def test_officer_sees_what_was_opened_and_the_history_of_each(
    site: Server, acting: As, width: int
) -> None:
    id = stranger(site)
    opened(acting("Prescriber", "/emergency"), id)
    page = acting("Governance officer", "/access", width=width)
    check(page)
    shot(page, f"officer-{width}")
    assert "Open now" in page.locator("tbody tr").first.inner_text()
    page.locator("tbody tr").first.get_by_role("link", name="Judge").click()
    assert REASON in told(page)
    check(page)
    page.get_by_text("There was an emergency").click()
    page.get_by_label("Why").fill("short")
    page.locator("form[action^='/access/']").evaluate("form => { form.noValidate = true }")
    page.get_by_role("button", name="Decide").click()
    assert "say why" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("There was an emergency").is_checked()
    check(page)
    shot(page, f"judging-{width}")
    page.get_by_label("Why").fill("the ambulance's sheet says the same")
    page.get_by_role("button", name="Decide").click()
    assert page.url == f"{site.base}/access"
    line = page.locator("tbody tr", has_text=id)
    line.get_by_role("link", name="There was an emergency").click()
    assert "Decided: There was an emergency" in told(page)
    assert page.get_by_role("button", name="Decide").count() == 0
    check(page)
    done = site.ask("GET", f"/fhir/Task?patient={id}").json()["entry"][0]["resource"]
    assert done["status"] == "completed"
    page.goto(f"{site.base}/access")
    page.get_by_role("link", name=id, exact=True).click()
    assert "Record " + id in told(page)
    check(page)
    page.goto(f"{site.base}/access")
    page.get_by_label("NHS number or record id").fill("nobody-at-all")
    page.get_by_role("button", name="Show").click()
    assert "Nobody was found" in page.get_by_role("alert").inner_text()
    check(page)
    page.get_by_label("NHS number or record id").fill("demo-1")
    page.get_by_role("button", name="Show").click()
    assert page.url == f"{site.base}/patients/demo-1/access"


def test_long_history_goes_on_page_by_page(site: Server, acting: As) -> None:
    id = stranger(site)
    for _ in range(105):
        assert site.ask("GET", f"/fhir/Patient/{id}").status_code == 200
    page = acting("Governance officer", f"/patients/{id}/access")
    found: list[int] = []
    while True:
        rows = page.locator("tr[data-entry]").all()
        found += [int(row.get_attribute("data-index")) for row in rows]
        more = page.get_by_role("link", name="Earlier lines")
        if not more.count():
            break
        more.click()
    told_at_all = site.ask("GET", f"/audit/people/{id}?_count=1000").json()["entries"]
    assert found == sorted(found, reverse=True)
    assert len(found) == len(set(found))
    assert set(found) <= {one["index"] for one in told_at_all}
    assert len(found) >= 106
    assert json.loads(page.locator("#proofs").get_attribute("data-head"))["size"] > 0
