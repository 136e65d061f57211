"""The organisations and people of care that everybody in the world shares, written once.

Their number and codes come from the profile alone, so that they never depend on who is drawn.
"""

from __future__ import annotations

from collections.abc import Iterator

from garrod.adapters.world.model import DECILES, Places, Profile
from garrod.adapters.world.parts import META, FhirJson, coded, to
from garrod.core.identifiers import OdsCode

ODS_ROLE = "https://fhir.hl7.org.uk/CodeSystem/UKCore-ODSOrganisationRole"
# Roles of the Organisation Data Service. Source: ODS role list (unchecked).
ROLES = {"practice": ("76", "GP PRACTICE"), "hospital": ("197", "NHS TRUST"),
         "pharmacy": ("182", "PHARMACY"), "laboratory": ("", "")}  # fmt: skip
WORDS = {"practice": "Surgery", "hospital": "Hospital", "pharmacy": "Pharmacy",
         "laboratory": "Genomic and Blood Sciences Laboratory"}  # fmt: skip
# Codes that begin with XW are ours: no code of the service that we know begins so (unchecked).
ODS = {"practice": "XWG", "hospital": "XWH", "pharmacy": "XWP", "laboratory": "XWL"}
LABORATORY = "laboratory-0"
PHONE = "01632 960"  # Source: Ofcom, numbers for drama: 01632 960000 to 960999 reach nobody
POSTCODE = "ZZ99 9ZZ"  # ZZ is no postal area of Royal Mail (unchecked)
FIRST = ("A. ", "B. ", "C. ", "D. ", "E. ", "F. ", "G. ", "H. ", "J. ")


def shared(profile: Profile) -> Iterator[FhirJson]:
    """Yield the organisations and practitioners that resources of people refer to."""
    places, words = profile.places, profile.people.family
    kinds = (
        ("practice", places.practices),
        ("hospital", places.hospitals),
        ("pharmacy", places.pharmacies),
        ("laboratory", 1),
    )
    for kind, count in kinds:
        for number in range(count):
            yield _organisation(kind, number, _name(words, kind, number))
    for kind, count, each in (
        ("practice", places.practices, places.doctors),
        ("hospital", places.hospitals, 1),
        ("pharmacy", places.pharmacies, 1),
    ):
        for number in range(count):
            for turn in range(each):
                yield _practitioner(kind, number, turn, words)


def practice_of(places: Places, decile: int, uniform: float, choice: float) -> int:
    """Return the practice of a person: one of their own decile's, or any."""
    if uniform >= places.own_decile:
        return int(choice * places.practices)
    low = (decile - 1) * places.practices // DECILES
    high = decile * places.practices // DECILES
    return low + int(choice * (high - low))


def hospital_of(places: Places, practice: int) -> int:
    """Return the hospital that a practice sends people to."""
    return practice % places.hospitals


def doctor_id(kind: str, number: int, turn: int = 0) -> str:
    """Return the id of a practitioner."""
    return f"{kind}-{number}-doctor-{turn}"


def _name(words: tuple[tuple[str, ...], tuple[str, ...]], kind: str, number: int) -> str:
    starts, ends = words
    place = starts[number % len(starts)] + ends[(number // len(starts) + number) % len(ends)]
    return f"{place} {WORDS[kind]} {number} (synthetic)"


def _organisation(kind: str, number: int, name: str) -> FhirJson:
    code, role = ROLES[kind]
    found: FhirJson = {
        "resourceType": "Organization",
        "id": f"{kind}-{number}",
        "meta": META["registry"],
        "identifier": [{"system": OdsCode.system, "value": f"{ODS[kind]}{number:04}"}],
        "active": True,
        "name": name,
        "telecom": [{"system": "phone", "value": f"{PHONE}{number % 1000:03}", "use": "work"}],
        "address": [{"line": [f"{number + 1} Test Street"], "city": "Testham",
                     "postalCode": POSTCODE}],
    }  # fmt: skip
    return {**found, "type": [coded(ODS_ROLE, code, role)]} if code else found


def _practitioner(
    kind: str, number: int, turn: int, words: tuple[tuple[str, ...], tuple[str, ...]]
) -> FhirJson:
    starts, ends = words
    family = starts[(number * 7 + turn * 3) % len(starts)] + ends[(number + turn) % len(ends)]
    title = "Pharmacist" if kind == "pharmacy" else "Dr"
    initial = FIRST[(number + turn) % len(FIRST)]
    return {
        "resourceType": "Practitioner",
        "id": doctor_id(kind, number, turn),
        "meta": META["registry"],
        "active": True,
        "name": [{"text": f"{title} {initial}{family} (synthetic)", "family": family,
                  "prefix": [title]}],
        "qualification": [{"code": {"text": title},
                           "issuer": to("Organization", f"{kind}-{number}")}],
    }  # fmt: skip
