"""garrod advise: what should change a decision about a person's medicines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from garrod.entry.cli import options
from garrod.entry.cli.options import Build, OneSample, Out, Outside, Policy, Population, Prior
from garrod.entry.cli.output import write_out

EXAMPLE = "Example: garrod advise --person person.json --genome person.vcf.gz --order order.json"


def advise(
    person: Annotated[Path, typer.Option("--person", help="A FHIR R4 Bundle of one person.")],
    genome: Annotated[
        Path | None, typer.Option("--genome", help="The person's VCF, gVCF or BCF.")
    ] = None,
    order: Annotated[
        Path | None,
        typer.Option("--order", help="A draft MedicationRequest; left out, all are reviewed."),
    ] = None,
    sample: OneSample = None,
    outside: Outside = None,
    assembly: Build = "auto",
    population: Population = "pooled",
    prior: Prior = "population",
    policy: Policy = "england",
    format: Annotated[str, typer.Option("--format", help="json or text.")] = "json",
    output: Out = None,
) -> None:
    """Answer a proposed order, or review everything that the person takes."""
    import orjson

    from garrod.adapters.fhir.medicine import read_order
    from garrod.adapters.fhir.person import read_person
    from garrod.adapters.report.text import decision_text
    from garrod.care.decide.review import said_once
    from garrod.core.medicine import REVIEW, Act, Proposal
    from garrod.entry.cli.persons import Genome, understood
    from garrod.entry.wire import Services, Settings, today

    shape = options.format_of(format, ("json", "text"))
    services = Services(Settings(is_flat=options.is_flat(prior), policy=options.policy_of(policy)))
    build, told = options.assembly_of(assembly), options.population_of(population)
    read = read_person(person)
    proposal = REVIEW
    if order is not None:
        proposal = Proposal(Act.ORDER, read_order(order, read.own))
    file = Genome(genome, sample, build, told, outside or ()) if genome else None
    known = understood(services, read, file, outside=outside, sample=sample)
    found = services.answer(known, proposal, today=today())
    if order is None:
        found = said_once(services.knowledge, found)
    if shape == "json":
        write_out([orjson.dumps(found.as_json(), option=orjson.OPT_INDENT_2), b"\n"], output)
    else:
        write_out([decision_text(found, known, proposal).encode()], output)
