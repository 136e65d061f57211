"""Writes the packs review-stopp-start, review-pincer and medication-review.

review/{stopp,start,pincer}.csv: a criterion a row with its words beside it; `{NAME}` stands for a
list of conditions below. Every row of STOPP and START is asked of people of 65 or more; a citation
of its own names section and number. review/{topics,indications,plans}.csv: what is said once,
what a medicine is usually for, and how it is taken away.
Run: python tools/packs/build_review.py
"""

from __future__ import annotations

import csv
import re
import tempfile
from pathlib import Path
from typing import Any

from review_packs import COVERS, MACROS, NOT_COVERED, PINCER, STOPP, TITLES
from writing import PACKS, write_pack

from garrod.adapters.packs.importers.writing import Draft, files_of
from garrod.adapters.packs.load import load_shelf
from garrod.care.decide.knowledge import load_knowledge

VERSION, RETRIEVED = "2026.11.0", "2026-11-28"
FOLDER = Path(__file__).resolve().parent / "review"
COLUMNS = (
    *("rule", "adviser", "subject", "with", "when", "scope", "group", "rank", "ask", "action"),
    *("severity", "tier", "effect", "manage", "monitoring", "dose_factor", "alternatives"),
    "evidence",
)
Rows = list[dict[str, str]]
Tables = dict[str, Rows]


def read(name: str) -> Rows:
    """Return a table of the folder.  Raises: SystemExit where a cell holds a bare comma."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if None in row or None in row.values():
            raise SystemExit(f"{name}.csv: {row}: not as many cells as columns")
    return rows


class Writing:
    """The phrases and citations of one pack, gathered from its rows."""

    def __init__(self) -> None:
        self.codes: dict[str, str] = {}
        self.cited: dict[str, dict[str, str]] = {}

    def code(self, text: str, rule: str) -> str:
        """Return the code of a wording: that of the rule that says it first."""
        return self.codes.setdefault(text, rule) if text else ""

    def phrases(self) -> Rows:
        """Return the table phrases; the words are our own."""
        return [{"code": c, "text": t, "evidence": "own"} for t, c in self.codes.items()]


def filled(when: str) -> str:
    """Return a question with its lists of conditions written out."""
    return re.sub(r"\{(\w+)\}", lambda m: MACROS[m[1]], when)


def rule_of(row: dict[str, str], adviser: str, writing: Writing) -> dict[str, str]:
    """Return a row of safety_rules."""
    name = row["rule"]
    rule = f"start-{name}" if adviser == "review-start" else name
    full = {column: row.get(column, "") for column in COLUMNS}
    full |= {
        "rule": rule,
        "adviser": adviser,
        "rank": row["rank"] or "0",
        "ask": row["ask"] or "no",
    }
    full["scope"] = row.get("scope") or "review"
    full["effect"] = writing.code(row["effect"], f"{rule}-effect")
    full["manage"] = writing.code(row["manage"], f"{rule}-do")
    full["when"] = filled(row["when"])
    if adviser != "pincer":
        about = "age >= 65" + (" and not has palliative" if adviser == "review-start" else "")
        full["when"] = f"{about} and ({full['when']})" if full["when"] else about
        full["group"] = f"{adviser}-{row['group']}" if row["group"] else ""
    full["evidence"] = cite(row["rule"], adviser, writing)
    return full


def cite(rule: str, adviser: str, writing: Writing) -> str:
    """Return the id of a criterion's own citation."""
    section, number = re.match(r"([a-z]+?)-?(\d*)(?:-.*)?$", rule).groups()  # type: ignore[union-attr]
    if adviser == "pincer":
        key = f"pincer-{rule.partition('-')[0]}"
        locus = f"indicator {rule.partition('-')[0].upper()}; {PINCER['locus']}"
        writing.cited[key] = {"id": key, **PINCER, "locus": locus}
        return key
    kind = adviser.removeprefix("review-")
    key = f"{kind}-{section}{number}"
    locus = f"Appendix 1, {kind.upper()} section {section.upper()} criterion {number}; "
    writing.cited[key] = {"id": key, **STOPP, "locus": locus + STOPP["locus"]}
    return key


def sets_of(pack: str) -> tuple[Rows, Rows]:
    """Return the sets of a pack's own, and their members."""
    rows = [row for row in read("sets") if row["pack"] == pack]
    sets = [{"set": r["set"], "name": r["name"], "evidence": "own"} for r in rows]
    members = [
        {"set": r["set"], "drug": d.replace("_", " "), "evidence": "own"}
        for r in rows
        for d in r["members"].split()
    ]
    return sets, members


