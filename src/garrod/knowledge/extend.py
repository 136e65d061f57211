"""How the rows of a pack that extends another join the rows of that other.

base rows + rows of each extension, in the order of the extensions' names -> one table

An extension adds; it never overrules. A row that is already there word for word is kept once; one
that says something else of the same thing is an error that names both packs.
"""

from __future__ import annotations

from collections.abc import Sequence

from garrod.core.errors import KnowledgeError
from garrod.knowledge.pack import Pack, Row

CITATION = "evidence"
RECOMMENDATIONS, GUIDELINES = "recommendations", "guidelines"
GUIDANCE = {
    RECOMMENDATIONS: ("id",),
    GUIDELINES: ("guideline",),
    "genes": ("drug", "gene"),
    "populations": ("population",),
    "phrases": ("code",),
}
# What a row speaks of, by base pack and table; a table that is not here has no such columns: two
# different rows never contradict each other. A pack that is not here at all is not extended: what
# a row of it would overrule (a tier, a dose) cannot be told by its columns.
IDENTITY = {
    ("pgx-definitions", "genes"): ("gene",),
    ("pgx-definitions", "positions"): ("gene", "position_id"),
    ("pgx-definitions", "alleles"): ("gene", "allele"),
    ("pgx-definitions", "priorities"): ("gene", "candidates"),
    ("pgx-regions", "regions"): ("gene",),
    ("pgx-phenotypes", "functions"): ("gene", "allele"),
    ("pgx-phenotypes", "rules"): ("gene", "function_1", "function_2"),
    ("pgx-phenotypes", "bins"): ("gene", "low"),
    ("pgx-phenotypes", "ranks"): ("function",),
    ("pgx-phenotypes", "statuses"): ("gene", "allele"),
    ("pgx-frequencies", "frequencies"): ("gene", "allele", "population"),
    **{
        (pack, table): columns
        for pack in ("pgx-guidance", "pgx-guidance-dpwg", "pgx-guidance-fda")
        for table, columns in GUIDANCE.items()
    },
    ("drugs", "drugs"): ("drug",),
    ("drugs", "classes"): ("class",),
}
EXTENDABLE = frozenset(pack for pack, _ in IDENTITY)
# An allele, as written and as the bases that define it: two names for the same bases cannot be
# told apart by any reading.
SAME_BASES = ("pgx-definitions", "alleles")


def joined_rows(base: Pack, extensions: Sequence[Pack], table: str) -> tuple[Row, ...]:
    """Return a table's rows with those that extensions add.  Raises: KnowledgeError KNO007."""
    rows = list(base.tables[table])
    columns = IDENTITY.get((base.manifest.name, table), ())
    known = {_identity(row, columns): (row, base) for row in rows}
    bases = {_bases(row): (row, base) for row in rows} if _names_alleles(base, table) else None
    for pack in extensions:
        for row in pack.tables.get(table, ()):
            _check_columns(row, rows, (base, pack), table)
            if table == RECOMMENDATIONS:
                _check_speaker(row, base, pack)
            found = known.setdefault(_identity(row, columns), (row, pack))
            if _facts(found[0]) != _facts(row):
                raise _conflict(found, (row, pack), table, columns)
            if bases is not None and found[0] is row:
                twin = bases.setdefault(_bases(row), (row, pack))
                if twin[0] is not row and row["defines"]:
                    raise _conflict(twin, (row, pack), table, ("gene", "defines"))
            if found[0] is row:
                rows.append(row)
    return tuple(rows)


def _names_alleles(base: Pack, table: str) -> bool:
    return (base.manifest.name, table) == SAME_BASES


def _identity(row: Row, columns: Sequence[str]) -> tuple[str, ...]:
    return tuple(row.get(c, "") for c in columns) if columns else tuple(_facts(row).values())


def _bases(row: Row) -> tuple[str, str]:
    return row["gene"], ";".join(sorted(row["defines"].split(";")))


def _facts(row: Row) -> dict[str, str]:
    """Return what a row states: all but who is cited for it."""
    return {name: value for name, value in row.items() if name != CITATION}


def _check_columns(row: Row, rows: Sequence[Row], packs: tuple[Pack, Pack], table: str) -> None:
    base, pack = packs
    missing = sorted(set(rows[0]) - set(row)) if rows else []
    if missing:
        raise KnowledgeError(
            f"{pack.manifest.reference} {table}.csv lacks the columns {', '.join(missing)} of "
            f"{base.manifest.reference}, which it extends; add them",
            code="KNO007",
        )


def _check_speaker(row: Row, base: Pack, pack: Pack) -> None:
    """Raise KnowledgeError KNO007 where a row would be told as said by a guideline of the base."""
    if row["guideline"] not in {g["guideline"] for g in pack.tables.get(GUIDELINES, ())}:
        raise KnowledgeError(
            f"{pack.manifest.reference} recommendations {row['id']!r} is of the guideline "
            f"{row['guideline']!r}, which is not its own but of {base.manifest.reference}: what it "
            "adds, that guideline does not say; name one in its own guidelines.csv",
            code="KNO007",
        )


def _conflict(
    first: tuple[Row, Pack], second: tuple[Row, Pack], table: str, columns: Sequence[str]
) -> KnowledgeError:
    what = " ".join(second[0].get(c, "") for c in columns)
    differ = [c for c in _facts(second[0]) if first[0].get(c) != second[0][c]]
    return KnowledgeError(
        f"{first[1].manifest.reference} and {second[1].manifest.reference} both have "
        f"{table} {what!r}, and differ in {', '.join(differ)}; an extension adds rows and changes "
        "none: give it another name, or leave it out",
        code="KNO007",
    )
