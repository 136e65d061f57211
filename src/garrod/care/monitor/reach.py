"""How far a change of the knowledge can reach: which medicines a person must have to be affected.

two states of the knowledge -> rows that differ -> Reach (ingredients, pairs, or everybody)
A table that nothing here knows reaches everybody: more people are looked at than need be, and
none is ever left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass

from garrod.care.decide.advisers import COVERS
from garrod.care.decide.coverage import covered_by
from garrod.care.decide.knowledge import Knowledge
from garrod.care.monitor.named import (
    NOBODY,
    Named,
    genetic_drugs,
    members_of,
    named_by,
    of_gene,
    of_rules,
    worded_by,
)
from garrod.knowledge.pack import Pack, Row
from garrod.knowledge.shelf import Shelf

# Tables that no review of medicines reads: their words are not coded content, or orders alone.
SILENT = frozenset(
    (
        *((p, "left_out") for p in ("drugs", "cyp-modulators", "burdens")),
        *(("prescribing", t) for t in ("alert_budget", "follow_ups", "tolerated")),
        *(("medication-review", t) for t in ("review_topics", "review_indications")),
        *(("medication-review", t) for t in ("taper_plans", "taper_steps")),
        *(("treatment-options", t) for t in ("doses", "treatments", "weights")),
    )
)
RULES = frozenset(("safety_rules", "interactions", "pairs"))
TERMS = frozenset(("term_conditions", "term_measures", "term_units"))
# Columns of ingredients, where such a row speaks of nobody else.
COLUMNS = {
    "recommendations": ("drugs",),
    "half_lives": ("drug",),
    "modulators": ("drug",),
    "fractions": ("drug",),
    "anticholinergic": ("drug",),
    "contraindications": ("drug",),
    "hard_stops": ("drugs",),
    "tests": ("drugs",),
    "uses": ("drugs",),
    "drug_set_members": ("drug",),
}
GENES = frozenset(("pgx-definitions", "pgx-phenotypes", "pgx-frequencies"))
GENETIC = ("pgx-guidance", "pgx-doses", "policy-", "cyp-modulators", "clearance-fractions")


@dataclass(frozen=True, slots=True)
class State:
    """One state of the knowledge: the shelf and what the advisers make of it."""

    shelf: Shelf
    knowledge: Knowledge


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a change can touch: takers (now or once) of an ingredient or of both of a pair.

    `allergic`: everybody with an allergy; `renamed`: whoever has a medicine, and `retermed` whoever
    has a condition or result, that is understood otherwise; `everybody`: nobody can be left out.
    `rules` differ, which speak `by_rules`: whom they touch can be told by asking these rules alone.
    """

    drugs: frozenset[str] = frozenset()
    pairs: frozenset[frozenset[str]] = frozenset()
    allergic: bool = False
    renamed: bool = False
    retermed: bool = False
    everybody: bool = False
    rules: frozenset[tuple[str, str]] = frozenset()  # pack and rule
    by_rules: Named = NOBODY

    @property
    def is_empty(self) -> bool:
        """Return whether nobody can be touched."""
        return self == Reach()

    def joined(self, other: Reach) -> Reach:
        """Return what either reaches."""
        return Reach(
            self.drugs | other.drugs,
            self.pairs | other.pairs,
            self.allergic or other.allergic,
            self.renamed or other.renamed,
            self.retermed or other.retermed,
            self.everybody or other.everybody,
            self.rules | other.rules,
            self.by_rules.joined(other.by_rules),
        )


EVERYBODY = Reach(everybody=True)


def reach_between(before: State, after: State) -> Reach:
    """Return whom the differences between two states of the knowledge can touch."""
    found = _of_coverage(before.knowledge, after.knowledge)
    for family, table, rows in _differences(before.shelf, after.shelf):
        found = found.joined(_of_table(before, after, (family, table), rows))
        if found.everybody:
            return EVERYBODY
    if _policy(before) != _policy(after):
        found = found.joined(_genetic(before, after))
    return found


def _policy(state: State) -> str:
    return state.knowledge.policy.reference.partition("@")[0]


def _differences(before: Shelf, after: Shelf) -> Iterator[tuple[str, str, list[Row]]]:
    """Yield the rows that stand on one side alone, by the pack that they are (or extend)."""
    for name in sorted({*before.names(), *after.names()}):
        old, new = (s.pack(name) if name in s.names() else None for s in (before, after))
        if old is new:
            continue
        family = next(p.manifest.extends or p.manifest.name for p in (new, old) if p is not None)
        tables = {t: None for p in (old, new) if p is not None for t in sorted(p.tables)}
        for table in tables:
            rows = _apart(_rows(old, table), _rows(new, table))
            if rows:
                yield family, table, rows


def _rows(pack: Pack | None, table: str) -> tuple[Row, ...]:
    return pack.tables.get(table, ()) if pack is not None else ()


