"""Writes a pack: CSV tables, evidence, and a manifest with the sha256 of each file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from garrod.adapters.packs.importers.writing import Draft, files_of

ROOT = Path(__file__).resolve().parents[2]
PACKS = ROOT / "src" / "garrod" / "packs"


def shared_data() -> Path:
    """Return the folder of reference data beside the checkout (or GARROD_SHARED)."""
    return Path(os.environ.get("GARROD_SHARED", ROOT.parent / "shared")) / "data"


def evidence_row(key: str, **cells: str) -> dict[str, str]:
    """Return a row of evidence.csv."""
    blank = {"version": "", "locus": "", "pmid": "", "url": "", "licence": "CC0-1.0"}
    return {"id": key, "source": "CPIC", **blank, **cells, "retrieved": "2026-11-24"}


def write_pack(
    name: str,
    version: str,
    *,
    manifest: dict[str, Any],
    tables: dict[str, list[dict[str, str]]],
    evidence: list[dict[str, str]],
) -> Path:
    """Return the folder of the pack, written afresh and the same for the same input."""
    folder = PACKS / name / version
    folder.mkdir(parents=True, exist_ok=True)
    for file, content in files_of(Draft(name, version, manifest, tables, evidence)).items():
        (folder / file).write_bytes(content)
    return folder
