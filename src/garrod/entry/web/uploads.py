"""A form with a file: its fields are read first, then the file is streamed to where its place says.

body -> fields -> `admit` (is it their form, may they?) -> file, never held in memory
Source: RFC 7578 (multipart/form-data); RFC 2046, 5.1.1 (boundaries)
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path

from garrod.core.errors import InputError
from garrod.entry.bodies import Receive
from garrod.entry.web.asked import MOST, Sent, cleaned

MULTIPART = "multipart/form-data"
LARGEST = 2_000_000_000  # Not clinical: bytes of a file; as many as a packed whole genome has
LONGEST_FIELD = 65_536  # Not clinical: bytes of a field or of the head of a part
DRAINED = 50_000_000  # Not clinical: bytes that are let pass, so that a refusal can be read
OLD = 3_600  # Not clinical: seconds after which a file that nobody wrote on any more was broken off
PARTIAL = ".part-"
_BOUNDARY = re.compile(r'boundary=(?:"([^"]{1,70})"|([^\s;",]{1,70}))', re.IGNORECASE)
_NAME = re.compile(r'(?<![\w*])name="([^"]{0,100})"')
_FILE = re.compile(r'(?<![\w*])filename="([^"]{0,1000})"')
Admit = Callable[[dict[str, str]], Awaitable[Path]]  # fields before the file -> its folder


def is_multipart(method: str, headers: Mapping[str, str]) -> bool:
    """Return whether a form with a file is sent."""
    said = headers.get("content-type", "").partition(";")[0].strip().lower()
    return method == "POST" and said == MULTIPART


async def form_sent(
    receive: Receive, headers: Mapping[str, str], admit: Admit
) -> tuple[dict[str, str], Sent | None]:
    """Return the fields of a form and its file; the file lies in the folder that `admit` names.

    Raises: InputError API004 (no such form), API007 (too large), API024 (not whole); what `admit`
    raises; then no file is left.
    """
    found = _BOUNDARY.search(headers.get("content-type", ""))
    length = headers.get("content-length", "")
    body = _Body(receive)
    try:
        if found is None:
            raise _no_form()
        if length.isascii() and length.isdecimal() and int(length[:18]) > LARGEST + LONGEST_FIELD:
            raise too_large()
        mark = b"\r\n--" + (found[1] or found[2]).encode("ascii", "replace")
        return await _parts(body, mark, admit)
    except InputError as error:
        if error.code != "API024":
            await body.drained()
        raise
    except Exception:
        await body.drained()
        raise


async def drained(receive: Receive) -> None:
    """Let the body of a refused request pass, as far as that is not too much."""
    await _Body(receive).drained()


async def _parts(body: _Body, mark: bytes, admit: Admit) -> tuple[dict[str, str], Sent | None]:
    fields: dict[str, str] = {}
    file: Sent | None = None
    try:
        await body.until(mark, LONGEST_FIELD)
        while await body.taken(2) == b"\r\n":
            head = (await body.until(b"\r\n\r\n", LONGEST_FIELD)).decode("utf-8", "replace")
            name, named = _NAME.search(head), _FILE.search(head)
            if named and named[1]:
                if file is not None:
                    raise InputError("one file is sent at a time.", code="API004")
                file = await _kept(body.through(mark), await admit(fields), named[1])
                continue
            said = (await body.until(mark, LONGEST_FIELD)).decode("utf-8", "replace")
            if name and not named and len(fields) < MOST:
                fields.setdefault(name[1], cleaned(name[1], said))
    except BaseException:
        if file is not None:
            file.path.unlink(missing_ok=True)
        raise
    return fields, file


async def _kept(parts: AsyncIterator[bytes], folder: Path, name: str) -> Sent:
    """Return a file, once all of it is on the disk, for its owner's eyes only."""
    swept(folder)
    handle, path = tempfile.mkstemp(dir=folder, prefix=PARTIAL)  # mode 600
    size, digest = 0, hashlib.sha256()
    try:
        with os.fdopen(handle, "wb") as file:
            async for part in parts:
                size += len(part)
                if size > LARGEST:
                    raise too_large()
                digest.update(part)
                file.write(part)
    except BaseException:
        Path(path).unlink(missing_ok=True)
        raise
    return Sent(Path(path), _shown(name), size, digest.hexdigest())


def swept(folder: Path) -> None:
    """Remove files that were broken off long ago: of a server that was killed."""
    for path in folder.glob(f"{PARTIAL}*"):
        if time.time() - path.stat().st_mtime > OLD:
            path.unlink(missing_ok=True)


def _shown(name: str) -> str:
    """Return what a file is called, without folders and control characters, and not too long."""
    last = re.split(r"[/\\]", name.replace("%22", '"'))[-1]
    clean = "".join(c if c.isprintable() else "?" for c in last).strip()
    return clean if len(clean) <= 120 else f"{clean[:80]}…{clean[-30:]}"


class _Body:
    """The body of a request, part after part; no more of it is held than is looked for."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._held = bytearray(b"\r\n")  # so that the first boundary is like every other
        self._is_over = False

    async def through(self, mark: bytes) -> AsyncIterator[bytes]:
        """Yield what stands before a mark, and leave what stands after it."""
        keep = len(mark) - 1
        while (at := self._held.find(mark)) < 0:
            if len(self._held) > keep:
                part = bytes(self._held[:-keep])
                del self._held[:-keep]
                yield part
            await self._more()
        part = bytes(self._held[:at])
        del self._held[: at + len(mark)]
        yield part

    async def until(self, mark: bytes, most: int) -> bytes:
        """Return what stands before a mark.  Raises: InputError API004 where it is too long."""
        found = bytearray()
        async for part in self.through(mark):
            found += part
            if len(found) > most:
                raise InputError("a field of the form is too long.", code="API004")
        return bytes(found)

    async def taken(self, count: int) -> bytes:
        """Return the next bytes."""
        while len(self._held) < count:
            await self._more()
        part = bytes(self._held[:count])
        del self._held[:count]
        return part

    async def drained(self) -> None:
        """Let the rest pass, so that who sends it can read the answer."""
        left = DRAINED
        while not self._is_over and left > 0:
            left -= len(await self._next())

    async def _more(self) -> None:
        if self._is_over:
            raise _broken_off()
        self._held += await self._next()

    async def _next(self) -> bytes:
        message = await self._receive()
        if message.get("type") == "http.disconnect":
            self._is_over = True
            raise _broken_off()
        self._is_over = not message.get("more_body")
        return bytes(message.get("body", b""))


def too_large() -> InputError:
    """Return the fault of a file that is larger than is taken."""
    return InputError(
        f"the file has more than {LARGEST:,} bytes, so it was not kept: pack it (bgzip), or read "
        "it on the server with “garrod genome call”.",
        code="API007",
    )


def _broken_off() -> InputError:
    return InputError(
        "the connection ended before the file did: nothing was kept; send it again.", code="API024"
    )


def _no_form() -> InputError:
    return InputError("a form is sent as a browser sends it.", code="API004")
