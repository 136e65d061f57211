"""Brings a person, their medicines and their genome together for a command."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from garrod.adapters.fhir.person import Read, read_person
from garrod.core.dosage import dosage_in
from garrod.core.errors import InputError, UsageError
from garrod.core.finding import GeneFinding
from garrod.core.genotype import GenotypeTable
from garrod.core.medicine import MedicineLine
from garrod.core.person import Person
from garrod.core.variant import Assembly
from garrod.entry.cli.output import warn_of, warn_of_unused
from garrod.entry.snapshots import known_rows
from garrod.entry.wire import Services
from garrod.science.pgx.people import Sample
from garrod.science.pgx.reconcile import reconciled

MOST_LINES = 500  # medicines in a list; a longer file is not a person's list
LONGEST_LINE = 300  # Not clinical: characters of a medicine with its directions


@dataclass(frozen=True, slots=True)
class Genome:
    """Which file to read of a person, and how."""

    vcf: Path
    sample: str | None = None
    assembly: Assembly | None = None
    population: str = "pooled"
    outside: Sequence[Path] = ()


def person_from(medicines: Path | None, *, sex: str) -> Read:
    """Return a person with a medicine list: a Bundle, or a text file with one medicine a line.

    Raises: InputError INP030, FhirError.
    """
    if medicines is None:
        return Read(Person("Patient/report", sex=sex), ())
    if medicines.suffix.lower() == ".json":
        read = read_person(medicines)
        return replace(read, person=replace(read.person, sex=sex or read.person.sex))
    try:
        written = medicines.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{medicines}: cannot be read as UTF-8 text ({_why(error)}); "
            "save it as UTF-8 with one medicine a line",
            code="INP030",
        ) from error
    names = [n for line in written if (n := line.strip()) and not n.startswith("#")]
    if len(names) > MOST_LINES:
        raise InputError(
            f"{medicines}: has {len(names)} lines; one person's medicines are expected",
            code="INP030",
        )
    longest = max(names, key=len, default="")
    if len(longest) > LONGEST_LINE:
        raise InputError(
            f"{medicines}: line {_number_of(longest, written)} has {len(longest)} characters; "
            "one medicine a line is expected",
            code="INP030",
        )
    lines = tuple(map(_line, names))
    return Read(Person("Patient/report", sex=sex, medicines=lines), ())


def _line(words: str) -> MedicineLine:
    """Return a line of a text file: the medicine, with what its directions say beyond doubt."""
    said = dosage_in(words)
    return MedicineLine(words, route=said.route, daily_mg=said.daily_mg)


def _number_of(line: str, written: Sequence[str]) -> int:
    return next(n for n, found in enumerate(written, 1) if found.strip() == line)


def _why(error: OSError | UnicodeDecodeError) -> str:
    """Return why a file could not be read, without its words or its bytes."""
    if isinstance(error, OSError):
        return error.strerror or "it cannot be opened"
    return f"byte {error.start + 1} is not UTF-8"


def with_genome(services: Services, read: Read, genome: Genome) -> tuple[Person, GenotypeTable]:
    """Return the person with the findings of one sample.  Raises: VcfError, UsageError."""
    samples = [genome.sample] if genome.sample else []
    table = services.read(genome.vcf, samples=samples, assembly=genome.assembly)
    if len(table.samples) != 1:
        some = ", ".join(table.samples[:3])
        raise UsageError(
            f"{genome.vcf} holds {len(table.samples)} samples ({some}, …); "
            "name this person's with --sample"
        )
    warn_of(table.warnings, table.spoiled)
    subject = Sample(table.samples[0], read.person.sex, genome.population)
    _, found = next(iter(services.call(table, [subject], genome.outside)))
    warn_of_unused(services.unused)
    person, rows = known_rows(services, read)
    stated = _with_own(read, services.outside_findings((), rows, sex=person.sex))
    return replace(person, findings=reconciled(found, stated)), table


def without_genome(
    services: Services, read: Read, outside: Sequence[Path], sample: str | None = None
) -> Person:
    """Return the person with the findings that the record and outside files state."""
    person, rows = known_rows(services, read)
    stated = services.outside_findings(outside, rows, sex=person.sex, sample=sample)
    warn_of_unused(services.unused)
    return replace(person, findings=tuple(_with_own(read, stated).values()))


def understood(
    services: Services,
    read: Read,
    genome: Genome | None,
    *,
    outside: Sequence[Path] | None,
    sample: str | None,
) -> Person:
    """Return the person with what a genome says, or else what the record and outside files state.

    Raises: VcfError, UsageError, OutsideCallError.
    """
    if genome is None:
        return without_genome(services, read, outside or (), sample)
    return with_genome(services, read, genome)[0]


def _with_own(read: Read, stated: dict[str, GeneFinding]) -> dict[str, GeneFinding]:
    """Return what is stated, with the findings that the record holds whole."""
    return {f.gene: f for f in reconciled(read.findings, stated)}
