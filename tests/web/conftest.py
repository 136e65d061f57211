"""A real Chromium and a real server of the demo's people, as a prescriber meets them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.making.server import TOKEN, Server, server

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
Opened = Callable[..., Any]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Yield a real Chromium, or skip and say what is missing."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="install the e2e extra to test in a browser"
    )
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    with playwright.sync_playwright() as play:
        opened = play.chromium.launch(executable_path=path, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Yield a server with the people of the demo."""
    with server(tmp_path_factory.mktemp("clinic"), demo=True) as running:
        yield running


@pytest.fixture
def signed_in(chromium: Any, clinic: Server) -> Iterator[Opened]:
    """Yield what opens an address in a new window of somebody who is signed in."""
    contexts = []

    def opened(path: str, *, width: int = 1280, script: bool = True) -> Any:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=script
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{clinic.base}{path}")
        page.get_by_label("Token of this server").fill(TOKEN)
        page.locator("main").get_by_role("button", name="Sign in").click()
        return page

    yield opened
    for context in contexts:
        context.close()
