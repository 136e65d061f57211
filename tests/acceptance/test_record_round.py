"""What one Garrod exports, another takes in: people, lines with their history, lists."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Run
from tests.acceptance.test_medication_journey import (
    AMLODIPINE,
    PATIENT,
    Town,
    admitted,
    confirmed_by_the_gp,
    discharged,
    prescribed_and_confirmed,
    stopped_with_recall,
    supplied_and_stated,
)
from tests.contract import servers
from tests.making.desks import Desk
from tests.making.server import server

Json = dict[str, Any]
SETTINGS = ("gp", "hospital", "community-pharmacy", "person")
COUNTED = "medication-list-line-version"


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with servers.server() as url:
        yield url


@pytest.fixture
def fresh_database(postgres: str) -> Iterator[str]:
    name = f"garrod_round_{os.getpid()}"
    servers.run(postgres, f"CREATE DATABASE {name}")
    try:
        yield servers.named(postgres, name)
    finally:
        servers.run(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Json]:
    """Return the data of a record in which somebody went through every setting, and their list."""
    folder = tmp_path_factory.mktemp("first") / "data"
    with server(folder) as running:
        town = Town(*(Desk(running, setting, PATIENT) for setting in SETTINGS))
        person = {"resourceType": "Patient", "id": PATIENT, "birthDate": "1950-01-01"}
        town.gp.write({**person, "active": True})
        admitted(town, prescribed_and_confirmed(town))
        discharged(town)
        supplied_and_stated(town)
        stopped_with_recall(town)
        confirmed_by_the_gp(town)
        return folder, seen(town.gp)


@pytest.fixture
def sent(run: Run, told: tuple[Path, Json], tmp_path: Path) -> Path:
    """Return the folder that the record was exported to."""
    return given_out(run, told[0], tmp_path / "sent")


def given_out(run: Run, data: Path, out: Path, *options: str) -> Path:
    ran = run("record", "export", "--data", data, "-o", out, *options)
    assert ran.code == 0, ran.err
    return out


def seen(desk: Desk) -> Json:
    """Return each line of a list as it stands, and how many are struck through."""
    _, lines, _ = desk.read()
    return {name: plain(line) for name, line in lines.items()}


def plain(resource: Json) -> Json:
    """Return a resource without what every record counts and dates for itself."""
    text = {k: v for k, v in resource.items() if k != "meta"}
    for entry in text.get("entry", ()):
        entry["extension"] = [e for e in entry["extension"] if not e["url"].endswith(COUNTED)]
    return text


def resources(folder: Path) -> dict[str, Json]:
    """Return what an export holds, by type and id; receipts and reconciliations left out."""
    found = {}
    for path in folder.iterdir():
        for line in path.read_text().splitlines():
            one = json.loads(line)
            is_count = path.stem in ("Basic", "Task") and "StructureDefinition" in line
            if not is_count:
                found[f"{path.stem}/{one['id']}"] = plain(one)
    return found


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_an_export_goes_into_an_empty_record_whole_and_twice_changes_nothing(
    store: str,
    run: Run,
    told: tuple[Path, Json],
    sent: Path,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    is_postgres = store == "postgresql"
    url = request.getfixturevalue("fresh_database") if is_postgres else ""
    there = ("--data", tmp_path / "copy", *(("--database", url) if url else ()))
    first = run("record", "import", sent, *there)
    assert first.code == 0, first.err
    assert "refused 0" in first.err
    assert "is a reconciliation that tells of versions of another record" in first.err
    assert "stored 0 (0 new, 0 new versions)" in run("record", "import", sent, *there).err
    again = tmp_path / "again"
    assert run("record", "export", "-o", again, *there).code == 0
    assert resources(again) == resources(sent)
    assert run("record", "verify", *there).code == 0
    with server(tmp_path / "copy", database=url) as running:
        gp = Desk(running, "gp", PATIENT)
        assert seen(gp) == told[1]
        goes_on(gp)
    newer = run("record", "import", sent, *there)  # the copy has gone on: its own list stays
    assert (newer.code, "stored 0" in newer.err) == (0, True), newer.err


def goes_on(gp: Desk) -> None:
    """The list of the copy is one like any other: acts change it, and nothing else does."""
    etag, lines, _ = gp.read()
    back = gp.line(etag, act="reinstate", line=lines[AMLODIPINE]["id"], reason="ankles are well")
    assert back.status_code == 200, back.text
    assert back.headers["etag"] == f'W/"{int(etag[3:-1]) + 1}"'
    past = gp.ask(
        "PUT", f"List/medicines-{PATIENT}", json=gp.ask("GET", f"List/medicines-{PATIENT}").json()
    )
    assert "GARROD-REC120" in past.text or "belongs to a medication list" in past.text


def test_a_copy_of_a_copy_is_the_same(run: Run, sent: Path, tmp_path: Path) -> None:
    now = sent
    for number in range(2):
        data = tmp_path / f"copy{number}"
        assert run("record", "import", now, "--data", data).code == 0
        now = given_out(run, data, tmp_path / f"sent{number}")
    assert resources(now) == resources(sent)
    home = run("record", "import", now, "--data", data)
    assert "stored 0" in home.err


def edited(folder: Path, name: str, change: Callable[[str], str]) -> None:
    path = folder / f"{name}.ndjson"
    path.write_text(change(path.read_text()))


REFUSED: dict[str, tuple[str, Callable[[Path], None], str]] = {
    "a line that says other than its history": (
        "GARROD-FHR150",
        lambda f: edited(f, "MedicationStatement", lambda t: t.replace('"stopped"', '"active"')),
        "says other things than the history that it carries",
    ),
    "a list without its lines": (
        "GARROD-REC205",
        lambda f: (f / "MedicationStatement.ndjson").unlink(),
        "which did not come",
    ),
    "a list without its person": (
        "GARROD-REC204",
        lambda f: (f / "Patient.ndjson").unlink(),
        "who did not come with it",
    ),
    "a list under another id": (
        "GARROD-FHR150",
        lambda f: edited(f, "List", lambda t: t.replace('"medicines-w4"', '"mine"')),
        "is no id of a list",
    ),
    "a setting of a list that nobody knows": (
        "GARROD-FHR150",
        lambda f: edited(f, "List", lambda t: t.replace('"gp"},{"url":"at"', '"sea"},{"url":"at"')),
        "a code or a moment of the medication list cannot be read",
    ),
    "lines without their list": (
        "GARROD-REC205",
        lambda f: (f / "List.ndjson").unlink(),
        "MedicationRequest/r1 is of Patient/w4, whose medication lines came and whose list",
    ),
    "an author whom nobody knows": (
        "GARROD-FHR150",
        lambda f: edited(f, "List", lambda t: t.replace('"valueCode":"gp"', '"valueCode":"sea"')),
        "an author within a line has no setting",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_whole_export_is_refused_in_words(
    name: str, run: Run, sent: Path, tmp_path: Path
) -> None:
    code, change, said = REFUSED[name]
    change(sent)
    ran = run("record", "import", sent, "--data", tmp_path / "copy")
    assert ran.code == 10
    assert code in ran.err
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_two_records_that_went_their_own_ways_are_never_merged(
    run: Run, sent: Path, tmp_path: Path
) -> None:
    """The person has a list here of which the export knows nothing."""
    with server(tmp_path / "copy") as running:
        gp = Desk(running, "gp", PATIENT)
        gp.write({"resourceType": "Patient", "id": PATIENT, "birthDate": "1950-01-01"})
        gp.order("other", "Lisinopril 5 mg tablets", "Take 1 tablet by mouth, once a day")
        before = seen(gp)
        ran = run("record", "import", sent, "--data", tmp_path / "copy")
        assert ran.code == 10
        assert ran.err.count("GARROD-REC205") >= 3  # each line, and the list
        assert "Lisinopril 5 mg tablets" in before
        assert "Lisinopril 5 mg tablets" in seen(gp)


def test_somebody_else_under_the_same_id_keeps_everything_that_is_theirs(
    run: Run, sent: Path, tmp_path: Path
) -> None:
    here = tmp_path / "here.json"
    other = {"resourceType": "Patient", "id": PATIENT, "birthDate": "1971-07-07"}
    here.write_text(json.dumps(other))
    assert run("record", "import", here, "--data", tmp_path / "copy").code == 0
    ran = run("record", "import", sent, "--data", tmp_path / "copy")
    assert ran.code == 10
    assert "GARROD-REC202: Patient/w4 is here already with another date of birth" in ran.err
    assert "MedicationRequest/r1 is of Patient/w4, who was refused" in ran.err
    held = resources(given_out(run, tmp_path / "copy", tmp_path / "out"))
    assert [held[f"Patient/{PATIENT}"]] == [other]
    assert not any(name.startswith(("Medication", "List")) for name in held)


def test_an_import_that_was_cut_short_is_taken_up_by_a_newer_export(
    run: Run, told: tuple[Path, Json], sent: Path, tmp_path: Path
) -> None:
    """Lines came, their list did not; then the record elsewhere went on, and was exported anew."""
    copy, elsewhere = tmp_path / "copy", tmp_path / "elsewhere"
    shutil.copytree(told[0], elsewhere)
    (sent / "List.ndjson").unlink()
    assert run("record", "import", sent, "--data", copy).code == 10  # the lists did not come
    with server(elsewhere) as running:
        goes_on(Desk(running, "gp", PATIENT))
    newer = given_out(run, elsewhere, tmp_path / "newer")
    assert run("record", "import", newer, "--data", copy).code == 0
    assert resources(given_out(run, copy, tmp_path / "out")) == resources(newer)
