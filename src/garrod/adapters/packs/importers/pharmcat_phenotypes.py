"""Restates PharmCAT's phenotype tables as the tables of pgx-phenotypes.

<GENE>.json: alleles, activity values, every diplotype -> functions, rules by function, score bins

The source tables list every pair of alleles. Here only the rule behind them is kept: a phenotype
for each pair of functions, or a range of activity scores; a table with a pair that its rule does
not give is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from garrod.adapters.packs.importers.reading import find_files, read_json
from garrod.adapters.packs.importers.writing import Rows
from garrod.core.errors import KnowledgeError

NAME = "pgx-phenotypes"
RENAMED = {"Telti/Kobe": "Telti, Kobe"}  # the newer definitions' spelling
SCORED = ("CYP2C9", "CYP2D6", "DPYD")
NEEDED = ("gene", "haplotypes", "diplotypes")
COLUMNS = {
    "functions": ("gene", "allele", "function", "activity_value", "evidence"),
    "rules": ("gene", "function_1", "function_2", "phenotype", "evidence"),
    "bins": ("gene", "low", "high", "phenotype", "evidence"),
}
Table = Mapping[str, Any]


def phenotype_tables(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield each phenotype table below a folder, with the id of its citation and its path.

    A file holds one table, or a list of them; other JSON files are passed over.
    Raises: InputError INP051, KnowledgeError KNO009.
    """
    known: dict[str, Path] = {}
    for path in find_files(folder, "*.json"):
        content = read_json(path)
        for table in content if isinstance(content, list) else [content]:
            if not isinstance(table, dict) or any(key not in table for key in NEEDED):
                continue
            gene = table["gene"]
            if gene in known:
                raise KnowledgeError(
                    f"{path}: is of {gene}, as {known[gene]} is; leave one of them", code="KNO009"
                )
            known[gene] = path
            yield {**table, "evidence": f"table-{gene.lower()}", "path": str(path)}


def is_scored(table: Table) -> bool:
    """Return whether a gene's phenotypes go by the sum of activity values."""
    return table["gene"] in SCORED


def function_rows(table: Table) -> Iterator[dict[str, str]]:
    """Yield allele, function and activity value."""
    values = table.get("activityValues") or {}
    scored = is_scored(table)
    for allele, function in table["haplotypes"].items():
        yield {
            "gene": table["gene"], "allele": RENAMED.get(allele, allele),
            "function": "" if scored else function,
            "activity_value": values.get(allele, "") if scored else "",
            "evidence": table["evidence"],
        }  # fmt: skip


def pair_rows(table: Table) -> Iterator[dict[str, str]]:
    """Yield a phenotype for each pair (or single) of functions.

    Raises: KnowledgeError KNO009 when two pairs of the same functions have different phenotypes,
    or a diplotype names an allele that the table does not list.
    """
    found: dict[tuple[str, ...], tuple[str, str]] = {}
    for number, row in enumerate(table["diplotypes"], 1):
        where = f"{table.get('path', table['gene'])}: diplotypes {number} ({row['diplotype']})"
        key = tuple(sorted(_functions(table, row, where)))
        phenotype = row.get("phenotype") or row["generesult"]
        first = found.setdefault(key, (phenotype, row["diplotype"]))
        if first[0] != phenotype:
            raise KnowledgeError(
                f"{where}: {' and '.join(key)} give {phenotype!r}, and {first[0]!r} for "
                f"{first[1]}; one is wrong",
                code="KNO009",
            )
    for key, (phenotype, _) in sorted(found.items()):
        yield pair(table["gene"], key, phenotype, table["evidence"])


def _functions(table: Table, row: Mapping[str, Any], where: str) -> Iterator[str]:
    for allele, count in row["diplotypekey"].items():
        function = table["haplotypes"].get(allele)
        if function is None:
            raise KnowledgeError(
                f"{where}: {allele} is not among the table's alleles; download it again",
                code="KNO009",
            )
        yield from (function for _ in range(int(count)))


def pair(gene: str, functions: tuple[str, ...], phenotype: str, evidence: str) -> dict[str, str]:
    """Return a row of rules.csv; function_2 is empty for a single copy."""
    first, second = (*functions, "")[:2]
    return {"gene": gene, "function_1": first, "function_2": second,
            "phenotype": phenotype, "evidence": evidence}  # fmt: skip


def bin_rows(table: Table) -> Rows:
    """Return the ranges of scores that a table's diplotypes give, the highest one open.

    Raises: KnowledgeError KNO009 when a score has two phenotypes, or ranges lie in each other.
    """
    found: dict[Decimal, str] = {}
    where = table.get("path", table["gene"])
    for number, row in enumerate(table["diplotypes"], 1):
        score = _score(row.get("activityScore"))
        if score is None:
            continue
        phenotype = row.get("phenotype") or row["generesult"]
        if found.setdefault(score, phenotype) != phenotype:
            raise KnowledgeError(
                f"{where}: diplotypes {number} ({row['diplotype']}): score {score} gives "
                f"{phenotype!r}, and {found[score]!r} before; one is wrong",
                code="KNO009",
            )
    rows: Rows = []
    for score in sorted(found):
        if rows and rows[-1]["phenotype"] == found[score]:
            rows[-1]["high"] = str(score)
            continue
        rows.append({
            "gene": table["gene"], "low": str(score), "high": str(score),
            "phenotype": found[score], "evidence": table["evidence"],
        })  # fmt: skip
    names = [row["phenotype"] for row in rows]
    if len(set(names)) != len(names):
        raise KnowledgeError(
            f"{where}: scores of one phenotype lie among those of another ({', '.join(names)})",
            code="KNO009",
        )
    if rows:
        rows[-1]["high"] = ""
    return rows


def _score(text: Any) -> Decimal | None:
    """Return a score; None for one that is not a number ("n/a") or only a bound ("≥3.0")."""
    try:
        value = Decimal(str(text))
    except InvalidOperation:
        return None
    return value.normalize() + 0 if value.is_finite() else None


def tables_of(folder: Path) -> tuple[dict[str, Rows], dict[str, str]]:
    """Return functions, rules and bins of every table, and the version of each gene's table.

    Raises: InputError INP051, KnowledgeError KNO009.
    """
    tables: dict[str, Rows] = {name: [] for name in COLUMNS}
    versions: dict[str, str] = {}
    for table in phenotype_tables(folder):
        tables["functions"] += list(function_rows(table))
        if is_scored(table):
            tables["bins"] += bin_rows(table)
        else:
            tables["rules"] += list(pair_rows(table))
        versions[table["gene"]] = str(table.get("version") or "")
    return tables, versions
