"""Makes the bench's inputs under bench/out: seeded, so that every machine measures the same bytes.

One person: 600,000 records over the genome, the known positions among them. Cohorts: people drawn
at population frequencies over the known positions. All synthetic.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pysam

from garrod.adapters.packs.load import load_shelf
from garrod.adapters.vcf.assembly import LENGTHS, NAMES
from garrod.core.variant import Assembly, Position
from garrod.knowledge.shelf import Shelf
from garrod.science.pgx.definitions import GeneDefinition
from garrod.science.pgx.people import Caller, load_caller

OUT = Path(__file__).parent / "out"  # git-ignored; delete it to make the inputs anew
SEED = 20_261_125
RECORDS = 600_000
GAPS = (3, 20)  # per cent of cells without a call
PEOPLE = (250, 500, 1000, 2000, 8000)
MIX = (("EUR", 0.80), ("SAS", 0.10), ("AFR", 0.05), ("EAS", 0.05))  # roughly the UK
BASES = "ACGT"
COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t"
FORMATS = "".join(
    f'##FORMAT=<ID={name},Number={number},Type={kind},Description="{name}">\n'
    for name, number, kind in (
        ("GT", "1", "String"),
        ("AD", "R", "Integer"),
        ("DP", "1", "Integer"),
        ("GQ", "1", "Integer"),
        ("PL", "G", "Integer"),
    )
)
INFOS = "".join(
    f'##INFO=<ID={name},Number={number},Type={kind},Description="{name}">\n'
    for name, number, kind in (
        ("AC", "A", "Integer"),
        ("AF", "A", "Float"),
        ("AN", "1", "Integer"),
        ("DP", "1", "Integer"),
        ("MQ", "1", "Float"),
    )
)
REFERENCE_SHARE = 0.9  # of chromosomes, for a gene whose alleles nobody counted
RARE = 0.005  # share of chromosomes with an allele drawn evenly: what cohorts hold once each
Site = tuple[int, str, str]  # POS, REF, ALT
Key = tuple[str, int, str]  # chromosome, GRCh38 position, REF


def header(samples: Iterable[str]) -> str:
    """Return a GRCh38 header."""
    lengths = dict(zip(NAMES, LENGTHS[Assembly.GRCH38], strict=True))
    contigs = "".join(f"##contig=<ID=chr{n},length={size}>\n" for n, size in lengths.items())
    return (
        '##fileformat=VCFv4.2\n##source=synthetic\n##FILTER=<ID=PASS,Description="passed">\n'
        f"{contigs}##contig=<ID=chrM,length=16569>\n{INFOS}{FORMATS}{COLUMNS}"
        + "\t".join(samples)
        + "\n"
    )


def known_positions() -> tuple[Position, ...]:
    """Return every position of the packs, each place once, in the order of a VCF."""
    order = {name: n for n, name in enumerate((*NAMES, "MT"))}
    unique = {key_of(p): p for p in caller().positions()}
    return tuple(unique[key] for key in sorted(unique, key=lambda k: (order[k[0]], *k[1:])))


def key_of(position: Position) -> Key:
    """Return the place of a position on GRCh38."""
    return position.chromosome, position.grch38.pos, position.grch38.ref


@cache
def caller() -> Caller:
    """Return the caller with the shipped packs."""
    return load_caller(load_shelf())


def contig_of(position: Position) -> str:
    """Return the contig as the bench's files spell it."""
    return "chrM" if position.chromosome == "MT" else f"chr{position.chromosome}"


