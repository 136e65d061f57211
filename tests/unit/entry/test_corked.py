"""An answer leaves in one piece, and nothing of it stays behind when the connection ends."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import closing

from garrod.entry.corked import Corked

HEAD, BODY = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n", b"{}"
Act = Callable[[Corked, socket.socket], Awaitable[None]]


def corked(act: Act) -> None:
    """Do something with a corked transport and the socket at its other end."""

    async def run() -> None:
        loop = asyncio.get_running_loop()
        near, far = socket.socketpair()
        with closing(far):
            far.settimeout(5)
            transport, _ = await loop.create_connection(asyncio.Protocol, sock=near)
            await act(Corked(transport, loop), far)
            transport.close()

    asyncio.run(run())


def test_what_is_written_in_one_turn_leaves_in_one_piece() -> None:
    async def act(transport: Corked, far: socket.socket) -> None:
        far.setblocking(False)
        transport.write(HEAD)
        transport.write(BODY)
        assert _at_hand(far) == b""
        await asyncio.sleep(0)
        assert _at_hand(far) == HEAD + BODY
        transport.write(BODY)
        await asyncio.sleep(0)
        assert _at_hand(far) == BODY

    corked(act)


def test_a_head_without_a_body_is_not_held() -> None:
    async def act(transport: Corked, far: socket.socket) -> None:
        transport.write(HEAD)
        await asyncio.sleep(0)
        assert far.recv(1000) == HEAD

    corked(act)


def test_closing_sends_what_is_held() -> None:
    async def act(transport: Corked, far: socket.socket) -> None:
        transport.write(HEAD)
        transport.write(BODY)
        transport.close()
        assert transport.is_closing()
        await asyncio.sleep(0.01)
        assert far.recv(1000) == HEAD + BODY
        assert far.recv(1000) == b""

    corked(act)


def test_another_protocol_begins_behind_what_was_held() -> None:
    async def act(transport: Corked, far: socket.socket) -> None:
        heard: list[bytes] = []

        class Ears(asyncio.Protocol):
            def data_received(self, data: bytes) -> None:
                heard.append(data)

        transport.write(HEAD)
        transport.set_protocol(Ears())
        assert far.recv(1000) == HEAD
        far.send(b"hello")
        while not heard:
            await asyncio.sleep(0.001)
        assert heard == [b"hello"]

    corked(act)


def _at_hand(far: socket.socket) -> bytes:
    try:
        return far.recv(1000)
    except BlockingIOError:
        return b""
