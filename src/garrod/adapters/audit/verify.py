"""A whole log looked through: rows, hashes, heads, keys, the witness, and who is named where.

The table by which a person's entries are found is compared with what the entries say: both are
summed up as sets of (person, entry), so that neither has to be kept in memory.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from garrod.adapters.audit import schema
from garrod.adapters.audit.connect import fault, opened_to_read
from garrod.adapters.audit.keys import is_signed
from garrod.adapters.audit.lines import people_of, read_of
from garrod.adapters.audit.witness import heads_witnessed
from garrod.care.govern.audit import is_glass
from garrod.care.govern.audit_check import Check, Checked, Evidence, Flaw, Harm, Row
from garrod.care.govern.audit_heads import Head, head_read

AT_ONCE = 2000  # rows read at a time
HASH = 2**64
PEOPLE = "SELECT patient, entry, glass FROM people"
NAMED = "SELECT count(*) FROM people WHERE (patient, entry, glass) = (?, ?, ?)"


def verified(
    path: Path,
    *,
    witness: Path | None = None,
    key: str = "",
    opening: Callable[[Path], Any] = opened_to_read,
) -> Checked:
    """Return what is found in a log; `key`: the id of the key that is kept outside it.

    `opening` gives the connection by which it is read.

    Raises: OutsideError AUD010, InputError AUD011 (no log), AUD015 (the witness).
    """
    witnessed = heads_witnessed(witness) if witness is not None else ()
    connection = opening(path)
    try:
        connection.execute("BEGIN")  # what is written meanwhile is not seen
        evidence = Evidence(tuple(_heads(connection)), _seal(connection), witnessed, key)
        named = _Named()
        found = Check(evidence, is_signed, read_of, named.entry).run(_rows(connection))
        if found.flaw is None:
            found = replace(found, flaw=_people_flaw(connection, named))
    except sqlite3.Error as error:
        raise fault(path, error) from error
    finally:
        connection.close()
    return found


class _Named:
    """Sums up who is named where.

    Python hashes texts with a key of each process's own: nobody can plan two sets of one sum.
    """

    def __init__(self) -> None:
        self.sum, self.count = 0, 0

    def entry(self, index: int, told: Mapping[str, Any]) -> None:
        """Add those whom an entry names."""
        glass = int(is_glass(told))
        for patient in dict.fromkeys(people_of(told)):
            self.row(patient, index, glass)

    def row(self, patient: object, index: object, glass: object) -> None:
        """Add one."""
        self.sum += hash((patient, index, glass))
        self.count += 1


def _people_flaw(connection: sqlite3.Connection, named: _Named) -> Flaw | None:
    kept = _Named()
    for row in connection.execute(PEOPLE):
        kept.row(*row)
    if (kept.sum % HASH, kept.count) == (named.sum % HASH, named.count):
        return None
    for index, entry, _ in _rows(connection):
        told = read_of(entry)
        for patient in people_of(told):
            if not connection.execute(NAMED, (patient, index, is_glass(told))).fetchone()[0]:
                words = f"entry {index} names a person by whom it cannot be found any more"
                return Flaw(Harm.PEOPLE, index, words)
    return Flaw(Harm.PEOPLE, 0, "the table of people leads to entries that do not name them")


def _rows(connection: sqlite3.Connection) -> Iterator[Row]:
    cursor = connection.execute(schema.ROWS)
    while some := cursor.fetchmany(AT_ONCE):
        yield from some


def _heads(connection: sqlite3.Connection) -> Iterator[tuple[int, Head | None]]:
    for number, content in connection.execute("SELECT id, head FROM heads ORDER BY id"):
        yield number, _head(content)


def _seal(connection: sqlite3.Connection) -> Head | None:
    row = connection.execute(schema.READ_SEAL).fetchone()
    return _head(row[0]) if row else None


def _head(content: Any) -> Head | None:
    try:
        return head_read(content)
    except (TypeError, ValueError):
        return None