def person_lines(records: int = RECORDS) -> Iterator[str]:
    """Yield the lines of one person's whole-genome file, sorted."""
    random = np.random.default_rng(SEED)
    yield header(["SYNTHETIC1"])
    known: dict[str, list[Position]] = {}
    for position in known_positions():
        known.setdefault(position.chromosome, []).append(position)
    lengths = LENGTHS[Assembly.GRCH38]
    drawn = random.multinomial(records - len(known_positions()), np.array(lengths) / sum(lengths))
    for chromosome, length, count in zip(NAMES, lengths, drawn, strict=True):
        sites = _elsewhere(random, length, int(count))
        here = known.get(chromosome, [])
        taken = {p for k in here for p in range(k.grch38.pos, k.grch38.pos + len(k.grch38.ref))}
        sites = [s for s in sites if s[0] not in taken]
        sites += [(p.grch38.pos, p.grch38.ref, ",".join(p.alleles[1:])) for p in here]
        sites.sort(key=lambda s: s[0])
        is_known = {p.grch38.pos for p in here}
        for site in sites:
            yield _person_line(random, f"chr{chromosome}", site, site[0] in is_known)
    for position in known.get("MT", ()):
        site = (position.grch38.pos, position.grch38.ref, ",".join(position.alleles[1:]))
        yield _person_line(random, "chrM", site, is_known=True)


def _elsewhere(random: np.random.Generator, length: int, count: int) -> list[Site]:
    places = np.unique(random.integers(10_000, length - 10_000, count))
    bases = random.integers(0, 4, (len(places), 2))
    return [
        (int(pos), BASES[ref], BASES[alt if alt != ref else (alt + 1) % 4])
        for pos, (ref, alt) in zip(places, bases, strict=True)
    ]


def _person_line(random: np.random.Generator, contig: str, site: Site, is_known: bool) -> str:
    pos, ref, alt = site
    share = random.random()
    variant = 0.05 if is_known else 1.0
    genotype = "0/0" if share > variant else "0/1" if share > variant * 0.4 else "1/1"
    depth, reads, quality, mapping = random.integers((15, 0, 30, 4000), (60, 15, 99, 6100)).tolist()
    zeros = ",0" * alt.count(",")
    return (
        f"{contig}\t{pos}\t.\t{ref}\t{alt}\t{quality * 10}\tPASS\tAC=1;AF=0.5;AN=2;DP={depth};"
        f"MQ={mapping / 100}\tGT:AD:DP:GQ:PL\t{genotype}:{depth - reads},{reads}{zeros}:{depth}:"
        f"{quality}:{quality * 9},0,{quality * 11}\n"
    )


def cohort_lines(people: int, *, with_quality: bool = False, gaps: float = 0.0) -> Iterator[str]:
    """Yield the lines of a cohort drawn at population frequencies over the known positions.

    `with_quality` adds depth and quality, different in each cell; `gaps` is the share of no-calls.
    """
    yield header(f"SYNTHETIC{n}" for n in range(people))
    bases = _drawn(people)
    random = np.random.default_rng(SEED + 1)
    for position in known_positions():
        first, second = bases[key_of(position)]
        cells = [f"{a}/{b}" for a, b in zip(first, second, strict=True)]
        if gaps:
            lost = random.random(people) < gaps
            cells = ["./." if gone else c for c, gone in zip(cells, lost, strict=True)]
        if with_quality:
            depth, quality = random.integers(15, 60, people), random.integers(30, 99, people)
            cells = [f"{c}:{d}:{q}" for c, d, q in zip(cells, depth, quality, strict=True)]
        yield (
            f"{contig_of(position)}\t{position.grch38.pos}\t{position.rsid or '.'}\t"
            f"{position.grch38.ref}\t{','.join(position.alleles[1:])}\t.\tPASS\t.\t"
            f"{'GT:DP:GQ' if with_quality else 'GT'}\t" + "\t".join(cells) + "\n"
        )


