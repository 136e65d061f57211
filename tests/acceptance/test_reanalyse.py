"""garrod population reanalyse: the same people from a folder and from a record, and their tasks."""

import json
import shutil
from pathlib import Path

import pytest

from tests.acceptance.conftest import Run
from tests.making.packs import resum

PACKS = Path(__file__).parents[2] / "src/garrod/packs"


@pytest.fixture(scope="module")
def louder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a version of a pack with two rules less."""
    old = next((PACKS / "interactions").iterdir())
    folder = tmp_path_factory.mktemp("packs") / "interactions" / old.name
    shutil.copytree(old, folder)
    table = folder / "safety_rules.csv"
    lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
    table.write_text("".join([lines[0], *lines[1:]]).replace(",T3,", ",T4,"), encoding="utf-8")
    resum(folder)
    return folder


def told(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_folder_and_record_agree_and_tasks_are_raised_once(
    run: Run, tmp_path: Path, louder: Path
) -> None:
    world, url = tmp_path / "world", f"sqlite:///{tmp_path / 'record.db'}"
    assert run("world", "--people", "60", "--seed", "5", "-o", str(world)).code == 0
    asked = ["population", "reanalyse", "--from", "interactions", "--to", str(louder)]
    asked += ["--on", "2025-12-31"]
    one = run(*asked, "--people", str(world), "-o", str(tmp_path / "a"))
    assert one.code == 0, one.err
    found = told(tmp_path / "a")
    assert found
    assert {"person", "changes", "loses_hard_stop"} == set(found[0])
    two = run(*asked, "--people", str(world), "--workers", "1", "-o", str(tmp_path / "b"))
    assert two.code == 0, two.err
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    loaded = run("record", "import", str(world), "--database", url)
    assert loaded.code == 0, loaded.err
    for _ in range(2):
        live = run(*asked, "--database", url, "--tasks", "-o", str(tmp_path / "c"))
        assert live.code == 0, live.err
        assert {str(f["person"]) for f in told(tmp_path / "c")} == {str(f["person"]) for f in found}
    out = tmp_path / "out"
    assert run("record", "export", "--type", "Task", "-o", str(out), "--database", url).code == 0
    tasks = told(out / "Task.ndjson")
    assert len({t["id"] for t in tasks}) == len(tasks) >= len(found)
    assert all(t["owner"] and t["meta"]["versionId"] == "1" for t in tasks)  # type: ignore[index]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ([], 2),
        (["--people", "nowhere"], 10),
        (["--people", ".", "--on", "tomorrow"], 2),
        (["--people", ".", "--tasks"], 2),
        (["--people", ".", "--format", "xml"], 2),
    ],
)
def test_rubbish_is_named(run: Run, tmp_path: Path, more: list[str], code: int) -> None:
    said = run("population", "reanalyse", "--from", "england", "--to", "us", *more)
    assert said.code == code
    assert "Traceback" not in said.err
    assert "GARROD-" in said.err


def test_line_that_is_no_resource_is_named_and_nothing_is_half_written(
    run: Run, tmp_path: Path
) -> None:
    world, out = tmp_path / "world", tmp_path / "out.ndjson"
    assert run("world", "--people", "20", "-o", str(world)).code == 0
    with (world / "MedicationStatement.ndjson").open("a") as file:
        file.write('{"resourceType":"MedicationSt\n')
    asked = ("--from", "england", "--to", "us", "--people", str(world), "-o", str(out))
    said = run("population", "reanalyse", *asked)
    assert said.code == 10
    assert "MedicationStatement.ndjson: line" in said.err
    assert not out.exists()
