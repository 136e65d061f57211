"""garrod policy: who may do what with whose data, and who gains or loses by a change of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from garrod.entry.cli import options
from garrod.entry.cli.options import Out
from garrod.entry.cli.output import say, write_out

if TYPE_CHECKING:
    from garrod.adapters.policy.load import Loaded
    from garrod.adapters.policy.table import Change

app = typer.Typer(
    help="The access policy: show it; say who gains and who loses by another.",
    no_args_is_help=True,
)
SHIPPED = "shipped"
HEAD = ("change", "role", "deed", "kind", "relation", "purpose", "label", "consent", "because")
Place = Annotated[str, typer.Argument(help="A policy's folder, or the word shipped.")]


@app.command("show", epilog="Example: garrod policy show")
def show(policy: Place = SHIPPED) -> None:
    """Show a policy's version, its roles, classes and switches, and its rules."""
    found = _loaded(policy)
    terms = found.terms
    told = [
        f"{terms.reference}\tsha256 {terms.sha256}",
        f"roles\t{', '.join(terms.roles)}",
        f"purposes\t{', '.join(dict.fromkeys(terms.purposes.values()))}, other",
        f"kinds\t{', '.join(dict.fromkeys(terms.kinds.values()))}, other",
        f"hidden hard stops\t{'pointed to' if terms.warns_of_hidden else 'not spoken of'}",
        *(f"rule\t{rule}" for rule in found.engine.rules),
    ]
    write_out(["".join(f"{line}\n" for line in told).encode()], None)


@app.command("diff", epilog="Example: garrod policy diff shipped policies/next")
def diff(
    before: Place,
    after: Place,
    format: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
    output: Out = None,
) -> None:
    """Say which roles gain and lose access, asking both policies every question that there is."""
    from garrod.adapters.policy.table import changes

    shape = options.format_of(format, ("text", "json"))
    sides = (_loaded(before), _loaded(after))
    say(f"{sides[0].terms.reference} -> {sides[1].terms.reference}")
    found = list(changes(*sides))
    gains = sum(change.is_gain for change in found)
    say(f"{gains:,} gained, {len(found) - gains:,} lost")
    write_out(_json(found) if shape == "json" else _lines(found), output)


def _loaded(named: str) -> Loaded:
    from garrod.adapters.policy.load import load

    return load(None if named == SHIPPED else Path(named))


def _cells(change: Change) -> tuple[str, ...]:
    asked = change.question
    said = "gains" if change.is_gain else "loses"
    return (said, *asked[:5], asked.label or "any", asked.consent, "; ".join(change.because))


def _lines(found: list[Change]) -> Iterator[bytes]:
    for cells in (HEAD, *(_cells(change) for change in found)):
        yield ("\t".join(cells) + "\n").encode()


def _json(found: list[Change]) -> list[bytes]:
    import orjson

    rows = [dict(zip(HEAD, _cells(change), strict=True)) for change in found]
    return [orjson.dumps({"changes": rows}, option=orjson.OPT_INDENT_2), b"\n"]