def _drawn(people: int) -> dict[Key, tuple[list[int], list[int]]]:
    """Return the allele numbers of both strands of every person at every place."""
    knowledge = caller()
    random = np.random.default_rng(SEED)
    names, shares = [name for name, _ in MIX], [share for _, share in MIX]
    populations = random.choice(len(names), people, p=shares)
    drawn: dict[Key, tuple[list[int], list[int]]] = {}
    for definition in knowledge.definitions.values():
        if not definition.positions:
            continue
        strands = [np.zeros(people, dtype=int), np.zeros(people, dtype=int)]
        for number, population in enumerate(names):
            here = np.flatnonzero(populations == number)
            chances = _chances(knowledge.shelf, definition, population)
            for strand in strands:
                strand[here] = random.choice(len(chances), len(here), p=chances)
        _spell(definition, strands, drawn)
    for position in known_positions():
        drawn.setdefault(key_of(position), ([0] * people, [0] * people))
    return drawn


def _chances(shelf: Shelf, definition: GeneDefinition, population: str) -> np.ndarray:
    """Return how often each allele occurs: as counted, or mostly reference where nobody did."""
    counted = {
        row["allele"]: int(row["count"])
        for row in shelf.rows("pgx-frequencies", "frequencies")
        if (row["gene"], row["population"]) == (definition.gene, population)
    }
    seen = np.array([float(counted.get(allele, 0)) for allele in definition.alleles])
    if not seen.any():
        is_reference = np.array([a == definition.reference_allele for a in definition.alleles])
        seen = np.where(is_reference, REFERENCE_SHARE / (1 - REFERENCE_SHARE), 1 / len(seen))
    seen = seen / seen.sum() + RARE / len(seen)
    chances: np.ndarray = seen / seen.sum()
    return chances


def _spell(
    definition: GeneDefinition,
    strands: list[np.ndarray],
    drawn: dict[Key, tuple[list[int], list[int]]],
) -> None:
    for index, position in enumerate(definition.positions):
        shown = np.stack([definition.carries[index][a] for a in position.alleles])
        number = shown.argmax(axis=0)  # per allele of the gene: the base that it shows here
        both = (number[strands[0]].tolist(), number[strands[1]].tolist())
        drawn[key_of(position)] = both


def written(name: str, lines: Iterable[str]) -> Path:
    """Return the plain file of that name, made where it is not there yet."""
    path = OUT / name
    if not path.exists():
        OUT.mkdir(exist_ok=True)
        part = path.with_suffix(".part")
        with part.open("w") as file:
            file.writelines(lines)
        part.rename(path)
    return path


def packed(plain: Path, *, is_indexed: bool) -> Path:
    """Return the bgzipped copy of a plain file, with a tabix index or without."""
    suffix = ".indexed.vcf.gz" if is_indexed else ".vcf.gz"
    path = plain.with_name(plain.stem + suffix)
    if not path.exists():
        pysam.tabix_compress(str(plain), str(path), force=True)
        if is_indexed:
            pysam.tabix_index(str(path), preset="vcf", force=True)
    return path


def binary(plain: Path, *, is_indexed: bool) -> Path:
    """Return the BCF copy of a plain file, with a csi index or without."""
    path = plain.with_suffix(".indexed.bcf" if is_indexed else ".bcf")
    part = path.with_suffix(".part")
    if not path.exists():
        with (
            pysam.VariantFile(str(plain)) as source,
            pysam.VariantFile(str(part), "wb", header=source.header) as target,
        ):
            for record in source:
                target.write(record)
        part.rename(path)
        if is_indexed:
            pysam.tabix_index(str(path), preset="bcf", force=True)  # type: ignore[arg-type]
    return path


def make_all() -> None:
    """Make every input that is not there yet."""
    plain = written("person.vcf", person_lines())
    for is_indexed in (True, False):
        packed(plain, is_indexed=is_indexed)
        binary(plain, is_indexed=is_indexed)
    for people in PEOPLE:
        written(f"cohort{people}.vcf", cohort_lines(people))
    written("cohort1000.quality.vcf", cohort_lines(1000, with_quality=True))
    for gaps in GAPS:
        written(f"cohort1000.gaps{gaps}.vcf", cohort_lines(1000, gaps=gaps / 100))


if __name__ == "__main__":
    make_all()
