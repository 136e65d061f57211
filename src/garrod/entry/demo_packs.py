"""A new version of a pack that the demo proposes: made up, marked so, signed, approved by nobody.

a shipped pack -> a few rows otherwise -> sealed, signed with a key that is thrown away -> the
folder of the demo's site, which trusts that key
"""

from __future__ import annotations

import csv
import io
import os
import re
import secrets
import shutil
from collections.abc import MutableMapping
from pathlib import Path

from garrod.adapters.packs.change import trust
from garrod.adapters.packs.load import newest
from garrod.adapters.packs.seal import seal_pack
from garrod.adapters.packs.sign import SEED_BYTES, PrivateKey, sign_pack
from garrod.adapters.packs.state import STATE
from garrod.entry.wire import now

FOLDER, NAMED = "demo-packs", "GARROD_PACKS"
PACK, VERSION = "renal-dosing", "2026.12.0"
HOLDER = "knowledge-centre-synthetic"
TITLE = "Doses and kidney function: a made-up proposal of the demo (synthetic)"
SOURCE = {
    "id": "demo-proposal", "source": "Made up for the demo of Garrod: no guideline says so",
    "version": VERSION, "locus": "synthetic", "licence": "Apache-2.0", "retrieved": "2026-11-28",
}  # fmt: skip
LOUDER, GONE = "metformin-egfr-45-new", "thiazide-egfr-30"
CHECK = {
    "rule": "metformin-kidney-check", "adviser": "renal", "subject": "metformin",
    "when": "age >= 65 or measure egfr < 60", "scope": "both", "rank": "0", "ask": "no",
    "action": "monitor", "severity": "moderate", "tier": "T3",
    "effect": "metformin-kidney-check-effect", "manage": "metformin-egfr-45-dose-do-2",
    "evidence": SOURCE["id"],
}  # fmt: skip
PHRASE = {
    "code": CHECK["effect"], "evidence": SOURCE["id"],
    "text": "kidneys that may fall further without being noticed",
}  # fmt: skip
Rows = list[dict[str, str]]


def site_of(folder: Path, environment: MutableMapping[str, str] = os.environ) -> Path | None:
    """Return the demo's own site in a data folder; None where another is named: it is left alone.

    The environment names it from then on.
    """
    own = folder / FOLDER
    named = environment.get(NAMED, "")
    if named and Path(named) != own:
        return None
    environment[NAMED] = str(own)
    return own


def propose(site: Path) -> None:
    """Make the demo's site, where there is none.  Raises: KnowledgeError, OSError."""
    if (site / STATE).exists():
        return
    shutil.rmtree(site, ignore_errors=True)  # one that was killed half-way
    pack = site / PACK / VERSION
    shutil.copytree(newest()[PACK], pack)
    _edit(pack)
    seal_pack(pack)
    key = PrivateKey(HOLDER, secrets.token_bytes(SEED_BYTES))
    sign_pack(pack, key, signed_at=now())
    trust(site, key.public, by="the demo", at=now())


def _edit(pack: Path) -> None:
    rules, phrases, cited = (
        pack / f"{table}.csv" for table in ("safety_rules", "phrases", "evidence")
    )
    louder = {"tier": "T2", "evidence": f"fda-metformin|{SOURCE['id']}"}
    kept = [row for row in _rows(rules) if row["rule"] != GONE]
    changed = [{**row, **louder} if row["rule"] == LOUDER else row for row in kept]
    _write(rules, [*changed, CHECK])
    _write(phrases, [*_rows(phrases), PHRASE])
    _write(cited, [*_rows(cited), SOURCE])
    manifest = pack / "pack.toml"
    text = manifest.read_text(encoding="utf-8")
    for name, value in (
        ("version", VERSION),
        ("title", TITLE),
        ("reviewer", ""),
        ("review_date", ""),
    ):
        text = re.sub(rf'^{name} = ".*"$', f'{name} = "{value}"', text, flags=re.M)
    manifest.write_text(text, encoding="utf-8")


def _rows(path: Path) -> Rows:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def _write(path: Path, rows: Rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        made = csv.DictWriter(file, list(rows[0]), restval="", lineterminator="\n")
        made.writeheader()
        made.writerows(rows)


def forget_site(site: Path) -> None:
    """Remove the demo's own site.  Raises: OSError."""
    assert site.name == FOLDER
    shutil.rmtree(site, ignore_errors=True)
