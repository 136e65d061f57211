"""Writes a report as a FHIR R4 Genomics Reporting bundle (STU3, 3.0.0)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson

from garrod.adapters.fhir.genomics_out.bundle import Told, bundle_of
from garrod.adapters.report.model import Report
from garrod.core.person import Person

NOBODY = Person("Patient/report")


def report_bundle(report: Report, person: Person = NOBODY) -> dict[str, Any]:
    """Return the bundle of a report; the person gives the Patient resource its sex and birth date.

    The same report gives the same bundle, ids included; the date is the report's own.
    """
    synthetic = person.is_synthetic or bool(report.subject_note)
    return bundle_of(
        Told(
            seed="|".join((report.source_sha256, report.sample, report.made_on.isoformat())),
            made_on=report.made_on,
            software=report.software,
            person=replace(person, is_synthetic=synthetic),
            findings=report.findings,
            now=report.now,
            next=report.next,
            clear=report.clear,
            not_assessed=report.not_assessed,
            remarks=(
                *(f"Warning: {w}" for w in report.warnings),
                f"Read from {report.source} ({report.assembly}), sample {report.sample}",
                f"Packs: {', '.join(report.packs)}",
            ),
        )
    )


def render_fhir(report: Report, person: Person = NOBODY) -> bytes:
    """Return the bundle as UTF-8 JSON."""
    return orjson.dumps(report_bundle(report, person), option=orjson.OPT_INDENT_2)
