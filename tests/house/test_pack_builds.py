"""Every shipped pack is what its script writes from the sources: nothing was typed in by hand."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.source_tree import PACKS, ROOT

ORDER = (
    "definitions",
    "regions",
    "frequencies",
    "phenotypes",
    "guidance",
    "drugs",
    "modulators",
    "clearance",
    "terms",
    "sets",
    "doses",
    "policy",
    "fda",
    "dpwg",
    "prescribing",
    "treatments",
    "allergies",
    "burdens",
    "duplicates",
    "interactions",
    "organs",
    "review",
    "labels",
    "fhir_r4",
    "fhir_search",
)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.suffix in (".csv", ".toml")
    }


def test_every_script_that_builds_a_pack_is_run_here() -> None:
    scripts = {p.stem.removeprefix("build_") for p in (ROOT / "tools" / "packs").glob("build_*.py")}
    assert scripts == set(ORDER)


@pytest.mark.shared
@pytest.mark.slow
def test_scripts_write_the_shipped_packs_byte_for_byte(shared: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    copied = tmp_path / "src" / "garrod" / "packs"
    shutil.copytree(PACKS, copied)
    for name in ORDER:
        ran = subprocess.run(
            [sys.executable, str(tmp_path / "tools" / "packs" / f"build_{name}.py")],
            cwd=tmp_path,
            env={**os.environ, "GARROD_SHARED": str(shared.parent)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
    shipped, written = contents(PACKS), contents(copied)
    assert sorted(shipped) == sorted(written)
    assert [name for name, content in shipped.items() if written[name] != content] == []
