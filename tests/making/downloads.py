"""Makes small downloads of public sources, in their own shape. Genes and alleles are made up.

pharmcat(folder), cpic(folder), pypgx(folder), counts(folder) each write a folder of files.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

VERSION = "2030-01-02-00-00"
NAME38 = ("7-1000-A-G", "7-2000-C-T")


def definition(**more: Any) -> dict[str, Any]:
    """Return a definition file's content: gene MADEUP1 with *1, *2 (and a base left open)."""
    variants = [
        {"position": p, "rsid": r, "chromosomeHgvsName": f"g.{p}{a}>{b}", "ref": a, "alts": [b]}
        for p, r, a, b in ((1000, "rs1", "A", "G"), (2000, None, "C", "T"))
    ]
    alleles = [
        {"name": "*1", "alleles": ["A", "C"], "reference": True},
        {"name": "*2", "alleles": ["G", None], "reference": False},
        {"name": "*3", "alleles": ["R", "T"], "reference": False},
    ]
    return {
        "gene": "MADEUP1", "chromosome": "chr7", "genomeBuild": "GRCh38.p14", "version": VERSION,
        "variants": variants, "namedAlleles": alleles, "suballelesMap": {}, **more,
    }  # fmt: skip


def phenotypes(gene: str = "MADEUP1", **more: Any) -> dict[str, Any]:
    """Return a phenotype table's content."""
    functions = {"*1": "Normal function", "*2": "No function", "*3": "No function"}
    pairs = (
        ("*1/*1", {"*1": 2}, "Normal"), ("*1/*2", {"*1": 1, "*2": 1}, "Reduced"),
        ("*2/*3", {"*2": 1, "*3": 1}, "Poor"),
    )  # fmt: skip
    rows = [{"diplotype": d, "diplotypekey": k, "phenotype": p, "generesult": p,
             "activityScore": None} for d, k, p in pairs]  # fmt: skip
    return {"gene": gene, "haplotypes": functions, "activityValues": {}, "diplotypes": rows,
            "version": VERSION, **more}  # fmt: skip


def scores(*pairs: tuple[str, str]) -> dict[str, Any]:
    """Return a table of CYP2C9 with a diplotype for each score and phenotype."""
    rows = [{"diplotype": f"*{n}/*{n}", "diplotypekey": {"*1": 2}, "phenotype": p,
             "generesult": p, "activityScore": s} for n, (s, p) in enumerate(pairs)]  # fmt: skip
    return phenotypes("CYP2C9", activityValues={"*1": "1.0"}, diplotypes=rows)


def annotation(**more: Any) -> dict[str, Any]:
    """Return a guideline annotation: one row that our pack has coded, one that nobody has."""
    records = [
        {"id": "R1", "population": "CVI ACS PCI", "classification": {"term": "Strong"},
         "relatedChemicals": [{"name": "clopidogrel"}], "text": {"html": "a sentence"},
         "lookupKey": {"CYP2C19": "Poor Metabolizer"}},
        {"id": "R2", "population": None, "classification": None,
         "relatedChemicals": [{"name": "clopidogrel"}], "lookupKey": {"MADEUP1": "Poor"}},
        {"id": "R3", "population": "general", "classification": {"term": "Moderate"},
         "relatedChemicals": [], "lookupKey": None},
    ]  # fmt: skip
    guideline = {"id": "G1", "source": "CPIC", "relatedChemicals": [{"name": "clopidogrel"}]}
    return {"guideline": guideline, "recommendations": records, "version": VERSION,
            "citations": [{"pmid": 1}, {"pmid": 2}, {"title": "no PMID"}], **more}  # fmt: skip


def save_json(path: Path, content: Any) -> Path:
    """Return the path of a JSON file, gzipped where its name says so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content).encode()
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)
    return path


def save_csv(path: Path, head: Sequence[str], rows: Sequence[Sequence[object]]) -> Path:
    """Return the path of a CSV file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])
    return path


def pharmcat(folder: Path, **parts: Any) -> Path:
    """Return a folder like a PharmCAT download; a part may be given, None leaves it out."""
    files = {
        "definition/MADEUP1_translation.json.gz": parts.get("definition", definition()),
        "definition/exemptions.json": parts.get("exemptions", {"MADEUP1": EXEMPTION}),
        "phenotype/MADEUP1.json": parts.get("phenotypes", phenotypes()),
        "guidance/CPIC_made_up.json": parts.get("annotation", annotation()),
    }
    for name, content in files.items():
        if content is not None:
            save_json(folder / name, content)
    folder.mkdir(exist_ok=True)
    return folder


EXTRA = {"position": 3000, "rsid": "rs3", "chromosomeHgvsName": "g.3000G>A", "ref": "G",
         "alts": ["A"]}  # fmt: skip
EXEMPTION = {
    "requiredPositions": [1000], "ignoredPositions": [{"position": 2000, "ref": "C"}],
    "extraPositions": [EXTRA], "ignoredAlleles": ["*3"],
    "unphasedDiplotypePriorities": [{"list": ["*1/*2", "*1/*3"], "pick": "*1/*2"}],
}  # fmt: skip


