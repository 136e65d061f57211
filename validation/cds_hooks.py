"""A hook client in a real browser against a real server: discovery, three hooks, and feedback.

The published CDS Hooks Sandbox is not on any package registry; where its repository cannot be
reached this client, written from the specification alone, takes its place (cds_hooks_client/). It
signs its tokens with ES384, prefetches from a FHIR server of its own, and knows nothing of ours.
Run: python -m validation cds_hooks (needs the e2e extra and Chromium)
With the sandbox itself: start `garrod serve` with GARROD_CDS_ORIGINS naming its page and a file of
GARROD_CDS_CLIENTS naming its issuer and keys, and add http://127.0.0.1:8000/cds-services there.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

from joserfc.jwk import ECKey

PAGES = Path(__file__).with_name("cds_hooks_client")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
PATIENCE = 20_000  # milliseconds for a card
LOINC = "http://loinc.org"
PATIENT = {
    "resourceType": "Patient",
    "id": "ehr-1",
    "gender": "female",
    "birthDate": "1958-04-02",
    "name": [{"text": "Synthetic Person"}],
    "meta": {"security": [{"code": "HTEST"}]},
}
SUBJECT = {"subject": {"reference": "Patient/ehr-1"}}
GENE = {
    "resourceType": "Observation",
    "id": "gene-1",
    "status": "final",
    "code": {"coding": [{"system": LOINC, "code": "84413-4"}]},
    "valueCodeableConcept": {"text": "*2/*2"},
    "component": [
        {
            "code": {"coding": [{"system": LOINC, "code": "48018-6"}]},
            "valueCodeableConcept": {"coding": [{"code": "HGNC:2621", "display": "CYP2C19"}]},
        }
    ],
    **SUBJECT,
}
CONDITION = {
    "resourceType": "Condition",
    "id": "condition-1",
    "code": {"text": "Transient ischaemic attack"},
    **SUBJECT,
}
DRAFT = {
    "resourceType": "MedicationRequest",
    "id": "draft-1",
    "status": "draft",
    "intent": "order",
    "medicationCodeableConcept": {
        "coding": [{"system": "http://www.whocc.no/atc", "code": "B01AC04"}],
        "text": "Clopidogrel 75 mg tablets",
    },
    "reasonCode": [{"text": "Transient ischaemic attack"}],
    **SUBJECT,
}
HELD = {r["resourceType"]: r for r in (GENE, CONDITION)}


def main() -> int:
    """Print what the browser saw; return 1 where a step did not do what it should."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _print([("every step", "not tried", "the e2e extra is not installed")])
        return 0
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        _print([("every step", "not tried", "no Chromium on this machine")])
        return 0
    with (
        tempfile.TemporaryDirectory(prefix="garrod-hooks-") as held,
        _client() as (page_of, settings),
        _server(Path(held), page_of) as base,
        sync_playwright() as play,
    ):
        settings["cds"] = base
        browser = play.chromium.launch(executable_path=chromium, args=list(FLAGS))
        try:
            return _walked(browser.new_page(), page_of)
        finally:
            browser.close()


def _print(rows: list[tuple[str, str, str]]) -> None:
    print("\n| step of a hook client in Chromium | as it should be | seen |\n|---|---|---|")
    for row in rows:
        print(f"| {' | '.join(row)} |")


