"""What a record's alleles say at a known position, however the record is spelled.

Both are written out as haplotypes over the same stretch of reference; equal haplotypes are the
same allele. So a trimmed, padded, split or shifted indel is recognised without a genome file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from garrod.adapters.vcf.record import NON_REF
from garrod.core.genotype import MISSING, UNDOCUMENTED
from garrod.core.variant import Assembly, Position, RefStatus

DELETED = "~"  # the position lies inside a deletion read on this strand
LONGEST_CONTEXT = 200
_PLAIN = re.compile(r"g\.(\d+)(?:_(\d+))?(?:dup|del(?!ins))")
_REPEAT = re.compile(r"g\.(\d+)([ACGT]+)\[")
_SEQUENCE = re.compile(r"[ACGTN]+")


@dataclass(frozen=True, slots=True)
class Window:
    """A position on one build: where its alleles are written, and the reference around it."""

    index: int
    position: Position
    start: int
    ref: str
    context: str  # reference from `start` on; longer than `ref` where an indel can be shifted
    is_verified: bool
    is_single: bool  # all alleles are one base
    is_deletable: bool = False  # it lies inside a deletion that is an allele of its gene

    @property
    def stop(self) -> int:
        """Return the last base that the position's own REF covers."""
        return self.start + len(self.ref) - 1

    @property
    def end(self) -> int:
        """Return the last base of the context."""
        return self.start + len(self.context) - 1


def window_of(index: int, position: Position, assembly: Assembly) -> Window | None:
    """Return the window of a position on a build; None where the build has none."""
    locus = position.on(assembly)
    if locus is None or locus.status is RefStatus.ABSENT:
        return None
    return Window(
        index,
        position,
        locus.pos,
        locus.ref,
        locus.ref if len(locus.ref) == 1 == _longest(position) else _context(position, locus.ref),
        locus.status is RefStatus.VERIFIED,
        _longest(position) == 1,
    )


def with_deletions(windows: Sequence[Window]) -> list[Window]:
    """Return the windows with those marked that a defined deletion of their gene removes."""
    removed: dict[str, set[int]] = {}
    for window in windows:
        for allele in window.position.alleles:
            if len(allele) < len(window.ref):
                first, last = changed(window.ref, allele)
                stretch = range(window.start + first, window.start + last)
                removed.setdefault(window.position.gene, set()).update(stretch)
    return [
        replace(w, is_deletable=True)
        if w.is_single and w.start in removed.get(w.position.gene, ())
        else w
        for w in windows
    ]


def _longest(position: Position) -> int:
    return max(len(a) for a in position.alleles)


