"""Heads of the audit log: what is signed, and by which of the log's keys.

A head says: log `origin`, with `size` entries, had this root, and `number` heads were kept before.
The newest is the seal, made with each commit; one a minute is kept, and goes to the witness.
A new key stands in the log as an entry, signed by the key before it; the first signs itself.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from garrod.care.govern.audit import KEY, RESTORED, AuditEntry

HEAD_TEXT, KEY_TEXT = "garrod audit head, version 1", "garrod audit key, version 1"
Verify = Callable[[bytes, bytes, bytes], bool]  # public key, what was signed, signature
_FIELDS = ("origin", "size", "root", "at", "key", "number", "signature")


@dataclass(frozen=True, slots=True)
class Head:
    """A signed statement of what the log held at a moment."""

    origin: str  # the log's own name, made when it began
    size: int
    root: bytes
    at: str
    key: str  # the id of the key that signed
    number: int  # how many heads were kept before this one
    signature: bytes = b""

    def text(self) -> bytes:
        """Return what is signed."""
        lines = (HEAD_TEXT, self.origin, self.size, self.root.hex(), self.at, self.key, self.number)
        return "".join(f"{line}\n" for line in lines).encode()

    def told(self) -> dict[str, Any]:
        """Return it as plain values."""
        values = (
            self.origin, self.size, _text(self.root), self.at, self.key, self.number,
            _text(self.signature),
        )  # fmt: skip
        return dict(zip(_FIELDS, values, strict=True))

    def content(self) -> bytes:
        """Return it as JSON."""
        return json.dumps(self.told(), separators=(",", ":")).encode("ascii")


def head_read(content: bytes) -> Head:
    """Return the head of its JSON.  Raises: ValueError where it is none."""
    told = json.loads(content)
    if not isinstance(told, dict) or set(told) != set(_FIELDS):
        raise ValueError("no signed head")
    if not all(isinstance(told[name], int) for name in ("size", "number")):
        raise ValueError("no signed head")
    return Head(
        str(told["origin"]), told["size"], _bytes(told["root"]), str(told["at"]),
        str(told["key"]), told["number"], _bytes(told["signature"]),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class LogKey:
    """A key of the log: its public half, and by which key it was introduced."""

    origin: str
    id: str
    public: bytes
    signed_by: str
    signature: bytes = b""

    def text(self) -> bytes:
        """Return what the earlier key signs."""
        lines = (KEY_TEXT, self.origin, self.id, self.public.hex(), self.signed_by)
        return "".join(f"{line}\n" for line in lines).encode()

    def entry(self, at: str) -> AuditEntry:
        """Return the entry by which the log learns of it."""
        data = {
            "origin": self.origin,
            "key": self.id,
            "public_key": _text(self.public),
            "signed_by": self.signed_by,
            "signature": _text(self.signature),
        }
        return AuditEntry(at=at, event=KEY, who="local", role="system", deed="rotate", data=data)


def restored_entry(copy: Head, at: str, *, witnessed: int = 0) -> AuditEntry:
    """Return the entry by which a log says that it was put back to a copy with this seal.

    `witnessed`: how many entries a witness knew of, where those are more than the copy's.
    """
    data: dict[str, Any] = {"size": copy.size, "root": _text(copy.root), "copied": copy.at}
    data |= {"witnessed": witnessed} if witnessed > copy.size else {}
    return AuditEntry(
        at=at,
        event=RESTORED,
        who="local",
        role="system",
        deed="restore",
        route="garrod record restore",
        data=data,
    )


def key_told(data: Mapping[str, Any]) -> LogKey:
    """Return the key of what its entry says.  Raises: ValueError where it says none."""
    try:
        return LogKey(
            str(data["origin"]), str(data["key"]), _bytes(data["public_key"]),
            str(data["signed_by"]), _bytes(data["signature"]),
        )  # fmt: skip
    except (KeyError, TypeError) as error:
        raise ValueError("no key of the log") from error


class KeyRing:
    """The keys of a log as its entries introduce them: the last one is in force."""

    def __init__(self, verify: Verify) -> None:
        self._verify = verify
        self.current: LogKey | None = None

    def introduce(self, key: LogKey) -> str:
        """Put a key in force; return what is wrong with it, "" where nothing is."""
        before = self.current or key
        self.current = key
        if key.origin != before.origin:
            return "a key of another log was put in"
        if key.signed_by != before.id or not self._verify(before.public, key.text(), key.signature):
            return f"the key {key.id} is not signed by the key before it"
        return ""

    def signs(self, head: Head) -> str:
        """Return why a head is not signed by the key in force, "" where it is."""
        key = self.current
        if key is None or head.key != key.id or head.origin != key.origin:
            return "it names another key or another log"
        if not self._verify(key.public, head.text(), head.signature):
            return "its signature is not of what it says"
        return ""


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: Any) -> bytes:
    if not isinstance(text, str):
        raise ValueError("no base64")
    return base64.b64decode(text, validate=True)
