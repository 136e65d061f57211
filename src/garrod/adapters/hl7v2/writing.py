"""Writes a report of genes as HL7 v2 (ORU^R01), for hospitals that read nothing else. Pure.

findings that were authorised, whose they are -> one message: a group (OBX-4) a gene, with genotype,
phenotype, and what was not read. What was not assessed, or could not be told, is said to be so.
Source: HL7 v2.5.1, chapter 7; LOINC clinical genomics panels (see `codes.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from garrod.adapters.fhir.genomics_codes import HGNC, PHENOTYPE_ANSWERS, REPORT
from garrod.adapters.fhir.ingest.wrap import digest_of
from garrod.adapters.fhir.json import Resource, many, text
from garrod.adapters.hl7v2.er7 import escaped, line_of
from garrod.core.finding import GeneFinding, Status

OWN = "GARROD"
SEXES = {"male": "M", "female": "F", "other": "O"}
NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
GENE = "48018-6^Gene studied [ID]^LN"
GENOTYPE = "84413-4^Genotype display name^LN"
PHENOTYPE = "53040-2^Genetic variation's effect on drug metabolism interpretation^LN"
NOT_SOUGHT, NOT_OBTAINED = "N", "X"
MOST = 8  # Not clinical: candidates that are named; more are counted in a comment


@dataclass(frozen=True, slots=True)
class Sent:
    """A report to be sent: its number and version, when it was issued, and of whom it is.

    `is_amended`: it takes the place of an earlier one. `is_synthetic`: it is of nobody real, and
    is marked as no message for production. `patient` is a FHIR Patient, `id` theirs.
    """

    number: str
    version: str
    issued: str
    id: str
    patient: Resource
    findings: Sequence[GeneFinding]
    remarks: Sequence[str] = ()
    orders: Sequence[str] = ()  # numbers of who asked for it
    is_amended: bool = False
    is_synthetic: bool = False


def written_report(sent: Sent) -> str:
    """Return the message; the same for the same report."""
    at = _moment(sent.issued)
    number = digest_of(f"oru {sent.number} {sent.version}".encode())[:20]
    mode = "T" if sent.is_synthetic else "P"
    status = "C" if sent.is_amended else "F"
    asked = escaped(sent.orders[0]) if sent.orders else ""
    service = f"{REPORT}^Genetic analysis report^LN"
    lines = [
        line_of("MSH", "^~\\&", OWN, OWN, "", "", at, "", "ORU^R01^ORU_R01", number, mode, "2.5.1",
                *[""] * 5, "UNICODE UTF-8"),
        _person(sent),
        line_of("OBR", "1", asked, escaped(sent.number), service, *[""] * 17, at, "", "GE", status),
    ]  # fmt: skip
    lines += [line_of("NTE", str(n), "L", escaped(w)) for n, w in enumerate(sent.remarks, 1)]
    lines += _observed(sent.findings, status)
    return "\r".join(lines) + "\r"


def _moment(issued: str) -> str:
    """Return a moment as HL7 v2 writes it, in UTC; "" for what is none."""
    try:
        return datetime.fromisoformat(issued).astimezone(UTC).strftime("%Y%m%d%H%M%S+0000")
    except ValueError:
        return ""


def _person(sent: Sent) -> str:
    numbers = [
        f"{escaped(text(i, 'value'))}^^^NHS^NH"
        for i in many(sent.patient, "identifier")
        if text(i, "system") == NHS_NUMBER and text(i, "value")
    ]
    born = text(sent.patient, "birthDate").replace("-", "")
    name = next(many(sent.patient, "name"), {})
    given = name.get("given")
    first = given[0] if isinstance(given, list) and given and isinstance(given[0], str) else ""
    family = text(name, "family") or ("" if first else text(name, "text"))
    ids = "~".join((*numbers, f"{escaped(sent.id)}^^^{OWN}^PI"))
    sex = SEXES.get(text(sent.patient, "gender"), "U")
    return line_of("PID", "1", "", ids, "", f"{escaped(family)}^{escaped(first)}", "", born, sex)


def _observed(findings: Sequence[GeneFinding], status: str) -> Iterator[str]:
    """Yield the segments of every gene, numbered through."""
    number = 0
    for group, finding in enumerate(sorted(findings, key=lambda f: f.gene), 1):
        gene, named = finding.gene, escaped(finding.gene)
        coded = f"{HGNC[gene]}^{named}^HGNC" if gene in HGNC else f"{named}^{named}"
        rows = [("CWE", GENE, coded, status), ("ST", GENOTYPE, *_genotype(finding, status))]
        if finding.status is Status.CALLED and finding.phenotype:
            rows.append(("CWE", PHENOTYPE, _phenotype(finding.phenotype), status))
        for kind, what, value, letter in rows:
            number += 1
            yield line_of("OBX", str(number), kind, what, str(group), value, *[""] * 5, letter)
        for place, words in enumerate(_comments(finding), 1):
            yield line_of("NTE", str(place), "L", escaped(words))


def _genotype(finding: GeneFinding, status: str) -> tuple[str, str]:
    """Return the value of a genotype and its status; several candidates are joined by "or"."""
    if finding.status is Status.NOT_ASSESSED:
        return "", NOT_SOUGHT
    names = [candidate.name for candidate in finding.candidates]
    if finding.status is Status.CALLED:
        return escaped(names[0]), status
    if finding.status is Status.AMBIGUOUS and len(names) > 1:
        return escaped(" or ".join(names[:MOST])), status
    return "", NOT_OBTAINED


def _phenotype(words: str) -> str:
    code = PHENOTYPE_ANSWERS.get(words, "")
    return f"{code}^{escaped(words)}^LN" if code else f"^{escaped(words)}"


def _comments(finding: GeneFinding) -> Iterator[str]:
    if finding.status is Status.AMBIGUOUS:
        shown = finding.candidates[:MOST]
        odds = ", ".join(f"{c.name} {c.probability:.0%}" for c in shown)
        more = len(finding.candidates) - len(shown)
        yield f"Not settled: {odds}" + (f", and {more} more" if more else "")
    if finding.status is Status.NOT_ASSESSED:
        yield "Not assessed: nothing is known of this gene, which does not mean normal"
    if finding.status is Status.NO_CALL:
        yield "No call: it could not be told, which does not mean normal"
    yield from finding.reasons
