"""Pages of registered apps may ask for FHIR, with a token of that app and no cookies; no others."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from garrod.care.govern.audit import Trail, following
from garrod.core.errors import AccessDenied, InputError
from garrod.entry.guard import Guard
from garrod.entry.hardening.origins import Shared
from garrod.entry.identity import Identity, guard_of, identity_of
from garrod.entry.origins import origins_of
from tests.making.issuer import AUDIENCE, NOW, SmallIssuer, small_issuer

APP, OTHER = "https://app.example", "https://other.example"
SITE = {"GARROD_ORIGINS": f"app={APP}, second={OTHER}, third={OTHER}/"}
Headers = dict[bytes, bytes]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("", {}),
        (" , ", {}),
        ("a=https://x.example", {"https://x.example": {"a"}}),
        ("a=https://X.Example:443/,b=https://x.example", {"https://x.example": {"a", "b"}}),
        ("a=http://localhost:3000", {"http://localhost:3000": {"a"}}),
        ("a=http://[::1]:3000", {"http://[::1]:3000": {"a"}}),
    ],
)
def test_origins_are_written_as_browsers_do(said: str, found: dict[str, set[str]]) -> None:
    assert origins_of({"GARROD_ORIGINS": said}) == found


@pytest.mark.parametrize(
    "said",
    [
        "https://x.example", "=https://x.example", "a=", "a=*", "a=null", "a=http://x.example",
        "a=https://*.example", "a=https://x.example/app", "a=https://x.example?q",
        "a=https://x.example#f", "a=https://u@x.example", "a=file:///x", "a=https://x:y",
        "a=https://[", "*",
    ],
)  # fmt: skip
def test_setting_never_opens_to_every_page(said: str) -> None:
    with pytest.raises(InputError, match="GARROD_ORIGINS") as told:
        origins_of({"GARROD_ORIGINS": said})
    assert told.value.code == "IDP003"


@pytest.fixture(scope="module")
def issuer() -> Iterator[SmallIssuer]:
    with small_issuer() as running:
        yield running


@pytest.fixture(scope="module")
def guard(issuer: SmallIssuer) -> Guard:
    named = {"GARROD_ISSUER": issuer.base, "GARROD_AUDIENCE": AUDIENCE, **SITE}
    identity: Identity | None = identity_of(named, lambda: NOW)
    assert identity is not None
    return guard_of("own-token", identity, named)


class Doors:
    """Asks the guard, and tells who asked and what reached it."""

    def __init__(self, guard: Guard) -> None:
        self.guard = guard
        self.reached: list[Headers] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.reached.append(dict(scope["headers"]))
        headers = {k.decode(): v.decode() for k, v in scope["headers"]}
        await self.guard.admitted(scope["path"], headers)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"a", b"b")]})
        await send({"type": "http.response.body", "body": b"data"})


def asked(
    guard: Guard, origin: str, *, method: str = "GET", path: str = "/fhir/Patient", **more: str
) -> tuple[int, Headers, Doors]:
    """Return status, headers and doors; 403 where the guard refuses."""
    doors, told = Doors(guard), list[Any]()
    named = {"host": "127.0.0.1", **({"origin": origin} if origin else {}), **more}
    headers = [(k.replace("_", "-").encode(), v.encode()) for k, v in named.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": headers}

    async def run() -> None:
        async def send(message: Any) -> None:
            told.append(message)

        await Shared(doors, guard)(scope, None, send)  # type: ignore[arg-type]

    try:
        asyncio.run(run())
    except AccessDenied:
        return 403, {}, doors
    return told[0]["status"], dict(told[0]["headers"]), doors


def test_page_of_an_app_reads_with_a_token_of_that_app_alone(
    issuer: SmallIssuer, guard: Guard
) -> None:
    token = f"Bearer {issuer.token(client_id='app')}"
    status, headers, doors = asked(guard, APP, authorization=token, cookie="garrod_session=x")
    assert status == 200
    assert headers[b"access-control-allow-origin"] == APP.encode()
    assert headers[b"vary"] == b"Origin"
    assert b"ETag" in headers[b"access-control-expose-headers"]
    assert b"access-control-allow-credentials" not in headers
    assert b"cookie" not in doors.reached[0]
    for client in ("second", "third"):
        other = f"Bearer {issuer.token(client_id=client)}"
        assert asked(guard, OTHER, authorization=other)[0] == 200
        assert asked(guard, APP, authorization=other)[0] == 403
    assert asked(guard, OTHER, authorization=token)[0] == 403
    assert asked(guard, APP, path="/fhir", authorization=token)[0] == 200


def test_token_that_is_not_known_yet_is_bound_to_its_app_too(issuer: SmallIssuer) -> None:
    named = {"GARROD_ISSUER": issuer.base, "GARROD_AUDIENCE": AUDIENCE, **SITE}
    for client, status in (("app", 200), ("second", 403)):
        fresh = identity_of(named, lambda: NOW)
        guard = guard_of("own-token", fresh, named)
        token = f"Bearer {issuer.token(client_id=client)}"
        assert asked(guard, APP, authorization=token)[0] == status


def test_own_token_is_of_no_use_to_a_page_elsewhere(guard: Guard) -> None:
    assert asked(guard, APP, authorization="Bearer own-token")[0] == 403
    assert asked(guard, "", authorization="Bearer own-token")[0] == 200


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example", "https://app.example.evil.example", "https://evilapp.example",
        "http://app.example", "https://app.example:444", "https://app.example/", "HTTPS://APP.EXAMPLE",
        "https://app.example, https://evil.example", "https://app.example\\@evil.example",
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_other_pages_may_not_ask_nor_be_told(
    issuer: SmallIssuer, guard: Guard, origin: str, method: str
) -> None:
    more = {"authorization": f"Bearer {issuer.token()}", "access_control_request_method": "GET"}
    status, headers, _ = asked(guard, origin, method=method, **more)
    assert status == 403
    assert not any(name.startswith(b"access-control") for name in headers)


@pytest.mark.parametrize(
    "path", ["/", "/patients", "/events", "/cds-services", "/fhir/ws", "/fhirx", "/audit/head"]
)
def test_other_doors_than_fhir_are_for_no_page_elsewhere(
    issuer: SmallIssuer, guard: Guard, path: str
) -> None:
    token = f"Bearer {issuer.token()}"
    for method in ("GET", "OPTIONS"):
        more = {"authorization": token, "access_control_request_method": "GET"}
        status, headers, _ = asked(guard, APP, method=method, path=path, **more)
        assert (status, headers) == (403, {})


def test_preflight_of_a_registered_page_is_answered_and_is_nobodys(guard: Guard) -> None:
    trail = Trail("2026-11-28T09:00:00+00:00", "OPTIONS /fhir/Patient", "read")
    with following(trail):
        status, headers, doors = asked(
            guard, APP, method="OPTIONS", access_control_request_method="PUT"
        )
    assert (status, doors.reached) == (204, [])
    assert b"PUT" in headers[b"access-control-allow-methods"]
    assert b"Authorization" in headers[b"access-control-allow-headers"]
    assert b"*" not in b"".join(headers.values())
    assert trail.actor is not None
    assert trail.actor.id == "nobody"
    status, _, _ = asked(
        guard, APP, method="OPTIONS", access_control_request_method="PUT", host="evil.example"
    )
    assert status == 403
    assert asked(guard, APP, method="OPTIONS")[0] == 403  # no preflight, and no token


def test_page_of_this_server_is_as_before_and_caches_know_that_origins_differ(
    issuer: SmallIssuer, guard: Guard
) -> None:
    token = f"Bearer {issuer.token()}"
    for origin in ("", "http://127.0.0.1:8000"):
        status, headers, _ = asked(guard, origin, authorization=token)
        assert (status, headers[b"vary"]) == (200, b"Origin")
        assert b"access-control-allow-origin" not in headers
    bare = Guard("own-token", guard.hosts, guard.verifier)
    assert asked(bare, APP, authorization=token)[0] == 403
    assert b"vary" not in asked(bare, "", authorization=token)[1]


def test_metadata_is_open_to_registered_pages_without_a_token(guard: Guard) -> None:
    for path in ("/fhir/metadata", "/fhir/.well-known/smart-configuration"):
        status, headers, _ = asked(guard, APP, path=path)
        assert (status, headers[b"access-control-allow-origin"]) == (200, APP.encode())
        assert asked(guard, "https://evil.example", path=path)[0] == 403
