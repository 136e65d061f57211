"""Which rules about medicines that are hard stops a change of packs would lower.

shelf before, shelf after -> rules of tier T1 that are gone, quieter or asked otherwise, pairs and
members of sets that they reach no longer -> one line each. It would rather name one too many.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from garrod.knowledge.pack import Row, values_in
from garrod.knowledge.shelf import Shelf

HARDEST, RULES, PAIRS, MEMBERS = "T1", "safety_rules", "pairs", "drug_set_members"
SET = "@"
# What a rule asks and does; whether another word is wider or narrower is not judged here.
ASKED = ("with", "when", "scope", "group", "rank", "ask", "action")
TOLD = {"when": "holds at other times", "action": "asks for another act"}


def softer_rules(before: Shelf, after: Shelf) -> Iterator[str]:
    """Yield what becomes softer of the rules about medicines that are hard stops."""
    members: set[str] = set()
    for name in _having(before, RULES):
        hard = {row["rule"]: row for row in _rows(before, name, RULES) if _is_hard(row)}
        now = {row["rule"]: row for row in _rows(after, name, RULES)}
        for rule, row in hard.items():
            members.update(v for c in ("subject", "with") for v in values_in(row.get(c, "")))
            yield from _softer(name, row, now.get(rule))
        yield from _pairs_lost(name, hard, before, after)
    yield from _members_lost({m[1:] for m in members if m.startswith(SET)}, before, after)


def _having(shelf: Shelf, table: str) -> tuple[str, ...]:
    """Return the packs with a table; what extends another is read with that."""
    packs = (shelf.pack(name) for name in shelf.names())
    return tuple(p.manifest.name for p in packs if table in p.tables and not p.manifest.extends)


def _rows(shelf: Shelf, name: str, table: str) -> tuple[Row, ...]:
    is_there = name in shelf.names() and table in shelf.pack(name).tables
    return shelf.rows(name, table) if is_there else ()


def _is_hard(row: Row) -> bool:
    return row.get("tier") == HARDEST


def _softer(name: str, row: Row, now: Row | None) -> Iterator[str]:
    what = f"{name}: the rule {row['rule']} was T1"
    if now is None:
        yield f"{what}, and is gone"
        return
    if not _is_hard(now):
        yield f"{what}, is tier {now.get('tier', '')}"
        return
    if lost := sorted(set(values_in(row["subject"])) - set(values_in(now["subject"]))):
        yield f"{what}, and is no longer about {', '.join(lost)}"
    for column in ASKED:
        if now.get(column, "") != row.get(column, ""):
            yield f"{what}, and {TOLD.get(column, f'has another {column!r}')}"


def _pairs_lost(name: str, hard: Mapping[str, Row], before: Shelf, after: Shelf) -> Iterator[str]:
    now = {(frozenset((r["a"], r["b"])), r["rule"]) for r in _rows(after, name, PAIRS)}
    for row in _rows(before, name, PAIRS):
        pair = frozenset((row["a"], row["b"]))
        if row["rule"] in hard and (pair, row["rule"]) not in now:
            yield f"{name}: {row['a']} with {row['b']} ({row['rule']}) was T1, and is gone"


def _members_lost(sets: set[str], before: Shelf, after: Shelf) -> Iterator[str]:
    """Yield the medicines that are no longer in a set that a hard stop is about."""
    now = {(r["set"], r["drug"]) for n in _having(after, MEMBERS) for r in _rows(after, n, MEMBERS)}
    for name in _having(before, MEMBERS):
        for row in _rows(before, name, MEMBERS):
            if row["set"] in sets and (row["set"], row["drug"]) not in now:
                yield f"{name}: {row['drug']} is no longer in {row['set']}, as a T1 rule has it"
