"""garrod demo: the alert, then a record of two hundred synthetic people, the story's among them."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from tests.acceptance.conftest import STORY, Run
from tests.making.server import free_port, server

GARROD = str(Path(sys.executable).with_name("garrod"))
TOKEN = "token-of-the-demo"
Json = dict[str, Any]
HELD = {"Authorization": f"Bearer {TOKEN}"}


@dataclass(frozen=True)
class Demo:
    base: str
    folder: Path

    def ask(self, path: str, **headers: str) -> httpx.Response:
        return httpx.get(f"{self.base}{path}", headers=headers, timeout=60)

    def record(self, path: str) -> dict[str, object]:
        answer = self.ask(f"/fhir/{path}", **HELD)
        assert answer.status_code == 200, answer.text
        found: dict[str, object] = answer.json()
        return found


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Run the demo as a user does, with a browser that writes down what it is to open."""
    folder, port = tmp_path_factory.mktemp("demo"), free_port()
    browser = folder / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {folder}/opened\n', encoding="utf-8")
    browser.chmod(0o755)
    environment = {
        **os.environ,
        "GARROD_DATA": str(folder / "data"),
        "GARROD_DEV_TOKEN": TOKEN,
        "BROWSER": f"{browser} %s",
    }
    with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
        command = [GARROD, "demo", "--port", str(port)]
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=err)
        try:
            _wait(process, folder)
            yield Demo(f"http://127.0.0.1:{port}", folder)
        finally:
            process.terminate()
            process.wait(20)


def _wait(process: subprocess.Popen[bytes], folder: Path) -> None:
    for _ in range(900):
        if (folder / "opened").exists():
            return
        assert process.poll() is None, (folder / "err").read_text()
        time.sleep(0.1)
    raise AssertionError((folder / "err").read_text())


def test_alert_is_printed_before_the_record_is_opened(demo: Demo) -> None:
    assert "clopidogrel: CYP2C19 poor metaboliser" in (demo.folder / "out").read_text()


def test_browser_is_opened_at_a_page_that_answers(demo: Demo) -> None:
    opened = (demo.folder / "opened").read_text().strip()
    assert opened.startswith(f"{demo.base}/sign-in?once=")
    with httpx.Client(follow_redirects=True) as browser:
        page = browser.get(opened)
        assert page.status_code == 200
        assert "once=" not in str(page.url)  # the link is spent, and stands in no address bar
        assert browser.cookies
    assert f"{demo.base}/" in (demo.folder / "err").read_text()


def test_page_lists_two_hundred_people_and_says_that_nobody_is_real(demo: Demo) -> None:
    page = demo.ask("/").text
    assert page.count('<th scope="row">') == 200
    orders = 10  # one for each planted person, the story's among them, and new knowledge tried
    assert page.count("/prescribe%3Fdrug%3D") == orders
    assert "Nobody here is real" in page
    assert "Ada Example-Synthetic" in page
    stored = demo.record("Patient?_count=500")["entry"]
    assert isinstance(stored, list)
    assert {e["resource"]["name"][0]["text"] for e in stored} == set(
        re.findall(r'<th scope="row">([^<]*)</th>', page)
    )


def test_story_has_its_report(demo: Demo) -> None:
    page = demo.ask("/story").text
    assert "CYP2C19" in page
    assert "Synthetic person" in page


def test_pages_answer_only_to_the_name_of_this_machine(demo: Demo) -> None:
    assert demo.ask("/", Host="evil.example").status_code == 403


def test_record_is_behind_its_token(demo: Demo) -> None:
    assert demo.ask("/fhir/Patient").status_code == 401


def resources(demo: Demo, asked: str) -> list[Json]:
    entries = demo.record(f"{asked}{'&' if '?' in asked else '?'}_count=1000").get("entry", [])
    assert isinstance(entries, list)
    return [entry["resource"] for entry in entries]


def is_marked(resource: Json) -> bool:
    return any(tag["code"] == "HTEST" for tag in resource["meta"].get("tag", []))


def test_every_resource_that_was_drawn_is_marked(demo: Demo) -> None:
    for kind in ("Patient", "Condition", "Device", "Organization", "MedicationRequest"):
        found = resources(demo, kind)
        assert found, kind
        assert [r["id"] for r in found if not is_marked(r)] == [], kind


def test_lines_that_the_record_made_of_them_are_marked_too(demo: Demo) -> None:
    people = {f"Patient/{r['id']}" for r in resources(demo, "Patient") if is_marked(r)}
    made = [*resources(demo, "MedicationStatement"), *resources(demo, "List")]
    assert {r["subject"]["reference"] for r in made} - people == set()
    assert [f"{r['resourceType']}/{r['id']}" for r in made if not is_marked(r)] == []
    assert "Patient/demo-1" in {r["subject"]["reference"] for r in made}


def test_same_alert_comes_from_what_the_record_holds(demo: Demo, run: Run, tmp_path: Path) -> None:
    person = tmp_path / "person.json"
    person.write_text(json.dumps(demo.record("Patient/demo-1/$everything?_count=500")))
    ran = run("advise", "--person", person, "--order", STORY / "order.json")
    assert ran.code == 0, ran.err
    (advice,) = [a for a in json.loads(ran.out)["advice"] if a["tier"] in ("T1", "T2")]
    assert (advice["action"], advice["strength"]) == ("prefer-alternative", "Strong")


def test_port_in_use_is_told_in_one_line(run: Run, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        environment = {**os.environ, "GARROD_DATA": str(tmp_path), "GARROD_DEV_TOKEN": TOKEN}
        command = [GARROD, "demo", "--no-browser", "--port", str(taken.getsockname()[1])]
        ran = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
    assert ran.returncode == 10
    assert ran.stderr.splitlines()[-1].startswith("GARROD-INP040: port")
    assert "1 alert." in ran.stdout


@pytest.mark.parametrize("is_demo", [True, False])
def test_record_of_an_older_demo_meets_the_people_of_the_moments(
    tmp_path: Path, is_demo: bool
) -> None:
    older = f"sqlite:///{tmp_path / 'older.db'}"
    with server(tmp_path / "data", database=older) as running:
        first = "demo-1" if is_demo else "somebody"  # among other people nobody is planted
        body = {"resourceType": "Patient", "id": first}
        assert running.ask("PUT", f"/fhir/Patient/{first}", json=body).status_code == 201
    for _ in range(2):
        with server(tmp_path / "data", database=older, demo=True) as running:
            entries = running.ask("GET", "/fhir/Patient?_count=100").json()["entry"]
        found = {entry["resource"]["id"]: entry["resource"]["meta"] for entry in entries}
        planted = {f"demo-{n}" for n in range(2, 10)} if is_demo else set()
        assert set(found) == {first} | planted
        assert {meta["versionId"] for meta in found.values()} == {"1"}
