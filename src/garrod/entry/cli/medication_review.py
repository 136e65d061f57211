"""garrod medication-review: a person's whole list, each problem once, by what to do about it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from garrod.entry.cli import options
from garrod.entry.cli.options import Build, OneSample, Out, Outside, Policy, Population, Prior
from garrod.entry.cli.output import write_out

EXAMPLE = "Example: garrod medication-review --person person.json --format text"


def medication_review(
    person: Annotated[Path, typer.Option("--person", help="A FHIR R4 Bundle of one person.")],
    genome: Annotated[
        Path | None, typer.Option("--genome", help="The person's VCF, gVCF or BCF.")
    ] = None,
    sample: OneSample = None,
    outside: Outside = None,
    assembly: Build = "auto",
    population: Population = "pooled",
    prior: Prior = "population",
    policy: Policy = "england",
    format: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
    output: Out = None,
) -> None:
    """Review everything that a person takes: what to stop, change, start, check and ask."""
    import orjson

    from garrod.adapters.fhir.person import read_person
    from garrod.adapters.report.review_text import review_text
    from garrod.care.decide.review import review
    from garrod.entry.cli.persons import Genome, understood
    from garrod.entry.wire import Services, Settings, today

    shape = options.format_of(format, ("text", "json"))
    services = Services(Settings(is_flat=options.is_flat(prior), policy=options.policy_of(policy)))
    build, told = options.assembly_of(assembly), options.population_of(population)
    read = read_person(person)
    file = Genome(genome, sample, build, told, outside or ()) if genome else None
    known = understood(services, read, file, outside=outside, sample=sample)
    found = review(services.knowledge, known, today=today())
    if shape == "json":
        write_out([orjson.dumps(found.as_json(), option=orjson.OPT_INDENT_2), b"\n"], output)
    else:
        write_out([review_text(found, known).encode()], output)
