"""The tables of the log, and the triggers by which nothing in it is changed or taken away.

`hashes` of an entry: its own, and those of all subtrees that it completes, smallest first; so each
complete subtree of the tree stands with its last leaf, and is read by one look at a primary key.
`glass` of a person's entry: 1 where the glass was broken.
"""

from __future__ import annotations

APPLICATION = 0x47415544  # "GAUD": by it a file is known
TABLES = (
    "CREATE TABLE entries (id INTEGER PRIMARY KEY, entry BLOB NOT NULL, hashes BLOB NOT NULL)",
    "CREATE TABLE people (patient TEXT NOT NULL, entry INTEGER NOT NULL, "
    "glass INTEGER NOT NULL, PRIMARY KEY (patient, entry)) WITHOUT ROWID",
    "CREATE TABLE heads (id INTEGER PRIMARY KEY, head BLOB NOT NULL)",
    "CREATE TABLE seal (id INTEGER PRIMARY KEY CHECK (id = 1), head BLOB NOT NULL)",
)
_NEXT = "(SELECT coalesce(max(id), -1) + 1 FROM {table})"
TRIGGERS = (
    *(
        f"CREATE TRIGGER {table}_{verb.lower()} BEFORE {verb} ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is append only'); END"
        for table in ("entries", "people", "heads")
        for verb in ("UPDATE", "DELETE")
    ),
    "CREATE TRIGGER seal_delete BEFORE DELETE ON seal "
    "BEGIN SELECT RAISE(ABORT, 'the audit log is append only'); END",
    *(
        f"CREATE TRIGGER {table}_next BEFORE INSERT ON {table} "
        f"WHEN NEW.id IS NOT {_NEXT.format(table=table)} "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is append only'); END"
        for table in ("entries", "heads")
    ),
)
PUT_ENTRIES = "INSERT INTO entries (id, entry, hashes) VALUES (?, ?, ?)"
PUT_PEOPLE = "INSERT INTO people (patient, entry, glass) VALUES (?, ?, ?)"
PUT_HEAD = "INSERT INTO heads (id, head) VALUES (?, ?)"
SEAL = (  # the new one, where the old one still is what its writer last saw
    "INSERT INTO seal (id, head) VALUES (1, ?) "
    "ON CONFLICT (id) DO UPDATE SET head = excluded.head WHERE head = ?"
)
BEGIN_SEAL = "INSERT INTO seal (id, head) VALUES (1, ?)"
READ_SEAL = "SELECT head FROM seal WHERE id = 1"
SIZE = "SELECT coalesce(max(id), -1) + 1 FROM entries"
ROW = "SELECT entry, hashes FROM entries WHERE id = ?"
HASHES = "SELECT hashes FROM entries WHERE id = ?"
KEYS = (  # heads kept, the first of each key: it seals the entry that introduced the key
    "SELECT head FROM heads WHERE id IN (SELECT min(id) FROM heads "
    "GROUP BY json_extract(CAST(head AS TEXT), '$.key')) ORDER BY id DESC"
)
MARKS = (  # of each journal that waits: how much of it stands in the log
    "CREATE TABLE IF NOT EXISTS marks (journal TEXT PRIMARY KEY, upto INTEGER NOT NULL) "
    "WITHOUT ROWID"
)
PUT_MARK = (
    "INSERT INTO marks (journal, upto) VALUES (?, ?) "
    "ON CONFLICT (journal) DO UPDATE SET upto = excluded.upto"
)
READ_MARK = "SELECT upto FROM marks WHERE journal = ?"
DROP_MARK = "DELETE FROM marks WHERE journal = ?"
ROWS = "SELECT id, entry, hashes FROM entries ORDER BY id"
COPIED = (  # what a copy of a log is made of, beside its seal: read in order, put in
    (ROWS, PUT_ENTRIES),
    ("SELECT patient, entry, glass FROM people ORDER BY patient, entry", PUT_PEOPLE),
    ("SELECT id, head FROM heads ORDER BY id", PUT_HEAD),
    (
        "SELECT journal, upto FROM marks ORDER BY journal",
        "INSERT INTO marks (journal, upto) VALUES (?, ?)",
    ),
)
OF_PERSON = (
    "SELECT e.entry FROM people p JOIN entries e ON e.id = p.entry "
    "WHERE p.patient = ? AND p.entry < ? AND p.glass BETWEEN ? AND ? "
    "ORDER BY p.entry DESC LIMIT ?"
)
