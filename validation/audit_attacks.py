"""What somebody with the log's file, and without its key, may do to it. Each attack changes it."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np

from garrod.adapters.audit import schema
from garrod.adapters.audit.keys import new_key
from garrod.adapters.audit.postgres_link import Link, Rows
from garrod.care.govern.audit_heads import Head, LogKey, head_read
from garrod.care.govern.merkle import Frontier, leaf_hash

Chance = np.random.Generator
Entries = list[bytes]  # in their order
TABLES = ("entries", "people", "heads", "seal")


class Attacker:
    """Has the file open, with every trigger taken off."""

    def __init__(self, path: Path, chance: Chance) -> None:
        self.chance = chance
        self.file = sqlite3.connect(path, isolation_level=None)
        for (name,) in self.file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            self.file.execute(f"DROP TRIGGER {name}")
        self.file.execute("BEGIN")

    def done(self) -> None:
        """Put the triggers back, and go."""
        self.file.execute("COMMIT")
        for trigger in schema.TRIGGERS:
            self.file.execute(trigger)
        self.file.close()

    def entries(self) -> Entries:
        """Return the entries in their order."""
        return [bytes(e) for (e,) in self.file.execute("SELECT entry FROM entries ORDER BY id")]

    def some(self, count: int, *, first: int = 0) -> int:
        """Return a number from the first to below the count."""
        return int(self.chance.integers(first, count))

    def written(self, entries: Entries) -> None:
        """Write the whole log anew with every place, hash and person made to fit."""
        tree = Frontier()
        for table in ("entries", "people"):
            self.file.execute(f"DELETE FROM {table}")
        for index, entry in enumerate(entries):
            told = {**json.loads(entry), "index": index}
            placed = json.dumps(told, separators=(",", ":")).encode()
            self.file.execute(schema.PUT_ENTRIES, (index, placed, tree.add(leaf_hash(placed))))
            for patient in told.get("patients", ()):
                self.file.execute(schema.PUT_PEOPLE, (patient, index, 0))

    def heads(self) -> list[tuple[int, Head]]:
        """Return the heads kept."""
        rows = self.file.execute("SELECT id, head FROM heads ORDER BY id").fetchall()
        return [(number, head_read(head)) for number, head in rows]

    def seal(self, content: bytes) -> None:
        """Put in a seal."""
        self.file.execute("UPDATE seal SET head = ?", (content,))


class DatabaseAttacker(Attacker):
    """Is within a transaction of a database, its triggers off; whoever began it ends it."""

    def __init__(self, link: Link, chance: Chance) -> None:
        self.chance = chance
        self.file = cast(Any, link)

    def done(self) -> None:
        """Leave it to whoever began the transaction."""


class Within:
    """A connection within whose transaction a log is verified."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def execute(self, text: str, values: Sequence[object] = ()) -> Rows | None:
        """Return what a statement answers; the transaction stands already."""
        return None if text == "BEGIN" else self._link.execute(text, values)

    def close(self) -> None:
        """Leave it to whoever opened it."""


def changed(entry: bytes, chance: Chance) -> bytes:
    """Return an entry that says something else."""
    told: dict[str, Any] = json.loads(entry)
    field = ("who", "deed", "outcome", "at", "patients")[int(chance.integers(5))]
    told[field] = ["somebody-else"] if field == "patients" else "another"
    return json.dumps(told, separators=(",", ":")).encode()


Attack = Callable[[Attacker], None]


def edited(a: Attacker) -> None:
    """A row says something else."""
    at, entries = a.some(len(a.entries())), a.entries()
    a.file.execute(
        "UPDATE entries SET entry = ? WHERE id = ?", (changed(entries[at], a.chance), at)
    )


def edited_with_leaf(a: Attacker) -> None:
    """A row says something else, and its own hash fits."""
    at, entries = a.some(len(a.entries())), a.entries()
    entry = changed(entries[at], a.chance)
    ((old,),) = a.file.execute("SELECT hashes FROM entries WHERE id = ?", (at,)).fetchall()
    values = (entry, leaf_hash(entry) + bytes(old)[32:], at)
    a.file.execute("UPDATE entries SET entry = ?, hashes = ? WHERE id = ?", values)


def edited_with_all(a: Attacker) -> None:
    """A row says something else, and every hash of the log fits."""
    entries = a.entries()
    at = a.some(len(entries), first=1)
    entries[at] = changed(entries[at], a.chance)
    a.written(entries)


def rehashed(a: Attacker) -> None:
    """One hash of a row is another."""
    at = a.some(len(a.entries()))
    ((old,),) = a.file.execute("SELECT hashes FROM entries WHERE id = ?", (at,)).fetchall()
    bent = bytearray(old)
    bent[a.some(len(bent))] ^= 1 << a.some(8)
    a.file.execute("UPDATE entries SET hashes = ? WHERE id = ?", (bytes(bent), at))


def removed(a: Attacker) -> None:
    """A row is gone."""
    a.file.execute("DELETE FROM entries WHERE id = ?", (a.some(len(a.entries()) - 1),))


