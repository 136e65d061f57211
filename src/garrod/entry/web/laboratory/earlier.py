"""What the record says of genes that a file reads otherwise: withdrawn, or left to stand beside it.

rows that differ, form -> choice of each gene, with a reason; never silently
choices, the record as it is -> the earlier results as errors, and the new ones that replace them
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from garrod.adapters.fhir.genomics_codes import GENOTYPE
from garrod.adapters.fhir.genomics_stated import (
    amended,
    is_stated,
    stating,
    with_replaced,
    withdrawn,
)
from garrod.adapters.fhir.genomics_value import gene_of
from garrod.adapters.fhir.json import has_code, one, text
from garrod.adapters.fhir.record.parse import parse_kept
from garrod.adapters.fhir.rest.patch import written
from garrod.care.record.query import OfPatients, Query
from garrod.care.record.together import Write
from garrod.core.resource import Version
from garrod.entry.web.asked import Visit
from garrod.entry.web.laboratory.view import EarlierView, GeneRow

FhirJson = dict[str, Any]
CORRECT, STAND = "correct", "stand"
WHY = "earlier-why"
PAGE = 500  # Not clinical: resources that are read at once
KINDS = ("Observation", "DiagnosticReport")
SHORTEST, LONGEST = 5, 500  # Not clinical: characters of a reason
UNSAID = "{}: say whether the earlier result is wrong, or both stand"
NO_REASON = "Say why the earlier result is wrong, or why both stand"
STUCK = (
    "{}: the earlier result is a report’s own conclusion, which cannot be withdrawn here. Let both "
    "stand, and ask its laboratory to correct it"
)
WITHDRAWN = (
    "The record’s earlier result of {} was withdrawn by the person who authorised this report: {}"
)
BESIDE = "Another result of {} stands beside this one, and neither counts as settled: {}"
REPLACED = "Withdrawn: Observation/{} replaces it. {}"


@dataclass(frozen=True, slots=True)
class Choices:
    """What becomes of earlier results, by gene, and why."""

    of: Mapping[str, str] = field(default_factory=dict)
    why: str = ""

    @property
    def corrected(self) -> tuple[str, ...]:
        """Return the genes whose earlier result is withdrawn."""
        return tuple(gene for gene, choice in self.of.items() if choice == CORRECT)

    def remarks(self) -> tuple[str, ...]:
        """Return what the new report says of earlier results."""
        said = {CORRECT: WITHDRAWN, STAND: BESIDE}
        return tuple(said[choice].format(gene, self.why) for gene, choice in self.of.items())


NONE = Choices()


def field_of(gene: str) -> str:
    """Return the name of the form's field for a gene."""
    return f"earlier-{gene}"


def choices_of(fields: Mapping[str, str], rows: Sequence[GeneRow]) -> Choices:
    """Return what was chosen of the genes that differ."""
    said = {row.gene: fields.get(field_of(row.gene), "") for row in rows if row.is_loud}
    chosen = {gene: choice for gene, choice in said.items() if choice in (CORRECT, STAND)}
    return Choices(chosen, fields.get(WHY, "")[:LONGEST])


def faults_of(choices: Choices, rows: Sequence[GeneRow]) -> list[tuple[str, str]]:
    """Return what is not said of genes that differ: field, words."""
    loud = [row.gene for row in rows if row.is_loud]
    found = [(f"#{field_of(g)}", UNSAID.format(g)) for g in loud if g not in choices.of]
    if loud and len(choices.why) < SHORTEST:
        found.append((f"#{WHY}", NO_REASON))
    return found


def views_of(fields: Mapping[str, str], rows: Sequence[GeneRow]) -> tuple[EarlierView, ...]:
    """Return the genes that differ, with what was chosen of each."""
    return tuple(
        EarlierView(
            gene=row.gene,
            field=field_of(row.gene),
            was=row.before,
            now=f"{row.result}: {row.about}" if row.about else row.result,
            is_corrected=fields.get(field_of(row.gene)) == CORRECT,
            is_left=fields.get(field_of(row.gene)) == STAND,
        )
        for row in rows
        if row.is_loud
    )


async def stuck(visit: Visit, patient: str, choices: Choices) -> list[tuple[str, str]]:
    """Return which genes cannot be withdrawn, though that was chosen: field, words."""
    if not choices.corrected:
        return []
    every = [resource for resource, _ in await _of_person(visit, patient)]
    found = []
    for gene in choices.corrected:
        ids = {text(r, "id") for r in stating(every, gene)}
        if not ids or is_stated(every, gene, but=ids):
            found.append((f"#{field_of(gene)}", STUCK.format(gene)))
    return found


async def corrections(
    visit: Visit, patient: str, choices: Choices, made: list[FhirJson]
) -> list[Write]:
    """Return earlier results as errors; what was made says which of them it replaces.

    Results of the same file are not earlier ones: they are its own next versions.
    """
    if not choices.corrected:
        return []
    own = {resource["id"] for resource in made}
    every = [(r, v) for r, v in await _of_person(visit, patient) if text(r, "id") not in own]
    writes: list[Write] = []
    gone: set[str] = set()
    at = visit.consult.clock().isoformat(timespec="seconds")
    for gene in choices.corrected:
        place = _place_of(made, gene)
        earlier = {text(r, "id") for r in stating([r for r, _ in every], gene)} - gone
        for resource, version in every:
            if text(resource, "id") in earlier and version.kind == "Observation":
                words = REPLACED.format(made[place]["id"], choices.why)
                body = withdrawn(parse_kept(version.body), words, visit.actor.id, at)
                writes.append(_write(body, version))
        made[place] = with_replaced(made[place], {f"Observation/{id}" for id in earlier})
        gone |= earlier
    for _, version in every:
        if version.kind == "DiagnosticReport":
            changed = amended(parse_kept(version.body), gone)
            writes += [_write(changed, version)] if changed is not None else []
    return writes


def _write(body: FhirJson, version: Version) -> Write:
    return Write(version.kind, version.id, written({**body, "id": version.id}), version.number)


def _place_of(made: Sequence[FhirJson], gene: str) -> int:
    return next(
        n
        for n, resource in enumerate(made)
        if has_code(one(resource, "code"), GENOTYPE) and gene_of(resource) == gene
    )


async def _of_person(visit: Visit, patient: str) -> list[tuple[FhirJson, Version]]:
    """Return a person's results and reports with their versions, as far as one may see them."""
    seen = visit.consult.record.seen_by(visit.actor)
    query = Query(KINDS, (OfPatients(frozenset((patient,))),), count=PAGE)
    found: list[tuple[FhirJson, Version]] = []
    cursor = None
    while True:
        page = await seen.search(Query(query.kinds, query.clauses, count=PAGE, cursor=cursor))
        found += [({**orjson.loads(v.body), "id": v.id}, v) for v in page.versions]
        cursor = page.cursor
        if cursor is None:
            return found
