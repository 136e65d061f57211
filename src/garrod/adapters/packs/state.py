"""A site's state on disk: its events, chained by sha256, written whole or not at all.

state.json <-> Ledger; site.toml says that there is a state, and may set the rules of approval
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from garrod.care.govern.ledger import Ledger
from garrod.care.govern.model import (
    Activated,
    Approved,
    Deactivated,
    Distrusted,
    Event,
    Rules,
    Trusted,
)
from garrod.core.errors import ConflictError, InputError, KnowledgeError

STATE, SITE, LOCK = "state.json", "site.toml", ".lock"
FORMAT = 1
KINDS: dict[str, type[Event]] = {
    "trusted": Trusted,
    "distrusted": Distrusted,
    "approved": Approved,
    "activated": Activated,
    "deactivated": Deactivated,
}
NAMES = {kind: name for name, kind in KINDS.items()}
RESTORE = (
    "The site's packs cannot be told, and the shipped ones are not used in their place: "
    "restore it from a backup"
)
FIRST_SITE = """# A site's knowledge packs. state.json beside this file holds who was trusted and
# who approved what; lose it, and nothing is in force until it is restored.
[approval]
# approvals = 2
# clinical_roles = ["clinical-safety-officer", "doctor", "pharmacist"]
"""


def read_state(site: Path) -> Ledger:
    """Return a site's ledger; an empty one for a folder that never had a state.

    Raises: KnowledgeError KNO020 (no folder), KNO021 (damaged or lost).
    """
    check_site(site)
    path = site / STATE
    if not path.exists():
        if (site / SITE).exists():
            raise KnowledgeError(f"{path}: is not there, though it was. {RESTORE}", code="KNO021")
        return Ledger()
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        events = tuple(_event(item) for item in data["events"])
        is_whole = data["format"] == FORMAT and data["head"] == _head(events)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise KnowledgeError(
            f"{path}: cannot be read as it was written ({type(error).__name__}). {RESTORE}",
            code="KNO021",
        ) from error
    if not is_whole:
        raise KnowledgeError(
            f"{path}: was changed by other means than garrod. {RESTORE}", code="KNO021"
        )
    return Ledger(events)


def check_site(site: Path) -> None:
    """Return nothing when the folder of a site is there.  Raises: KnowledgeError KNO020."""
    if not site.is_dir():
        raise KnowledgeError(
            f"{site}: the folder of the site's packs is not there; correct --packs or "
            "GARROD_PACKS, or make the folder",
            code="KNO020",
        )


def read_rules(site: Path) -> Rules:
    """Return how packs are approved at a site.  Raises: KnowledgeError KNO021."""
    path, usual = site / SITE, Rules()
    if not path.exists():
        return usual
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8")).get("approval", {})
        roles = said.get("clinical_roles", usual.clinical_roles)
        found = Rules(int(said.get("approvals", usual.approvals)), tuple(map(str, roles)))
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise KnowledgeError(
            f"{path}: cannot be read ({error}); correct it", code="KNO021"
        ) from error
    if found.approvals < usual.approvals or not found.clinical_roles:
        raise KnowledgeError(
            f"{path}: asks for {found.approvals} approvals and {len(found.clinical_roles)} "
            f"clinical roles; at least {usual.approvals} and 1 are needed",
            code="KNO021",
        )
    return found


@contextmanager
def changing(site: Path) -> Iterator[Ledger]:
    """Yield the ledger while nobody else may change it.  Raises: ConflictError, KnowledgeError."""
    check_site(site)
    try:
        lock = (site / LOCK).open("w")
    except OSError as error:
        raise _unwritable(site, error) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConflictError(
                f"{site}: somebody else is changing its packs at this moment; try again",
                code="CON002",
            ) from error
        yield read_state(site)


def write_state(site: Path, ledger: Ledger) -> None:
    """Write a ledger: a reader sees the old state or the new one.  Raises: InputError INP010."""
    data = {
        "format": FORMAT,
        "head": _head(ledger.events),
        "events": [_plain(event) for event in ledger.events],
    }
    written = json.dumps(data, indent=1, ensure_ascii=False) + "\n"
    try:
        _replace(site / STATE, written.encode())
        if not (site / SITE).exists():  # after the state: alone it means that a state was lost
            _replace(site / SITE, FIRST_SITE.encode())
    except OSError as error:
        raise _unwritable(site, error) from error


def _unwritable(site: Path, error: OSError) -> InputError:
    return InputError(
        f"{site}: cannot be written ({error.strerror}); nothing was changed", code="INP010"
    )


def _replace(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _plain(event: Event) -> dict[str, Any]:
    return {"kind": NAMES[type(event)], **asdict(event)}


def _event(item: dict[str, Any]) -> Event:
    kind = KINDS[item["kind"]]
    given: dict[str, Any] = {
        name: tuple(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in item.items()
        if name != "kind"
    }
    if set(given) != {f.name for f in fields(kind)}:
        raise KeyError(item["kind"])
    return kind(**given)


def _head(events: tuple[Event, ...]) -> str:
    """Return the sha256 over all events, each chained to the one before it."""
    head = ""
    for event in events:
        plain = json.dumps(_plain(event), sort_keys=True, ensure_ascii=False)
        head = hashlib.sha256(f"{head}\n{plain}".encode()).hexdigest()
    return head
