"""The log keeps what it acknowledged, lets nothing be changed, and goes on only after its seal."""

import sqlite3
import stat
from pathlib import Path

import pytest

from garrod.adapters.audit import schema
from garrod.adapters.audit.connect import opened_to_read
from garrod.adapters.audit.keys import read_key, waiting_beside, write_key
from garrod.adapters.audit.log import Log
from garrod.adapters.audit.reading import Reading
from garrod.adapters.audit.verify import verified
from garrod.care.govern.audit import entry_read
from garrod.core.errors import InputError, InternalFault, OutsideError
from tests.making.audits import around, opened, written


def raw(folder: Path) -> sqlite3.Connection:
    return sqlite3.connect(folder / "audit.db", isolation_level=None)


def test_first_entry_is_the_key_and_others_follow_in_their_order(tmp_path: Path) -> None:
    log = opened(tmp_path)
    written(log, "abc")
    log.close()
    reading = Reading(tmp_path / "audit.db")
    told = [entry_read(reading.entry(i)) for i in range(4)]
    assert [e.event for e in told] == ["key", "request", "request", "request"]
    assert [e.patients for e in told] == [(), ("a",), ("b",), ("c",)]
    assert [e.index for e in told] == [0, 1, 2, 3]
    assert reading.seal().size == 4
    assert [entry_read(e).index for e in reading.of_person("b", None, 10)] == [2]
    for absent in (-1, 4, 2**63):
        with pytest.raises(InputError, match="has no entry"):
            reading.entry(absent)
    reading.close()


def test_log_and_key_are_for_their_owner_alone(tmp_path: Path) -> None:
    opened(tmp_path).close()
    for name in ("audit.db", "audit.key"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    (tmp_path / "audit.key").chmod(0o640)
    with pytest.raises(InputError, match="others may read") as raised:
        opened(tmp_path)
    assert raised.value.code == "AUD031"


def test_log_goes_on_where_it_ended(tmp_path: Path) -> None:
    for patients in ("ab", "c", ""):
        log = opened(tmp_path)
        written(log, patients)
        log.close()
    checked = verified(tmp_path / "audit.db")
    assert (checked.entries, checked.flaw) == (4, None)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET entry = x'00' WHERE id = 1",
        "DELETE FROM entries WHERE id = 1",
        "REPLACE INTO entries (id, entry, hashes) VALUES (1, x'00', x'00')",
        "INSERT INTO entries (id, entry, hashes) VALUES (9, x'00', x'00')",
        "INSERT INTO entries (id, entry, hashes) VALUES (-1, x'00', x'00')",
        "INSERT INTO entries (entry, hashes) VALUES (x'00', x'00')",
        "UPDATE people SET patient = 'z'",
        "DELETE FROM people",
        "UPDATE heads SET head = x'00'",
        "DELETE FROM heads",
        "REPLACE INTO heads (id, head) VALUES (0, x'00')",
        "DELETE FROM seal",
        "INSERT INTO seal (id, head) VALUES (2, x'00')",
    ],
)
def test_nothing_is_changed_or_taken_away(tmp_path: Path, statement: str) -> None:
    log = opened(tmp_path)
    written(log, "abc")
    log.close()
    with raw(tmp_path) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute(statement)
    connection.close()
    assert verified(tmp_path / "audit.db").flaw is None


def test_two_processes_write_one_log(tmp_path: Path) -> None:
    one, two = opened(tmp_path), opened(tmp_path)
    for log, patient in ((one, "a"), (two, "b"), (two, "c"), (one, "d")):
        written(log, patient)
    one.append((), is_head=True)
    written(two, "e")
    two.append((), is_head=True)
    written(one, "f")
    one.close()
    two.close()
    checked = verified(tmp_path / "audit.db")
    assert (checked.entries, checked.heads, checked.flaw) == (7, 3, None)


def test_nothing_is_written_after_a_log_that_was_changed(tmp_path: Path) -> None:
    log = opened(tmp_path)
    written(log, "abcd")
    log.close()
    connection = raw(tmp_path)
    connection.execute("DROP TRIGGER entries_delete")
    connection.execute("DELETE FROM entries WHERE id = 4")
    connection.close()
    with pytest.raises(InternalFault, match="not what was sealed") as raised:
        opened(tmp_path)
    assert raised.value.code == "AUD012"


@pytest.mark.parametrize("seal", [b"", b"{}", b"no JSON"])
def test_log_without_its_seal_is_not_gone_on_with(tmp_path: Path, seal: bytes) -> None:
    opened(tmp_path).close()
    connection = raw(tmp_path)
    connection.execute("UPDATE seal SET head = ?", (seal,))
    connection.close()
    with pytest.raises(InternalFault, match="not what was sealed"):
        opened(tmp_path)


