"""Changes of the knowledge, one of each kind, as packs of a site: invented, for measuring alone.

kind -> a shipped pack with some rows otherwise -> a folder that `population reanalyse --to` reads
"""

from __future__ import annotations

import csv
import hashlib
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import garrod.packs as shipped

PACKS = Path(shipped.__path__[0])
VERSION = "2099.1.0"
Row = dict[str, str]
Edit = Callable[[Row], Row | None]


@dataclass(frozen=True, slots=True)
class Change:
    """A pack's table with some rows changed (None: left out) and some added."""

    pack: str
    table: str
    edit: Edit
    added: tuple[Row, ...] = ()

    def of(self, rows: list[Row]) -> list[Row]:
        """Return the rows after the change."""
        return [*(new for row in rows if (new := self.edit(row)) is not None), *self.added]


def _where(key: str, value: str, **new: str) -> Edit:
    return lambda row: {**row, **new} if row[key] == value else row


def _in(column: str, was: str, now: str, **only: str) -> Edit:
    def edit(row: Row) -> Row:
        is_meant = all(row[k] == v for k, v in only.items())
        return {**row, column: row[column].replace(was, now)} if is_meant else row

    return edit


PAIR = {"a": "ramipril", "b": "atorvastatin", "rule": "maoi-stimulant", "evidence": "onc-high"}
CHANGES: dict[str, Change | str] = {
    "renal-rule": Change(
        "renal-dosing",
        "safety_rules",
        _in("when", "egfr < 30", "egfr < 35", rule="metformin-egfr-30"),
    ),
    "stop-lowered": Change(
        "dose-ranges", "safety_rules", _in("tier", "T1", "T2", rule="methotrexate-daily")
    ),
    "pair-added": Change("interactions", "pairs", lambda row: row, (PAIR,)),
    "allele-function": Change(
        "pgx-phenotypes",
        "functions",
        lambda row: (
            {**row, "function": "Normal function"}
            if (row["gene"], row["allele"]) == ("CYP2C19", "*17")
            else row
        ),
    ),
    "start-rule": Change(
        "review-stopp-start", "safety_rules", _in("when", "age >= 65", "age >= 75", rule="start-b3")
    ),
    "stopp-rule": Change(
        "review-stopp-start", "safety_rules", _in("when", "age >= 65", "age >= 75", rule="a3-ssri")
    ),
    "dose-range": Change(
        "dose-ranges",
        "safety_rules",
        _in("when", "total > 4000", "total > 3000", rule="paracetamol-4g"),
    ),
    "allergy-class": Change("allergy-classes", "grades", _where("grade", "class", action="ask")),
    "policy": "policy-netherlands",
}


def changed_pack(kind: str, site: Path) -> tuple[str, str]:
    """Write what a kind of change needs; return what `--from` and `--to` are to name."""
    change = CHANGES[kind]
    if isinstance(change, str):
        return "policy-england", change
    (source,) = (PACKS / change.pack).iterdir()
    folder = site / kind / change.pack / VERSION
    shutil.copytree(source, folder)
    path = folder / f"{change.table}.csv"
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        old, columns = list(reader), list(reader.fieldnames or ())
    new = change.of(old)
    if new == old:
        raise SystemExit(f"{kind}: the change of {change.pack} changes nothing")
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(new)
    _resum(folder)
    return change.pack, str(folder)


def _resum(folder: Path) -> None:
    """Write the manifest's sums and version anew."""
    manifest = folder / "pack.toml"
    text = manifest.read_text(encoding="utf-8")
    for name in re.findall(r'^"(.+)" = "[0-9a-f]{64}"$', text, re.M):
        digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        text = re.sub(rf'^"{re.escape(name)}" = .*$', f'"{name}" = "{digest}"', text, flags=re.M)
    manifest.write_text(
        re.sub(r"^version = .*$", f'version = "{VERSION}"', text, flags=re.M), encoding="utf-8"
    )
