"""Events and subscriptions over PostgreSQL: many writers, a killed server, nothing missed."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.acceptance.test_subscriptions import asking, person, standing, subscribed, write
from tests.contract import servers
from tests.making.endpoint import endpoint
from tests.making.listening import Listener, wait_until
from tests.making.server import server


@pytest.fixture
def database() -> Iterator[str]:
    with servers.server() as url:
        name = f"garrod_events_{os.getpid()}"
        servers.run(url, f"CREATE DATABASE {name}")
        try:
            yield servers.named(url, name)
        finally:
            servers.run(url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.slow
def test_listener_and_endpoint_catch_up_after_a_kill(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GARROD_HOOKS", "loopback")
    with endpoint() as hook:
        with server(tmp_path / "data", database=database) as running:
            people = [person(running) for _ in range(4)]
            ids = [subscribed(running, asking(hook.url, who)) for who in people]
            listener = Listener(running.base)
            with ThreadPoolExecutor(4) as pool:
                made = [
                    p for some in pool.map(lambda w: write(running, w, 10), people) for p in some
                ]
            wait_until(lambda: hook.foci)
            running.kill()
            wait_until(lambda: not listener.heard.is_open)
        with server(tmp_path / "data", database=database) as running:
            again = Listener(running.base, last_id=listener.heard.last_id)
            made += [place for who in people for place in write(running, who)]
            heard = listener.heard.events, again.heard.events

            def orders() -> list[str]:
                every = [e for some in heard for e in some if e["kind"] == "MedicationRequest"]
                return [f"MedicationRequest/{e['id']}" for e in every]

            wait_until(lambda: len(orders()) >= 44, 30)
            numbers = listener.heard.sequences + again.heard.sequences
            assert numbers == sorted(set(numbers))
            assert sorted(orders()) == sorted(made)
            wait_until(lambda: {place for _, place in hook.foci} == set(made), 30)
            assert [standing(running, id) for id in ids] == ["active"] * 4
            again.close()
