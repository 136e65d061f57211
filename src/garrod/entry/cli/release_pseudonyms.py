"""Writes pseudonymous records for a project: streaming, each file whole or not there."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import orjson

from garrod.adapters.govern.deidentify import deidentified
from garrod.adapters.govern.keys import project_key
from garrod.adapters.govern.lines import files_of, resources
from garrod.adapters.govern.screen import Screen
from garrod.care.govern.numbers.pseudonym import Project
from garrod.care.govern.numbers.release import RECORDS
from garrod.care.govern.numbers.suppress import SMALL, rounded
from garrod.core.errors import InputError
from garrod.entry.cli.release_opening import Who, opened_ledger, told_audit
from garrod.entry.housing import folder_of


@dataclass(slots=True)
class Written:
    """What was written and what was not. How many were left out of what is told is rounded."""

    kinds: Counter[str] = field(default_factory=Counter)
    people: set[str] = field(default_factory=set)
    left_out: int = 0  # by consent or opt-out
    unlisted: int = 0  # kinds of which nothing may leave, and what is nobody's, or several people's


def pseudonymised(
    who: Who, inputs: tuple[Path, ...], output: Path, *, days: int, data: str
) -> dict[str, Any]:
    """Write the records; return what was written.

    Nothing appears at `output` before the ledger and the audit say durably that it is given.
    Raises: UsageError, InputError INP010, INP201, INP202, AccessDenied ACC060, OutsideError.
    """
    files, folder = files_of(inputs), folder_of(data)
    asked = who.asked(RECORDS, "", files)
    key = project_key(folder, who.project, os.environ, os.urandom)
    project = Project(who.project, key, days)
    screen = who.screen(files)
    with _whole(output) as waiting, opened_ledger(folder) as ledger:
        written = _poured(files, screen, project, waiting)
        told = ", ".join(sorted(written.kinds)) or "nothing"
        asked = who.asked(RECORDS, f"{told}; dates moved by {days} days at most", files)
        line = told_audit(
            asked,
            folder,
            lambda: ledger.note(asked, people=_about(len(written.people))),
            people=written.people,
            kinds=written.kinds,
            count=written.kinds.total(),
        )
    return {
        "release": line.id,
        "project": who.project,
        "resources": dict(sorted(written.kinds.items())),
        "people": len(written.people),
        "left_out": _about(written.left_out) or "none, or few",
        "not_listed": written.unlisted,
    }


def _about(count: int) -> str:
    return "" if count <= SMALL else f"about {rounded(count):,}"


def _poured(files: list[Path], screen: Screen, project: Project, folder: Path) -> Written:
    written = Written()
    with contextlib.ExitStack() as stack:
        open_files: dict[str, IO[bytes]] = {}
        for resource in resources(files):
            features = screen.features(resource)
            kept = None
            if len(features.patients) == 1:
                if not screen.includes(features):
                    written.left_out += 1
                    continue
                kept = deidentified(resource, project, features.patients[0])
            if kept is None:
                written.unlisted += 1
                continue
            kind = str(kept["resourceType"])
            if kind not in open_files:
                open_files[kind] = stack.enter_context((folder / f"{kind}.ndjson").open("wb"))
            open_files[kind].write(orjson.dumps(kept) + b"\n")
            written.kinds[kind] += 1
            written.people.add(features.patients[0])
    return written


@contextlib.contextmanager
def _whole(output: Path) -> Iterator[Path]:
    """Hold a folder that becomes `output` where all went well, and is taken away where it did not.

    Raises: InputError INP010.
    """
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        if output.exists() and (not output.is_dir() or any(output.iterdir())):
            raise InputError(
                f"{output}: is not empty, and nothing is written over; choose another with -o",
                code="INP010",
            )
        with tempfile.TemporaryDirectory(dir=output.parent, prefix=f".{output.name}.") as name:
            waiting = Path(name) / "out"
            waiting.mkdir(mode=0o700)
            yield waiting
            waiting.replace(output)
    except OSError as error:
        raise InputError(
            f"{output}: cannot be written ({error.strerror}); choose another place with -o",
            code="INP010",
        ) from error
