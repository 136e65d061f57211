"""garrod release: what may be told, and given, about people for research and planning."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import orjson
import typer

from garrod.entry.cli.options import Out
from garrod.entry.cli.output import say, write_out
from garrod.entry.cli.where import Data, Database

app = typer.Typer(
    help="Numbers and pseudonymous records for research and planning, and the register of them.",
    no_args_is_help=True,
)
COUNTS = (
    "Example: garrod release counts world --by sex,age-band --where 'age<65' "
    "--analyst Practitioner/ann --project asthma --basis section-251 --data record"
)
PSEUDONYMISE = (
    "Example: garrod release pseudonymise world -o out --project asthma "
    "--analyst Practitioner/ann --basis section-251 --data record"
)
ANONYMITY = "Example: garrod release anonymity out --known sex,birth-year,ethnicity"
BUDGET = (
    "Example: garrod release budget --analyst Practitioner/ann --data-set world --epsilon 2 "
    "--data record"
)
REGISTER = "Example: garrod release register --format md --data record -o register.md"
PERSON = "Example: garrod release person w0 --data record -o copy"
Inputs = Annotated[
    list[Path], typer.Argument(metavar="IN...", help="FHIR NDJSON: files, or folders of them.")
]
Analyst = Annotated[str, typer.Option("--analyst", help="Who asks: Practitioner/ID.")]
ProjectName = Annotated[str, typer.Option("--project", help="The project it is for.")]
PurposeCode = Annotated[
    str, typer.Option("--purpose", help="Why: a code of v3-PurposeOfUse, HRESCH or below, or plan.")
]
BasisCode = Annotated[
    str, typer.Option("--basis", help="The legal basis: consent, section-251 or public-task.")
]
DataSet = Annotated[
    str, typer.Option("--data-set", metavar="NAME", help="What the data set is called.")
]
On = Annotated[str, typer.Option("--on", metavar="DATE", help="The day ages are of; else today.")]


@app.command("counts", epilog=COUNTS)
def counts(
    inputs: Inputs,
    by: Annotated[
        str, typer.Option("--by", help="sex, age-band, deprivation, ethnicity: one, or two.")
    ],
    analyst: Analyst,
    project: ProjectName,
    basis: BasisCode,
    where: Annotated[
        list[str] | None,
        typer.Option("--where", help="age<65, sex=female, has=CODE; repeatable."),
    ] = None,
    noise: Annotated[
        str, typer.Option("--noise", metavar="EPSILON", help="Noise in place of hiding.")
    ] = "",
    purpose: PurposeCode = "HRESCH",
    data_set: DataSet = "",
    on: On = "",
    output: Out = None,
    data: Data = "",
) -> None:
    """Count people: 7 and fewer hidden, others rounded; or with noise, from a budget."""
    from garrod.entry.cli.release_counting import Wish, counted_for
    from garrod.entry.cli.release_opening import Who

    who = Who(analyst, project, purpose, basis, data_set)
    told = counted_for(who, Wish(tuple(inputs), by, tuple(where or ()), noise, on), data)
    write_out([orjson.dumps(told, option=orjson.OPT_INDENT_2), b"\n"], output)


@app.command("pseudonymise", epilog=PSEUDONYMISE)
def pseudonymise(
    inputs: Inputs,
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder to write.")],
    project: ProjectName,
    analyst: Analyst,
    basis: BasisCode,
    purpose: PurposeCode = "HRESCH",
    data_set: DataSet = "",
    days: Annotated[
        int, typer.Option("--days", help="Dates are moved by so many days at most, a person alike.")
    ] = 180,
    data: Data = "",
) -> None:
    """Write records with pseudonyms and moved dates; what is not on the list does not leave."""
    from garrod.entry.cli.release_opening import Who
    from garrod.entry.cli.release_pseudonyms import pseudonymised

    who = Who(analyst, project, purpose, basis, data_set)
    told = pseudonymised(who, tuple(inputs), output, days=days, data=data)
    write_out([orjson.dumps(told, option=orjson.OPT_INDENT_2), b"\n"], None)


@app.command("anonymity", epilog=ANONYMITY)
def anonymity(
    inputs: Inputs,
    known: Annotated[
        str, typer.Option("--known", help="What others may know: sex, birth-year, ethnicity …")
    ] = "sex,birth-year,ethnicity,deprivation",
    sensitive: Annotated[
        str, typer.Option("--sensitive", help="What must not be learnt: condition or medicine.")
    ] = "condition",
    least: Annotated[int, typer.Option("--k", min=1, help="How many are to be alike.")] = 8,
    output: Out = None,
) -> None:
    """Report how many people are alike: k, l, and the worst cells. For those who release, alone."""
    from garrod.entry.cli.release_anonymity import report_of

    told = report_of(tuple(inputs), known, sensitive, least=least)
    write_out([orjson.dumps(told, option=orjson.OPT_INDENT_2), b"\n"], output)


@app.command("budget", epilog=BUDGET)
def budget(
    analyst: Analyst,
    data_set: DataSet,
    epsilon: Annotated[
        str, typer.Option("--epsilon", help="What may be spent from now on, all in all.")
    ] = "",
    data: Data = "",
) -> None:
    """Show, or set, what an analyst may spend on a data set by noise."""
    from garrod.entry.cli.release_opening import budget_of

    told = budget_of(analyst, data_set, epsilon, data)
    write_out([orjson.dumps(told), b"\n"], None)


@app.command("register", epilog=REGISTER)
def register(
    format: Annotated[str, typer.Option("--format", help="md or json.")] = "md",
    check: Annotated[
        str, typer.Option("--check", metavar="FILE", help="Is FILE this register, unchanged?")
    ] = "",
    output: Out = None,
    data: Data = "",
) -> None:
    """Write the register of data uses; or compare one, and the audit log, with the ledger."""
    from garrod.entry.cli.release_register import checked, register_as

    if not check:
        write_out([register_as(format, data)], output)
        return
    if faults := checked(Path(check), data):
        write_out([f"{fault}\n".encode() for fault in faults], output)
        raise typer.Exit(10)
    say("the register is that of the ledger, and the ledger that of the audit log")


@app.command("person", epilog=PERSON)
def person(
    id: Annotated[str, typer.Argument(help="The logical id of a person.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder to write.")],
    database: Database = "",
    data: Data = "",
) -> None:
    """Write all that is held of a person, and who looked at it when (UK GDPR, Article 15)."""
    from garrod.entry.cli.release_person import copied

    told = copied(id, output, database=database, data=data)
    write_out([orjson.dumps(told, option=orjson.OPT_INDENT_2), b"\n"], None)
