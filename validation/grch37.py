"""The same people written on the other genome build: the calls must be the same.

Each reading of population400 and synthetic400 is written at its GRCh37 coordinate with GRCh37's own
REF (which differs at some positions: CYP2C19 *38, CYP3A5 *3 and others), and called again with the
build to be found out.  Reference: the calls of the GRCh38 file, read at the same positions.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from garrod.adapters.vcf.assembly import LENGTHS, NAMES
from garrod.adapters.vcf.read import read_genotypes
from garrod.core.finding import GeneFinding
from garrod.core.genotype import MISSING, CallState, GenotypeTable, Observation
from garrod.core.variant import Assembly, Position, RefStatus
from garrod.science.pgx.people import Sample, call_people
from validation.calling import FLAT, POPULATION, caller
from validation.data import PGX
from validation.figures import at_least, share, show

COLUMNS = ("#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT")
SETS = (
    ("population400", "people.vcf.gz", POPULATION),
    ("synthetic400", "synthetic.vcf.gz", FLAT),
)


def header(samples: Sequence[str]) -> list[str]:
    """Return a header that gives the contigs' lengths on GRCh37, without "chr"."""
    lengths = zip(NAMES, LENGTHS[Assembly.GRCH37], strict=True)
    return [
        "##fileformat=VCFv4.2",
        *(f"##contig=<ID={name},length={length}>" for name, length in lengths),
        "##contig=<ID=MT,length=16569>",
        "\t".join((*COLUMNS, *samples)),
    ]


def line_of(position: Position, seen: Iterable[Observation]) -> str:
    """Return the position's record on GRCh37."""
    place = position.grch37
    assert place is not None
    alts = [allele for allele in position.alleles if allele != place.ref]
    numbers = {allele: str(n) for n, allele in enumerate((place.ref, *alts))} | {MISSING: "."}
    cells = [
        ("|" if s.phased else "/").join(numbers[a] for a in s.alleles)
        if s.state in (CallState.CALLED, CallState.REFERENCE_BLOCK)
        else "./."
        for s in seen
    ]
    fixed = (position.chromosome, str(place.pos), ".", place.ref, ",".join(alts), ".", "PASS", ".")
    return "\t".join((*fixed, "GT", *cells))


def is_written(position: Position) -> bool:
    """Return whether the position has a coordinate on GRCh37."""
    return position.grch37 is not None and position.grch37.status is not RefStatus.ABSENT


def moved(table: GenotypeTable, path: Path) -> None:
    """Write the table's readings as a GRCh37 file."""
    columns = range(len(table.samples))
    records = [
        (position, line_of(position, [table.observation(row, c) for c in columns]))
        for row, position in enumerate(table.positions)
        if is_written(position) and table.codes[row].any()
    ]
    order = {name: rank for rank, name in enumerate((*NAMES, "MT"))}
    records.sort(key=lambda r: (order[r[0].chromosome], r[0].grch37.pos if r[0].grch37 else 0))
    text = "\n".join([*header(table.samples), *(line for _, line in records)])
    path.write_text(text + "\n", encoding="utf-8")


def calls(table: GenotypeTable, rules: str) -> dict[tuple[str, str], GeneFinding]:
    """Return each finding by sample and gene."""
    people = [Sample(sample, "", "pooled") for sample in table.samples]
    return {
        (person.sample, finding.gene): finding
        for person, findings in call_people(caller(rules), table, people)
        for finding in findings
    }


def told(finding: GeneFinding) -> tuple[object, ...]:
    """Return what a finding says, without where it was read."""
    candidates = [(c.name, round(c.probability, 9), c.phenotype) for c in finding.candidates]
    return finding.status, tuple(candidates), finding.missing, finding.components


def compare(folder: str, file: str, rules: str) -> tuple[int, int, int, list[str]]:
    """Return how many findings agree, of how many, positions written, and the differences."""
    path = PGX / folder / file
    positions = [p for p in caller(rules).positions() if is_written(p)]
    every = caller(rules).positions()
    lost = {p.id for p in every} - {p.id for p in positions}
    first = read_genotypes(path, every, assembly=Assembly.GRCH38)
    for row, position in enumerate(every):
        if position.id in lost:
            first.codes[row] = 0  # not covered: GRCh37 has no coordinate for it
    with tempfile.TemporaryDirectory() as made:
        other = Path(made) / "grch37.vcf"
        moved(first, other)
        second = read_genotypes(other, every)
    one, two = calls(first, rules), calls(second, rules)
    notes = [
        f"- {folder} {sample} {gene}: {told(one[sample, gene])[:2]}, {told(two[sample, gene])[:2]}"
        for sample, gene in one
        if told(one[sample, gene]) != told(two[sample, gene])
    ]
    assert second.assembly is Assembly.GRCH37
    return len(one) - len(notes), len(one), len(positions), notes


def main() -> int:
    """Print the figures and what differs."""
    figures, notes = [], []
    for folder, file, rules in SETS:
        right, total, written, found = compare(folder, file, rules)
        figures.append(at_least(f"{folder}: findings the same on both builds", right, total, 100))
        notes += found[:20]
    every = len(caller(FLAT).positions())
    figures.append(share("positions with a coordinate on GRCh37", written, every))
    return show("GRCh37 against GRCh38", figures, notes)


if __name__ == "__main__":
    raise SystemExit(main())
