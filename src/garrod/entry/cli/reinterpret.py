"""garrod genome reinterpret: call stored facts again with the packs now in force."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from garrod.entry.cli import options
from garrod.entry.cli.options import Out
from garrod.entry.cli.output import write_out

Facts = Annotated[list[Path], typer.Argument(help="Files that `garrod genome call --facts` wrote.")]
Packs = Annotated[
    Path | None,
    typer.Option("--packs", help="A folder of packs that add to, or replace, the shipped ones."),
]


def reinterpret(
    facts: Facts,
    packs: Packs = None,
    format: Annotated[str, typer.Option("--format", help="json or tsv.")] = "json",
    output: Out = None,
) -> None:
    """List, gene by gene, what the packs now in force make of stored calls, and why."""
    import garrod.packs as shipped
    from garrod.adapters.facts.changes import changes_json, changes_tsv
    from garrod.adapters.packs.load import load_shelf
    from garrod.entry.facts import reinterpreted
    from garrod.entry.wire import Services, Settings

    writer = {"json": changes_json, "tsv": changes_tsv}[options.format_of(format, ("json", "tsv"))]

    def make(settings: Settings) -> Services:
        services = Services(settings)
        if packs is not None:
            services.shelf = load_shelf([Path(shipped.__path__[0]), packs])
        return services

    write_out(writer(reinterpreted(facts, make)), output)