def removed_and_closed(a: Attacker) -> None:
    """A row is gone, and those after it moved up."""
    at = a.some(len(a.entries()) - 1)
    a.file.execute("DELETE FROM entries WHERE id = ?", (at,))
    a.file.execute("UPDATE entries SET id = -id WHERE id > ?", (at,))
    a.file.execute("UPDATE entries SET id = -id - 1 WHERE id < 0")


def removed_with_all(a: Attacker) -> None:
    """A row is gone, and everything after it fits."""
    entries = a.entries()
    del entries[a.some(len(entries), first=1)]
    a.written(entries)


def swapped(a: Attacker) -> None:
    """Two rows stand in each other's place."""
    entries = a.entries()
    one, two = a.chance.choice(len(entries), 2, replace=False)
    a.file.execute("UPDATE entries SET id = -1 WHERE id = ?", (int(one),))
    a.file.execute("UPDATE entries SET id = ? WHERE id = ?", (int(one), int(two)))
    a.file.execute("UPDATE entries SET id = ? WHERE id = -1", (int(two),))


def swapped_with_all(a: Attacker) -> None:
    """Two rows stand in each other's place, and every hash fits."""
    entries = a.entries()
    one, two = (int(i) + 1 for i in a.chance.choice(len(entries) - 1, 2, replace=False))
    entries[one], entries[two] = entries[two], entries[one]
    a.written(entries)


def cut_off(a: Attacker) -> None:
    """The end of the log is gone."""
    a.file.execute("DELETE FROM entries WHERE id >= ?", (a.some(len(a.entries()), first=1),))


def cut_off_to_a_head(a: Attacker) -> None:
    """The end is gone, heads and people too, and an earlier head stands for the seal."""
    heads = a.heads()
    number, head = heads[a.some(len(heads) - 1)]
    a.file.execute("DELETE FROM heads WHERE id > ?", (number,))
    a.file.execute("DELETE FROM entries WHERE id >= ?", (head.size,))
    a.file.execute("DELETE FROM people WHERE entry >= ?", (head.size,))
    a.seal(head.content())


def added(a: Attacker) -> None:
    """Rows are put in at the end, and their hashes fit."""
    entries = a.entries()
    a.written([*entries, entries[a.some(len(entries), first=1)]])


def put_in(a: Attacker) -> None:
    """A row is put in between others, and everything fits."""
    entries = a.entries()
    entries.insert(a.some(len(entries), first=1), entries[a.some(len(entries), first=1)])
    a.written(entries)


def head_altered(a: Attacker) -> None:
    """A head that was kept says something else."""
    number, head = a.heads()[a.some(len(a.heads()))]
    told = head.told() | {"at": "2001-01-01T00:00:00+00:00"}
    a.file.execute("UPDATE heads SET head = ? WHERE id = ?", (json.dumps(told).encode(), number))


def head_removed(a: Attacker) -> None:
    """A head that was kept is gone."""
    a.file.execute("DELETE FROM heads WHERE id = ?", (a.some(len(a.heads())),))


def seal_altered(a: Attacker) -> None:
    """The seal is of another size, or gone."""
    if a.some(2):
        a.file.execute("DELETE FROM seal")
        return
    ((content,),) = a.file.execute(schema.READ_SEAL).fetchall()
    told = json.loads(content)
    a.seal(json.dumps(told | {"size": told["size"] - 1}).encode())


def person_hidden(a: Attacker) -> None:
    """A person's entry is not found by that person any more."""
    rows = a.file.execute("SELECT patient, entry FROM people").fetchall()
    a.file.execute("DELETE FROM people WHERE (patient, entry) = (?, ?)", rows[a.some(len(rows))])


def person_put_in(a: Attacker) -> None:
    """A person's entries hold one that does not name them."""
    a.file.execute(schema.PUT_PEOPLE, ("nobody", a.some(len(a.entries())), 0))


def written_with_another_key(a: Attacker) -> None:
    """The whole log is written anew and signed by a key of the attacker's."""
    entries = a.entries()
    key = new_key(os.urandom)
    sign = key.signer()
    origin = json.loads(entries[0])["data"]["origin"]
    told = LogKey(origin, key.id, key.public, key.id)
    told = LogKey(origin, key.id, key.public, key.id, sign.sign(told.text()))
    first = json.loads(entries[0]) | {"data": told.entry("x").data}
    kept = [json.dumps(first).encode()]
    kept += [e for e in entries[1:] if json.loads(e)["event"] != "key"]
    del kept[a.some(len(kept), first=1)]
    a.written(kept)
    tree = Frontier()
    for entry in a.entries():
        tree.add(leaf_hash(entry))
    head = Head(origin, tree.size, tree.root(), "2026-01-01T00:00:00+00:00", key.id, 0)
    head = Head(*(getattr(head, n) for n in Head.__slots__[:-1]), sign.sign(head.text()))
    a.file.execute("DELETE FROM heads")
    a.seal(head.content())


ATTACKS: tuple[Attack, ...] = (
    edited, edited_with_leaf, edited_with_all, rehashed,
    removed, removed_and_closed, removed_with_all, swapped, swapped_with_all,
    cut_off, cut_off_to_a_head, added, put_in,
    head_altered, head_removed, seal_altered, person_hidden, person_put_in,
    written_with_another_key,
)  # fmt: skip
