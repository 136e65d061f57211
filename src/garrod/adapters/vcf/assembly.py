"""Which genome build a file is on: told, or shown by its records; refused when unsure.

Declared: --assembly, contig lengths, the contig's assembly name, ##reference. Shown: records that
stand exactly on a known position with the alleles known there on one build alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from garrod.adapters.vcf.header import Header, chromosome_of
from garrod.core.errors import VcfError
from garrod.core.variant import Assembly, Position

# Lengths of chromosomes 1-22 and X. Source: Genome Reference Consortium, GCF_000001405.40 and .25.
LENGTHS = {
    Assembly.GRCH38: (
        *(248956422, 242193529, 198295559, 190214555, 181538259, 170805979, 159345973, 145138636),
        *(138394717, 133797422, 135086622, 133275309, 114364328, 107043718, 101991189, 90338345),
        *(83257441, 80373285, 58617616, 64444167, 46709983, 50818468, 156040895),
    ),
    Assembly.GRCH37: (
        *(249250621, 243199373, 198022430, 191154276, 180915260, 171115067, 159138663, 146364022),
        *(141213431, 135534747, 135006516, 133851895, 115169878, 107349540, 102531392, 90354753),
        *(81195210, 78077248, 59128983, 63025520, 48129895, 51304566, 155270560),
    ),
}
NAMES = (*(str(n) for n in range(1, 23)), "X")
_BUILD = {
    Assembly.GRCH38: re.compile(r"(?:grch|hg)_?38|hs38|GCA_000001405\.15|GRCh38", re.IGNORECASE),
    Assembly.GRCH37: re.compile(r"grch_?37|hg19|hs37|\bb37|human_g1k_v37", re.IGNORECASE),
}
# RefSeq versions of chromosomes 1-22 and X on GRCh38; GRCh37's are one lower. Same source.
_VERSIONS = (*(11, 12, 12, 12, 10, 12, 14, 11, 12, 11, 10, 12, 11, 9, 10, 10, 11, 10, 10, 11),
             *(9, 11, 11))  # fmt: skip
_REFSEQ = re.compile(r"NC_0000\d\d\.(\d{1,2})")
Known = tuple[str, tuple[str, ...]]  # REF and all alleles of a position
RCRS_LENGTH = 16569  # the mitochondrial sequence of both builds. Source: NC_012920.1
LEAST_HITS = 2
LONGEST_SITE = 4096  # bytes of a line in which CHROM to ALT stand, where they are short
MANY_HITS = 50  # after so many the rest of the file need not be looked at
CLEAR_MARGIN = 4


def declared(header: Header, name: str) -> Assembly | None:
    """Return the build that the header declares, None when it says nothing.  Raises: VCF014."""
    said = {
        assembly
        for assembly, lengths in LENGTHS.items()
        for chromosome, length in zip(NAMES, lengths, strict=True)
        if header.lengths.get(chromosome) == length
    }
    said = said or set(_by_version(header))
    if not said:
        words = [header.reference, *header.assembly_names]
        said = {a for a, pattern in _BUILD.items() if any(pattern.search(w) for w in words)}
    if len(said) > 1:
        raise VcfError(
            f"{name}: its header names two genome builds; make it again from one reference",
            code="VCF014",
        )
    return next(iter(said), None)


def _by_version(header: Header) -> Iterator[Assembly]:
    """Yield the builds whose RefSeq accessions the contigs bear (NC_000010.11 is GRCh38)."""
    for chromosome, version in zip(NAMES, _VERSIONS, strict=True):
        match = _REFSEQ.fullmatch(header.spelled.get(chromosome, ""))
        if match and int(match[1]) in (version, version - 1):
            yield Assembly.GRCH38 if int(match[1]) == version else Assembly.GRCH37


def settle(header: Header, asked: Assembly | None, name: str) -> Assembly | None:
    """Return the build asked for or declared; None when neither.  Raises: VcfError VCF014."""
    said = declared(header, name)
    if asked and said and asked is not said:
        raise VcfError(
            f"{name}: its header says {said}, --assembly says {asked}; "
            "leave --assembly out, or check which file this is",
            code="VCF014",
        )
    return asked or said


def shown(lines: Iterable[bytes], positions: Sequence[Position], name: str) -> Assembly:
    """Return the build on which the records stand.  Raises: VcfError VCF013 when unsure."""
    hits = _hits(lines, positions)
    ranked = sorted(Assembly, key=lambda a: -hits[a])
    best, other = ranked[0], ranked[1]
    if _is_clear(hits, best, other):
        return best
    raise VcfError(
        f"{name}: the genome build cannot be told (no contig lengths; {hits[best]} records fit "
        f"{best}, {hits[other]} fit {other}); say --assembly GRCh38 or --assembly GRCh37",
        code="VCF013",
    )


def contradicted(
    lines: Iterable[bytes],
    positions: Sequence[Position],
    build: Assembly,
    header: Header,
    name: str,
) -> None:
    """Return nothing unless the file is hardly on the build it is said to be.  Raises: VCF014.

    Blocks of reference cover any place on any build: only variants tell that it is the wrong one.
    """
    hits = _hits(lines, positions)
    if hits[build] < LEAST_HITS and _is_strange(header):
        raise VcfError(
            f"{name}: is said to be {build}, but its contig lengths fit neither GRCh38 nor GRCh37; "
            "find out from which reference it was made",
            code="VCF014",
        )
    other = next(a for a in Assembly if a is not build)
    if _is_clear(hits, other, build):
        raise VcfError(
            f"{name}: is said to be {build}, but {hits[other]} of its records fit {other} and "
            f"{hits[build]} fit {build}; find out from which reference it was made",
            code="VCF014",
        )


def _is_strange(header: Header) -> bool:
    """Return whether lengths are declared, and none is that of a chromosome on a known build."""
    told = {name: header.lengths[name] for name in NAMES if name in header.lengths}
    known = [dict(zip(NAMES, lengths, strict=True)) for lengths in LENGTHS.values()]
    return bool(told) and not any(by[name] == told[name] for by in known for name in told)


def _is_clear(hits: dict[Assembly, int], best: Assembly, other: Assembly) -> bool:
    return hits[best] >= LEAST_HITS and hits[best] >= CLEAR_MARGIN * hits[other]


def _hits(lines: Iterable[bytes], positions: Sequence[Position]) -> dict[Assembly, int]:
    """Return how many records stand on a known position of each build."""
    places = {assembly: _places(positions, assembly) for assembly in Assembly}
    hits = dict.fromkeys(Assembly, 0)
    for line in lines:
        if line.startswith(b"#"):
            continue
        fields = line[:LONGEST_SITE].split(b"\t", 5)
        if len(fields) < 5:
            continue
        chromosome = chromosome_of(fields[0].decode("utf-8", "replace"))
        key = (chromosome, fields[1].decode("utf-8", "replace"))
        for assembly in Assembly:
            here = places[assembly].get(key, ())
            hits[assembly] += any(_stands(place, fields[3], fields[4]) for place in here)
        if max(hits.values()) >= MANY_HITS + CLEAR_MARGIN * min(hits.values()):
            break
    return hits


def _places(
    positions: Sequence[Position], assembly: Assembly
) -> dict[tuple[str, str], list[Known]]:
    found: dict[tuple[str, str], list[Known]] = {}
    for position in positions:
        locus = position.on(assembly)
        if locus is not None:
            key = (position.chromosome, str(locus.pos))
            found.setdefault(key, []).append((locus.ref, position.alleles))
    return found


def _stands(place: Known, ref: bytes, alt: bytes) -> bool:
    """Return whether a record has the REF, and no ALT but those known, of a position."""
    reference, known = place
    alts = [a for a in alt.decode("utf-8", "replace").upper().split(",") if a[:1] not in "<.*"]
    return ref.decode("utf-8", "replace").upper() == reference and (
        any(a in known for a in alts) or not alts
    )
