"""Restates star-allele definitions as the pack pgx-definitions (positions, alleles, priorities).

Reads the definition files of the reference data, and both builds' coordinates from the pypgx
variant table; writes only facts. Run: python tools/packs/build_definitions.py
"""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

from writing import evidence_row, shared_data, write_pack

VERSION = "2025.11.5"
PYPGX = "https://github.com/sbslee/pypgx"
MINUS = {"ABCG2", "CYP2C8", "CYP2D6", "CYP3A4", "CYP3A5", "CYP4F2", "DPYD", "F5", "TPMT", "VKORC1"}
HLA = {"HLA-A": ["*31:01"], "HLA-B": ["*15:02", "*57:01", "*58:01"]}
# CPIC's own names of the two deletions, by the record that spells them. Source: PMID 34032273.
MITOCHONDRIAL_DELETIONS = {("955", "AC", "A"): "m.960C>del", ("960", "CT", "C"): "m.961T>del"}
WOBBLE = "RYSWKM"  # two bases fit. Source: IUPAC-IUB, PMID 2582368
# An allele of the same function as the reference allele, told from it only by the base that the
# build happens to carry: GRCh38 has *38, GRCh37 has *1. Source: pypgx 0.27.0 gene-table.
TWINS = {"CYP2C19": "*1"}
# Variants without which nobody is called normal; rows of one name stand for each other (the tag of
# HapB3 for its cause). Source: PMID 29152729 (DPYD), 34032273 (MT-RNR1); G6PD: the commonest
# deficiencies of Africa and the Mediterranean; c.557A>G: added in England for African ancestry.
DECIDES = {
    ("DPYD", "rs3918290"): "c.1905+1G>A (*2A)", ("DPYD", "rs55886062"): "c.1679T>G (*13)",
    ("DPYD", "rs67376798"): "c.2846A>T", ("DPYD", "rs75017182"): "HapB3",
    ("DPYD", "rs56038477"): "HapB3", ("DPYD", "rs115232898"): "c.557A>G",
    ("G6PD", "rs1050828"): "202G>A (A-)", ("G6PD", "rs5030868"): "563C>T (Mediterranean)",
    ("MT-RNR1", "rs267606617"): "m.1555A>G",
}  # fmt: skip
Anchor = dict[tuple[str, int, str], dict[str, str]]


def load(path: Path) -> Any:
    """Return the JSON of a gzipped file."""
    with gzip.open(path) as file:
        return json.load(file)


