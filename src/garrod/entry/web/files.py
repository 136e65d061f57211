"""The files that pages are laid out with: each has an address that changes when the file does.

/static/garrod.css in a template -> /static/garrod.css?v=… in a page: kept for a year by a browser
Source: RFC 8246 (immutable); RFC 9110, 8.8.3 (ETag)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

from jinja2.ext import Extension
from starlette.responses import Response

from garrod.entry.web.headers import HEADERS
from garrod.entry.web.packing import LEAST, gzip_of, takes_gzip

TYPES = {
    ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".png": "image/png",
}  # fmt: skip
YEAR = "public, max-age=31536000, immutable"
_NAMED = re.compile(r'(?<=")/static/([\w.-]+)(?=")')


@dataclass(frozen=True, slots=True)
class File:
    """A file, packed by gzip where that is worth it (else b""), and what its version is called."""

    body: bytes
    packed: bytes
    version: str
    media: str


@cache
def file_of(name: str) -> File | None:
    """Return a file that pages are laid out with; None where there is no such file."""
    media = TYPES.get(name[name.rfind(".") :])
    folder = files("garrod.entry.web").joinpath("static")
    if media is None or name not in {file.name for file in folder.iterdir()}:
        return None
    body = folder.joinpath(name).read_bytes()
    is_text = media != TYPES[".png"] and len(body) >= LEAST
    version = sha256(body).hexdigest()[:12]
    return File(body, gzip_of(body) if is_text else b"", version, media)


def static(name: str, version: str = "", *, accepts: str = "", known: str = "") -> Response | None:
    """Return the answer to who asks for a file, or None where there is none.

    `version` is what the page called it by; `known` is the ETag that the browser has already.
    """
    file = file_of(name)
    if file is None:
        return None
    lasting = YEAR if version == file.version else "no-cache"
    headers = {**HEADERS, "Cache-Control": lasting, "ETag": f'"{file.version}"'}
    if headers["ETag"] in known:
        return Response(status_code=304, headers=headers)
    headers["Vary"] = "Accept-Encoding"
    body = file.body
    if file.packed and takes_gzip(accepts):
        body, headers["Content-Encoding"] = file.packed, "gzip"
    return Response(body, media_type=file.media, headers=headers)


def versioned(text: str) -> str:
    """Return a template with the version of each file in its address."""
    return _NAMED.sub(_with_version, text)


def _with_version(found: re.Match[str]) -> str:
    file = file_of(found[1])
    return f"{found[0]}?v={file.version}" if file else found[0]


class Versions(Extension):
    """Puts versions into templates as they are read: no template has to think of it."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Return the source of a template with versions in it."""
        return versioned(source)
