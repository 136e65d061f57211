"""Writes six packs of rules: kidneys, liver, doses, monitoring, contraindications, lifestyle.

organs/NAME.csv: a rule a row with its words beside it (a blank cell is the usual: both, moderate,
group of its own); organs/sets.csv: sets that only these rules need; organs/evidence.csv: what each
row rests on. The words become phrases with a code of the rule that says them first.
Run: python tools/packs/build_organs.py [NAME ...]
"""

from __future__ import annotations

import csv
import sys
import tempfile
from pathlib import Path
from typing import Any

from organs_packs import ADVISERS, COVERS, NOT_COVERED, TITLES
from writing import PACKS, write_pack

from garrod.adapters.packs.importers.writing import Draft, files_of
from garrod.adapters.packs.load import load_shelf
from garrod.core.advice import Tier
from garrod.knowledge.clinical import load_clinical
from garrod.science.safety.rules import load_rules

VERSION, RETRIEVED = "2026.11.0", "2026-11-28"
NEWER = {  # packs whose rows changed since their first version
    "dose-ranges": "2026.11.1", "hepatic-dosing": "2026.11.1", "contraindications": "2026.11.1",
}  # fmt: skip
FOLDER = Path(__file__).resolve().parent / "organs"
COLUMNS = (
    *("rule", "adviser", "subject", "with", "when", "scope", "group", "rank", "ask", "action"),
    *("severity", "tier", "effect", "manage", "monitoring", "dose_factor", "alternatives"),
    "evidence",
)
USUAL = {"scope": "both", "severity": "moderate", "tier": "T3", "rank": "0", "ask": "no"}
INTERRUPTS = (Tier.T1, Tier.T2)
Rows = list[dict[str, str]]
Tables = dict[str, Rows]
Manifest = dict[str, Any]


class Phrases:
    """Gives each wording a code: that of the first rule that says it."""

    def __init__(self, pack: str) -> None:
        self.pack, self.codes = pack, dict[str, str]()

    def code(self, text: str, rule: str, part: str) -> str:
        """Return the code of a wording."""
        return self.codes.setdefault(text, f"{rule}-{part}")

    def coded(self, texts: str, rule: str, part: str) -> str:
        """Return the codes of wordings that are joined by "|"."""
        given = [t.strip() for t in texts.split("|") if t.strip()]
        codes = [
            self.code(t, rule, part if n == 0 else f"{part}-{n + 1}") for n, t in enumerate(given)
        ]
        return "|".join(codes)

    def rows(self) -> Rows:
        """Return the table phrases; the words are our own."""
        return [{"code": c, "text": t, "evidence": "own"} for t, c in self.codes.items()]


def read(name: str) -> Rows:
    """Return a table of the folder."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rule_of(row: dict[str, str], phrases: Phrases) -> dict[str, str]:
    """Return a row of safety_rules: what is usual filled in, words turned into codes."""
    rule = row["rule"]
    full = {column: row.get(column) or USUAL.get(column, "") for column in COLUMNS}
    full["adviser"] = row.get("adviser") or ADVISERS[phrases.pack]
    full["effect"] = phrases.code(row["effect"], rule, "effect")
    full["manage"] = phrases.coded(row["manage"], rule, "do")
    full["monitoring"] = phrases.coded(row["monitoring"], rule, "watch")
    return full


def check(rules: Rows, evidence: dict[str, dict[str, str]]) -> None:
    """Fail where a rule interrupts and rests on nothing that was read, or stands twice."""
    seen: set[str] = set()
    for row in rules:
        cited = [evidence[key] for key in row["evidence"].split("|")]
        is_unread = all("unchecked" in one["locus"] for one in cited)
        if Tier(row["tier"]) in INTERRUPTS and is_unread:
            raise SystemExit(f"{row['rule']}: interrupts, and its source was not read")
        if row["rule"] in seen:
            raise SystemExit(f"{row['rule']} stands twice")
        seen.add(row["rule"])


def own_sets(rules: Rows) -> tuple[Rows, Rows]:
    """Return the sets of organs/sets.csv that rules use, and their members."""
    used = " ".join(f"{r['subject']}|{r['with']}|{r['when']}" for r in rules)
    rows = [row for row in read("sets") if f"@{row['set']}" in used]
    sets = [{"set": r["set"], "name": r["name"], "evidence": "own"} for r in rows]
    members = [
        {"set": r["set"], "drug": d.replace("_", " "), "evidence": "own"}
        for r in rows
        for d in r["members"].split()
    ]
    return sets, members


def draft(name: str) -> tuple[Manifest, Tables, Rows]:
    """Return what one pack will hold: its manifest, tables and citations."""
    cited = {row["id"]: row for row in read("evidence")}
    phrases = Phrases(name)
    rules = [rule_of(row, phrases) for row in read(name)]
    check(rules, cited)
    sets, members = own_sets(rules)
    used = dict.fromkeys(key for row in rules for key in row["evidence"].split("|"))
    evidence = [{**cited[key], "retrieved": RETRIEVED} for key in (*used, "own")]
    tables = {"safety_rules": rules, "phrases": phrases.rows()}
    if sets:
        tables |= {"drug_sets": sets, "drug_set_members": members}
    manifest = {
        "title": TITLES[name], "licence": "Apache-2.0", "retrieved": RETRIEVED, "reviewer": "",
        "review_date": "", "genome_builds": [], "covers": COVERS[name],
        "does_not_cover": NOT_COVERED[name],
    }  # fmt: skip
    return manifest, tables, evidence


def verify(folder: Path) -> None:
    """Fail where a rule cannot be read, or names an ingredient that the pack drugs has not."""
    shelf = load_shelf([PACKS, folder])
    with (max((PACKS / "drugs").iterdir()) / "drugs.csv").open(encoding="utf-8") as file:
        known = {row["drug"] for row in csv.DictReader(file)}
    rules = load_rules(shelf, load_clinical(shelf))
    found = {r for mine in (*rules.by_drug.values(), *rules.pairs.values()) for r in mine}
    named = {*rules.by_drug, *(drug for pair in rules.pairs for drug in pair)}
    named |= {drug for rule in found for drug in rule.alternatives}
    if unknown := sorted(named - known):
        raise SystemExit(f"no such ingredients: {unknown}")


def main() -> None:
    """Write the packs that are named, or all: tried in a folder of their own first."""
    names = sys.argv[1:] or list(TITLES)
    with tempfile.TemporaryDirectory() as trial:
        for name in names:
            manifest, tables, evidence = draft(name)
            version = NEWER.get(name, VERSION)
            target = Path(trial) / name / version
            target.mkdir(parents=True)
            files = files_of(Draft(name, version, manifest, tables, evidence))
            for file, content in files.items():
                (target / file).write_bytes(content)
        verify(Path(trial))
    for name in names:
        manifest, tables, evidence = draft(name)
        version = NEWER.get(name, VERSION)
        write_pack(name, version, manifest=manifest, tables=tables, evidence=evidence)
        print(name, len(tables["safety_rules"]), "rules")


if __name__ == "__main__":
    main()
