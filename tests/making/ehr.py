"""The FHIR server of a caller: answers what a test gives it, slowly or wrongly if told so."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Other:
    """The caller's FHIR server: what it answers by path, and what it was asked."""

    base: str = ""
    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    location: str = ""
    seconds: float = 0.0


@contextmanager
def other() -> Iterator[Other]:
    state = Other()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append((self.path, self.headers.get("Authorization", "")))
            time.sleep(state.seconds)
            status, said = state.answers.get(self.path.removeprefix("/r4/"), (404, {}))
            body = said if isinstance(said, bytes) else json.dumps(said).encode()
            try:
                self.send_response(status)
                if state.location:
                    self.send_header("Location", state.location)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                return  # whoever asked went away: that is what a time-out is

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    state.base = f"http://127.0.0.1:{listening.server_port}/r4"
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()
