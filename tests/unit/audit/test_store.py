"""Appending from many sides at once, heads as time goes by, the witness, and proofs that hold."""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from garrod.adapters.audit.proofs import encoded, holds
from garrod.adapters.audit.store import AuditLog, Reading
from garrod.adapters.audit.verify import verified
from garrod.adapters.audit.witness import Witness, heads_witnessed
from garrod.care.govern.merkle import leaf_hash
from garrod.core.errors import InputError, OutsideError
from tests.making.audits import around, entry_of, opened, written

Work = Callable[[AuditLog], Coroutine[Any, Any, None]]


def run(folder: Path, work: Work, *, every: float = 60.0) -> list[str]:
    """Run work on a log; return what it told of faults."""
    failures: list[str] = []

    async def whole() -> None:
        log = AuditLog(
            folder / "audit.db",
            folder / "audit.key",
            around(failures),
            witness=folder / "witness",
            every=every,
        )
        try:
            await work(log)
        finally:
            await log.close()

    asyncio.run(whole())
    return failures


def test_each_of_many_learns_its_own_place(tmp_path: Path) -> None:
    async def work(log: AuditLog) -> None:
        places = await asyncio.gather(*(log.append(entry_of(f"p{n}")) for n in range(300)))
        assert sorted(places) == list(range(1, 301))
        for number in (0, 150, 299):
            (entry,) = await log.of_person(f"p{number}")
            assert entry.index == places[number]

    run(tmp_path, work)
    assert verified(tmp_path / "audit.db", witness=tmp_path / "witness").flaw is None


def test_entries_of_one_request_stand_side_by_side(tmp_path: Path) -> None:
    async def work(log: AuditLog) -> None:
        several = [log.append_all([entry_of(f"p{n}"), entry_of(f"q{n}")]) for n in range(50)]
        for number, place in enumerate(await asyncio.gather(*several)):
            assert (await log.of_person(f"q{number}"))[0].index == place + 1

    run(tmp_path, work)


def test_entries_of_a_person_come_newest_first_and_page_by_page(tmp_path: Path) -> None:
    async def work(log: AuditLog) -> None:
        for patient in "abaab":
            await log.append(entry_of(patient))
        assert [e.index for e in await log.of_person("a")] == [4, 3, 1]
        assert [e.index for e in await log.of_person("a", most=2)] == [4, 3]
        assert [e.index for e in await log.of_person("a", before=3)] == [1]
        assert await log.of_person("nobody") == []

    run(tmp_path, work)


def test_head_is_kept_at_start_now_and_then_while_written_and_at_the_end(tmp_path: Path) -> None:
    witness = tmp_path / "witness"

    async def work(log: AuditLog) -> None:
        assert [h.size for h in heads_witnessed(witness)] == [1]
        await log.append(entry_of())
        while len(heads_witnessed(witness)) < 2:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)  # nothing is written, so no head is kept either
        assert [h.size for h in heads_witnessed(witness)] == [1, 2]
        await log.append(entry_of())

    run(tmp_path, work, every=0.02)
    assert [h.size for h in heads_witnessed(witness)] == [1, 2, 3]
    assert verified(tmp_path / "audit.db", witness=witness).flaw is None


def test_closed_log_takes_nothing_more(tmp_path: Path) -> None:
    async def whole() -> None:
        log = AuditLog(tmp_path / "audit.db", tmp_path / "audit.key", around())
        await log.close()
        with pytest.raises(OutsideError, match="is closed"):
            log.append(entry_of())

    asyncio.run(whole())


def test_who_waits_is_told_that_the_log_cannot_be_written(tmp_path: Path) -> None:
    async def work(log: AuditLog) -> None:
        (tmp_path / "audit.db").rename(tmp_path / "elsewhere.db")
        with pytest.raises(OutsideError, match="moved away"):
            await log.append(entry_of())
        assert log.is_failing

    failures = run(tmp_path, work)
    assert failures[0] == "AUD101 the audit log could not be written: AUD010"


def test_entry_that_cannot_be_written_at_all_ends_no_thread(tmp_path: Path) -> None:
    async def work(log: AuditLog) -> None:
        waiting = log._writer.submit([(b"{}", ("p\ud800",), False)])  # no text that SQLite takes
        with pytest.raises(OutsideError, match="could not be written"):
            await waiting
        assert await log.append(entry_of()) == 1

    run(tmp_path, work)


def test_care_goes_on_where_the_witness_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "witness").mkdir()

    async def work(log: AuditLog) -> None:
        assert await log.append(entry_of()) == 1

    failures = run(tmp_path, work)
    assert set(failures) == {"AUD102 a head of the audit was not kept: AUD014"}


def test_every_proof_of_a_log_holds(tmp_path: Path) -> None:
    written(log := opened(tmp_path), "abcdefghij")
    log.close()
    reading = Reading(tmp_path / "audit.db")
    for size in range(1, 12):
        for index in range(size):
            proof = reading.inclusion(index, size)
            assert holds(json.dumps(proof).encode())
            leaf = leaf_hash(reading.entry(index))
            assert proof["leafHash"] == encoded(leaf)
        for first in range(1, size + 1):
            assert holds(json.dumps(reading.consistency(first, size)).encode())
    assert reading.inclusion(3)["treeSize"] == reading.consistency(3)["size2"] == 11
    for ask in (lambda: reading.inclusion(0, 12), lambda: reading.consistency(1, 12)):
        with pytest.raises(InputError, match="has 11 entries"):
            ask()
    reading.close()


def test_witness_that_is_cut_off_in_its_last_line_still_speaks(tmp_path: Path) -> None:
    written(log := opened(tmp_path), "ab")
    witness = Witness(tmp_path / "witness")
    witness.told(log.seal)
    witness.told(log.seal)
    log.close()
    whole = (tmp_path / "witness").read_bytes()
    (tmp_path / "witness").write_bytes(whole[:-20])
    assert len(heads_witnessed(tmp_path / "witness")) == 1
    (tmp_path / "witness").write_bytes(b"{}\n" + whole)
    with pytest.raises(InputError, match="line 1 is no signed head"):
        heads_witnessed(tmp_path / "witness")
    with pytest.raises(InputError, match="cannot be read"):
        heads_witnessed(tmp_path / "absent")


def test_loop_goes_on_while_another_process_holds_the_log(tmp_path: Path) -> None:
    async def work(log: AuditLog) -> None:
        other = sqlite3.connect(tmp_path / "audit.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        waiting = [asyncio.ensure_future(log.append(entry_of(f"p{n}"))) for n in range(3)]
        turns = 0
        while turns < 20:
            await asyncio.sleep(0.005)
            turns += 1
        assert not any(one.done() for one in waiting)
        waiting.append(asyncio.ensure_future(log.append_all([entry_of("p3")], is_firm=True)))
        other.execute("ROLLBACK")
        other.close()
        assert await asyncio.gather(*waiting) == [1, 2, 3, 4]
        assert await log.append(entry_of("p4")) == 5

    run(tmp_path, work)
    assert verified(tmp_path / "audit.db").flaw is None
