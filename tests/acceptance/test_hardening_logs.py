"""A day at every door of a server full of people, with all that it says: no log, count, error or
address of ours names one of them.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote_plus

import httpx2 as httpx
import pytest

from garrod.core.identifiers import is_mod11
from tests.making.server import TOKEN, Server, server

JSON = "application/fhir+json"
FORM = "application/x-www-form-urlencoded"
SHORT = 4  # a name of fewer letters is part of other words
PLAIN = frozenset(("other", "test", "person", "demo", "home", "house", "street", "road", "unknown"))


@dataclass
class People:
    """What names the people of the record: of each as many ways as it is written."""

    words: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    births: set[str] = field(default_factory=set)

    def learn(self, patient: dict[str, Any]) -> None:
        for name in patient.get("name", ()):
            self.words |= {*name.get("given", ()), name.get("family", "")}
        for address in patient.get("address", ()):
            self.words |= {*address.get("line", ()), address.get("postalCode", "")}
        for told in (*patient.get("telecom", ()), *patient.get("identifier", ())):
            value = str(told.get("value", ""))
            if re.fullmatch(r"\d{10}", value) and is_mod11(value):
                self.numbers |= {value, f"{value[:3]} {value[3:6]} {value[6:]}"}
                self.numbers.add(f"{value[:3]}-{value[3:6]}-{value[6:]}")
            elif "@" in value:
                self.words.add(value)
        born = patient.get("birthDate", "")
        self.births |= {born, "/".join(reversed(born.split("-")))} if len(born) == 10 else set()

    def in_text(self, text: str) -> list[str]:
        """Return whatever of somebody a text holds; it may be percent-encoded."""
        plain = f"{text}\n{unquote_plus(text)}".lower()
        words = {w.lower() for w in self.words if len(w) >= SHORT} - PLAIN
        tokens = set(re.findall(r"[^\W\d_]+", plain))
        found = [w for w in words if (w in tokens if w.isalpha() else w in plain)]
        return found + [n for n in self.numbers | self.births if n in plain]


@dataclass
class Day:
    """What was asked, and all that was answered."""

    running: Server
    browser: httpx.Client
    people: People = field(default_factory=People)
    faults: list[str] = field(default_factory=list)  # bodies of refusals
    spelled: list[str] = field(default_factory=list)  # those of a name where a type or a path is
    as_id: set[str] = field(default_factory=set)  # what this test gives where a person's id is
    addresses: list[str] = field(default_factory=list)  # that the server made

    def ask(self, method: str, path: str, *, spelled: bool = False, **more: Any) -> httpx.Response:
        told = self.running.ask(method, path, **more)
        assert told.status_code < 500, (path, told.text[:300])
        if told.status_code >= 400:
            (self.spelled if spelled else self.faults).append(told.text)
        self.addresses += [told.headers.get("location", ""), told.headers.get("link", "")]
        if "json" in told.headers.get("content-type", ""):
            self.addresses += list(urls(told.json()))
        return told

    def look(self, method: str, path: str, **more: Any) -> httpx.Response:
        told = self.browser.request(method, self.running.base + path, **more)
        assert told.status_code < 500, path
        self.addresses += [told.headers.get("location", "")]
        self.addresses += re.findall(r'(?:href|action|src)="([^"]*)"', told.text)
        return told


def urls(told: Any) -> Iterator[str]:
    """Yield the addresses in an answer that the server made itself.

    A link to a search is no such: FHIR has it repeat the question, as whoever asked wrote it.
    """
    if isinstance(told, dict) and told.get("resourceType") == "Bundle":
        yield from (str(e.get("fullUrl", "")) for e in told.get("entry", ()))


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    folder = tmp_path_factory.mktemp("day") / "data"
    settings = {"GARROD_DEV_ISSUER": "1"}
    with server(folder, demo=True, settings=settings) as running, httpx.Client() as browser:
        found = Day(running, browser)
        _spend(found)
        found.addresses = [a for a in found.addresses if a]
        yield found


def _spend(day: Day) -> None:
    path = "/fhir/Patient?_count=200"
    first: list[dict[str, Any]] = []
    while path:
        page = day.ask("GET", path).json()
        first += [e["resource"] for e in page.get("entry", ())]
        following = [link["url"] for link in page["link"] if link["relation"] == "next"]
        path = following[0].partition(day.running.base)[2] if following else ""
    for patient in first:
        day.people.learn(patient)
    who = next(p for p in first if "family" in p["name"][0])
    _at_fhir(day, who)
    _at_other_doors(day, who)
    _in_a_browser(day, who)


def _number(patient: dict[str, Any]) -> str:
    return next(i["value"] for i in patient["identifier"] if len(i["value"]) == 10)


def _at_fhir(day: Day, who: dict[str, Any]) -> None:
    family, number, id = who["name"][0]["family"], _number(who), who["id"]
    quoted = quote(f"https://fhir.nhs.uk/Id/nhs-number|{number}", safe="")
    for path in (
        f"Patient/{id}", f"Patient/{id}/_history", f"Patient/{id}/$everything", f"Patient/{number}",
        f"Patient?birthdate={quote(family)}", f"Observation?subject:Patient.name={quote(family)}",
        f"Observation?patient={number}", f"Observation?date={quoted}", f"Patient?_bad={number}",
        f"Patient?_count={quote(family)}", f"Patient?_page={quote(family)}",
        f"Patient/{id}/$nothing?name={quote(family)}", f"Patient?_lastUpdated={quote(family)}",
        f"Patient/{id}/_history/{number}", f"Patient/{id}/_history?_since={quote(family)}",
        f"Patient?_bad={quote(family)}",
    ):  # fmt: skip
        day.ask("GET", f"/fhir/{path}")
    for path in (  # a name where a type, a parameter or an id is: that is told to who spelt it so
        f"Patient/{quote(family)}", f"{quote(family)}/{number}", f"Patient?_sort={quote(family)}",
        f"Patient?identifier:{quote(family)}={number}", f"Patient?_include={quote(family)}",
        f"Patient?{number}=x", f"{number}", f"Patient?_sort={number}", f"Patient/{id}/${number}",
    ):  # fmt: skip
        day.ask("GET", f"/fhir/{path}", spelled=True)
    for form in (f"family={quote(family)}", f"identifier={quoted}", f"name={quote(family)}"):
        posted = {"Content-Type": FORM}
        day.ask("POST", "/fhir/Patient/_search", content=f"{form}&_count=1", headers=posted)
    broken = json.dumps({**who, "birthDate": family, "gender": number, "active": family})
    named = json.dumps({**who, family: number, number: family})
    day.ask("PUT", f"/fhir/Patient/{id}", content=named, spelled=True)
    day.as_id.add(family)
    for method, path, body in (
        ("PUT", f"Patient/{id}", broken), ("PUT", f"Patient/{number}", json.dumps(who)),
        ("PUT", f"Patient/{id}", json.dumps({**who, "id": number})), ("POST", "Patient", broken),
        ("POST", "Patient", broken[:-9]), ("POST", "Patient/$validate", broken),
        ("POST", "", json.dumps({"resourceType": "Bundle", "type": "batch", "entry": [
            {"resource": who, "request": {"method": "GET", "url": f"Patient?name={family}"}}]})),
    ):  # fmt: skip
        day.ask(method, f"/fhir/{path}", content=body)
    patch = json.dumps([{"op": "test", "path": f"/{family}", "value": number}])
    patched = {"Content-Type": "application/json-patch+json"}
    day.ask("PATCH", f"/fhir/Patient/{id}", content=patch, headers=patched, spelled=True)
    day.ask("PUT", f"/fhir/Patient/{id}", json=who, headers={"If-Match": f'W/"{number}"'})
    day.ask("POST", "/fhir/Patient", json=who, headers={"If-None-Exist": f"identifier={quoted}"})
    xml = {"Content-Type": "application/fhir+xml"}
    day.ask("POST", "/fhir/Patient", content=f"<Patient><{family}/>{number}", headers=xml)


def _at_other_doors(day: Day, who: dict[str, Any]) -> None:
    family, number, id = who["name"][0]["family"], _number(who), who["id"]
    day.ask("POST", "/advice", json={"person": id, "medicine": family})
    day.ask("POST", "/advice", json={"person": number, "medicine": number})
    day.ask("POST", "/advice", content=f'{{"person":"{family}"')
    context = {"userId": f"Practitioner/{family}", "patientId": id, "selections": [number]}
    asked = {
        "hook": "order-sign", "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": context, "prefetch": {"patient": who},
    }  # fmt: skip
    day.ask("POST", f"/cds-services/{quote(family)}", json=asked, spelled=True)
    for path in ("garrod-order-sign", "garrod-patient-view", number, "x/feedback"):
        day.ask("POST", f"/cds-services/{path}", json=asked)
        day.ask("POST", f"/cds-services/{path}", content=json.dumps(asked)[:-5])
    for path in (f"/events?patient={number}", f"/events?kind={quote(family)}"):
        headers = {"Authorization": f"Bearer {TOKEN}"}
        with httpx.stream("GET", day.running.base + path, headers=headers) as told:
            assert told.status_code < 500
    for path in ("head", f"people/{id}", f"people/{number}", f"proof/inclusion?index={family}"):
        day.ask("GET", f"/audit/{path}")
    for path in (f"/{quote(family)}/{number}", f"/openapi.json?x={number}", f"/issuer/{number}"):
        day.ask("GET", path)
    headers = {"Authorization": f"Bearer {family}.{number}.x"}
    httpx.get(f"{day.running.base}/fhir/Patient?name={quote(family)}", headers=headers)
    httpx.get(f"{day.running.base}/fhir/Patient", headers={"Host": f"{family}.example"})


def _in_a_browser(day: Day, who: dict[str, Any]) -> None:
    family, number, id = who["name"][0]["family"], _number(who), who["id"]
    log = (day.running.folder.parent / f"{day.running.folder.name}.log").read_text()
    link = next(word for word in log.split() if "/sign-in?once=" in word)
    page = day.look("GET", link.partition(day.running.base)[2], follow_redirects=True).text
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)
    assert csrf is not None, page
    for asked in (family, number, who["birthDate"], f"{family}'\"><script>"):
        sent = {"q": asked, "csrf": csrf[1]}
        found = day.look("POST", "/patients", data=sent, follow_redirects=True)
        assert found.status_code == 200
    everybody = day.look(
        "POST", "/patients", data={"q": "", "csrf": csrf[1]}, follow_redirects=True
    ).text
    assert day.people.in_text(everybody) != []
    for path in (
        f"/patients/{id}/prescribe", f"/patients/{id}/prescribe?q=clopidogrel",
        f"/patients/{number}/prescribe", f"/patients/{quote(family)}/prescribe",
        "/", "/story",
    ):  # fmt: skip
        day.look("GET", path)
    form = {"csrf": csrf[1], "drug": "clopidogrel", "dose": number}
    day.look("POST", f"/patients/{id}/prescribe", data=form)
    day.look("POST", f"/patients/{id}/prescribe", data={**form, "csrf": family})


def test_people_of_the_record_are_known_to_this_test(day: Day) -> None:
    assert len(day.people.words) > 150
    assert len(day.people.numbers) > 400
    assert len(day.people.births) > 200
    assert len(day.faults) > 25
    assert len(day.addresses) > 200
    who = next(iter(day.people.numbers))
    assert day.people.in_text(f"GET /x?n={quote(who)}") != []


def test_log_names_nobody(day: Day) -> None:
    log = Path(f"{day.running.folder}.log").read_text()
    assert "Garrod serves" in log
    assert day.people.in_text(log) == []
    assert "GET /" not in log


def test_counts_name_nobody(day: Day) -> None:
    page = httpx.get(f"{day.running.base}/metrics").text
    assert "garrod_requests_total" in page
    assert day.people.in_text(page) == []


def test_refusals_repeat_nobody(day: Day) -> None:
    found = {(w, fault[:400]) for fault in day.faults for w in day.people.in_text(fault)}
    assert found == set()


def test_refusals_repeat_no_number_even_where_it_is_no_value(day: Day) -> None:
    assert len(day.spelled) > 8
    numbers = {n for fault in day.spelled for n in day.people.numbers if n in fault}
    assert numbers == set()


def test_addresses_that_the_server_makes_name_nobody(day: Day) -> None:
    found = {(w, address) for address in day.addresses for w in day.people.in_text(address)}
    assert found == set()


def test_audit_names_nobody(day: Day) -> None:
    held = b"".join(path.read_bytes() for path in day.running.folder.glob("demo-audit.db*"))
    assert b"Patient/{id}" in held
    text = held.decode("latin-1")
    assert [n for n in day.people.numbers if n in text] == []
    words = {w for w in day.people.words if len(w) >= 6 and w.isalpha()} - day.as_id
    assert [w for w in words if re.search(rf"\b{re.escape(w)}\b", text)] == []
