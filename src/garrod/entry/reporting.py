"""Puts a report together: advice for the medicines taken, what to know next, the genes."""

from __future__ import annotations

from pathlib import Path

from garrod import __version__
from garrod.adapters.report.model import Report
from garrod.core.advice import NotAssessed, Target
from garrod.core.finding import Status
from garrod.core.genotype import GenotypeTable
from garrod.core.medicine import REVIEW
from garrod.core.person import Person
from garrod.entry.wire import Services, sha256_of, today

UNUSABLE = (Status.NO_CALL, Status.NOT_ASSESSED)


def report_of(services: Services, person: Person, table: GenotypeTable) -> Report:
    """Return one person's report.  Raises: GarrodError."""
    day = today()
    decision = services.answer(person, REVIEW, today=day)
    ahead = services.ahead(person, today=day)
    untold = tuple(
        NotAssessed(Target(f.gene), f.gene, "; ".join(f.reasons), f.status.value)
        for f in person.findings
        if f.status in UNUSABLE
    )
    packs = {p for f in person.findings for p in f.packs} | {p for a in ahead for p in a.packs}
    return Report(
        title="Pharmacogenomic report",
        sample=table.samples[0],
        subject_note="Synthetic person" if person.is_synthetic else "",
        assembly=table.assembly.value,
        source=Path(table.source).name,
        source_sha256=sha256_of(Path(table.source)),
        made_on=day,
        medicines=tuple(line.text for line in person.medicines),
        now=decision.advice,
        clear=tuple(f"{c.target.name}: {c.reason}" for c in decision.clear),
        next=ahead,
        findings=person.findings,
        not_assessed=decision.not_assessed + untold,
        packs=tuple(sorted(packs)),
        warnings=table.warnings,
        software=f"garrod {__version__}",
    )
