"""The pages of knowledge packs as a browser without a script meets them: who may, once, whole."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from garrod.adapters.packs.site import site_pack
from garrod.adapters.packs.state import read_state
from garrod.care.govern.model import Activated, Approved, Deactivated
from garrod.entry.demo_packs import PACK, VERSION, propose
from tests.making.packs import site_copy
from tests.making.server import Server, server
from tests.making.site import garrod

pytestmark = pytest.mark.slow
NEW = f"{PACK}@{VERSION}"
LOWER, PLAIN = "policy-england@2027.1.0", "lifestyle@2027.1.0"
SAFETY, OFFICER, PHARMACIST = "clinical-safety-officer", "governance-officer", "pharmacist"
EVIL = "<script>alert(1)</script>"
TAKES = ("A10BA02", "Metformin 500 mg tablets")


def told(browser: Browser, wanted: str, unwanted: str = "\0") -> str:
    """Return the page of the new pack once it says something, and something no longer."""
    for _ in range(600):
        text = browser.get(at(NEW) if wanted else "/knowledge").text
        if wanted in text and unwanted not in text:
            return text
        time.sleep(0.1)
    return text


def lowering(site: Path) -> Path:
    """Put a pack into a site that lowers hard stops, with hostile words."""

    def without(text: str) -> str:
        return "".join(x for x in text.splitlines(True) if not x.startswith("abacavir"))

    made = site_copy(site, "policy-england", "2027.1.0", {"hard_stops.csv": without})
    manifest = made / "pack.toml"
    title = f"{EVIL} \u202eevil {'long' * 60}"
    text = re.sub(r'^title = ".*"$', f'title = "{title}"', manifest.read_text("utf-8"), flags=re.M)
    manifest.write_text(text, encoding="utf-8")
    return made


def signed(site: Path, made: Path, holder: str) -> None:
    """Sign a pack with a new key of somebody, and let the site trust it."""
    key = site.parent / f"{made.parent.name}.key"
    garrod("packs", "key", "new", holder, "-o", key)
    garrod("packs", "sign", made, "--key", key)
    garrod("packs", "trust", f"{key}.pub", "--as", "it-lead", "--packs", site)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("knowledge") / "site"
    made.mkdir()
    propose(made)
    signed(made, lowering(made), "Practitioner/demo-pharmacist")
    edits = {"phrases.csv": lambda text: text.replace(" alcohol", " much alcohol", 1)}
    signed(made, site_copy(made, "lifestyle", "2027.1.0", edits), "maker")
    return made


@pytest.fixture(scope="module")
def running(site: Path) -> Iterator[Server]:
    with served(site.parent, site) as made:
        yield made


def served(folder: Path, site: Path) -> Any:
    settings = {"GARROD_DEV_ISSUER": "1", "GARROD_PACKS": str(site)}
    return server(folder / "data", settings=settings)


@pytest.fixture(scope="module")
def acting(running: Server) -> Iterator[Callable[[str], Browser]]:
    """Yield what signs in as somebody of the demo, once each."""
    known: dict[str, Browser] = {}

    def browser(role: str) -> Browser:
        if role not in known:
            known[role] = Browser(running, role)
        return known[role]

    yield browser
    for one in known.values():
        one.client.close()


class Browser:
    """Somebody of the demo, signed in."""

    def __init__(self, running: Server, role: str) -> None:
        self.base = running.base
        self.client = httpx.Client(timeout=60, headers={"Origin": running.base})
        start = f"{self.base}/sign-in/start?as={role}&next=/knowledge"
        self.client.get(start, follow_redirects=True)

    def get(self, path: str) -> httpx.Response:
        return self.client.get(f"{self.base}{path}")

    def form(self, path: str, do: str) -> dict[str, str]:
        """Return the hidden fields of a form on a page."""
        text = self.get(path).text
        for form in re.findall(r"<form.*?</form>", text, re.S):
            hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
            if hidden.get("do") == do:
                return {name: unescape(value) for name, value in hidden.items()}
        raise AssertionError(f"{do!r} cannot be done on {path}")

    def send(self, path: str, form: dict[str, str]) -> httpx.Response:
        return self.client.post(f"{self.base}{path}", data=form)

    def do(self, path: str, do: str, **more: str) -> httpx.Response:
        return self.send(path, {**self.form(path, do), **more})


As = Callable[[str], Browser]


def at(reference: str) -> str:
    return f"/knowledge/{reference}"


def approvals(site: Path, reference: str) -> list[str]:
    events = read_state(site).events
    return [e.by for e in events if isinstance(e, Approved) and e.pack == reference]


def moved(site: Path, reference: str = NEW) -> list[str]:
    events = [e for e in read_state(site).events if isinstance(e, Activated | Deactivated)]
    return [type(e).__name__ for e in events if e.pack == reference]


def patient(running: Server, id: str = "m1") -> None:
    """Store somebody of 80 whose kidneys are weak, and who takes metformin."""
    system = "http://www.whocc.no/atc"
    person = {"resourceType": "Patient", "id": id, "gender": "male", "birthDate": "1946-01-01"}
    taken = {
        "resourceType": "MedicationStatement", "id": f"{id}-m", "status": "active",
        "subject": {"reference": f"Patient/{id}"},
        "medicationCodeableConcept": {
            "coding": [{"system": system, "code": TAKES[0]}], "text": TAKES[1],
        },
    }  # fmt: skip
    unit = {"unit": "umol/L", "system": "http://unitsofmeasure.org", "code": "umol/L"}
    kidneys = {
        "resourceType": "Observation", "id": f"{id}-o", "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "14682-9"}]},
        "subject": {"reference": f"Patient/{id}"},
        "effectiveDateTime": datetime.now(UTC).date().isoformat(),
        "valueQuantity": {"value": 210, **unit},
    }  # fmt: skip
    for resource in (person, taken, kidneys):
        path = f"/fhir/{resource['resourceType']}/{resource['id']}"
        assert running.ask("PUT", path, json=resource).status_code in (200, 201)


def tasks(running: Server, id: str = "m1") -> list[dict[str, Any]]:
    """Return the tasks about somebody, once there are any; none after a minute."""
    for _ in range(600):
        found = running.ask("GET", f"/fhir/Task?patient={id}").json()
        if found.get("entry"):
            return [entry["resource"] for entry in found["entry"]]
        time.sleep(0.1)
    return []


def packs_named(running: Server) -> str:
    """Return what the next decision about metformin says, whole."""
    medicine = {"coding": [{"system": "http://www.whocc.no/atc", "code": TAKES[0]}]}
    answer = running.ask("POST", "/advice", json={"person": "m1", "medicine": medicine})
    return str(answer.text)


def test_lowered_hard_stops_are_agreed_to_by_each_and_by_nobody_who_signed(
    acting: As, site: Path
) -> None:
    path = at(LOWER)
    signer = acting(PHARMACIST)
    text = signer.get(path).text
    assert EVIL not in text
    assert "&lt;script&gt;" in text
    assert "Hard stops lowered" in text
    assert "abacavir" in text
    assert "Your key signed this pack" in text
    csrf = re.search(r'name="csrf" value="([^"]+)"', text)
    assert csrf is not None
    form = {"csrf": csrf[1], "do": "approve", "agree": "yes", "reason": "it is my own pack"}
    form |= {"sha256": site_pack(site, LOWER).content.sha256, "seen": "0"}
    answer = signer.send(path, form)
    assert (answer.status_code, approvals(site, LOWER)) == (409, [])
    assert "whoever signs a pack cannot approve it" in answer.text
    safety = acting(SAFETY)
    answer = safety.do(path, "approve", reason="read row by row")
    assert (answer.status_code, approvals(site, LOWER)) == (422, [])
    assert 'href="#agree"' in answer.text
    assert ">read row by row</textarea>" in answer.text
    assert safety.do(path, "approve", agree="yes", reason="short").status_code == 422
    assert safety.do(path, "approve", agree="yes", reason="read row by row").status_code == 303
    officer = acting(OFFICER)
    assert officer.do(path, "approve", agree="yes", reason="checked the rows").status_code == 303
    assert moved(site, LOWER) == []
    assert officer.do(path, "activate").status_code == 303
    assert moved(site, LOWER) == ["Activated"]


def test_form_that_comes_twice_does_its_work_once(acting: As, site: Path) -> None:
    safety, pharmacist, path = acting(SAFETY), acting(PHARMACIST), at(PLAIN)
    form = safety.form(path, "approve")
    assert [safety.send(path, form).status_code for _ in range(2)] == [303, 303]
    assert approvals(site, PLAIN) == ["Practitioner/demo-clinical-safety-officer"]
    assert pharmacist.do(path, "approve").status_code == 303
    form = pharmacist.form(path, "activate")
    assert [pharmacist.send(path, form).status_code for _ in range(2)] == [303, 303]
    assert moved(site, PLAIN) == ["Activated"]
    stale = pharmacist.form(path, "roll-back") | {"reason": "it was only tried"}
    assert [pharmacist.send(path, stale).status_code for _ in range(2)] == [303, 303]
    assert moved(site, PLAIN) == ["Activated", "Deactivated"]
    assert (
        safety.send(path, {**stale, "csrf": safety.form(path, "activate")["csrf"]}).status_code
        == 412
    )


def test_form_about_another_content_changes_nothing(acting: As, site: Path) -> None:
    safety, path = acting(SAFETY), at(NEW)
    form = safety.form(path, "approve") | {"reason": "read row by row"}
    answer = safety.send(path, {**form, "sha256": "0" * 64})
    assert (answer.status_code, approvals(site, NEW)) == (412, [])
    assert "not what you saw" in answer.text
    assert ">read row by row</textarea>" in answer.text


@pytest.mark.parametrize("role", ["prescriber", "nurse", "laboratory-scientist", "geneticist"])
def test_who_gives_care_reads_and_changes_nothing(acting: As, site: Path, role: str) -> None:
    browser, path = acting(role), at(NEW)
    page = browser.get(path)
    assert page.status_code == 200
    assert "does not approve it" in page.text
    assert not re.findall(r'name="do" value="(?!start-over)', page.text)
    assert 'href="/knowledge" ' not in page.text.partition("<main")[0]
    csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert csrf is not None
    for do in ("approve", "activate", "roll-back", "who"):
        form = {"csrf": csrf[1], "do": do, "sha256": site_pack(site, NEW).content.sha256}
        assert browser.send(path, form).status_code == 403
    assert approvals(site, NEW) == []


@pytest.mark.parametrize("role", ["patient", "proxy", "analyst"])
def test_nobody_else_reads_it(acting: As, role: str) -> None:
    browser = acting(role)
    assert browser.get("/knowledge").status_code == 403
    assert browser.get(at(NEW)).status_code == 403


@pytest.mark.parametrize("said", ["nothing@1", "a/b", "%00", "renal-dosing", EVIL])
def test_pack_that_is_not_there_is_said_so(acting: As, said: str) -> None:
    assert acting(SAFETY).get(f"/knowledge/{said}").status_code in (400, 404)


def test_pack_of_the_command_line_takes_force_in_the_running_server_with_its_tasks(
    acting: As, running: Server, site: Path
) -> None:
    patient(running)
    assert f"{PACK}@2026.11" in packs_named(running)
    for who, role in (("dr-jones", "doctor"), ("ms-khan", "data-manager")):
        garrod("packs", "approve", NEW, "--as", who, "--role", role, "--packs", site)
    garrod("packs", "activate", NEW, "--as", "it-lead", "--packs", site)
    (task,) = tasks(running)
    assert NEW in packs_named(running)
    assert task["code"]["text"] == "Arrange monitoring that is advised now"
    assert task["owner"]["identifier"]["value"] == "monitoring"
    assert "Advice changed for 1 person." in told(acting(SAFETY), "Advice changed")


def test_killed_half_way_leaves_one_state_or_the_other_and_its_tasks_follow(
    tmp_path: Path,
) -> None:
    site = tmp_path / "site"
    site.mkdir()
    propose(site)
    with served(tmp_path, site) as running:
        patient(running)
        for who, role in (("dr-jones", "doctor"), ("ms-khan", "data-manager")):
            garrod("packs", "approve", NEW, "--as", who, "--role", role, "--packs", site)
        officer = Browser(running, OFFICER)
        form = officer.form(at(NEW), "activate")
        sending = threading.Thread(target=_sent_in_vain, args=(officer, form))
        sending.start()
        for _ in range(20_000):  # as soon as it stands in the state
            if moved(site):
                break
            time.sleep(0.002)
        running.kill()
        sending.join()
        officer.client.close()
    assert moved(site) == ["Activated"]
    assert json.loads((site / "state.json").read_text())["format"] == 1
    with served(tmp_path, site) as running:
        # Never lost. Another may stand beside it: the monitor's, of what was written of the person
        # and not looked at before the kill. The same content would have the same id.
        found = tasks(running)
        assert found
        assert all(task["for"] == {"reference": "Patient/m1"} for task in found)
        assert NEW in packs_named(running)


def _sent_in_vain(officer: Browser, form: dict[str, str]) -> None:
    try:
        officer.send(at(NEW), form)
    except httpx.TransportError:
        return


def in_force(running: Server) -> set[str]:
    """Return the versions of the pack that the next decision names."""
    return set(re.findall(rf"{PACK}@[0-9.]+", packs_named(running)))


def test_state_that_cannot_be_read_keeps_what_was_in_force(
    acting: As, running: Server, site: Path
) -> None:
    patient(running)
    safety, before = acting(SAFETY), in_force(running)
    state = site / "state.json"
    whole = state.read_text()
    state.write_text(whole.replace('"head": "', '"head": "0'))
    page = safety.get("/knowledge")
    assert page.status_code == 200
    assert "was changed by other means" in page.text
    assert in_force(running) == before != set()
    state.write_text(whole)
    assert "was changed by other means" not in told(safety, "", "cannot be read")