def _apart(before: Iterable[Row], after: Iterable[Row]) -> list[Row]:
    """Return the rows of one side that the other has not; a citation alone makes no difference.

    All rows where those of both sides stand in another order: the first that holds may differ.
    """
    old, new = list(before), list(after)
    if [_plain(r) for r in old] == [_plain(r) for r in new]:
        return []
    if not _same_order([_name(r) for r in old], [_name(r) for r in new]):
        return [*old, *new]
    counts = Counter(_plain(r) for r in old), Counter(_plain(r) for r in new)
    left = (counts[0] - counts[1]) + (counts[1] - counts[0])
    return [row for row in (*old, *new) if left[_plain(row)]]


def _same_order(old: list[Hashable], new: list[Hashable]) -> bool:
    common = {*old} & {*new}
    return [name for name in old if name in common] == [name for name in new if name in common]


def _name(row: Row) -> Hashable:
    """Return what stays the same of a row that is changed: a rule's name, else all of it."""
    if "rule" in row:
        return (row["rule"], row.get("a", ""), row.get("b", ""))
    return _plain(row)


def _plain(row: Row) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((k, v) for k, v in row.items() if k != "evidence"))


def _of_table(before: State, after: State, at: tuple[str, str], rows: list[Row]) -> Reach:
    family, table = at
    both = (before.knowledge, after.knowledge)
    if at in SILENT:
        return Reach()
    if family == "drugs":
        return Reach(named_by(rows, ("drug", "drugs"), both), allergic=True, renamed=True)
    if family == "allergy-classes":
        return Reach(allergic=True)
    if table in RULES:
        return _of_rules(both, family, rows)
    if table == "phrases" and _has_rules(family, before, after):
        return _of_phrases(both, family, rows)
    if table in TERMS:
        return Reach(retermed=True)
    if table in ("drug_sets", "drug_set_members"):
        return _of_sets(before, after, rows)
    if family in GENES and table != "genes":
        return _of_genes(both, rows)
    return _of_others(before, after, at, rows)


def _of_others(before: State, after: State, at: tuple[str, str], rows: list[Row]) -> Reach:
    family, table = at
    both = (before.knowledge, after.knowledge)
    if table in COLUMNS:
        found = named_by(rows, COLUMNS[table], both)
        return (
            Reach(found) if all(any(r.get(c) for c in COLUMNS[table]) for r in rows) else EVERYBODY
        )
    if family == "burdens":
        return Reach(frozenset(d for k in both for b in k.burdens.rows for d in b.points))
    if (family, table) == ("duplicate-rules", "classes"):
        return Reach(frozenset(d for r in rows for d in members_of(r["members"], both)))
    if family.startswith(GENETIC):
        return _genetic(before, after)
    return EVERYBODY


def _genetic(before: State, after: State) -> Reach:
    return Reach(genetic_drugs((before.knowledge, after.knowledge)))


def _of_rules(both: tuple[Knowledge, Knowledge], family: str, rows: list[Row]) -> Reach:
    return _ruled(both, family, {row["rule"] for row in rows})


def _of_phrases(both: tuple[Knowledge, Knowledge], family: str, rows: list[Row]) -> Reach:
    """Return the reach of the rules whose monitoring or effect is worded otherwise.

    Monitoring is coded content, and what has the same effect is said once.
    """
    rules = worded_by(both, family, {row["code"] for row in rows})
    return _ruled(both, family, rules)


def _ruled(both: tuple[Knowledge, Knowledge], family: str, rules: Iterable[str]) -> Reach:
    ids = frozenset((family, rule) for rule in rules)
    return Reach(rules=ids, by_rules=of_rules(both, ids)) if ids else Reach()


def _has_rules(family: str, *states: State) -> bool:
    return any(
        family in s.shelf.names() and "safety_rules" in s.shelf.pack(family).tables for s in states
    )


def _of_sets(before: State, after: State, rows: list[Row]) -> Reach:
    both = (before.knowledge, after.knowledge)
    sets = {row["set"] for row in rows}
    drugs = {row["drug"] for row in rows if "drug" in row}
    for row in rows:
        if "drug" not in row:
            drugs |= members_of(f"@{row['set']}", both)
    used = {
        word.strip("@")
        for state in (before, after)
        if "allergy-classes" in state.shelf.names()
        for row in state.shelf.rows("allergy-classes", "allergens")
        for word in row["members"].split("|")
    }
    return Reach(frozenset(drugs), allergic=not sets.isdisjoint(used))


def _of_genes(both: tuple[Knowledge, Knowledge], rows: list[Row]) -> Reach:
    if any("gene" not in row for row in rows):
        return EVERYBODY
    return _reach(of_gene(both, {row["gene"] for row in rows}))


def _reach(found: Named) -> Reach:
    return EVERYBODY if found.everybody else Reach(found.drugs, found.pairs)


def _of_coverage(before: Knowledge, after: Knowledge) -> Reach:
    """Return whose medicines an adviser speaks of on one side alone."""
    old, new = covered_by(before, COVERS), covered_by(after, COVERS)
    if old.keys() != new.keys():
        return EVERYBODY
    return Reach(frozenset(d for name in old for d in old[name] ^ new[name]))
