"""Writes a command's data: to stdout, or to a file that appears whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from garrod.core.errors import InputError


def write_out(parts: Iterable[bytes], path: Path | None) -> None:
    """Write the parts in order.  Raises: InputError INP010 when the file cannot be written."""
    if path is None:
        _print(parts)
        return
    if _is_stream(path):
        _pour(parts, path)
        return
    path = path.resolve() if path.is_symlink() else path
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        with os.fdopen(handle, "wb") as file:
            for part in parts:
                file.write(part)
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(path)
    except BaseException as error:
        Path(name).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _unwritable(path, error) from error
        raise


def _print(parts: Iterable[bytes]) -> None:
    name = Path("stdout")
    if sys.stdout is None:
        raise _unwritable(name, OSError(0, "it is closed"))
    try:
        for part in parts:
            sys.stdout.buffer.write(part)
        sys.stdout.buffer.flush()
    except BrokenPipeError:  # the reader has seen enough
        raise
    except OSError as error:
        raise _unwritable(name, error) from error


def _is_stream(path: Path) -> bool:
    """Return whether a pipe or a device stands there: it is written to, never replaced."""
    is_other = path.exists() and not path.is_file() and not path.is_dir()
    return is_other or Path("/dev") in path.parents


def _pour(parts: Iterable[bytes], path: Path) -> None:
    try:
        with path.open("wb") as stream:
            for part in parts:
                stream.write(part)
    except OSError as error:
        raise _unwritable(path, error) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _unwritable(path: Path, error: OSError) -> InputError:
    return InputError(
        f"{path}: cannot be written ({error.strerror}); choose another place with -o", code="INP010"
    )


def say(text: str) -> None:
    """Write a line of talk to stderr."""
    sys.stderr.write(f"{text}\n")


def warn_of_unused(genes: Sequence[str]) -> None:
    """Say on stderr which genes of a program's results nothing here knows."""
    if genes:
        say(f"note: results of genes that nothing here knows were not used: {', '.join(genes)}")


def warn_of(warnings: tuple[str, ...], spoiled: dict[str, str]) -> None:
    """Say on stderr what was not read as it stood."""
    for warning in warnings:
        say(f"warning: {warning}")
    for sample, reason in spoiled.items():
        say(f"warning: sample {sample} was not assessed: {reason}")
