"""garrod record: what others hold goes in, what the record holds comes out, and is it intact?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from garrod.entry.cli.output import say
from garrod.entry.cli.where import Data, Database

if TYPE_CHECKING:
    from garrod.adapters.fhir.rest.checked import CheckedCodec
    from garrod.care.govern.audit_check import Checked
    from garrod.care.record.service import Record
    from garrod.entry.housing import Housing

T = TypeVar("T")
app = typer.Typer(
    help="The record: import, export, verify, relabel, backup, restore.",
    no_args_is_help=True,
)
IMPORT = "Example: garrod record import messages/ patients.ndjson.gz --data record"
EXPORT = "Example: garrod record export --type MedicationRequest --data record -o out"
BACKUP = "Example: garrod record backup record.backup --data record"
RESTORE = "Example: garrod record restore record.backup --data again"
RELABEL = "Example: garrod record relabel --check --data record"
VERIFY = "Example: garrod record verify --data record"


@app.command("import", epilog=IMPORT)
def import_(
    paths: Annotated[
        list[Path],
        typer.Argument(
            help="Files or folders: FHIR as JSON, XML or NDJSON, HL7 v2 results, each also as .gz."
        ),
    ],
    database: Database = "",
    data: Data = "",
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse what is otherwise borne with a warning.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check only; store nothing.")] = False,
    keep_going: Annotated[
        bool, typer.Option("--keep-going/--stop", help="Go on after a refusal, or stop there.")
    ] = True,
) -> None:
    """Store resources, Bundles and messages. Each Bundle is stored whole or not at all."""
    from garrod.entry.cli.record_intake import Wish, taken_in

    wish = Wish(tuple(paths), is_strict=strict, is_dry=dry_run, goes_on=keep_going)
    if dry_run:
        refused = with_codec(lambda codec: taken_in(None, codec, wish), strict=strict)
    else:
        refused = with_record(
            database,
            data,
            lambda record, codec: taken_in(record, codec, wish),
            "import",
            strict=strict,
        )
    if refused:
        raise typer.Exit(10)


@app.command("export", epilog=EXPORT)
def export(
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder to write.")],
    kinds: Annotated[
        list[str] | None, typer.Option("--type", help="A type of resource; may be repeated.")
    ] = None,
    patients: Annotated[
        list[str] | None,
        typer.Option("--patient", help="The logical id of a person; may be repeated."),
    ] = None,
    database: Database = "",
    data: Data = "",
) -> None:
    """Write the newest versions as NDJSON, a file a type: the bytes received, with id and meta."""
    from garrod.entry.cli.record_out import Wanted, given_out

    wanted = Wanted(output, tuple(kinds or ()), tuple(patients or ()))
    counts = with_record(
        database, data, lambda record, codec: given_out(record, codec, wanted), "export"
    )
    told = ", ".join(f"{kind} {count:,}" for kind, count in counts.items())
    say(f"{sum(counts.values()):,} resources written to {output}" + (f": {told}" if told else ""))


@app.command("verify", epilog=VERIFY)
def verify(
    database: Database = "",
    data: Data = "",
    rebuild_search: Annotated[
        bool,
        typer.Option("--rebuild-search", help="Make wrong search rows anew from proved bytes."),
    ] = False,
    base: Annotated[
        str,
        typer.Option("--base", metavar="URL", help="The server's own address; else GARROD_BASE."),
    ] = "",
    whole: Annotated[
        bool,
        typer.Option("--values", help="Write values out: names and numbers of people among them."),
    ] = False,
) -> None:
    """Prove bytes by their hash, search rows by the bytes, lists by their lines, and the outbox."""
    from garrod.entry.cli.record_proof import proved

    proof = with_record(
        database,
        data,
        lambda record, codec: proved(record, codec, mend=rebuild_search, whole=whole),
        "verify",
        base=base,
    )
    if (fault := proof.fault()) is not None:
        raise fault
    mended = f" now; {proof.mended:,} search rows were made anew" if proof.mended else ""
    say(f"what is stored is intact{mended}.")


@app.command("relabel", epilog=RELABEL)
def relabel(
    database: Database = "",
    data: Data = "",
    check: Annotated[
        bool, typer.Option("--check", help="Only find what is stale; change nothing.")
    ] = False,
) -> None:
    """Bring security labels up to the packs in force, so that searches find by them."""
    from garrod.entry.cli.record_labels import relabelled

    stale = with_record(
        database, data, lambda record, codec: relabelled(record, codec, mend=not check), "relabel"
    )
    if (fault := stale.fault(is_checked=check)) is not None:
        raise fault
    say(stale.words())


@app.command("backup", epilog=BACKUP)
def backup(
    file: Annotated[Path, typer.Argument(help="The backup to write.")],
    database: Database = "",
    data: Data = "",
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write the record to FILE and its audit log to FILE.audit, while others read and write."""
    import os

    from garrod.entry.audit_opening import place_of
    from garrod.entry.cli.record_copies import beside, written

    def write(housing: Housing) -> Awaitable[Checked]:
        place = place_of(housing.folder, os.environ)
        return written(housing, place, file, force=force)

    found = with_housing(database, data, write, "backup")
    say(f"the record was written to {file}, and its audit log, of {found.entries:,} entries, to")
    say(f"{beside(file)}: keep both where nobody else reads them, and audit.key in another place.")


