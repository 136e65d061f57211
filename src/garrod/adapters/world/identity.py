"""Who a synthetic person is: numbers, name, address, age, ethnicity, ancestry, practice.

NHS numbers are those of the range 999, which is never issued; person k has the k-th of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from garrod.adapters.world.chance import Chance
from garrod.adapters.world.model import DECILES, Ethnic, Profile, Strands
from garrod.adapters.world.parts import (
    ANCESTRY_URL,
    DECILE_URL,
    META,
    Calendar,
    FhirJson,
    coded,
    to,
)
from garrod.adapters.world.places import PHONE, POSTCODE, hospital_of, practice_of
from garrod.core.errors import UsageError
from garrod.core.identifiers import NhsNumber

# Source: NHS Data Model and Dictionary: weights 10 to 2 and modulus 11; numbers that begin with 999
# are for tests and never issued (unchecked).
TEST_RANGE, DIGITS, MODULUS = "999", 6, 11
_FIXED = sum(int(d) * w for d, w in zip(TEST_RANGE, (10, 9, 8), strict=True))
_WEIGHTS = (7, 6, 5, 4, 3, 2)
MOST_PEOPLE = 909_091  # numbers of the range whose check digit exists
ETHNIC_URL = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory"
ETHNIC_SYSTEM = "https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategoryEngland"
STATUS_URL = (
    "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus"
)
STATUS_SYSTEM = "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland"
MOBILE = "07700 900"  # Source: Ofcom, numbers for drama: 07700 900000 to 900999 reach nobody
OLD = 80
XHTML = "http://www.w3.org/1999/xhtml"


@dataclass(frozen=True, slots=True)
class Identity:
    """A person's fixed facts; `birth` is a day of the calendar, `age` that at the year's start."""

    number: int
    sex: str
    age: int
    birth: int
    decile: int
    ethnic: Ethnic
    is_stated: bool
    given: str
    family: str
    address: str
    practice: int
    hospital: int
    pharmacy: int
    doctor: int

    @property
    def id(self) -> str:
        """The logical id of the Patient, and the beginning of all their resources' ids."""
        return f"w{self.number}"

    @property
    def ancestry(self) -> Strands:
        """The populations of the two strands."""
        return self.ethnic.ancestry


def nhs_number(person: int) -> str:
    """Return the NHS number of person k.  Raises: UsageError USE001 beyond the range."""
    if not 0 <= person < MOST_PEOPLE:
        raise UsageError(
            f"there are {MOST_PEOPLE:,} NHS numbers for tests, so person {person + 1:,} has none; "
            "ask for fewer people"
        )
    middle = int(_numbers()[person])
    total = _FIXED + sum(int(d) * w for d, w in zip(f"{middle:06}", _WEIGHTS, strict=True))
    return f"{TEST_RANGE}{middle:06}{(MODULUS - total % MODULUS) % MODULUS}"


@lru_cache(maxsize=1)
def _numbers() -> Any:
    """Return the middles whose check digit is not 10, in order."""
    middles = np.arange(10**DIGITS, dtype=np.int32)
    total = np.full(middles.shape, _FIXED, dtype=np.int32)
    for place, weight in enumerate(_WEIGHTS):
        total += (middles // 10 ** (DIGITS - 1 - place) % 10) * weight
    return middles[total % MODULUS != 1]


def draw_identity(profile: Profile, chance: Chance, person: int, calendar: Calendar) -> Identity:
    """Return who person k is."""
    people, places = profile.people, profile.places
    first, last = chance.pick(people.bands)
    age = chance.whole(first, last)
    female = people.female_from_80 if age >= OLD else people.female
    sex = "female" if chance.happens(female) else "male"
    decile = chance.whole(1, DECILES)
    ethnic = chance.pick(people.ethnicities[decile - 1])
    starts, ends = people.given[sex]
    house = f"{chance.whole(1, 199)} {chance.one(people.streets)} Lane"
    practice = practice_of(places, decile, chance.uniform(), chance.uniform())
    born = -int(age * 365.25) - chance.whole(1, 365)
    return Identity(
        number=person,
        sex=sex,
        age=_age(calendar, born),
        birth=born,
        decile=decile,
        ethnic=ethnic,
        is_stated=not chance.happens(people.not_stated),
        given=chance.one(starts) + chance.one(ends),
        family=chance.one(people.family[0]) + chance.one(people.family[1]),
        address=house,
        practice=practice,
        hospital=hospital_of(places, practice),
        pharmacy=chance.whole(0, places.pharmacies - 1),
        doctor=chance.whole(0, places.doctors - 1),
    )


def _age(calendar: Calendar, born: int) -> int:
    """Return the whole years on the first of January."""
    return calendar.year - 1 - int(calendar.iso(born)[:4]) + (calendar.iso(born)[5:] == "01-01")


def patient_of(who: Identity, calendar: Calendar) -> FhirJson:
    """Return the Patient resource."""
    name = f"{who.given} {who.family}"
    born = calendar.iso(who.birth)
    letter, words = (who.ethnic.letter, who.ethnic.name) if who.is_stated else ("Z", "Not stated")
    said = f"Synthetic person, not real: {name}, born {born}."
    return {
        "resourceType": "Patient",
        "id": who.id,
        "meta": META["practice"],
        "text": {"status": "generated", "div": f'<div xmlns="{XHTML}">{said}</div>'},
        "extension": [
            {"url": ETHNIC_URL, "valueCodeableConcept": coded(ETHNIC_SYSTEM, letter, words)},
            {"url": DECILE_URL, "valueInteger": who.decile},
            {"url": ANCESTRY_URL, "valueString": "/".join(who.ancestry)},
        ],
        "identifier": [_VERIFIED | {"value": nhs_number(who.number)}],
        "active": True,
        "name": [{"use": "official", "text": f"{name} (synthetic)", "family": who.family,
                  "given": [who.given]}],
        "telecom": [
            {"system": "phone", "value": f"{PHONE}{who.number % 1000:03}", "use": "home"},
            {"system": "phone", "value": f"{MOBILE}{who.number % 1000:03}", "use": "mobile"},
        ],
        "gender": who.sex,
        "birthDate": born,
        "address": [{"use": "home", "line": [who.address], "city": "Testham",
                     "postalCode": POSTCODE}],
        "generalPractitioner": [to("Organization", f"practice-{who.practice}")],
        "managingOrganization": to("Organization", f"practice-{who.practice}"),
    }  # fmt: skip


_VERIFIED: FhirJson = {
    "extension": [
        {
            "url": STATUS_URL,
            "valueCodeableConcept": coded(STATUS_SYSTEM, "01", "Number present and verified"),
        }
    ],
    "system": NhsNumber.system,
}
