"""garrod serve: the record and its doors, on this machine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Any

import typer

from garrod.entry.cli.output import say
from garrod.entry.cli.where import Data, Database

if TYPE_CHECKING:
    from garrod.entry.housing import Housing

EXAMPLE = "Example: garrod serve --port 8000"
QUIET: dict[
    str, Any
] = {  # how every server of ours runs: it logs no request, since one may name a person
    "log_level": "warning",
    "access_log": False,
    "server_header": False,
    "date_header": False,
    "http": "garrod.entry.hardening.protocol:GuardedProtocol",
    "ws_max_size": 65_536,  # Not clinical: bytes; a subscriber says which tokens it binds, no more
    "timeout_graceful_shutdown": 5,  # Not clinical: seconds that requests may still take at its end
}


def serve(
    host: Annotated[
        str, typer.Option("--host", help="Loopback; others need GARROD_ISSUER and GARROD_BASE.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Port to listen on.")] = 8000,
    database: Database = "",
    data: Data = "",
    demo: Annotated[
        bool, typer.Option("--demo", help="200 synthetic people in a record of their own.")
    ] = False,
    *,
    tls_cert: Annotated[
        str, typer.Option("--tls-cert", metavar="FILE", help="PEM; TLS 1.2 or later is spoken.")
    ] = "",
    tls_key: Annotated[
        str, typer.Option("--tls-key", metavar="FILE", help="Its key, which others may not read.")
    ] = "",
) -> None:
    """Serve the record: FHIR at /fhir. Without a sign-in service, for this machine only."""
    import asyncio
    import gc

    import uvicorn

    gc.disable()  # what is read at the start stays: the doors enable it once they answer

    from garrod.entry.hardening.tls import context_of
    from garrod.entry.housing import housing_of, try_store
    from garrod.entry.terms import mode_named

    is_public = _check_host(host)
    tls = context_of(tls_cert, tls_key)
    mode_named()
    housing = housing_of(data=data, database=database, is_demo=demo)
    asyncio.run(try_store(housing))
    port = check_port(host, port)
    own = f"{'https' if tls else 'http'}://{f'[{host}]' if ':' in host else host}:{port}"
    base = os.environ.get("GARROD_BASE", "") if os.environ.get("GARROD_ISSUER") else ""
    tell_server(housing, base or f"{own}/fhir", is_demo=demo)
    os.environ["GARROD_PUBLIC"] = "1" if is_public else ""
    _say_where(housing, own, is_demo=demo, is_public=is_public)
    more: dict[str, Any] = {"ssl_context_factory": lambda *_: tls} if tls else {}
    uvicorn.run("garrod.entry.asgi:app", host=host, port=port, **QUIET, **more)


def _say_where(housing: Housing, own: str, *, is_demo: bool, is_public: bool) -> None:
    """Say where the server is, and how one is let in."""
    say(f"Garrod serves {own}/fhir (Ctrl-C ends it). Not for real people's care.")
    if is_demo:
        say("The people of the demo are synthetic; they are stored when the server first starts.")
    if housing.is_new_token and not is_public:
        say(f"Its token, shown once and kept in {housing.folder / 'token'}: {housing.token}")
    tell_development()
    if not is_public:
        say(f"In a browser, signed in once by this link: {sign_in_link(own)}")


def _check_host(host: str) -> bool:
    """Return whether more than this machine is listened to.  Raises: UsageError USE010, InputError.

    Without a sign-in service nobody else could be told from anybody: the server does not start.
    """
    from garrod.core.errors import UsageError
    from garrod.entry.guard import LOOPBACK
    from garrod.entry.identity import issuer_of

    if host in LOOPBACK:
        return False
    if issuer_of(os.environ) is None:
        raise UsageError(
            f"--host {host}: no sign-in service is named (GARROD_ISSUER), so this server listens "
            "on this machine alone; expected 127.0.0.1 or localhost.",
            code="USE010",
        )
    if not os.environ.get("GARROD_BASE", "").startswith("https://"):
        raise UsageError(
            f"--host {host}: say by which address others reach this server, GARROD_BASE=https://…"
            "/fhir; it speaks TLS itself (--tls-cert), or whatever stands before it does.",
            code="USE011",
        )
    return True


def check_port(host: str, port: int) -> int:
    """Return the port, for 0 a free one.  Raises: InputError INP040 where it cannot be used."""
    import socket

    from garrod.core.errors import InputError

    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            return int(probe.getsockname()[1])
    except (OSError, OverflowError) as error:
        why = getattr(error, "strerror", None) or "it is no port"
        raise InputError(
            f"port {port} cannot be used ({why}); choose another with --port", code="INP040"
        ) from error


def sign_in_link(url: str) -> str:
    """Return an address that signs a browser in once, and tell the server of it."""
    import secrets

    code = secrets.token_urlsafe(24)
    os.environ["GARROD_SIGN_IN"] = code
    return f"{url}/sign-in?once={code}"


def tell_development() -> None:
    """Say that anybody on this machine may sign in as anybody, where that is so."""
    from garrod.entry.identity import with_development

    if with_development(os.environ).get("GARROD_DEV_ISSUER", "") == "1":
        say("DEVELOPMENT sign-in is on: whoever is on this machine may choose who to be.")


def tell_server(housing: Housing, base: str, *, is_demo: bool) -> None:
    """Put what the server reads at its start into the environment."""
    os.environ["GARROD_DATA"] = str(housing.folder)
    os.environ["GARROD_DATABASE"] = housing.database
    os.environ["GARROD_BASE"] = base
    if is_demo:
        from garrod.entry.demo_packs import propose, site_of

        os.environ["GARROD_DEMO"] = "1"
        site = site_of(housing.folder)
        if site is not None:
            propose(site)
