"""What a status of HL7 v2 means for a result in the record, and the systems of its codes.

What is not a result that a laboratory stands by is kept, and nothing is decided on it: as
"registered" where none is there yet, as "unknown" where it is not verified, as an error where it
was withdrawn.
Source: HL7 v2.5.1, tables 0085 (OBX-11), 0123 (OBR-25), 0078 (OBX-8) and 0396 (coding systems);
HL7 FHIR R4 (4.0.1), observation-status and diagnostic-report-status.
"""

from __future__ import annotations

ERROR = "entered-in-error"
OBSERVED = {
    "F": "final", "U": "final", "C": "corrected", "P": "preliminary", "X": "final",
    "R": "unknown", "S": "unknown", "I": "registered", "N": "registered", "O": "registered",
    "D": ERROR, "W": ERROR,
}  # fmt: skip
REPORTED = {
    "F": "final", "C": "corrected", "P": "preliminary", "A": "partial", "R": "unknown",
    "I": "registered", "O": "registered", "S": "registered", "X": "cancelled",
    "D": ERROR, "W": ERROR,
}  # fmt: skip
SAID = {
    "F": "final", "U": "final", "C": "corrected", "P": "preliminary",
    "X": "could not be obtained", "R": "not verified: nothing is decided on it",
    "S": "partial: nothing is decided on it", "I": "awaited", "N": "was not asked for",
    "O": "a detail of the order alone", "D": "deleted", "W": "withdrawn as wrong",
}  # fmt: skip
UNKNOWN = "has a status that is not known: nothing is decided on it"
WITHDRAWN = frozenset("DW")
CANCELLED = "X"
WITHOUT_VALUE = frozenset("XINO")
STANDING = frozenset(("final", "amended", "corrected"))
SETTLING = frozenset("FUCXDW")  # what may take the place of a final result
SYSTEMS = {
    "LN": "http://loinc.org",
    "SCT": "http://snomed.info/sct",
    "HGNC": "http://www.genenames.org",
    "I10": "http://hl7.org/fhir/sid/icd-10",
    "UCUM": "http://unitsofmeasure.org",
}
FLAGS = frozenset(("L", "H", "LL", "HH", "N", "A", "AA", "<", ">"))
FLAG_SYSTEM = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"


def observation_status(letter: str) -> str:
    """Return FHIR's status of an observation."""
    return OBSERVED.get(letter, "unknown")


def report_status(letter: str) -> str:
    """Return FHIR's status of a report."""
    return REPORTED.get(letter, "unknown")
