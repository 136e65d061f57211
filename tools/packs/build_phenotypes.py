"""Restates allele functions, and rules from functions to phenotype, as the pack pgx-phenotypes.

The source tables list every pair of alleles. Here only the rule behind them is kept: a phenotype
for each pair of functions, or a range of activity scores; building fails where a table has a pair
that its rule does not give.
"""

from __future__ import annotations

from collections.abc import Iterator

from writing import PACKS, evidence_row, shared_data, write_pack

from garrod.adapters.packs.importers.pharmcat_phenotypes import (
    NAME,
    function_rows,
    is_scored,
    pair,
    pair_rows,
    phenotype_tables,
)
from garrod.adapters.packs.importers.reading import read_table

VERSION = "2026.11.0"
RANK = {  # how much function is left, to find the lowest of many
    "No function": 0.0, "Malignant Hyperthermia associated": 0.0, "Decreased function": 0.5,
    "Uncertain function": 0.9, "Unknown function": 0.9, "Normal function": 1.0,
    "Increased function": 1.5,
}  # fmt: skip
TABLES = "https://github.com/PharmGKB/PharmCAT/tree/5431bf1187e50383df7e7db18ef67b36fc8b562e"
PYPGX = "https://github.com/sbslee/pypgx/tree/fa6b9f70747bdf1b6566adc5c21bb17276ae9f52"
# Score ranges. Sources: CYP2D6 PMID 31647186, CYP2C9 PMID 32189324, DPYD PMID 29152729.
BINS = [
    ("CYP2C9", "0", "0.5", "Poor Metabolizer", "32189324"),
    ("CYP2C9", "1.0", "1.5", "Intermediate Metabolizer", "32189324"),
    ("CYP2C9", "2.0", "", "Normal Metabolizer", "32189324"),
    ("CYP2D6", "0", "0", "Poor Metabolizer", "31647186"),
    ("CYP2D6", "0.25", "1.0", "Intermediate Metabolizer", "31647186"),
    ("CYP2D6", "1.25", "2.25", "Normal Metabolizer", "31647186"),
    ("CYP2D6", "2.5", "", "Ultrarapid Metabolizer", "31647186"),
    ("DPYD", "0", "0.5", "Poor Metabolizer", "29152729"),
    ("DPYD", "1.0", "1.5", "Intermediate Metabolizer", "29152729"),
    ("DPYD", "2.0", "", "Normal Metabolizer", "29152729"),
]
# RYR1 with CACNA1S: any malignant-hyperthermia allele decides. Source: PMID 30499100.
MH = "Malignant Hyperthermia"
RYR1 = [
    ("Normal function", "Normal function", "Uncertain Susceptibility"),
    ("Normal function", "Uncertain function", "Uncertain Susceptibility"),
    ("Uncertain function", "Uncertain function", "Uncertain Susceptibility"),
    (f"{MH} associated", "Normal function", f"{MH} Susceptibility"),
    (f"{MH} associated", "Uncertain function", f"{MH} Susceptibility"),
    (f"{MH} associated", f"{MH} associated", f"{MH} Susceptibility"),
]
# Factor V Leiden carriers. Source: PMID 8164741 (unchecked).
F5 = [
    ("Factor V Leiden", "Factor V Leiden", "Factor V Leiden homozygous"),
    ("Factor V Leiden", "Normal function", "Factor V Leiden heterozygous"),
    ("Normal function", "Normal function", "Factor V Leiden absent"),
]


def ryr1_functions() -> Iterator[dict[str, str]]:
    """Yield every RYR1 allele of the definitions: listed by CPIC, or of uncertain function."""
    source = shared_data() / "pgx/knowledge/pypgx_tables/allele-table.csv"
    stated = read_table(source, ("Gene", "StarAllele", "Function"))
    known = {row["StarAllele"]: row["Function"] for row in stated if row["Gene"] == "RYR1"}
    folder = sorted((PACKS / "pgx-definitions").iterdir())[-1]
    words = {
        "Malignant Hyperthermia Associated": f"{MH} associated",
        "Normal Function": "Normal function",
    }
    for row in read_table(folder / "alleles.csv", ("gene", "allele")):
        if row["gene"] == "RYR1":
            said = known.get(row["allele"], "Uncertain Function")
            yield {"gene": "RYR1", "allele": row["allele"],
                   "function": words.get(said, "Uncertain function"),
                   "activity_value": "", "evidence": "ryr1"}  # fmt: skip


