"""garrod population: what a change means for everybody."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from garrod.core.errors import UsageError
from garrod.entry.cli import options
from garrod.entry.cli.options import Out, Policy
from garrod.entry.cli.output import say, write_out
from garrod.entry.cli.pack_options import Site
from garrod.entry.cli.where import Data, Database

app = typer.Typer(help="Everybody at once: reanalyse.", no_args_is_help=True)
EXAMPLE = (
    "Example: garrod population reanalyse --from policy-england --to policy-netherlands "
    "--people world"
)


@app.callback()
def _root() -> None:
    """Keep the command's name, even while it stands alone."""


@app.command("reanalyse", epilog=EXAMPLE)
def reanalyse(
    before: Annotated[
        str, typer.Option("--from", help="A pack in force, NAME@VERSION, a folder, or a nation.")
    ],
    after: Annotated[str, typer.Option("--to", help="The same: what is to be in force.")],
    people: Annotated[
        Path | None,
        typer.Option("--people", help="A folder of NDJSON, as garrod world writes it."),
    ] = None,
    database: Database = "",
    data: Data = "",
    tasks: Annotated[
        bool, typer.Option("--tasks", help="Raise an owned task in the record for each person.")
    ] = False,
    day: Annotated[
        str, typer.Option("--on", metavar="YYYY-MM-DD", help="The day of the decision; else today.")
    ] = "",
    workers: Annotated[
        int, typer.Option("--workers", min=0, max=64, help="How many processes; else one a core.")
    ] = 0,
    policy: Policy = "england",
    site: Site = None,
    format: Annotated[
        str, typer.Option("--format", help="json (a line a person) or text.")
    ] = "json",
    output: Out = None,
) -> None:
    """Find everybody whose advice differs between two packs or policies (no names)."""
    from garrod.entry.cli.population_folder import of_folder
    from garrod.entry.cli.population_record import Kept, of_record
    from garrod.entry.judging import Wish

    if bool(people) == bool(database or data):
        raise UsageError("name either --people FOLDER, or --data DIR or --database URL")
    shape = options.format_of(format, ("json", "text"))
    wish = Wish(before, after, site, options.policy_of(policy), day_of(day))
    count = workers or os.cpu_count() or 1
    if tasks and people:
        raise UsageError("--tasks writes to the record: it needs --data or --database")
    kept = Kept(database, tasks, data)
    found = of_folder(people, wish, count) if people else of_record(kept, wish, count)
    tally: Counter[str] = Counter()
    lines = _counted(found, tally)
    write_out(lines if shape == "json" else _text(lines), output)
    say(f"{tally['people']:,} people affected, {tally['lost']:,} of them lose a hard stop")


def day_of(value: str) -> date:
    """Return the day that an option names; today where it names none.  Raises: UsageError."""
    from garrod.entry.wire import today

    try:
        return date.fromisoformat(value) if value else today()
    except ValueError as error:
        raise UsageError(f"--on {value!r} is no day: write YYYY-MM-DD") from error


def _counted(lines: Iterable[bytes], tally: Counter[str]) -> Iterator[bytes]:
    for line in lines:
        tally["people"] += 1
        tally["lost"] += b'"loses_hard_stop":true,"changes"' in line
        yield line


def _text(lines: Iterable[bytes]) -> Iterator[bytes]:
    import orjson

    for line in lines:
        told = orjson.loads(line)
        for change in told["changes"]:
            lost = "  LOSES A HARD STOP" if change["loses_hard_stop"] else ""
            differs = ", ".join(change["differs"])
            yield f"{told['person']}\t{change['medicine']}\t{differs}{lost}\n".encode()
