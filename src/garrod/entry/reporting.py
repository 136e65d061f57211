"""Puts a report together: advice for the medicines taken, what to know next, the genes."""

from __future__ import annotations

from pathlib import Path

from garrod import __version__
from garrod.adapters.report.model import Report
from garrod.care.decide.service import medicines_of
from garrod.core.genotype import GenotypeTable
from garrod.core.medicine import REVIEW, MedicineLine
from garrod.core.person import Person
from garrod.entry.wire import Services, sha256_of, today


def report_of(services: Services, person: Person, table: GenotypeTable) -> Report:
    """Return one person's report.  Raises: GarrodError."""
    day = today()
    decision = services.answer(person, REVIEW, today=day)
    ahead = services.ahead(person, today=day)
    packs = {p for f in person.findings for p in f.packs} | {p for a in ahead for p in a.packs}
    return Report(
        title="Pharmacogenomic report",
        sample=table.samples[0],
        subject_note="Synthetic person" if person.is_synthetic else "",
        assembly=table.assembly.value,
        source=Path(table.source).name,
        source_sha256=sha256_of(Path(table.source)),
        made_on=day,
        medicines=tuple(shown_as(services, line) for line in person.medicines),
        now=decision.advice,
        clear=tuple(f"{c.target.name}: {c.reason}" for c in decision.clear),
        next=ahead,
        findings=person.findings,
        not_assessed=decision.not_assessed,
        packs=tuple(sorted(packs)),
        warnings=table.warnings,
        software=f"garrod {__version__}",
    )


def shown_as(services: Services, line: MedicineLine) -> str:
    """Return a medicine as written, with its ingredients where the words do not name them."""
    names = [m.name for m in medicines_of(services.knowledge, line)]
    missing = [n for n in names if n.lower() not in line.text.lower()]
    return f"{line.text} ({', '.join(missing)})" if missing else line.text
