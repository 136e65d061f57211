"""What is different between the findings as they were stored and as they are now, and why.

stored findings + findings of today -> per gene: which fields changed -> JSON or TSV
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

FIELDS = ("status", "diplotypes", "phenotype", "activity_score")
HEADER = (
    *("sample", "gene", "changed", "status_was", "status_now", "diplotypes_was"),
    *("diplotypes_now", "phenotype_was", "phenotype_now", "score_was", "score_now"),
    *("why", "not_kept"),
)
NOT_DEFINED = "not defined"  # the gene was (or is) in no pack
OUTSIDE = "outside the kept regions: not covered; read the variant file again"
Told = Mapping[str, Any]  # a finding as JSON writes it


@dataclass(frozen=True, slots=True)
class Change:
    """One gene of one person, then and now; `changed` is empty where only `not_kept` speaks."""

    sample: str
    gene: str
    changed: tuple[str, ...]
    was: Told | None
    now: Told | None
    why: tuple[str, ...]
    not_kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """One person: what changed, and how many genes did not."""

    sample: str
    source: str
    changes: tuple[Change, ...]
    unchanged: int


def reasons_for(
    was: Sequence[str],
    now: Sequence[str],
    *,
    software: tuple[str, str],
    silent: Collection[str] = (),
) -> tuple[str, ...]:
    """Return what differs between two lists of packs; the software, where the packs do not.

    Packs that are `silent` on the gene in question are passed over.
    """
    before, after = (dict(p.split("@", 1) for p in packs) for packs in (was, now))
    found = [
        f"{name} {before.get(name, 'none')} -> {after.get(name, 'none')}"
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name) and name not in silent
    ]
    if not found and software[0] != software[1]:
        return (f"{software[0]} -> {software[1]}",)
    return tuple(found) or ("the packs have the same versions and other contents",)


def compare(
    sample: str,
    was: Sequence[Told],
    now: Sequence[Told],
    *,
    why: Callable[[str], tuple[str, ...]],
    not_kept: Mapping[str, tuple[str, ...]],
) -> tuple[Change, ...]:
    """Return the genes that changed, or that new positions beyond what was kept leave open.

    `why` gives for a gene what is different now.
    """
    before, after = ({f["gene"]: f for f in told} for told in (was, now))
    changes = []
    for gene in dict.fromkeys((*before, *after)):
        old, new = before.get(gene), after.get(gene)
        changed = changed_fields(old, new)
        missing = not_kept.get(gene, ())
        if changed or missing:
            reasons = why(gene) if changed else ()
            changes.append(Change(sample, gene, changed, old, new, reasons, missing))
    return tuple(changes)


def changed_fields(was: Told | None, now: Told | None) -> tuple[str, ...]:
    """Return the names of the fields in which two findings of a gene differ."""
    if was is None or now is None:
        return ("gene",)
    found = [f for f in FIELDS if _field(was, f) != _field(now, f)]
    if not found and was != now:
        found = ["reasons" if was["reasons"] != now["reasons"] else "probabilities"]
    return tuple(found)


def _field(finding: Told, name: str) -> object:
    return names_of(finding) if name == "diplotypes" else finding[name]


def names_of(finding: Told) -> str:
    """Return the names of a finding's diplotypes, the most probable first."""
    return ";".join(d["name"] for d in finding["diplotypes"])


def changes_json(people: Iterable[Compared]) -> Iterator[bytes]:
    """Yield one JSON document: each person, with the genes that changed."""
    yield b'{"people":['
    for number, person in enumerate(people):
        told = {
            "sample": person.sample,
            "source": person.source,
            "unchanged": person.unchanged,
            "changes": [
                {
                    "gene": c.gene,
                    "changed": c.changed,
                    "why": c.why,
                    "was": c.was,
                    "now": c.now,
                    "not_kept": c.not_kept,
                }
                for c in person.changes
            ],
        }
        yield (b",\n" if number else b"\n") + orjson.dumps(told)
    yield b"\n]}\n"


def changes_tsv(people: Iterable[Compared]) -> Iterator[bytes]:
    """Yield a header and one line for each gene that changed."""
    yield ("\t".join(HEADER) + "\n").encode()
    for person in people:
        for change in person.changes:
            yield ("\t".join(_cells(change)) + "\n").encode()


def _cells(change: Change) -> Iterator[str]:
    yield from (change.sample, change.gene, "|".join(change.changed))
    both = (change.was, change.now)
    yield from (NOT_DEFINED if told is None else told["status"] for told in both)
    yield from ("" if told is None else names_of(told) for told in both)
    for name in ("phenotype", "activity_score"):
        yield from ("" if told is None else told[name] for told in both)
    yield "; ".join(change.why)
    yield f"{'|'.join(change.not_kept)} {OUTSIDE}" if change.not_kept else ""
