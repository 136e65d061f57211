"""Restates star-allele definitions as the pack pgx-definitions (positions, alleles, priorities).

Reads the definition files of the reference data, and both builds' coordinates from the pypgx
variant table; writes only facts. Run: python tools/packs/build_definitions.py
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from writing import evidence_row, shared_data, write_pack

from garrod.adapters.packs.importers.pharmcat_definitions import (
    NAME,
    anchors_of,
    definition_tables,
    position_row,
)
from garrod.adapters.packs.importers.reading import find_files, read_table

VERSION = "2025.11.5"
PYPGX = "https://github.com/sbslee/pypgx"
HLA = {"HLA-A": ["*31:01"], "HLA-B": ["*15:02", "*57:01", "*58:01"]}
# CPIC's own names of the two deletions, by the record that spells them. Source: PMID 34032273.
MITOCHONDRIAL_DELETIONS = {("955", "AC", "A"): "m.960C>del", ("960", "CT", "C"): "m.961T>del"}


def add_others(table: Path, tables: dict) -> None:
    """Append factor V Leiden, mitochondrial MT-RNR1, and the HLA genes (outside calls only)."""
    leiden = {
        "position": 169549811, "rsid": "rs6025", "chromosomeHgvsName": "g.169549811C>T",
        "ref": "C", "alts": ["T"],
    }  # fmt: skip
    where = {"pos37": "169519049", "ref37": "T", "status37": "verified"}
    genes = [("F5", "1", "diplotype", "autosomal"), ("MT-RNR1", "MT", "diplotype", "mitochondrial"),
             ("HLA-A", "6", "status", "autosomal"),
             ("HLA-B", "6", "status", "autosomal")]  # fmt: skip
    for gene, chromosome, mode, ploidy in genes:
        tables["genes"].append({
            "gene": gene, "chromosome": chromosome, "strand": "-" if gene == "F5" else "+",
            "mode": mode, "ploidy": ploidy, "reference_allele": "" if mode == "status" else
            "Reference", "twin": "", "evidence": gene.lower(),
        })  # fmt: skip
    tables["positions"].append(position_row("F5", leiden, where, evidence="f5"))
    named = [("F5", "Reference", ""), ("F5", "rs6025 T (Leiden)", "169549811=T"),
             ("MT-RNR1", "Reference", ""), *add_mitochondrial(table, tables)]  # fmt: skip
    named += [(gene, allele, "") for gene, alleles in HLA.items() for allele in alleles]
    for gene, allele, defines in named:
        tables["alleles"].append({
            "gene": gene, "allele": allele, "reference": "yes" if allele == "Reference" else "no",
            "defines": defines, "fold_into": "", "ignored": "no", "evidence": gene.lower(),
        })  # fmt: skip


def add_mitochondrial(table: Path, tables: dict) -> list[tuple[str, str, str]]:
    """Append MT-RNR1's positions (the same on both builds: rCRS); return its alleles."""
    found: dict[str, dict[str, Any]] = {}
    named = []
    for row in read_table(table, ("Gene", "rsID", "GRCh38Position", "GRCh38Allele", "Variant")):
        if row["Gene"] != "MT-RNR1":
            continue
        pos, ref, alt = row["GRCh38Position"], row["GRCh38Allele"], row["Variant"]
        name = MITOCHONDRIAL_DELETIONS.get((pos, ref, alt), f"m.{pos}{ref}>{alt}")
        rsid = row["rsID"] if row["rsID"].startswith("rs") else ""
        variant = {"position": int(pos), "rsid": rsid, "chromosomeHgvsName": name, "ref": ref,
                   "alts": []}  # fmt: skip
        found.setdefault(pos, variant)["alts"].append(alt)
        named.append(("MT-RNR1", name, f"{pos}={alt}"))
    for pos, variant in found.items():
        where = {"pos37": pos, "ref37": variant["ref"], "status37": "verified"}
        tables["positions"].append(position_row("MT-RNR1", variant, where, evidence="mt-rnr1"))
    return named


def main() -> None:
    """Write the pack."""
    knowledge = shared_data() / "pgx" / "knowledge"
    folder = knowledge / "allele_definitions"
    table = knowledge / "pypgx_tables" / "variant-table.csv"
    tables = definition_tables(
        find_files(folder, "*_translation.json"), folder / "exemptions.json.gz", anchors_of(table)
    )
    add_others(table, tables)
    evidence = [
        evidence_row("definitions", source="ClinPGx allele definitions (CPIC, PharmVar)",
                     version="2025-11-05",
                     locus="allele definition tables of 20 genes; "
                           "GRCh37 from pypgx 0.27.0 variant-table",
                     url="https://github.com/PharmGKB/PharmCAT"),
        evidence_row("f5", source="dbSNP rs6025 via pypgx gene and variant tables",
                     version="0.27.0", locus="F5", url=PYPGX, licence="MIT"),
        evidence_row("mt-rnr1",
                     source="CPIC allele names of MT-RNR1; "
                            "positions (rCRS) from pypgx variant-table",
                     version="2025-11-05; pypgx 0.27.0", locus="MT-RNR1", url=PYPGX, licence="MIT"),
        *(evidence_row(gene.lower(), source=f"CPIC allele names of {gene}", version="2025-11-05",
                       locus=gene, url="https://cpicpgx.org") for gene in ("HLA-A", "HLA-B")),
    ]  # fmt: skip
    manifest = {
        "title": "Pharmacogene positions and alleles", "licence": "CC0-1.0 AND MIT",
        "retrieved": "2026-11-24", "reviewer": "", "review_date": "",
        "genome_builds": ["GRCh38", "GRCh37"],
        "covers": sorted(row["gene"] for row in tables["genes"]),
        "does_not_cover": ["CYP2D6 copy number and hybrids", "HLA typing from variants",
                           "MT-RNR1 m.961T>del+Cn (an insertion of no fixed length)"],
    }  # fmt: skip
    print(write_pack(NAME, VERSION, manifest=manifest, tables=tables,
                     evidence=evidence))  # fmt: skip
    print(
        {k: len(v) for k, v in tables.items()}, Counter(r["status37"] for r in tables["positions"])
    )


if __name__ == "__main__":
    main()
