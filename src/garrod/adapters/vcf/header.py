"""What a VCF header says: samples, contigs and their lengths, the reference named."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from garrod.core.errors import VcfError

_CONTIG = re.compile(r"##contig=<(?:.*,)?ID=([^,>]+)(?:,.*?length=(\d{1,12})\b)?", re.ASCII)
_ASSEMBLY = re.compile(r"assembly=\"?([^,>\"]+)", re.IGNORECASE)
MOST_COMPARED = 5_000  # names looked at for a near miss: a biobank's header has 500,000
_REFSEQ = re.compile(r"NC_0000(\d\d)\.\d+")


@dataclass(frozen=True, slots=True)
class Header:
    """The header's facts that reading needs."""

    samples: tuple[str, ...]
    lengths: dict[str, int]  # by chromosome as we spell it
    spelled: dict[str, str]  # our chromosome -> the file's contig
    reference: str
    assembly_names: tuple[str, ...] = ()  # of the contigs, e.g. "GRCh38.p14"
    lines: int = 0  # how many lines the header has


def chromosome_of(contig: str) -> str:
    """Return "10", "X" or "MT" for chr10, NC_000010.11, chrM and the like; others unchanged."""
    refseq = _REFSEQ.fullmatch(contig)
    if refseq:
        number = int(refseq[1])
        return {23: "X", 24: "Y"}.get(number, str(number))
    name = contig[3:] if contig[:3].lower() == "chr" else contig
    if name in ("M", "MT") or contig == "NC_012920.1":
        return "MT"
    return "X" if name == "23" else name  # PLINK numbers X as 23


def read_header(lines: Iterator[bytes], name: str) -> Header:
    """Return the header; the iterator is left at the first record.  Raises: VcfError."""
    lengths: dict[str, int] = {}
    spelled: dict[str, str] = {}
    reference = ""
    assemblies: set[str] = set()
    first = next(lines, b"")
    if not first.startswith(b"##fileformat=VCF"):
        raise VcfError(
            f"{name}: not a VCF (its first line is not ##fileformat=VCF…); "
            "export the result as VCF and try again",
            code="VCF007",
        )
    for number, raw in enumerate(lines, 2):
        line = decoded(raw, name)
        if line.startswith("##contig"):
            match = _CONTIG.match(line)
            assemblies.update(_ASSEMBLY.findall(line))
            if match:
                chromosome = chromosome_of(match[1])
                spelled.setdefault(chromosome, match[1])
                if match[2]:
                    lengths.setdefault(chromosome, int(match[2]))
        elif line.startswith("##reference="):
            reference = line.partition("=")[2]
        elif line.startswith("#CHROM"):
            samples = _samples(line.split("\t"), name)
            names = tuple(sorted(assemblies))
            return Header(samples, lengths, spelled, reference, names, number)
        elif not line.startswith("#"):
            break
    raise VcfError(f"{name}: has no #CHROM line; the file is cut off or edited", code="VCF007")


def decoded(raw: bytes, name: str) -> str:
    """Return the text of a line.  Raises: VcfError VCF008."""
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise VcfError(
            f"{name}: holds bytes that are not UTF-8 ({error.reason}); save it as UTF-8",
            code="VCF008",
        ) from error


def _samples(columns: list[str], name: str) -> tuple[str, ...]:
    samples = tuple(columns[9:])
    if not samples:
        raise VcfError(
            f"{name}: has no sample column, so it says nothing about a person; "
            "export it with genotypes",
            code="VCF009",
        )
    if len(set(samples)) != len(samples):
        twice = Counter(samples).most_common(1)[0][0]
        raise VcfError(
            f"{name}: two samples are named {twice!r}; rename one, so that results cannot be mixed",
            code="VCF010",
        )
    return samples


def chosen_samples(header: Header, wanted: Sequence[str] | None, name: str) -> tuple[str, ...]:
    """Return the samples to read, all when none is named.  Raises: VcfError VCF011."""
    if not wanted:
        return header.samples
    known = frozenset(header.samples)
    for sample in wanted:
        if sample not in known:
            few = header.samples[:MOST_COMPARED]
            near = difflib.get_close_matches(sample, few, 3) or few[:3]
            raise VcfError(
                f"{name}: has no sample {sample!r}; it has {', '.join(near)}"
                f"{' …' if len(known) > len(near) else ''}; name one of its samples",
                code="VCF011",
            )
    return tuple(dict.fromkeys(wanted))