def _walked(page: Any, address: str) -> int:
    """Go through discovery, opening, choosing, signing, taking an option; return 0 or 1."""
    page.goto(f"{address}/index.html")
    page.wait_for_function("document.querySelector('#services').textContent", timeout=PATIENCE)
    services = page.text_content("#services")
    told = [("discovery", len(services.split(", ")) == 7, services)]
    for hook in ("patient-view", "order-select", "order-sign"):
        began = time.perf_counter()
        page.click(f'button[data-hook="{hook}"]')
        page.wait_for_selector(f'#cards[data-done="{hook}"]', timeout=PATIENCE)
        took = (time.perf_counter() - began) * 1000
        cards = page.locator("#cards .card h2").all_text_contents()
        is_right = hook == "patient-view" or any("clopidogrel" in c.lower() for c in cards)
        told.append((hook, is_right, f"{len(cards)} card(s), {took:.0f} ms: {'; '.join(cards)}"))
    title = page.locator("h2", has_text="clopidogrel")
    card = page.locator("#cards .card").filter(has=title)
    detail = card.locator("pre").text_content() or ""
    told.append(("why and what was not assessed", "CYP2C19" in detail, f"{len(detail)} characters"))
    card.locator(".suggestion").first.click()
    page.wait_for_function("document.querySelector('#feedback').textContent", timeout=PATIENCE)
    drafts = page.text_content("#drafts")
    told.append(("option taken", "clopidogrel" not in drafts.lower(), f"drafts are now: {drafts}"))
    outcome = page.text_content("#feedback")
    told.append(("feedback kept", outcome == "accepted", outcome))
    _print([(name, "yes" if is_right else "NO", words) for name, is_right, words in told])
    return 0 if all(is_right for _, is_right, _ in told) else 1


class Handler(BaseHTTPRequestHandler):
    """Answers as the client's own server does: its page, its keys, its patients."""

    keys: ClassVar[dict[str, Any]]
    said: ClassVar[dict[str, Any]]

    def do_GET(self) -> None:
        """Answer one request."""
        path = urlsplit(self.path).path
        if path == "/jwks.json":
            self._json(self.keys)
        elif path == "/settings.json":
            self._json(self.said)
        elif path.startswith("/fhir/"):
            self._json(_fhir(path.removeprefix("/fhir/")))
        elif (found := PAGES / path.lstrip("/")).is_file() and found.parent == PAGES:
            kind = "text/javascript" if found.suffix == ".js" else "text/html"
            self._send(found.read_bytes(), kind)
        else:
            self.send_error(404)

    def _json(self, said: Any) -> None:
        self._send(json.dumps(said).encode(), "application/json")

    def _send(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def _client() -> Iterator[tuple[str, dict[str, Any]]]:
    """Serve the client's page, its FHIR server and its keys; yield where, and its settings."""
    key = ECKey.generate_key("P-384", {"kid": "client-1", "use": "sig"})
    settings: dict[str, Any] = {"withheld": ["allergies"], "patient": "ehr-1", "drafts": [DRAFT]}

    class Own(Handler):
        keys: ClassVar = {"keys": [key.as_dict(private=False)]}
        said: ClassVar = settings

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Own)
    listening.daemon_threads = True
    base = f"http://127.0.0.1:{listening.server_port}"
    settings |= {
        "key": key.as_dict(private=True),
        "iss": base,
        "jku": f"{base}/jwks.json",
        "fhir": f"{base}/fhir",
    }
    settings["key"] = {k: v for k, v in settings["key"].items() if k != "use"}
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield base, settings
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()


def _fhir(path: str) -> dict[str, Any]:
    """Return what the client's FHIR server holds at a path."""
    if path.startswith("Patient/"):
        return PATIENT
    found = [{"resource": HELD[path]}] if path in HELD else []
    return {"resourceType": "Bundle", "type": "searchset", "entry": found}


@contextmanager
def _server(folder: Path, client: str) -> Iterator[str]:
    """Run a server that knows this client and may ask its FHIR server; yield its address."""
    clients = folder / "clients.json"
    known = {"clients": [{"iss": client, "jku": f"{client}/jwks.json"}]}
    clients.write_text(json.dumps(known), encoding="utf-8")
    environment = {**os.environ, "GARROD_CDS_CLIENTS": str(clients), "GARROD_EHR": "loopback"}
    port = _free_port()
    garrod = Path(sys.executable).with_name("garrod")
    command = [str(garrod), "serve", "--port", str(port), "--data", str(folder / "data")]
    log = (folder / "server.log").open("wb")
    process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    base = f"http://127.0.0.1:{port}"
    try:
        _wait(base, process)
        yield base
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(base: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{base}/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError("the server did not start")
