"""Puts a report together: advice for the medicines taken, what to know next, the genes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from garrod import __version__
from garrod.adapters.report.model import Report
from garrod.care.decide.advisers import COVERS
from garrod.care.decide.card import INTERRUPTS
from garrod.care.decide.causes import adviser_of
from garrod.care.decide.coverage import GENES, SUBJECT, covered_by
from garrod.care.decide.model import Decision
from garrod.care.decide.service import medicines_of
from garrod.core.advice import NotAssessed, Target, Tier
from garrod.core.genotype import GenotypeTable
from garrod.core.medicine import REVIEW, MedicineLine
from garrod.core.person import Person
from garrod.entry.wire import Services, sha256_of, today

GENETIC = frozenset(("pgx", "limit"))  # who speaks of genes, and of what no gene may outweigh
CONTRAINDICATION = "contraindication"  # what limits ask of stands under the same word
BEYOND = "what is not about genes is left out here, a review of the medicines has it: {} in number"


def report_of(services: Services, person: Person, table: GenotypeTable) -> Report:
    """Return one person's report.  Raises: GarrodError."""
    day = today()
    decision = of_genes(services, services.answer(person, REVIEW, today=day))
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


def of_genes(services: Services, decision: Decision) -> Decision:
    """Return what a report on genes has of a review: what genes say, and the policy's limits.

    What is left out is counted, and what of it would interrupt is named, so that the report is not
    taken for a review of the medicines.
    """
    beside = {*covered_by(services.knowledge, COVERS), SUBJECT} - {GENES, CONTRAINDICATION}
    now = tuple(a for a in decision.advice if adviser_of(a) in GENETIC)
    gaps = tuple(n for n in decision.not_assessed if n.subject not in beside)
    others = [a for a in decision.advice if a not in now and a.tier is not Tier.T5]
    if others:
        urgent = "; ".join(a.title for a in others if a.tier in INTERRUPTS)
        said = BEYOND.format(len(others)) + (f". To act on: {urgent}" if urgent else "")
        gaps = (*gaps, NotAssessed(Target("medicines"), "review", said, "not-assessed"))
    return replace(decision, advice=now, not_assessed=gaps)


def shown_as(services: Services, line: MedicineLine) -> str:
    """Return a medicine as written, with its ingredients where the words do not name them."""
    names = [m.name for m in medicines_of(services.knowledge, line)]
    missing = [n for n in names if n.lower() not in line.text.lower()]
    return f"{line.text} ({', '.join(missing)})" if missing else line.text
