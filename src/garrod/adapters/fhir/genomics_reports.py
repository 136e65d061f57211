"""Diagnostic reports: in which order their results stand, which are withdrawn, what UK ones state.

UK laboratories may code a phenotype as the report's conclusion (SNOMED CT) and give the rest as a
document, as the NHS England genomics guide's example of a DPYD report does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from garrod.adapters.fhir.bundle import Own
from garrod.adapters.fhir.genomics_value import PHENOTYPE, phenotype_in
from garrod.adapters.fhir.json import Resource, many, text, words_of

USABLE = ("final", "amended", "corrected", "preliminary", "appended", "partial", "")
WITHDRAWN = ("entered-in-error", "cancelled")
# SNOMED CT: dihydropyrimidine dehydrogenase poor metabolizer (finding). Source: the NHS England
# genomics guide, example UKCore-DiagnosticReport-MichaelJonesReport.
CONCLUSIONS = {"738542003": ("DPYD", "Poor metabolizer")}
# Enzymes as SNOMED CT names them, and the gene of each. Source: HGNC gene names.
ENZYMES = {
    "dihydropyrimidine dehydrogenase": "DPYD",
    "thiopurine methyltransferase": "TPMT",
    "thiopurine s-methyltransferase": "TPMT",
}
CYTOCHROME = re.compile(r"(?:cytochrome p450 (?:enzyme )?|cyp ?)(\d\w+)", re.IGNORECASE)


def ordered_observations(own: Own) -> list[Resource]:
    """Return the patient's observations, those of reports first, in the order of each report.

    What only a withdrawn report lists is left out; of several versions the newest stays.
    """
    listed = {id(o): o for report in _reports(own, USABLE) for o in _results(own, report)}
    withdrawn = {id(o) for report in _reports(own, WITHDRAWN) for o in _results(own, report)}
    for observation in own.of("Observation"):
        if id(observation) not in withdrawn:
            listed.setdefault(id(observation), observation)
    old = _outdated(own)
    return [o for key, o in listed.items() if key not in old]


def withdrawn_reports(own: Own) -> int:
    """Return how many reports were withdrawn."""
    return len(list(_reports(own, WITHDRAWN)))


def documents_only(own: Own) -> int:
    """Return how many reports are a document, with nothing in them that is read here."""
    return sum(
        bool(report.get("presentedForm"))
        and not report.get("result")
        and not any(_conclusions(report))
        for report in _reports(own, USABLE)
    )


def concluded(own: Own) -> Iterator[tuple[str, str]]:
    """Yield gene and phenotype of each conclusion that a report states as a code."""
    for report in _reports(own, USABLE):
        yield from _conclusions(report)


def _conclusions(report: Resource) -> Iterator[tuple[str, str]]:
    for concept in many(report, "conclusionCode"):
        told = phenotype_in(concept)
        coded = (CONCLUSIONS.get(text(c, "code")) for c in many(concept, "coding"))
        found = (_gene(words_of(concept)), told[1]) if told else next((c for c in coded if c), None)
        if found and found[0]:
            yield found


def _gene(words: str) -> str:
    """Return the gene of the enzyme that stands before a phenotype's words."""
    before = PHENOTYPE.split(words)[0].strip(" ,:").lower()
    cytochrome = CYTOCHROME.fullmatch(before)
    if cytochrome:
        return f"CYP{cytochrome[1].upper()}"
    return ENZYMES.get(before, before.upper() if before and " " not in before else "")


def _reports(own: Own, statuses: tuple[str, ...]) -> Iterator[Resource]:
    for report in own.of("DiagnosticReport"):
        if text(report, "status") in statuses:
            yield report


def _results(own: Own, report: Resource) -> Iterator[Resource]:
    for pointer in many(report, "result"):
        found = own.referred(report, text(pointer, "reference"), "Observation")
        if found and own.is_own(found):
            yield found


def _outdated(own: Own) -> set[int]:
    """Return the resources of which the bundle holds a newer version, under the same URL."""
    newest: dict[str, Resource] = {}
    old: set[int] = set()
    for url, resource in own.entries:
        name = url.partition("/_history/")[0]
        if not name or text(resource, "resourceType") != "Observation":
            continue
        other = newest.setdefault(name, resource)
        if other is not resource:
            first, last = sorted((other, resource), key=_version)
            newest[name] = last
            old.add(id(first))
    return old


def _version(resource: Resource) -> tuple[int, str]:
    meta = resource.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    number = text(meta, "versionId")
    return (int(number) if number.isdecimal() else 0, text(meta, "lastUpdated"))
