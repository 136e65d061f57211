"""A journal is read as it was kept; a change is found out, and a full disk keeps nothing."""

import os
import resource
from pathlib import Path

import pytest

from garrod.adapters.audit.journal import Journal, Waiting, left_beside, secret_of
from garrod.core.errors import InternalFault, OutsideError

SECRET = b"s" * 32


def kept(folder: Path, *bodies: bytes) -> Journal:
    journal = Journal(folder / "audit.db", SECRET, os.urandom)
    for body in bodies:
        journal.keep(body)
    return journal


def test_it_is_read_as_it_was_kept_and_from_where_one_was(tmp_path: Path) -> None:
    journal = kept(tmp_path, b'{"a":1}', b'{"b":2}')
    waiting = Waiting(journal.path, SECRET)
    assert waiting.read() == [b'{"a":1}', b'{"b":2}']
    assert waiting.read() == []
    end = journal.keep(b'{"c":3}')
    assert waiting.read() == [b'{"c":3}']
    assert waiting.upto == end == journal.path.stat().st_size
    again = Waiting(journal.path, SECRET, end)
    journal.keep(b'{"d":4}')
    assert again.read() == [b'{"d":4}']


def test_it_is_read_as_far_as_one_wishes(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "audit.db", SECRET, os.urandom)
    end = journal.keep(b"1")
    journal.keep(b"2")
    waiting = Waiting(journal.path, SECRET)
    assert waiting.read(end) == [b"1"]
    assert waiting.read(end) == []
    assert waiting.read() == [b"2"]


def test_line_without_an_end_was_never_acknowledged(tmp_path: Path) -> None:
    journal = kept(tmp_path, b"1", b"2")
    whole = journal.path.read_bytes()
    for cut in range(1, len(whole) // 2):
        journal.path.write_bytes(whole[:-cut])
        assert Waiting(journal.path, SECRET).read() == [b"1"]


def test_every_change_is_found_out(tmp_path: Path) -> None:
    journal = kept(tmp_path, b'{"who":"a"}', b'{"who":"b"}', b'{"who":"c"}')
    one, two, three = journal.path.read_bytes().splitlines(keepends=True)
    for harm in (
        one + two.replace(b"b", b"x") + three,  # altered
        one + three,  # taken out
        two + three,
        one + one + two + three,  # said twice
        two + one + three,  # in another order
        one + b"0" * 32 + b' {"who":"z"}\n' + two + three,  # put in
    ):
        journal.path.write_bytes(harm)
        with pytest.raises(InternalFault, match="was changed by somebody else") as raised:
            Waiting(journal.path, SECRET).read()
        assert raised.value.code == "AUD012"


def test_lines_of_another_journal_are_found_out(tmp_path: Path) -> None:
    first, second = kept(tmp_path, b"1"), kept(tmp_path)
    second.path.write_bytes(first.path.read_bytes())
    with pytest.raises(InternalFault):
        Waiting(second.path, SECRET).read()


def test_it_is_left_when_nobody_holds_it(tmp_path: Path) -> None:
    journal = kept(tmp_path, b"1")
    assert list(left_beside(tmp_path / "audit.db")) == [journal.path]
    waiting = Waiting(journal.path, SECRET)
    assert not waiting.is_left()
    journal.close()
    assert waiting.is_left()
    assert not Waiting(journal.path, SECRET).is_left()  # somebody takes it already
    waiting.close(is_done=True)
    assert list(left_beside(tmp_path / "audit.db")) == []


def test_full_disk_keeps_nothing_of_an_entry_and_goes_on_after(tmp_path: Path) -> None:
    journal = kept(tmp_path, b"1")
    before = journal.size
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before + 10, limits[1]))
        with pytest.raises(OutsideError, match="nothing is given out") as raised:
            journal.keep(b"2" * 100)
        assert raised.value.code == "AUD010"
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert journal.path.stat().st_size == journal.size == before
    journal.keep(b"3")
    assert Waiting(journal.path, SECRET).read() == [b"1", b"3"]


def test_no_journal_can_be_begun_where_nothing_can_be_written(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="cannot be written"):
        Journal(tmp_path / "absent" / "audit.db", SECRET, os.urandom)
    with pytest.raises(OutsideError, match="cannot be read"):
        Waiting(tmp_path / "absent", SECRET)


def test_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    key = tmp_path / "audit.key"
    secret = secret_of(key, os.urandom)
    assert secret_of(key, os.urandom) == secret
    path = tmp_path / "audit.key.journal"
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    with pytest.raises(Exception, match="others may read"):
        secret_of(key, os.urandom)
