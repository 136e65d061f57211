"""Links to further pages: sealed, so that they are of use to who asked alone, and tell nothing.

question, place of the next page, who asks -> sealed value -> the same question, for the same asker

What was searched for may be a name or a number, and links are kept in logs, histories, bookmarks;
a place is the last value that was shown. The same question of the same asker has the same link.
Source: RFC 5297 (AES-SIV: deterministic, authenticated); OWASP API1:2023
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import zlib
from urllib.parse import parse_qsl, urlencode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from garrod.care.govern.access import Actor
from garrod.care.govern.audit import current
from garrod.core.errors import InputError
from garrod.entry.api.exchange import Asked
from garrod.entry.audit_routes import asked_by

PAGE = "_page"
SHOWN = frozenset(("_format", "_pretty", "_type"))  # tell of nobody: stand there as they are
USE = b"garrod pages"
LONGEST = 65_536  # Not clinical: characters of a question within a link
Pairs = list[tuple[str, str]]


class Pages:
    """Seals links. `secret`: of this server and its other workers; b"": of this process alone."""

    def __init__(self, secret: bytes = b"") -> None:
        self._seal = AESSIV(hmac.digest(secret or os.urandom(32), USE, "sha512"))

    def link(self, asked: Asked, address: str) -> str:
        """Return the address of a further page with its question sealed.

        `address` is that of a page as the search has it, "https://…/Patient?name=…&_page=…"; that
        of a first page, which has no place, stays as it is.
        """
        where, _, question = address.partition("?")
        pairs = parse_qsl(question, keep_blank_values=True)
        if all(name != PAGE for name, _ in pairs):
            return address
        kept = [pair for pair in pairs if pair[0] in SHOWN]
        plain = urlencode([pair for pair in pairs if pair[0] not in SHOWN]).encode()
        sealed = self._seal.encrypt(zlib.compress(plain), _bound(asked))
        return f"{where}?{urlencode([*kept, (PAGE, _letters(sealed))])}"

    def question(self, asked: Asked, question: str) -> str:
        """Return what a question asks, that of a link to a further page being opened.

        Raises: InputError REC003 for a link of somebody else, of another search, or none of ours.
        """
        if f"{PAGE}=" not in question:
            return question
        pairs = parse_qsl(question, keep_blank_values=True)
        pages = [value for name, value in pairs if name == PAGE]
        more = [pair for pair in pairs if pair[0] != PAGE]
        if len(pages) != 1:
            raise _foreign()
        held = parse_qsl(self._opened(asked, pages[0]), keep_blank_values=True)
        kept = [pair for pair in more if pair[0] in SHOWN]
        if any(pair not in held for pair in more if pair[0] not in SHOWN):
            raise _foreign()
        found = urlencode([*held, *kept])
        path = f"/fhir/{'/'.join(asked.path)}"
        current().about(patients=asked_by(asked.method, path, found, asked.path).patients)
        return found

    def _opened(self, asked: Asked, page: str) -> str:
        try:
            sealed = base64.b64decode(page + "=" * (-len(page) % 4), altchars=b"-_", validate=True)
            plain = self._seal.decrypt(sealed, _bound(asked))
        except (ValueError, InvalidTag):
            raise _foreign() from None
        return zlib.decompressobj().decompress(plain, LONGEST).decode()


def _bound(asked: Asked) -> list[bytes]:
    """Return what a link is bound to: who asks, by which software, and what is searched."""
    who: Actor = asked.actor
    named = [who.id, who.role, who.organisation, who.client, who.patient, who.purpose]
    path = [step for step in asked.path if step != "_search"]
    return [hashlib.sha256(json.dumps([named, path]).encode()).digest()]


def _letters(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def _foreign() -> InputError:
    return InputError(
        "the page asked for is not one of this search of yours: begin again at its first page.",
        code="REC003",
    )
