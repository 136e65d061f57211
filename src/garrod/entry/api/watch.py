"""What is counted and logged of requests: how many, how long, with what end; never whose.

Source: the project's design (logs are events with an id and fixed text, without patient data)
"""

from __future__ import annotations

import time

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

LOG = structlog.get_logger()
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"))  # others are counted as one


class Timed:
    """One request, from its beginning to its end; `status` is told by who answers."""

    __slots__ = ("_began", "_method", "_watch", "status")

    def __init__(self, watch: Watch, method: str) -> None:
        self._watch, self._method, self.status = watch, method, 500

    def __enter__(self) -> Timed:
        self._began = time.perf_counter()
        return self

    def __exit__(self, *error: object) -> None:
        self._watch.count(self._method, self.status, time.perf_counter() - self._began)


class Watch:
    """Counts requests, and logs faults of ours by their kind."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._met: dict[tuple[str, int], tuple[Counter, Histogram]] = {}
        self.requests = Counter(
            "garrod_requests", "Requests by method and status.", ["method", "status"],
            registry=self.registry,
        )  # fmt: skip
        self.seconds = Histogram(
            "garrod_request_seconds", "Seconds from a request to its answer.", ["method"],
            registry=self.registry,
        )  # fmt: skip

    def timed(self, method: str) -> Timed:
        """Return what counts and times what happens inside it."""
        return Timed(self, method if method in METHODS else "other")

    def count(self, method: str, status: int, seconds: float) -> None:
        """Count a request that ended."""
        counter, timer = self._meters(method, status)
        counter.inc()
        timer.observe(seconds)

    def _meters(self, method: str, status: int) -> tuple[Counter, Histogram]:
        """Return the meters of a method and status; looked up once, for the look-up is dear."""
        found = self._met.get((method, status))
        if found is None:
            found = self.requests.labels(method, str(status)), self.seconds.labels(method)
            self._met[method, status] = found
        return found

    def fault(self, error: Exception) -> None:
        """Log that something went wrong here: the kind and the place, never the words."""
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = trace.tb_frame.f_code.co_name if trace else ""
        line = trace.tb_lineno if trace else 0
        LOG.error("API100 unforeseen fault", kind=type(error).__name__, where=place, line=line)

    def page(self) -> bytes:
        """Return the counts as /metrics gives them."""
        return generate_latest(self.registry)
