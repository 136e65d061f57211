"""Subscriptions by websocket, with a real server and a real client."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.acceptance.test_subscriptions import asking, person, subscribed, write
from tests.making.endpoint import events_of, parameter
from tests.making.server import Server, server


@pytest.fixture(scope="module")
def fhir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("served") / "data") as running:
        yield running


def token(fhir: Server, id: str) -> tuple[str, str]:
    """Return a binding token, and where to connect."""
    answer = fhir.ask("GET", f"/fhir/Subscription/{id}/$get-ws-binding-token")
    assert answer.status_code == 200, answer.text
    given = {p["name"]: next(v for k, v in p.items() if k != "name")
             for p in answer.json()["parameter"]}  # fmt: skip
    assert given["subscription"] == id
    return given["token"], given["websocket-url"]


def take(socket: ClientConnection) -> dict[str, Any]:
    return dict(json.loads(socket.recv(timeout=10)))


def test_socket_is_told_and_goes_on_where_the_last_one_ended(fhir: Server) -> None:
    who = person(fhir)
    id = subscribed(fhir, asking("", who))
    secret, url = token(fhir, id)
    with connect(url) as socket:
        socket.send(f"bind-with-token {secret}")
        assert parameter(take(socket), "type") == "handshake"
        made = write(fhir, who)
        assert events_of(take(socket)) == [(1, made[0])]
    made += write(fhir, who, 2)
    secret, url = token(fhir, id)
    with connect(url) as socket:
        socket.send(f"bind-with-token {secret}")
        assert parameter(take(socket), "type") == "handshake"
        # What was sent just before the end may be told again; nothing is left out.
        assert events_of(take(socket)) in (
            [(2, made[1]), (3, made[2])],
            [(1, made[0]), (2, made[1]), (3, made[2])],
        )
        fhir.ask("DELETE", f"/fhir/Subscription/{id}")
        write(fhir, who)
        with pytest.raises(TimeoutError):
            socket.recv(timeout=0.5)


@pytest.mark.parametrize("message", ["bind-with-token nonsense", "hello", b"bytes", ""])
def test_whoever_shows_no_token_is_closed(fhir: Server, message: str | bytes) -> None:
    with connect(f"{fhir.base.replace('http', 'ws')}/fhir/ws") as socket:
        socket.send(message)
        with pytest.raises(ConnectionClosed):
            socket.recv(timeout=10)


def test_page_from_elsewhere_may_not_connect(fhir: Server) -> None:
    url = f"{fhir.base.replace('http', 'ws')}/fhir/ws"
    with pytest.raises(InvalidStatus), connect(url, origin="https://evil.example"):
        pass


def test_token_is_given_for_sockets_alone(fhir: Server) -> None:
    answer = fhir.ask("GET", "/fhir/Subscription/none/$get-ws-binding-token")
    assert answer.status_code == 404
