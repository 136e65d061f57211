"""The key that signs the audit log: Ed25519, in a file that only its owner reads.

A new key waits beside the old one (FILE.next) until the log holds the entry that introduces it.
Source: RFC 8032 (Ed25519)
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from garrod.core.errors import InputError, OutsideError

SEED = 32  # bytes of a private key
NEXT = ".next"
OTHERS = 0o077  # rights of anybody but the owner


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key. `repr` does not show it."""

    seed: bytes = field(repr=False)

    @property
    def public(self) -> bytes:
        """Return the public half, raw."""
        return self._signer().public_key().public_bytes_raw()

    @property
    def id(self) -> str:
        """Return the name of the key: the start of the sha256 of the public half."""
        return key_id(self.public)

    def _signer(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    def signer(self) -> Signer:
        """Return what signs with it, ready for many signatures."""
        return Signer(self.id, self.public, self._signer())


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs, with the key's id and public half at hand."""

    id: str
    public: bytes
    _private: Ed25519PrivateKey = field(repr=False)

    def sign(self, text: bytes) -> bytes:
        """Return the signature of a text."""
        return self._private.sign(text)


def key_id(public: bytes) -> str:
    """Return the name of a key."""
    return hashlib.sha256(public).hexdigest()[:16]


def is_signed(public: bytes, text: bytes, signature: bytes) -> bool:
    """Return whether a signature of a text is that of a key."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True


def new_key(chance: Callable[[int], bytes]) -> SigningKey:
    """Return a key that nobody had before."""
    return SigningKey(chance(SEED))


def read_key(path: Path) -> SigningKey:
    """Return the key of a file.

    Raises: OutsideError AUD030 (it cannot be read), InputError AUD031 (no key, or others read it).
    """
    try:
        if path.stat().st_mode & OTHERS:
            raise InputError(
                f"{path}: others may read the key of the audit; take that right away (chmod 600).",
                code="AUD031",
            )
        seed = base64.b64decode(path.read_text(encoding="ascii").strip(), validate=True)
    except OSError as error:
        raise OutsideError(
            f"{path}: the key of the audit cannot be read ({error.strerror}); bring it back, or "
            "name it by GARROD_AUDIT_KEY.",
            code="AUD030",
        ) from error
    except ValueError as error:
        raise _no_key(path) from error
    if len(seed) != SEED:
        raise _no_key(path)
    return SigningKey(seed)


def write_key(path: Path, key: SigningKey) -> None:
    """Write a key, durably, for its owner alone.  Raises: OutsideError AUD030."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(base64.b64encode(key.seed).decode("ascii") + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise OutsideError(
            f"{path}: the key of the audit cannot be written ({error.strerror}).", code="AUD030"
        ) from error


def key_in_force(path: Path, id: str) -> SigningKey:
    """Return the key of an id: the file's, or one that waits beside it and then takes its place.

    Raises: OutsideError AUD030, AUD032 (another key is there), InputError AUD031.
    """
    found = read_key(path) if path.exists() else None
    if found is not None and found.id == id:
        return found
    waiting = waiting_beside(path)
    if waiting.exists() and (following := read_key(waiting)).id == id:
        waiting.replace(path)
        return following
    if found is None:
        return read_key(path)
    raise OutsideError(
        f"{path}: holds the key {found.id}, and the audit log is signed by {id}: bring that key "
        "back, or name it by GARROD_AUDIT_KEY. To begin another log, move the old one away, whole.",
        code="AUD032",
    )


def waiting_beside(path: Path) -> Path:
    """Return where a new key waits."""
    return path.with_name(path.name + NEXT)


def _no_key(path: Path) -> InputError:
    return InputError(f"{path}: holds no key of the audit (32 bytes in base64).", code="AUD031")
