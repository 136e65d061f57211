"""Hostile words everywhere, and forms, frames and addresses of other sites: none of it works.

The places are read off the atlas, so that a new room is tried without a word here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from garrod.entry.web.atlas import ABOUT, PLACES
from tests.making.moments import GENOME
from tests.making.server import TOKEN, Server
from tests.making.starting import ran
from tests.web.conftest import Opened
from tests.web.test_all_places import STREAMS

pytestmark = pytest.mark.slow
SET = "window.hostile=(window.hostile||0)+1"
SCRIPT = f"<script>{SET}</script>"
BROKEN_OUT = f'"\'></title></textarea></select><img src=x onerror="{SET}"><svg onload="{SET}">'
LINK = f"javascript:{SET}"
TEMPLATE = "{{7*7}}{% raw %}${7*7}"
TURNED = "\u202egnorw si siht\u202c \u200f\u05d0"
LONG = "Wolfeschlegelsteinhausenbergerdorff" * 6
NASTY = f"{SCRIPT} {BROKEN_OUT} {TEMPLATE}"
WHO = "hostile-1"
NHS = "https://fhir.nhs.uk/Id/nhs-number"
ATC, SNOMED = "http://www.whocc.no/atc", "http://snomed.info/sct"
Json = dict[str, Any]


def words(code: str = "", system: str = "") -> Json:
    coding = [{"system": system, "code": code, "display": NASTY}] if code else []
    return {**({"coding": coding} if coding else {}), "text": NASTY}


def hostile_person() -> list[Json]:
    """Return somebody every word of whose record is meant to harm whoever reads it."""
    own = {"reference": f"Patient/{WHO}", "display": NASTY}
    note = [{"text": NASTY, "authorString": NASTY}]
    plain = {"subject": own, "note": note}
    kinds: list[Json] = [
        {
            "resourceType": "Patient", "gender": "female", "birthDate": "1960-02-01",
            "name": [{"text": f"{SCRIPT} {TURNED} {LONG}", "family": NASTY, "given": [NASTY]}],
            "address": [{"text": NASTY, "line": [NASTY], "city": NASTY}],
            "telecom": [{"system": "url", "value": LINK}],
        },
        {"resourceType": "Condition", **plain, "code": words("38341003", SNOMED)},
        {
            "resourceType": "AllergyIntolerance", "patient": own, "note": note,
            "code": words("J01CE01", ATC), "reaction": [{"manifestation": [words()]}],
        },
        {
            "resourceType": "MedicationStatement", **plain, "status": "active",
            "medicationCodeableConcept": words("N06AB05", ATC), "reasonCode": [words()],
            "informationSource": {"display": NASTY},
            "dosage": [{"text": NASTY, "patientInstruction": NASTY}],
        },
        {
            "resourceType": "MedicationRequest", **plain, "status": "active", "intent": "order",
            "medicationCodeableConcept": {"text": f"{LONG} {NASTY}"},
            "requester": {"display": NASTY}, "reasonCode": [words()],
            "dosageInstruction": [{"text": NASTY}], "authoredOn": "2026-03-03",
        },
        {
            "resourceType": "MedicationDispense", "subject": own, "status": "completed",
            "medicationCodeableConcept": words(), "note": note,
            "performer": [{"actor": {"display": NASTY}}],
        },
        {
            "resourceType": "Observation", **plain, "status": "final",
            "code": words("29463-7", "http://loinc.org"), "effectiveDateTime": "2026-03-03",
            "valueString": NASTY, "interpretation": [words()], "performer": [{"display": NASTY}],
        },
        {
            "resourceType": "Observation", **plain, "status": "final",
            "code": words("14682-9", "http://loinc.org"), "effectiveDateTime": "2026-03-04",
            "valueQuantity": {"value": 99, "unit": NASTY},
        },
        {
            "resourceType": "DiagnosticReport", "subject": own, "status": "final",
            "code": words(), "conclusion": NASTY, "effectiveDateTime": "2026-03-03",
            "presentedForm": [{"contentType": "text/html", "title": NASTY, "data": "PHNjcmlwdD4="}],
        },
        {
            "resourceType": "DocumentReference", "subject": own, "status": "current",
            "description": NASTY, "type": words(), "author": [{"display": NASTY}],
            "content": [{"attachment": {"contentType": "text/html", "title": NASTY, "url": LINK}}],
        },
        {
            "resourceType": "Task", "status": "requested", "intent": "order", "for": own,
            "code": words(), "description": NASTY, "owner": {"display": NASTY}, "note": note,
        },
        {
            "resourceType": "ServiceRequest", **plain, "status": "active", "intent": "order",
            "code": words(), "reasonCode": [words()],
        },
        {
            "resourceType": "Encounter", "subject": own, "status": "finished", "type": [words()],
            "class": {"code": "AMB", "display": NASTY}, "serviceProvider": {"display": NASTY},
        },
    ]  # fmt: skip
    made = [{**kind, "id": WHO if n == 0 else f"{WHO}-{n}"} for n, kind in enumerate(kinds)]
    return [*made, *_narrated(own)]


def _narrated(own: Json) -> list[Json]:
    """Return what a page might show as it is written: narrative. The record may refuse it."""
    div = f'<div xmlns="http://www.w3.org/1999/xhtml"><p onclick="{SET}">a</p>{SCRIPT}</div>'
    calm = '<div xmlns="http://www.w3.org/1999/xhtml"><p>&lt;script&gt;x&lt;/script&gt;</p></div>'
    found = []
    for number, text in enumerate((div, calm)):
        composition = {
            "resourceType": "Composition", "id": f"{WHO}-t{number}", "status": "final",
            "type": words(), "subject": own, "date": "2026-03-03", "title": NASTY,
            "author": [{"display": NASTY}], "text": {"status": "generated", "div": text},
            "section": [{"title": NASTY, "text": {"status": "generated", "div": text}}],
        }  # fmt: skip
        found.append(composition)
    return found


@pytest.fixture(scope="module")
def harmed(clinic: Server) -> Server:
    """Return the clinic with the hostile person: what the record refuses is no matter any more."""
    kept = []
    for resource in hostile_person():
        path = f"/fhir/{resource['resourceType']}/{resource['id']}"
        answer = clinic.ask("PUT", path, json=resource)
        assert answer.status_code < 500, answer.text
        kept += [resource["resourceType"]] if answer.status_code < 300 else []
    assert {"Patient", "Condition", "MedicationStatement", "Observation", "Task"} <= set(kept)
    return clinic


def addresses() -> list[str]:
    """Return each place, those about a person for the hostile one, and questions that are bad."""
    asked = "%3Cscript%3E" + "%22%27%3E%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E"
    about = [
        f"/patients/{WHO}{'/' if p.tail else ''}{p.tail}" for p in ABOUT if p.tail not in STREAMS
    ]
    alone = [f"/{place.first}" for place in PLACES]
    more = [f"{about[0]}?{asked}={asked}", f"/patients/{asked}/prescribe", f"/{asked}"]
    more += [f"/patients/{WHO}/prescribe?{name}={asked}" for name in ("q", "drug", "then", "at")]
    more += [f"{path}?id={asked}&q={asked}&patient={asked}&kind={asked}" for path in alone + about]
    return list(dict.fromkeys([*alone, *about, *more]))


def faults_of(page: Any, base: str) -> Iterator[str]:
    if page.evaluate("window.hostile") is not None:
        yield "a script of the record ran"
    if found := page.evaluate(INJECTED):
        yield f"markup of the record is in the page: {found}"
    if "49$" in page.content() or "{%" in page.locator("body").inner_text().replace(TEMPLATE, ""):
        yield "a template of the record was read as one"
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > page.viewport_size["width"]:
        yield f"{wide} pixels wide"


INJECTED = """() => [...document.querySelectorAll(
    'img[src="x"], [onerror], [onload], [onclick], script:not([src]), a[href^="javascript:" i],'
    + ' iframe, object, embed, base')].map(e => e.outerHTML.slice(0, 120))"""


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_words_of_a_record_are_words_on_every_page(
    harmed: Server, signed_in: Opened, width: int
) -> None:
    page = signed_in("/patients", width=width)
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda m: said.append(m.text) if "Content Security" in m.text else None)
    page.on("dialog", lambda dialog: said.append(f"dialog {dialog.message}"))
    page.on("request", lambda request: asked.append(request.url))
    found = []
    for address in addresses():
        answer = page.goto(f"{harmed.base}{address}")
        if answer.status >= 500:
            found.append(f"{address}: answered {answer.status}")
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        found += [f"{address}: {fault}" for fault in faults_of(page, harmed.base)]
    assert found == []
    assert said == []
    assert [url for url in asked if not url.startswith((harmed.base, "data:"))] == []


@pytest.mark.browser
def test_page_is_in_no_frame_of_another_site(
    harmed: Server, signed_in: Opened, chromium: Any
) -> None:
    there = "http://elsewhere.example"
    page = signed_in("/patients")
    body = f'<iframe src="{harmed.base}/patients" width="800" height="600"></iframe>'
    page.route(f"{there}/**", lambda r: r.fulfill(body=body, content_type="text/html"))
    page.goto(f"{there}/")
    page.wait_for_timeout(500)
    inside = [frame for frame in page.frames if frame != page.main_frame]
    assert all("Synthetic" not in frame.content() for frame in inside)


class Forms(HTMLParser):
    """The forms of a page that change something: where each is sent, and its fields."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.is_in = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.is_in = told.get("method", "get").lower() == "post"
            if self.is_in:
                self.found.append((told.get("action", ""), {}))
        elif self.is_in and tag in ("input", "button", "textarea", "select") and "name" in told:
            self.found[-1][1].setdefault(told["name"], told.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        self.is_in = self.is_in and tag != "form"


@pytest.fixture
def visitor(harmed: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=harmed.base, timeout=30) as client:
        assert client.post("/sign-in", data={"token": TOKEN}).status_code == 303
        yield client


def test_no_form_of_any_page_is_taken_without_its_own_token(
    harmed: Server, visitor: httpx.Client
) -> None:
    with httpx.Client(base_url=harmed.base, timeout=30) as other:
        other.post("/sign-in", data={"token": TOKEN})
        of_another = re.search(r'name="csrf" value="(\w+)"', other.get("/patients").text)
    assert of_another is not None
    tried = 0
    for address in addresses():
        forms = Forms()
        forms.feed(visitor.get(address, follow_redirects=True).text)
        for action, fields in forms.found:
            path = (action or address).partition("?")[0]
            if path.startswith("/sign-in"):
                continue
            assert "csrf" in fields, f"{address}: the form to {path} has no token"
            for csrf in (None, "", "0" * 128, of_another[1], fields["csrf"][::-1]):
                sent = {"more": "1", **{k: v for k, v in fields.items() if k != "csrf"}}
                sent |= {} if csrf is None else {"csrf": csrf}
                answer = visitor.post(path, data=sent)
                assert answer.status_code == 403, (address, path, csrf)
                tried += 1
    assert tried > 20


def test_form_that_another_site_sends_is_refused_even_with_a_token(visitor: httpx.Client) -> None:
    found = re.search(r'name="csrf" value="(\w+)"', visitor.get("/patients").text)
    assert found is not None
    origin = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    about = [f"/patients/{WHO}{'/' if p.tail else ''}{p.tail}" for p in ABOUT]
    for path in (*(f"/{place.first}" for place in PLACES), *about, "/sign-in", "/sign-out"):
        answer = visitor.post(path, data={"csrf": found[1]}, headers=origin)
        assert answer.status_code == 403, path


@pytest.mark.parametrize("csrf", [None, "", "0" * 128])
def test_file_is_taken_nowhere_without_the_token_of_its_form(
    visitor: httpx.Client, csrf: str | None
) -> None:
    sent = {"file": ("x.vcf", b"##fileformat=VCFv4.2\n")}
    takers = [place for place in PLACES if place.takes is not None]
    assert takers
    for place in PLACES:
        data = {} if csrf is None else {"csrf": csrf}
        answer = visitor.post(f"/{place.first}", data=data, files=sent)
        assert answer.status_code in ((403,) if place in takers else (400, 403)), place.first


def test_no_page_may_be_framed_or_run_what_is_written_in_it(visitor: httpx.Client) -> None:
    for address in (*addresses(), "/sign-in", "/static/garrod.css", "/nowhere"):
        answer = visitor.get(address)
        policy = answer.headers["content-security-policy"]
        assert "unsafe" not in policy, address
        if "text/html" in answer.headers.get("content-type", ""):
            assert "frame-ancestors 'none'" in policy, address
            assert "default-src 'self'" in policy, address
        assert answer.headers["x-frame-options"] == "DENY", address
        assert answer.headers["x-content-type-options"] == "nosniff", address


ELSEWHERE = (
    "//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example",
    "/\t/evil.example", "\t//evil.example", " //evil.example", "javascript:alert(1)",
    "/\r\nLocation: https://evil.example", "http:evil.example", "///evil.example", "/\x00/evil",
    "data:text/html,x", "",
)  # fmt: skip


@pytest.mark.parametrize("to", ELSEWHERE)
def test_signing_in_leads_nowhere_else_however_it_is_written(
    visitor: httpx.Client, to: str
) -> None:
    answer = visitor.post("/sign-in", data={"token": TOKEN, "next": to})
    there = answer.headers["location"]
    assert there.startswith("/")
    assert not re.match(r"/[\s\x00-\x20]*[/\\]", there), there
    assert str(httpx.URL(str(visitor.base_url)).join(there)).startswith(str(visitor.base_url))


def test_no_header_is_made_of_what_was_asked(visitor: httpx.Client) -> None:
    bad = "x%0d%0aX-Evil:%201%0d%0aSet-Cookie:%20evil=1"
    paths = [*addresses()[:30], f"/patients/{bad}/prescribe", f"/{bad}", f"/static/{bad}"]
    paths += [f"{path}?q={bad}&drug={bad}&next={bad}&patient={bad}" for path in addresses()[:30]]
    for path in paths:
        answer = visitor.get(path)
        assert answer.status_code < 500, path
        assert "x-evil" not in answer.headers, path
        assert "evil" not in answer.headers.get("set-cookie", ""), path


def test_genome_file_with_hostile_words_gives_a_report_of_words(tmp_path: Path) -> None:
    told = GENOME.read_text(encoding="utf-8").splitlines(keepends=True)
    head = next(n for n, line in enumerate(told) if line.startswith("#CHROM"))
    sample = "<script>hostile</script>"
    told[head] = "\t".join([*told[head].rstrip("\n").split("\t")[:9], sample]) + "\n"
    told.insert(1, f"##source={SCRIPT}\n")
    told.insert(2, f'##INFO=<ID=HOSTILE,Number=1,Type=String,Description="{SCRIPT}">\n')
    file = tmp_path / "hostile.vcf"
    file.write_text("".join(told), encoding="utf-8")
    done = ran("genome", "report", file, "--format", "html", "--sex", "female")
    assert done.returncode in (0, 10), done.stderr
    assert "Traceback" not in done.stderr
    assert "<script" not in done.stdout
