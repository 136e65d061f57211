"""Writes the pack of a release of a terminology: its file of concepts, built in place, and cited.

Whole or not at all, as every pack: what fails half-way leaves nothing.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from garrod.adapters.packs.importers.carry import Wish, citation
from garrod.adapters.packs.importers.writing import Draft, check_free, files_of
from garrod.adapters.terminology.build import Builder, building
from garrod.adapters.terminology.schema import FILE
from garrod.core.errors import InputError, KnowledgeError


@dataclass(frozen=True, slots=True)
class Release:
    """What a release is, before it is read."""

    name: str  # of the pack
    version: str  # of the pack, where the wish has none
    system: str
    title: str
    origin: str  # who published it
    url: str
    licence: str
    does_not_cover: tuple[str, ...] = ()


Written = tuple[Path, tuple[str, ...]]
Fill = Callable[[Builder], Sequence[str]]  # writes rows and meta; returns notes


def write_release(target: Path, release: Release, wish: Wish, fill: Fill) -> Written:
    """Return the folder of the pack, and notes.

    Raises: KnowledgeError KNO008, KNO009, InputError INP010, INP050, INP051; nothing is then left.
    """
    version = wish.version or release.version
    folder = check_free(target, release.name, version)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".making-"))
        try:
            with building(made / FILE) as builder:
                notes = tuple(fill(builder))
                builder.finish()
            draft = _draft(release, version, wish, made / FILE)
            for name, content in files_of(draft).items():
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
    return folder, notes


def _draft(release: Release, version: str, wish: Wish, file: Path) -> Draft:
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    manifest = {
        "title": release.title,
        "licence": release.licence,
        "retrieved": wish.retrieved,
        "reviewer": "",
        "review_date": "",
        "genome_builds": [],
        "covers": [release.system],
        "does_not_cover": list(release.does_not_cover),
        "stores": [f"{FILE}={digest}"],
    }
    cited = citation(
        release.name,
        wish.retrieved,
        source=release.origin,
        version=release.version,
        locus="the whole release",
        url=release.url,
        licence=release.licence,
    )
    systems = [{"system": release.system, "file": FILE, "evidence": release.name}]
    return Draft(release.name, version, manifest, {"systems": systems}, [cited])


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a file of a download, gzipped or not.  Raises: InputError INP051 while it is read."""
    try:
        with gzip.open(path, "rb") if path.name.endswith(".gz") else path.open("rb") as file:
            yield file  # type: ignore[misc]
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(
            f"{path}: cannot be read ({error}); download it again", code="INP051"
        ) from error


def columns_of(path: Path) -> list[str]:
    """Return the names of the columns of a tab-separated file.  Raises: InputError INP051."""
    with opened(path) as file:
        return (
            file.readline().decode("utf-8", "replace").lstrip("\ufeff").rstrip("\r\n").split("\t")
        )


def lines_of(path: Path, columns: Sequence[str]) -> Iterator[list[str]]:
    """Yield the rows of a tab-separated file without quotes; one line at a time is in memory.

    Raises: InputError INP051 where the columns are others, or a line has not as many.
    """
    found = columns_of(path)
    if found[: len(columns)] != list(columns):
        raise InputError(
            f"{path}: line 1 has the columns {', '.join(found)[:200]}, expected "
            f"{', '.join(columns)}; is it the right file?",
            code="INP051",
        )
    with opened(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        try:
            reader = csv.reader(text, delimiter="\t", quoting=csv.QUOTE_NONE)
            next(reader)
            for row in reader:
                if len(row) != len(found):
                    raise InputError(
                        f"{path}: line {reader.line_num} has {len(row)} cells, line 1 has "
                        f"{len(found)}; the file is cut off or changed: download it again",
                        code="INP051",
                    )
                yield row
        except UnicodeDecodeError as error:
            raise InputError(
                f"{path}: is not UTF-8 ({error.reason}); download it again", code="INP051"
            ) from error


def refuse_where(builder: Builder, query: str, told: str) -> None:
    """Raise KnowledgeError KNO009 where a query counts anything; `told` says of what."""
    count, example = builder.one(query)
    if count:
        raise KnowledgeError(
            f"{told}: {count}, the first {example}. The release is not whole, or its files are of "
            "different releases: download all of it again",
            code="KNO009",
        )
