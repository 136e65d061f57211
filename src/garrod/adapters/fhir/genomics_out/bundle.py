"""The bundle: patient, device, genes, advice, and the report that gathers them.

What was not assessed is said in the report as notes, one a gap; absence never reads as normal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from garrod.adapters.fhir.genomics_codes import ACT_REASON, GUIDE, PROFILE, REPORT
from garrod.adapters.fhir.genomics_out.advice import NOTHING_TO_DO, advice_entries, task_key
from garrod.adapters.fhir.genomics_out.genes import gene_entries
from garrod.adapters.fhir.genomics_out.parts import FhirJson, Frame, loinc, plain
from garrod.core.advice import Advice, NotAssessed
from garrod.core.finding import GeneFinding
from garrod.core.person import Person

DISCLAIMER = "Not a medical device: for a clinician to check before anything is done."
DISCLAIMER_CODE = "test-disclaimer"
GENDERS = ("male", "female")
NOT_ASKED = "No medicine was assessed."


@dataclass(frozen=True, slots=True)
class Told:
    """All that a bundle tells of one person. `seed` is what its ids are made from."""

    seed: str
    made_on: date
    software: str
    person: Person
    findings: tuple[GeneFinding, ...] = ()
    now: tuple[Advice, ...] = ()
    next: tuple[Advice, ...] = ()
    clear: tuple[str, ...] = ()
    not_assessed: tuple[NotAssessed, ...] = ()
    remarks: tuple[str, ...] = ()


def bundle_of(told: Told) -> FhirJson:
    """Return the FHIR R4 collection Bundle, valid against Genomics Reporting 3.0.0."""
    frame = Frame(told.seed, told.made_on)
    findings = {f.gene: f for f in told.findings}
    genes = [e for f in told.findings for e in gene_entries(frame, f)]
    advice = [e for a in told.now for e in advice_entries(frame, a, findings, is_taken=True)]
    advice += [e for a in told.next for e in advice_entries(frame, a, findings, is_taken=False)]
    results = [e for e in (*genes, *advice) if e["resource"]["resourceType"] == "Observation"]
    report = frame.entry("report", _report(frame, told, results))
    patient = frame.entry(frame.patient, _patient(told.person))
    device = frame.entry("device", _device(told.software))
    for entry in results:
        entry["resource"]["device"] = frame.to("device")
    return {
        "resourceType": "Bundle",
        "id": frame.id("bundle"),
        "type": "collection",
        "entry": [report, patient, device, *genes, *advice],
    }


def _patient(person: Person) -> FhirJson:
    found: FhirJson = {"resourceType": "Patient"}
    if person.is_synthetic:
        mark = {"system": ACT_REASON, "code": "HTEST", "display": "test health data"}
        found["meta"] = {"security": [mark]}
    if plain(person.name):
        found["name"] = [{"text": plain(person.name)}]
    found["gender"] = person.sex if person.sex in GENDERS else "unknown"
    if person.birth_date:
        found["birthDate"] = person.birth_date.isoformat()
    return found


def _device(software: str) -> FhirJson:
    name, _, version = software.partition(" ")
    found: FhirJson = {
        "resourceType": "Device",
        "deviceName": [{"name": name or "garrod", "type": "model-name"}],
    }
    return {**found, **({"version": [{"value": version}]} if version else {})}


def _report(frame: Frame, told: Told, results: Iterable[FhirJson]) -> FhirJson:
    proposals = [
        {"url": f"{PROFILE}/recommended-action", "valueReference": frame.to(task_key(a), a.title)}
        for a in (*told.now, *told.next)
        if a.action not in NOTHING_TO_DO
    ]
    found: FhirJson = {
        "resourceType": "DiagnosticReport",
        "meta": {"profile": [f"{PROFILE}/genomic-report"]},
        "extension": [*proposals, *_notes(told)],
        "status": "final",
        "category": [
            {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "GE"}]}
        ],
        "code": loinc(REPORT, words="Pharmacogenomic report"),
        "subject": frame.to(frame.patient),
        "effectiveDateTime": told.made_on.isoformat(),
        "result": [{"reference": e["fullUrl"]} for e in results],
        "conclusion": _conclusion(told),
    }
    return {key: value for key, value in found.items() if value}


def _notes(told: Told) -> Iterator[FhirJson]:
    yield _report_note(DISCLAIMER, code=DISCLAIMER_CODE)
    for gap in told.not_assessed:
        yield _report_note(f"Not assessed: {gap.target.name}, {gap.subject}: {gap.reason}")
    for words in told.clear:
        yield _report_note(f"No change: {words}")
    for words in told.remarks:
        yield _report_note(words)


def _report_note(words: str, *, code: str = "") -> FhirJson:
    said: dict[str, Any] = {"text": plain(words) or "no words"}
    if code:
        system = f"{GUIDE}/CodeSystem/coded-annotation-types-cs"
        concept = {"coding": [{"system": system, "code": code}]}
        said = {
            "extension": [{"url": f"{PROFILE}/annotation-code", "valueCodeableConcept": concept}],
            **said,
        }
    return {"url": f"{PROFILE}/genomic-report-note", "valueAnnotation": said}


def _conclusion(told: Told) -> str:
    """Return how many genes were called, how many could not be told, and what of medicines.

    A report of genes alone looked at no medicine, and must not read as if none gave cause.
    """
    counts: dict[str, int] = {}
    for finding in told.findings:
        counts[finding.status.value] = counts.get(finding.status.value, 0) + 1
    said = ", ".join(f"{number} {status}" for status, number in counts.items())
    urgent = "; ".join(plain(a.title) for a in told.now)
    taken = f"For the medicines taken: {urgent or 'nothing to say of those assessed'}."
    is_asked = told.now or told.next or told.clear or told.not_assessed
    return plain(f"Genes: {said or 'none'}. {taken if is_asked else NOT_ASKED}")
