"""The keys of a server's cards: the one that signs, and the public halves of those before it.

folder -> Ring; a new key signs from then on, and cards that older keys signed can still be checked
A key that was lost or stolen is dropped: whoever has it could sign cards as well as the server.
"""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from pathlib import Path

from garrod.adapters.audit.keys import SigningKey, new_key, read_key, waiting_beside, write_key
from garrod.core.errors import InputError, OutsideError

KEY_FILE, FORMER_FILE = "card.key", "card-former.pub"
PUBLIC = 32  # bytes of a public key


@dataclass(frozen=True, slots=True)
class Ring:
    """The key that signs now, and the public keys that signed before, the newest first."""

    key: SigningKey
    former: tuple[bytes, ...] = ()

    @property
    def publics(self) -> tuple[bytes, ...]:
        """Return every public key whose cards are good, the one in force first."""
        own = self.key.public
        return (own, *(one for one in self.former if one != own))


def ring_of(folder: Path) -> Ring:
    """Return the keys of a server's cards; one is made at the first card.

    Raises: OutsideError AUD030, InputError AUD031, CRD004 (the file of the former ones).
    """
    return Ring(_key(folder / KEY_FILE), _former(folder / FORMER_FILE))


def rotated(folder: Path, *, is_lost: bool = False) -> Ring:
    """Put a new key in force, and return the keys; `is_lost`: older cards are good no longer.

    The old public key is kept before the new key is: broken off between, nothing is lost.
    Raises: as `ring_of`.
    """
    ring, path, former = ring_of(folder), folder / KEY_FILE, folder / FORMER_FILE
    if not is_lost:
        _write(former, publics_text(ring.publics))
    waiting = waiting_beside(path)
    waiting.unlink(missing_ok=True)
    write_key(waiting, new_key(os.urandom))
    waiting.replace(path)
    if is_lost:
        former.unlink(missing_ok=True)
    return ring_of(folder)


def publics_text(publics: tuple[bytes, ...]) -> str:
    """Return public keys as they are handed on: base64, a line each."""
    return "".join(f"{base64.b64encode(one).decode('ascii')}\n" for one in publics)


def publics_of(text: str) -> tuple[bytes, ...]:
    """Return public keys that were handed on.  Raises: InputError CRD004."""
    found = tuple(_public(line) for line in text.split())
    if not found:
        raise _no_key()
    return found


def _public(line: str) -> bytes:
    try:
        found = base64.b64decode(line, validate=True)
    except ValueError:
        found = b""
    if len(found) != PUBLIC:
        raise _no_key()
    return found


def _key(path: Path) -> SigningKey:
    if not path.exists():
        try:
            write_key(path, new_key(os.urandom))
        except OutsideError:
            if not path.exists():  # else another worker made it just now
                raise
    return read_key(path)


def _former(path: Path) -> tuple[bytes, ...]:
    try:
        return publics_of(path.read_text(encoding="ascii"))
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise _no_key() from error


def _write(path: Path, text: str) -> None:
    """Write a file whole, or not at all.  Raises: OutsideError AUD030."""
    new = path.with_name(f"{path.name}.next")
    try:
        with new.open("w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError as error:
        raise OutsideError(
            f"{path}: the keys of cards cannot be written ({error.strerror}).", code="AUD030"
        ) from error


def _no_key() -> InputError:
    return InputError("that is no public key of cards (32 bytes in base64).", code="CRD004")
