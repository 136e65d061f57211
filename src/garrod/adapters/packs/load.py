"""Loads packs from folders, verifying every file's sha256 before a row is used."""

from __future__ import annotations

import csv
import hashlib
import io
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import garrod.packs as shipped
from garrod.core.errors import KnowledgeError
from garrod.core.evidence import Evidence
from garrod.knowledge.pack import Manifest, Pack, Row, check_sum
from garrod.knowledge.shelf import Shelf

MANIFEST = "pack.toml"


def load_shelf(roots: Sequence[Path] | None = None) -> Shelf:
    """Return the shelf of the newest version of each pack below the folders.

    The default is the wheel's own packs.  Raises: KnowledgeError KNO001, KNO003.
    """
    return Shelf(load_pack(folder) for folder in newest(roots).values())


def newest(roots: Sequence[Path] | None = None) -> dict[str, Path]:
    """Return the folder of the newest version of each pack, by name; a later root outranks."""
    folders: dict[str, Path] = {}
    for root in roots if roots is not None else [Path(shipped.__path__[0])]:
        for file in sorted(root.glob("*/*/pack.toml"), key=lambda p: version_key(p.parent.name)):
            folders[file.parent.parent.name] = file.parent
    return folders


def version_key(version: str) -> tuple[tuple[int, str], ...]:
    """Return a key that sorts 2025.11.10 after 2025.11.5."""
    return tuple((int(p), "") if p.isdecimal() else (-1, p) for p in version.split("."))


def load_pack(folder: Path) -> Pack:
    """Return one verified pack.  Raises: KnowledgeError KNO001, KNO003."""
    manifest = read_manifest(folder / "pack.toml")
    contents: dict[str, bytes] = {}
    for name, digest in manifest.files.items():
        try:
            content = (folder / name).read_bytes()
        except OSError as error:
            raise KnowledgeError(
                f"{folder / name}: listed in pack.toml but not readable ({error.strerror}); "
                "install the pack again.",
                code="KNO001",
            ) from error
        check_sum(str(folder / name), content, expected=digest)
        contents[name.removesuffix(".csv")] = content
    cited = _read(contents.pop("evidence", b""))
    return Pack(manifest, Tables(contents), {row["id"]: evidence_of(row) for row in cited})


class Tables(Mapping[str, tuple[Row, ...]]):
    """The tables of a pack: every byte was checked, and a table is read when it is first asked."""

    def __init__(self, contents: dict[str, bytes]) -> None:
        self._contents = contents
        self._names = tuple(contents)
        self._read: dict[str, tuple[Row, ...]] = {}

    def __getitem__(self, name: str) -> tuple[Row, ...]:
        found = self._read.get(name)
        if found is None:
            found = self._read[name] = _read(self._contents[name])
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _read(content: bytes) -> tuple[Row, ...]:
    return tuple(csv.DictReader(io.StringIO(content.decode())))


def read_manifest(path: Path) -> Manifest:
    """Return what pack.toml says.  Raises: KnowledgeError KNO001."""
    try:
        data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        return Manifest(
            name=data["name"],
            version=data["version"],
            title=data["title"],
            licence=data["licence"],
            retrieved=data["retrieved"],
            reviewer=data["reviewer"],
            review_date=data["review_date"],
            genome_builds=tuple(data["genome_builds"]),
            files=data["files"],
            covers=tuple(data.get("covers", ())),
            does_not_cover=tuple(data.get("does_not_cover", ())),
            extends=data.get("extends", ""),
        )
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError) as error:
        raise KnowledgeError(
            f"{path}: not a readable pack manifest ({error}); install the pack again.",
            code="KNO001",
        ) from error


def digest_of(folder: Path) -> str:
    """Return the sha256 of a pack's manifest, and by it of all its content.  Raises: KNO001."""
    try:
        return hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()
    except OSError as error:
        raise KnowledgeError(
            f"{folder / MANIFEST}: cannot be read ({error.strerror}); install the pack again",
            code="KNO001",
        ) from error


def evidence_of(row: Row) -> Evidence:
    """Return a citation from a row of evidence.csv."""
    return Evidence(
        source=row["source"],
        version=row["version"],
        locus=row["locus"],
        licence=row["licence"],
        pmid=row["pmid"] or None,
        url=row["url"] or None,
        retrieved=date.fromisoformat(row["retrieved"]),
    )
