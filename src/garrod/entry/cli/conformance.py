"""garrod conformance: what the server's own rules make of cases from outside."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Try the rules on cases from outside: consent.", no_args_is_help=True)
CONSENT = "Example: garrod conformance consent cases.json --format json"


@app.callback()
def _group() -> None:
    """Keep the group, though it has one command yet."""


@app.command("consent", epilog=CONSENT)
def consent(
    file: Annotated[
        Path,
        typer.Argument(
            help='JSON: {"resources": [Consent, Observation, Group ...], "requests": [{"id", '
            '"consent", "resource", "requester", "purpose", "at"}]}.'
        ),
    ],
    format: Annotated[str, typer.Option("--format", help="json or text.")] = "json",
) -> None:
    """Decide each request by the consent that it names, with the code that guards the record."""
    import orjson

    from garrod.adapters.fhir.consents_trial import decide_all
    from garrod.care.govern.labels import Labels
    from garrod.core.errors import InputError
    from garrod.entry.cli.options import format_of
    from garrod.entry.cli.output import write_out
    from garrod.entry.wire import Services

    chosen = format_of(format, ("json", "text"))
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InputError(
            f"{file}: cannot be read ({error.strerror}); check the path", code="INP030"
        ) from error
    try:
        decisions = decide_all(content, Labels(Services().shelf))
    except InputError as error:
        raise InputError(f"{file}: {error.message}", code=error.code) from error
    if chosen == "json":
        written = orjson.dumps({"decisions": [d.as_json() for d in decisions]})
        write_out([written, b"\n"], None)
        return
    lines = (
        f"{d.id}: {'permit' if d.is_permitted else 'deny'}, because {'; '.join(d.because)}\n"
        for d in decisions
    )
    write_out((line.encode() for line in lines), None)
