"""The import contracts are complete, and hold what import-linter cannot see yet."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.house.source_tree import FLOORS, ROOT, SRC, below_entry, imports, modules, place

LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]

NOT_DOORS = {
    "garrod.entry.hardening",  # what stands before every door
    "garrod.entry.story",  # the demo's synthetic people, as data
}


def contract(start: str) -> dict[str, Any]:
    return next(c for c in LINTER["contracts"] if c["name"].startswith(start))


def rooms(floor: str) -> set[str]:
    """Return the packages of a floor, as modules."""
    return {f"garrod.{floor}.{p.parent.name}" for p in (SRC / floor).glob("*/__init__.py")}


def test_every_floor_is_a_folder_and_every_folder_a_floor() -> None:
    folders = {p.parent.name for p in SRC.glob("*/__init__.py")}
    assert folders == {*FLOORS, "packs"}
    assert contract("Floors")["layers"] == list(reversed(FLOORS))


def test_every_room_of_science_is_listed_as_independent() -> None:
    assert set(contract("Sciences")["modules"]) == rooms("science")


def test_every_door_is_listed_as_independent() -> None:
    assert set(contract("Doors")["modules"]) == rooms("entry") - NOT_DOORS


def test_only_wire_imports_a_store() -> None:
    inside = SRC / "adapters" / "store"
    breaking = [
        f"{place(path)}:{line}"
        for path in modules(SRC)
        if path != SRC / "entry" / "wire.py" and inside not in path.parents
        for name, line in imports(path)
        if name.startswith("garrod.adapters.store")
    ]
    assert breaking == []


def test_wire_imports_no_door() -> None:
    doors = tuple(rooms("entry") - NOT_DOORS)
    wire = SRC / "entry" / "wire.py"
    if wire.exists():
        assert [n for n, _ in imports(wire) if n.startswith(doors)] == []


def test_nothing_below_entry_imports_the_root() -> None:
    roots = [
        f"{place(path)}:{line}"
        for path in below_entry()
        for name, line in imports(path)
        if name == "garrod"
    ]
    assert roots == []


PLANTED = [
    ({"core/planted.py": "from garrod.knowledge.shelf import Shelf\n"}, "Floors"),
    ({"science/pgx/planted.py": "from garrod.adapters.packs.load import load_shelf\n"}, "Floors"),
    ({"care/decide/planted.py": "def f():\n    import socket\n    return socket\n"}, "Purity"),
    ({"science/pgx/planted.py": "from pathlib import Path\n"}, "Purity"),
    ({"care/decide/planted.py": "import logging\n"}, "Purity"),
    ({"fable/__init__.py": ""}, "Floors"),
    ({"entry/planted.py": "from garrod.adapters.store import open_store\n"}, "Stores"),
    ({"adapters/fhir/planted.py": "import garrod.adapters.store.schema\n"}, "Stores"),
    (
        {
            "adapters/vcf/one.py": "import garrod.adapters.vcf.two\n",
            "adapters/vcf/two.py": "def f():\n    import garrod.adapters.vcf.one as one\n",
        },
        "Cycles",
    ),
]


@pytest.mark.parametrize(("files", "name"), PLANTED)
def test_planted_violation_breaks_its_contract(
    tmp_path: Path, files: dict[str, str], name: str
) -> None:
    pytest.importorskip("importlinter", reason="needs the dev extra")
    shutil.copytree(SRC, tmp_path / "garrod", ignore=shutil.ignore_patterns("*.csv", "__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for where, text in files.items():
        planted = tmp_path / "garrod" / where
        planted.parent.mkdir(exist_ok=True)
        planted.write_text(text, encoding="utf-8")
    script = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
    ran = subprocess.run(
        [sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, '.'); {script}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1, ran.stdout + ran.stderr
    broken = [line for line in ran.stdout.splitlines() if line.endswith(" BROKEN")]
    assert [line for line in broken if line.startswith(name)], ran.stdout


def test_what_is_taken_for_a_number_can_be_one() -> None:
    """`"¹".isdigit()` holds and `int("¹")` fails: a text is asked with `isdecimal`."""
    asking = [place(p) for p in modules(SRC) if ".isdigit()" in p.read_text(encoding="utf-8")]
    assert asking == ["src/garrod/adapters/vcf/read.py"]  # of bytes, which know ASCII alone
