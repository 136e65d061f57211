"""People as doors need them: genomic results understood, and the snapshots of the record.

resources of a person -> Read -> known genes' results as findings -> Person
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from garrod.adapters.fhir.person import Read
from garrod.core.person import Person
from garrod.entry.wire import Services
from garrod.science.pgx.outside import OutsideRow
from garrod.science.pgx.reconcile import reconciled

if TYPE_CHECKING:
    from garrod.care.record.people import People
    from garrod.care.record.service import Record


def people_of(record: Record, services: Services) -> People:
    """Return who tells of people of the record: read by the reader of Bundles, kept unchanged."""
    from garrod.adapters.fhir.person_record import RecordedPerson
    from garrod.care.record.people import People

    return People(record, RecordedPerson(lambda read: understood(services, read)))


def understood(services: Services, read: Read) -> Person:
    """Return a person with the findings that their record states; those not known are noted."""
    person, rows = known_rows(services, read)
    if not rows and not read.findings:
        return person
    stated = services.outside_findings((), rows, sex=person.sex) if rows else {}
    found = {f.gene: f for f in reconciled(read.findings, stated)}
    return replace(person, findings=tuple(found.values()))


def known_rows(services: Services, read: Read) -> tuple[Person, tuple[OutsideRow, ...]]:
    """Return the results of known genes; results of others are noted on the person, no error."""
    if not read.rows:
        return read.person, ()
    known = {gene.lower() for gene in services.caller.definitions}
    rows = tuple(r for r in read.rows if r.gene.lower() in known)
    others = sorted({r.gene for r in read.rows} - {r.gene for r in rows})
    if not others:
        return read.person, rows
    note = f"results of genes that nothing here knows were not used: {', '.join(others)}"
    return replace(read.person, notes=(*read.person.notes, note)), rows
