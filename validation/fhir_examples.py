"""Other people's FHIR R4 examples through the check: none that is valid may be refused.

Reference: HL7's R4 and guide examples, the NHS's own messages and guides, Synthea.
Every refusal is listed in fhir_examples.csv with the reason that was looked up in the file; a
refusal that is not listed, or for another cause, is a fault of ours until it was looked at.
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from garrod.adapters.fhir.check.engine import Checker
from garrod.adapters.fhir.record.parse import parse
from garrod.adapters.fhir.validate.issue import Issue, Severity
from garrod.core.errors import FhirError
from validation.data import PGX
from validation.fhir_defects import checker
from validation.figures import Figure, none_of, share, show

FHIR = PGX.parent / "fhir"
LISTED = Path(__file__).with_suffix(".csv")
OFFICIAL = ("hl7-r4-examples", "fhir-test-cases-r4")
SOURCES = (
    *OFFICIAL,
    *("hl7-genomics-reporting-3.0.0", "hl7-ips-2.0.0", "synthea-r4", "nhs-eps", "nhs-scr"),
    *("nhs-iops-GPConnectDirectCareAPIs-R4", "nhs-iops-NHSBookingandReferrals"),
    *("nhs-iops-NHSDigitalFHIRMedicinesImplementationGuide", "nhs-iops-PDSAPI"),
    *("nhs-iops-NHSEnglandFHIRGenomicsImplementationGuide", "nhs-iops-Pathology"),
    "nhs-iops-SummaryCareRecordFHIRAPIImplementationGuide",
)
NO_RESOURCE = "FHR105"  # JSON of another kind that lies among the examples


@dataclass(frozen=True, slots=True)
class Refusal:
    """An example that is refused: its file, and the first thing that is wrong."""

    source: str
    file: str
    rule: str
    path: str
    message: str
    is_borne: bool  # an import takes it, with a warning

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Return what identifies a refusal and its cause."""
        return self.source, self.file, self.rule, self.path


def files(source: str, folder: Path = FHIR) -> Iterator[tuple[str, bytes]]:
    """Yield each JSON file of a source by its path below it."""
    for path in sorted((folder / source).rglob("*.json*")):
        content = path.read_bytes()
        body = gzip.decompress(content) if path.suffix == ".gz" else content
        yield path.relative_to(folder / source).as_posix(), body


def errors(check: Checker, body: bytes, *, is_strict: bool = True) -> list[Issue]:
    """Return the errors of a file, that it cannot be read as one."""
    try:
        found = check.check(parse(body), is_strict=is_strict)
    except FhirError as error:
        return [Issue(Severity.ERROR, error.code, "", error.message)]
    return [issue for issue in found if issue.severity is Severity.ERROR]


def refusals(source: str, folder: Path = FHIR) -> tuple[int, list[Refusal]]:
    """Return how many resources a source has, and those that are refused."""
    check, whole, found = checker(), 0, []
    for name, body in files(source, folder):
        wrong = errors(check, body)
        if wrong and wrong[0].rule == NO_RESOURCE:
            continue
        whole += 1
        if wrong:
            first = wrong[0]
            is_borne = not errors(check, body, is_strict=False)
            found.append(
                Refusal(source, name, first.rule, first.path, first.message[:160], is_borne)
            )
    return whole, found


def listed() -> dict[tuple[str, str, str, str], str]:
    """Return the reasons of the refusals that were looked up."""
    with LISTED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {(r["source"], r["file"], r["rule"], r["path"]): r["reason"] for r in rows}


def measure() -> tuple[list[Figure], list[str]]:
    """Return the figures by source, and the refusals that nobody explained."""
    reasons = listed()
    figures, unexplained, official, seen = [], [], 0, 0
    borne: Counter[str] = Counter()
    for source in SOURCES:
        whole, found = refusals(source)
        seen += whole
        official += whole if source in OFFICIAL else 0
        borne[source] = sum(r.is_borne for r in found)
        unexplained += [r for r in found if not reasons.get(r.key)]
        name = f"{source}: refused (an import takes {borne[source]} of them)"
        figures.append(share(name, len(found), whole))
    of_hl7 = [r for r in unexplained if r.source in OFFICIAL]
    figures += [
        none_of("valid R4 examples of HL7 refused", len(of_hl7), official),
        none_of("refusals without a reason looked up", len(unexplained), seen),
    ]
    notes = [f"- {r.source}/{r.file}: {r.rule} {r.path} {r.message}" for r in unexplained[:40]]
    return figures, notes


def main() -> int:
    """Print the figures."""
    return show("FHIR examples", *measure())


if __name__ == "__main__":
    raise SystemExit(main())
