"""Which cells of a record are read alike, so that each kind is read once, however many people.

A cell's depth and quality only matter where they are too low: of those that are high enough, all
with the same genotype and phase set are one kind.
"""

from __future__ import annotations

from collections.abc import Sequence

from garrod.adapters.vcf.record import PASSING, ReadSettings, Record

_PASSING = frozenset(word.encode() for word in PASSING)
_BLANK = (b".", b"")
NEVER = float("inf")  # no value but those known to pass is high enough
Check = tuple[int, float, dict[bytes, bool]]  # place in the cell, least value, values seen
_QUALITY, _DEPTH = ("GQ", "RGQ"), ("MIN_DP", "DP")


def alike(record: Record, cells: Sequence[bytes], settings: ReadSettings) -> dict[bytes, bytes]:
    """Return, for each different cell, the one of its kind that stands for all of them."""
    if len(cells) == 1:
        return {cells[0]: cells[0]}
    different = set(cells)
    if len(record.keys) == 1 or len(different) == 1:
        return {cell: cell for cell in different}
    where = {key: number for number, key in enumerate(record.keys)}
    if "GT" not in where:
        return {cell: cell for cell in different}
    checks = _checks(record, where, settings)
    genotype, phase_set = where["GT"], where.get("PS", -1)
    first: dict[tuple[bytes, bytes], bytes] = {}
    found: dict[bytes, bytes] = {}
    for cell in different:
        parts = cell.split(b":")
        if len(parts) <= genotype or not _is_believed(parts, checks):
            found[cell] = cell
            continue
        kind = (parts[genotype], parts[phase_set] if 0 <= phase_set < len(parts) else b"")
        found[cell] = first.setdefault(kind, cell)
    return found


def _checks(record: Record, where: dict[str, int], settings: ReadSettings) -> list[Check]:
    """Return what a cell must pass; nothing where the record failed its FILTER as a whole."""
    if record.filter not in PASSING:
        return []
    names = [(key, settings.min_gq) for key in _QUALITY]
    names += [(key, settings.min_dp) for key in _DEPTH]
    checks: list[Check] = [(where[key], least, {}) for key, least in names if key in where]
    if "FT" in where:
        checks.append((where["FT"], NEVER, dict.fromkeys(_PASSING, True)))
    return checks


def _is_believed(parts: list[bytes], checks: list[Check]) -> bool:
    count = len(parts)
    for number, least, known in checks:
        if number < count:
            value = parts[number]
            is_high = known.get(value)
            if is_high is None:  # few values are different: each is looked at once a record
                is_high = known[value] = _is_high(value, least)
            if not is_high:
                return False
    return True


def _is_high(value: bytes, least: float) -> bool:
    if value in _BLANK:
        return True
    try:
        return float(value) >= least and least != NEVER
    except ValueError:
        return False
