"""garrod audit: is the log of who saw what intact, and the proof of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from garrod.core.errors import UsageError
from garrod.entry.cli.output import say, write_out
from garrod.entry.cli.where import Data

if TYPE_CHECKING:
    from garrod.entry.audit_opening import Place

app = typer.Typer(help="The audit log: proof, verify, rotate.", no_args_is_help=True)
PROOF = "Example: garrod audit proof --check inclusion.json consistency.json"
VERIFY = "Example: garrod audit verify --data record --witness heads.ndjson"
ROTATE = "Example: garrod audit rotate --data record"
WHAT = "--check FILE..., or --entry N [--size M], or --from A [--to B]"


@app.command("proof", epilog=PROOF)
def proof(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE...", help="Proofs, with --check.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Say of each FILE whether its proof holds.")
    ] = False,
    entry: Annotated[int, typer.Option("--entry", help="Prove that this entry is there.")] = -1,
    size: Annotated[int, typer.Option("--size", help="… in the log of this size.")] = -1,
    first: Annotated[int, typer.Option("--from", help="Prove that the log of this size …")] = -1,
    second: Annotated[int, typer.Option("--to", help="… is the beginning of this one.")] = -1,
    data: Data = "",
) -> None:
    """Check proofs (RFC 6962), one JSON line a file; or print a proof of the log."""
    from garrod.entry.cli.audit_check import judged_files

    if [bool(check and files), entry >= 0, first >= 0].count(True) != 1 or (files and not check):
        raise UsageError(f"audit proof: expected {WHAT}.", code="USE030")
    if check:
        if judged_files(files or ()):
            raise typer.Exit(10)
        return
    _print(_proof(data, (entry, size) if entry >= 0 else (first, second), is_entry=entry >= 0))


@app.command("verify", epilog=VERIFY)
def verify(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="A log; else that of the data folder.")
    ] = None,
    witness: Annotated[
        str, typer.Option("--witness", metavar="FILE", help="Heads kept elsewhere.")
    ] = "",
    data: Data = "",
) -> None:
    """Hash everything again; check heads, keys and witness; tell the first wrong row."""
    from garrod.entry.cli.audit_verify import fault_of, told_of, verified_log

    if file is not None and data:
        raise UsageError("audit verify: expected FILE or --data DIR, not both.", code="USE030")
    found, place = verified_log(_place(data, witness=witness), file)
    _print(told_of(found))
    if not place.witness:
        say("note: without --witness nobody can tell whether the end of the log was cut off")
    if (fault := fault_of(found, place.log)) is not None:
        raise fault


@app.command("rotate", epilog=ROTATE)
def rotate(data: Data = "") -> None:
    """Put a new signing key in force: signed by the old one, which is then gone."""
    from garrod.entry.audit_opening import around
    from garrod.entry.housing import clock

    log = _place(data).open_log(around(clock))
    try:
        _print({"key": log.rotate(), "size": log.seal.size})
    finally:
        log.close()


def _proof(data: str, numbers: tuple[int, int], *, is_entry: bool) -> dict[str, Any]:
    from garrod.entry.cli.audit_verify import must_exist

    place = _place(data)
    must_exist(place)
    reading = place.open_reading()
    try:
        first, second = numbers[0], numbers[1] if numbers[1] >= 0 else None
        return reading.inclusion(first, second) if is_entry else reading.consistency(first, second)
    finally:
        reading.close()


def _place(data: str, *, witness: str = "") -> Place:
    import os

    from garrod.entry.audit_opening import place_of
    from garrod.entry.housing import folder_of

    return place_of(folder_of(data), os.environ, witness=witness)


def _print(told: dict[str, Any]) -> None:
    write_out([orjson.dumps(told) + b"\n"], None)
