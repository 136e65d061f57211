"""Makes variant files for tests: text, bgzip, BCF, with any index. All people in them are made up.

save(folder, vcf(row("chr10", 94781859, "G", "A", "0/1")))
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Sequence
from pathlib import Path

import pysam

from garrod.adapters.vcf.assembly import LENGTHS, NAMES
from garrod.core.variant import Assembly

FIELDS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT"
DEFINED = (
    '##FILTER=<ID=PASS,Description="passed">\n'
    '##FILTER=<ID=LowQual,Description="low quality">\n'
    '##ALT=<ID=NON_REF,Description="any other">\n'
    '##INFO=<ID=END,Number=1,Type=Integer,Description="last base">\n'
    '##INFO=<ID=DP,Number=1,Type=Integer,Description="depth">\n'
    '##INFO=<ID=SVTYPE,Number=1,Type=String,Description="kind">\n'
    '##INFO=<ID=SVLEN,Number=1,Type=Integer,Description="length">\n'
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="genotype">\n'
    '##FORMAT=<ID=FT,Number=1,Type=String,Description="filter">\n'
    '##FORMAT=<ID=GQ,Number=1,Type=Integer,Description="quality">\n'
    '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="depth">\n'
    '##FORMAT=<ID=MIN_DP,Number=1,Type=Integer,Description="least depth">\n'
    '##FORMAT=<ID=CN,Number=1,Type=Integer,Description="copies">\n'
    '##FORMAT=<ID=PS,Number=1,Type=Integer,Description="phase set">\n'
)


def contigs(
    assembly: Assembly | None = Assembly.GRCH38, *, prefix: str = "chr", mitochondrial: str = "chrM"
) -> str:
    """Return the contig lines of a build; without lengths for no build."""
    lengths = LENGTHS[assembly] if assembly else ("",) * len(NAMES)
    lines = [
        f"##contig=<ID={prefix}{name}{f',length={length}' if length else ''}>\n"
        for name, length in zip(NAMES, lengths, strict=True)
    ]
    tail = ",length=16569" if assembly else ""
    return "".join(lines) + f"##contig=<ID={mitochondrial}{tail}>\n"


def row(
    contig: str,
    pos: int,
    ref: str,
    alt: str,
    *cells: str,
    keys: str = "GT",
    passed: str = "PASS",
    info: str = ".",
) -> str:
    """Return one record."""
    return "\t".join((contig, str(pos), ".", ref, alt, ".", passed, info, keys, *cells)) + "\n"


def vcf(*rows: str, samples: Sequence[str] = ("P",), header: str | None = None) -> str:
    """Return a whole file; `header` stands for the contig lines."""
    lines = contigs() if header is None else header
    names = "".join(f"\t{s}" for s in samples)
    return f"##fileformat=VCFv4.2\n{lines}{DEFINED}{FIELDS}{names}\n" + "".join(rows)


def save(folder: Path, content: str | bytes, name: str = "person.vcf") -> Path:
    """Return the path of the plain file."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def bgzipped(plain: Path, index: str = "") -> Path:
    """Return the bgzipped copy, with no index, a "tbi" or a "csi"."""
    path = plain.with_name(plain.name + ".gz")
    pysam.tabix_compress(str(plain), str(path), force=True)
    if index:
        pysam.tabix_index(str(path), preset="vcf", force=True, csi=index == "csi")
    return path


def gzipped(plain: Path) -> Path:
    """Return a copy packed by plain gzip, which no index can speak of."""
    path = plain.with_name(plain.name + ".gz")
    path.write_bytes(gzip.compress(plain.read_bytes()))
    return path


def bcf(plain: Path, index: str = "") -> Path:
    """Return the BCF copy, with no index or a "csi"."""
    path = plain.with_suffix(".bcf")
    with (
        pysam.VariantFile(str(plain)) as source,
        pysam.VariantFile(str(path), "wb", header=source.header) as target,
    ):
        for record in source:
            target.write(record)
    if index:
        pysam.tabix_index(str(path), preset="bcf", force=True)
    return path


def every_kind(plain: Path) -> Iterable[tuple[str, Path]]:
    """Yield the file in every kind that is read, each in a folder of its own, with its name."""
    for name, make in {
        "plain": lambda p: p,
        "gzip": gzipped,
        "bgzip": bgzipped,
        "bgzip+tbi": lambda p: bgzipped(p, "tbi"),
        "bgzip+csi": lambda p: bgzipped(p, "csi"),
        "bcf": bcf,
        "bcf+csi": lambda p: bcf(p, "csi"),
    }.items():
        folder = plain.parent / name
        folder.mkdir()
        yield name, make(save(folder, plain.read_bytes(), plain.name))
