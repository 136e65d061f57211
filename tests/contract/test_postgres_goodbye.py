"""A PostgreSQL that says goodbye and whose end is heard later: its line is dropped."""

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from garrod.adapters.store import open_store
from tests.contract.drafts import Clock, draft, every, put

FIELDS = b"SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0"
GOODBYE = b"E" + struct.pack("!I", len(FIELDS) + 4) + FIELDS
NAME = ".s.PGSQL.5432"


class Between:
    """Passes on what clients and a server say, and says goodbye in the name of the server."""

    def __init__(self, server: str) -> None:
        self.server = server
        self.clients: list[asyncio.StreamWriter] = []
        self.served: set[asyncio.Task[None]] = set()

    def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client."""
        self.clients.append(writer)
        self.served.add(asyncio.create_task(self._serve(reader, writer)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, here = await asyncio.open_unix_connection(self.server)
        await asyncio.gather(self._pass(reader, here), self._pass(there, writer))

    async def _pass(self, source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while some := await source.read(65536):
                to.write(some)
                await to.drain()
        to.close()
        with contextlib.suppress(OSError):
            await to.wait_closed()

    async def say_goodbye(self) -> None:
        """Say goodbye to all clients, and leave their lines open."""
        for client in self.clients:
            with contextlib.suppress(OSError):  # one that has gone already
                client.write(GOODBYE)
                await client.drain()
        self.clients.clear()
        await asyncio.sleep(0.2)  # until it is read


@asynccontextmanager
async def between(url: str, folder: Path) -> AsyncIterator[tuple[Between, str]]:
    """Yield one who stands between, and the URL at which he is found."""
    parts = urlsplit(url)
    (host,) = parse_qs(parts.query)["host"]
    found = Between(f"{host}/{NAME}")
    server = await asyncio.start_unix_server(found.meet, folder / NAME)
    async with server:
        yield found, parts._replace(query=f"host={folder}").geturl()
        await asyncio.wait_for(asyncio.gather(*found.served), 30)  # all lines are dropped


def test_a_goodbye_whose_end_is_not_heard_yet_stops_nobody(
    fresh_database: str, tmp_path: Path
) -> None:
    if "host=/" not in fresh_database:
        pytest.skip("needs a server on a socket of its own")

    async def check() -> None:
        async with between(fresh_database, tmp_path) as (one, url):
            store = await open_store(url, clock=Clock())
            await put(store, draft("a"))
            assert await store.read("MedicationRequest", "a") is not None
            for number in range(3):
                await one.say_goodbye()
                async with asyncio.timeout(30):
                    written = await put(store, draft(f"b{number}"))
                    assert written.sequence == number + 2
                await one.say_goodbye()
                async with asyncio.timeout(30):
                    page = await store.search(every())
                    assert len(page.versions) == number + 2
            await store.close()

    asyncio.run(check())
