"""From a FHIR R4 Bundle to a person as the advisers see them.

Bundle -> Patient, medicines, allergies, conditions, measurements, genomic results
What belongs to somebody else, or cannot be read, is not used and is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from garrod.adapters.fhir.genomics import result_rows
from garrod.adapters.fhir.json import (
    Resource,
    codings,
    has_code,
    many,
    one,
    read_resource,
    text,
    words_of,
)
from garrod.core.errors import FhirError
from garrod.core.medicine import MedicineLine
from garrod.core.person import Allergy, Condition, Person
from garrod.science.pgx.outside import OutsideRow

CURRENT = ("active", "on-hold", "unknown", "intended", "recorded", "")
DISPROVED = ("refuted", "entered-in-error")
BODY_WEIGHT, PREGNANCY = "29463-7", "82810-3"  # LOINC
PREGNANT = ("LA15173-0", "77386006")  # LOINC answer, SNOMED CT
TEST_DATA = "HTEST"  # HL7 v3 ActReason: test health data


@dataclass(frozen=True, slots=True)
class Read:
    """A person, and the genomic results of the bundle still to be understood."""

    person: Person
    rows: tuple[OutsideRow, ...]


def read_person(path: Path) -> Read:
    """Return the person of a Bundle file.  Raises: FhirError FHR001-FHR004."""
    bundle = read_resource(path, wanted=("Bundle",))
    entries = [(text(e, "fullUrl"), r) for e in many(bundle, "entry") if (r := one(e, "resource"))]
    patients = [(url, r) for url, r in entries if text(r, "resourceType") == "Patient"]
    if len(patients) != 1:
        raise FhirError(
            f"{path}: holds {len(patients)} Patient resources, expected one; "
            "send one person's bundle at a time",
            code="FHR003",
        )
    url, patient = patients[0]
    own = _Own(url, patient, entries)
    return Read(own.person(), tuple(result_rows(own.of("Observation"), path.name)))


class _Own:
    """The resources of one patient among those of a bundle."""

    def __init__(self, url: str, patient: Resource, entries: Sequence[tuple[str, Resource]]):
        self._names = {url, f"Patient/{text(patient, 'id')}"} - {"", "Patient/"}
        self._patient, self._entries = patient, entries
        self._notes: list[str] = []

    def of(self, *kinds: str) -> Iterator[Resource]:
        """Yield the patient's resources of some kinds."""
        for _, resource in self._entries:
            if text(resource, "resourceType") in kinds and self._is_own(resource):
                yield resource

    def _is_own(self, resource: Resource) -> bool:
        who = text(one(resource, "subject") or one(resource, "patient"), "reference")
        return not who or who in self._names or any(who.endswith(f"/{n}") for n in self._names)

    def person(self) -> Person:
        """Return the person."""
        medicines = tuple(self._medicines())
        conditions = tuple(self._conditions())
        allergies = tuple(self._allergies())
        self._note_strangers()
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
            weight_kg=self._weight(),
            is_pregnant=self._pregnancy(),
            medicines=medicines,
            allergies=allergies,
            conditions=conditions,
            is_synthetic=_is_test_data(self._patient),
            notes=tuple(dict.fromkeys(self._notes)),
        )

    def _note_strangers(self) -> None:
        kinds = ("MedicationRequest", "MedicationStatement", "AllergyIntolerance", "Observation")
        others = [
            r for _, r in self._entries if text(r, "resourceType") in kinds and not self._is_own(r)
        ]
        if others:
            self._notes.append(
                f"{len(others)} entries of the bundle belong to another person and were not read"
            )

    def _medicines(self) -> Iterator[MedicineLine]:
        for resource in self.of("MedicationRequest", "MedicationStatement"):
            if text(resource, "status") in CURRENT and not resource.get("doNotPerform"):
                yield self.line(resource)

    def line(self, resource: Resource) -> MedicineLine:
        """Return the medicine line of a request or statement."""
        return line_of(resource, self._entries)

    def _conditions(self) -> Iterator[Condition]:
        for resource in self.of("Condition", "Procedure"):
            if not has_code(one(resource, "verificationStatus"), *DISPROVED):
                concept = one(resource, "code")
                yield Condition(words_of(concept), codings(concept))

    def _allergies(self) -> Iterator[Allergy]:
        for resource in self.of("AllergyIntolerance"):
            if has_code(one(resource, "verificationStatus"), *DISPROVED):
                continue
            concept = one(resource, "code")
            if words_of(concept) or codings(concept):
                yield Allergy(words_of(concept), codings(concept))
            else:
                self._notes.append("an allergy without words or codes could not be read")

    def _weight(self) -> Decimal | None:
        for resource in self.of("Observation"):
            if has_code(one(resource, "code"), BODY_WEIGHT):
                value = one(resource, "valueQuantity")
                if text(value, "code") in ("kg", "") and text(value, "unit") in ("kg", ""):
                    try:
                        return Decimal(str(value.get("value")))
                    except InvalidOperation:
                        continue
        return None

    def _pregnancy(self) -> bool | None:
        for resource in self.of("Observation"):
            if has_code(one(resource, "code"), PREGNANCY):
                return has_code(one(resource, "valueCodeableConcept"), *PREGNANT)
        return None


