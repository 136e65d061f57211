"""garrod audit: is the log of who saw what intact, and the proof of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from garrod.core.errors import UsageError

app = typer.Typer(help="The audit log: proof, verify.", no_args_is_help=True)
PROOF = "Example: garrod audit proof --check inclusion.json consistency.json"


@app.command("proof", epilog=PROOF)
def proof(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE...", help="Proofs, with --check.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Say of each FILE whether its proof holds.")
    ] = False,
) -> None:
    """Check proofs of inclusion and of consistency (RFC 6962); one JSON line a file."""
    from garrod.entry.cli.audit_check import judged_files

    if not check or not files:
        raise UsageError("audit proof: name the files to check: --check FILE...", code="USE030")
    if judged_files(files):
        raise typer.Exit(10)
