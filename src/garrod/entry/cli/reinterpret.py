"""garrod genome reinterpret: call stored facts again with the packs now in force."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from garrod.core.errors import KnowledgeError
from garrod.entry.cli import options
from garrod.entry.cli.options import Out
from garrod.entry.cli.output import write_out
from garrod.entry.cli.pack_options import Site

Facts = Annotated[list[Path], typer.Argument(help="Files that `garrod genome call --facts` wrote.")]
Candidate = Annotated[
    Path | None,
    typer.Option("--with", help="A folder of packs to try, whether or not they are in force."),
]


def reinterpret(
    facts: Facts,
    site: Site = None,
    candidate: Candidate = None,
    format: Annotated[str, typer.Option("--format", help="json or tsv.")] = "json",
    output: Out = None,
) -> None:
    """List, gene by gene, what the packs now in force make of stored calls, and why."""
    from garrod.adapters.facts.changes import changes_json, changes_tsv
    from garrod.adapters.packs.load import newest
    from garrod.adapters.packs.site import folders_in_force, shelf_of
    from garrod.entry.facts import reinterpreted
    from garrod.entry.wire import Services, Settings

    writer = {"json": changes_json, "tsv": changes_tsv}[options.format_of(format, ("json", "tsv"))]

    tried = newest([candidate]) if candidate else {}
    if candidate and not tried:
        raise KnowledgeError(
            f"{candidate}: holds no pack; a pack is a folder NAME/VERSION with a pack.toml",
            code="KNO001",
        )
    shelf = shelf_of({**folders_in_force(site), **tried})

    def make(settings: Settings) -> Services:
        return Services(settings, shelf)

    write_out(writer(reinterpreted(facts, make)), output)
