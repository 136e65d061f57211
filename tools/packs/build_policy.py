"""Writes the policy packs of England, the Netherlands and the United States.

Which source speaks first, which test is offered, how loudly advice speaks, what conditions mean:
own choices of the project, for a clinical safety officer of each nation to sign. The rows are in
policy/*.csv; those of one nation alone in policy/sources and policy/tests.
Run: python tools/packs/build_policy.py
"""

from __future__ import annotations

import csv
from pathlib import Path

from writing import write_pack

VERSION = "2026.11.0"
RETRIEVED = "2026-11-25"
FOLDER = Path(__file__).resolve().parent / "policy"
NATIONS = {"england": "England", "netherlands": "the Netherlands", "us": "the United States"}
# What every nation's pack holds: table -> evidence of a row that names none itself.
SHARED = {
    "tiers": "own", "hard_stops": "stops", "quiet": "own", "uses": "own", "left_out": "own",
    "untested": "own",
    "contraindications": "labels", "phenoconversion": "own",
}  # fmt: skip
NHSE = (
    "https://www.england.nhs.uk/publication/clinical-commissioning-urgent-policy-statement-"
    "pharmacogenomic-testing-for-dpyd-polymorphisms-with-fluoropyrimidine-therapies/"
)
PORTAL = "https://www.medicineslearningportal.org/2024/03/pharmacogenomics-commissioned-tests.html"


def table(name: str) -> list[dict[str, str]]:
    """Return the rows of a hand-written table."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cited(rows: list[dict[str, str]], evidence: str) -> list[dict[str, str]]:
    """Return rows, each with its own evidence or the table's."""
    return [{**row, "evidence": row.get("evidence") or evidence} for row in rows]


def evidence_of(used: set[str]) -> list[dict[str, str]]:
    """Return the rows of evidence.csv that are used."""
    return [row for row in EVIDENCE if row["id"] in used]


def cite(key: str, source: str, locus: str, url: str, pmid: str = "") -> dict[str, str]:
    """Return one row of evidence.csv."""
    return {"id": key, "source": source, "locus": locus, "url": url, "version": VERSION,
            "pmid": pmid, "licence": "Apache-2.0", "retrieved": RETRIEVED}  # fmt: skip


EVIDENCE = [
    cite("own", "Garrod policy", "awaiting clinical sign-off", "docs/explanation/tiers.md"),
    cite("stops", "Garrod policy on CPIC recommendations of strength Strong",
         "hard stops; awaiting clinical sign-off", "https://cpicpgx.org/guidelines/"),
    cite("labels", "Product information of Efient (EMA, 2019)",
         "section 4.3, contraindications, as rxreasoner.com gives it",
         "https://rxreasoner.com/monographs/efient/precautions"),
    cite("mhra-codeine", "MHRA Drug Safety Update: codeine for analgesia, June 2013",
         "children and after tonsillectomy (summary read); breastfeeding (as NHS SPS cites it)",
         "https://www.gov.uk/drug-safety-update/codeine-for-analgesia-restricted-use-in-children-"
         "because-of-reports-of-morphine-toxicity"),
    cite("fda-opioids", "FDA Drug Safety Communication on codeine and tramadol, April 2017",
         "tramadol in children and after tonsillectomy (as reported)",
         "http://mail.spinics.net/lists/fda/msg13295.html"),
    cite("terminologies", "SNOMED CT concept ids; ICD-10 (WHO)", "codes named (unchecked)",
         "https://icd.who.int/browse10"),
    cite("nhse-dpyd", "NHS England, urgent clinical commissioning policy statement",
         "DPYD before fluoropyrimidines, November 2020", NHSE),
    cite("nice-htg724", "NICE HTG724 (DG59)", "CYP2C19 and clopidogrel (unchecked)",
         "https://www.nice.org.uk/guidance/dg59"),
    cite("ngtd-portal", "UK Medicines Information, medicines learning portal, March 2024",
         "pharmacogenomic tests of the National Genomic Test Directory", PORTAL),
    cite("r65", "National Genomic Test Directory, rare and inherited disease", "R65 (unchecked)",
         "https://www.england.nhs.uk/publication/national-genomic-test-directories/"),
    cite("practice", "Believed practice in England", "to be verified before use (unchecked)",
         "https://www.england.nhs.uk/publication/national-genomic-test-directories/"),
    cite("ema-dpyd", "European Medicines Agency, recommendation of April 2020",
         "DPD testing before fluorouracil and its prodrugs (unchecked)",
         "https://www.ema.europa.eu/en/medicines/human/referrals"),
    cite("fda-labels", "CPIC gene-drug pairs (pypgx 0.27.0 cpic-table)", "FDALabel column",
         "https://github.com/sbslee/pypgx"),
    cite("phenoconversion-2d6", "CYP2D6 activity score under inhibition",
         "strong 0, moderate 0.5, weak 1 (PMC6951851)",
         "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC6951851/"),
    cite("builds", "Simulation of induction and its end (doi 10.1007/s13318-023-00833-9)",
         "CYP3A4: at least 14 days to full induction",
         "http://link.springer.com/10.1007/s13318-023-00833-9"),
]  # fmt: skip


def write_nation(nation: str, name: str) -> str:
    """Write one nation's pack and return where."""
    tables = {
        key: cited(table(key), evidence)
        for key, evidence in SHARED.items()
        if (FOLDER / f"{key}.csv").exists()
    }
    more = table("indications_more") if (FOLDER / "indications_more.csv").exists() else []
    tables["indications"] = cited([*table("indications"), *more], "terminologies")
    tables["sources"] = cited(table(f"sources/{nation}"), "own")
    tables["tests"] = table(f"tests/{nation}")
    used = {row["evidence"] for rows in tables.values() for row in rows}
    lost = used - {row["id"] for row in EVIDENCE}
    if lost:
        raise SystemExit(f"evidence without a row: {sorted(lost)}")
    manifest = {
        "title": f"Policy for {name}: order of sources, tests, tiers, hard stops, indications",
        "licence": "Apache-2.0", "retrieved": RETRIEVED, "reviewer": "", "review_date": "",
        "genome_builds": [], "covers": sorted(tables),
        "does_not_cover": ["codes of the test directory that are not at hand (left blank)",
                           "regional commissioning"],
    }  # fmt: skip
    return str(write_pack(f"policy-{nation}", VERSION, manifest=manifest, tables=tables,
                          evidence=evidence_of(used)))  # fmt: skip


def main() -> None:
    """Write the packs."""
    for nation, name in NATIONS.items():
        print(write_nation(nation, name))


if __name__ == "__main__":
    main()
