"""Writes the pack cyp-modulators: which medicines inhibit or induce which enzyme, source by source.

The rows are hand-written (modulators/*.csv), one for each source and drug: where sources disagree
each keeps its own strength. Every row of the shared table of inhibitors must have one here.
Run: python tools/packs/build_modulators.py
"""

from __future__ import annotations

import csv
from pathlib import Path

from writing import PACKS, shared_data, write_pack

VERSION = "2026.11.1"
RETRIEVED = "2026-11-25"
FOLDER = Path(__file__).resolve().parent / "modulators"
TABLES = (
    "modulators", "sources", "enzymes", "score_ranges", "left_out", "half_lives", "recovery",
)  # fmt: skip
FDA = (
    "https://www.fda.gov/drugs/drug-interactions-labeling/healthcare-professionals-"
    "fdas-examples-drugs-interact-cyp-enzymes-and-transporter-systems"
)
PMC = "https://pmc.ncbi.nlm.nih.gov/articles"


def rows_of(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cite(key: str, source: str, locus: str, url: str, *, pmid: str = "") -> dict[str, str]:
    """Return one row of evidence.csv; of what has no open licence, facts alone are used."""
    licence = {"own": "Apache-2.0", "score-2c9": "CC0-1.0"}.get(key, "facts")
    return {"id": key, "source": source, "version": VERSION, "locus": locus, "pmid": pmid,
            "url": url, "licence": licence, "retrieved": RETRIEVED}  # fmt: skip


EVIDENCE = [
    cite("uptodate", "UpToDate, strong and moderate inhibitors of CYP2D6", "table 116164",
         "https://www.uptodate.com/"),
    cite("uf-health", "UF Health precision medicine, inhibitors of CYP2D6",
         "as in the shared table of inhibitors (page unchecked)",
         "https://precisionmedicine.ufhealth.org/"),
    cite("pkis", "PKIS v2, perpetrators of interactions", "table of strengths",
         "http://pkis.org/perptable.php?d=fluoxetine"),
    cite("fda-2d6", "FDA table of inhibitors, as cited in PMC7292748", "Table 4",
         f"{PMC}/PMC7292748/table/T4"),
    cite("cpt-2020", "Authors of PMC7292748 (doi 10.1002/cpt.1768)", "Table 4",
         f"{PMC}/PMC7292748/table/T4"),
    cite("fda-ddi", "FDA tables of inhibitors and inducers", "(unchecked)", FDA),
    cite("cts-2022", "Review of strong CYP3A inducers (doi 10.1111/cts.13357)", "Table 1",
         f"{PMC}/PMC9468573/table/cts13357-tbl-0001"),
    cite("youscript", "YouScript", "omeprazole (unchecked)", "https://www.youscript.com/"),
    cite("uptodate-3a", "UpToDate, inhibitors and inducers of CYP3A",
         "table 76992 (lists of a public copy, of 2021 or later; footnotes not seen)",
         "https://www.uptodate.com/"),
    cite("dpwg", "DPWG guidelines for eliglustat and CYP2D6, and siponimod and CYP2C9",
         "examples of inhibitors and inducers, annotations of 2024-03-25",
         "https://www.pharmgkb.org/guidelineAnnotation/PA166182823"),
    cite("score-2d6", "CYP2D6 activity score under inhibition", "score ranges without gaps",
         f"{PMC}/PMC6951851/"),
    cite("score-2c9", "CPIC guideline, CYP2C9 and NSAIDs",
         "score ranges; scores between them count to the lower (own reading)", "",
         pmid="32189324"),
    cite("liston-2002", "Liston et al., J Clin Psychopharmacol 2002;22:169-73",
         "half-life of the inhibition of CYP2D6 after the last dose: paroxetine 2.9, sertraline "
         "3.0, fluoxetine 7.0 days (abstract)", "", pmid="11910262"),
    cite("inui-2013", "Inui et al., Clin Pharmacol Ther 2013;94:702-8",
         "CYP2C19 and CYP3A still induced 4 days after rifampicin, as before after 8 (abstract); "
         "read as five half-lives",
         "https://vufind.lboro.ac.uk/PrimoRecord/cdi_proquest_miscellaneous_1459564240"),
    cite("deinduction", "Simulation of induction and its end (doi 10.1007/s13318-023-00833-9)",
         "CYP3A4: at least 14 days to full induction and to the level before; read as five "
         "half-lives", "http://link.springer.com/10.1007/s13318-023-00833-9"),
    cite("norfluoxetine", "FDA label of fluoxetine, as quoted by another page",
         "norfluoxetine, mean of 9.3 days in chronic use",
         "https://www.droracle.ai/articles/320801/"),
    cite("amiodarone", "FDA label of amiodarone, as quoted by another page",
         "mean of 58 days in chronic use", "https://www.droracle.ai/articles/774728/"),
    cite("bupropion", "FDA label of bupropion, as quoted by another page",
         "threohydrobupropion, mean of 37 hours", "https://www.droracle.ai/articles/502777/"),
    cite("madani-2002", "Madani et al., J Clin Pharmacol 2002;42:1211-8",
         "CYP2D6 still inhibited 4 weeks after terbinafine (abstract); 400 hours (unchecked)", "",
         pmid="12412819"),
    cite("ssri-half-lives", "Review of antidepressants", "Table 3; the longer end of a range",
         f"{PMC}/PMC6168070/table/t3-tcrm-14-1799"),
    cite("textbook", "Product information and textbooks of pharmacology",
         "half-lives (unchecked); the longer end of a range", "https://dailymed.nlm.nih.gov/"),
    cite("turnover", "Published turnover of human CYP enzymes", "half-lives (unchecked)",
         "https://pubmed.ncbi.nlm.nih.gov/"),
    cite("own", "Garrod's own choice", "", ""),
]  # fmt: skip


def check(rows: list[dict[str, str]]) -> None:
    """Fail where a drug is no ingredient, or a row of the shared table has no counterpart."""
    folder = sorted((PACKS / "drugs").iterdir())[-1]
    known = {row["drug"] for row in rows_of(folder / "drugs.csv")}
    rows = [*rows, *rows_of(FOLDER / "half_lives.csv")]
    lost = {row["drug"] for row in rows} - known
    if lost:
        raise SystemExit(f"no ingredients of the pack drugs: {sorted(lost)}")
    have = {(r["enzyme"], r.get("effect"), r.get("strength"), r["drug"]) for r in rows}
    for row in rows_of(shared_data() / "decide" / "phenoconversion" / "cyp_inhibitors.csv"):
        enzyme = "CYP3A" if row["enzyme"] == "CYP3A4" else row["enzyme"]
        if (enzyme, "inhibits", row["strength"], row["drug"]) not in have:
            raise SystemExit(f"not restated: {row}")


def main() -> None:
    """Write the pack."""
    tables = {name: rows_of(FOLDER / f"{name}.csv") for name in TABLES}
    check(tables["modulators"])
    manifest = {
        "title": "Inhibitors and inducers of drug-metabolising enzymes",
        "licence": "CC0-1.0 AND Apache-2.0", "retrieved": RETRIEVED, "reviewer": "",
        "review_date": "", "genome_builds": [],
        "covers": sorted({row["enzyme"] for row in tables["modulators"]}),
        "does_not_cover": ["CYP1A2, CYP2C8, transporters and UGT", "foods and smoking",
                           "doses below which a medicine does not inhibit",
                           "how long the effect lasts of medicines without a row in half_lives",
                           "medicines that are no ingredient of the pack drugs (left_out)"],
    }  # fmt: skip
    print(write_pack("cyp-modulators", VERSION, manifest=manifest, tables=tables,
                     evidence=EVIDENCE))  # fmt: skip


if __name__ == "__main__":
    main()
