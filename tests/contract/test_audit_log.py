"""What the audit log promises, on a file of SQLite and on a real PostgreSQL alike."""

import asyncio
import base64
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from garrod.adapters.audit import connect, postgres
from garrod.adapters.audit.keys import read_key
from garrod.adapters.audit.log import Log
from garrod.adapters.audit.postgres import Database, PostgresAuditLog, PostgresLog, PostgresReading
from garrod.adapters.audit.postgres_link import Link
from garrod.adapters.audit.proofs import holds
from garrod.adapters.audit.reading import Reading
from garrod.adapters.audit.store import AuditLog
from garrod.adapters.audit.verify import verified
from garrod.care.govern.audit import canonical, entry_read
from garrod.care.govern.audit_check import Checked
from garrod.care.govern.merkle import leaf_hash
from garrod.core.errors import InputError, InternalFault, OutsideError
from tests.making.audits import around, entry_of, written
from validation.audit_attacks import ATTACKS, Attacker, DatabaseAttacker

WORD = "secret-word"


@dataclass
class Kind:
    """One sort of log, in a folder."""

    folder: Path
    url: str = ""

    @property
    def database(self) -> Database:
        return Database(self.url)

    @property
    def path(self) -> Path:
        return self.folder / "audit.db"

    @property
    def key(self) -> Path:
        return self.folder / "audit.key"

    def log(self) -> Log:
        if self.url:
            return PostgresLog(self.database, self.path, self.key, around())
        return Log(self.path, self.key, around())

    def reading(self) -> Reading:
        return PostgresReading(self.database, self.path) if self.url else Reading(self.path)

    def store(self, **more: Any) -> AuditLog:
        if self.url:
            return PostgresAuditLog(self.database, self.path, self.key, around(), **more)
        return AuditLog(self.path, self.key, around(), **more)

    def verified(self, **more: Any) -> Checked:
        if self.url:
            opening = partial(postgres.opened_to_read, self.database)
            return verified(self.path, opening=opening, **more)
        return verified(self.path, **more)

    def raw(self) -> Any:
        """Return a connection as somebody has it who knows nothing of us."""
        return Link(self.url) if self.url else connect.opened(self.path)


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest, tmp_path: Path) -> Kind:
    url = request.getfixturevalue("fresh_database") if request.param == "postgresql" else ""
    return Kind(tmp_path, url)


@pytest.fixture
def log(kind: Kind) -> Iterator[Log]:
    opened = kind.log()
    yield opened
    opened.close()


def test_first_entry_is_the_key_and_others_follow_in_their_order(kind: Kind, log: Log) -> None:
    written(log, "abc")
    reading = kind.reading()
    told = [entry_read(reading.entry(i)) for i in range(4)]
    assert [e.event for e in told] == ["key", "request", "request", "request"]
    assert [e.patients for e in told] == [(), ("a",), ("b",), ("c",)]
    assert [entry_read(e).index for e in reading.of_person("b", None, 10)] == [2]
    assert reading.seal().size == 4
    keys = reading.keys()
    assert [key.id for key in keys] == [read_key(kind.key).id]
    reading.close()


def test_log_goes_on_where_it_ended_and_is_what_was_sealed(kind: Kind) -> None:
    for patients in ("ab", "c", ""):
        log = kind.log()
        written(log, patients)
        log.append((), is_head=True)
        log.close()
    checked = kind.verified(key=read_key(kind.key).id)
    assert (checked.entries, checked.heads, checked.flaw) == (4, 4, None)


