"""One line of a variant file: its fixed fields, and what a sample's cell says.

A cell becomes a GenotypeCall: which alleles (by number), phased or not, and why not usable.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from zlib import crc32

from garrod.adapters.vcf.header import chromosome_of
from garrod.core.errors import VcfError

_END = re.compile(r"(?:^|;)END=(\d{1,12})(?:;|$)", re.ASCII)
_SEGMENT = re.compile(r"(?:^|;)(?:SVTYPE|REFLEN)=")
LONGEST_SHOWN = 60  # characters of a field in a message or proof
LONGEST_NUMBER = 12  # digits: no position, depth or allele has more
_FIRST: dict[str, int | None] = {".": None, "0": 0, "1": 1, "2": 2, "3": 3}
PASSING = ("PASS", ".", "")
NON_REF = ("<NON_REF>", "<*>")  # the ALTs of a gVCF that stand for "anything else"


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """The least quality at which a genotype is believed, where the file states one."""

    min_gq: float = 20
    min_dp: float = 8


@dataclass(frozen=True, slots=True)
class Record:
    """The fixed fields of a line, and where in a sample's cell each value stands."""

    line: int | None
    contig: str
    chromosome: str
    pos: int
    ref: str
    alts: tuple[str, ...]
    filter: str
    end: int  # last position it speaks of
    is_block: bool  # a gVCF block: no ALT but <NON_REF> or <*>, reaching to INFO END
    info: str
    keys: tuple[str, ...]
    cells: tuple[bytes, ...] | list[bytes]

    @property
    def is_segment(self) -> bool:
        """Return whether it is a copy-number caller's "no change": it says nothing of bases."""
        is_plain = all(a in NON_REF for a in self.alts)
        return is_plain and ("CN" in self.keys or _SEGMENT.search(self.info) is not None)

    @property
    def site(self) -> str:
        """Return the site as the file writes it, for the proof chain."""
        alts = shown(",".join(self.alts)) or "."
        return f"{shown(self.contig)}:{self.pos} {shown(self.ref)}>{alts}"


@dataclass(frozen=True, slots=True)
class GenotypeCall:
    """What a cell says: allele numbers (None: a dot), or the reason why it is not usable."""

    alleles: tuple[int | None, ...] = ()
    phased: bool = False
    phase_set: int | None = None
    reason: str = ""
    text: str = ""
    is_cut: bool = False  # more than two alleles were written; the first two are kept


class BadCell(Exception):
    """A cell that breaks the format."""


def parse_record(raw: bytes, *, line: int | None, columns: int, name: str) -> Record:
    """Return the record on a line.  Raises: VcfError VCF008, VCF016, VCF020."""
    where = f"{name}: line {line}" if line else name
    fields = raw.split(b"\t")
    head = _head(fields, columns, where)
    pos = whole(head[1])
    if pos is None or not head[3]:
        raise VcfError(
            f"{where} does not start as a VCF record does (CHROM, a number as POS, …); "
            "export the file again",
            code="VCF020",
        )
    ref = head[3].upper()
    alts = tuple(a if a[:1] == "<" else a.upper() for a in head[4].split(",") if a != ".")
    is_block, end = False, pos + len(ref) - 1
    if all(a in NON_REF for a in alts):
        match = _END.search(head[7])
        if match:
            is_block, end = True, max(end, int(match[1]))
    return Record(
        line=line,
        contig=head[0],
        chromosome=chromosome_of(head[0]),
        pos=pos,
        ref=ref,
        alts=alts,
        filter=head[6],
        end=end,
        is_block=is_block,
        info=head[7],
        keys=tuple(head[8].split(":")),
        cells=fields[9:],
    )


def _head(fields: list[bytes], columns: int, where: str) -> list[str]:
    """Return the nine fixed fields as text.  Raises: VcfError VCF008, VCF016."""
    if len(fields) != columns:
        raise VcfError(
            f"{where} has {len(fields)} columns, the header announces {columns}; "
            "the file is cut off or edited: export it again",
            code="VCF016",
        )
    try:
        return [field.decode() for field in fields[:9]]
    except UnicodeDecodeError as error:
        raise VcfError(
            f"{where} holds bytes that are not UTF-8 ({error.reason}); save it as UTF-8",
            code="VCF008",
        ) from error


def read_cell(record: Record, cell: bytes, settings: ReadSettings) -> GenotypeCall:
    """Return what a sample's cell says.  Raises: BadCell."""
    values = values_of(record, cell)
    if "GT" not in record.keys:
        return GenotypeCall(reason="the record has no genotype (GT)")
    written = values.get("GT", "")
    bare = written[1:] if written[:1] in ("|", "/") else written
    alleles = tuple([_number(a, record) for a in bare.replace("|", "/").split("/")])
    if alleles.count(None) == len(alleles):
        return GenotypeCall(reason=f"genotype {shown(written)}", text=shown(written))
    reason = _doubt(record, values, settings)
    return GenotypeCall(
        alleles=() if reason else alleles[:2],
        phased="|" in bare or len(alleles) == 1,
        phase_set=_phase_set(values.get("PS", ".")),
        reason=reason,
        text=shown(written),
        is_cut=len(alleles) > 2,
    )


def values_of(record: Record, cell: bytes) -> dict[str, str]:
    """Return a sample's values by the names that FORMAT gives them."""
    return dict(zip(record.keys, cell.decode("utf-8", "replace").split(":"), strict=False))


def shown(text: str) -> str:
    """Return a field as it is shown to people: without control characters, and not too long."""
    clean = text if text.isprintable() else "".join(c if c.isprintable() else "?" for c in text)
    return clean if len(clean) <= LONGEST_SHOWN else f"{clean[:LONGEST_SHOWN]}…({len(clean)})"


def whole(text: str) -> int | None:
    """Return the whole number that a field holds; None when it holds none."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER
    return int(text) if is_number else None


def _phase_set(text: str) -> int | None:
    """Return the phase set; one that is named, not numbered, gets a number of its own."""
    if text in (".", ""):
        return None
    number = whole(text)
    return number if number is not None else -1 - crc32(text.encode())


def _number(text: str, record: Record) -> int | None:
    if text in _FIRST:
        number = _FIRST[text]
        if number is None or number <= len(record.alts):
            return number
    number = whole(text)
    if number is None or number > len(record.alts):
        raise BadCell(f"genotype {shown(text)!r} is not an allele of {record.site}")
    return number


def _doubt(record: Record, values: dict[str, str], settings: ReadSettings) -> str:
    """Return why a genotype is not believed, or nothing."""
    if record.filter not in PASSING:
        return f"FILTER is {shown(record.filter)}"
    if values.get("FT", ".") not in PASSING:
        return f"FT is {shown(values['FT'])}"
    quality = _value(values, ("GQ", "RGQ"))
    if quality is not None and not quality >= settings.min_gq:
        return f"GQ {quality:g} is below {settings.min_gq:g}"
    depth = _value(values, ("MIN_DP", "DP") if record.is_block else ("DP",))
    if depth is not None and not depth >= settings.min_dp:
        return f"DP {depth:g} is below {settings.min_dp:g}"
    return ""


def _value(values: dict[str, str], names: tuple[str, ...]) -> float | None:
    for name in names:
        try:
            return float(values[name])
        except (KeyError, ValueError):
            continue
    return None
