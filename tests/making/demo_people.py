"""Somebody of the demo, signed in at a real server by the real flow: pages, forms, FHIR door."""

from __future__ import annotations

import base64
import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import httpx2 as httpx

VERIFIER = "a-verifier-of-the-tests-that-is-long-enough-to-be-one"
BACK = "http://127.0.0.1:9/back"  # nobody listens there: the code is read off the address
SCOPE = "openid fhirUser user/*.rs patient/*.rs"
_TAG = re.compile(r"<[^>]+>")


@dataclass
class Somebody:
    """Who is signed in, as a browser without a script is."""

    base: str
    role: str
    client: httpx.Client = field(repr=False)
    token: str = field(default="", repr=False)

    def page(self, path: str, status: int = 200) -> str:
        """Return a page as it is sent."""
        answer = self.client.get(f"{self.base}{path}")
        assert answer.status_code == status, (path, answer.status_code)
        return answer.text

    def words(self, path: str, status: int = 200) -> str:
        """Return what stands in the main part of a page, in one line."""
        return words_of(self.page(path, status))

    def send(self, path: str, **fields: str) -> httpx.Response:
        """Send a form of a page with the token of this session; redirects are followed."""
        csrf = re.search(r'name="csrf" value="([^"]+)"', self.page(path.partition("#")[0]))
        assert csrf is not None
        return self.client.post(f"{self.base}{path}", data={"csrf": unescape(csrf[1]), **fields})

    def fhir(self, path: str) -> httpx.Response:
        """Return an answer of the FHIR door to a token of this person."""
        self.token = self.token or _token(self.client, self.base, self.role)
        headers = {"Authorization": f"Bearer {self.token}"}
        with httpx.Client(timeout=60) as client:  # without the cookies of the browser
            return client.get(f"{self.base}/fhir/{path}", headers=headers)

    @contextmanager
    def hearing(self, patient: str) -> Iterator[list[str]]:
        """Yield the names of the events that an open page of a person hears, as they come."""
        heard: list[str] = []
        url = f"{self.base}/patients/{patient}/live"
        with self.client.stream("GET", url, timeout=httpx.Timeout(30, read=60)) as answer:
            assert answer.status_code == 200
            lines = answer.iter_lines()

            def read() -> None:
                try:
                    heard.extend(
                        line.removeprefix("event: ") for line in lines if line.startswith("event: ")
                    )
                except (httpx.HTTPError, httpx.StreamError, OSError):
                    return

            threading.Thread(target=read, daemon=True).start()
            yield heard


def words_of(page: str) -> str:
    """Return what stands in the main part of a page, in one line."""
    main = page.partition('<main id="main"')[2].partition("</main>")[0]
    return " ".join(unescape(_TAG.sub(" ", main.partition(">")[2])).split())


@contextmanager
def somebody(base: str, role: str) -> Iterator[Somebody]:
    """Yield somebody of the demo, signed in."""
    with httpx.Client(follow_redirects=True, timeout=60) as client:
        answer = client.get(f"{base}/sign-in/start?as={role}&next=/patients")
        assert answer.status_code == 200, answer.url
        yield Somebody(base, role, client)


def _token(client: httpx.Client, base: str, role: str) -> str:
    """Return an access token, by the code flow with PKCE as an app has it."""
    digest = hashlib.sha256(VERIFIER.encode()).digest()
    asked = {
        "response_type": "code", "client_id": "tests", "redirect_uri": BACK, "scope": SCOPE,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256", "state": "s",
    }  # fmt: skip
    page = client.get(f"{base}/issuer/authorize", params=asked).text
    ask = re.search(r'name="ask" value="([^"]+)"', page)
    assert ask is not None, page
    form = {"ask": unescape(ask[1]), "persona": role}
    back = client.post(f"{base}/issuer/choose", data=form, follow_redirects=False)
    code = httpx.URL(back.headers["location"]).params["code"]
    told: dict[str, Any] = client.post(
        f"{base}/issuer/token",
        data={
            "grant_type": "authorization_code", "code": code, "client_id": "tests",
            "redirect_uri": BACK, "code_verifier": VERIFIER,
        },
    ).json()  # fmt: skip
    return str(told["access_token"])
