"""Every page says that the access policy cannot be read, while that is so, in a real browser."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.making.governed import person, spoiled_policy, team
from tests.making.server import TOKEN, Server, server
from tests.web.test_prescribe_page import check

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHOTS = os.environ.get("GARROD_SHOTS", "")  # a folder: what is looked at by eye


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Yield a server that knows the last policy alone."""
    folder = tmp_path_factory.mktemp("stale-pages")
    policy, data = spoiled_policy(folder)
    settings = {"GARROD_DEV_ISSUER": "1", "GARROD_POLICY": str(policy)}
    with server(data, settings=settings) as running:
        for one in (person("p"), team("p", "Practitioner/demo-prescriber")):
            url = f"/fhir/{one['resourceType']}/{one['id']}"
            assert running.ask("PUT", url, json=one).status_code == 201
        yield running


@pytest.mark.parametrize("width", [1280, 390])
def test_page_says_that_the_last_policy_decides(site: Server, chromium: Any, width: int) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto(f"{site.base}/patients")
    assert page.get_by_role("region", name="Access policy").count() == 0  # not signed in
    page.get_by_role("link", name="Sign in at").click()
    page.get_by_role("button", name="Prescriber").click()
    page.wait_for_url(f"{site.base}/patients")
    for path in ("/patients", "/patients/p/prescribe", "/patients/nobody/prescribe", "/nowhere"):
        answer = page.goto(f"{site.base}{path if path != '/nowhere' else '/patients/x/y'}")
        banner = page.get_by_role("region", name="Access policy")
        assert "cannot be read" in banner.inner_text(), path
        assert answer.headers.get("x-garrod-policy") == "stale", path
        assert banner.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(138, 75, 0)"
        check(page)
        if SHOTS:
            name = path.strip("/").replace("/", "-")
            page.screenshot(path=str(Path(SHOTS) / f"stale-{name}-{width}.png"), full_page=True)
    context.close()


def test_local_user_whom_no_policy_limits_is_told_of_none(site: Server, chromium: Any) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{site.base}/patients")
    page.get_by_label("Token of this server").fill(TOKEN)
    page.locator("main").get_by_role("button", name="Sign in").click()
    assert page.get_by_role("region", name="Access policy").count() == 0
    context.close()
