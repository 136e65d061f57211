"""Keys and signatures of packs: Ed25519 over the bytes of pack.toml, which sums every other file.

pack.toml + private key -> signature.toml beside it; signature.toml + trusted key -> who signed
"""

from __future__ import annotations

import base64
import hashlib
import os
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from garrod.adapters.packs.load import MANIFEST, digest_of, load_pack
from garrod.care.govern.ledger import Ledger
from garrod.care.govern.model import Trusted
from garrod.core.errors import InputError, KnowledgeError

SIGNATURE = "signature.toml"
PURPOSE = b"garrod knowledge pack, version 1\n"  # so that no other signed text passes for a pack
SEED_BYTES = 32  # Not clinical: the length of an Ed25519 private key, RFC 8032


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key, the id by which it is named, and who keeps the private half."""

    holder: str
    public_key: str  # base64 of the raw key

    @property
    def key(self) -> str:
        """Return the key's id: the start of the sha256 of the raw key."""
        return hashlib.sha256(base64.b64decode(self.public_key)).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A private key and its holder. `repr` does not show it."""

    holder: str
    seed: bytes = field(repr=False)

    @property
    def public(self) -> PublicKey:
        """Return the public half."""
        raw = self._signer().public_key().public_bytes_raw()
        return PublicKey(self.holder, base64.b64encode(raw).decode())

    def sign(self, content: bytes) -> str:
        """Return the signature of a manifest's bytes, base64."""
        return base64.b64encode(self._signer().sign(PURPOSE + content)).decode()

    def _signer(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def write_key(private: PrivateKey, path: Path) -> Path:
    """Return where the public half stands; the private one is readable by its owner alone.

    Raises: InputError INP010 (a key is never written over another file).
    """
    public = path.with_name(path.name + ".pub")
    seed = base64.b64encode(private.seed).decode()
    text = f"# Private key: keep it to yourself.\n{_head(private.holder)}private_key = {_q(seed)}\n"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        with public.open("x", encoding="utf-8") as file:
            key = private.public
            file.write(
                f"{_head(key.holder)}key = {_q(key.key)}\npublic_key = {_q(key.public_key)}\n"
            )
    except OSError as error:
        raise InputError(
            f"{error.filename or path}: the key cannot be written there ({error.strerror}); "
            "choose a new file with -o",
            code="INP010",
        ) from error
    return public


def read_private_key(path: Path) -> PrivateKey:
    """Return a private key.  Raises: KnowledgeError KNO030."""
    found = _read_key(path, "private_key")
    return PrivateKey(found[0], found[1])


def read_public_key(path: Path) -> PublicKey:
    """Return a public key.  Raises: KnowledgeError KNO030."""
    holder, raw = _read_key(path, "public_key")
    return PublicKey(holder, base64.b64encode(raw).decode())


def _read_key(path: Path, name: str) -> tuple[str, bytes]:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        raw = base64.b64decode(data[name], validate=True)
        if len(raw) != SEED_BYTES or data["algorithm"] != "Ed25519":
            raise ValueError(name)
        return str(data["holder"]), raw
    except OSError as error:
        raise KnowledgeError(
            f"{path}: the key cannot be read ({error.strerror}); check the path", code="KNO030"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        kind = name.replace("_", " ")
        raise KnowledgeError(
            f"{path}: holds no {kind} as `garrod packs key new` writes it; name the file that does",
            code="KNO030",
        ) from error


def sign_pack(folder: Path, private: PrivateKey, *, signed_at: str) -> PublicKey:
    """Return the key that signed a pack; the signature stands beside its manifest.

    Raises: KnowledgeError KNO001, KNO003 (a pack that is not intact is not signed), InputError.
    """
    load_pack(folder)
    content, key = (folder / MANIFEST).read_bytes(), private.public
    text = (
        f"{_head(key.holder)}key = {_q(key.key)}\nsigned_at = {_q(signed_at)}\n"
        f"sha256 = {_q(digest_of(folder))}\nsignature = {_q(private.sign(content))}\n"
    )
    try:
        (folder / SIGNATURE).write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"{folder / SIGNATURE}: cannot be written ({error.strerror})", code="INP010"
        ) from error
    return key


def check_signature(folder: Path, ledger: Ledger) -> Trusted:
    """Return the trusted key that signed a pack.  Raises: KnowledgeError KNO023, KNO024, KNO025."""
    path = folder / SIGNATURE
    if not path.exists():
        raise KnowledgeError(
            f"{folder}: is not signed; nothing was activated: `garrod packs sign {folder} "
            "--key FILE`",
            code="KNO023",
        )
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        key, holder = str(data["key"]), str(data["holder"])
        signature = base64.b64decode(data["signature"], validate=True)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KnowledgeError(
            f"{path}: is not a signature that can be read; sign the pack again", code="KNO025"
        ) from error
    trusted = ledger.trusted().get(key)
    if trusted is None:
        raise KnowledgeError(
            f"{folder}: is signed by the key {key} ({holder}), which this site does not trust; "
            "nothing was activated. Check with the holder by another way, then "
            "`garrod packs trust PUBLIC-KEY`",
            code="KNO024",
        )
    try:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(trusted.public_key))
        public.verify(signature, PURPOSE + (folder / MANIFEST).read_bytes())
    except InvalidSignature as error:
        raise KnowledgeError(
            f"{folder}: the signature of {trusted.holder} is of another content; nothing was "
            "activated. The pack was changed after it was signed: have it checked and signed again",
            code="KNO025",
        ) from error
    return trusted


def _head(holder: str) -> str:
    return f'algorithm = "Ed25519"\nholder = {_q(holder)}\n'


def _q(text: str) -> str:
    """Return a text as a TOML string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