def anchors_of(pgx: Path) -> Anchor:
    """Return pypgx rows by gene, GRCh38 position and GRCh38 allele."""
    found: Anchor = {}
    with (pgx / "knowledge/pypgx_tables/variant-table.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["GRCh37Position"].isdigit() and row["GRCh38Position"].isdigit():
                key = row["Gene"], int(row["GRCh38Position"]), row["GRCh38Allele"]
                found[key] = row
    return found


def offset_of(data: dict[str, Any], anchors: Anchor) -> int | None:
    """Return GRCh37 - GRCh38 of a gene where all anchors among its positions agree on one."""
    positions = [variant["position"] for variant in data["variants"]]
    inside = range(min(positions), max(positions) + 1)
    shifts = {
        int(row["GRCh37Position"]) - pos38
        for (gene, pos38, _), row in anchors.items()
        if gene == data["gene"] and pos38 in inside
    }
    return shifts.pop() if len(shifts) == 1 else None


def grch37_of(gene: str, variant: dict[str, Any], anchors: Anchor, offset: int | None) -> dict:
    """Return pos37, ref37 and how sure they are."""
    ref = variant["ref"]
    row = anchors.get((gene, variant["position"], ref))
    known = [ref, *variant["alts"]] if len(ref) == 1 else [ref]
    if row and row["GRCh37Allele"] in known:
        return {
            "pos37": row["GRCh37Position"], "ref37": row["GRCh37Allele"], "status37": "verified",
        }  # fmt: skip
    if offset is not None:
        pos = variant["position"] + offset
        return {"pos37": str(pos), "ref37": ref, "status37": "unverified"}
    return {"pos37": "", "ref37": "", "status37": "absent"}


def position_row(gene: str, variant: dict[str, Any], where: dict, **flags: str) -> dict[str, str]:
    """Return one row of positions.csv."""
    return {
        "gene": gene, "position_id": f"{gene}:{variant['position']}",
        "rsid": variant["rsid"] or "", "hgvs": variant["chromosomeHgvsName"],
        "role": flags.get("role", "defining"), "pos38": str(variant["position"]),
        "ref38": variant["ref"], "alts38": "/".join(variant["alts"]), **where,
        "required": flags.get("required", "no"), "ignored": flags.get("ignored", "no"),
        "decides": DECIDES.get((gene, variant["rsid"] or ""), ""),
        "evidence": flags.get("evidence", "definitions"),
    }  # fmt: skip


def allele_rows(data: dict[str, Any], ignored: set[str]) -> list[dict[str, str]]:
    """Return a gene's rows of alleles.csv."""
    rows = []
    for allele in data["namedAlleles"]:
        cells = zip(data["variants"], allele["alleles"], strict=True)
        # the reference allele's own base is blank in the pack; where it may show two, that is kept
        defines = [
            f"{v['position']}={b}"
            for v, b in cells
            if b and (not allele["reference"] or b in WOBBLE)
        ]
        rows.append({
            "gene": data["gene"], "allele": allele["name"],
            "reference": "yes" if allele["reference"] else "no", "defines": ";".join(defines),
            "fold_into": data["suballelesMap"].get(allele["name"], ""),
            "ignored": "yes" if allele["name"] in ignored else "no", "evidence": "definitions",
        })  # fmt: skip
    return rows


def add_gene(data: dict[str, Any], rules: dict[str, Any], tables: dict, anchors: Anchor) -> None:
    """Append one definition file's gene, positions, alleles and priorities to the tables."""
    gene = data["gene"]
    ignored = {(p["position"], p["ref"]) for p in rules.get("ignoredPositions", [])}
    required = set(rules.get("requiredPositions", []))
    reference = next(a["name"] for a in data["namedAlleles"] if a["reference"])
    tables["genes"].append({
        "gene": gene, "chromosome": data["chromosome"].removeprefix("chr"),
        "strand": "-" if gene in MINUS else "+",
        "mode": "components" if gene in ("DPYD", "RYR1") else "diplotype",
        "ploidy": "x-linked" if gene == "G6PD" else "autosomal",
        "reference_allele": reference, "twin": TWINS.get(gene, ""), "evidence": "definitions",
    })  # fmt: skip
    offset = offset_of(data, anchors)
    for variant in data["variants"]:
        flags = {
            "required": "yes" if variant["position"] in required else "no",
            "ignored": "yes" if (variant["position"], variant["ref"]) in ignored else "no",
        }
        where = grch37_of(gene, variant, anchors, offset)
        tables["positions"].append(position_row(gene, variant, where, **flags))
    for variant in rules.get("extraPositions", []):
        where = grch37_of(gene, variant, anchors, offset)
        tables["positions"].append(position_row(gene, variant, where, role="extra"))
    tables["alleles"] += allele_rows(data, set(rules.get("ignoredAlleles", [])))
    for group in rules.get("unphasedDiplotypePriorities", []):
        tables["priorities"].append({
            "gene": gene, "candidates": "|".join(group["list"]), "pick": group["pick"],
            "evidence": "definitions",
        })  # fmt: skip


def add_others(pgx: Path, tables: dict) -> None:
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
             ("MT-RNR1", "Reference", ""), *add_mitochondrial(pgx, tables)]  # fmt: skip
    named += [(gene, allele, "") for gene, alleles in HLA.items() for allele in alleles]
    for gene, allele, defines in named:
        tables["alleles"].append({
            "gene": gene, "allele": allele, "reference": "yes" if allele == "Reference" else "no",
            "defines": defines, "fold_into": "", "ignored": "no", "evidence": gene.lower(),
        })  # fmt: skip


def add_mitochondrial(pgx: Path, tables: dict) -> list[tuple[str, str, str]]:
    """Append MT-RNR1's positions (the same on both builds: rCRS); return its alleles."""
    found: dict[str, dict[str, Any]] = {}
    named = []
    with (pgx / "knowledge/pypgx_tables/variant-table.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
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
    pgx = shared_data() / "pgx"
    folder = pgx / "knowledge" / "allele_definitions"
    exemptions = load(folder / "exemptions.json.gz")
    anchors = anchors_of(pgx)
    tables: dict[str, list[dict[str, str]]] = {
        "genes": [], "positions": [], "alleles": [], "priorities": [],
    }  # fmt: skip
    for path in sorted(folder.glob("*_translation.json.gz")):
        data = load(path)
        add_gene(data, exemptions.get(data["gene"], {}), tables, anchors)
    add_others(pgx, tables)
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
    print(write_pack("pgx-definitions", VERSION, manifest=manifest, tables=tables,
                     evidence=evidence))  # fmt: skip
    print(
        {k: len(v) for k, v in tables.items()}, Counter(r["status37"] for r in tables["positions"])
    )


if __name__ == "__main__":
    main()
