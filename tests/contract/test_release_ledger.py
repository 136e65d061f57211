"""The ledger of releases outlives every end of a process, and what is spent stays spent."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import pytest

from garrod.adapters.govern.keys import ENVIRONMENT, key_at, project_key
from garrod.care.govern.numbers.differencing import Shown
from garrod.care.govern.numbers.release import COUNTS, GIVEN, REFUSED
from garrod.core.errors import AccessDenied, InputError, OutsideError, UsageError
from tests.making.release_ledgers import KEY, ledger_in, wish

ROOT = Path(__file__).resolve().parents[2]
COUNT = wish(deed=COUNTS)
SPENDER = (sys.executable, "-m", "tests.making.release_ledgers")


def people(first: int, end: int) -> int:
    return (1 << end) - (1 << first)


EVERYBODY = people(0, 1000)


def asked_in(folder: Path, new: int, asked: object = COUNT) -> bool:
    """Return whether an answer is given by a ledger that is opened for it alone."""
    ledger = ledger_in(folder)
    try:
        line = ledger.ask(asked, Shown(new, (new,)), EVERYBODY)  # type: ignore[arg-type]
    finally:
        ledger.close()
    return line.is_given


def test_what_was_shown_is_remembered_after_a_restart(tmp_path: Path) -> None:
    assert asked_in(tmp_path, people(0, 400))
    assert not asked_in(tmp_path, people(0, 401))
    assert not asked_in(tmp_path, people(400, 999))  # everybody else but one
    assert asked_in(tmp_path, people(0, 400))  # the same again
    assert asked_in(tmp_path, people(0, 420))
    assert not asked_in(tmp_path, people(0, 401))  # what was refused was not shown


def test_each_analyst_and_data_set_has_its_own(tmp_path: Path) -> None:
    assert asked_in(tmp_path, people(0, 400))
    assert asked_in(tmp_path, people(0, 401), wish(deed=COUNTS, analyst="Practitioner/bob"))
    assert asked_in(tmp_path, people(0, 401), wish(deed=COUNTS, data_set="other"))


def test_a_refusal_says_no_number_and_no_other_question(tmp_path: Path) -> None:
    ledger = ledger_in(tmp_path)
    ledger.ask(COUNT, Shown(people(0, 400)), EVERYBODY)
    refusals = [
        ledger.ask(COUNT, Shown(new), EVERYBODY, people="about 400")
        for new in (people(0, 401), people(0, 407), people(401, 1000), people(1, 1000))
    ]
    assert {line.outcome for line in refusals} == {REFUSED}
    assert len({line.because for line in refusals}) == 1
    assert not any(character.isdigit() for character in refusals[0].because)
    assert {line.people for line in refusals} == {""}
    with pytest.raises(AccessDenied) as caught:
        refusals[0].given()
    assert caught.value.code == "REL001"


def test_people_keep_their_numbers_and_are_not_named(tmp_path: Path) -> None:
    ledger = ledger_in(tmp_path)
    first = ledger.numbered("world", ["ann", "bob"])
    ledger.close()
    ledger = ledger_in(tmp_path)
    again = ledger.numbered("world", ["cid", "bob", "ann", "cid"])
    assert again == {**first, "cid": 2}
    assert ledger.numbered("other", ["bob"]) == {"bob": 0}
    ledger.close()
    content = b"".join(p.read_bytes() for p in tmp_path.iterdir())
    assert not any(name in content for name in (b"ann\0", b"bob", b"cid"))


def test_a_budget_is_spent_and_can_be_raised(tmp_path: Path) -> None:
    ledger = ledger_in(tmp_path)
    outcomes = [ledger.spend(wish(epsilon="1/3")).outcome for _ in range(4)]
    assert outcomes == [GIVEN, GIVEN, GIVEN, REFUSED]
    ledger.close()
    ledger = ledger_in(tmp_path)
    assert ledger.budget("Practitioner/ann", "world") == (1, 1)
    with pytest.raises(AccessDenied) as caught:
        ledger.spend(wish(epsilon="1/1000000")).given()
    assert caught.value.code == "REL002"
    assert ledger.spend(wish(epsilon="1", analyst="Practitioner/bob")).is_given
    ledger.allow("Practitioner/ann", "world", Fraction(4, 3))
    assert ledger.spend(wish(epsilon="1/3")).is_given
    assert not ledger.spend(wish(epsilon="1/3")).is_given


def test_a_process_killed_between_debit_and_answer_gives_nothing_free(tmp_path: Path) -> None:
    for answers in (3, 7, 0):
        before = ledger_in(tmp_path)
        _, spent = before.budget("Practitioner/ann", "world")
        before.close()
        command = [
            sys.executable,
            "-m",
            "tests.making.release_ledgers",
            str(tmp_path),
            str(answers),
        ]
        ran = subprocess.run(
            command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=120
        )
        assert ran.returncode == -9, ran.stderr
        assert len(ran.stdout.splitlines()) == answers
        after = ledger_in(tmp_path)
        assert after.budget("Practitioner/ann", "world")[1] == spent + Fraction(answers + 1, 100)
        after.close()


def test_a_process_killed_at_any_moment_was_never_ahead_of_its_ledger(tmp_path: Path) -> None:
    answers = 0
    for enough in (1, 5, 12):
        command = [*SPENDER, str(tmp_path), "1000"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(enough)]
            process.kill()
            lines += process.stdout.readlines()
        answers += sum(line.endswith("\n") for line in lines)
        ledger = ledger_in(tmp_path)
        _, spent = ledger.budget("Practitioner/ann", "world")
        ledger.close()
        assert spent >= Fraction(answers, 100)


def test_of_many_who_ask_at_once_no_more_is_given_than_there_is(tmp_path: Path) -> None:
    ledger_in(tmp_path).close()

    def one(number: int) -> tuple[bool, bool]:
        ledger = ledger_in(tmp_path)
        try:
            near = ledger.ask(COUNT, Shown(people(0, 400 + number)), EVERYBODY)
            return ledger.spend(wish(epsilon="1/4")).is_given, near.is_given
        finally:
            ledger.close()

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(one, range(8)))
    assert sum(spent for spent, _ in found) == 4
    assert sum(near for _, near in found) == 1


def test_lines_cannot_be_changed_or_taken_away(tmp_path: Path) -> None:
    ledger = ledger_in(tmp_path)
    line = ledger.note(wish(deed="pseudonymous records"), people="about 50")
    ledger.ask(COUNT, Shown(people(0, 400)), EVERYBODY)
    ledger.numbered("world", ["ann"])
    ledger.allow("Practitioner/ann", "world", Fraction(2))
    assert ledger.lines()[0] == line
    ledger.close()
    with sqlite3.connect(tmp_path / "releases.db") as connection:
        for table in ("releases", "shown", "people", "budgets"):
            for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET rowid = 9"):
                if "rowid" in statement and table == "people":
                    statement = "UPDATE people SET number = 9"
                with pytest.raises(sqlite3.IntegrityError, match="append only"):
                    connection.execute(statement)
    connection.close()


def test_a_file_that_is_something_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "releases.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE other (id)")
    connection.close()
    with pytest.raises(InputError) as caught:
        ledger_in(tmp_path)
    assert caught.value.code == "REL011"
    path.write_bytes(b"no database at all, but long enough to be looked at" * 100)
    with pytest.raises(InputError):
        ledger_in(tmp_path)
    path.unlink()
    path.mkdir()
    with pytest.raises(OutsideError) as other:
        ledger_in(tmp_path)
    assert other.value.code == "REL010"


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    made = project_key(tmp_path, "asthma", {}, lambda n: KEY[:n])
    path = tmp_path / "projects" / "asthma.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert project_key(tmp_path, "asthma", {}, lambda n: b"x" * n) == made == KEY
    given = {ENVIRONMENT: "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg="}
    assert project_key(tmp_path, "asthma", given, lambda n: KEY[:n]) == b"x" * 32
    path.chmod(0o640)
    with pytest.raises(InputError) as caught:
        key_at(path, lambda n: KEY[:n])
    assert caught.value.code == "REL031"
    path.chmod(0o600)
    path.write_text("c2hvcnQ=")
    with pytest.raises(InputError):
        key_at(path, lambda n: KEY[:n])
    with pytest.raises(UsageError):
        project_key(tmp_path, "../other", {}, lambda n: KEY[:n])
    with pytest.raises(OutsideError):
        key_at(tmp_path / "projects", lambda n: KEY[:n])
