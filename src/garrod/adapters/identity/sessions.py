"""Who is signed in, in a small file beside the record, for all workers and over restarts.

id of a session -> its hash (the row), its own key (what the row holds is sealed by it) -> bytes
Whoever reads the file can open no session, nor read whose it is: ids are in cookies alone.
What is kept beside a session for a while (a form that was refused) is sealed by its id and a key
that stands in an address alone, and goes with the session.
Source: OWASP Cheat Sheet on session management (unchecked); RFC 5297 (AES-SIV)
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from garrod.adapters.identity.model import Login
from garrod.core.errors import OutsideError

FILE, DEMO_FILE = "sessions.db", "demo-sessions.db"
MOST = 50_000  # Not clinical: people signed in at once
EACH = 200  # Not clinical: sessions of one person at once
ASIDE = 2_000  # Not clinical: things beside sessions at once
ASIDE_EACH = 12  # Not clinical: things beside one session at once
LARGEST = 96 * 1024  # Not clinical: bytes of one of them
BUSY = 5.0  # Not clinical: seconds to wait for another worker that writes
PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # who signed out stays so after a loss of power
    "PRAGMA secure_delete=ON",
)
TABLES = (
    "CREATE TABLE IF NOT EXISTS session (row BLOB PRIMARY KEY, person BLOB NOT NULL,"
    " body BLOB NOT NULL, until REAL NOT NULL) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS session_person ON session (person, until)",
    "CREATE INDEX IF NOT EXISTS session_until ON session (until)",
    "CREATE TABLE IF NOT EXISTS spent (row BLOB PRIMARY KEY, until REAL NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS cut (person BLOB PRIMARY KEY, at REAL NOT NULL,"
    " until REAL NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS login (row BLOB PRIMARY KEY, sid BLOB NOT NULL,"
    " sub BLOB NOT NULL, until REAL NOT NULL) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS login_sid ON login (sid)",
    "CREATE INDEX IF NOT EXISTS login_sub ON login (sub)",
    "CREATE TABLE IF NOT EXISTS aside (row BLOB PRIMARY KEY, session BLOB NOT NULL,"
    " body BLOB NOT NULL, until REAL NOT NULL)",
    "CREATE INDEX IF NOT EXISTS aside_session ON aside (session, until)",
    "CREATE INDEX IF NOT EXISTS aside_until ON aside (until)",
)


class SessionStore:
    """Keeps sessions. `path` None: for this process alone. Times are seconds since 1970.

    Every method raises OutsideError IDP011 where the file cannot be used.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._open: sqlite3.Connection | None = None

    def keep(
        self,
        id: str,
        person: str,
        body: bytes,
        until: float,
        now: float,
        *,
        login: Login | None = None,
    ) -> None:
        """Keep whose a session is; what is over goes, and of too many those that end first.

        `login`: as its issuer names the sign-in that it began with.
        """
        whose, sealed = _hash("person", person), _seal(id).encrypt(body, None)
        with self._writing() as db:
            for table in ("session", "login", "spent", "cut"):
                db.execute(f"DELETE FROM {table} WHERE until <= ?", (now,))
            _drop(db, "session WHERE person = ?", (whose,), EACH - 1)
            _drop(db, "session", (), MOST - 1)
            row = (_hash("row", id), whose, sealed, until)
            db.execute("INSERT INTO session VALUES (?, ?, ?, ?)", row)
            if login is not None:
                named = (row[0], _hash("sid", login.sid), _hash("sub", login.sub), until)
                db.execute("INSERT INTO login VALUES (?, ?, ?, ?)", named)

    def held(self, id: str, now: float) -> bytes | None:
        """Return what is kept of a session; None where there is none, or it is over."""
        found = self._one(
            "SELECT body FROM session WHERE row = ? AND until > ?", (_hash("row", id), now)
        )
        if found is None:
            return None
        try:
            return _seal(id).decrypt(found[0], None)
        except InvalidTag:
            return None  # somebody wrote into the file

    def end(self, id: str, until: float) -> None:
        """End a session, for good until its cookie is over anyway."""
        with self._writing() as db:
            db.execute("DELETE FROM session WHERE row = ?", (_hash("row", id),))
            db.execute("DELETE FROM aside WHERE session = ?", (_hash("row", id),))
            _spend(db, id, until)

    def end_all(self, person: str, now: float, until: float) -> int:
        """End all sessions of somebody that have begun; return how many of those are kept here."""
        whose = _hash("person", person)
        theirs = "SELECT row FROM session WHERE person = ?"
        with self._writing() as db:
            db.execute(f"DELETE FROM aside WHERE session IN ({theirs})", (whose,))
            ended = db.execute("DELETE FROM session WHERE person = ?", (whose,)).rowcount
            db.execute("INSERT OR REPLACE INTO cut VALUES (?, ?, ?)", (whose, now, until))
        return ended

    def end_login(self, login: Login) -> int:
        """End the sessions of a sign-in, or of somebody if it names no more; return how many.

        What it does not name is no matter; where it names nothing, nothing is ended.
        """
        named = [(k, v) for k, v in (("sid", login.sid), ("sub", login.sub)) if v]
        if not named:
            return 0
        where = " AND ".join(f"{name} = ?" for name, _ in named)
        values = tuple(_hash(name, value) for name, value in named)
        theirs = f"SELECT row FROM login WHERE {where}"
        with self._writing() as db:
            db.execute(f"DELETE FROM aside WHERE session IN ({theirs})", values)
            ended = db.execute(f"DELETE FROM session WHERE row IN ({theirs})", values).rowcount
            db.execute(f"DELETE FROM login WHERE {where}", values)
        return ended

    def count(self, person: str, now: float) -> int:
        """Return how many sessions somebody has here."""
        asked = "SELECT count(*) FROM session WHERE person = ? AND until > ?"
        found = self._one(asked, (_hash("person", person), now))
        assert found is not None, "a count is a row"
        return int(found[0])

    def has_ended(self, id: str, person: str, began: float) -> bool:
        """Return whether a session was ended, or all that its person had when it had begun."""
        asked = "SELECT 1 FROM spent WHERE row = ? UNION ALL SELECT 1 FROM cut"
        asked += " WHERE person = ? AND at >= ? LIMIT 1"
        return self._one(asked, (_hash("row", id), _hash("person", person), began)) is not None

    def use(self, name: str, until: float, now: float) -> bool:
        """Use something up for all workers; return whether it was not used before (see Once)."""
        if until < now:
            return False
        with self._writing() as db:
            db.execute("DELETE FROM spent WHERE until <= ?", (now,))
            return _spend(db, name, until)

    def put_aside(self, id: str, key: str, body: bytes, until: float, now: float) -> bool:
        """Keep something beside a session; return whether it is small enough to be kept.

        What was kept under the same key is replaced; of too many, those that end first go.
        """
        if len(body) > LARGEST:
            return False
        row, sealed = _hash("aside", f"{id} {key}"), _aside(id, key).encrypt(body, None)
        with self._writing() as db:
            db.execute("DELETE FROM aside WHERE until <= ? OR row = ?", (now, row))
            _drop(db, "aside WHERE session = ?", (_hash("row", id),), ASIDE_EACH - 1)
            _drop(db, "aside", (), ASIDE - 1)
            values = (row, _hash("row", id), sealed, until)
            db.execute("INSERT INTO aside VALUES (?, ?, ?, ?)", values)
        return True

    def aside(self, id: str, key: str, now: float) -> bytes | None:
        """Return what is kept beside a session under a key; None where there is none."""
        asked = "SELECT body FROM aside WHERE row = ? AND until > ?"
        found = self._one(asked, (_hash("aside", f"{id} {key}"), now))
        if found is None:
            return None
        try:
            return _aside(id, key).decrypt(found[0], None)
        except InvalidTag:
            return None  # somebody wrote into the file

    def drop_aside(self, id: str, key: str) -> None:
        """Let go of what is kept beside a session under a key."""
        with self._writing() as db:
            db.execute("DELETE FROM aside WHERE row = ?", (_hash("aside", f"{id} {key}"),))

    def close(self) -> None:
        """Close the file; it is opened again where something is asked."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def _one(self, asked: str, values: tuple[object, ...]) -> tuple[bytes, ...] | None:
        try:
            found: tuple[bytes, ...] | None = self._db().execute(asked, values).fetchone()
        except (sqlite3.Error, OSError) as error:
            raise self._fault(error) from error
        return found

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        try:
            db = self._db()
            with db:
                db.execute("BEGIN IMMEDIATE")
                yield db
        except (sqlite3.Error, OSError) as error:
            raise self._fault(error) from error

    def _db(self) -> sqlite3.Connection:
        if self._open is None:
            if self._path is not None:
                self._path.touch(mode=0o600, exist_ok=True)
            named = ":memory:" if self._path is None else str(self._path)
            db = sqlite3.connect(named, timeout=BUSY, isolation_level=None, check_same_thread=False)
            for statement in (*PRAGMAS, *TABLES):
                db.execute(statement)
            self._open = db
        return self._open

    def _fault(self, error: Exception) -> OutsideError:
        self.close()
        named = self._path.name if self._path else "memory"
        return OutsideError(
            f"{named}: who is signed in cannot be read or kept ({type(error).__name__}); nobody "
            "signs in until it can.",
            code="IDP011",
        )


def store_in(folder: Path, *, is_demo: bool = False) -> SessionStore:
    """Return the store of a data folder; it is opened when first asked. A demo has its own."""
    return SessionStore(folder / (DEMO_FILE if is_demo else FILE))


def _spend(db: sqlite3.Connection, name: str, until: float) -> bool:
    row = (_hash("row", name), until)
    return db.execute("INSERT OR IGNORE INTO spent VALUES (?, ?)", row).rowcount == 1


def _drop(db: sqlite3.Connection, which: str, values: tuple[object, ...], most: int) -> None:
    """Let go of what ends first where more than `most` rows are such. `which`: table and WHERE."""
    (held,) = db.execute(f"SELECT count(*) FROM {which}", values).fetchone()
    if held > most:
        asked = f"SELECT row FROM {which} ORDER BY until LIMIT ?"
        rows = db.execute(asked, (*values, held - most)).fetchall()
        db.executemany(f"DELETE FROM {which.partition(' ')[0]} WHERE row = ?", rows)


def _seal(id: str) -> AESSIV:
    """Return what seals for one id alone: deterministic, since an id is never given twice."""
    return AESSIV(_hash("key", id))


def _aside(id: str, key: str) -> AESSIV:
    """Return what seals something beside a session: neither its id nor the key is in the file."""
    return AESSIV(_hash("aside key", f"{id} {key}"))


def _hash(use: str, name: str) -> bytes:
    return hashlib.sha256(f"garrod {use}\0{name}".encode()).digest()