def cpic(folder: Path, **tables: Any) -> Path:
    """Return a folder like an export of CPIC's database, one JSON file for each table."""
    known: dict[str, list[dict[str, Any]]] = {
        "allele": [
            {"id": n, "genesymbol": "MADEUP1", "name": name, "functionalstatus": None,
             "clinicalfunctionalstatus": function, "activityvalue": "n/a"}
            for n, (name, function) in enumerate([("*1", "Normal function"), ("*2", None)])
        ],
        "gene_result": [
            {"id": 10, "genesymbol": "MADEUP1", "result": "Normal", "activityscore": "n/a"},
            {"id": 11, "genesymbol": "MADEUP1", "result": "Indeterminate", "activityscore": "n/a"},
        ],
        "gene_result_lookup": [
            {"id": 20, "phenotypeid": 10, "totalactivityscore": None},
            {"id": 21, "phenotypeid": 11, "totalactivityscore": None},
        ],
        "gene_result_diplotype": [
            {"id": 30, "functionphenotypeid": 20, "diplotype": "*1/*1",
             "diplotypekey": {"MADEUP1": {"*1": 2}}},
            {"id": 31, "functionphenotypeid": 21, "diplotype": "*1/*2",
             "diplotypekey": {"MADEUP1": {"*1": 1, "*2": 1}}},
        ],
        "drug": [{"drugid": "RxNorm:32968", "name": "clopidogrel"}],
        "pair": [
            {"pairid": 1, "genesymbol": "CYP2C19", "drugid": "RxNorm:32968", "cpiclevel": "A",
             "removed": False},
            {"pairid": 2, "genesymbol": "MADEUP1", "drugid": "RxNorm:32968", "cpiclevel": "D",
             "removed": True},
        ],
        "recommendation": [
            {"id": 40, "guidelineid": 50, "drugid": "RxNorm:32968", "classification": "Strong",
             "lookupkey": {"CYP2C19": "Poor Metabolizer"}, "population": "CVI ACS PCI",
             "drugrecommendation": "a sentence"},
            {"id": 41, "guidelineid": 50, "drugid": "RxNorm:32968", "classification": "Optional",
             "lookupkey": {"MADEUP1": "Poor"}, "population": "general"},
        ],
    }  # fmt: skip
    for name, rows in {**known, **tables}.items():
        if rows is not None:
            save_json(folder / f"{name}.json", rows)
    return folder


GENES = ("Gene", "Target", "Variants", "GRCh38Default", "Strand", "GRCh37Region", "GRCh38Region")
ALLELES = ("Gene", "StarAllele", "Function", "GRCh38Core", "SV")
VARIANTS = ("Gene", "GRCh38Name", "rsID", "Chromosome", "GRCh37Position", "GRCh38Position",
            "GRCh37Allele", "GRCh38Allele", "Variant")  # fmt: skip
GENE = ("MADEUP1", "TRUE", "TRUE", "*1", "+", "7:1-9000", "7:500-9500")
STARS = (
    ("MADEUP1", "*1", "Normal Function", "N/A", "FALSE"),
    ("MADEUP1", "*2", "No Function", "7-1000-A-G", "FALSE"),
    ("MADEUP1", "*3", "N/A", "7-1000-A-G,7-2000-CA-C", "FALSE"),
)
PLACES = (
    ("MADEUP1", "7-1000-A-G", "rs1", "7", "900", "1000", "A", "A", "G"),
    ("MADEUP1", "7-2000-CA-C", "N/A", "7", "N/A", "2000", "N/A", "CA", "C"),
)


def pypgx(
    folder: Path,
    *,
    genes: Sequence[Sequence[str]] = (GENE,),
    alleles: Sequence[Sequence[str]] = STARS,
    variants: Sequence[Sequence[str]] = PLACES,
) -> Path:
    """Return a folder like pypgx's tables."""
    save_csv(folder / "gene-table.csv", GENES, genes)
    save_csv(folder / "allele-table.csv", ALLELES, alleles)
    save_csv(folder / "variant-table.csv", VARIANTS, variants)
    return folder


COUNTS = ("gene", "allele", "superpopulation", "count", "total")
COUNTED = (
    ("CYP2C19", "*1", "ALL", 7, 10), ("CYP2C19", "*2", "ALL", 2, 10),
    ("CYP2C19", "ambiguous", "ALL", 1, 10), ("NOBODY", "*1", "ALL", 10, 10),
    ("DPYD", "*1", "ALL", 6, 10), ("DPYD", "ambiguous", "ALL", 4, 10),
)  # fmt: skip


def counts(folder: Path, rows: Sequence[Sequence[object]] = COUNTED) -> Path:
    """Return a folder with a file of counts."""
    save_csv(folder / "counts.csv", COUNTS, rows)
    return folder
