"""Reads what the page of a genome shows: findings, when each was made, and what they mean now.

patient -> Genome (person, report of their genes, day of each gene's result)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import orjson

from garrod import __version__
from garrod.adapters.fhir.genomics_codes import GENOTYPE
from garrod.adapters.fhir.genomics_value import gene_of
from garrod.adapters.fhir.json import text
from garrod.adapters.report.model import Report
from garrod.care.record.query import OfPatients
from garrod.core.person import Person
from garrod.entry.reporting import of_genes, shown_as
from garrod.entry.web.asked import Visit

MOST = 500  # Not clinical: results of genes that are looked through
GIVEN = "Observation?code=http://loinc.org|"
UNKEPT = "not kept with the result"


@dataclass(frozen=True, slots=True)
class Genome:
    """What is known of a person's genes, and what it means for medicines.

    `untested`: genes that could be read here and of which the record says nothing. `days`: when
    the newest result of a gene was made, as it is written.
    """

    person: Person
    report: Report
    untested: tuple[str, ...]
    days: Mapping[str, str]
    is_cut: bool  # more results are kept than were looked through


async def genome_of(visit: Visit, patient: str) -> Genome:
    """Return what is known.  Raises: AccessDenied, NotFound REC001, Gone REC002."""
    person = await visit.consult.people.person(visit.actor, patient)
    services, today = visit.consult.services, visit.consult.clock().date()
    decision = of_genes(services, await visit.consult.reviewed(visit.actor, patient, person))
    ahead = services.ahead(person, today=today)
    packs = {p for f in person.findings for p in f.packs} | {p for a in ahead for p in a.packs}
    report = Report(
        title="Pharmacogenomic report",
        sample=person.name or "No name recorded",
        assembly="GRCh38 positions",
        source="findings kept in this record",
        source_sha256=UNKEPT,
        made_on=today,
        software=f"garrod {__version__}",
        subject_note="Synthetic person" if person.is_synthetic else "",
        medicines=tuple(shown_as(services, line) for line in person.medicines),
        now=decision.advice,
        clear=tuple(f"{c.target.name}: {c.reason}" for c in decision.clear),
        next=ahead,
        findings=person.findings,
        not_assessed=decision.not_assessed,
        packs=tuple(sorted(packs)),
    )
    days, is_cut = await _days(visit, patient)
    known = {f.gene for f in person.findings}
    untested = tuple(g for g in sorted(services.caller.definitions) if g not in known)
    return Genome(person, report, untested, days, is_cut)


async def _days(visit: Visit, patient: str) -> tuple[Mapping[str, str], bool]:
    """Return the day of the newest genotype of each gene that may be seen."""
    record = visit.consult.record
    query = record.codec.sought(f"{GIVEN}{GENOTYPE}")
    clauses = (*query.clauses, OfPatients(frozenset((patient,))))
    found, _ = await record.search(visit.actor, replace(query, clauses=clauses, count=MOST))
    days: dict[str, str] = {}
    for version in found.versions:
        body = orjson.loads(version.body)
        gene, day = gene_of(body), text(body, "effectiveDateTime")[:10]
        if gene:
            days[gene] = max(day, days.get(gene, ""))
    return days, found.cursor is not None
