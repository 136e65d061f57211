"""The register of data uses, made of the ledger alone; and whether one that is published is it."""

from __future__ import annotations

import os
from pathlib import Path

import orjson

from garrod.adapters.govern.witnessed import faults
from garrod.care.govern.numbers.register import as_markdown, as_values
from garrod.care.govern.numbers.release import Line
from garrod.core.errors import InputError
from garrod.entry.audit_opening import place_of
from garrod.entry.cli.options import format_of
from garrod.entry.cli.release_opening import opened_ledger
from garrod.entry.housing import folder_of

MARKDOWN, JSON = "md", "json"


def register_as(format: str, data: str) -> bytes:
    """Return the register.  Raises: UsageError, OutsideError REL010."""
    shape = format_of(format, (MARKDOWN, JSON))
    return _written(shape, _lines(data))


def checked(file: Path, data: str) -> list[str]:
    """Return what is wrong with a register, and with the ledger by the audit log; nothing if right.

    Raises: InputError INP203 (the file cannot be read), OutsideError.
    """
    try:
        found = file.read_bytes()
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror})", code="INP203") from error
    lines, wrong = _lines(data), []
    shape = JSON if found.lstrip()[:1] == b"{" else MARKDOWN
    wanted = _written(shape, lines)
    if found != wanted:
        wrong.append(f"{file}: {_difference(found, wanted)}")
    place = place_of(folder_of(data), os.environ)
    if lines or place.exists:
        wrong += faults(place.log, lines, opening=place.opening())
    return wrong


def _difference(found: bytes, wanted: bytes) -> str:
    """Return where a file is first another than the register is."""
    pairs = enumerate(zip(found.splitlines(), wanted.splitlines(), strict=False), 1)
    place = next((number for number, (one, other) in pairs if one != other), 0)
    if place:
        return f"line {place} is not what the ledger says"
    more, most = len(found.splitlines()), len(wanted.splitlines())
    if more == most:
        return "its lines are those of the ledger, and its ends of lines are others"
    return f"has {more:,} lines where the register has {most:,}"


def _lines(data: str) -> list[Line]:
    with opened_ledger(folder_of(data)) as ledger:
        return ledger.lines()


def _written(shape: str, lines: list[Line]) -> bytes:
    if shape == JSON:
        return orjson.dumps(as_values(lines), option=orjson.OPT_INDENT_2) + b"\n"
    return as_markdown(lines).encode()
