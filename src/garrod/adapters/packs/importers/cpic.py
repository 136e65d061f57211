"""Imports an export of CPIC's database: functions, rules and pairs.

allele, gene_result, gene_result_lookup, gene_result_diplotype -> pgx-phenotypes (update)
pair, drug, guideline, recommendation -> facts for coding, never advice

An export is a folder with a file for each table, as the interface gives it: a JSON list of objects,
or CSV with the same columns. Source of the shape: cpicpgx/cpic-data (schema), CC0-1.0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from garrod.adapters.packs.importers import pharmcat_guidance as guidance
from garrod.adapters.packs.importers import pharmcat_phenotypes as phenotypes
from garrod.adapters.packs.importers.carry import Wish, citation, genes_of, update_of
from garrod.adapters.packs.importers.pharmcat import UNCODED
from garrod.adapters.packs.importers.reading import find_files, read_json, read_table
from garrod.adapters.packs.importers.writing import Draft, Rows
from garrod.core.errors import InputError, KnowledgeError
from garrod.knowledge.shelf import Shelf

PAIRS = "imported-cpic-pairs"
URL, LICENCE = "https://cpicpgx.org", "CC0-1.0"
NEEDED = {
    "allele": ("genesymbol", "name", "clinicalfunctionalstatus", "activityvalue"),
    "gene_result": ("id", "genesymbol", "result"),
    "gene_result_lookup": ("id", "phenotypeid"),
    "gene_result_diplotype": ("functionphenotypeid", "diplotype", "diplotypekey"),
    "pair": ("genesymbol", "drugid", "cpiclevel"),
    "drug": ("drugid", "name"),
    "recommendation": ("id", "drugid", "lookupkey", "classification", "population"),
}
Export = Mapping[str, list[dict[str, Any]]]
REMOVED = ("true", "t", "1")  # as JSON and as CSV write it
NOT_STATED = (None, "", "n/a", "N/A")


def cpic_drafts(source: Path, wish: Wish) -> tuple[list[Draft], dict[str, Rows]]:
    """Return the packs that an export gives, and the reports to be written beside them.

    Raises: InputError INP050, INP051, KnowledgeError KNO009, naming file and row.
    """
    if not wish.version:
        raise InputError("an export bears no version; name one with --version", code="INP050")
    export = read_export(source)
    drafts, reports = [], {}
    if export["allele"]:
        drafts.append(_phenotypes(export, wish))
    if export["pair"]:
        drafts.append(_pairs(export, wish))
    if export["recommendation"]:
        rows = list(fact_rows(export, wish.base))
        drafts.append(_facts(rows, wish))
        reports[UNCODED] = guidance.uncoded_rows(rows)
    return drafts, reports


def read_export(source: Path) -> Export:
    """Return the rows of each table of an export, each with its place for messages.

    Raises: InputError INP051.
    """
    found = {name: list(_table(source, name, columns)) for name, columns in NEEDED.items()}
    if not found["allele"] and not found["pair"] and not found["recommendation"]:
        raise InputError(
            f"{source}: holds no allele, pair or recommendation table (allele.json or allele.csv "
            "…); export them from CPIC's database",
            code="INP051",
        )
    for name, others in (
        ("allele", ("gene_result", "gene_result_lookup", "gene_result_diplotype")),
        ("recommendation", ("drug",)),
        ("pair", ("drug",)),
    ):
        missing = [other for other in others if found[name] and not found[other]]
        if missing:
            raise InputError(
                f"{source}: has the table {name} without {', '.join(missing)}; export them too",
                code="INP051",
            )
    return found


def _table(source: Path, name: str, needed: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    found = [*find_files(source, f"{name}.json"), *find_files(source, f"{name}.csv")]
    if len(found) > 1:
        raise InputError(f"{found[0]} and {found[1]}: one table, twice; leave one", code="INP051")
    for path in found:
        is_json = ".json" in path.suffixes
        rows = read_json(path) if is_json else read_table(path, needed)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise InputError(f"{path}: is not a list of rows; export it again", code="INP051")
        for number, row in enumerate(rows, 1):
            where = f"{path}: row {number}"
            missing = [column for column in needed if column not in row]
            if missing:
                raise InputError(f"{where} lacks {', '.join(missing)}", code="INP051")
            yield {**row, "where": where}


def _value(row: Mapping[str, Any], column: str) -> Any:
    """Return a JSON cell, which CSV holds as text.  Raises: KnowledgeError KNO009."""
    value = row.get(column)
    if not isinstance(value, str):
        return value or {}
    try:
        return orjson.loads(value) if value else {}
    except orjson.JSONDecodeError as error:
        raise KnowledgeError(
            f"{row['where']}: {column} is not JSON ({error})", code="KNO009"
        ) from (error)


def gene_tables(export: Export) -> Iterator[dict[str, Any]]:
    """Yield a phenotype table for each gene of an export, as PharmCAT's files have them.

    Raises: KnowledgeError KNO009.
    """
    genes: dict[str, dict[str, Any]] = {}
    for row in export["allele"]:
        gene, name = row["genesymbol"], row["name"]
        table = genes.setdefault(gene, _empty(gene, row["where"]))
        if name in table["haplotypes"]:
            raise KnowledgeError(f"{row['where']}: {gene} {name} is there twice", code="KNO009")
        table["haplotypes"][name] = row["clinicalfunctionalstatus"] or "Unknown function"
        value = row["activityvalue"]
        table["activityValues"][name] = "n/a" if value in NOT_STATED else str(value)
    results = {str(row["id"]): row for row in export["gene_result"]}
    lookups = {str(row["id"]): row for row in export["gene_result_lookup"]}
    for row in export["gene_result_diplotype"]:
        lookup = _found(lookups, row, "functionphenotypeid", "gene_result_lookup")
        result = _found(results, lookup, "phenotypeid", "gene_result")
        if result["genesymbol"] not in genes:
            raise KnowledgeError(
                f"{row['where']}: {result['genesymbol']} has no row in the table allele",
                code="KNO009",
            )
        genes[result["genesymbol"]]["diplotypes"].append(_diplotype(row, lookup, result))
    yield from genes.values()


def _empty(gene: str, where: str) -> dict[str, Any]:
    return {
        "gene": gene, "haplotypes": {}, "activityValues": {}, "diplotypes": [],
        "evidence": f"table-{gene.lower()}", "path": where.rpartition(": row")[0],
    }  # fmt: skip


def _found(
    rows: Mapping[str, dict[str, Any]], row: Mapping[str, Any], column: str, table: str
) -> dict[str, Any]:
    found = rows.get(str(row[column]))
    if found is None:
        raise KnowledgeError(
            f"{row['where']}: {column} {row[column]} has no row in {table}", code="KNO009"
        )
    return found


def _diplotype(
    row: Mapping[str, Any], lookup: Mapping[str, Any], result: Mapping[str, Any]
) -> dict[str, Any]:
    key = _value(row, "diplotypekey")
    gene = result["genesymbol"]
    return {
        "diplotype": row["diplotype"],
        "diplotypekey": key.get(gene, key),  # {"*1": 2}, or {"CYP2C19": {"*1": 2}}
        "phenotype": result["result"],
        "activityScore": lookup.get("totalactivityscore"),
    }


def _phenotypes(export: Export, wish: Wish) -> Draft:
    tables: dict[str, Rows] = {name: [] for name in phenotypes.COLUMNS}
    evidence: Rows = []
    for table in gene_tables(export):
        tables["functions"] += list(phenotypes.function_rows(table))
        if phenotypes.is_scored(table):
            tables["bins"] += phenotypes.bin_rows(table)
        else:
            tables["rules"] += list(phenotypes.pair_rows(table))
        evidence.append(_cited(table["evidence"], f"alleles and results of {table['gene']}", wish))
    draft = update_of(
        wish.base.pack(phenotypes.NAME),
        tables,
        evidence,
        version=wish.version,
        retrieved=wish.retrieved,
        licence="CC0-1.0 AND MIT",
    )
    defined = {row["gene"] for row in wish.base.rows("pgx-definitions", "genes")}
    unknown = sorted(genes_of(tables) - defined)
    said = f"{phenotypes.NAME}: no definition is in force of: {', '.join(unknown)}"
    return replace(draft, notes=(*draft.notes, said)) if unknown else draft


def _pairs(export: Export, wish: Wish) -> Draft:
    drugs = _drugs(export)
    rows = [
        {
            "gene": row["genesymbol"], "drug": _found(drugs, row, "drugid", "drug")["name"],
            "level": row["cpiclevel"] or "", "evidence": "pairs",
        }
        for row in export["pair"]
        if str(row.get("removed")).lower() not in REMOVED
    ]  # fmt: skip
    manifest = {
        "title": "Gene-drug pairs of CPIC and their levels; never read as advice",
        **_plain(wish, sorted({row["gene"] for row in rows})),
    }
    evidence = [_cited("pairs", "table pair", wish)]
    return Draft(PAIRS, wish.version, manifest, {"pairs": rows}, evidence)


def _drugs(export: Export) -> dict[str, dict[str, Any]]:
    return {str(row["drugid"]): row for row in export["drug"]}


def fact_rows(export: Export, shelf: Shelf) -> Iterator[dict[str, str]]:
    """Yield a row for each recommendation; `action` is empty where nobody has coded it.

    Raises: KnowledgeError KNO009.
    """
    coded = guidance.coded_by(shelf, "CPIC")
    drugs = _drugs(export)
    for row in export["recommendation"]:
        yield guidance.fact_row(
            {
                "source": "CPIC", "guideline": str(row.get("guidelineid") or ""),
                "record": str(row["id"]), "drug": _found(drugs, row, "drugid", "drug")["name"],
                "strength": row["classification"] or "n/a", "pmids": "",
            },
            guidance.population_code(row["population"] or "", row["where"]),
            _value(row, "lookupkey"),
            coded,
        )  # fmt: skip


def _facts(rows: Rows, wish: Wish) -> Draft:
    open_rows = sum(not row["action"] for row in rows)
    manifest = {
        "title": "Facts of CPIC recommendations, for coding; never read as advice",
        **_plain(wish, sorted({row["drug"] for row in rows})),
        "does_not_cover": [f"acts of {open_rows} rows that nobody has coded yet"],
    }
    notes = (f"{guidance.NAME}: {open_rows} of {len(rows)} rows need coding by a clinician",)
    evidence = [_cited("annotations", "table recommendation", wish)]
    return Draft(guidance.NAME, wish.version, manifest, {"facts": rows}, evidence, notes)


def _plain(wish: Wish, covers: list[str]) -> dict[str, Any]:
    return {
        "licence": LICENCE, "retrieved": wish.retrieved, "reviewer": "", "review_date": "",
        "genome_builds": [], "covers": covers, "does_not_cover": [],
    }  # fmt: skip


def _cited(key: str, locus: str, wish: Wish) -> dict[str, str]:
    return citation(
        key,
        wish.retrieved,
        source="CPIC database",
        version=wish.version,
        locus=locus,
        url=URL,
        licence=LICENCE,
    )
