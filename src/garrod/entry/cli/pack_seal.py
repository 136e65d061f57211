"""garrod packs seal: write the sums of a pack's tables into its manifest."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from garrod.entry.cli.output import write_out

EXAMPLE = "Example: garrod packs seal site-packs/own-gene/1.0.0"


def seal(
    folder: Annotated[Path, typer.Argument(help="The pack's folder, NAME/VERSION.")],
) -> None:
    """Write the sha256 of each table into pack.toml, and check that every row is cited."""
    from garrod.adapters.packs.seal import seal_pack

    rows = seal_pack(folder)
    write_out([f"{folder}\tsealed\t{rows} rows, each cited\n".encode()], None)