def citations() -> list[dict[str, str]]:
    """Return the rows of evidence.csv but those of the functionality tables."""
    return [
        evidence_row("ryr1", source="RYR1 allele functions (pypgx 0.27.0)", version="0.27.0",
                     locus="allele-table, RYR1", url=PYPGX, licence="MIT"),
        evidence_row("ryr1-rule", source="CPIC guideline, RYR1 and CACNA1S", pmid="30499100",
                     locus="Table 1 (unchecked)"),
        evidence_row("f5", source="Factor V Leiden", pmid="8164741", locus="(unchecked)"),
        evidence_row("pmid-31647186", source="CYP2D6 genotype to phenotype consensus",
                     pmid="31647186", locus="score ranges"),
        evidence_row("pmid-32189324", source="CPIC guideline, CYP2C9 and NSAIDs",
                     pmid="32189324", locus="score ranges"),
        evidence_row("pmid-29152729", source="CPIC guideline, DPYD and fluoropyrimidines",
                     pmid="29152729", locus="score ranges"),
        evidence_row("order", source="Garrod's own order of functions", licence="Apache-2.0"),
        evidence_row("hla", source="CPIC guidelines: carbamazepine, abacavir, allopurinol",
                     pmid="29392710", locus="alleles with guidance"),
    ]  # fmt: skip


def main() -> None:
    """Write the pack."""
    functions, rules, evidence = [], [], []
    for table in phenotype_tables(shared_data() / "pgx/knowledge/phenotype_tables"):
        gene = table["gene"]
        functions += list(function_rows(table))
        if not is_scored(table):
            rules += list(pair_rows(table))
        evidence.append(evidence_row(
            table["evidence"], source="CPIC allele functionality and phenotype tables",
            version=str(table.get("version") or "2.6.0"), locus=gene, url=TABLES))  # fmt: skip
    functions += list(ryr1_functions())
    rules += [pair("RYR1", (a, b), p, "ryr1-rule") for a, b, p in RYR1]
    for allele, function in (("Reference", "Normal function"),
                             ("rs6025 T (Leiden)", "Factor V Leiden")):  # fmt: skip
        functions.append({"gene": "F5", "allele": allele, "function": function,
                          "activity_value": "", "evidence": "f5"})  # fmt: skip
    rules += [pair("F5", (a, b), p, "f5") for a, b, p in F5]
    bins = [{"gene": g, "low": low, "high": high, "phenotype": p, "evidence": f"pmid-{pmid}"}
            for g, low, high, p, pmid in BINS]  # fmt: skip
    ranks = [{"function": f, "rank": str(r), "evidence": "order"} for f, r in RANK.items()]
    statuses = [
        {"gene": gene, "allele": allele, "evidence": "hla"}
        for gene, allele in (("HLA-A", "*31:01"), ("HLA-B", "*15:02"),
                             ("HLA-B", "*57:01"), ("HLA-B", "*58:01"))
    ]  # fmt: skip
    evidence += citations()
    manifest = {
        "title": "Allele functions and rules to phenotype", "licence": "CC0-1.0 AND MIT",
        "retrieved": "2026-11-24", "reviewer": "", "review_date": "", "genome_builds": [],
        "covers": sorted({r["gene"] for r in functions} | {"HLA-A", "HLA-B"}),
        "does_not_cover": ["CYP4F2 and IFNL3 phenotypes (no rule is published)",
                           "CYP2D6 alleles named after August 2024",
                           "RYR1 alleles without a stated function read as uncertain"],
    }  # fmt: skip
    written = {"functions": functions, "rules": rules, "bins": bins, "ranks": ranks,
               "statuses": statuses}  # fmt: skip
    print(write_pack(NAME, VERSION, manifest=manifest, tables=written,
                     evidence=evidence), len(functions), len(rules))  # fmt: skip


if __name__ == "__main__":
    main()
