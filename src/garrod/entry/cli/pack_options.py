"""The options that the commands about packs share, and how their values are read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from garrod.core.errors import UsageError

PERSON = re.compile(r"[^\W_][\w.@/-]{0,79}")

Site = Annotated[
    Path | None,
    typer.Option("--packs", envvar="GARROD_PACKS", help="The folder of the site's own packs."),
]
By = Annotated[str, typer.Option("--as", help="Your id: who is doing this.")]
Reason = Annotated[str, typer.Option("--reason", help="Why.")]
Lowering = Annotated[
    bool,
    typer.Option("--approve-lowering", help="Agree, by name, to rules of tier T1 being lowered."),
]


def site_of(site: Path | None) -> Path:
    """Return the site's folder.  Raises: UsageError when none is named."""
    if site is None:
        raise UsageError("no site's folder of packs is named; give --packs DIR or GARROD_PACKS")
    return site


def person_of(option: str, value: str) -> str:
    """Return a person's id or a role as written.  Raises: UsageError."""
    if not PERSON.fullmatch(value.strip()):
        raise UsageError(
            f"{option} {value!r}: letters and digits are expected, with . _ @ / or - between"
        )
    return value.strip()


def reason_of(value: str, *, is_needed: bool) -> str:
    """Return a reason on one line.  Raises: UsageError when it is needed and blank."""
    words = " ".join(value.split())
    if is_needed and not words:
        raise UsageError("a reason is needed: --reason 'why'")
    return words
