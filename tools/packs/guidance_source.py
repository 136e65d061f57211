"""Reads the source's recommendation rows, and finds the act that codes each of CPIC's.

source row + acts.csv -> Coded (one per drug, population and combination of keys)
"""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from writing import shared_data

FOLDER = Path(__file__).resolve().parent / "guidance"
PSEUDO = "xN combinations"  # rows that explain how to enter copy numbers
CONTENT = ("action", "dose_factor", "dose_limit", "alternatives", "monitoring", "implication",
           "notes")  # fmt: skip
POPULATIONS = {
    "general": "general", "adults": "adults", "pediatrics": "paediatrics",
    "child >40kg_adult": "child-over-40kg-or-adult", "CVI ACS PCI": "acs-pci",
    "CVI non-ACS non-PCI": "cardiovascular-other", "NVI": "neurovascular",
    "CBZ naive": "cbz-naive", "CBZ use >3mos": "cbz-exposed",
    "CBZ-no alternatives": "cbz-no-alternatives", "OXC naive": "oxc-naive",
    "OXC use >3 mos": "oxc-exposed", "PHT naive": "pht-naive", "PHT use >3mos": "pht-exposed",
}  # fmt: skip
STRENGTHS = {"N/A": "n/a", "": "n/a"}


@dataclass(frozen=True)
class Coded:
    """One source row in our code: who, which keys, and what to do."""

    family: str
    drug: str
    population: str
    keys: tuple[tuple[str, str], ...]  # (gene, value), genes sorted
    strength: str
    content: tuple[str, ...]  # in the order of CONTENT


def table(name: str, folder: Path = FOLDER) -> list[dict[str, str]]:
    """Return the rows of one hand-written table."""
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def source_rows(source: str = "CPIC") -> Iterator[dict[str, str]]:
    """Yield a source's rows, without those that only explain copy-number spelling."""
    path = shared_data() / "pgx" / "knowledge" / "recommendations_flat.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["source"] == source and PSEUDO not in row["lookup_key"]:
                yield row


def values_of(cell: str, names: dict[str, str]) -> frozenset[str]:
    """Return the look-up values that a cell of acts.csv stands for; "*" is any."""
    if cell == "*":
        return frozenset()
    found: set[str] = set()
    for part in cell.split("|"):
        found.update(names.get(part, part).split("|"))
    return frozenset(found)


def where_of(cell: str, names: dict[str, str]) -> dict[str, frozenset[str]]:
    """Return the values allowed per gene."""
    pairs = (part.split("=", 1) for part in cell.split(";"))
    return {gene: values_of(values, names) for gene, values in pairs}


@dataclass(frozen=True)
class Act:
    """A hand-written line of acts.csv."""

    family: str
    drugs: frozenset[str]
    population: str
    where: dict[str, frozenset[str]]
    content: tuple[str, ...]

    def fits(self, drug: str, population: str, keys: dict[str, str]) -> bool:
        """Return whether this act codes a row of that drug, population and keys."""
        return (
            (not self.drugs or drug in self.drugs)
            and self.population in ("*", population)
            and self.where.keys() == keys.keys()
            and all(not self.where[g] or v in self.where[g] for g, v in keys.items())
        )


def read_acts() -> list[Act]:
    """Return the acts in their order: the first that fits holds."""
    names = {row["short"]: row["values"] for row in table("values")}
    return [
        Act(
            row["family"],
            frozenset(d for d in row["drugs"].split("|") if d),
            row["population"],
            where_of(row["where"], names),
            tuple(row[column] for column in CONTENT),
        )
        for row in table("acts")
    ]


def coded_rows() -> list[Coded]:
    """Return every source row of a drug on the shelf, coded; fails where no act fits."""
    family_of = {d: f["family"] for f in table("families") for d in f["drugs"].split("|")}
    acts = read_acts()
    found: list[Coded] = []
    used: set[int] = set()
    for row in source_rows():
        drug = row["drugs"]
        keys = json.loads(row["lookup_key"])
        population = POPULATIONS[row["population"]]
        family = family_of[drug]
        fitting = (a for a in acts if a.family == family and a.fits(drug, population, keys))
        act = next(fitting, None)
        if act is None:
            raise SystemExit(f"no act codes {drug}, {population}, {keys}: add a line to acts.csv")
        used.add(id(act))
        strength = STRENGTHS.get(row["classification"], row["classification"])
        pairs = tuple(sorted(keys.items()))
        found.append(Coded(family, drug, population, pairs, strength, act.content))
    idle = [act for act in acts if id(act) not in used]
    if idle:
        raise SystemExit(f"acts that code no row: {[(a.family, a.where) for a in idle]}")
    return found
