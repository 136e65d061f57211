"""Writes into a pack's manifest the sha256 of each of its tables, as they are now.

A pack that somebody signed is not sealed again: a change of it is a new version.
"""

from __future__ import annotations

import hashlib
import tempfile
import tomllib
from pathlib import Path

from garrod.adapters.packs.importers.writing import toml_value
from garrod.adapters.packs.load import load_pack
from garrod.adapters.packs.show import check_citations
from garrod.core.errors import KnowledgeError

MANIFEST, SIGNATURE, FILES = "pack.toml", "signature.toml", "[files]"


def seal_pack(folder: Path) -> int:
    """Return how many rows a pack has, once its manifest has the sums and each row a citation.

    Raises: KnowledgeError KNO001 (manifest), KNO005 (citation), KNO008 (signed already).
    """
    if (folder / SIGNATURE).exists():
        raise KnowledgeError(
            f"{folder}: is signed, and what is signed is never changed; make a new version of it",
            code="KNO008",
        )
    path = folder / MANIFEST
    try:
        text = path.read_text(encoding="utf-8")
        tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise KnowledgeError(
            f"{path}: not a readable pack manifest ({error}); a pack is a folder NAME/VERSION with "
            "a pack.toml",
            code="KNO001",
        ) from error
    _replace(path, text.partition(FILES)[0].rstrip() + "\n\n" + _sums(folder))
    return check_citations(load_pack(folder))


def _sums(folder: Path) -> str:
    lines = [
        f"{toml_value(table.name)} = {toml_value(hashlib.sha256(table.read_bytes()).hexdigest())}"
        for table in sorted(folder.glob("*.csv"))
    ]
    return "\n".join([FILES, *lines]) + "\n"


def _replace(path: Path, text: str) -> None:
    with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="utf-8", delete=False) as file:
        file.write(text)
    made = Path(file.name)
    made.chmod(path.stat().st_mode)
    made.replace(path)
