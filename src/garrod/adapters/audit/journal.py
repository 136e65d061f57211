"""Entries as they are kept at once, before the log seals them: a file that only grows.

entry -> a line, by one write of the kernel (it outlives the process) -> the log, soon -> gone

A line is the tag of 16 bytes in hex, a blank, the entry's canonical bytes. The tag is BLAKE2b of
the tag before it and of the entry, under a secret of the log's owner: whoever changes a line, takes
one out or puts one in is found out. A line without an end was never acknowledged.
Source: RFC 7693 (BLAKE2, keyed)
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from garrod.adapters.audit.keys import SigningKey, new_key, read_key, write_key
from garrod.core.errors import InternalFault, OutsideError

SECRET, SUFFIX = ".journal", ".journal"
TAG = 16  # bytes
NAME = 8  # bytes of a journal's name
BEFORE = 2 * TAG + 1  # characters before the entry of a line
READ = 4 * 2**20  # bytes that are read at a time


def secret_of(key: Path, chance: Callable[[int], bytes]) -> bytes:
    """Return the secret of a log's journals, made where there is none.

    It stands beside the key that signs the log, and outlives its changes.
    Raises: OutsideError AUD030, InputError AUD031.
    """
    path = key.with_name(key.name + SECRET)
    try:
        if not path.exists():
            write_key(path, new_key(chance))
    except OutsideError:
        if not path.exists():  # else another process has written it meanwhile
            raise
    found: SigningKey = read_key(path)
    return found.seed


class Journal:
    """A journal that is written. For one thread at a time."""

    def __init__(self, log: Path, secret: bytes, chance: Callable[[int], bytes]) -> None:
        """Begin one beside a log.  Raises: OutsideError AUD010."""
        self.path = log.with_name(f"{log.name}.{chance(NAME).hex()}{SUFFIX}")
        self.size = 0  # bytes that are kept
        self._secret, self._tag = secret, first_tag(self.path, secret)
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
            self._handle = os.open(self.path, flags, 0o600)
            fcntl.flock(self._handle, fcntl.LOCK_SH)  # while it is held, nobody takes it for left
            sync_folder(log.parent)
        except OSError as error:
            raise self._unwritten(error) from error

    def keep(self, body: bytes) -> int:
        """Keep an entry's canonical bytes; return how long the journal is then.

        Raises: OutsideError AUD010: it is not kept.
        """
        tag = tag_after(self._tag, body, self._secret)
        line = b"%s %s\n" % (tag.hex().encode("ascii"), body)
        try:
            written = os.write(self._handle, line)
            if written != len(line):
                os.ftruncate(self._handle, self.size)
                raise OSError(0, "the disk is full")
        except OSError as error:
            raise self._unwritten(error) from error
        self._tag = tag
        self.size += written
        return self.size

    def close(self) -> None:
        """Let go of the file, which stays until all of it is sealed."""
        os.close(self._handle)

    def _unwritten(self, error: OSError) -> OutsideError:
        return OutsideError(
            f"{self.path.parent}: the audit cannot be written ({error.strerror}); nothing is given "
            "out until it can.",
            code="AUD010",
        )


class Waiting:
    """A journal that is read, from where the log has sealed it."""

    def __init__(self, path: Path, secret: bytes, upto: int = 0) -> None:
        """Open it.  Raises: OutsideError AUD010, InternalFault AUD012."""
        self.path, self.upto = path, 0
        self._secret, self._tag = secret, first_tag(path, secret)
        try:
            self._handle = os.open(path, os.O_RDONLY)
        except OSError as error:
            raise OutsideError(
                f"{path}: cannot be read ({error.strerror}).", code="AUD010"
            ) from error
        while self.upto < upto and self.read(upto):
            pass

    def is_left(self) -> bool:
        """Return whether nobody writes it any more; then nobody else can take it either."""
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def hold(self) -> None:
        """Let nobody take it for left."""
        fcntl.flock(self._handle, fcntl.LOCK_SH)

    def read(self, end: int | None = None) -> list[bytes]:
        """Return the entries that came since the last call, some thousands at most.

        `end`: no further than that.  Raises: InternalFault AUD012: it was changed.
        """
        most = READ if end is None else min(READ, end - self.upto)
        content = os.pread(self._handle, most, self.upto)
        whole = content[: content.rfind(b"\n") + 1]
        found = [self._told(line) for line in whole.splitlines()]
        self.upto += len(whole)
        return found

    @property
    def tag(self) -> bytes:
        """The tag of the line that was read last."""
        return self._tag

    def back(self, upto: int, tag: bytes) -> None:
        """Go back to where it was read before."""
        self.upto, self._tag = upto, tag

    def sync(self) -> None:
        """Return when what is kept outlives a loss of power.  Raises: OutsideError AUD010."""
        try:
            os.fdatasync(self._handle)
        except OSError as error:
            raise OutsideError(f"{self.path}: {error.strerror}.", code="AUD010") from error

    def close(self, *, is_done: bool = False) -> None:
        """Let go of it; `is_done`: all is sealed, and it is taken away."""
        if is_done:
            self.path.unlink(missing_ok=True)
        os.close(self._handle)

    def _told(self, line: bytes) -> bytes:
        body = line[BEFORE:]
        self._tag = tag_after(self._tag, body, self._secret)
        if line[:BEFORE] != self._tag.hex().encode("ascii") + b" ":
            raise InternalFault(
                f"{self.path}: what waits for the audit log was changed by somebody else. Keep the "
                "file. To go on meanwhile, move it away.",
                code="AUD012",
            )
        return body


def left_beside(log: Path) -> Iterator[Path]:
    """Yield the journals beside a log, the oldest first."""
    found = log.parent.glob(f"{log.name}.*{SUFFIX}")
    yield from sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name))


def is_served(log: Path) -> bool:
    """Return whether a server of this machine, or its notary, holds a journal of a log."""
    for path in log.parent.glob(f"{log.name}.*{SUFFIX}"):
        with suppress(FileNotFoundError), path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
    return False


def first_tag(path: Path, secret: bytes) -> bytes:
    """Return the tag before the first line of a journal."""
    return tag_after(b"", path.name.encode(), secret)


def tag_after(before: bytes, body: bytes, secret: bytes) -> bytes:
    """Return the tag of a line."""
    return hashlib.blake2b(before + body, digest_size=TAG, key=secret).digest()


def sync_folder(folder: Path) -> None:
    """Return when the names in a folder outlive a loss of power.  Raises: OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