@app.command("restore", epilog=RESTORE)
def restore(
    file: Annotated[Path, typer.Argument(help="A backup.")],
    database: Database = "",
    data: Data = "",
    force: Annotated[
        bool,
        typer.Option("--force", help="Replace a record that is there; a log is put aside, whole."),
    ] = False,
) -> None:
    """Make the record and its audit log those of a backup. End the server before."""
    import asyncio
    import os

    from garrod.entry.audit_opening import place_of
    from garrod.entry.cli.record_copies import brought_back
    from garrod.entry.housing import housing_of

    housing = housing_of(data=data, database=database)
    place = place_of(housing.folder, os.environ)
    asyncio.run(brought_back(housing, place, file, force=force))
    say(f"the record of {file} was put in place; garrod record verify proves it.")


def with_record(
    database: str,
    data: str,
    act: Callable[[Record, CheckedCodec], Awaitable[T]],
    deed: str,
    *,
    strict: bool = True,
    base: str = "",
    command: str = "",
) -> T:
    """Return what an act makes of the opened record; the audit says what was done, and by whom.

    `command` is what was called, where it is not `record` and the deed.
    Raises: InputError, OutsideError.
    """
    from garrod.entry.housing import opened_record

    async def opened(housing: Housing) -> T:
        codec = codec_of(strict=strict, base=base)
        async with opened_record(housing, codec) as record:
            return await act(record, codec)

    return with_housing(database, data, opened, deed, command=command)


def with_housing(
    database: str,
    data: str,
    act: Callable[[Housing], Awaitable[T]],
    deed: str,
    *,
    command: str = "",
) -> T:
    """Return what an act makes of where data is kept; the audit says what was done, and by whom.

    Raises: InputError, OutsideError.
    """
    import asyncio

    from garrod.entry.audit_opening import audited_task
    from garrod.entry.housing import clock, housing_of

    async def audited() -> T:
        housing = housing_of(data=data, database=database)
        route = f"garrod {command or f'record {deed}'}"
        async with audited_task(housing.folder, clock, deed, route):
            return await act(housing)

    return asyncio.run(audited())


def codec_of(*, strict: bool, base: str = "") -> CheckedCodec:
    """Return the codec of the packs in force, which looks codes up where a release is loaded."""
    import os

    from garrod.adapters.fhir.rest.checked import CheckedCodec
    from garrod.entry.housing import clock
    from garrod.entry.terms import check_codes, terminology_in
    from garrod.entry.wire import Services

    services, base = Services(), base or os.environ.get("GARROD_BASE", "")
    codec = CheckedCodec(services.shelf, base, is_strict=strict, clock=clock)
    check_codes(codec, services, terminology_in(services))
    return codec


def with_codec(act: Callable[[CheckedCodec], Awaitable[T]], *, strict: bool) -> T:
    """Return what an act makes of the codec alone: nothing is opened, nothing stored."""
    import asyncio

    async def run() -> T:
        return await act(codec_of(strict=strict))

    return asyncio.run(run())