def conditions_of(pack: str) -> Rows:
    """Return the conditions of a pack's own; `{asthma}` takes the cells of that condition."""
    folder = max((PACKS / "clinical-terms").iterdir())
    with (folder / "term_conditions.csv").open(encoding="utf-8", newline="") as file:
        known = {row["condition"]: row for row in csv.DictReader(file)}
    found = []
    for row in read("conditions"):
        if row.pop("pack") == pack:
            full = {
                column: known[cell[1:-1]][column] if cell.startswith("{") else cell
                for column, cell in row.items()
            }
            found.append({**full, "evidence": "unchecked"})
    return found


def criteria(pack: str, advisers: dict[str, str]) -> tuple[Tables, Rows]:
    """Return the tables and citations of a pack of criteria."""
    writing = Writing()
    rules = [rule_of(r, adviser, writing) for a, adviser in advisers.items() for r in read(a)]
    sets, members = sets_of(pack)
    tables = {
        "safety_rules": rules,
        "phrases": writing.phrases(),
        "drug_sets": sets,
        "drug_set_members": members,
        "term_conditions": conditions_of(pack),
    }
    general = [row for row in read("evidence") if row["id"] in ("own", "unchecked")]
    return tables, [*writing.cited.values(), *general]


def helps() -> tuple[Tables, Rows]:
    """Return the tables and citations of the pack medication-review."""
    plans, steps = [], []
    for row in read("plans"):
        written = row.pop("steps").split("|")
        plans.append(row)
        for number, step in enumerate(written, 1):
            factor, days = step.split("/")
            cells = {"plan": row["plan"], "step": str(number), "dose_factor": factor, "days": days}
            steps.append({**cells, "evidence": row["evidence"]})
    tables = {
        "review_topics": [{**row, "evidence": "own"} for row in read("topics")],
        "review_indications": [{**row, "evidence": "unchecked"} for row in read("indications")],
        "taper_plans": plans,
        "taper_steps": steps,
    }
    return tables, read("evidence")


def drafts() -> dict[str, tuple[dict[str, Any], Tables, Rows]]:
    """Return what each pack will hold: its manifest, tables and citations."""
    made = {
        "review-stopp-start": criteria(
            "review-stopp-start", {"stopp": "review-stopp", "start": "review-start"}
        ),
        "review-pincer": criteria("review-pincer", {"pincer": "pincer"}),
        "medication-review": helps(),
    }
    found = {}
    for name, (tables, cited) in made.items():
        manifest = {
            "title": TITLES[name][0], "licence": TITLES[name][1], "retrieved": RETRIEVED,
            "reviewer": "", "review_date": "", "genome_builds": [],
            "covers": COVERS[name], "does_not_cover": NOT_COVERED[name],
        }  # fmt: skip
        evidence = [{**row, "retrieved": RETRIEVED} for row in cited]
        found[name] = (manifest, tables, evidence)
    return found


def verify(folder: Path) -> None:
    """Fail where a rule cannot be read, or names an ingredient that the pack drugs has not."""
    knowledge = load_knowledge(load_shelf([PACKS, folder]))
    rules = knowledge.rules
    with (max((PACKS / "drugs").iterdir()) / "drugs.csv").open(encoding="utf-8") as file:
        known = {row["drug"] for row in csv.DictReader(file)}
    every = {r for mine in (*rules.by_drug.values(), *rules.pairs.values()) for r in mine}
    named = {*rules.by_drug, *(drug for pair in rules.pairs for drug in pair)}
    named |= {drug for rule in (*every, *rules.about_person) for drug in rule.alternatives}
    if unknown := sorted(named - known):
        raise SystemExit(f"no such ingredients: {unknown}")


def main() -> None:
    """Write the packs: tried in a folder of their own first."""
    made = drafts()
    with tempfile.TemporaryDirectory() as trial:
        for name, (manifest, tables, evidence) in made.items():
            target = Path(trial) / name / VERSION
            target.mkdir(parents=True)
            for file, content in files_of(Draft(name, VERSION, manifest, tables, evidence)).items():
                (target / file).write_bytes(content)
        verify(Path(trial))
    for name, (manifest, tables, evidence) in made.items():
        write_pack(name, VERSION, manifest=manifest, tables=tables, evidence=evidence)
        print(name, {table: len(rows) for table, rows in tables.items()})


if __name__ == "__main__":
    main()
