"""The command line: one file a command. stdout is data, stderr is talk; never a traceback."""

from __future__ import annotations

import os
import signal
import sys

import typer

from garrod import __version__
from garrod.core.errors import GarrodError, InternalFault
from garrod.entry.cli import (
    advise,
    audit,
    audit_review,
    card,
    conformance,
    demo,
    genome,
    medication_review,
    packs,
    policy,
    population,
    record,
    release,
    serve,
    world,
)

OWN = "garrod"  # the first part of our own modules
app = typer.Typer(
    name="garrod",
    help="Personalised medicine at the moment of a decision. Not a medical device.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
audit.app.command("review", epilog=audit_review.EXAMPLE)(audit_review.review)
app.add_typer(audit.app, name="audit")
app.add_typer(card.app, name="card")
app.add_typer(conformance.app, name="conformance")
app.add_typer(genome.app, name="genome")
app.add_typer(packs.app, name="packs")
app.add_typer(policy.app, name="policy")
app.add_typer(population.app, name="population")
app.add_typer(record.app, name="record")
app.add_typer(release.app, name="release")
app.command("advise", epilog=advise.EXAMPLE)(advise.advise)
app.command("demo", epilog=demo.EXAMPLE)(demo.demo)
app.command("medication-review", epilog=medication_review.EXAMPLE)(
    medication_review.medication_review
)
app.command("serve", epilog=serve.EXAMPLE)(serve.serve)
app.command("world", epilog=world.EXAMPLE)(world.world)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"garrod {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and exit."
    ),
    packs_of_site: str = typer.Option(
        "", "--packs", metavar="DIR", help="The site's own packs; else GARROD_PACKS."
    ),
    debug: bool = typer.Option(False, "--debug", help="Show a traceback when something fails."),
) -> None:
    """Options for every command."""
    if packs_of_site:
        os.environ["GARROD_PACKS"] = packs_of_site
    if debug:
        os.environ["GARROD_DEBUG"] = "1"


def main() -> None:
    """Run a command; translate every fault to its exit code and one line on stderr."""
    signal.signal(signal.SIGTERM, _ended)
    try:
        app()
    except GarrodError as error:
        _fail(error)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if os.environ.get("GARROD_DEBUG"):
            raise
        _fail(_fault(error))


def _fault(error: Exception) -> InternalFault:
    """Return what to tell of something unforeseen."""
    if isinstance(error, ModuleNotFoundError) and error.name and not error.name.startswith(OWN):
        return InternalFault(
            f"the library {error.name} is not installed here: this environment is older than "
            "Garrod. Install what pyproject.toml names (in a checkout: make setup).",
            code="GAR002",
        )
    return InternalFault(
        f"something went wrong here ({type(error).__name__}); "
        "run again with --debug and send us what it prints"
    )


def _ended(number: int, _frame: object) -> None:
    """End as on Ctrl-C, so that a half-written file is taken away."""
    sys.exit(128 + number)


def _fail(error: GarrodError) -> None:
    if os.environ.get("GARROD_DEBUG"):
        raise error
    one_line = " ".join(error.message.split())
    sys.stderr.write(f"GARROD-{error.code}: {one_line}\n")
    sys.exit(error.exit_code)
