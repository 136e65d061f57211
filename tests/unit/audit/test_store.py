"""Appending from many sides at once, heads as time goes by, the witness, and proofs that hold."""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from garrod.adapters.audit.proofs import encoded, holds
from garrod.adapters.audit.reading import Reading
from garrod.adapters.audit.store import AuditLog
from garrod.adapters.audit.verify import verified
from garrod.adapters.audit.witness import Witness, heads_witnessed
from garrod.care.govern.audit import canonical
from garrod.care.govern.merkle import leaf_hash
from garrod.core.errors import InputError, OutsideError
from garrod.entry.notary import COMMAND
from tests.making.audits import around, entry_of, opened, written

Work = Callable[[AuditLog], Coroutine[Any, Any, None]]
SIDES = pytest.mark.parametrize("has_notary", [False, True], ids=["by itself", "with a notary"])


def run(folder: Path, work: Work, *, every: float = 60.0, has_notary: bool = True) -> list[str]:
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
            if has_notary:
                log.start(COMMAND)
            await work(log)
        finally:
            await log.close()

    asyncio.run(whole())
    assert failures or [p.name for p in folder.glob("*.journal")] == ["audit.key.journal"]
    return failures


@SIDES
def test_each_of_many_learns_its_own_place(tmp_path: Path, has_notary: bool) -> None:
    async def work(log: AuditLog) -> None:
        places = await asyncio.gather(*(log.append(entry_of(f"p{n}")) for n in range(300)))
        assert sorted(places) == list(range(1, 301))
        for number in (0, 150, 299):
            (entry,) = await log.of_person(f"p{number}")
            assert entry.index == places[number]

    run(tmp_path, work, has_notary=has_notary)
    assert verified(tmp_path / "audit.db", witness=tmp_path / "witness").flaw is None


@SIDES
def test_entries_of_one_request_stand_side_by_side(tmp_path: Path, has_notary: bool) -> None:
    async def work(log: AuditLog) -> None:
        several = [log.append_all([entry_of(f"p{n}"), entry_of(f"q{n}")]) for n in range(50)]
        for number, place in enumerate(await asyncio.gather(*several)):
            assert (await log.of_person(f"q{number}"))[0].index == place + 1

    run(tmp_path, work, has_notary=has_notary)


def test_what_is_kept_is_told_its_place_later_and_two_servers_share_a_log(tmp_path: Path) -> None:
    async def work(log: AuditLog) -> None:
        other = AuditLog(tmp_path / "audit.db", tmp_path / "audit.key", around())
        other.start(COMMAND)
        tickets: list[tuple[AuditLog, str, int]] = []
        for turn in range(40):
            for name, one in (("a", log), ("b", other)):
                entries = [canonical(entry_of(f"{name}{turn}-{n}")) for n in range(3)]
                ticket = await one.keep(entries, is_firm=turn % 7 == 0)
                tickets += [(one, f"{name}{turn}-{n}", ticket + n) for n in range(3)]
        for one, patient, ticket in tickets:
            (entry,) = await one.of_person(patient)
            assert entry.index == await one.place(ticket)
        await other.close()

    assert run(tmp_path, work) == []
    assert verified(tmp_path / "audit.db", witness=tmp_path / "witness").entries == 241


@SIDES
def test_entries_of_a_person_come_newest_first_and_page_by_page(
    tmp_path: Path, has_notary: bool
) -> None:
    async def work(log: AuditLog) -> None:
        for patient in "abaab":
            await log.append(entry_of(patient))
        assert [e.index for e in await log.of_person("a")] == [4, 3, 1]
        assert [e.index for e in await log.of_person("a", most=2)] == [4, 3]
        assert [e.index for e in await log.of_person("a", before=3)] == [1]
        assert await log.of_person("nobody") == []

    run(tmp_path, work, has_notary=has_notary)


def test_head_is_kept_at_start_now_and_then_while_written_and_at_the_end(tmp_path: Path) -> None:
    witness = tmp_path / "witness"

    async def work(log: AuditLog) -> None:
        begun = len(heads_witnessed(witness))
        await log.append(entry_of())
        while len(heads_witnessed(witness)) == begun:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)  # nothing is written, so no head is kept either
        assert len(heads_witnessed(witness)) == begun + 1
        await log.append(entry_of())

    run(tmp_path, work, every=0.02)
    sizes = [head.size for head in heads_witnessed(witness)]
    assert sizes == sorted(sizes)
    assert sizes[0] == 1
    assert sizes[-1] == 3
    assert verified(tmp_path / "audit.db", witness=witness).flaw is None


