"""A client of /events that reads in a thread of its own."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2 as httpx

from tests.making.server import TOKEN


@dataclass
class Heard:
    """What one listener heard: events in order, others by name, the last id."""

    events: list[dict[str, Any]] = field(default_factory=list)
    others: list[tuple[str, str]] = field(default_factory=list)
    last_id: str = ""
    is_open: bool = False

    @property
    def sequences(self) -> list[int]:
        """Return the sequence numbers heard."""
        return [event["sequence"] for event in self.events]


class Listener:
    """Listens from its making until `close`."""

    def __init__(
        self, base: str, query: str = "", last_id: str = "", *, token: str = TOKEN
    ) -> None:
        self.heard = Heard()
        headers = {"Authorization": f"Bearer {token}"}
        if last_id:
            headers["Last-Event-ID"] = last_id
        self._client = httpx.Client(headers=headers, timeout=httpx.Timeout(30, read=60))
        self._request = self._client.build_request("GET", f"{base}/events{query}")
        self._answer = self._client.send(self._request, stream=True)
        assert self._answer.status_code == 200, self._answer.read()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        wait_until(lambda: self.heard.is_open)

    def close(self) -> None:
        """Hang up."""
        self._answer.stream.close() if hasattr(self._answer.stream, "close") else None
        self._client.close()

    def wait_for(self, count: int, seconds: float = 60) -> list[dict[str, Any]]:
        """Return the events once there are so many."""
        wait_until(lambda: len(self.heard.events) >= count, seconds)
        return self.heard.events

    def _read(self) -> None:
        fields: dict[str, str] = {}
        try:
            for line in self._answer.iter_lines():
                if line:
                    name, _, value = line.partition(":")
                    fields[name] = value.removeprefix(" ")
                    continue
                self._take(fields)
                fields = {}
        except (httpx.HTTPError, httpx.StreamError, OSError):
            pass
        self.heard.is_open = False

    def _take(self, fields: dict[str, str]) -> None:
        heard = self.heard
        heard.last_id = fields.get("id", heard.last_id)
        if "event" in fields:
            heard.others.append((fields["event"], fields.get("data", "")))
        elif "data" in fields:
            heard.events.append(json.loads(fields["data"]))
        heard.is_open = True


def wait_until(is_so: Callable[[], object], seconds: float = 60) -> None:
    """Return when something is so.  Raises: AssertionError where it takes too long.

    It is asked ever more seldom: the server that is asked has other work meanwhile.
    """
    end, pause = time.monotonic() + seconds, 0.02
    while not is_so():
        if time.monotonic() > end:
            raise AssertionError("waited in vain")
        time.sleep(pause)
        pause = min(pause * 1.2, 0.1)
