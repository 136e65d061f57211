"""garrod packs list | show | verify: the knowledge in force, and whether it is intact."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from garrod.core.errors import KnowledgeError
from garrod.entry.cli.output import write_out

app = typer.Typer(help="The knowledge packs: list, show, verify.", no_args_is_help=True)


@app.command("list", epilog="Example: garrod packs list")
def list_packs() -> None:
    """List every pack in force: name, version, licence, title."""
    from garrod.adapters.packs.load import load_shelf

    shelf = load_shelf()
    manifests = [shelf.pack(name).manifest for name in shelf.names()]
    rows = [f"{m.name}\t{m.version}\t{m.licence}\t{m.title}\n" for m in manifests]
    write_out([("name\tversion\tlicence\ttitle\n" + "".join(rows)).encode()], None)


@app.command("show", epilog="Example: garrod packs show pgx-guidance")
def show(
    name: Annotated[str, typer.Argument(help="A pack's name.")],
    table: Annotated[str | None, typer.Option("--table", help="Print a table as TSV.")] = None,
) -> None:
    """Show what a pack covers and cites; or one of its tables."""
    from garrod.adapters.packs.load import load_shelf
    from garrod.adapters.packs.show import pack_text, table_text

    shelf = load_shelf()
    pack = shelf.pack(name)
    text = table_text(shelf.rows(name, table)) if table else pack_text(pack)
    write_out([text.encode()], None)


@app.command("verify", epilog="Example: garrod packs verify")
def verify(
    folder: Annotated[
        Path | None, typer.Argument(help="A folder of packs; left out, those in force.")
    ] = None,
) -> None:
    """Check every file of every pack against its sha256, and every citation."""
    from garrod.adapters.packs.load import load_shelf
    from garrod.adapters.packs.show import check_citations

    shelf = load_shelf([folder] if folder else None)
    if not shelf.names():
        raise KnowledgeError(
            f"{folder}: holds no pack; a pack is a folder NAME/VERSION with a pack.toml",
            code="KNO001",
        )
    for name in shelf.names():
        pack = shelf.pack(name)
        rows = check_citations(pack)
        write_out([f"{pack.manifest.reference}\tintact\t{rows} rows, each cited\n".encode()], None)
