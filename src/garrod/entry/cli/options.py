"""The options that several commands share, and how their values are read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from garrod.care.decide.policy import NATIONS
from garrod.core.errors import InputError, UsageError
from garrod.core.variant import Assembly
from garrod.science.pgx.populations import POPULATIONS

if TYPE_CHECKING:
    from garrod.science.pgx.people import Sample

Vcf = Annotated[Path, typer.Argument(help="VCF, gVCF or BCF; bgzipped or plain.")]
Samples = Annotated[
    list[str] | None, typer.Option("--sample", help="Sample to read; may be repeated.")
]
OneSample = Annotated[
    str | None, typer.Option("--sample", help="Sample in the VCF, or in outside results.")
]
Outside = Annotated[
    list[Path] | None,
    typer.Option(
        "--outside",
        help="Results made elsewhere, of Cyrius, Aldy, StellarPGx, PyPGx, DRAGEN, pb-StarPhase, "
        "PharmCAT; HL7 v2; a laboratory's CSV; or gene, diplotype, phenotype, score (TSV). "
        "Repeatable.",
    ),
]
Build = Annotated[str, typer.Option("--assembly", help="GRCh38, GRCh37 or auto.")]
Sex = Annotated[str, typer.Option("--sex", help="male or female, for every sample.")]
Population = Annotated[
    str,
    typer.Option("--population", help=f"Whose allele frequencies: {', '.join(POPULATIONS)}."),
]
Prior = Annotated[str, typer.Option("--prior", help="population or flat.")]
Policy = Annotated[
    str, typer.Option("--policy", help=f"Whose policy: {', '.join(NATIONS)}; or a policy pack.")
]
Out = Annotated[Path | None, typer.Option("-o", "--output", help="File to write; else stdout.")]

MinGq = Annotated[
    float, typer.Option("--min-gq", min=0, help="A genotype quality below this is a no-call.")
]
MinDp = Annotated[
    float, typer.Option("--min-dp", min=0, help="A read depth below this is a no-call.")
]
CalledAt = Annotated[
    float,
    typer.Option("--called-at", min=0.5, max=1, help="Least probability of a called diplotype."),
]

Preferences = Annotated[
    bool | None,
    typer.Option(
        "--preferences/--no-preferences",
        help="Let the published preferences between NAT2 diplotypes count; "
        "left out, they do with the population prior.",
    ),
]

SEXES = {"male": "male", "m": "male", "female": "female", "f": "female", "": ""}
COLUMNS = ("sample", "sex", "population")


def assembly_of(value: str) -> Assembly | None:
    """Return the build asked for; None for auto.  Raises: UsageError."""
    by_name = {a.value.lower(): a for a in Assembly} | {"auto": None}
    return by_name[_known("--assembly", value.lower(), by_name, shown="GRCh38, GRCh37, auto")]


def sex_of(value: str) -> str:
    """Return "male", "female" or "".  Raises: UsageError."""
    return SEXES[_known("--sex", value.lower(), SEXES, shown="male, female")]


def population_of(value: str) -> str:
    """Return a population's code.  Raises: UsageError."""
    by_name = {p.lower(): p for p in POPULATIONS}
    return by_name[_known("--population", value.lower(), by_name, shown=", ".join(POPULATIONS))]


def policy_of(value: str) -> str:
    """Return the policy pack of a nation, or the pack that was named.  Raises: UsageError."""
    if value.startswith("policy-"):
        return value
    return NATIONS[_known("--policy", value.lower(), NATIONS, shown=", ".join(NATIONS))]


def is_flat(value: str) -> bool:
    """Return whether the flat prior is asked for.  Raises: UsageError."""
    return _known("--prior", value, ("population", "flat"), shown="population, flat") == "flat"


def format_of(value: str, known: Sequence[str]) -> str:
    """Return the output format.  Raises: UsageError."""
    return _known("--format", value, known, shown=", ".join(known))


def _known(option: str, value: str, known: object, *, shown: str) -> str:
    if value not in known:  # type: ignore[operator]
        raise UsageError(f"{option} {value!r} is not one of: {shown}")
    return value


def subjects_of(
    samples: Sequence[str], people: Path | None, *, sex: str, population: str
) -> list[Sample]:
    """Return each sample with its sex and population; a row of `people` outranks the options.

    Raises: InputError INP020, INP021.
    """
    from garrod.science.pgx.people import Sample

    told = _read_people(people) if people else {}
    if people and not any(s in told for s in samples):
        raise InputError(
            f"{people}: names none of the file's samples ({', '.join(samples[:3])} …); "
            "check that the two belong together",
            code="INP021",
        )
    found = []
    for sample in samples:
        own_sex, own_population = told.get(sample, ("", ""))
        found.append(Sample(sample, own_sex or sex, own_population or population))
    return found


def _read_people(path: Path) -> dict[str, tuple[str, str]]:
    """Return sex and population, where they are stated, by sample."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path}: cannot be read as UTF-8 text ({error}); check the path", code="INP020"
        ) from error
    names = [name.strip() for name in lines[0].split("\t")] if lines else []
    if "sample" not in names or not {"sex", "population"} & set(names):
        raise InputError(
            f"{path}: line 1 must name the columns {', '.join(COLUMNS)} (tab-separated)",
            code="INP021",
        )
    found: dict[str, tuple[str, str]] = {}
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        cells = dict(zip(names, (cell.strip() for cell in line.split("\t")), strict=False))
        sample = cells.get("sample", "")
        row = _person_of(cells, f"{path}: line {number}")
        if found.setdefault(sample, row) != row:
            raise InputError(
                f"{path}: line {number}: {sample!r} is described twice, differently; "
                "leave one line",
                code="INP021",
            )
    return found


def _person_of(cells: dict[str, str], where: str) -> tuple[str, str]:
    population = cells.get("population", "")
    try:
        return sex_of(cells.get("sex", "")), population and population_of(population)
    except UsageError as error:
        raise InputError(f"{where}: {error.message.removeprefix('--')}", code="INP021") from error
