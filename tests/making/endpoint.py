"""An endpoint that takes notifications, or does what a test wants it to do instead."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Endpoint:
    """Where it listens, and what it took."""

    url: str = ""
    status: int = 200
    location: str = ""
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    refused: int = 0

    @property
    def bundles(self) -> list[dict[str, Any]]:
        """Return the Bundles taken."""
        return [json.loads(body) for _, body in self.taken]

    def of_type(self, name: str) -> list[dict[str, Any]]:
        """Return the Bundles of a type of notification."""
        return [b for b in self.bundles if parameter(b, "type") == name]

    @property
    def foci(self) -> list[tuple[int, str]]:
        """Return number and focus (Kind/id) of each event told, in the order told."""
        return [event for bundle in self.bundles for event in events_of(bundle)]


def parameter(bundle: dict[str, Any], name: str) -> Any:
    """Return a value of the status within a notification."""
    for part in bundle["entry"][0]["resource"]["parameter"]:
        if part["name"] == name:
            return next(value for key, value in part.items() if key.startswith("value"))
    return None


def events_of(bundle: dict[str, Any]) -> list[tuple[int, str]]:
    """Return number and focus of the events of a notification."""
    found = []
    for part in bundle["entry"][0]["resource"]["parameter"]:
        if part["name"] == "notification-event":
            of = {one["name"]: one for one in part["part"]}
            focus = of.get("focus", {"valueReference": {"reference": ""}})["valueReference"]
            place = "/".join(focus["reference"].split("/")[-2:])
            found.append((int(of["event-number"]["valueString"]), place))
    return found


@contextmanager
def endpoint(port: int = 0) -> Iterator[Endpoint]:
    """Listen on this machine until the block ends."""
    state = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            body = self.rfile.read(length)
            if len(body) < length:
                return  # the sender was killed while it sent: nothing was taken
            if state.status == 200:
                state.taken.append(({k.lower(): v for k, v in self.headers.items()}, body))
            else:
                state.refused += 1
            self.send_response(state.status)
            if state.location:
                self.send_header("Location", state.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    listening = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    listening.daemon_threads = True
    state.url = f"http://127.0.0.1:{listening.server_port}/hook"
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()
