"""From a FHIR R4 Bundle to a person as the advisers see them.

Bundle -> Patient, medicines, allergies, conditions, measurements, genomic results
What belongs to somebody else, or cannot be read, is not used and is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from garrod.adapters.fhir.bundle import NOBODY, Entries, Own, own_of
from garrod.adapters.fhir.dates import latest_date
from garrod.adapters.fhir.genomics import Results, read_results
from garrod.adapters.fhir.json import Resource, many, one, read_resource, text
from garrod.adapters.fhir.measures import ethnicity_of, measures_of
from garrod.adapters.fhir.person_health import allergies_of, conditions_of, unknown_kinds
from garrod.adapters.fhir.person_medicines import medicines_of, unread_supplies
from garrod.adapters.fhir.person_signs import due_date_of, signs_of
from garrod.adapters.fhir.person_tests import requested_of, results_of
from garrod.core.errors import FhirError
from garrod.core.finding import GeneFinding
from garrod.core.person import Person
from garrod.science.pgx.outside import OutsideRow

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
    bundle = read_resource(path, wanted=("Bundle",))
    entries = tuple(
        (text(e, "fullUrl"), r) for e in many(bundle, "entry") if (r := one(e, "resource"))
    )
    return read_entries(entries, name=str(path), source=path.name)


def read_entries(entries: Entries, *, name: str, source: str) -> Read:
    """Return the person that resources tell of, each with its full URL.

    `name` is said of what is wrong with them, `source` of genomic results.
    Raises: FhirError FHR003 where they are not one person's.
    """
    patients = [(url, r) for url, r in entries if text(r, "resourceType") == "Patient"]
    if len(patients) != 1:
        raise FhirError(
            f"{name}: holds {len(patients)} Patient resources, expected one; "
            "send one person's bundle at a time",
            code="FHR003",
        )
    url, patient = patients[0]
    own = own_of(url, patient, entries)
    results = read_results(own, source)
    person = _Reader(patient, own, results).person()
    return Read(person, results.rows, own, results.findings)


class _Reader:
    """Reads a person from their resources, and notes what could not be read."""

    def __init__(self, patient: Resource, own: Own, results: Results):
        self._patient, self._own, self._results = patient, own, results
        self._notes: list[str] = []

    def person(self) -> Person:
        """Return the person."""
        medicines, past = medicines_of(self._own)
        allergies = tuple(allergies_of(self._own, self._notes))
        measures = measures_of(self._own)
        self._note_unread()
        self._notes += measures.notes
        return Person(
            reference=f"Patient/{text(self._patient, 'id') or 'unnamed'}",
            name=_name(self._patient),
            sex=_sex(self._patient),
            birth_date=latest_date(text(self._patient, "birthDate")),
            weight_kg=measures.weight_kg,
            weight_seen=measures.weight_seen,
            height_cm=measures.height_cm,
            is_pregnant=measures.is_pregnant,
            pregnancy_seen=measures.pregnancy_seen,
            due_date=due_date_of(self._own),
            is_breastfeeding=measures.is_breastfeeding,
            breastfeeding_seen=measures.breastfeeding_seen,
            is_smoker=measures.is_smoker,
            ethnicity=ethnicity_of(self._patient),
            target_inr=measures.target_inr,
            medicines=medicines,
            allergies=allergies,
            conditions=tuple(conditions_of(self._own)),
            past=past,
            results=tuple(results_of(self._own)),
            signs=tuple(signs_of(self._own)),
            requested=requested_of(self._own),
            unseen=unknown_kinds(self._own),
            is_synthetic=_is_test_data(self._patient),
            notes=tuple(dict.fromkeys(self._notes)),
        )

    def _note_unread(self) -> None:
        others = [r for r in self._own.all_of(*OWNED) if not self._own.is_own(r)]
        if others:
            self._notes.append(
                f"{len(others)} entries of the bundle belong to another person and were not read"
            )
        supplied = unread_supplies(self._own)
        if supplied:
            self._notes.append(
                f"{supplied} dispensed or given medicines were not read; "
                "only requests and statements are"
            )
        self._notes += self._results.notes


def _name(patient: Resource) -> str:
    name = next(many(patient, "name"), {})
    given = name.get("given") if isinstance(name.get("given"), list) else []
    parts = [*(given or []), name.get("family", "")]
    return text(name, "text") or " ".join(str(part) for part in parts if part)


def _sex(patient: Resource) -> str:
    stated = text(patient, "gender").lower()
    return stated if stated in ("male", "female") else ""


def _is_test_data(patient: Resource) -> bool:
    meta = one(patient, "meta")
    tags = [*many(meta, "security"), *many(meta, "tag")]
    return any(text(tag, "code") == TEST_DATA for tag in tags)