def _context(position: Position, ref: str) -> str:
    """Return REF prolonged by what HGVS's 3'-most spelling proves about the reference.

    VCF writes an indel leftmost, HGVS rightmost: between the two, the reference repeats the unit.
    """
    alt = next((a for a in position.alleles if len(a) != len(ref)), ref)
    unit = ref[1:] if len(alt) < len(ref) else alt[1:]
    last = _rightmost(position)
    length = last - position.grch38.pos
    if not unit or ref[0] != alt[0] or not len(ref) <= length + 1 <= LONGEST_CONTEXT:
        return ref
    return ref[0] + (unit * (length // len(unit) + 1))[:length]


def _rightmost(position: Position) -> int:
    """Return the last base (GRCh38) of the 3'-most spelling; 0 where HGVS does not show it."""
    plain = _PLAIN.search(position.hgvs)
    if plain:
        return int(plain[2] or plain[1])
    repeat = _REPEAT.search(position.hgvs)
    if not repeat:
        return 0
    counts = sorted({int(n) for n in re.findall(r"\[(\d+)\]", position.hgvs)})
    lengths = sorted(len(a) for a in position.alleles)
    rank = lengths.index(len(position.alleles[0]))
    if len(counts) == len(lengths):  # the reference's own count is listed
        count = counts[rank]
    else:
        count = counts[0] + rank if rank else counts[0] - 1
    return int(repeat[1]) + len(repeat[2]) * count - 1


class RefMismatch(Exception):
    """The record's REF is not what the build has at the position."""


def spoken(window: Window, pos: int, ref: str, alts: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the position's allele for REF and each ALT; None where the record does not speak.

    An allele that no definition knows is UNDOCUMENTED, one that a deletion removes is DELETED; one
    that another record's deletion removes ("*") is MISSING where such a deletion is defined.
    Raises: RefMismatch.
    """
    if not _SEQUENCE.fullmatch(ref):
        return None
    real = [a for a in alts if a not in NON_REF]
    if real and not any(_SEQUENCE.fullmatch(a) or a == "*" for a in real):
        return None  # structural records speak of copies, not of bases
    if window.is_single:
        return _single(window, pos, ref, alts)
    return _indel(window, pos, ref, alts)


def _single(window: Window, pos: int, ref: str, alts: tuple[str, ...]) -> tuple[str, ...] | None:
    offset = window.start - pos
    if not 0 <= offset < len(ref):
        return None
    base = ref[offset]
    known = window.position.alleles
    if base == "N":
        return None
    if (window.is_verified and base != window.ref) or base not in known:
        raise RefMismatch(base)
    found = [base]
    for alt in alts:
        if not _SEQUENCE.fullmatch(alt):
            is_told_elsewhere = alt == "*" and window.is_deletable
            found.append(MISSING if is_told_elsewhere else UNDOCUMENTED)
            continue
        if len(alt) == len(ref):
            read = alt[offset]
        else:
            first, last = changed(ref, alt)
            read = base if offset < first or offset >= last else DELETED
        found.append(read if read in known or read == DELETED else UNDOCUMENTED)
    return tuple(found)


def changed(ref: str, alt: str) -> tuple[int, int]:
    """Return the stretch of REF, from and up to, that ALT changes, once trimmed leftmost."""
    shorter = min(len(ref), len(alt))
    tail = 0
    while tail < shorter - 1 and ref[-1 - tail] == alt[-1 - tail]:
        tail += 1
    head = 0
    while head < shorter - tail and ref[head] == alt[head]:
        head += 1
    return head, len(ref) - tail


def _indel(window: Window, pos: int, ref: str, alts: tuple[str, ...]) -> tuple[str, ...] | None:
    last = pos + len(ref) - 1
    if pos > window.end + 1 or last < window.start:
        return None
    overlap = range(max(pos, window.start), min(last, window.stop) + 1)
    if any(ref[i - pos] != window.ref[i - window.start] for i in overlap):
        raise RefMismatch(ref)
    is_anchored = pos <= window.start
    sequences = [a for a in alts if _SEQUENCE.fullmatch(a)]
    if not sequences and "*" not in alts:
        if is_anchored and not window.is_verified and last < window.stop:
            raise RefMismatch(ref)  # it states a part of the reference, not the whole
        return (window.ref, *(UNDOCUMENTED for _ in alts)) if is_anchored else None
    covers = is_anchored and last >= window.stop
    if not covers and all(len(a) == len(ref) for a in sequences):
        return None  # substitutions beside the indel say nothing about it
    spelled = {
        _haplotype(window, pos, ref, at=window.start, old=window.ref, new=allele): allele
        for allele in window.position.alleles
    }
    found = [window.ref]
    for alt in alts:
        is_sequence = _SEQUENCE.fullmatch(alt) is not None
        whole = _haplotype(window, pos, ref, at=pos, old=ref, new=alt) if is_sequence else ""
        found.append(spelled.get(whole, UNDOCUMENTED))
    if set(found[1:]) == {UNDOCUMENTED} and pos > window.end:
        return None  # an indel of the neighbourhood
    return tuple(found)


def _haplotype(window: Window, pos: int, ref: str, *, at: int, old: str, new: str) -> str:
    """Return the stretch that window and record span together, with `old` at `at` made `new`."""
    first, last = min(pos, window.start), max(pos + len(ref) - 1, window.end)
    cells = ["N"] * (last - first + 1)
    cells[window.start - first : window.end - first + 1] = window.context
    cells[pos - first : pos - first + len(ref)] = ref
    return "".join(cells[: at - first]) + new + "".join(cells[at - first + len(old) :])
