"""The wheel carries the packs and the type marker, and nothing of the workshop."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house.source_tree import PACKS, ROOT, SRC


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a wheel built from this tree."""
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return next(out.glob("garrod-*.whl"))


def test_wheel_holds_every_pack_file_and_the_type_marker(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    packs = {
        f"garrod/packs/{p.relative_to(PACKS).as_posix()}"
        for p in PACKS.rglob("*.*")
        if p.suffix in (".csv", ".toml")
    }
    assert packs
    assert packs <= names
    assert "garrod/py.typed" in names


def test_wheel_holds_every_file_that_a_door_lays_out(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    kinds = (".py", ".jinja", ".html", ".css", ".js", ".json", ".vcf", ".csv", ".toml")
    here = {f"garrod/{p.relative_to(SRC).as_posix()}" for p in SRC.rglob("*") if p.suffix in kinds}
    assert here <= names


def test_wheel_holds_nothing_of_tests_tools_or_measures(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    roots = {name.split("/")[0] for name in names}
    assert {r for r in roots if not r.startswith("garrod")} == set()
    assert [n for n in names if "/tests/" in n or "__pycache__" in n] == []


def test_wheel_carries_the_licence_and_the_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        points = next(n for n in names if n.endswith("entry_points.txt"))
        assert "garrod = garrod.entry.cli.app:main" in archive.read(points).decode()
    assert [n for n in names if n.endswith("licenses/LICENSE")]
    assert [n for n in names if n.endswith("licenses/NOTICE")]
