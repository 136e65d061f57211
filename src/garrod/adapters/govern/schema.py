"""The tables of the release ledger. What was written is not changed and not taken away.

people   a number for each person of a data set, by a keyed hash of who it is
shown    the groups of people of whom a count was shown, as bits by number
"""

from __future__ import annotations

APPLICATION = 0x4741524C  # "GARL": by it a file is known
TABLES = (
    "CREATE TABLE releases (id INTEGER PRIMARY KEY, at TEXT NOT NULL, analyst TEXT NOT NULL, "
    "project TEXT NOT NULL, purpose TEXT NOT NULL, basis TEXT NOT NULL, data_set TEXT NOT NULL, "
    "deed TEXT NOT NULL, what TEXT NOT NULL, epsilon TEXT NOT NULL, outcome TEXT NOT NULL, "
    "because TEXT NOT NULL, people TEXT NOT NULL)",
    "CREATE INDEX releases_of ON releases (analyst, data_set)",
    "CREATE TABLE shown (release INTEGER NOT NULL, place INTEGER NOT NULL, sort TEXT NOT NULL, "
    "people BLOB NOT NULL, PRIMARY KEY (release, place))",
    "CREATE TABLE people (data_set TEXT NOT NULL, person BLOB NOT NULL, number INTEGER NOT NULL, "
    "PRIMARY KEY (data_set, person)) WITHOUT ROWID",
    "CREATE UNIQUE INDEX people_number ON people (data_set, number)",
    "CREATE TABLE budgets (id INTEGER PRIMARY KEY, analyst TEXT NOT NULL, data_set TEXT NOT NULL, "
    "epsilon TEXT NOT NULL)",
)
TRIGGERS = tuple(
    f"CREATE TRIGGER {table}_{verb.lower()} BEFORE {verb} ON {table} "
    "BEGIN SELECT RAISE(ABORT, 'the release ledger is append only'); END"
    for table in ("releases", "shown", "people", "budgets")
    for verb in ("UPDATE", "DELETE")
)
COLUMNS = (
    "at", "analyst", "project", "purpose", "basis", "data_set", "deed", "what", "epsilon",
    "outcome", "because", "people",
)  # fmt: skip
PUT = (
    f"INSERT INTO releases ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))}) "
    "RETURNING id"
)
ALL = f"SELECT id, {', '.join(COLUMNS)} FROM releases ORDER BY id"
PUT_SHOWN = "INSERT INTO shown (release, place, sort, people) VALUES (?, ?, ?, ?)"
SHOWN = (
    "SELECT s.release, s.sort, s.people FROM releases r JOIN shown s ON s.release = r.id "
    "WHERE r.analyst = ? AND r.data_set = ? ORDER BY s.release, s.place"
)
EPSILONS = (
    "SELECT epsilon FROM releases WHERE analyst = ? AND data_set = ? AND outcome = ? "
    "AND epsilon != ''"
)
BUDGET = "SELECT epsilon FROM budgets WHERE analyst = ? AND data_set = ? ORDER BY id DESC LIMIT 1"
PUT_BUDGET = "INSERT INTO budgets (analyst, data_set, epsilon) VALUES (?, ?, ?)"
NUMBER = "SELECT number FROM people WHERE data_set = ? AND person = ?"
NEXT = "SELECT coalesce(max(number), -1) + 1 FROM people WHERE data_set = ?"
PUT_PERSON = "INSERT INTO people (data_set, person, number) VALUES (?, ?, ?)"
