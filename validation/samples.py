"""Whose sample a file is: real genotypes, with kin, second samples and mixtures planted in them.

Run: python -m validation samples.  Genotypes: 1000 Genomes people (3,202 at places of common use in
scores; 400 and 48 at places of pharmacogenes). Reads are drawn: Poisson depth, 0.2 % errors, called
by the likeliest of three genotypes. Children are drawn without linkage. Seeds are fixed.
"""

from __future__ import annotations

import gzip
from itertools import combinations
from pathlib import Path

import numpy as np
import numpy.typing as npt

from garrod.adapters.vcf.sampled import sampled
from garrod.core.genotype import GenotypeTable
from garrod.entry.web.laboratory.weighing import readings_of
from garrod.entry.wire import Services
from garrod.science.samples.kinship import Relation, kinship
from garrod.science.samples.likeness import ENOUGH, Readings, likeness
from garrod.science.samples.mixture import Mixture, mixture_of
from validation.data import PGX
from validation.figures import Figure, at_least, at_most, none_of, share, show

PEOPLE = PGX.parent / "predict" / "prs" / "calc_vcf_tiny1000G.vcf.gz"
READ = PGX.parent / "genomics_ops" / "vcf2fhir" / "HG00403A.vcf.gz"
KNOWN = (PGX / "population400" / "people.vcf.gz", PGX / "cohort100" / "cohort.vcf.gz")
PAIRS, MIXED, ERROR, REREAD, MOST = 1_000, 200, 0.002, 0.005, 200
Strands = npt.NDArray[np.int8]


def strands_of(path: Path) -> Strands:
    """Return phased alleles of the autosomes' single bases.  Shape: (people, places, 2)."""
    rows = []
    with gzip.open(path, "rt") as file:
        for line in file:
            fields = line.rstrip("\n").split("\t")
            is_single = line[0] != "#" and fields[0].isdecimal() and len(fields[3] + fields[4]) == 2
            if is_single:
                rows.append([(int(c[0]), int(c[2])) for c in fields[9:]])
    return np.array(rows, np.int8).transpose(1, 0, 2)


def kin(people: Strands, draw: np.random.Generator) -> list[Figure]:
    """Return how planted kin, and people taken at random, are told."""
    copies = people.sum(axis=2, dtype=np.int8)
    found: dict[str, list[Relation]] = {"same": [], "child": [], "random": []}
    for _ in range(PAIRS):
        a, b = draw.choice(len(people), 2, replace=False)
        again = np.where(draw.random(copies.shape[1]) < REREAD, -1, copies[a]).astype(np.int8)
        sides = [draw.integers(0, 2, people.shape[1]) for _ in range(2)]
        places = np.arange(people.shape[1])
        child = people[a][places, sides[0]] + people[b][places, sides[1]]
        found["same"].append(kinship(copies[a], again).relation)
        found["child"].append(kinship(child.astype(np.int8), copies[b]).relation)
        found["random"].append(kinship(copies[a], copies[b]).relation)
    twice, first = found["same"].count(Relation.SAME), found["child"].count(Relation.FIRST)
    near = first + found["child"].count(Relation.SECOND)
    close = PAIRS - found["random"].count(Relation.FARTHER)
    return [
        at_least("one person's sample twice, told as such", twice, PAIRS, 99),
        at_least("child and parent, told as kin of first or second degree", near, PAIRS, 99),
        share("of these, told as first degree (parents may be from far apart)", first, near),
        at_most("two people at random, told as near kin or not told", close, PAIRS, 1),
    ]


def mixed(people: Strands, part_of: float, depth: int, draw: np.random.Generator) -> Mixture:
    """Return what is said of one person's sample with a part of another's."""
    a, b = draw.choice(len(people), 2, replace=False)
    own, other = (people[n].sum(axis=1) / 2 for n in (a, b))
    part = (1 - part_of) * own + part_of * other
    part = part * (1 - ERROR) + (1 - part) * ERROR
    reads = draw.poisson(depth, len(part))
    shown = draw.binomial(reads, part)
    odds = [shown * np.log(p) + (reads - shown) * np.log(1 - p) for p in (0.01, 0.5, 0.99)]
    called = np.argmax(odds, axis=0).astype(np.int8)
    return mixture_of(called, np.stack([reads - shown, shown], axis=1).astype(np.int32))


def mixtures(people: Strands, draw: np.random.Generator) -> list[Figure]:
    """Return how planted mixtures are told, by share and depth."""
    figures = []
    for depth in (30, 100):
        pure = [mixed(people, 0, depth, draw) for _ in range(MIXED)]
        said = sum(m.is_clean for m in pure)
        figures.append(at_least(f"pure samples told as such, {depth} reads", said, MIXED, 99))
        for another in (0.1, 0.2, 0.3, 0.4, 0.5):
            told = [mixed(people, another, depth, draw) for _ in range(MIXED)]
            name = f"{another:.0%} of another person, {depth} reads"
            stopped = sum(m.is_mixed for m in told)
            figures.append(at_least(f"{name}: told as mixed", stopped, MIXED, 95))
            figures.append(none_of(f"{name}: called clean", sum(m.is_clean for m in told), MIXED))
    small = [mixed(people, 0.02, 30, draw).share for _ in range(MIXED)]
    figures.append(Figure("2 %, 30 reads: estimated, median", f"{100 * np.median(small):.1f} %"))
    return figures


def files(draw: np.random.Generator) -> list[Figure]:
    """Return how files of pharmacogenes alone are told apart."""
    services = Services()
    compared = same = again = other = 0
    for path in KNOWN:
        table = services.read(path)
        people = [readings_of(_only(table, n)) for n in range(min(MOST, len(table.samples)))]
        told = [likeness(a, b) for a, b in combinations(people, 2)]
        told = [one for one in told if one.places >= ENOUGH]
        compared, same = compared + len(told), same + sum(one.is_same for one in told)
        for person in people:
            reread = {k: v for k, v in person.shows.items() if draw.random() >= REREAD}
            seen = likeness(person, Readings(reread, person.unread))
            again += seen.places >= ENOUGH
            other += seen.is_other
    return [
        none_of("files of two people, read as one person's", same, compared),
        at_most("a person's second file, read as another person's", other, again, 1),
    ]


def _only(table: GenotypeTable, sample: int) -> GenotypeTable:
    return GenotypeTable(
        (table.samples[sample],),
        table.assembly,
        table.positions,
        table.codes[:, sample : sample + 1],
        table.palette,
    )


def main() -> int:
    """Print how kin, mixtures and files are told; return 1 where a target is missed."""
    draw = np.random.default_rng(20_261_129)
    people = strands_of(PEOPLE)
    drawn = sampled(READ, "GS000016660-ASM")
    real = mixture_of(drawn.copies[:, 0], drawn.reads)
    figures = [
        *kin(people, draw),
        *mixtures(people, draw),
        *files(draw),
        Figure(
            "a real genome (HG00403): places with far more reads of one allele",
            f"{real.lopsided} of {real.pairs:,}",
        ),
    ]
    places = f"{people.shape[0]:,} people at {people.shape[1]:,} places."
    return show("Whose sample it is", figures, [places])
