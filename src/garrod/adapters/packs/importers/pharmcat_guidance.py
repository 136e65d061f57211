"""Restates guideline annotations as facts without acts: who, which keys, how strong, who says so.

CPIC_*.json, DPWG_*.json -> one row per drug, population and keys -> coded as ours, or to be coded

What to do is a sentence in the source, and no sentence is turned into an act by a program: where a
shipped pack has coded the same drug, population and keys its act is named, every other row is
listed for a clinician. No row of this pack is ever read as advice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from garrod.adapters.packs.importers.reading import find_files, read_json
from garrod.adapters.packs.importers.writing import Rows
from garrod.core.errors import KnowledgeError
from garrod.knowledge.pack import values_in
from garrod.knowledge.shelf import Shelf

NAME = "imported-guidance-facts"
PACKS = {"CPIC": "pgx-guidance", "DPWG": "pgx-guidance-dpwg"}
# Populations as the annotations write them, and our codes of them.
POPULATIONS = {
    "": "general", "general": "general", "adults": "adults", "pediatrics": "paediatrics",
    "child >40kg_adult": "child-over-40kg-or-adult", "CVI ACS PCI": "acs-pci",
    "CVI non-ACS non-PCI": "cardiovascular-other", "NVI": "neurovascular",
    "CBZ naive": "cbz-naive", "CBZ use >3mos": "cbz-exposed",
    "CBZ-no alternatives": "cbz-no-alternatives", "OXC naive": "oxc-naive",
    "OXC use >3 mos": "oxc-exposed", "PHT naive": "pht-naive", "PHT use >3mos": "pht-exposed",
}  # fmt: skip
COLUMNS = (
    *("source", "guideline", "record", "drug", "population", "keys", "strength", "pmids"),
    *("action", "coded_as", "evidence"),
)
UNCODED = "needs coding by a clinician"
Coded = Mapping[tuple[str, str], tuple[Mapping[str, str], ...]]


def guidance_files(folder: Path) -> list[Path]:
    """Return the annotation files below a folder: JSON files with a guideline in them."""
    return [p for source in PACKS for p in find_files(folder, f"{source}_*.json")]


def fact_rows(paths: list[Path], shelf: Shelf) -> Iterator[dict[str, str]]:
    """Yield a row for each recommendation and drug; `action` is empty where nobody has coded it.

    Raises: InputError INP051, KnowledgeError KNO009, naming file and record.
    """
    coded = {source: coded_by(shelf, source) for source in PACKS}
    for path in paths:
        data = read_json(path)
        source = _needed(data, "guideline", path).get("source")
        if source not in PACKS:
            raise KnowledgeError(
                f"{path}: guideline.source is {source!r}, not {' or '.join(PACKS)}", code="KNO009"
            )
        for number, record in enumerate(_needed(data, "recommendations", path), 1):
            yield from _rows(data, record, f"{path}: recommendations {number}", coded[source])


def _needed(data: Any, key: str, path: Path) -> Any:
    if not isinstance(data, dict) or key not in data:
        raise KnowledgeError(f"{path}: lacks {key!r}; is it a guideline annotation?", code="KNO009")
    return data[key]


def _rows(
    data: Mapping[str, Any], record: Mapping[str, Any], where: str, coded: Coded
) -> Iterator[dict[str, str]]:
    population = population_code(record.get("population") or "", where)
    for chemical in record.get("relatedChemicals") or data["guideline"]["relatedChemicals"]:
        said = {
            "source": data["guideline"]["source"], "guideline": data["guideline"]["id"],
            "record": record["id"], "drug": chemical["name"],
            "strength": (record.get("classification") or {}).get("term") or "n/a",
            "pmids": "|".join(str(c["pmid"]) for c in data.get("citations", ()) if c.get("pmid")),
        }  # fmt: skip
        yield fact_row(said, population, record.get("lookupKey") or {}, coded)


def population_code(written: str, where: str) -> str:
    """Return our code of a population.  Raises: KnowledgeError KNO009."""
    if written not in POPULATIONS:
        raise KnowledgeError(
            f"{where}: the population {written!r} has no code here; say what it means in "
            "pgx-guidance populations first",
            code="KNO009",
        )
    return POPULATIONS[written]


def fact_row(
    said: Mapping[str, str], population: str, keys: Mapping[str, str], coded: Coded
) -> dict[str, str]:
    """Return a row of facts, with the act of our row of the same drug, population and keys."""
    ours = _coded_row(coded, said["drug"], population, keys)
    return {
        "source": said["source"], "guideline": said["guideline"], "record": said["record"],
        "drug": said["drug"], "population": population,
        "keys": ";".join(f"{gene}={value}" for gene, value in sorted(keys.items())),
        "strength": said["strength"], "pmids": said["pmids"],
        "action": ours["action"] if ours else "", "coded_as": ours["id"] if ours else "",
        "evidence": "annotations",
    }  # fmt: skip


def coded_by(shelf: Shelf, source: str) -> Coded:
    """Return the rows in force of a source's guidance by drug and population."""
    pack = PACKS[source]
    found: dict[tuple[str, str], tuple[Mapping[str, str], ...]] = {}
    for row in shelf.rows(pack, "recommendations") if pack in shelf.names() else ():
        for drug in values_in(row["drugs"]):
            key = drug, row["population"]
            found[key] = (*found.get(key, ()), row)
    return found


def _coded_row(
    coded: Coded, drug: str, population: str, keys: Mapping[str, str]
) -> Mapping[str, str] | None:
    """Return our row of that drug and population whose keys have exactly these genes and values."""
    if not keys:
        return None
    for row in coded.get((drug, population), ()):
        wanted = dict(cell.split("=", 1) for cell in row["keys"].split(";") if "=" in cell)
        if wanted.keys() == keys.keys() and all(
            keys[gene] in values_in(values) for gene, values in wanted.items()
        ):
            return row
    return None


def uncoded_rows(rows: Rows) -> Rows:
    """Return the rows that nobody has coded, each with what is to be done."""
    return [{**row, "status": UNCODED} for row in rows if not row["action"]]
