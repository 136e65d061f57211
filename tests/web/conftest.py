"""A real Chromium and a real server of the demo's planted people, as a prescriber meets them."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from garrod.entry.demo_moments import planted_people
from garrod.entry.demo_story import story_resources
from garrod.entry.wire import Services
from tests.making.clicking import patient_clicks
from tests.making.server import TOKEN, Server, server

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-features=LocalNetworkAccessChecks",  # it asks whoever sits there, who is nobody
)  # fmt: skip
KEPT = 60.0  # seconds; long before a server asks anybody to sign in anew
Opened = Callable[..., Any]
Window = Callable[[int, bool], Any]


@pytest.fixture(scope="module")  # while it is open, no other test can run an event loop
def chromium() -> Iterator[Any]:
    """Yield a real Chromium, or skip and say what is missing."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="install the e2e extra to test in a browser"
    )
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    with playwright.sync_playwright() as play, patient_clicks():
        opened = play.chromium.launch(executable_path=path, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Yield a server with the story's person and those planted for the moments of the demo."""
    services = Services()
    people = [story_resources(services), *planted_people(services)]
    with server(tmp_path_factory.mktemp("clinic")) as running:
        for resources in people:
            entries = [
                {
                    "resource": resource,
                    "request": {
                        "method": "PUT",
                        "url": f"{resource['resourceType']}/{resource['id']}",
                    },
                }
                for resource in resources
            ]
            bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
            answer = running.ask("POST", "/fhir", json=bundle)
            assert answer.status_code == 200, answer.text
        yield running


@pytest.fixture
def window(chromium: Any) -> Iterator[Window]:
    """Yield what opens a window of a browser that knows nobody, with a width; all are closed."""
    contexts = []

    def opened(width: int, script: bool) -> Any:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=script
        )
        contexts.append(context)
        page = context.new_page()
        page.on("dialog", lambda _: pytest.fail("a script of hostile text ran"))
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def let_in() -> dict[str, Any]:
    """Return the cookies that somebody got who signed in at the clinic, and when that was."""
    return {"at": -KEPT, "cookies": []}


@pytest.fixture
def signed_in(window: Window, clinic: Server, let_in: dict[str, Any]) -> Opened:
    """Return what opens an address in a new window of somebody who is signed in.

    For a minute they are let in by the cookies of whoever signed in last: the form, which costs
    more than most pages, is filled in again where these are older, or where they signed out.
    """

    def opened(path: str, *, width: int = 1280, script: bool = True) -> Any:
        page = window(width, script)
        if time.monotonic() < let_in["at"] + KEPT:
            page.context.add_cookies(let_in["cookies"])
        page.goto(f"{clinic.base}{path}")
        token = page.get_by_label("Token of this server")
        if token.count():
            token.fill(TOKEN)
            with page.expect_navigation():  # a click alone comes back before the page is there
                page.locator("main").get_by_role("button", name="Sign in").click()
            let_in.update(at=time.monotonic(), cookies=page.context.cookies())
        return page

    return opened


@pytest.fixture
def acting(window: Window, site: Server) -> Opened:
    """Return what opens an address of a module's `site` anew, signed in as somebody of the demo."""

    def opened(role: str, path: str, *, width: int = 1280, script: bool = True) -> Any:
        page = window(width, script)
        page.goto(f"{site.base}{path}")
        page.get_by_role("link", name="Sign in at").click()
        page.get_by_role("button", name=role).first.click()  # of a role: whom the demo names first
        page.wait_for_url(f"{site.base}{path}")
        return page

    return opened


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Yield a demo of a module's own."""
    with server(tmp_path_factory.mktemp("demo") / "data", demo=True) as made:
        yield made


@pytest.fixture
def in_demo(window: Window, demo: Server) -> Opened:
    """Return what opens an address of the `demo` anew, as somebody whom one click signs in."""

    def opened(role: str, path: str, *, width: int = 1280, script: bool = True) -> Any:
        page = window(width, script)
        page.goto(f"{demo.base}/")
        page.locator(f'a[href^="/sign-in/start?as={role}"]').first.click()
        page.wait_for_url(lambda url: url != f"{demo.base}/" and "/sign-in" not in url)
        page.goto(f"{demo.base}{path}")
        return page

    return opened
