"""Search rows as they are stored against those made anew of the stored bytes."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from garrod.adapters.store.compiled import Row
from garrod.adapters.store.flaw import Difference, Flaw, Part
from garrod.adapters.store.meaning import Meaning
from garrod.adapters.store.packing import moment, packed, param_number, unpacked
from garrod.adapters.store.proving import Found, Seen
from garrod.adapters.store.rowing import rows_of
from garrod.core.errors import GarrodError
from garrod.core.resource import Draft, Splice, Version

COMPARTMENT = "compartment"


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What a version's bytes say; nothing where they are damaged, or nobody knows their meaning."""

    draft: Draft | None = None
    people: tuple[str, ...] = ()
    rows: Found | None = field(default=None, repr=False)  # without keys; None: not known
    flaw: str = ""


def recomputed(seen: Seen, meaning: Meaning | None) -> Recomputed:
    """Return what a version's bytes say, when they are those that were hashed."""
    if seen.stand is None or meaning is None:
        return Recomputed()
    if seen.method == "DELETE":
        return Recomputed(rows={})
    if hashlib.sha256(seen.body).digest() != seen.sha256:
        return Recomputed()
    kind, id = seen.stand.kind, seen.stand.id
    try:
        draft = meaning.drafted(seen.body, kind=kind, id=id)
    except GarrodError as error:
        return Recomputed(flaw=f"has the bytes that were hashed, and they are not read: {error}")
    rows: Found = {
        table: [row[:-1] for row in some] for table, some in rows_of(draft, seen.key).items()
    }
    if draft.patients:
        rows[COMPARTMENT] = [(who, kind) for who in dict.fromkeys(draft.patients)]
    flaw = "" if _is_served_alike(seen, draft, meaning) else (
        "is served with its id and meta at other places than its bytes have"
    )  # fmt: skip
    return Recomputed(draft, draft.patients, rows, flaw)


def _is_served_alike(seen: Seen, draft: Draft, meaning: Meaning) -> bool:
    if seen.splice == packed(draft.splice):
        return True
    try:
        stored = unpacked(seen.splice)
        return stored is not None and _served(seen, stored, meaning) == _served(
            seen, draft.splice, meaning
        )
    except Exception:  # offsets of nothing: whatever it raises, it cannot be served
        return False


def _served(seen: Seen, splice: Splice, meaning: Meaning) -> bytes:
    assert seen.stand is not None
    of = (seen.stand.kind, seen.stand.id, seen.number, moment(seen.at), seen.method, seen.sequence)
    return meaning.served(Version(*of, seen.body, splice, seen.sha256))


def search_flaws(seen: Seen, made: Recomputed, found: Found, meaning: Meaning) -> Iterator[Flaw]:
    """Yield a flaw for each parameter of a newest version whose rows are not those of its bytes."""
    if made.rows is None or seen.stand is None:
        return
    kind, id = seen.stand.kind, seen.stand.id
    for table in sorted(found.keys() | made.rows.keys()):
        stored, wanted = Counter(found.get(table, ())), Counter(made.rows.get(table, ()))
        if stored == wanted:
            continue
        sides = (_by_param(table, stored - wanted), _by_param(table, wanted - stored))
        names = {param_number(kind, name): name for name in meaning.params(kind)}
        for number in sorted(sides[0].keys() | sides[1].keys()):
            param = "patient" if table == COMPARTMENT else names.get(number, f"no. {number}")
            differs = (sides[0].get(number, ()), sides[1].get(number, ()))
            difference = Difference(param, table, *differs)
            what = "is not found by what its bytes say:"
            yield Flaw(kind, id, seen.number, what, Part.SEARCH, seen.key, difference)


def _by_param(table: str, rows: Mapping[Row, int]) -> dict[int, tuple[Row, ...]]:
    """Return rows by the number of their parameter; those of a compartment under 0."""
    found: dict[int, list[Row]] = {}
    for row, count in rows.items():
        number, values = (0, row[:1]) if table == COMPARTMENT else (int(row[0]), row[1:])
        found.setdefault(number, []).extend([_plain(table, values)] * count)
    return {number: tuple(sorted(some, key=str)) for number, some in found.items()}


def _plain(table: str, values: Row) -> Row:
    """Return values as they are told: those that only repeat the start of words are left out."""
    return tuple(values[1:] if table in ("string", "uri") else values)
