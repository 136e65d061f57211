"""Whatever a person or their proxy is shown can be read at twelve: pages, errors and refusals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack

import httpx2 as httpx
import pytest

from tests.making.demo_people import Somebody, somebody
from tests.making.reading import age, worded
from tests.making.server import Server, server

pytestmark = pytest.mark.slow
CHOICES = "/patients/demo-1/consent"
PAGES = (
    "/mine", "/mine/card", "/card", CHOICES, "/patients/demo-1/access", "/patients", "/register",
)  # fmt: skip
REFUSED = (
    "/mine/none", "/patients/demo-2", "/patients/demo-2/consent", "/patients/none/access",
    "/review", "/emergency", "/connect", "/laboratory", "/knowledge", "/access",
)  # fmt: skip


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("words") / "data", demo=True) as made:
        yield made


@pytest.fixture(scope="module")
def people(demo: Server) -> Iterator[dict[str, Somebody]]:
    with ExitStack() as stack:
        yield {
            role: stack.enter_context(somebody(demo.base, role)) for role in ("patient", "proxy")
        }


def judged(answer: httpx.Response, *statuses: int) -> None:
    """Let the words of a page be judged."""
    assert answer.status_code in statuses, answer.status_code
    text = worded(answer.text)
    assert len(text.split()) > 3
    assert age(text) <= 12, (age(text), text)


@pytest.mark.parametrize("role", ["patient", "proxy"])
@pytest.mark.parametrize("path", PAGES)
def test_their_pages(people: dict[str, Somebody], role: str, path: str) -> None:
    judged(people[role].client.get(f"{people[role].base}{path}"), 200)


@pytest.mark.parametrize("path", REFUSED)
def test_refusals(people: dict[str, Somebody], path: str) -> None:
    judged(people["patient"].client.get(f"{people['patient'].base}{path}"), 403, 404)


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("/mine", {"do": "felt", "words": "", "key": "x"}, 400),
        ("/mine", {"do": "bogus"}, 400),
        ("/mine", {"do": "undo", "kind": "Communication", "id": "x"}, 404),
        ("/mine", {"do": "undo", "kind": "Task", "id": "x"}, 400),
        (CHOICES, {"choice": "research", "option": ""}, 422),
        (CHOICES, {"choice": "none", "option": ""}, 400),
        (CHOICES, {"choice": "research", "option": "chosen", "seen": "7", "do": "save"}, 412),
        (CHOICES, {"choice": "research", "option": "chosen", "seen": "0", "do": "look"}, 200),
        ("/card", {"text": "x"}, 422),
        ("/card", {"text": "GARROD1:000"}, 422),
        ("/card", {"text": f"GARROD1:{'0' * 200}"}, 422),
    ],
)
def test_errors(
    people: dict[str, Somebody], path: str, fields: dict[str, str], status: int
) -> None:
    judged(people["patient"].send(path, **fields), status)


def test_empty_form_forged_form_and_nobody(people: dict[str, Somebody], demo: Server) -> None:
    patient = people["patient"]
    key = re.search(r'name="key" value="([^"]+)"', patient.page("/mine"))
    assert key is not None
    judged(patient.send("/mine", do="felt", words="", key=key[1]), 422)
    judged(patient.client.post(f"{demo.base}/mine", data={"csrf": "no"}), 403)
    judged(httpx.get(f"{demo.base}/mine", follow_redirects=True), 200, 403)


def test_what_was_told_and_what_was_chosen(people: dict[str, Somebody]) -> None:
    patient = people["patient"]
    key = re.search(r'name="key" value="([^"]+)"', patient.page("/mine"))
    assert key is not None
    answer = patient.send("/mine", do="felt", words="A rash", key=key[1])
    assert "No one has answered yet" in answer.text
    judged(answer, 200)
    judged(patient.send(CHOICES, choice="research", option="chosen", seen="0", do="save"), 200)
