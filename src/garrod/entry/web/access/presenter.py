"""Puts lines of the access history into words. Pure: names are looked up beforehand.

entry, names by reference -> Row
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from garrod.care.govern.access import LOCAL
from garrod.care.govern.audit import DENIED, FAILED, MORE, AuditEntry
from garrod.entry.guard import NOBODY
from garrod.entry.web.access.reading import Line

ROLES = {"": "No role stated", "system": "Software", "cds-client": "Decision support software"}
# Source of the codes: v3-PurposeOfUse, https://terminology.hl7.org/ValueSet-v3-PurposeOfUse.html
WHY = {
    "TREAT": "Care", "CAREMGT": "Arranging care", "ETREAT": "Emergency", "BTG": "Emergency",
    "HPAYMT": "Payment", "HOPERAT": "Running the service", "HRESCH": "Research",
    "PATRQT": "Asked for by the person", "FAMRQT": "Asked for by the family",
    "PUBHLTH": "Public health", "GOV": "Government", "COVERAGE": "Insurance",
    "": "No purpose stated",
}  # fmt: skip
WHAT = {
    "read": "Read", "search": "Searched for", "history": "Read earlier versions of",
    "create": "Wrote", "update": "Changed", "delete": "Deleted", "operate": "Worked with",
    "listen": "Followed changes of", "export": "Took away a copy of", "send": "Sent",
    "decide": "Asked for advice, by", "view": "Opened a page that shows", "audit":
    "Read the access history", "break the glass": "Opened the record in an emergency",
    "mend the glass": "Closed the emergency access", "judge emergency":
    "Judged whether there was an emergency", "review": "Looked through who saw records",
    "decide review": "Judged who saw records",
}  # fmt: skip
KINDS = {
    "AllergyIntolerance": "allergies", "Appointment": "appointments", "AuditEvent":
    "the access history", "CarePlan": "care plans", "CareTeam": "the care team", "Communication":
    "messages", "Composition": "letters and summaries", "Condition":
    "conditions", "Consent": "consents", "DetectedIssue": "warnings about medicines",
    "DiagnosticReport": "reports of tests", "DocumentReference":
    "documents", "Encounter": "visits", "Flag": "notices on the record", "Goal": "goals",
    "Immunization": "vaccinations", "List": "the medicines list", "MedicationAdministration":
    "medicines given", "MedicationDispense": "medicines handed out", "MedicationRequest":
    "prescriptions", "MedicationStatement": "medicines taken", "MolecularSequence":
    "the raw genome", "Observation": "results and measurements", "Patient": "personal details",
    "Procedure": "procedures", "RelatedPerson": "people close to them", "ServiceRequest":
    "tests asked for", "Task": "tasks",
}  # fmt: skip
WHOLE = frozenset((  # what names no kinds
    "audit", "break the glass", "mend the glass", "judge emergency", "review", "decide review",
))  # fmt: skip
MANY = 6  # Not clinical: kinds that are named; the others are counted
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Row:
    """One line as it is shown; `entry` and `proof` are for the browser to check."""

    index: int
    at: str
    when: str
    who: str
    role: str
    organisation: str
    software: str
    why: str
    reason: str
    what: str
    outcome: str
    entry: str
    proof: str


def row_of(line: Line, names: Mapping[str, str], *, own: str) -> Row:
    """Return a line in words; `own` is the reference of who reads, who is "You"."""
    entry = line.entry
    return Row(
        index=entry.index,
        at=entry.at,
        when=moment(entry.at),
        who=_who(entry, names, own),
        role=ROLES.get(entry.role, entry.role.replace("-", " ").capitalize()),
        organisation=names.get(entry.organisation, entry.organisation),
        software=entry.client,
        why=_why(entry, own),
        reason=entry.emergency,
        what=_what(entry),
        outcome=_outcome(entry),
        entry=line.text,
        proof="" if line.proof is None else json.dumps(line.proof),
    )


def moment(at: str) -> str:
    """Return an instant in words: "3 March 2026, 09:05:00 UTC"."""
    found = datetime.fromisoformat(at)
    return f"{found.day} {found:%B %Y, %H:%M:%S} UTC"


def named_in(lines: Iterator[Line]) -> frozenset[str]:
    """Return the references to people and organisations whose names are to be looked up."""
    found = {name for line in lines for name in (line.entry.who, line.entry.organisation)}
    return frozenset(name for name in found if "/" in name)


def _who(entry: AuditEntry, names: Mapping[str, str], own: str) -> str:
    if own and entry.who == own:
        return "You"
    if entry.who == LOCAL.id:
        return "The user of the server’s own machine"
    if entry.who in ("", NOBODY.id):
        return "Somebody who was not signed in"
    return names.get(entry.who, entry.who)


def _why(entry: AuditEntry, own: str) -> str:
    if own and entry.who == own and entry.purpose == "PATRQT":
        return "You asked for it"
    return WHY.get(entry.purpose, entry.purpose.rpartition("#")[2])


def _what(entry: AuditEntry) -> str:
    deed = WHAT.get(entry.deed, entry.deed[:1].upper() + entry.deed[1:])
    if entry.deed in WHOLE or not entry.kinds:
        said = deed if entry.deed in WHOLE else f"{deed} the record"
    else:
        kinds = [KINDS.get(kind, _WORD.sub(" ", kind).lower()) for kind in entry.kinds]
        more = [f"{len(kinds) - MANY} other kinds"] if len(kinds) > MANY + 1 else []
        shown = kinds[:MANY] if more else kinds
        said = f"{deed} {', '.join((*shown, *more))}"
    return f"{said} (more of the same request)" if entry.event == MORE else said


def _outcome(entry: AuditEntry) -> str:
    if entry.outcome == DENIED:
        because = "; ".join(entry.because)
        return f"Refused: {because}" if because else "Refused"
    return "It did not work, and nothing was given" if entry.outcome == FAILED else ""
