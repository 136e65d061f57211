"""garrod card: check a person's card without a server and without a network."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from garrod.core.errors import InputError
from garrod.entry.cli.output import say

app = typer.Typer(help="The card that a person carries: check, key.", no_args_is_help=True)
CHECK = "Example: garrod card check card.txt --key card.pub"
KEY = "Example: garrod card key > card.pub"


@app.command("check", epilog=CHECK)
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What was scanned; - for stdin.")],
    key: Annotated[Path, typer.Option("--key", metavar="FILE", help="The public key.")],
) -> None:
    """Say what a card says, if it is as it was signed (JSON, one line)."""
    import msgspec

    from garrod.entry.wallet import checked, public_of

    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
        public = key.read_text(encoding="ascii")
    except (OSError, ValueError) as error:
        raise InputError("the card or the key cannot be read.", code="CRD005") from error
    found = checked(text, public_of(public))
    say(f"as it was signed, by the key {found.key}")
    typer.echo(msgspec.json.encode(found.facts).decode())


@app.command("key", epilog=KEY)
def key(
    data: Annotated[
        str, typer.Option("--data", metavar="DIR", help="Where data is kept; else GARROD_DATA.")
    ] = "",
) -> None:
    """Print the public key of this server's cards, to hand on."""
    from garrod.entry.housing import folder_of
    from garrod.entry.wallet import card_key, public_text

    typer.echo(public_text(card_key(folder_of(data))))
