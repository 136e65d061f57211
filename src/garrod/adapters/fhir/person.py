"""From a FHIR R4 Bundle to a person as the advisers see them.

Bundle -> Patient, medicines, allergies, conditions, measurements, genomic results
What belongs to somebody else, or cannot be read, is not used and is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from garrod.adapters.fhir.bundle import NOBODY, Own, own_of
from garrod.adapters.fhir.genomics import Results, read_results
from garrod.adapters.fhir.json import (
    Resource,
    codings,
    has_code,
    many,
    meanings,
    one,
    read_resource,
    text,
    words_of,
)
from garrod.adapters.fhir.measures import ethnicity_of, measures_of
from garrod.adapters.fhir.medicine import latest_date, line_of
from garrod.core.errors import FhirError
from garrod.core.finding import GeneFinding
from garrod.core.medicine import MedicineLine
from garrod.core.person import Allergy, Condition, Person
from garrod.science.pgx.outside import OutsideRow

CURRENT = ("active", "on-hold", "unknown", "intended", "recorded", "")
DISPROVED = ("refuted", "entered-in-error")
NOT_DONE = ("not-done", "entered-in-error")
UNREAD = ("MedicationDispense", "MedicationAdministration")  # kinds that name medicines too
LISTED = ("AllergyIntolerance", "Condition", "MedicationRequest", "MedicationStatement")
OWNED = (*LISTED, "Goal", "Observation", "Procedure")
TEST_DATA = "HTEST"  # HL7 v3 ActReason: test health data


@dataclass(frozen=True, slots=True)
class Read:
    """A person, and the genomic results of the bundle still to be understood.

    `findings` are results that we wrote ourselves and that need no understanding.
    """

    person: Person
    rows: tuple[OutsideRow, ...]
    own: Own = NOBODY
    findings: tuple[GeneFinding, ...] = ()


def read_person(path: Path) -> Read:
    """Return the person of a Bundle file.  Raises: FhirError FHR001-FHR003."""
    return person_in(read_resource(path, wanted=("Bundle",)), str(path))


def person_in(bundle: Resource, name: str) -> Read:
    """Return the person of a Bundle that came from `name`.  Raises: FhirError FHR003."""
    entries = tuple(
        (text(e, "fullUrl"), r) for e in many(bundle, "entry") if (r := one(e, "resource"))
    )
    patients = [(url, r) for url, r in entries if text(r, "resourceType") == "Patient"]
    if len(patients) != 1:
        raise FhirError(
            f"{name}: holds {len(patients)} Patient resources, expected one; "
            "send one person's bundle at a time",
            code="FHR003",
        )
    url, patient = patients[0]
    own = own_of(url, patient, entries)
    results = read_results(own, name.rpartition("/")[2])
    person = _Reader(patient, own, results).person()
    return Read(person, results.rows, own, results.findings)


class _Reader:
    """Reads a person from their resources, and notes what could not be read."""

    def __init__(self, patient: Resource, own: Own, results: Results):
        self._patient, self._own, self._results = patient, own, results
        self._notes: list[str] = []

    def person(self) -> Person:
        """Return the person."""
        medicines = tuple(self._medicines())
        conditions = tuple(self._conditions())
        allergies = tuple(self._allergies())
        measures = measures_of(self._own)
        self._note_unread()
        self._notes += measures.notes
        name = next(many(self._patient, "name"), {})
        given = name.get("given") if isinstance(name.get("given"), list) else []
        full = text(name, "text") or " ".join(
            str(part) for part in [*(given or []), name.get("family", "")] if part
        )
        return Person(
            reference=f"Patient/{text(self._patient, 'id') or 'unnamed'}",
            name=full,
            sex=_sex(self._patient),
            birth_date=latest_date(text(self._patient, "birthDate")),
            weight_kg=measures.weight_kg,
            weight_seen=measures.weight_seen,
            height_cm=measures.height_cm,
            is_pregnant=measures.is_pregnant,
            pregnancy_seen=measures.pregnancy_seen,
            is_breastfeeding=measures.is_breastfeeding,
            breastfeeding_seen=measures.breastfeeding_seen,
            is_smoker=measures.is_smoker,
            ethnicity=ethnicity_of(self._patient),
            target_inr=measures.target_inr,
            medicines=medicines,
            allergies=allergies,
            conditions=conditions,
            is_synthetic=_is_test_data(self._patient),
            notes=tuple(dict.fromkeys(self._notes)),
        )

    def _note_unread(self) -> None:
        others = [r for r in self._own.all_of(*OWNED) if not self._own.is_own(r)]
        if others:
            self._notes.append(
                f"{len(others)} entries of the bundle belong to another person and were not read"
            )
        supplied = len(list(self._own.of(*UNREAD)))
        if supplied:
            self._notes.append(
                f"{supplied} dispensed or given medicines were not read; "
                "only requests and statements are"
            )
        self._notes += self._results.notes

    def _medicines(self) -> Iterator[MedicineLine]:
        for resource in self._own.of("MedicationRequest", "MedicationStatement"):
            if text(resource, "status") in CURRENT and not resource.get("doNotPerform"):
                yield line_of(resource, self._own)

    def _conditions(self) -> Iterator[Condition]:
        for resource in self._own.of("Condition", "Procedure"):
            is_disproved = has_code(one(resource, "verificationStatus"), *DISPROVED)
            if not is_disproved and text(resource, "status") not in NOT_DONE:
                concept = one(resource, "code")
                yield Condition(words_of(concept), meanings(concept))

    def _allergies(self) -> Iterator[Allergy]:
        for resource in self._own.of("AllergyIntolerance"):
            if has_code(one(resource, "verificationStatus"), *DISPROVED):
                continue
            concept = one(resource, "code")
            if words_of(concept) or codings(concept):
                yield Allergy(words_of(concept), codings(concept))
            else:
                self._notes.append("an allergy without words or codes could not be read")


def _sex(patient: Resource) -> str:
    stated = text(patient, "gender").lower()
    return stated if stated in ("male", "female") else ""


def _is_test_data(patient: Resource) -> bool:
    meta = one(patient, "meta")
    tags = [*many(meta, "security"), *many(meta, "tag")]
    return any(text(tag, "code") == TEST_DATA for tag in tags)
