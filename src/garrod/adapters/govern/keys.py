"""Keys of projects and of the ledger: of the environment, or files that their owner alone reads."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from garrod.care.govern.numbers.pseudonym import KEY_BYTES
from garrod.core.errors import InputError, OutsideError, UsageError

OTHERS = 0o077  # rights of anybody but the owner
ENVIRONMENT = "GARROD_PROJECT_KEY"
LEDGER_KEY = "release.key"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def project_key(
    folder: Path, project: str, environment: Mapping[str, str], chance: Callable[[int], bytes]
) -> bytes:
    """Return the key of a project: GARROD_PROJECT_KEY, else its file, made where there is none.

    Raises: UsageError USE061, InputError REL031, OutsideError REL030.
    """
    if not _NAME.fullmatch(project):
        raise UsageError(
            "--project is a name of letters, digits, '.', '_' and '-', 64 at most", code="USE061"
        )
    if given := environment.get(ENVIRONMENT, ""):
        return _key(given, ENVIRONMENT)
    return key_at(folder / "projects" / f"{project}.key", chance)


def key_at(path: Path, chance: Callable[[int], bytes]) -> bytes:
    """Return the key of a file; where there is none, one is made that nobody had before.

    Raises: InputError REL031 (no key, or others may read it), OutsideError REL030.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            _write(path, chance(KEY_BYTES))
        if path.stat().st_mode & OTHERS:
            raise InputError(
                f"{path}: others may read this key; take that right away (chmod 600).",
                code="REL031",
            )
        return _key(path.read_text(encoding="ascii"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise OutsideError(f"{path}: the key cannot be used ({error}).", code="REL030") from error


def _write(path: Path, key: bytes) -> None:
    """Write a key whole, or not at all; of two who do so at once the first wins."""
    waiting = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(base64.b64encode(key).decode("ascii") + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(waiting, path)
    except FileExistsError:
        pass
    finally:
        waiting.unlink()


def _key(text: str, where: str) -> bytes:
    try:
        found = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        found = b""
    if len(found) != KEY_BYTES:
        raise InputError(f"{where}: holds no key ({KEY_BYTES} bytes in base64).", code="REL031")
    return found
