"""Each command that reaches people's data leaves entries: one before it begins, one of its end."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from garrod.adapters.audit.verify import verified
from garrod.care.govern.audit import AuditEntry, entry_read
from tests.acceptance.conftest import Run
from tests.making.audits import reading_of
from tests.making.commands import COMMANDS, ENTRY

WHO = ("--analyst", "Practitioner/ann", "--project", "asthma", "--basis", "section-251")
PEOPLE = [{"resourceType": "Patient", "id": f"p{n}", "birthDate": "1950"} for n in range(3)]
MEDICINES = [
    {
        "resourceType": "MedicationStatement",
        "id": f"m{n}",
        "status": "active",
        "subject": {"reference": f"Patient/p{n}"},
        "medicationCodeableConcept": {"text": "simvastatin"},
    }
    for n in range(3)
]


def entries(data: Path) -> list[AuditEntry]:
    reading = reading_of(data / "audit.db")
    found = [entry_read(reading.entry(i)) for i in range(reading.seal().size)]
    reading.close()
    return found


@pytest.fixture
def data(run: Run, tmp_path: Path) -> Path:
    """Return a data folder with three people, each of whom takes something."""
    written(tmp_path / "sent")
    assert run("record", "import", tmp_path / "sent", "--data", tmp_path / "data").code == 0
    return tmp_path / "data"


def written(folder: Path) -> None:
    folder.mkdir()
    for kind, some in (("Patient", PEOPLE), ("MedicationStatement", MEDICINES)):
        (folder / f"{kind}.ndjson").write_text("".join(f"{json.dumps(one)}\n" for one in some))


Asking = Callable[[Path], tuple[object, ...]]
RUNS: dict[str, Asking] = {
    "audit review": lambda _: (),
    "population reanalyse": lambda at: (
        "--from", "policy-england", "--to", "policy-netherlands", "-o", at / "out",
        "--workers", "1",
    ),
    "record backup": lambda at: (at / "kept",),
    "record export": lambda at: ("-o", at / "out"),
    "record import": lambda at: (at / "sent",),
    "record relabel": lambda _: ("--check",),
    "record restore": lambda at: (at / "kept", "--force"),
    "record verify": lambda _: (),
    "release budget": lambda _: ("--analyst", "A/a", "--data-set", "sent", "--epsilon", "2"),
    "release counts": lambda at: (at / "sent", "--by", "sex", *WHO),
    "release person": lambda at: ("p1", "-o", at / "copy"),
    "release pseudonymise": lambda at: (at / "sent", "-o", at / "study", *WHO),
}  # fmt: skip
NAMED = {
    "population reanalyse": {"p0", "p1", "p2"},
    "record export": {"p0", "p1", "p2"},
    "release person": {"p1"},
    "release pseudonymise": {"p0", "p1", "p2"},
}


def test_every_command_that_is_to_leave_an_entry_is_tried() -> None:
    assert set(RUNS) == {name for name, how in COMMANDS.items() if how == ENTRY}


@pytest.mark.parametrize("command", RUNS)
def test_command_leaves_an_entry_of_who_did_what_to_whom(
    run: Run, data: Path, command: str
) -> None:
    if command == "record restore":
        assert run("record", "backup", data.parent / "kept", "--data", data).code == 0
    before = len(entries(data))
    ran = run(*command.split(), *RUNS[command](data.parent), "--data", data)
    assert ran.code == 0, ran.err
    left = entries(data)[before:]
    assert left, "no entry"
    assert {e.outcome for e in left} == {"permitted"}
    assert {e.who for e in left} <= {"local", "Practitioner/ann"}
    assert any(e.event == "task" for e in left)
    assert {p for e in left for p in e.patients} == NAMED.get(command, set())
    routes = {e.route for e in left if e.route}
    assert all(route.startswith(f"garrod {command.split()[0]}") for route in routes)
    assert verified(data / "audit.db").flaw is None


def test_entry_stands_before_anything_is_done_and_one_of_its_end_after(
    run: Run, data: Path
) -> None:
    out = data.parent / "out"
    assert run("record", "export", "--data", data, "-o", out).code == 0
    begun, ended = entries(data)[-2:]
    assert (begun.event, begun.status, begun.deed) == ("task", 202, "export")
    assert (ended.event, ended.status, ended.of) == ("more", 200, begun.index)
    given = sum(len(path.read_bytes().splitlines()) for path in out.iterdir())
    assert (begun.patients, ended.count) == ((), given)


@pytest.mark.parametrize(
    "asked",
    [
        ("record", "restore", "no-such-file", "--force"),
        ("record", "export", "--patient", "nobody", "-o", "out"),
        ("release", "person", "nobody", "-o", "out"),
    ],
)
def test_what_fails_leaves_an_entry_that_says_so(
    run: Run, data: Path, asked: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(data.parent)
    assert run(*asked, "--data", data).code != 0
    begun, ended = entries(data)[-2:]
    assert (begun.event, begun.outcome) == ("task", "permitted")
    assert (ended.of, ended.outcome) == (begun.index, "failed")


def test_restored_record_does_not_take_the_log_back(run: Run, data: Path) -> None:
    kept = data.parent / "kept"
    assert run("record", "backup", kept, "--data", data).code == 0
    assert run("record", "export", "--data", data, "-o", data.parent / "out").code == 0
    assert run("record", "restore", kept, "--force", "--data", data).code == 0
    deeds = [e.deed for e in entries(data) if e.event == "task"]
    assert deeds == ["import", "backup", "export", "restore"]
    assert verified(data / "audit.db").flaw is None


def test_nothing_is_given_out_where_no_entry_can_be_left(run: Run, data: Path) -> None:
    (data / "audit.key").write_bytes(b"something else")
    for command in ("record export", "record backup", "release person", "population reanalyse"):
        ran = run(*command.split(), *RUNS[command](data.parent), "--data", data)
        assert ran.code != 0
        assert ran.err.splitlines()[-1].startswith("GARROD-AUD"), ran.err
    made = {path.name for path in data.parent.iterdir()}
    assert made == {"sent", "data"}


def test_command_that_is_killed_has_left_its_entry(run: Run, data: Path) -> None:
    """A pipe that nobody reads holds the import up; then it is killed without a word."""
    pipe = data.parent / "pipe.ndjson"
    os.mkfifo(pipe)
    before = len(entries(data))
    start = "import sys; from garrod.entry.cli.app import main; sys.exit(main())"
    command = [sys.executable, "-c", start, "record", "import", str(pipe), "--data", str(data)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        for _ in range(600):
            if len(entries(data)) > before:
                break
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
    (begun,) = entries(data)[before:]
    assert (begun.deed, begun.status, begun.route) == ("import", 202, "garrod record import")
    assert verified(data / "audit.db").flaw is None
