"""Writes the pack burdens: anticholinergic scores by eight scales, and loads that are counted.

burdens/*.csv are by hand; scores are read from the shared table, by our drug ids.
Run: python tools/packs/build_burdens.py (reads shared/data/decide/polypharmacy)
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from build_sets import shipped
from guidance_source import table
from writing import shared_data, write_pack

from garrod.adapters.packs.load import load_shelf
from garrod.knowledge.medicines import load_medicines, words_of
from garrod.science.safety.burden import HIGHEST_SCORE, SCALES

VERSION = "2026.11.0"
RETRIEVED = "2026-11-28"
FOLDER = Path(__file__).resolve().parent / "burdens"
MARKS = ("-", "(")  # "zinc-TOPICAL", "sodium-NOT(OPTHALMIC)": a form, not an ingredient
NO_DRUG = "names no ingredient of the pack drugs"
FORM = "a form for local use, or all but one: scores here are of ingredients that reach the blood"
SECOND = "another row of the same ingredient scores it otherwise on this scale; the first is kept"
NOT_COVERED = [
    "medicines that no scale rates: they have no score, which is not nought",
    "dose, frequency and time taken: a score is the same at any dose",
    "CredibleMeds' lists (licence); sets by effect are short lists of well-known medicines",
    "thresholds for people under 65, except as a note to the pharmacist",
    "review by a clinician: nobody has signed these rows",
]

Rows = list[dict[str, str]]


def source() -> Rows:
    """Return the rows of the shared table, each once."""
    path = shared_data() / "decide" / "polypharmacy" / "ACB_table.csv"
    with path.open(encoding="utf-8", newline="") as file:
        found = {tuple(row.items()): row for row in csv.DictReader(file)}
    return list(found.values())


def drug_of() -> dict[tuple[str, ...], str]:
    """Return our ingredient for each name that stands for one alone, spellings included."""
    medicines = load_medicines(load_shelf())
    found = {words: m[0].drug for words, m in medicines.by_words.items() if len(m) == 1}
    return found | {words_of(r["words"]): r["drug"] for r in shipped("drugs", "spellings")}


def _left(name: str, scale: str, score: str, reason: str) -> dict[str, str]:
    return {"name": name, "scale": scale, "score": score, "reason": reason, "evidence": "acb"}


def outside(row: dict[str, str]) -> Iterator[dict[str, str]]:
    """Yield the scores of a row that lie outside their scale."""
    for scale in SCALES:
        if row[scale] and int(row[scale]) > HIGHEST_SCORE:
            reason = f"outside the scale of 0 to {HIGHEST_SCORE}: an error, left out of the vote"
            yield _left(row["Name"].strip(), scale, row[scale], reason)


def scores() -> tuple[Rows, Rows]:
    """Return the scores by ingredient, and what was left out with the reason.

    Rows of one ingredient are joined, scale by scale; that under its own name comes first.
    """
    known = drug_of()
    kept: dict[str, dict[str, str]] = {}
    left: Rows = []
    rows = sorted(source(), key=lambda r: known.get(words_of(r["Name"])) != r["Name"])
    for row in rows:
        name = row["Name"].strip()
        left += outside(row)
        drug = known.get(words_of(name))
        if any(mark in name and name.split(mark)[-1].isupper() for mark in MARKS):
            left.append(_left(name, "", "", FORM))
        elif drug is None:
            left.append(_left(name, "", "", NO_DRUG))
        else:
            had = kept.setdefault(drug, {"drug": drug, "names": name, **dict.fromkeys(SCALES, "")})
            left += joined(had, row, name)
    by_name = sorted(left, key=lambda r: (r["name"], r["scale"]))
    return [{**kept[drug], "evidence": "acb"} for drug in sorted(kept)], by_name


def joined(had: dict[str, str], row: dict[str, str], name: str) -> Iterator[dict[str, str]]:
    """Add a row's scores to those of its ingredient; yield those that contradict."""
    if name not in had["names"].split("|"):
        had["names"] += f"|{name}"
    for scale in SCALES:
        if row[scale] not in ("0", "1", "2", "3"):
            continue
        if had[scale] not in ("", row[scale]):
            yield _left(name, scale, row[scale], SECOND)
        else:
            had[scale] = row[scale]


def main() -> None:
    """Write the pack."""
    found, left = scores()
    tables = {
        "anticholinergic": found,
        "left_out": left,
        **{name: [dict(row) for row in table(name, FOLDER)] for name in ("burdens", "policy")},
    }
    evidence = [dict(row) for row in table("evidence", FOLDER)]
    manifest = {
        "title": "Burdens: anticholinergic scores, and loads that add up",
        "licence": "Apache-2.0", "retrieved": RETRIEVED, "reviewer": "", "review_date": "",
        "genome_builds": [],
        "covers": [
            f"anticholinergic scores of {len(found)} ingredients on {len(SCALES)} scales",
            *dict.fromkeys(f"{r['name']} of {r['threshold']} or more" for r in tables["burdens"]),
        ],
        "does_not_cover": NOT_COVERED,
    }  # fmt: skip
    folder = write_pack("burdens", VERSION, manifest=manifest, tables=tables, evidence=evidence)
    print(folder, {name: len(rows) for name, rows in tables.items()})


if __name__ == "__main__":
    main()
