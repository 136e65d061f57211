"""Packs pages by gzip where the browser takes that, and where nobody can learn from their size.

What is secret in a page is never twice the same beside what somebody else may choose: the token of
forms is masked anew for each answer (`seals.csrf`), keys of forms are new each time. And a page
that another site led to is not packed at all: whoever makes a browser ask again and again with
guesses of their own sees sizes that tell nothing (a record's words have no mask).
Source: Gluck, Harris and Prado, BREACH, 2013 (unchecked); RFC 9110, 8.4 and 12.5.3
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping

from starlette.responses import Response, StreamingResponse

LEAST = 2_000  # Not clinical: bytes below which packing is not worth it
LEVEL = 5  # Not clinical: of gzip; higher ones take twice as long for a fiftieth
OURS = ("same-origin", "none")


def packed(answer: Response, asked: Mapping[str, str]) -> Response:
    """Return a page packed, where it is long and may be; `asked` are the headers of the request."""
    if not _may_be(answer, asked):
        return answer
    answer.body = gzip_of(bytes(answer.body))
    answer.headers["Content-Length"] = str(len(answer.body))
    answer.headers["Content-Encoding"] = "gzip"
    return answer


def _may_be(answer: Response, asked: Mapping[str, str]) -> bool:
    if isinstance(answer, StreamingResponse) or not _is_page(answer):
        return False
    answer.headers["Vary"] = "Accept-Encoding, Sec-Fetch-Site"
    is_ours = asked.get("sec-fetch-site", "none") in OURS
    is_long = len(answer.body) >= LEAST and "content-encoding" not in answer.headers
    return is_ours and is_long and takes_gzip(asked.get("accept-encoding", ""))


def _is_page(answer: Response) -> bool:
    return answer.headers.get("content-type", "").startswith("text/html")


def takes_gzip(accepts: str) -> bool:
    """Return whether an Accept-Encoding takes gzip."""
    for part in accepts.lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() in ("gzip", "x-gzip"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def gzip_of(body: bytes) -> bytes:
    """Return bytes packed; the same bytes are always packed the same."""
    return gzip.compress(body, LEVEL, mtime=0)
