"""Writes the pack clearance-fractions: how much of a medicine each enzyme clears.

The rows are hand-written (clearance/*.csv), each from a comparison of people without the enzyme to
people with it: fraction = 1 - 1 / (exposure without it, over exposure with it).
Run: python tools/packs/build_clearance.py
"""

from __future__ import annotations

import csv
from pathlib import Path

from writing import write_pack

VERSION = "2026.11.0"
RETRIEVED = "2026-11-28"
FOLDER = Path(__file__).resolve().parent / "clearance"
TABLES = ("fractions", "activities")
DPWG = "https://www.pharmgkb.org/guidelineAnnotation"
PMC = "https://pmc.ncbi.nlm.nih.gov/articles"


def table(name: str) -> list[dict[str, str]]:
    """Return the rows of a hand-written table."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cite(key: str, source: str, locus: str, url: str, pmid: str = "") -> dict[str, str]:
    """Return one row of evidence.csv."""
    licence = "Apache-2.0" if key == "own" else "facts"
    return {"id": key, "source": source, "version": VERSION, "locus": locus, "pmid": pmid,
            "url": url, "licence": licence, "retrieved": RETRIEVED}  # fmt: skip


EVIDENCE = [
    cite("dpwg-atomoxetine", "DPWG guideline for atomoxetine and CYP2D6",
         "factor of concentration, poor and normal metabolisers", f"{DPWG}/PA166104989"),
    cite("dpwg-zuclopenthixol", "DPWG guideline for zuclopenthixol and CYP2D6",
         "factor of concentration, poor metabolisers", f"{DPWG}/PA166104992"),
    cite("metoprolol", "Review of metoprolol and CYP2D6", "abstract and introduction",
         f"{PMC}/PMC3818912"),
    cite("tolterodine-label", "Swiss product information of tolterodine", "metabolism",
         "https://generika.cc:443/dt/generika/fachinfo/reg/55581/chapter/kinetic"),
    cite("tolterodine-ketoconazole", "Brynne et al., Br J Clin Pharmacol 1999;48:564-72",
         "abstract: oral clearance 60 % less in poor metabolisers", "", "10583027"),
    cite("milosavljevic", "Milosavljevic et al., JAMA Psychiatry 2021;78:270",
         "abstract: ratios of means", f"{PMC}/PMC7702196"),
    cite("escitalopram", "Jukic et al., Am J Psychiatry 2018;175:463-70; PMC7702196",
         "abstracts: 3.3 and 2.63 without function; 10 % and 20 % less with one and two of *17",
         "https://doi.org/10.1176/appi.ajp.2017.17050550"),
    cite("pharmrev", "Review of CYP2D6 in the Pharmacological Reviews", "Table 3, AUC",
         "https://pharmrev.aspetjournals.org/highwire/markup/18652/expansion"),
    cite("ppi", "Eur J Clin Pharmacol 2006;62:107-12",
         "abstract: AUC by CYP2C19 genotype; the activity of intermediates is what these and "
         "escitalopram's 1.6 give by the fractions", "", "16402242"),
    cite("null-2d6", "CYP2D6 poor metabolisers", "no working copy (definitional)",
         f"{PMC}/PMC6951851/"),
    cite("fda-classes", "FDA classes of inhibitors and inducers",
         "by AUC of a sensitive substrate: times 5, 2 and 1.25; a fifth, a half, four fifths. "
         "The middle of each is our own, near nought for strong ones (PMC7292748)",
         "https://www.fda.gov/drugs/drug-interactions-labeling/healthcare-professionals-fdas-"
         "examples-drugs-interact-cyp-enzymes-and-transporter-systems"),
    cite("own", "Garrod's own choice", "activity beside that of a normal metaboliser", ""),
]  # fmt: skip


def main() -> None:
    """Write the pack."""
    tables = {name: table(name) for name in TABLES}
    drugs = sorted({row["drug"] for row in tables["fractions"]})
    manifest = {
        "title": "Fractions of clearance by enzyme, and what is left of an enzyme's activity",
        "licence": "Apache-2.0", "retrieved": RETRIEVED, "reviewer": "", "review_date": "",
        "genome_builds": [], "covers": drugs,
        "does_not_cover": ["every other medicine: nothing is estimated for it",
                           "prodrugs, whose active form it is that counts (codeine, clopidogrel)",
                           "transporters, CYP1A2, CYP2C9, CYP2C8, UGT, kidneys",
                           "enzymes of the gut apart from those of the liver"],
    }  # fmt: skip
    print(write_pack("clearance-fractions", VERSION, manifest=manifest, tables=tables,
                     evidence=EVIDENCE))  # fmt: skip


if __name__ == "__main__":
    main()
