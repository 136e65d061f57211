"""Writes an imported pack: whole or not at all, never over one that is there."""

from __future__ import annotations

import csv
import hashlib
import io
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from garrod.core.errors import InputError, KnowledgeError

Rows = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Draft:
    """A pack to be written: the manifest's own fields, its tables, its citations."""

    name: str
    version: str
    manifest: Mapping[str, Any]
    tables: Mapping[str, Rows]
    evidence: Rows
    notes: tuple[str, ...] = field(default=())  # what the importer could not restate, for people


def as_csv(rows: Sequence[Mapping[str, str]], columns: Sequence[str] = ()) -> bytes:
    """Return rows as CSV bytes with LF line ends; columns as given, or those of the first row."""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(columns or rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def toml_value(value: Any) -> str:
    """Return a text, or a list of texts, as TOML spells it."""
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(toml_value(v) for v in value) + "]"
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def files_of(draft: Draft, columns: Mapping[str, Sequence[str]] = {}) -> dict[str, bytes]:
    """Return the pack's files by name, pack.toml last; the same for the same draft.

    `columns` names those of a table that may have no row.
    """
    found = {
        f"{table}.csv": as_csv(rows, columns.get(table, ()))
        for table, rows in {**draft.tables, "evidence": draft.evidence}.items()
    }
    lines = [f"name = {toml_value(draft.name)}", f"version = {toml_value(draft.version)}"]
    lines += [f"{key} = {toml_value(value)}" for key, value in draft.manifest.items()]
    lines += ["", "[files]"]
    lines += [
        f'"{name}" = "{hashlib.sha256(content).hexdigest()}"'
        for name, content in sorted(found.items())
    ]
    return {**found, "pack.toml": ("\n".join(lines) + "\n").encode()}


def check_free(target: Path, name: str, version: str) -> Path:
    """Return the folder that a pack will have.  Raises: KnowledgeError KNO008 when it is there."""
    if not version or not all(part.isalnum() for part in version.split(".")):
        raise InputError(
            f"--version {version!r}: a version is numbers or words with dots between, such as "
            "2026.11.0",
            code="INP050",
        )
    folder = target / name / version
    if folder.exists():
        raise KnowledgeError(
            f"{folder}: is there already, and a released pack is never changed; "
            "give the new one another --version",
            code="KNO008",
        )
    return folder


def write_draft(target: Path, draft: Draft, columns: Mapping[str, Sequence[str]] = {}) -> Path:
    """Return the folder of the pack, written whole below the target.

    Raises: KnowledgeError KNO008 (there already), InputError INP050 (version), INP010 (disk).
    """
    folder = check_free(target, draft.name, draft.version)
    contents = files_of(draft, columns)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".making-"))
        try:
            for name, content in contents.items():
                (made / name).write_bytes(content)
            made.chmod(0o755)
            made.rename(folder)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
    except OSError as error:
        raise InputError(
            f"{folder}: cannot be written ({error.strerror}); choose another folder with -o",
            code="INP010",
        ) from error
    return folder
