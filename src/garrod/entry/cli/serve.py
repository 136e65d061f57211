"""garrod serve: the record and its doors, on this machine."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from garrod.entry.cli.output import say

EXAMPLE = "Example: garrod serve --port 8000"
PATIENCE = 5  # Not clinical: seconds that requests may still take when the server is to end


def serve(
    host: Annotated[str, typer.Option("--host", help="Loopback only, for now.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Port to listen on.")] = 8000,
    database: Annotated[
        str,
        typer.Option("--database", metavar="URL", help="sqlite:///FILE or postgresql://…"),
    ] = "",
    data: Annotated[
        str, typer.Option("--data", metavar="DIR", help="Where data is kept; else GARROD_DATA.")
    ] = "",
    demo: Annotated[
        bool, typer.Option("--demo", help="200 synthetic people in a record of their own.")
    ] = False,
) -> None:
    """Serve the record: FHIR at /fhir. Listens on this machine only."""
    import asyncio

    import uvicorn

    from garrod.core.errors import UsageError
    from garrod.entry.housing import LOOPBACK, housing_of, try_store

    if host not in LOOPBACK:
        raise UsageError(
            f"--host {host}: nobody signs in yet, so this server listens on this machine alone; "
            "expected 127.0.0.1 or localhost.",
            code="USE010",
        )
    housing = housing_of(data=data, database=database, is_demo=demo)
    if demo:
        os.environ["GARROD_DEMO"] = "1"
        say("The people of the demo are synthetic; they are stored when the server first starts.")
    asyncio.run(try_store(housing))
    os.environ["GARROD_DATA"] = str(housing.folder)
    os.environ["GARROD_DATABASE"] = housing.database
    os.environ["GARROD_BASE"] = f"http://{host}:{port}/fhir"
    say(f"Garrod serves http://{host}:{port}/fhir (Ctrl-C ends it). Not for real people's care.")
    if housing.is_new_token:
        say(f"Its token, shown once and kept in {housing.folder / 'token'}: {housing.token}")
    uvicorn.run(
        "garrod.entry.asgi:app",
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=PATIENCE,
    )
