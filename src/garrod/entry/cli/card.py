"""garrod card: check a person's card without a server and without a network."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from garrod.core.errors import InputError
from garrod.entry.cli.output import say
from garrod.entry.cli.where import Data

app = typer.Typer(help="The card that a person carries: check, key, rotate.", no_args_is_help=True)
CHECK = "Example: garrod card check card.txt --key card.pub"
KEY = "Example: garrod card key > card.pub"
ROTATE = "Example: garrod card rotate"


@app.command("check", epilog=CHECK)
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What was scanned; - for stdin.")],
    key: Annotated[Path, typer.Option("--key", metavar="FILE", help="The public keys.")],
) -> None:
    """Say what a card says and of which day, if it is as it was signed (JSON, one line)."""
    import msgspec

    from garrod.entry.housing import clock
    from garrod.entry.wallet import checked
    from garrod.entry.wallet_keys import publics_of

    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
        public = key.read_text(encoding="ascii")
    except (OSError, ValueError) as error:
        raise InputError("the card or the key cannot be read.", code="CRD005") from error
    found = checked(text, *publics_of(public))
    facts, older = found.facts, ", which signs no more" if found.is_former else ""
    say(f"as it was signed, by the key {found.key}{older}")
    say(f"it says what was on record on {facts.made}, and is good until {facts.until}")
    typer.echo(msgspec.json.encode(facts).decode())
    if facts.is_past(clock().date()):
        raise InputError(
            f"this card is too old: it was good until {facts.until}. Ask for a new one.",
            code="CRD006",
        )


@app.command("key", epilog=KEY)
def key(data: Data = "") -> None:
    """Print the public keys of this server's cards to hand on, that in force first."""
    from garrod.entry.housing import folder_of
    from garrod.entry.wallet_keys import publics_text, ring_of

    typer.echo(publics_text(ring_of(folder_of(data)).publics), nl=False)


@app.command("rotate", epilog=ROTATE)
def rotate(
    data: Data = "",
    *,
    is_lost: Annotated[
        bool, typer.Option("--lost", help="Others may have the key: no older card is good now.")
    ] = False,
) -> None:
    """Sign cards with a new key from now on, and print the public keys; older cards stay good."""
    from garrod.entry.housing import folder_of
    from garrod.entry.wallet_keys import publics_text, rotated

    ring = rotated(folder_of(data), is_lost=is_lost)
    say(f"cards are signed by the key {ring.key.id} from now on: hand these public keys on")
    typer.echo(publics_text(ring.publics), nl=False)
