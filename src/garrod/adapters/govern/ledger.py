"""The release ledger in SQLite: what an answer costs is durable before the answer is given.

asked, people -> (one transaction: look at what was given, decide, write) -> Line
"""

from __future__ import annotations

import hashlib
import hmac
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

from garrod.adapters.govern import schema
from garrod.care.govern.numbers.differencing import REFUSED as TOO_NEAR
from garrod.care.govern.numbers.differencing import People, Shown, is_too_near
from garrod.care.govern.numbers.release import (
    BUDGET,
    GIVEN,
    REFUSED,
    SPENT,
    Asked,
    Line,
    is_spent,
)
from garrod.core.errors import InputError, OutsideError

BUSY = 30.0  # seconds to wait for another process that writes
HASHED = 16  # bytes kept of a person's keyed hash
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # what is acknowledged outlives a loss of power
    "PRAGMA recursive_triggers=ON",
)
_POPULATION, _CELL, _SUM = "population", "cell", "sum"


class Ledger:
    """What was given about people of data sets, and what may still be given."""

    def __init__(self, path: Path, key: bytes, clock: Callable[[], str]) -> None:
        """Open it; the tables are made where there are none.

        Raises: OutsideError REL010 (it cannot be opened), InputError REL011 (the file is another).
        """
        self._path, self._key, self._clock = path, key, clock
        try:
            path.touch(mode=0o600, exist_ok=True)
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY)
            for pragma in _PRAGMAS:
                self._connection.execute(pragma)
            with self._writing():
                self._begin()
        except (sqlite3.Error, OSError) as error:
            raise self._fault(error) from error

    def close(self) -> None:
        """Close it."""
        self._connection.close()

    def numbered(self, data_set: str, people: Sequence[str]) -> Mapping[str, int]:
        """Return the number of each person of a data set: for ever the same.

        Raises: OutsideError REL010.
        """
        with self._writing():
            (following,) = self._connection.execute(schema.NEXT, (data_set,)).fetchone()
            found: dict[str, int] = {}
            for person in people:
                said = hmac.new(self._key, f"{data_set}\0{person}".encode(), hashlib.sha256)
                known = (data_set, said.digest()[:HASHED])
                row = self._connection.execute(schema.NUMBER, known).fetchone()
                if row is None:
                    self._connection.execute(schema.PUT_PERSON, (*known, following))
                    row, following = (following,), following + 1
                found[person] = row[0]
        return found

    def ask(self, asked: Asked, new: Shown, everybody: People, *, people: str = "") -> Line:
        """Return the line that says whether an answer may be given; it is durable then.

        Refused is what is too near what was given before.  Raises: OutsideError REL010.
        """
        with self._writing():
            before = self._shown(asked.analyst, asked.data_set)
            is_near = is_too_near(new, before, everybody)
            line = self._put(asked, TOO_NEAR if is_near else "", people)
            if not is_near:
                self._put_shown(line.id, new)
        return line

    def spend(self, asked: Asked, *, people: str = "") -> Line:
        """Return the line of an answer with noise: what it costs is spent, whatever comes then.

        Refused is what costs more than is left.  Raises: OutsideError REL010.
        """
        with self._writing():
            total, spent = self.budget(asked.analyst, asked.data_set)
            is_over = is_spent(total, spent, Fraction(asked.epsilon))
            return self._put(asked, SPENT if is_over else "", people)

    def note(self, asked: Asked, *, people: str = "") -> Line:
        """Return the line of what is given and is no count.  Raises: OutsideError REL010."""
        with self._writing():
            return self._put(asked, "", people)

    def budget(self, analyst: str, data_set: str) -> tuple[Fraction, Fraction]:
        """Return what an analyst may spend on a data set, and what is spent."""
        whose = (analyst, data_set)
        row = self._connection.execute(schema.BUDGET, whose).fetchone()
        rows = self._connection.execute(schema.EPSILONS, (*whose, GIVEN))
        return Fraction(row[0]) if row else BUDGET, sum((Fraction(e) for (e,) in rows), Fraction(0))

    def allow(self, analyst: str, data_set: str, epsilon: Fraction) -> None:
        """Say what an analyst may spend on a data set from now on.  Raises: OutsideError."""
        with self._writing():
            self._connection.execute(schema.PUT_BUDGET, (analyst, data_set, str(epsilon)))

    def lines(self) -> list[Line]:
        """Return every line, the oldest first.  Raises: OutsideError REL010."""
        try:
            rows = self._connection.execute(schema.ALL).fetchall()
        except sqlite3.Error as error:
            raise self._fault(error) from error
        found = []
        for id, *values in rows:
            told = dict(zip(schema.COLUMNS, values, strict=True))
            rest = {name: told.pop(name) for name in ("at", "outcome", "because", "people")}
            found.append(Line(id=id, asked=Asked(**told), **rest))
        return found

    def _put(self, asked: Asked, because: str, people: str) -> Line:
        outcome = REFUSED if because else GIVEN
        line = Line(0, self._clock(), asked, outcome, because, "" if because else people)
        told = line.told()
        values = [told[name] for name in schema.COLUMNS]
        (id,) = self._connection.execute(schema.PUT, values).fetchone()
        return Line(id, line.at, asked, outcome, because, line.people)

    def _put_shown(self, release: int, new: Shown) -> None:
        groups = [(_POPULATION, new.population)]
        groups += [(_CELL, cell) for cell in new.cells] + [(_SUM, sum_) for sum_ in new.sums]
        self._connection.executemany(
            schema.PUT_SHOWN,
            [(release, place, sort, _packed(group)) for place, (sort, group) in enumerate(groups)],
        )

    def _shown(self, analyst: str, data_set: str) -> list[Shown]:
        found: dict[int, dict[str, list[People]]] = {}
        for release, sort, people in self._connection.execute(schema.SHOWN, (analyst, data_set)):
            sorts = found.setdefault(release, {_POPULATION: [], _CELL: [], _SUM: []})
            sorts[sort].append(int.from_bytes(people, "little"))
        return [Shown(s[_POPULATION][0], tuple(s[_CELL]), tuple(s[_SUM])) for s in found.values()]

    def _begin(self) -> None:
        (mark,) = self._connection.execute("PRAGMA application_id").fetchone()
        if mark == schema.APPLICATION:
            return
        if mark or self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise InputError(f"{self._path}: is no release ledger of Garrod.", code="REL011")
        for statement in (*schema.TABLES, *schema.TRIGGERS):
            self._connection.execute(statement)
        self._connection.execute(f"PRAGMA application_id={schema.APPLICATION}")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._fault(error) from error

    def _fault(self, error: Exception) -> OutsideError | InputError:
        if getattr(error, "sqlite_errorname", "") == "SQLITE_NOTADB":
            return InputError(f"{self._path}: is no release ledger of Garrod.", code="REL011")
        return OutsideError(
            f"{self._path}: the release ledger cannot be used ({error}); nothing is given out "
            "until it can.",
            code="REL010",
        )


def _packed(people: People) -> bytes:
    return people.to_bytes((people.bit_length() + 7) // 8, "little")
