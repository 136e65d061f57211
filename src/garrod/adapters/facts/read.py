"""Reads call facts back; a file that is not what it should be is refused, never half read."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import Any

import orjson

from garrod.adapters.facts.model import FORMAT, VERSION, Facts, Origin
from garrod.adapters.vcf.keep import Kept, Line
from garrod.core.errors import InputError
from garrod.core.variant import Assembly
from garrod.science.pgx.outside import OutsideRow
from garrod.science.pgx.people import Sample
from garrod.science.pgx.regions import Region


def read_facts(path: Path) -> Facts:
    """Return the facts in a file.  Raises: InputError INP060, INP061."""
    try:
        data = orjson.loads(gzip.decompress(path.read_bytes()))
    except (OSError, EOFError, zlib.error, orjson.JSONDecodeError) as error:
        raise InputError(
            f"{path}: cannot be read as call facts ({error}); name a file that "
            "`garrod genome call --facts` wrote",
            code="INP060",
        ) from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise InputError(
            f"{path}: is not a file of call facts (no format {FORMAT!r}); name one that "
            "`garrod genome call --facts` wrote",
            code="INP061",
        )
    if data.get("version") != VERSION:
        raise InputError(
            f"{path}: call facts of version {data.get('version')}; this software reads version "
            f"{VERSION}: call the variant file again",
            code="INP061",
        )
    try:
        return _facts(data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(
            f"{path}: call facts with a part missing or changed ({type(error).__name__}: {error}); "
            "restore the file, or call the variant file again",
            code="INP061",
        ) from error


def _facts(data: dict[str, Any]) -> Facts:
    origin = {**data["origin"], "packs": tuple(data["origin"]["packs"])}
    subjects = tuple(Sample(**s) for s in data["samples"])
    findings = {s.sample: tuple(data["findings"][s.sample]) for s in subjects}
    spelled, length = data["mitochondrial"]
    return Facts(
        origin=Origin(**origin),
        kept=Kept(
            assembly=Assembly(data["assembly"]),
            samples=tuple(data["columns"]),
            regions=tuple(Region(*r) for r in data["regions"]),
            lines=tuple(_line(*pair) for pair in data["lines"]),
            mitochondrial=(spelled, length),
        ),
        subjects=subjects,
        outside=tuple(OutsideRow(**row) for row in data["outside"]),
        findings=findings,
    )


def _line(number: int | None, text: str) -> Line:
    return number, text.encode()
