"""Restates what the FDA says of genes and drugs as coded facts: the pack pgx-guidance-fda.

Only the label and table annotations that PharmCAT's published example report prints are at hand.
fda/rows.csv codes each by hand, with the subgroups that its text names; fda/phrases.csv has our
words. Building fails where an annotation has no row, a row no annotation, or a code no words.
Run: python tools/packs/build_fda.py
"""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

from writing import shared_data, write_pack

FOLDER = Path(__file__).resolve().parent / "fda"
VERSION = "2026.11.0"
RETRIEVED = "2026-11-25"
DATA = "2025-11-05-00-25"
LICENCE = "CC-BY-SA-4.0"  # of the annotations; our words here are given under the same
TABLE = "https://www.fda.gov/medical-devices/precision-medicine/table-pharmacogenetic-associations"
CLINPGX = "https://www.clinpgx.org"
URLS = {"label": f"{CLINPGX}/labelAnnotation/", "table": f"{CLINPGX}/fdaPgxAssociations#"}
FACTS = "facts of the FDA (a work of the United States government), read in ClinPGx annotation"
SOURCES = {"FDA Label Annotation": "label", "FDA PGx Association": "table"}
POPULATION = ("population", "text", "question", "axis", "min_age", "max_age", "min_weight_kg",
              "indications", "default", "sex", "pregnant", "routes", "min_daily_mg",
              "max_daily_mg", "taking", "exposure", "evidence")  # fmt: skip

Rows = list[dict[str, str]]


def table(name: str) -> Rows:
    """Return the rows of one hand-written table."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def annotations() -> set[tuple[str, str, str]]:
    """Return kind, drug and id of each annotation that the report prints."""
    path = shared_data() / "pgx" / "full_report_example" / "pharmcat.example.report.json.gz"
    report = json.loads(gzip.decompress(path.read_bytes()))
    return {
        (kind, drug, guideline["id"])
        for source, kind in SOURCES.items()
        for drug, said in report["drugs"][source].items()
        for guideline in said["guidelines"]
        if guideline["annotations"]
    }


def evidence_of(row: dict[str, str]) -> str:
    """Return the id of a row's evidence."""
    return f"fda-{row['kind']}-{row['drug']}"


def guideline_of(row: dict[str, str]) -> str:
    """Return the id of a row's guideline: each label, and the table, by the genes that decide.

    What a label says of one gene holds whatever the other is, so each has an answer of its own.
    """
    genes = "-".join(gene.lower() for gene in genes_of(row))
    return f"{evidence_of(row) if row['kind'] == 'label' else 'fda-table'}-{genes}"


def genes_of(row: dict[str, str]) -> list[str]:
    """Return the genes that a row's keys name."""
    return [cell.partition("=")[0] for cell in row["keys"].split(";")]


def recommendation(row: dict[str, str]) -> dict[str, str]:
    """Return one row of recommendations.csv; the FDA states no strength, but a section."""
    return {
        "id": f"{evidence_of(row)}-{row['slug']}", "guideline": guideline_of(row),
        "drugs": row["drug"], "population": "general", "keys": row["keys"],
        "action": row["action"], "strength": "n/a", "dose_factor": "",
        "dose_limit": row["dose_limit"], "alternatives": "", "monitoring": row["monitoring"],
        "implication": row["implication"], "notes": row["notes"], "section": row["section"],
        "evidence": evidence_of(row),
    }  # fmt: skip


def guideline_rows(rows: Rows) -> Rows:
    """Return guidelines.csv."""
    genes: dict[str, set[str]] = {}
    for row in rows:
        genes.setdefault(guideline_of(row), set()).update(genes_of(row))
    found = {}
    for row in rows:
        key, is_label = guideline_of(row), row["kind"] == "label"
        about = row["drug"] if is_label else genes_of(row)[0]
        found[key] = {
            "guideline": key,
            "name": f"FDA label: {about}" if is_label
            else f"FDA table of pharmacogenetic associations: {about}",
            "source": "FDA", "version": DATA, "genes": "|".join(sorted(genes[key])), "pmid": "",
            "url": URLS["label"] + row["annotation"] if is_label else TABLE,
            "evidence": evidence_of(row) if is_label else "fda-table",
        }  # fmt: skip
    return list(found.values())


