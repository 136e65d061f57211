"""Writes the pack interactions: pairs of ingredients, what they do, and when it matters.

interactions/rules.csv has a row for each rule: its two sides by drug id ("_" for a blank), "@class"
of interactions/classes.csv or "@set" of the pack drug-sets; they are expanded to pairs here.
"@onc-qt-listed" are the pairs of the ONC high-priority list that no class of its table explains,
"@onc-low-listed" those of the list that need not interrupt.
Run: python tools/packs/build_interactions.py (reads shared/data/decide/ddi)
"""

from __future__ import annotations

import csv
from itertools import product
from pathlib import Path

from build_sets import Expander
from guidance_source import table
from writing import shared_data, write_pack

from garrod.adapters.packs.load import load_shelf
from garrod.knowledge.medicines import load_medicines

VERSION = "2026.11.0"
RETRIEVED = "2026-11-28"
FOLDER = Path(__file__).resolve().parent / "interactions"
HIGH, LOW = "onc_high_priority_pairs", "onc_non_interruptive_pairs"
LISTED = {"@onc-qt-listed": HIGH, "@onc-low-listed": LOW}
RULE = (
    *("rule", "adviser", "subject", "with", "when", "scope", "group", "rank", "ask", "action"),
    *("severity", "tier", "effect", "manage", "monitoring", "dose_factor", "alternatives"),
    "evidence",
)
SAID = ("rule", "theme", "mechanism", "onset", "instead_of_first", "instead_of_second", "evidence")
LOUD = ("T1", "T2")
NOT_COVERED = [
    "pairs that are not listed: what the pack is silent about has not been found safe",
    "food, alcohol, smoking and herbal products other than St John's wort",
    "doses and durations, except where a rule asks of them",
    "antiretroviral, anticancer and antiepileptic interactions beyond the few listed: ask the "
    "specialist's checker",
    "medicines stopped within days or weeks, except warfarin, gastroprotection, corticosteroids "
    "and aldosterone antagonists in the rule for warfarin with an NSAID",
    "eye drops, creams and other local forms, except NSAIDs, miconazole and contraceptive rings",
    "review by a clinician: nobody has signed these rules",
]

Pair = tuple[str, str]


class Sides(Expander):
    """Turns the sides of a rule into drug ids: own classes first, then sets."""

    def __init__(self) -> None:
        super().__init__()
        self.classes = {row["class"]: row["members"].split() for row in table("classes", FOLDER)}

    def of(self, name: str) -> list[str]:
        """Return the members of a class or set."""
        if name in self.classes:
            return self.members(self.classes[name], name)
        return super().of(name)

    def side(self, cell: str, rule: str) -> list[str]:
        """Return the ids of one side of a rule."""
        return self.members(cell.split("|"), rule)


def listed(name: str) -> list[Pair]:
    """Return the pairs of a list of the shared data by our drug ids.  Raises: SystemExit."""
    medicines = load_medicines(load_shelf())
    found: list[Pair] = []
    with (shared_data() / "decide" / "ddi" / f"{name}.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            named = [medicines.find_all(row[side]) for side in ("drug_a", "drug_b")]
            if any(len(one) != 1 for one in named):
                raise SystemExit(f"{name}: {row} names no two ingredients of the pack drugs")
            found.append((named[0][0].drug, named[1][0].drug))
    return found


def expanded(rules: list[dict[str, str]]) -> dict[str, list[Pair]]:
    """Return the pairs of each rule that has two sides, in the order of the table."""
    sides = Sides()
    pairs = {
        row["rule"]: _crossed(
            sides.side(row["first"], row["rule"]), sides.side(row["second"], row["rule"])
        )
        for row in rules
        if row["second"]
    }
    onc = {row["rule"] for row in rules if row["evidence"] == "onc-high"}
    capped = {r["rule"] for r in rules if r["first"] == "simvastatin" and r["tier"] in LOUD}
    known = {frozenset(p) for name in onc | capped for p in pairs.get(name, ())}
    high = {frozenset(p) for p in listed(HIGH)}
    for row in rules:
        if row["first"] in LISTED:
            given = listed(LISTED[row["first"]])
            without = known if LISTED[row["first"]] == HIGH else high
            pairs[row["rule"]] = [p for p in given if frozenset(p) not in without]
    return pairs


def _crossed(first: list[str], second: list[str]) -> list[Pair]:
    found: dict[frozenset[str], Pair] = {}
    for pair in product(first, second):
        if pair[0] != pair[1]:
            found.setdefault(frozenset(pair), pair)
    return list(found.values())


def check(rules: list[dict[str, str]], pairs: dict[str, list[Pair]]) -> None:
    """Refuse what the pack promises not to do.  Raises: SystemExit."""
    by_rule = {row["rule"]: row for row in rules}
    always = {n for n, row in by_rule.items() if row["tier"] in LOUD and not row["when"]}
    loud = {frozenset(p): name for name in pairs for p in pairs[name] if name in always}
    both = {frozenset(p) for p in listed(HIGH)}
    for pair in listed(LOW):
        if frozenset(pair) in loud and frozenset(pair) not in both:
            raise SystemExit(f"{pair} need not interrupt, and {loud[frozenset(pair)]} does")
    missed = both - set(loud)
    if missed:
        raise SystemExit(f"pairs of the high-priority list that do not interrupt: {missed}")
    for name, row in by_rule.items():
        if row["evidence"] == "unchecked" and row["tier"] in LOUD:
            raise SystemExit(f"{name} interrupts, and its source was not read")


def main() -> None:
    """Write the pack."""
    rows = table("rules", FOLDER)
    pairs = expanded(rows)
    check(rows, pairs)
    tables = {
        "safety_rules": [_rule(row) for row in rows],
        "interactions": [{key: row[key] for key in SAID} for row in rows],
        "phrases": table("phrases", FOLDER),
        "pairs": [
            {"a": a, "b": b, "rule": row["rule"], "evidence": row["evidence"]}
            for row in rows
            for a, b in pairs.get(row["rule"], ())
        ],
        "term_conditions": table("conditions", FOLDER),
    }
    manifest = {
        "title": "Interactions between medicines",
        "licence": "Apache-2.0",
        "retrieved": RETRIEVED,
        "reviewer": "",
        "review_date": "",
        "genome_builds": [],
        "covers": list(dict.fromkeys(_covered(row) for row in rows)),
        "does_not_cover": NOT_COVERED,
    }
    folder = write_pack(
        "interactions",
        VERSION,
        manifest=manifest,
        tables=tables,
        evidence=table("evidence", FOLDER),
    )
    print(folder, len(rows), "rules", len(tables["pairs"]), "pairs")


def _rule(row: dict[str, str]) -> dict[str, str]:
    """Return a row of safety_rules; a rule with pairs leaves its sides to them."""
    own = {key: row.get(key, "") for key in RULE}
    subject = "" if row["second"] or row["first"] in LISTED else row["first"].replace("_", " ")
    own |= {"adviser": "interactions", "scope": "both", "subject": subject, "with": ""}
    return own


def _covered(row: dict[str, str]) -> str:
    said = {
        "@onc-qt-listed": "QT-prolonging medicines with each other (ONC list)",
        "@onc-low-listed": "pairs that need not interrupt (ONC list), silently",
    }
    if row["first"] in said:
        return said[row["first"]]
    if not row["second"]:
        return row["rule"].replace("-", " ")
    sides = [row[s].replace("@onc-", "").replace("@", "").replace("_", " ").replace("|", ", ")
             for s in ("first", "second")]  # fmt: skip
    return " with ".join(sides)


if __name__ == "__main__":
    main()
