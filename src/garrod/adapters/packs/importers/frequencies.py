"""Restates counts of star alleles by population as the tables of pgx-frequencies.

a CSV of gene, allele, superpopulation, count, total -> count of each allele, total of resolved ones
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from garrod.adapters.packs.importers.carry import Wish, citation, update_of
from garrod.adapters.packs.importers.reading import find_files, read_table
from garrod.adapters.packs.importers.writing import Draft, Rows
from garrod.core.errors import InputError, KnowledgeError

NAME = "pgx-frequencies"
NEEDED = ("gene", "allele", "superpopulation", "count", "total")
KEY = "1kgp"
LICENCE = "LicenseRef-as-the-counts"  # the site knows under which terms it has them
UNRESOLVED = {"ambiguous", "no_call"}
EVERYBODY, POOLED = "ALL", "pooled"
UNRELATED = "unrelated"  # counts of relatives are not independent: this file is preferred
# Not clinical: a gene with more of its chromosomes unresolved has counts that are lower bounds
# (DPYD: haplotypes of two variants were not told apart), and is left out.
MOST_UNRESOLVED = 0.12
Counts = Mapping[tuple[str, str], Mapping[str, int]]


def counts_file(folder: Path) -> Path:
    """Return the file of counts below a folder, that of unrelated people where there are two.

    Raises: InputError INP051.
    """
    found = [p for p in find_files(folder, "*.csv") if _has_counts(p)]
    preferred = [p for p in found if UNRELATED in p.name] or found
    if len(preferred) != 1:
        names = ", ".join(p.name for p in preferred) or "none"
        raise InputError(
            f"{folder}: one CSV with the columns {', '.join(NEEDED)} is expected, there are: "
            f"{names}; leave one",
            code="INP051",
        )
    return preferred[0]


def _has_counts(path: Path) -> bool:
    try:
        read_table(path, NEEDED)
    except InputError as error:
        if "lacks the columns" in error.message:
            return False
        raise
    return True


def read_counts(path: Path) -> tuple[dict[tuple[str, str], dict[str, int]], dict[str, float]]:
    """Return counts by gene and population, and the unresolved share of each gene.

    Raises: KnowledgeError KNO009, naming file and line.
    """
    every: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    totals: dict[tuple[str, str], tuple[int, int]] = {}
    for line, row in enumerate(read_table(path, NEEDED), 2):
        where = f"{path}: line {line}"
        if not (row["count"].isdecimal() and row["total"].isdecimal()):
            raise _wrong(where, "count and total must be whole numbers")
        key = row["gene"], row["superpopulation"]
        if row["allele"] in every[key]:
            raise _wrong(where, f"{row['gene']} {row['allele']} {key[1]} is there twice")
        total, first = totals.setdefault(key, (int(row["total"]), line))
        if total != int(row["total"]):
            raise _wrong(where, f"total is {row['total']}, and {total} on line {first}")
        every[key][row["allele"]] = int(row["count"])
    for key, alleles in every.items():
        if sum(alleles.values()) != totals[key][0]:
            where = f"{path}: line {totals[key][1]}"
            raise _wrong(where, f"counts of {' '.join(key)} add up to {sum(alleles.values())}")
    return dict(every), _unresolved(every)


def _unresolved(counts: Counts) -> dict[str, float]:
    parts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for (gene, _), alleles in counts.items():
        parts[gene][0] += sum(n for a, n in alleles.items() if a in UNRESOLVED)
        parts[gene][1] += sum(alleles.values())
    return {gene: some / whole if whole else 1.0 for gene, (some, whole) in parts.items()}


def frequency_rows(counts: Counts, genes: Collection[str]) -> Rows:
    """Return the rows of frequencies.csv for some genes; totals are of resolved chromosomes."""
    found = []
    renamed = {(g, p.replace(EVERYBODY, POOLED)): a for (g, p), a in counts.items() if g in genes}
    for (gene, population), alleles in sorted(renamed.items()):
        resolved = {a: n for a, n in alleles.items() if a not in UNRESOLVED}
        for allele, count in sorted(resolved.items()):
            found.append({
                "gene": gene, "allele": allele, "population": population, "count": str(count),
                "total": str(sum(resolved.values())), "evidence": KEY,
            })  # fmt: skip
    return found


def _wrong(where: str, what: str) -> KnowledgeError:
    return KnowledgeError(f"{where}: {what}; correct the file", code="KNO009")


def frequencies_draft(source: Path, wish: Wish) -> Draft:
    """Return the pack that counts give, for the genes that are defined and well enough resolved.

    Raises: InputError INP050, INP051, KnowledgeError KNO009.
    """
    if not wish.version:
        raise InputError("counts bear no version; name one with --version", code="INP050")
    path = counts_file(source)
    counts, unresolved = read_counts(path)
    defined = {row["gene"] for row in wish.base.rows("pgx-definitions", "genes")}
    genes = {g for g, share in unresolved.items() if g in defined and share <= MOST_UNRESOLVED}
    left = [
        f"{gene} ({'not defined' if gene not in defined else f'{share:.0%} unresolved'})"
        for gene, share in sorted(unresolved.items())
        if gene not in genes
    ]
    if not genes:
        raise KnowledgeError(f"{path}: none of its genes can be used: {'; '.join(left)}",
                             code="KNO009")  # fmt: skip
    evidence = [citation(KEY, wish.retrieved, source=f"counts of the site ({path.name})",
                         version=wish.version, locus="resolved haplotypes per population",
                         licence=LICENCE)]  # fmt: skip
    draft = update_of(
        wish.base.pack(NAME),
        {"frequencies": frequency_rows(counts, genes)},
        evidence,
        version=wish.version,
        retrieved=wish.retrieved,
        licence=f"{LICENCE} AND MIT",
    )
    return replace(draft, notes=(*draft.notes, *(f"{NAME}: left out: {name}" for name in left)))
