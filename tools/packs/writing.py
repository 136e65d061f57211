"""Writes a pack: CSV tables, evidence, and a manifest with the sha256 of each file."""

from __future__ import annotations

import csv
import hashlib
import io
import os
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PACKS = ROOT / "src" / "garrod" / "packs"


def shared_data() -> Path:
    """Return the folder of reference data beside the checkout (or GARROD_SHARED)."""
    return Path(os.environ.get("GARROD_SHARED", ROOT.parent / "shared")) / "data"


def as_csv(rows: list[dict[str, str]]) -> bytes:
    """Return rows as CSV bytes with LF line ends; columns in the order of the first row."""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def toml_value(value: Any) -> str:
    """Return a text, or a list of texts, as TOML spells it."""
    if isinstance(value, list):
        return "[" + ", ".join(toml_value(v) for v in value) + "]"
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


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
    sums = {}
    for table, rows in {**tables, "evidence": evidence}.items():
        content = as_csv(rows)
        (folder / f"{table}.csv").write_bytes(content)
        sums[f"{table}.csv"] = hashlib.sha256(content).hexdigest()
    lines = [f"name = {toml_value(name)}", f"version = {toml_value(version)}"]
    lines += [f"{key} = {toml_value(value)}" for key, value in manifest.items()]
    lines += ["", "[files]"]
    lines += [f'"{file}" = "{digest}"' for file, digest in sorted(sums.items())]
    (folder / "pack.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