def line_of(resource: Resource, entries: Sequence[tuple[str, Resource]] = ()) -> MedicineLine:
    """Return the medicine line of a MedicationRequest or MedicationStatement."""
    concept = one(resource, "medicationCodeableConcept")
    if not concept:
        concept = one(_referred(resource, entries), "code")
    reasons = [c for r in many(resource, "reasonCode") for c in codings(r)]
    started = (
        text(resource, "authoredOn")
        or text(one(resource, "effectivePeriod"), "start")
        or text(resource, "effectiveDateTime")
    )
    return MedicineLine(
        text=words_of(concept),
        codings=codings(concept),
        reasons=tuple(reasons),
        started=latest_date(started[:10]),
        reference=f"{text(resource, 'resourceType')}/{text(resource, 'id')}",
    )


def _referred(resource: Resource, entries: Sequence[tuple[str, Resource]]) -> Resource:
    name = text(one(resource, "medicationReference"), "reference")
    if name.startswith("#"):
        inside = (c for c in many(resource, "contained") if text(c, "id") == name[1:])
        return next(inside, {})
    for url, other in entries:
        if name and (url == name or name.endswith(f"Medication/{text(other, 'id')}")):
            return other if text(other, "resourceType") == "Medication" else {}
    return {}


def _sex(patient: Resource) -> str:
    stated = text(patient, "gender").lower()
    return stated if stated in ("male", "female") else ""


def _is_test_data(patient: Resource) -> bool:
    meta = one(patient, "meta")
    tags = [*many(meta, "security"), *many(meta, "tag")]
    return any(text(tag, "code") == TEST_DATA for tag in tags)


def latest_date(written: str) -> date | None:
    """Return a date; for a year or month alone, its last day (the youngest age it allows)."""
    parts = written.split("-")
    try:
        numbers = [int(p) for p in parts]
        if len(numbers) == 1:
            return date(numbers[0], 12, 31)
        if len(numbers) == 2:
            return date(numbers[0], numbers[1], 28)
        return date(*numbers[:3])
    except (ValueError, TypeError):
        return None


def read_order(path: Path, person: Person) -> MedicineLine:
    """Return the medicine of a draft order.  Raises: FhirError FHR001, FHR002, FHR005, FHR006."""
    order = read_resource(path, wanted=("MedicationRequest",))
    who = text(one(order, "subject"), "reference")
    if who and not who.endswith(person.reference.removeprefix("Patient/")):
        raise FhirError(
            f"{path}: the order is for {who}, the bundle is of {person.reference}; "
            "check that both are of the same person",
            code="FHR006",
        )
    line = line_of(order)
    if not line.text and not line.codings:
        raise FhirError(
            f"{path}: names no medicine (medicationCodeableConcept with text or coding)",
            code="FHR005",
        )
    is_draft = text(order, "status") in ("draft", "")
    return MedicineLine(
        line.text, line.codings, line.reasons, None if is_draft else line.started, line.reference
    )
