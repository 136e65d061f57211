"""Sessions, form tokens and one-time links: all signed, none kept but what was used up.

token of the server -> key -> cookie (idle and absolute end), CSRF token, key of a form
Source: OWASP Cheat Sheets on session management and on CSRF (unchecked); RFC 2104 (HMAC);
RFC 5297 (AES-SIV)
"""

from __future__ import annotations

import binascii
import hmac
import json
import secrets
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

IDLE = timedelta(minutes=30)  # Source: the project's design
ABSOLUTE = timedelta(hours=12)  # Source: the project's design: a long shift
LINK = timedelta(minutes=15)  # Source: the project's design: how long a printed link lasts
FORM = timedelta(hours=12)
BLOCK = 64  # Not clinical: bytes to which what is veiled is filled up: its length tells little
MASK = 32  # Not clinical: bytes of a token, and of what masks it


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in: an id that is nobody's name, and when it began and was last used."""

    id: str
    began: int
    used: int


class Seals:
    """Makes and checks what a browser carries. `link` is a code that signs in once, or ""."""

    def __init__(self, token: str, clock: Callable[[], datetime], *, link: str = "") -> None:
        self._token = token
        self._key = hmac.digest(token.encode(), b"garrod web session", "sha256")
        self._veil = AESSIV(hmac.digest(token.encode(), b"garrod web veil", "sha512"))
        self._clock = clock
        self._link = link
        self._made = clock()

    def knows(self, token: str) -> bool:
        """Return whether a token is the server's."""
        return hmac.compare_digest(token.strip().encode(), self._token.encode())

    def opens(self, link: str) -> bool:
        """Return whether a link signs in; it does so once, and not for long."""
        is_young = self._clock() - self._made <= LINK
        if not self._link or not is_young:
            return False
        if not hmac.compare_digest(link.encode(), self._link.encode()):
            return False
        self._link = ""
        return True

    def begun(self, id: str = "") -> str:
        """Return the cookie of a new session; `id` is a new one where none is given."""
        now = self._now()
        return self._cookie(Session(id or secrets.token_hex(16), now, now))

    def session(self, cookie: str) -> Session | None:
        """Return the session of a cookie; None where it is not ours or is over."""
        said, _, seal = cookie.rpartition(".")
        if not said or not hmac.compare_digest(seal.encode(), self._seal(said).encode()):
            return None
        id, began, used = said.split(".")
        found = Session(id, int(began), int(used))
        now = self._now()
        is_over = now - found.used > IDLE.total_seconds()
        is_over = is_over or now - found.began > ABSOLUTE.total_seconds()
        return None if is_over else found

    def renewed(self, session: Session) -> str:
        """Return the cookie of a session that was used just now."""
        return self._cookie(Session(session.id, session.began, self._now()))

    def csrf(self, session: Session) -> str:
        """Return the token that each form of a session carries, under a mask of its own.

        It is another each time: nobody learns it from the size of packed pages (see packing).
        """
        mask = secrets.token_bytes(MASK)
        return mask.hex() + _xor(mask, self._own(session)).hex()

    def is_own(self, session: Session, csrf: str) -> bool:
        """Return whether a form was made for this session."""
        try:
            said = bytes.fromhex(csrf)
        except ValueError:
            return False
        if len(said) != 2 * MASK or not csrf.isalnum():
            return False
        return hmac.compare_digest(_xor(said[:MASK], said[MASK:]), self._own(session))

    def _own(self, session: Session) -> bytes:
        return hmac.digest(self._key, f"csrf.{session.id}".encode(), "sha256")

    def form_key(self) -> str:
        """Return the key of a new form: it tells when it was made, and is used for one order."""
        said = f"{self._now()}.{secrets.token_hex(12)}"
        return f"{said}.{self._seal(said)}"

    def age_of(self, key: str) -> float | None:
        """Return how many seconds ago a form was made; None of a key that is not ours or is old."""
        said, _, seal = key.rpartition(".")
        if not said or not hmac.compare_digest(seal.encode(), self._seal(said).encode()):
            return None
        age = self._clock().timestamp() - int(said.partition(".")[0])
        return max(age, 0.0) if age <= FORM.total_seconds() else None

    def sealed(self, use: str, said: Mapping[str, str], life: timedelta) -> str:
        """Return values that a browser carries for a while and cannot change."""
        ends = {**said, "": str(self._now() + int(life.total_seconds()))}
        plain = urlsafe_b64encode(json.dumps(ends).encode()).decode()
        return f"{plain}.{self._seal(f'{use}.{plain}')}"

    def opened(self, use: str, sealed: str) -> dict[str, str] | None:
        """Return the values that were sealed for a use; None where they are not ours or over."""
        plain, _, seal = sealed.rpartition(".")
        expected = self._seal(f"{use}.{plain}")
        if not plain or not hmac.compare_digest(seal.encode(), expected.encode()):
            return None
        found: dict[str, str] = json.loads(urlsafe_b64decode(plain))
        return found if int(found.pop("")) >= self._now() else None

    def veiled(self, use: str, said: Mapping[str, str], session: Session) -> str:
        """Return values that an address may carry: nobody reads them there, nor uses them.

        They are of use in the session alone that they were made for; the same values look the same.
        """
        plain = zlib.compress(json.dumps(said, sort_keys=True).encode())
        filled = len(plain).to_bytes(2) + plain
        filled += bytes(-len(filled) % BLOCK)
        return urlsafe_b64encode(self._veil.encrypt(filled, _bound(use, session))).decode()

    def unveiled(self, use: str, veiled: str, session: Session) -> dict[str, str] | None:
        """Return the values of an address; None where they are not of this session and use."""
        try:
            filled = self._veil.decrypt(urlsafe_b64decode(veiled), _bound(use, session))
        except (InvalidTag, ValueError, binascii.Error):
            return None
        size = int.from_bytes(filled[:2])
        found: dict[str, str] = json.loads(zlib.decompress(filled[2 : 2 + size]))
        return found

    def _cookie(self, session: Session) -> str:
        said = f"{session.id}.{session.began}.{session.used}"
        return f"{said}.{self._seal(said)}"

    def _seal(self, said: str) -> str:
        return hmac.digest(self._key, said.encode(), "sha256").hex()

    def _now(self) -> int:
        return int(self._clock().timestamp())


def _bound(use: str, session: Session) -> list[bytes]:
    """Return what veiled values are bound to, beside the key."""
    return [use.encode(), session.id.encode()]


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
