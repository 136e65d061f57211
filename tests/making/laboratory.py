"""A bench in the laboratory: a browser without scripts that drops files and decides on them."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from typing import Any

import httpx2 as httpx

from tests.making.server import TOKEN, Server

READING = "data-reading"
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


@dataclass
class Bench:
    """Somebody who is signed in, and what they do there."""

    client: httpx.Client
    last: str = ""  # the page that stands open

    def open(self, path: str) -> httpx.Response:
        """Return a page."""
        answer = self.client.get(path)
        self.last = answer.text
        return answer

    def hidden(self) -> dict[str, str]:
        """Return what the last form of the page carries."""
        return {name: unescape(value) for name, value in _HIDDEN.findall(self.last)}

    def drop(self, who: str, content: bytes, name: str = "p.vcf", **fields: str) -> httpx.Response:
        """Return the page that a dropped file leads to."""
        self.open(f"/laboratory/for/{who}")
        form = {**self.hidden(), **fields}
        return self.dropped(who, form, content, name)

    def dropped(self, who: str, form: dict[str, str], content: bytes, name: str) -> httpx.Response:
        """Return the page that a form with a file leads to."""
        answer = self.client.post(
            f"/laboratory/for/{who}",
            data={"csrf": form["csrf"], "key": form["key"]},
            files={"file": (name, content)},
        )
        for _ in range(300):  # a busy machine reads for longer than the page waits
            if READING not in answer.text:
                break
            time.sleep(0.2)
            answer = self.client.get(answer.url.path)
        self.last = answer.text
        return answer

    def send(self, path: str, do: str, **fields: str) -> httpx.Response:
        """Return the page that a decision leads to, sent from the page that stands open."""
        hidden = self.hidden()
        form: dict[str, Any] = {"csrf": hidden["csrf"], "seen": hidden.get("seen", ""), "do": do}
        answer = self.client.post(path, data={**form, **fields})
        self.last = answer.text
        return answer


@contextmanager
def bench(server: Server, persona: str = "") -> Iterator[Bench]:
    """Yield a bench of this machine's own user, or of somebody of the demo."""
    with httpx.Client(base_url=server.base, follow_redirects=True, timeout=60) as client:
        if persona:
            client.get(f"/sign-in/start?as={persona}&next=/patients")
        else:
            client.post("/sign-in", data={"token": TOKEN})
        yield Bench(client)
