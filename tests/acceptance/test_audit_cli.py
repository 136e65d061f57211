"""garrod audit: proofs checked and printed, a log verified, a key put in another's place."""

import base64
import json
import sqlite3
from pathlib import Path

import pytest

from garrod.adapters.audit.keys import read_key
from garrod.care.govern.audit import entry_read
from tests.acceptance.conftest import Run
from tests.making.audits import opened, reading_of, written

HASH = base64.b64encode(bytes(32)).decode()
FALSE = {"leafIdx": 0, "treeSize": 2, "leafHash": HASH, "root": HASH, "proof": [HASH]}
TRUE = {"leafIdx": 0, "treeSize": 1, "leafHash": HASH, "root": HASH, "proof": []}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a data folder whose log has seven entries, its key first."""
    written(log := opened(tmp_path), "abcdef")
    log.append((), is_head=True)
    (tmp_path / "witness").write_bytes(log.seal.content() + b"\n")
    log.close()
    return tmp_path


def spoiled(data: Path, *statements: str) -> None:
    with sqlite3.connect(data / "audit.db") as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
    connection.close()


def test_each_proof_is_judged_though_others_cannot_be_read(run: Run, tmp_path: Path) -> None:
    for name, content in (("true", TRUE), ("false", FALSE), ("other", {"leafIdx": 0})):
        (tmp_path / name).write_text(json.dumps(content))
    files = [tmp_path / n for n in ("true", "other", "absent", "false")]
    ran = run("audit", "proof", "--check", *files)
    assert ran.code == 10
    assert [json.loads(line) for line in ran.out.splitlines()] == [
        {"file": str(files[0]), "valid": True},
        {"file": str(files[1]), "valid": False},  # what is no proof proves nothing
        {"file": str(files[3]), "valid": False},
    ]
    first, second = ran.err.splitlines()
    assert first.startswith(f"GARROD-AUD022: {files[1]}: ")
    assert "treeSize is missing" in first
    assert second.startswith(f"GARROD-AUD023: {files[2]}: ")


def test_proof_that_does_not_hold_is_an_answer_and_no_error(run: Run, tmp_path: Path) -> None:
    (tmp_path / "false").write_text(json.dumps({**FALSE, "wantErr": False}))
    ran = run("audit", "proof", "--check", tmp_path / "false")
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out)["valid"] is False


def test_proof_from_windows_is_read_and_one_of_both_sorts_is_not(run: Run, tmp_path: Path) -> None:
    content = json.dumps(TRUE, indent=1).replace("\n", "\r\n")
    (tmp_path / "windows").write_bytes(b"\xef\xbb\xbf" + content.encode())
    ran = run("audit", "proof", "--check", tmp_path / "windows")
    assert (ran.code, json.loads(ran.out)["valid"]) == (0, True)
    both = {**TRUE, "size1": 1, "size2": 2, "root1": HASH, "root2": HASH}
    (tmp_path / "both").write_text(json.dumps(both))
    ran = run("audit", "proof", "--check", tmp_path / "both")
    assert (ran.code, json.loads(ran.out)["valid"]) == (10, False)
    assert "nobody can tell which proof it is" in ran.err


@pytest.mark.parametrize(
    "asked", [("--entry", 3), ("--entry", 0, "--size", 5), ("--from", 2), ("--from", 3, "--to", 6)]
)
def test_proof_of_the_log_is_one_that_the_command_accepts(
    run: Run, data: Path, tmp_path: Path, asked: tuple[object, ...]
) -> None:
    ran = run("audit", "proof", *asked, "--data", data)
    assert (ran.code, ran.err) == (0, "")
    (tmp_path / "proof.json").write_text(ran.out)
    assert json.loads(run("audit", "proof", "--check", tmp_path / "proof.json").out)["valid"]


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        (("--entry", 7), 10, "GARROD-AUD020: a tree of 7 entries has no entry 7."),
        (("--entry", 0, "--size", 8), 10, "GARROD-AUD024: the log has 7 entries, not 8."),
        (("--from", 0), 10, "GARROD-AUD021: "),
        ((), 2, "GARROD-USE030: "),
        (("--check",), 2, "GARROD-USE030: "),
        (("--entry", 1, "--from", 1), 2, "GARROD-USE030: "),
        (("something.json",), 2, "GARROD-USE030: "),
    ],
)
def test_proof_that_cannot_be_made_is_refused_in_one_line(
    run: Run, data: Path, asked: tuple[object, ...], code: int, said: str
) -> None:
    ran = run("audit", "proof", *asked, "--data", data)
    assert ran.code == code
    assert ran.err.startswith(said)
    assert len(ran.err.splitlines()) == 1


def test_proof_of_a_log_that_is_not_there_is_refused(run: Run, tmp_path: Path) -> None:
    ran = run("audit", "proof", "--entry", 0, "--data", tmp_path / "absent")
    assert (ran.code, ran.out, ran.err.count("\n")) == (10, "", 1)
    assert ran.err.startswith("GARROD-AUD033: ")


def test_log_that_is_whole_is_said_to_be(run: Run, data: Path) -> None:
    ran = run("audit", "verify", "--data", data, "--witness", data / "witness")
    assert (ran.code, ran.err) == (0, "")
    told = json.loads(ran.out)
    assert told["valid"] is True
    assert (told["entries"], told["heads"], told["witnessed"]) == (7, 2, 1)
    assert told["key"] == read_key(data / "audit.key").id
    ran = run("audit", "verify", data / "audit.db")
    assert (ran.code, json.loads(ran.out)["valid"]) == (0, True)
    assert ran.err.startswith("note: without --witness")


@pytest.mark.parametrize(
    ("statement", "code", "words"),
    [
        ("UPDATE entries SET entry = x'7b7d' WHERE id = 2", "AUD001", "entry 2 is not what"),
        ("DELETE FROM entries WHERE id = 2", "AUD002", "entry 2 was removed"),
        ("DELETE FROM entries WHERE id > 4", "AUD004", "entries 5 to 6 are gone"),
        ("DELETE FROM seal", "AUD006", "the seal was taken away"),
        ("DELETE FROM people WHERE entry = 5", "AUD009", "entry 5 names a person"),
    ],
)
def test_log_that_was_changed_is_told_by_its_first_wrong_row(
    run: Run, data: Path, statement: str, code: str, words: str
) -> None:
    spoiled(data, statement)
    ran = run("audit", "verify", "--data", data, "--witness", data / "witness")
    assert ran.code == 19
    assert ran.err.startswith(f"GARROD-{code}: ")
    assert words in ran.err
    assert len(ran.err.splitlines()) == 1
    assert json.loads(ran.out)["valid"] is False


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        (("absent.db",), 10, "GARROD-AUD033"),
        ((".",), 10, "GARROD-AUD033"),
        (("audit.key",), 10, "GARROD-AUD011"),
        (("audit.db", "--witness", "absent"), 10, "GARROD-AUD015"),
        (("audit.db", "--witness", "audit.key"), 10, "GARROD-AUD015"),
    ],
)
def test_what_is_no_log_or_no_witness_is_said(
    run: Run, data: Path, asked: tuple[str, ...], code: int, said: str
) -> None:
    named = [a if a.startswith("--") else data / a for a in asked]
    ran = run("audit", "verify", *named)
    assert ran.code == code
    assert ran.err.startswith(said)


def test_new_key_takes_the_place_of_the_old_one(run: Run, data: Path) -> None:
    old = read_key(data / "audit.key").id
    ran = run("audit", "rotate", "--data", data)
    told = json.loads(ran.out)
    assert (ran.code, told["size"]) == (0, 8)
    assert told["key"] == read_key(data / "audit.key").id != old
    assert run("audit", "verify", "--data", data, "--witness", data / "witness").code == 0


def test_log_of_another_key_is_not_taken_for_ours(run: Run, data: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    opened(other).close()
    (other / "audit.key").replace(data / "audit.key")
    ran = run("audit", "verify", "--data", data)
    assert ran.code == 19
    assert "GARROD-AUD007" in ran.err


def test_import_and_export_name_everybody_they_touched(run: Run, tmp_path: Path) -> None:
    people = [{"resourceType": "Patient", "id": f"p{n}"} for n in range(3)]
    seen = {
        "resourceType": "Observation",
        "id": "o1",
        "status": "final",
        "code": {"text": "potassium"},
        "subject": {"reference": "Patient/p1"},
    }
    file = tmp_path / "in.ndjson"
    file.write_text("".join(f"{json.dumps(one)}\n" for one in (*people, seen)))
    data, out = tmp_path / "data", tmp_path / "out"
    ran = run("record", "import", file, "--data", data)
    assert ran.code == 0, ran.err
    assert run("record", "export", "--data", data, "--patient", "p1", "-o", out).code == 0
    reading = reading_of(data / "audit.db")
    told = [entry_read(reading.entry(i)) for i in range(reading.seal().size)]
    reading.close()
    assert [e.event for e in told] == ["key", "task", "more", "task", "more"]
    taken, given = told[2::2]
    assert (taken.deed, taken.outcome, taken.who) == ("import", "permitted", "local")
    assert len(taken.patients) == 3
    assert (given.deed, given.route) == ("export", "garrod record export")
    assert (set(given.kinds), given.count) == ({"Observation", "Patient"}, 2)
    assert len(given.patients) == 1
