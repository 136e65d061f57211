"""The page on packs of one's own does what it says: its commands run, in order, as written."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "how-to" / "knowledge-packs.md"


def steps() -> list[tuple[str, list[str]]]:
    """Return each command of the page, and the lines that it shows of the answer."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(
        r"^```console\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S
    ):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


def test_page_on_packs_runs_as_written(tmp_path: Path) -> None:
    here = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    here.pop("GARROD_PACKS", None)
    written = steps()
    assert len(written) > 12
    for command, shown in written:
        ran = subprocess.run(
            ["bash", "-c", command],
            cwd=tmp_path,
            env=here,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert ran.returncode == 0, (command, ran.stderr)
        for line in shown:
            assert line in ran.stdout, (command, ran.stdout)


def test_page_on_packs_names_every_code_of_a_refusal() -> None:
    rooms = (ROOT / "src/garrod/adapters/packs", ROOT / "src/garrod/care/govern")
    raised = {
        code
        for room in rooms
        for path in room.glob("*.py")
        for code in re.findall(r'code="(KNO0[23]\d)"', path.read_text(encoding="utf-8"))
    }
    assert len(raised) >= 13
    page = PAGE.read_text(encoding="utf-8")
    assert {code for code in raised if code not in page} == set()