def test_both_sorts_hold_the_same_bytes_under_the_same_root(kind: Kind, tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()
    other = Kind(tmp_path / "file")
    logs = [kind.log(), other.log()]
    for log in logs:
        log.append([(canonical(entry_of(p)), (p,), False) for p in "abcdefghij"])
        log.close()
    one, two = kind.reading(), other.reading()
    assert [one.entry(i) for i in range(1, 11)] == [two.entry(i) for i in range(1, 11)]
    told = one.inclusion(5)
    assert told["leafHash"] == two.inclusion(5)["leafHash"]
    assert holds(json.dumps(told).encode())
    for reading in (one, two):
        reading.close()


@pytest.mark.parametrize("count", [1, 2, 63, 64, 65, 700])
def test_proofs_hold_at_every_size(kind: Kind, log: Log, count: int) -> None:
    log.append([(canonical(entry_of(f"p{n}")), (f"p{n}",), False) for n in range(count)])
    reading = kind.reading()
    size = reading.seal().size
    for index in {0, 1, size // 2, size - 1}:
        proof = reading.inclusion(index)
        assert holds(json.dumps(proof).encode())
        leaf = base64.b64encode(leaf_hash(reading.entry(index))).decode()
        assert proof["leafHash"] == leaf
    for first in {1, size // 2, size}:
        if first:
            assert holds(json.dumps(reading.consistency(first)).encode())
    assert len(reading.inclusion(0)["proof"]) <= 11
    reading.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET entry = ? WHERE id = 1",
        "UPDATE entries SET hashes = ? WHERE id = 1",
        "DELETE FROM entries WHERE id = 1",
        "INSERT INTO entries (id, entry, hashes) VALUES (9, ?, ?)",
        "INSERT INTO entries (id, entry, hashes) VALUES (-1, ?, ?)",
        "UPDATE people SET patient = 'z'",
        "DELETE FROM people",
        "UPDATE heads SET head = ?",
        "DELETE FROM heads",
        "INSERT INTO heads (id, head) VALUES (7, ?)",
        "DELETE FROM seal",
        "INSERT INTO seal (id, head) VALUES (2, ?)",
    ],
)
def test_nothing_is_changed_or_taken_away(kind: Kind, log: Log, statement: str) -> None:
    written(log, "ab")
    raw = kind.raw()
    with pytest.raises(Exception, match=r"append only|IntegrityConstraint|CHECK|RaiseError|Check"):
        raw.execute(statement, (b"x",) * statement.count("?"))
    raw.close()
    assert kind.verified().flaw is None


def test_whole_tables_are_not_emptied_either(kind: Kind, log: Log) -> None:
    if not kind.url:
        pytest.skip("SQLite knows no TRUNCATE")
    raw = kind.raw()
    for table in ("entries", "people", "heads", "seal"):
        with pytest.raises(Exception, match="RaiseError"):
            raw.execute(f"TRUNCATE {table}")
    raw.close()


def test_log_that_is_not_what_was_sealed_is_not_gone_on_with(kind: Kind, log: Log) -> None:
    written(log, "abc")
    raw = kind.raw()
    if kind.url:
        raw.execute("ALTER TABLE entries DISABLE TRIGGER entries_keep")
    else:
        raw.execute("DROP TRIGGER entries_delete")
    raw.execute("DELETE FROM entries WHERE id = 3")
    raw.close()
    with pytest.raises(InternalFault) as raised:
        kind.log()
    assert raised.value.code == "AUD012"
    with pytest.raises((InternalFault, OutsideError)):
        log.append([(canonical(entry_of()), ("p1",), False)])
    flaw = kind.verified().flaw
    assert flaw is not None
    assert flaw.index == 3


def test_key_is_put_in_anothers_place_and_the_log_still_holds(kind: Kind, log: Log) -> None:
    written(log, "a")
    first = read_key(kind.key).id
    fresh = log.rotate()
    written(log, "b")
    assert fresh == read_key(kind.key).id != first
    reading = kind.reading()
    keys = reading.keys()
    assert [key.id for key in keys] == [fresh, first]
    reading.close()
    assert kind.verified(key=fresh).flaw is None
    assert kind.verified(key=first).flaw is not None


def test_writers_take_turns_and_lose_nothing(kind: Kind) -> None:
    logs = [kind.log() for _ in range(4)]
    places: list[int] = []

    def write(log: Log, name: str) -> None:
        for number in range(25):
            patient = f"{name}{number}"
            body = canonical(entry_of(patient)), (patient,), False
            places.append(_tried(partial(log.append, [body])))

    threads = [threading.Thread(target=write, args=(log, f"w{n}-")) for n, log in enumerate(logs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for log in logs:
        log.close()
    assert sorted(places) == list(range(1, 101))
    checked = kind.verified()
    assert (checked.entries, checked.flaw) == (101, None)


def _tried(act: Callable[[], int]) -> int:
    """Return what came of an act that another writer may have been before, as a sealer would."""
    for _ in range(200):
        try:
            return act()
        except OutsideError:
            continue
    raise AssertionError("never came to its turn")


def test_journal_s_mark_is_kept_with_its_entries_and_forgotten(kind: Kind, log: Log) -> None:
    assert log.upto("j") == 0
    body = canonical(entry_of()), ("p1",), False
    log.append([body], mark=("j", 120))
    log.append([body], mark=("j", 240))
    again = kind.log()
    assert again.upto("j") == 240
    again.forget("j")
    assert again.upto("j") == 0
    again.close()


def test_store_appends_and_tells(kind: Kind) -> None:
    async def whole() -> None:
        store = kind.store()
        first = await store.append(entry_of("a"))
        assert await store.append_all([entry_of("b"), entry_of("c")]) == first + 1
        assert [e.patients for e in await store.of_person("c")] == [("c",)]
        head = await store.head()
        assert head.size == first + 3
        keys = await store.ask(lambda reading: reading.keys())
        assert [key.id for key in keys] == [head.key]
        await store.close()

    asyncio.run(whole())
    assert kind.verified().flaw is None


def test_broken_glass_is_found_by_itself(kind: Kind, log: Log) -> None:
    for glass in (False, True, False):
        log.append([(canonical(entry_of("p1")), ("p1",), glass)])
    reading = kind.reading()
    assert [entry_read(e).index for e in reading.of_person("p1", None, 9, glass=True)] == [2]
    assert len(reading.of_person("p1", None, 9, glass=False)) == 2
    assert [entry_read(e).index for e in reading.of_person("p1", 3, 1)] == [2]
    reading.close()


class Cut:
    """A way to the database that is cut when somebody says so, before or after what is said last.

    What the client sends is passed on; from a moment on, no answer comes back.
    """

    def __init__(self, folder: Path, url: str) -> None:
        self.there = Path(url.partition("host=")[2]) / ".s.PGSQL.5432"
        self.here = folder / "way"
        self.here.mkdir()
        self.is_cut, self.is_mute, self.passes_on = False, False, True
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(self.here / ".s.PGSQL.5432"))
        self._listening.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, url: str) -> str:
        """Return the address by this way."""
        return f"{url.partition('host=')[0]}host={self.here}"

    def end(self) -> None:
        """Let nobody more through."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                one = self._listening.accept()[0]
            except OSError:
                return
            other = socket.socket(socket.AF_UNIX)
            other.connect(str(self.there))
            for source, target in ((one, other), (other, one)):
                pass_on = partial(self._pass, source, target, is_asked=source is one)
                threading.Thread(target=pass_on, daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, *, is_asked: bool) -> None:
        with source, target, suppress(OSError):  # the other way may have closed both
            while said := source.recv(65_536):
                if self.is_cut and is_asked and b"COMMIT" in said:
                    self.is_mute = self.passes_on  # it is done, and nobody hears of it
                    self.is_cut = False
                    if not self.passes_on:
                        break
                elif self.is_mute and not is_asked:
                    self.is_mute = False
                    break
                target.sendall(said)
            for end in (source, target):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("is_kept", [True, False])
def test_commit_that_nobody_answered_is_written_once(
    fresh_database: str, tmp_path: Path, *, is_kept: bool
) -> None:
    """The connection is cut at the commit, once after the server did it, once before."""
    if "host=" not in fresh_database:
        pytest.skip("needs the server of a private socket")
    way = Cut(tmp_path, fresh_database)
    kind = Kind(tmp_path, way.url(fresh_database))
    log = kind.log()
    written(log, "a")
    body = canonical(entry_of("b")), ("b",), False
    way.passes_on, way.is_cut = is_kept, True
    place = _tried(partial(log.append, [body, body], mark=("j", 200)))
    assert not way.is_cut
    assert place == 2
    assert log.upto("j") == 200
    written(log, "c")
    log.close()
    way.end()
    kind = Kind(tmp_path, fresh_database)
    reading = kind.reading()
    told = [entry_read(reading.entry(i)).patients for i in range(reading.seal().size)]
    reading.close()
    assert told == [(), ("a",), ("b",), ("b",), ("c",)]
    assert kind.verified().flaw is None


def test_database_that_cannot_be_reached_is_said_without_its_address(tmp_path: Path) -> None:
    nowhere = Kind(tmp_path, f"postgresql://someone:{WORD}@127.0.0.1:1/nothing")
    for act in (nowhere.log, nowhere.reading, nowhere.store, nowhere.verified):
        with pytest.raises(OutsideError) as raised:
            act()
        assert raised.value.code == "AUD010"
        assert WORD not in str(raised.value)
    assert WORD not in repr(nowhere.database)
    other = Kind(tmp_path, "postgresql://[")
    with pytest.raises(OutsideError):
        other.log()


def test_database_without_a_log_is_said_to_hold_none(fresh_database: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as raised:
        Kind(tmp_path, fresh_database).reading()
    assert raised.value.code == "AUD011"


def test_reading_cannot_write(kind: Kind, log: Log) -> None:
    reading = kind.reading()
    with pytest.raises(OutsideError):
        reading._rows("DELETE FROM marks WHERE journal = ?", ("x",))
    reading.close()


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_what_is_done_to_a_log_in_postgresql_is_found(
    fresh_database: str, tmp_path: Path, attack: Callable[[Attacker], None]
) -> None:
    """The attacks are those on a file, each with every trigger off: validation/audit_tampering."""
    kind, witness = Kind(tmp_path, fresh_database), tmp_path / "witness"
    log, heads = kind.log(), b""
    for part in ("abcd", "efgh", "ijkl"):
        written(log, part)
        log.append((), is_head=True)
        heads += log.seal.content() + b"\n"
    log.close()
    witness.write_bytes(heads)
    key = read_key(kind.key).id
    assert kind.verified(witness=witness, key=key).flaw is None
    link = Link(fresh_database)
    for table in ("entries", "people", "heads", "seal"):
        link.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    link.execute("BEGIN IMMEDIATE")
    attack(DatabaseAttacker(link, np.random.default_rng(6962)))
    link.execute("COMMIT")
    link.close()
    assert kind.verified(witness=witness, key=key).flaw is not None
