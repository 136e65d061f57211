"""Packs of a site, made from the shipped ones, for tests; and a site in which they stand."""

import hashlib
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import garrod.packs as shipped

WHEEL = Path(shipped.__path__[0])
Edit = Callable[[str], str]


def resum(folder: Path, version: str = "") -> None:
    """Write the manifest's sums anew (and a version), as a maker of packs does."""
    manifest = folder / "pack.toml"
    text = manifest.read_text(encoding="utf-8")
    for name in re.findall(r'^"(.+)" = "[0-9a-f]{64}"$', text, re.M):
        digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        text = re.sub(rf'^"{re.escape(name)}" = .*$', f'"{name}" = "{digest}"', text, flags=re.M)
    if version:
        text = re.sub(r"^version = .*$", f'version = "{version}"', text, flags=re.M)
    manifest.write_text(text, encoding="utf-8")


def site_copy(site: Path, name: str, version: str, edits: dict[str, Edit] | None = None) -> Path:
    """Return the folder of a shipped pack's copy in a site, with tables edited."""
    (source,) = sorted((WHEEL / name).iterdir())
    folder = site / name / version
    shutil.copytree(source, folder)
    for table, edit in (edits or {}).items():
        path = folder / table
        before = path.read_text(encoding="utf-8")
        after = edit(before)
        assert after != before, f"the edit of {table} changes nothing"
        path.write_text(after, encoding="utf-8")
    resum(folder, version)
    return folder
