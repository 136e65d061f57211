"""garrod packs: the knowledge, whether it is intact, and who put it in force."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from garrod.core.errors import KnowledgeError
from garrod.entry.cli import pack_import, pack_seal, packs_diff, packs_force, packs_trust
from garrod.entry.cli.output import write_out
from garrod.entry.cli.pack_options import Site
from garrod.knowledge.shelf import Shelf

app = typer.Typer(
    help="The knowledge packs: list, show, verify; sign, approve, activate, diff.",
    no_args_is_help=True,
)
app.add_typer(packs_trust.keys, name="key")
app.command("sign", epilog=packs_trust.SIGN)(packs_trust.sign)
app.command("trust", epilog=packs_trust.TRUST)(packs_trust.trust)
app.command("distrust", epilog=packs_trust.DISTRUST)(packs_trust.distrust)
app.command("approve", epilog=packs_force.APPROVE)(packs_force.approve)
app.command("activate", epilog=packs_force.ACTIVATE)(packs_force.activate)
app.command("deactivate", epilog=packs_force.DEACTIVATE)(packs_force.deactivate)
app.command("diff", epilog=packs_diff.EXAMPLE)(packs_diff.diff)
app.command("seal", epilog=pack_seal.EXAMPLE)(pack_seal.seal)
app.command("import", epilog=pack_import.EXAMPLE)(pack_import.import_packs)


@app.command("list", epilog="Example: garrod packs list")
def list_packs(site: Site = None) -> None:
    """List every pack: name, version, how it stands, licence, title."""
    from garrod.adapters.packs.standing import standings

    head = ("name", "version", "state", "licence", "title")
    rows = [head, *(standing.cells for standing in standings(site))]
    write_out(["".join("\t".join(cells) + "\n" for cells in rows).encode()], None)


@app.command("show", epilog="Example: garrod packs show pgx-guidance")
def show(
    name: Annotated[str, typer.Argument(help="A pack's name; or NAME@VERSION of the site's.")],
    table: Annotated[str | None, typer.Option("--table", help="Print a table as TSV.")] = None,
    site: Site = None,
) -> None:
    """Show what a pack covers and cites; or one of its tables."""
    from garrod.adapters.packs.load import load_pack
    from garrod.adapters.packs.show import pack_text, table_text
    from garrod.adapters.packs.site import shelf_in_force, site_pack
    from garrod.entry.cli.pack_options import site_of

    if "@" in name:
        pack = load_pack(site_pack(site_of(site), name).folder)
        shelf, name = Shelf([pack]), pack.manifest.name
        covers = ""  # a version that is not in force has no shelf to stand on
    else:
        shelf = shelf_in_force(site)
        covers = "" if table else _covers(shelf, name)
    text = table_text(shelf.rows(name, table)) if table else pack_text(shelf.pack(name)) + covers
    write_out([text.encode()], None)


def _covers(shelf: Shelf, name: str) -> str:
    """Return how many ingredients each adviser of a pack has rules for, and for which."""
    from garrod.care.decide.coverage import coverage_lines, covered_in
    from garrod.knowledge.medicines import load_medicines

    covered = covered_in(shelf, name)
    if not covered:
        return ""
    lines = coverage_lines(covered, load_medicines(shelf).by_drug)
    names = [f"{who}: {', '.join(sorted(drugs))}" for who, drugs in covered.items()]
    return "".join(f"{line}\n" for line in (*lines, *names))


@app.command("verify", epilog="Example: garrod packs verify")
def verify(
    folder: Annotated[
        Path | None, typer.Argument(help="A folder of packs; left out, those in force.")
    ] = None,
    site: Site = None,
) -> None:
    """Check every file of every pack against its sha256, and every citation."""
    from garrod.adapters.packs.load import newest
    from garrod.adapters.packs.show import check_citations
    from garrod.adapters.packs.site import folders_in_force, shelf_of
    from garrod.adapters.terminology.service import open_packs

    folders = newest([folder]) if folder else folders_in_force(site)
    shelf = shelf_of(folders)
    if not shelf.names():
        raise KnowledgeError(
            f"{folder}: holds no pack; a pack is a folder NAME/VERSION with a pack.toml",
            code="KNO001",
        )
    open_packs(folders)  # releases of a terminology, beside the tables
    for name in shelf.names():
        pack = shelf.pack(name)
        rows = check_citations(pack)
        write_out([f"{pack.manifest.reference}\tintact\t{rows} rows, each cited\n".encode()], None)