@SIDES
def test_closed_log_takes_nothing_more(tmp_path: Path, has_notary: bool) -> None:
    async def whole() -> None:
        log = AuditLog(tmp_path / "audit.db", tmp_path / "audit.key", around())
        if has_notary:
            log.start(COMMAND)
        await log.close()
        with pytest.raises(OutsideError, match="is closed"):
            await log.append(entry_of())

    asyncio.run(whole())


@SIDES
def test_who_waits_is_told_that_the_log_cannot_be_written_and_when_it_can_again(
    tmp_path: Path, has_notary: bool
) -> None:
    async def work(log: AuditLog) -> None:
        path, away = tmp_path / "audit.db", tmp_path / "elsewhere.db"
        path.rename(away)
        with pytest.raises(OutsideError, match="moved away"):
            await log.append(entry_of())
        assert log.is_failing
        with pytest.raises(OutsideError, match="moved away"):
            await log.keep([canonical(entry_of())])
        away.rename(path)
        assert await log.append(entry_of("p2")) > 0
        assert not log.is_failing

    failures = run(tmp_path, work, has_notary=has_notary)
    assert failures[0] == "AUD101 the audit log could not be written: AUD010"


@SIDES
def test_what_no_database_takes_as_text_is_written_all_the_same(
    tmp_path: Path, has_notary: bool
) -> None:
    async def work(log: AuditLog) -> None:
        assert await log.append(entry_of("p\ud800")) == 1
        assert await log.append(entry_of("p1")) == 2

    assert run(tmp_path, work, has_notary=has_notary) == []
    assert verified(tmp_path / "audit.db").flaw is None


def test_what_is_no_entry_is_refused_and_said(tmp_path: Path) -> None:
    async def work(log: AuditLog) -> None:
        await log.keep([b"no entry"])
        with pytest.raises(OutsideError):
            await log.settled()
        assert log.is_failing

    failures = run(tmp_path, work)
    assert failures[0].startswith("AUD101")


@SIDES
def test_care_goes_on_where_the_witness_cannot_be_written(tmp_path: Path, has_notary: bool) -> None:
    (tmp_path / "witness").mkdir()

    async def work(log: AuditLog) -> None:
        assert await log.append(entry_of()) == 1

    failures = run(tmp_path, work, has_notary=has_notary)
    assert set(failures) == {"AUD102 a head of the audit was not kept: AUD014"}


def test_notary_that_is_killed_is_begun_again_and_nothing_is_lost_or_told_twice(
    tmp_path: Path,
) -> None:
    async def work(log: AuditLog) -> None:
        for turn in range(5):
            tickets = [await log.keep([canonical(entry_of(f"p{turn}"))]) for _ in range(200)]
            assert log._sealing is not None
            log._sealing._notary.kill()
            await log.keep([canonical(entry_of(f"p{turn}"))], is_firm=True)
            await log.settled()
            assert len(await log.of_person(f"p{turn}")) == 201
            assert await log.place(tickets[-1] + 1) in (201 * (turn + 1), -1)

    assert run(tmp_path, work) == []
    assert verified(tmp_path / "audit.db", witness=tmp_path / "witness").entries == 1006


def test_large_journal_is_followed_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("garrod.adapters.audit.sealing.LARGEST", 2000)

    async def work(log: AuditLog) -> None:
        tickets = []
        for number in range(300):
            tickets.append(await log.keep([canonical(entry_of(f"p{number}"))]))
            if number % 90 == 0:
                await log.keep([canonical(entry_of("firm"))], is_firm=True)
        for number in (0, 1, 150, 299):
            (entry,) = await log.of_person(f"p{number}")
            assert entry.index == await log.place(tickets[number])
        assert len(list(tmp_path.glob("*.journal"))) - 1 <= 2  # the secret's, and what is written

    assert run(tmp_path, work) == []


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


def test_nobody_waits_for_another_process_that_holds_the_log(tmp_path: Path) -> None:
    async def work(log: AuditLog) -> None:
        other = sqlite3.connect(tmp_path / "audit.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        tickets = [await log.keep([canonical(entry_of(f"p{n}"))]) for n in range(3)]
        tickets.append(await log.keep([canonical(entry_of("p3"))], is_firm=True))
        waiting = asyncio.ensure_future(log.place(tickets[-1]))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        other.execute("ROLLBACK")
        other.close()
        assert await waiting == 4
        assert [await log.place(ticket) for ticket in tickets] == [1, 2, 3, 4]

    run(tmp_path, work)
    assert verified(tmp_path / "audit.db").flaw is None
