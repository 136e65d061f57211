"""The lock file knows the dependencies that pyproject.toml asks for, and no others."""

import re
import shutil
import subprocess
import tomllib

import pytest

from tests.house.source_tree import ROOT

Wanted = set[tuple[str, str, str]]


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def asked() -> Wanted:
    """Return name, specifier and extra of each requirement of the project."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = {"": project["dependencies"], **project["optional-dependencies"]}
    found = set()
    for extra, requirements in groups.items():
        for requirement in requirements:
            name, specifier = re.fullmatch(r"([\w.-]+)\s*(.*)", requirement).groups()
            found.add((normal(name), specifier, extra))
    return found


def locked() -> Wanted:
    """Return name, specifier and extra of each requirement that the lock was made for."""
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    package = next(p for p in lock["package"] if p["name"] == "garrod")
    found = set()
    for requirement in package["metadata"]["requires-dist"]:
        extra = re.search(r"extra == '([^']+)'", requirement.get("marker", ""))
        parts = ",".join(requirement.get("extras", ()))
        specifier = (f"[{parts}]" if parts else "") + requirement.get("specifier", "")
        found.add((requirement["name"], specifier, extra[1] if extra else ""))
    return found


def test_lock_was_made_for_these_requirements() -> None:
    assert locked() == asked()


def test_every_locked_file_has_a_sha256() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    files = [
        file
        for package in lock["package"]
        for file in [*package.get("wheels", ()), *filter(None, [package.get("sdist")])]
    ]
    assert files
    assert [f for f in files if not f["hash"].startswith("sha256:")] == []


@pytest.mark.skipif(shutil.which("uv") is None, reason="uv is not installed")
def test_lock_is_what_uv_would_write() -> None:
    ran = subprocess.run(
        ["uv", "lock", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if "Failed to fetch" in ran.stderr:
        pytest.skip("no package index can be reached")
    assert ran.returncode == 0, ran.stderr
