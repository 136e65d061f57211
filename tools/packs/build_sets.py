"""Writes the pack drug-sets: sets of ingredients that safety rules treat alike.

sets/sets.csv: a set's members in order, by drug id ("_" for a blank), "@set", "class:NAME" of the
pack drugs, or "mod:ENZYME:inhibits:strong" of the pack cyp-modulators; "-" before a member (or a
set) takes it out again.
Run: python tools/packs/build_sets.py
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from guidance_source import table
from writing import PACKS, write_pack

VERSION = "2026.11.0"
RETRIEVED = "2026-11-28"
FOLDER = Path(__file__).resolve().parent / "sets"
CITED = ("id", "source", "version", "locus", "pmid", "url", "licence", "retrieved")
EVIDENCE = (
    ("atc", "WHO ATC index, as listed in fabkury/atcd", "2026-04-25",
     "the member has a code of the group that the set names", "",
     "https://github.com/fabkury/atcd", "facts", RETRIEVED),
    ("modulators", "Garrod's pack cyp-modulators", VERSION, "any of its sources; see there", "", "",
     "facts", RETRIEVED),
    ("unchecked", "What every textbook of pharmacology says of the medicine", VERSION,
     "(unchecked)", "", "", "facts", RETRIEVED),
)  # fmt: skip
NOT_COVERED = [
    "completeness: a set holds the members that the pack drugs knows; the sets by effect (QT, "
    "serotonin, sedation, grapefruit, porphyria, myasthenia) are short lists of well-known ones",
    "combinations by name (a product counts by its ingredients)",
    "dose: an ingredient is in a set at any dose and by any route",
    "CredibleMeds' lists (licence)",
]

Rows = list[dict[str, str]]


def shipped(pack: str, name: str) -> Rows:
    """Return a table of the newest shipped version of a pack."""
    folder = max((PACKS / pack).iterdir())
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Expander:
    """Turns words of a row into drug ids."""

    def __init__(self) -> None:
        self.drugs = {row["drug"]: row for row in shipped("drugs", "drugs")}
        self.modulators = shipped("cyp-modulators", "modulators")
        self.rows = {row["set"]: row for row in table("sets", FOLDER)}

    def of(self, name: str) -> list[str]:
        """Return the members of a set."""
        if name not in self.rows:
            raise SystemExit(f"no set {name!r}")
        return self.members(self.rows[name]["members"].split(), name)

    def members(self, words: Iterable[str], place: str) -> list[str]:
        """Return the ids that words stand for, in order, each once."""
        found: dict[str, None] = {}
        for word in words:
            for drug in self.meant(word.removeprefix("-"), place):
                if word.startswith("-"):
                    found.pop(drug, None)
                else:
                    found.setdefault(drug)
        return list(found)

    def meant(self, word: str, place: str) -> list[str]:
        """Return the ids that one word stands for."""
        if word.startswith("@"):
            found = self.of(word[1:])
        elif word.startswith("class:"):
            found = [d for d, row in self.drugs.items() if row["class"] == word[6:]]
        elif word.startswith("mod:"):
            _, enzyme, effect, strength = word.split(":")
            found = [
                row["drug"]
                for row in self.modulators
                if (row["enzyme"], row["effect"], row["strength"]) == (enzyme, effect, strength)
            ]
        else:
            drug = word.replace("_", " ")
            found = [drug] if drug in self.drugs else []
        if not found:
            raise SystemExit(f"{place}: {word!r} names nothing")
        return found

    def evidence(self, drug: str, row: dict[str, str]) -> str:
        """Return what says that an ingredient belongs: its ATC code, the modulators, or nothing."""
        codes, groups = self.drugs[drug]["atc"].split("|"), row["atc"].replace(" ", "").split(",")
        if any(code.startswith(group) for group in groups if group for code in codes):
            return "atc" if self.drugs[drug]["evidence"] != "unchecked" else "unchecked"
        return "modulators" if "mod:" in row["members"] else "unchecked"


def main() -> None:
    """Write the pack."""
    expander, sets, members = Expander(), [], []
    for name, row in expander.rows.items():
        of = [{"set": name, "drug": d, "evidence": expander.evidence(d, row)}
              for d in expander.of(name)]  # fmt: skip
        members += of
        said = {m["evidence"] for m in of}
        sets.append({
            "set": name, "name": row["name"], "atc": row["atc"],
            "evidence": said.pop() if len(said) == 1 else "unchecked",
        })  # fmt: skip
    manifest = {
        "title": "Sets of medicines that rules treat alike", "licence": "Apache-2.0",
        "retrieved": RETRIEVED, "reviewer": "", "review_date": "", "genome_builds": [],
        "covers": [row["name"] for row in sets], "does_not_cover": NOT_COVERED,
    }  # fmt: skip
    tables = {"drug_sets": sets, "drug_set_members": members}
    evidence = [dict(zip(CITED, row, strict=True)) for row in EVIDENCE]
    folder = write_pack("drug-sets", VERSION, manifest=manifest, tables=tables, evidence=evidence)
    print(folder, len(sets), len(members))


if __name__ == "__main__":
    main()
