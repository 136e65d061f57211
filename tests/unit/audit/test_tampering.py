"""Whatever is done to a log without its key is found, and told by its first row."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from garrod.adapters.audit.verify import verified
from garrod.care.govern.audit_check import Harm
from tests.making.audits import opened, written
from validation.audit_attacks import ATTACKS, Attacker
from validation.audit_tampering import attacked


def test_every_sort_of_tampering_is_found_and_nothing_else(tmp_path: Path) -> None:
    tally = attacked(tmp_path, 2 * len(ATTACKS), 5)
    assert tally.found == tally.made
    assert tally.made.total() == 2 * len(ATTACKS)
    assert tally.false_alarms == 0


@pytest.fixture
def log(tmp_path: Path) -> Path:
    written(found := opened(tmp_path), "abcdefgh")
    found.append((), is_head=True)
    found.close()
    return tmp_path / "audit.db"


def sql(*statements: str) -> Callable[[Attacker], None]:
    def act(attacker: Attacker) -> None:
        for statement in statements:
            attacker.file.execute(statement)

    return act


def swap(one: int, two: int) -> Callable[[Attacker], None]:
    return sql(
        f"UPDATE entries SET id = -9 WHERE id = {one}",
        f"UPDATE entries SET id = {one} WHERE id = {two}",
        f"UPDATE entries SET id = {two} WHERE id = -9",
    )


COPY = "INSERT INTO entries (id, entry, hashes) SELECT {}, entry, hashes FROM entries WHERE id = 2"
CLOSED = ("DELETE FROM entries WHERE id = 3", "UPDATE entries SET id = 3 WHERE id = 8")
CASES = [
    ("altered", 3, sql("UPDATE entries SET entry = x'7b7d' WHERE id = 3")),
    ("altered", 3, sql("UPDATE entries SET entry = x'ff' WHERE id = 3")),
    ("altered", 3, sql("UPDATE entries SET entry = x'5b5d' WHERE id = 3")),
    ("altered", 3, sql("UPDATE entries SET entry = CAST(entry AS TEXT) WHERE id = 3")),
    ("altered", 3, sql("UPDATE entries SET hashes = CAST(hashes AS TEXT) WHERE id = 3")),
    ("altered", 0, sql("UPDATE entries SET entry = x'00' WHERE id = 0")),
    ("removed", 0, sql("DELETE FROM entries WHERE id = 0")),
    ("removed", 3, sql("DELETE FROM entries WHERE id IN (3, 4)")),
    ("removed", 3, sql(*CLOSED)),
    ("reordered", 3, swap(3, 6)),
    ("truncated", 7, sql("DELETE FROM entries WHERE id > 6")),
    ("truncated", 0, sql("DELETE FROM entries")),
    ("inserted", 9, sql(COPY.format(9))),
    ("inserted", 0, sql(COPY.format(-1))),
    ("head", 0, sql("UPDATE heads SET head = x'00'")),
    ("head", 1, sql("DELETE FROM heads WHERE id = 1")),
    ("head", 9, sql("DELETE FROM seal")),
    ("head", 9, sql("UPDATE seal SET head = x'7b7d'")),
    ("people", 4, sql("DELETE FROM people WHERE patient = 'd'")),
    ("people", 4, sql("UPDATE people SET entry = 5 WHERE patient = 'd'")),
    ("people", 4, sql("UPDATE people SET glass = 1 WHERE patient = 'd'")),
    ("people", 0, sql("INSERT INTO people VALUES ('z', 4, 0)")),
]  # fmt: skip


@pytest.mark.parametrize(("harm", "index", "act"), CASES)
def test_first_wrong_row_is_told(
    log: Path, harm: str, index: int, act: Callable[[Attacker], None]
) -> None:
    attacker = Attacker(log, np.random.default_rng(1))
    act(attacker)
    attacker.done()
    flaw = verified(log).flaw
    assert flaw is not None
    assert (flaw.harm, flaw.index) == (Harm(harm), index)


def test_log_put_back_to_an_earlier_copy_is_found_by_the_witness_alone(tmp_path: Path) -> None:
    written(log := opened(tmp_path), "abc")
    log.append((), is_head=True)
    log.close()
    shutil.copyfile(tmp_path / "audit.db", tmp_path / "earlier.db")
    written(log := opened(tmp_path), "de")
    log.append((), is_head=True)
    (tmp_path / "witness").write_bytes(log.seal.content() + b"\n")
    log.close()
    assert verified(tmp_path / "earlier.db").flaw is None
    flaw = verified(tmp_path / "earlier.db", witness=tmp_path / "witness").flaw
    assert flaw is not None
    assert (flaw.harm, flaw.index) == (Harm.TRUNCATED, 4)
    assert flaw.words == "the log was cut off: entries 4 to 5 are gone"


def test_witness_of_another_log_is_no_witness_of_this_one(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        log = opened(tmp_path / name)
        (tmp_path / f"{name}.witness").write_bytes(log.seal.content() + b"\n")
        log.close()
    flaw = verified(tmp_path / "one" / "audit.db", witness=tmp_path / "two.witness").flaw
    assert flaw is not None
    assert flaw.harm is Harm.WITNESS
