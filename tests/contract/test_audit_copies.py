"""A copy of the audit log, and a log put back to one: on SQLite, on PostgreSQL and across."""

import asyncio
import json
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from garrod.adapters.audit import copying
from garrod.adapters.audit.around import Around
from garrod.adapters.audit.copying import copied, settled
from garrod.adapters.audit.journal import Journal, secret_of
from garrod.adapters.audit.postgres_link import Link
from garrod.adapters.audit.proofs import holds
from garrod.adapters.audit.restoring import PutBack, put_back
from garrod.adapters.audit.sealer import OLDER
from garrod.adapters.audit.verify import verified
from garrod.care.govern.audit import RESTORED, canonical, entry_read
from garrod.care.govern.audit_check import Checked, Harm
from garrod.care.govern.audit_heads import Head
from garrod.core.errors import GarrodError
from garrod.entry.audit_opening import Place, place_of
from garrod.entry.notary_postgres import DATABASE
from tests.making.audits import around, entry_of, written

Make = Callable[[str], Place]
CLOCKED = around()  # one clock, so that no two logs are put aside at one moment


@pytest.fixture(params=["sqlite", "postgresql"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    """Return what makes the place of a log, in a folder of a name; a database for the first."""
    url = request.getfixturevalue("fresh_database") if request.param == "postgresql" else ""

    def made(name: str) -> Place:
        folder = tmp_path / name
        folder.mkdir()
        return place_of(folder, {DATABASE: url if name == "here" else ""})

    return made


def filled(place: Place, patients: str = "abcab") -> Place:
    """Write entries, under two keys, and a head."""
    log = place.open_log(around())
    written(log, patients)
    log.rotate()
    broken = replace(entry_of("glass"), purpose="ETREAT")
    log.append([(canonical(broken), ("glass",), True)], is_head=True)
    log.close()
    return place


def more(place: Place, patients: str) -> Head:
    """Write further entries and a head, and return it."""
    log = place.open_log(around())
    written(log, patients)
    log.append((), is_head=True)
    log.close()
    return log.seal


def copy_of(place: Place) -> Path:
    to = place.log.parent.parent / "kept.audit"
    copied(place.opening(), place.log, to)
    return to


def back(copy: Path, place: Place, **options: bool) -> PutBack:
    return put_back(copy, place.spot(), place.key, CLOCKED, **options)


def with_key_of(one: Place, other: Place) -> None:
    other.key.write_bytes(one.key.read_bytes())
    other.key.chmod(0o600)


def check(place: Place, *heads: Head) -> Checked:
    """Return what is found in a log, under the key that is kept, by these witnessed heads."""
    witness = place.key.with_name("witness")
    witness.write_bytes(b"".join(head.content() + b"\n" for head in heads))
    return verified(place.log, witness=witness, key=place.key_id(), opening=place.opening())


def rows(place: Place) -> list[bytes]:
    reading = place.open_reading()
    found = [reading.entry(index) for index in range(reading.seal().size)]
    reading.close()
    return found


def test_copy_is_one_file_for_its_owner_and_verifies_alone(make: Make) -> None:
    copy = copy_of(place := filled(make("here")))
    assert copy.stat().st_mode & 0o777 == 0o600
    assert not [p for p in copy.parent.iterdir() if p.name.startswith("kept") and p != copy]
    found = verified(copy)
    assert (found.flaw, found.entries, found.key) == (None, 8, place.key_id())
    seed = place.key.read_bytes().strip()
    assert seed not in copy.read_bytes()


def test_log_put_back_elsewhere_holds_all_and_goes_on(make: Make) -> None:
    here = filled(make("here"))
    copy, before = copy_of(here), rows(here)
    there = make("there")
    with_key_of(here, there)
    assert back(copy, there) == PutBack(len(before), is_kept=False)
    more(there, "xy")
    found = rows(there)
    assert found[: len(before)] == before
    told = entry_read(found[len(before)])
    assert (told.event, told.deed, told.who) == (RESTORED, "restore", "local")
    assert told.data["size"] == len(before)
    assert check(there).flaw is None
    reading = there.open_reading()
    assert [entry_read(e).index for e in reading.of_person("a", None, 9)] == [4, 1]
    assert [entry_read(e).index for e in reading.of_person("glass", None, 9, glass=True)] == [7]
    assert len(reading.of_person("x", None, 9)) == 1
    assert holds(json.dumps(reading.consistency(len(before))).encode())
    assert len(reading.keys()) == 2
    reading.close()


def test_copy_of_a_file_is_put_back_into_its_own_place(make: Make) -> None:
    here = filled(make("here"))
    copy = copy_of(here)
    if here.database is None:
        here.log.unlink()
    else:
        link = Link(here.database.url)
        link.execute("DROP SCHEMA garrod_audit CASCADE")
        link.close()
    assert back(copy, here) == PutBack(8, is_kept=False)
    more(here, "z")
    assert check(here).flaw is None


def test_log_that_is_ahead_is_never_put_back(make: Make) -> None:
    here = filled(make("here"))
    copy = copy_of(here)
    head = more(here, "uvw")
    before = rows(here)
    assert back(copy, here, force=True).is_kept
    assert rows(here) == before
    assert check(here, head).flaw is None


def test_log_that_is_behind_is_put_aside_for_what_goes_on_from_it(make: Make) -> None:
    here = filled(make("here"))
    old = copy_of(here).rename(here.log.parent / "old.audit")
    more(here, "uvw")
    copy, behind = copy_of(here), make("behind")
    with_key_of(here, behind)
    back(old, behind)
    assert back(old, behind).is_kept
    there = make("there")
    with_key_of(here, there)
    there.log.write_bytes(old.read_bytes())
    done = back(copy, there)
    assert (done.size, done.is_kept) == (11, False)
    assert verified(there.log.parent / done.aside).entries == 8
    assert check(there).flaw is None


@pytest.mark.parametrize("sort", ["another", "a fork", "spoilt"])
def test_another_log_is_put_aside_whole_and_only_if_told(make: Make, sort: str) -> None:
    other = filled(make("other"))
    here = filled(make("here"), "x")
    copy = copy_of(other)
    if sort == "a fork":  # of the copy itself, gone on with differently
        with_key_of(other, here)
        back(copy, here, force=True)
        more(here, "q")
        more(other, "rst")
        copy = copy_of(other)
    elif sort == "spoilt" and here.database is None:
        here.log.write_bytes(b"\xff" * 9000)
    with_key_of(other, here)
    with pytest.raises(GarrodError) as refused:
        back(copy, here)
    assert refused.value.code == "AUD018"
    done = back(copy, here, force=True)
    assert done.aside
    assert check(here).flaw is None
    assert rows(here)[: done.size] == [*rows(other)][: done.size]
    if here.database is None:
        assert (here.log.parent / done.aside).exists()
    else:
        link = Link(here.database.url)
        count = link.execute(f"SELECT count(*) FROM {done.aside}.entries").fetchone()
        link.close()
        assert count is not None
        assert count[0] >= 4


def test_without_the_key_nothing_is_put_back(make: Make) -> None:
    here = filled(make("here"))
    copy, there = copy_of(here), make("there")
    with pytest.raises(GarrodError) as refused:
        back(copy, there)
    assert refused.value.code == "AUD019"
    assert here.key_id() in str(refused.value)
    assert list(there.log.parent.iterdir()) == []


def test_what_was_witnessed_after_the_copy_is_told_as_lost(make: Make) -> None:
    here = filled(make("here"))
    copy = copy_of(here)
    early, late = more(here, "u"), more(here, "vw")
    there = make("there")
    with_key_of(here, there)
    old = verified(copy)
    put_back(copy, there.spot(), there.key, _later(), witnessed=lambda _: late.size)
    witness, told = there.key.with_name("witness"), list[str]()
    witness.write_bytes(late.content() + b"\n")
    for _ in range(2):  # the first that opens it says so, and the witness learns of a newer head
        store = replace(there, witness=witness).open_store(around(told))
        asyncio.run(store.close())
    assert told == [f"{OLDER}: AUD016"]
    for turn in range(3):  # at once, when as much was written again, and when more was
        found = check(there, early, late)
        assert found.flaw is not None
        assert (found.flaw.harm, found.flaw.index) == (Harm.LOST, old.entries)
        assert f"entries {old.entries} to {late.size - 1} were witnessed and are lost" in str(
            found.flaw.words
        )
        after = more(there, "kl"[: turn + 1])
    assert check(there, after).flaw is None
    assert entry_read(rows(there)[old.entries]).data["witnessed"] == late.size


def test_log_put_back_by_hand_is_still_found_cut_off_or_altered(make: Make) -> None:
    here = filled(make("here"))
    copy = copy_of(here)
    late = more(here, "uvw")
    there = make("there")
    with_key_of(here, there)
    there.log.write_bytes(copy.read_bytes())
    flaw = check(there, late).flaw
    assert flaw is not None
    assert flaw.harm == Harm.TRUNCATED
    more(there, "xyz")
    flaw = check(there, late).flaw
    assert flaw is not None
    assert flaw.harm == Harm.ALTERED


def test_entry_of_a_restore_excuses_nothing_that_was_witnessed_after_it(make: Make) -> None:
    """Whoever writes such an entry to cut the log off later is found out as ever."""
    here = filled(make("here"))
    copy, there = copy_of(here), make("there")
    with_key_of(here, there)
    back(copy, there)
    copy = copy_of(there)
    log = there.open_log(_later())
    written(log, "uvw")
    log.append((), is_head=True)
    log.close()
    there.log.write_bytes(copy.read_bytes())
    flaw = check(there, log.seal).flaw
    assert flaw is not None
    assert flaw.harm == Harm.TRUNCATED


def test_copies_are_whole_while_others_write(make: Make) -> None:
    here = filled(make("here"))
    ended = threading.Event()

    def write() -> None:
        log = here.open_log(around())
        while not ended.is_set():
            written(log, "ab")
        log.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(5):
            reading = here.open_reading()
            size = reading.seal().size
            reading.close()
            found = verified(copy_of(here))
            assert found.flaw is None
            assert found.entries >= size
    finally:
        ended.set()
        writer.join()


def test_what_is_kept_and_not_sealed_is_waited_for(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = filled(make("here"))
    chance = around().chance
    journal = Journal(here.log, secret_of(here.key, chance), chance)
    journal.keep(canonical(entry_of("late")))
    monkeypatch.setattr(copying, "PATIENCE", 0.2)
    reading = here.open_reading()
    with pytest.raises(GarrodError) as refused:
        settled(reading)
    assert refused.value.code == "AUD017"
    with pytest.raises(GarrodError) as refused:
        back(copy_of(here), here)
    assert refused.value.code == "AUD025"  # a server holds its journal
    journal.close()
    monkeypatch.setattr(copying, "PATIENCE", 20)
    sealing = threading.Timer(0.3, _seal, [here])
    sealing.start()
    settled(reading)
    assert len(reading.of_person("late", None, 9)) == 1
    reading.close()
    sealing.join()


@pytest.mark.parametrize("fails", ["named", "poured"])
def test_copy_that_cannot_be_finished_leaves_nothing(
    make: Make, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    here = filled(make("here"))

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(copying, fails, fail)
    with pytest.raises(GarrodError) as refused:
        copy_of(here)
    assert refused.value.code == "AUD017"
    assert "No space left" in str(refused.value)
    assert not list(here.log.parent.parent.glob("kept*"))


def _later() -> Around:
    """Return what a log takes, at a time after all that `around` tells."""
    return replace(around(), now=lambda: "2026-11-28T23:00:00.000000+00:00")


def _seal(place: Place) -> None:
    asyncio.run(place.open_store(around()).close())