def gene_rows(rows: Rows) -> Rows:
    """Return genes.csv: every gene of a row decides."""
    found = {}
    for row in rows:
        for gene in genes_of(row):
            found.setdefault(
                (row["drug"], gene),
                {"drug": row["drug"], "gene": gene, "role": "decides",
                 "evidence": evidence_of(row)},
            )  # fmt: skip
    return list(found.values())


def evidence_rows(rows: Rows) -> Rows:
    """Return evidence.csv."""
    blank = {"version": DATA, "pmid": "", "licence": LICENCE, "retrieved": RETRIEVED}
    order = ("id", "source", "version", "locus", "pmid", "url", "licence", "retrieved")
    titles = {"label": "FDA label", "table": "FDA table of pharmacogenetic associations"}
    found = {
        evidence_of(row): {
            **blank, "id": evidence_of(row), "source": f"{titles[row['kind']]}: {row['drug']}",
            "locus": f"{FACTS} {row['annotation']}", "url": URLS[row["kind"]] + row["annotation"],
        }
        for row in rows
    }  # fmt: skip
    found["fda-table"] = {**blank, "id": "fda-table", "source": titles["table"], "url": TABLE,
                          "locus": f"{FACTS}s of the table"}  # fmt: skip
    found["own"] = {**blank, "id": "own", "source": "Garrod's own words and codes",
                    "version": VERSION, "locus": "", "url": ""}  # fmt: skip
    return [{column: row[column] for column in order} for row in found.values()]


def check(rows: Rows, phrases: Rows) -> None:
    """Fail where an annotation and the rows, or the codes and the words, do not meet."""
    coded = {(row["kind"], row["drug"], row["annotation"]) for row in rows}
    if coded != annotations():
        raise SystemExit(f"rows.csv and the report differ: {sorted(coded ^ annotations())}")
    used = {
        code
        for row in rows
        for column in ("implication", "notes", "monitoring")
        for code in row[column].split("|")
        if code
    }
    if used != {row["code"] for row in phrases}:
        raise SystemExit(f"codes and words differ: {used ^ {row['code'] for row in phrases}}")


def main() -> None:
    """Write the pack."""
    rows, phrases = table("rows"), table("phrases")
    check(rows, phrases)
    general = {**dict.fromkeys(POPULATION, ""), "population": "general", "text": "everyone",
               "default": "yes", "evidence": "own"}  # fmt: skip
    tables = {
        "guidelines": guideline_rows(rows),
        "recommendations": [recommendation(row) for row in rows],
        "populations": [general],
        "phrases": [{**row, "evidence": "own"} for row in phrases],
        "genes": gene_rows(rows),
    }
    manifest = {
        "title": "What FDA labels and the FDA table say of genes and drugs, coded",
        "licence": LICENCE, "retrieved": RETRIEVED, "reviewer": "", "review_date": "",
        "genome_builds": [], "covers": sorted({row["drug"] for row in rows}),
        "does_not_cover": ["annotations that the published example report does not print",
                           "subgroups that the annotations at hand do not name",
                           "CYP2C9*3 with an allele other than *1, *2, *3, *5, *6, *8 or *11",
                           "the rest of the FDA table (import it at a site)"],
    }  # fmt: skip
    folder = write_pack("pgx-guidance-fda", VERSION, manifest=manifest, tables=tables,
                        evidence=evidence_rows(rows))  # fmt: skip
    print(folder, f"{len(annotations())} annotations in {len(rows)} rows")


if __name__ == "__main__":
    main()
