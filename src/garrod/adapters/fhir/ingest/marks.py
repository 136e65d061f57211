"""By which identifiers people, organisations and items are the same ones.

Source: NHS England FHIR naming systems as the EPS, SCR and PDS examples use them: NHS number, ODS
code, SDS user and role profile, GMC, GPhC and NMC numbers, prescription and dispense item numbers.
"""

from __future__ import annotations

from collections.abc import Iterator

from garrod.adapters.fhir.ingest.parcel import Mark, Rule
from garrod.adapters.fhir.json import Resource, many, text

NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
ODS = ("https://fhir.nhs.uk/Id/ods-organization-code", "https://fhir.nhs.uk/Id/ods-site-code")
PROFESSIONS = (
    "https://fhir.nhs.uk/Id/sds-user-id",
    "https://fhir.hl7.org.uk/Id/gmc-number",
    "https://fhir.hl7.org.uk/Id/gphc-number",
    "https://fhir.hl7.org.uk/Id/nmc-number",
    "https://fhir.hl7.org.uk/Id/gmp-number",
    "https://fhir.hl7.org.uk/Id/din-number",
    "https://fhir.hl7.org.uk/Id/hcpc-number",
)
ROLE = ("https://fhir.nhs.uk/Id/sds-role-profile-id",)
PRESCRIBED = "https://fhir.nhs.uk/Id/prescription-order-item-number"
DISPENSED = "https://fhir.nhs.uk/Id/prescription-dispense-item-number"
SYSTEMS: dict[str, tuple[str, ...]] = {
    "Patient": (NHS_NUMBER,),
    "Organization": ODS,
    "HealthcareService": ODS,
    "Location": ODS,
    "Practitioner": PROFESSIONS,
    "PractitionerRole": ROLE,
    "MedicationRequest": (PRESCRIBED,),
    "MedicationDispense": (DISPENSED,),
}
DISPENSE = "MedicationDispense"
ITEMS = frozenset(("MedicationRequest", DISPENSE))
UNTOLD = frozenset(("", "unknown", "n/a", "none"))  # values that real messages send for "none"
ORDER = "prescription-order"
STATUS_EVENTS = frozenset(("prescription-order-update", "prescription-order-response"))


def marks_of(resource: Resource) -> tuple[Mark, ...]:
    """Return the identifiers by which a resource is recognised, NHS numbers without spaces."""
    return tuple(dict.fromkeys(_marks(resource)))


def _marks(resource: Resource) -> Iterator[Mark]:
    wanted = SYSTEMS.get(resource["resourceType"], ())
    for identifier in many(resource, "identifier"):
        found = mark_of(identifier)
        if found.system in wanted and found.value.casefold() not in UNTOLD:
            yield found


def mark_of(identifier: Resource) -> Mark:
    """Return an identifier as a mark."""
    system, value = text(identifier, "system"), text(identifier, "value").strip()
    if system == NHS_NUMBER:
        value = value.replace(" ", "").replace("-", "")
    return Mark(system, value)


def rule_of(kind: str, marks: tuple[Mark, ...], event: str) -> Rule:
    """Return what is done with a part of a message."""
    if not marks:
        return Rule.NEW
    if kind not in ITEMS:
        return Rule.PARTY
    is_status = kind == "MedicationRequest" and event in STATUS_EVENTS
    return Rule.STATUS if is_status else Rule.ITEM
