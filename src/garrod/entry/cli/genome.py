"""garrod genome call | report: from a variant file to findings, and to a report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from garrod.entry.cli import options
from garrod.entry.cli.options import (
    Build,
    CalledAt,
    MinDp,
    MinGq,
    Out,
    Outside,
    Policy,
    Population,
    Preferences,
    Prior,
    Samples,
    Sex,
    Vcf,
)
from garrod.entry.cli.output import warn_of, warn_of_unused, write_out
from garrod.entry.cli.reinterpret import reinterpret

if TYPE_CHECKING:
    from garrod.adapters.report.model import Report
    from garrod.core.person import Person

app = typer.Typer(help="Read a genome: call pharmacogenes, write a report.", no_args_is_help=True)

People = Annotated[
    Path | None, typer.Option("--people", help="TSV with columns sample, sex, population.")
]


@app.command("call", epilog="Example: garrod genome call person.vcf.gz --sex female --format tsv")
def call(
    vcf: Vcf,
    sample: Samples = None,
    outside: Outside = None,
    assembly: Build = "auto",
    sex: Sex = "",
    people: People = None,
    population: Population = "pooled",
    prior: Prior = "population",
    min_gq: MinGq = 20,
    min_dp: MinDp = 8,
    called_at: CalledAt = 0.95,
    preferences: Preferences = None,
    facts: Annotated[
        Path | None,
        typer.Option("--facts", help="Keep what the file says of the genes here (.json.gz)."),
    ] = None,
    format: Annotated[str, typer.Option("--format", help="json or tsv.")] = "json",
    output: Out = None,
) -> None:
    """Call every pharmacogene of every sample, each diplotype with its probability."""
    from garrod.adapters.report.calls import calls_json, calls_tsv
    from garrod.entry.facts import kept_from, recording
    from garrod.entry.wire import Services, Settings

    writer = {"json": calls_json, "tsv": calls_tsv}[options.format_of(format, ("json", "tsv"))]
    settings = Settings(options.is_flat(prior), called_at, min_gq, min_dp, prefer=preferences)
    services = Services(settings)
    build, told_sex = options.assembly_of(assembly), options.sex_of(sex)
    told_population = options.population_of(population)
    kept = kept_from(services, vcf, facts)
    keeper = kept.keeper if kept else None
    table = services.read(vcf, samples=sample or (), assembly=build, keeper=keeper)
    subjects = options.subjects_of(table.samples, people, sex=told_sex, population=told_population)
    warn_of(table.warnings, table.spoiled)
    found = services.call(table, subjects, outside or ())
    warn_of_unused(services.unused)
    with recording(services, kept, subjects, outside or ()) as recorded:
        write_out(writer(recorded(found)), output)


@app.command("report", epilog="Example: garrod genome report person.vcf.gz --medicines list.txt")
def report(
    vcf: Vcf,
    medicines: Annotated[
        Path | None,
        typer.Option("--medicines", help="A text file, one medicine a line; or a FHIR Bundle."),
    ] = None,
    sample: Annotated[str | None, typer.Option("--sample", help="Sample to report.")] = None,
    outside: Outside = None,
    assembly: Build = "auto",
    sex: Sex = "",
    population: Population = "pooled",
    prior: Prior = "population",
    format: Annotated[str, typer.Option("--format", help="html, json, fhir or pdf.")] = "html",
    policy: Policy = "england",
    output: Out = None,
) -> None:
    """Write one person's report: what matters for the medicines taken, then the rest."""
    from garrod.entry.cli.persons import Genome, person_from, with_genome
    from garrod.entry.reporting import report_of
    from garrod.entry.wire import Services, Settings

    shape = options.format_of(format, ("html", "json", "fhir", "pdf"))
    settings = Settings(is_flat=options.is_flat(prior), policy=options.policy_of(policy))
    services = Services(settings)
    build, told = options.assembly_of(assembly), options.population_of(population)
    read = person_from(medicines, sex=options.sex_of(sex))
    genome = Genome(vcf, sample, build, told, outside or ())
    person, table = with_genome(services, read, genome)
    write_out([_written(shape, report_of(services, person, table), person)], output)


def _written(shape: str, made: Report, person: Person) -> bytes:
    """Return the report in one format; each is loaded when it is asked for."""
    if shape == "fhir":
        from garrod.adapters.report.fhir import render_fhir

        return render_fhir(made, person)
    if shape == "pdf":
        from garrod.adapters.report.pdf import render_pdf

        return render_pdf(made)
    if shape == "json":
        from garrod.adapters.report.json import render_json

        return render_json(made)
    from garrod.adapters.report.html import render_html

    return render_html(made).encode()


app.command("reinterpret", epilog="Example: garrod genome reinterpret person.facts.json.gz")(
    reinterpret
)
