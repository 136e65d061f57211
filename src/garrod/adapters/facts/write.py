"""Writes call facts while findings pass by, so that a cohort needs no memory.

{"format": …, "origin": …, "regions": …, "samples": …,
 "lines": [[number, line], …],
 "findings": {sample: [finding, …], …}}
"""

from __future__ import annotations

import os
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from gzip import GzipFile
from pathlib import Path

import orjson

from garrod.adapters.facts.model import FORMAT, VERSION, Origin
from garrod.adapters.report.calls import finding_json
from garrod.adapters.vcf.keep import Kept
from garrod.core.errors import InputError
from garrod.core.finding import GeneFinding
from garrod.science.pgx.outside import OutsideRow
from garrod.science.pgx.people import Sample

Called = tuple[Sample, tuple[GeneFinding, ...]]
EFFORT = 6  # of gzip


class FactsFile:
    """A file of facts being written: its findings are added as they are made."""

    def __init__(self, file: GzipFile) -> None:
        self._file = file
        self._is_first = True

    def begin(
        self,
        origin: Origin,
        kept: Kept,
        subjects: Iterable[Sample],
        outside: Iterable[OutsideRow] = (),
    ) -> None:
        """Write everything but the findings."""
        head = {
            "format": FORMAT,
            "version": VERSION,
            "origin": asdict(origin),
            "assembly": kept.assembly.value,
            "mitochondrial": kept.mitochondrial,
            "regions": [(r.gene, r.chromosome, r.first, r.last) for r in kept.regions],
            "samples": [asdict(s) for s in subjects],
            "columns": kept.samples,
            "outside": [asdict(row) for row in outside],
        }
        self._file.write(orjson.dumps(head)[:-1] + b',\n"lines":[')
        for count, (number, line) in enumerate(kept.lines):
            text = line.decode("utf-8", "replace")
            self._file.write((b",\n" if count else b"\n") + orjson.dumps((number, text)))
        self._file.write(b'\n],\n"findings":{')

    def recorded(self, people: Iterable[Called]) -> Iterator[Called]:
        """Yield each person, once the findings are written."""
        for person, findings in people:
            mark = b"\n" if self._is_first else b",\n"
            told = orjson.dumps([finding_json(f) for f in findings])
            self._file.write(mark + orjson.dumps(person.sample) + b":" + told)
            self._is_first = False
            yield person, findings

    def end(self) -> None:
        """Close the document."""
        self._file.write(b"\n}}\n")


@contextmanager
def writing(path: Path) -> Iterator[FactsFile]:
    """Give a file of facts that stands at the path once all went well, for its owner's eyes only.

    Raises: InputError INP010 when it cannot be written, or something else stands there.
    """
    if path.exists() and not is_facts(path):
        raise InputError(
            f"{path}: is there and holds no call facts, so it is not written over; "
            "choose another place with --facts",
            code="INP010",
        )
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 600
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        with (
            os.fdopen(handle, "wb") as raw,
            GzipFile("", "wb", EFFORT, raw, mtime=0) as packed,
        ):
            file = FactsFile(packed)
            yield file
            file.end()
        Path(name).replace(path)
    except BaseException as error:
        Path(name).unlink(missing_ok=True)
        if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
            raise _unwritable(path, error) from error
        raise


def is_facts(path: Path) -> bool:
    """Return whether a file begins as call facts do."""
    start = orjson.dumps({"format": FORMAT})[:-1]
    try:
        with GzipFile(path) as packed:
            return packed.read(len(start)) == start
    except (OSError, EOFError, zlib.error):
        return False


def _unwritable(path: Path, error: OSError) -> InputError:
    return InputError(
        f"{path}: cannot be written ({error.strerror}); choose another place with --facts",
        code="INP010",
    )
