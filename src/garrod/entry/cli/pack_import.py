"""garrod packs import: turn a public download at a site into packs of our schema."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from garrod.core.errors import UsageError
from garrod.entry.cli.output import say, write_out
from garrod.entry.cli.pack_options import Site

EXAMPLE = "Example: garrod packs import pharmcat PharmCAT/ -o packs"
SOURCES = "cpic, pharmcat, pypgx, frequencies, fda, ukcore, dmd, snomed"


def import_packs(
    source: Annotated[str, typer.Argument(help=f"Whose download it is: {SOURCES}.")],
    folder: Annotated[Path, typer.Argument(help="The download: a folder (fda: a file).")],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="The folder of packs to write to.")
    ] = Path("packs"),
    version: Annotated[
        str, typer.Option("--version", help="The packs' version; left out, the download's date.")
    ] = "",
    retrieved: Annotated[
        str, typer.Option("--retrieved", help="The day of the download; left out, today.")
    ] = "",
    site: Site = None,
) -> None:
    """Write packs from a download: all of them or none; what could not be restated is said."""
    from garrod.adapters.packs.importers.carry import Wish
    from garrod.adapters.packs.importers.run import NAMES, run_import
    from garrod.adapters.packs.site import shelf_in_force
    from garrod.entry.wire import today

    if source not in NAMES:
        raise UsageError(f"{source!r} is not one of: {', '.join(NAMES)}")
    try:
        day = date.fromisoformat(retrieved) if retrieved else today()
    except ValueError as error:
        raise UsageError(f"--retrieved {retrieved!r} is no date such as 2026-11-25") from error
    wish = Wish(shelf_in_force(site), version, day.isoformat())
    made = run_import(source, folder, output, wish)
    for note in made.notes:
        say(f"note: {note}")
    say("note: nobody has reviewed these packs; read them before they are put in force")
    paths = [*made.folders, *made.reports]
    write_out(["".join(f"{path}\n" for path in paths).encode()], None)