def test_nothing_is_written_into_a_file_that_lost_its_name(tmp_path: Path) -> None:
    log = opened(tmp_path)
    (tmp_path / "audit.db").rename(tmp_path / "elsewhere.db")
    with pytest.raises(OutsideError, match="moved away"):
        written(log, "a")
    log.close()


def test_what_fails_leaves_the_log_as_it_was(tmp_path: Path) -> None:
    log = opened(tmp_path)
    connection = raw(tmp_path)
    connection.execute(
        "CREATE TRIGGER full BEFORE INSERT ON people BEGIN SELECT RAISE(FAIL, 'disk full'); END"
    )
    with pytest.raises(OutsideError, match="nothing is given out"):
        written(log, "a")
    connection.execute("DROP TRIGGER full")
    connection.close()
    written(log, "b")
    log.close()
    assert verified(tmp_path / "audit.db").entries == 2


@pytest.mark.parametrize("content", [b"", b"no database at all, only words", None])
def test_another_file_is_no_log(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "other.db"
    if content is None:
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE something (x)")
        connection.close()
    else:
        path.write_bytes(content)
    with pytest.raises(InputError, match="no audit log"):
        opened_to_read(path)
    if content != b"":
        with pytest.raises(InputError, match="no audit log"):
            Log(path, tmp_path / "key", around())


def test_log_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(OutsideError) as raised:
        opened_to_read(tmp_path / "absent.db")
    assert raised.value.code == "AUD010"
    with pytest.raises(OutsideError):
        Log(tmp_path / "absent" / "audit.db", tmp_path / "key", around())


def test_new_key_is_signed_by_the_old_one_and_goes_on(tmp_path: Path) -> None:
    log = opened(tmp_path)
    first = read_key(tmp_path / "audit.key").id
    written(log, "ab")
    second = log.rotate()
    written(log, "c")
    log.append((), is_head=True)
    log.close()
    assert second == read_key(tmp_path / "audit.key").id != first
    assert not waiting_beside(tmp_path / "audit.key").exists()
    written(log := opened(tmp_path), "d")
    log.close()
    checked = verified(tmp_path / "audit.db", key=second)
    assert (checked.entries, checked.key, checked.flaw) == (6, second, None)
    assert verified(tmp_path / "audit.db", key=first).flaw is not None


def test_running_log_takes_up_a_key_that_another_process_put_in_force(tmp_path: Path) -> None:
    running, command = opened(tmp_path), opened(tmp_path)
    written(running, "a")
    fresh = command.rotate()
    command.close()
    written(running, "b")
    assert running.seal.key == fresh
    running.close()
    assert verified(tmp_path / "audit.db", key=fresh).flaw is None


def test_rotation_that_ended_before_the_file_was_renamed_is_finished(tmp_path: Path) -> None:
    log = opened(tmp_path)
    old = read_key(tmp_path / "audit.key")
    fresh = log.rotate()
    log.close()
    (tmp_path / "audit.key").rename(waiting_beside(tmp_path / "audit.key"))
    write_key(tmp_path / "audit.key", old)
    written(log := opened(tmp_path), "a")
    log.close()
    assert read_key(tmp_path / "audit.key").id == fresh
    assert verified(tmp_path / "audit.db", key=fresh).flaw is None


def test_key_of_another_log_is_refused(tmp_path: Path) -> None:
    opened(tmp_path).close()
    (tmp_path / "other").mkdir()
    opened(tmp_path / "other").close()
    (tmp_path / "other" / "audit.key").replace(tmp_path / "audit.key")
    with pytest.raises(OutsideError) as raised:
        opened(tmp_path)
    assert raised.value.code == "AUD032"
    (tmp_path / "audit.key").unlink()
    with pytest.raises(OutsideError) as raised:
        opened(tmp_path)
    assert raised.value.code == "AUD030"


@pytest.mark.parametrize("content", ["", "c2hvcnQ=", "not base64 é"])
def test_file_that_holds_no_key_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "audit.key"
    path.write_text(content, encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(InputError) as raised:
        opened(tmp_path)
    assert raised.value.code == "AUD031"


def test_key_that_was_there_before_the_log_signs_it(tmp_path: Path) -> None:
    (tmp_path / "first").mkdir()
    opened(tmp_path / "first").close()
    (tmp_path / "first" / "audit.key").rename(tmp_path / "audit.key")
    log = opened(tmp_path)
    assert log.seal.key == read_key(tmp_path / "audit.key").id
    log.close()


def test_hashes_stand_with_the_last_leaf_of_each_subtree(tmp_path: Path) -> None:
    log = opened(tmp_path)
    written(log, "abcdefg")
    log.close()
    connection = opened_to_read(tmp_path / "audit.db")
    lengths = [len(row[2]) // 32 for row in connection.execute(schema.ROWS)]
    connection.close()
    assert lengths == [1, 2, 1, 3, 1, 2, 1, 4]
