"""Lines of medicines as FHIR: statement (therapy), request (authorisation), dispense (supply).

All of one line carry its treatment id. What a hospital decided has resources of its own, with the
hospital as their source: where the practice's list did not follow, the two differ, and it shows.
"""

from __future__ import annotations

from collections.abc import Iterator

from garrod.adapters.world.course import Event, Line, Period, Stay
from garrod.adapters.world.directions import Product, product_of
from garrod.adapters.world.parts import (
    HL7,
    META,
    TREATMENT,
    FhirJson,
    hl7,
    quantity,
    to,
)
from garrod.adapters.world.places import doctor_id
from garrod.adapters.world.scene import Scene

COMMUNITY = [hl7("medicationrequest-category", "community")]
DISCHARGE = [hl7("medicationrequest-category", "discharge")]
OUTPATIENT = [hl7("medicationrequest-category", "outpatient")]
LISTED = hl7("medication-statement-category", "community")
OWN_WORD = hl7("medication-statement-category", "patientspecified")
LONG = hl7("medicationrequest-course-of-therapy", "continuous")
SHORT = hl7("medicationrequest-course-of-therapy", "acute")
SYSTEM = f"{HL7}/medicationrequest-category"
WAIT = (0, 3)  # assumed: days from a prescription to its collection
# A line that was there before is renewed within so many days of the year's start, for the year.
RENEWED_WITHIN = 28


class Medicines:
    """Writes the lines of one person."""

    __slots__ = ("_calendar", "_chance", "_days", "_patient", "_rules", "_visits", "_who")

    def __init__(self, scene: Scene, visits: dict[int, str]) -> None:
        self._rules, self._chance = scene.profile.course, scene.chance
        self._who, self._calendar, self._patient = scene.who, scene.calendar, scene.patient
        self._visits = visits  # day -> id of the visit
        self._days = self._chance.pick(self._rules.supply_days)

    def write(self, lines: list[Line], stays: list[Stay]) -> Iterator[FhirJson]:
        """Yield all resources of all lines."""
        for line in lines:
            if line.periods:
                yield self._statement(line)
                if line.holder != "person":
                    yield from self._requests(line)
            for number, event in enumerate(line.events):
                yield from self._decided(line, event, number, stays[event.admission])

    def _head(self, kind: str, id: str, line: Line, setting: str) -> FhirJson:
        who = self._who
        return {
            "resourceType": kind,
            "id": f"{who.id}-{id}",
            "meta": META[setting],
            "identifier": [{"system": TREATMENT, "value": f"{who.id}-t{line.number}"}],
        }

    def _reason(self, line: Line) -> FhirJson:
        if line.problem is None:
            return {}
        return {"reasonReference": [to("Condition", f"{self._who.id}-c{line.problem.number}")]}

    def _by(self, holder: str) -> FhirJson:
        """Return who prescribes."""
        who = self._who
        number = who.hospital if holder == "hospital" else who.practice
        turn = 0 if holder == "hospital" else who.doctor
        return to("Practitioner", doctor_id(holder, number, turn))

    def _statement(self, line: Line) -> FhirJson:
        """Return the therapy as the holder of the list has it at the end of the year."""
        first, last = line.periods[0], line.periods[-1]
        iso, product = self._calendar.iso, product_of(line.medicine, last.strength)
        has_ended = last.end is not None and last.end < self._calendar.length
        said = max(first.start, last.start, last.end or 0 if has_ended else 0)
        period = {"start": iso(first.start)}
        if last.end is not None:
            period["end"] = iso(last.end)
        found = self._head("MedicationStatement", f"s{line.number}", line, line.holder)
        found["status"] = _status(line, has_ended=has_ended)
        if has_ended and not line.days and line.stop_reason:
            found["statusReason"] = [{"text": line.stop_reason}]
        is_own = line.holder == "person"
        found |= {
            "category": OWN_WORD if is_own else LISTED,
            "medicationCodeableConcept": product.concept,
            "subject": self._patient,
            "effectivePeriod": period,
            "dateAsserted": iso(said),
            "informationSource": self._patient if is_own else self._by(line.holder),
            **self._reason(line),
            "dosage": product.dosage,
        }
        return found

    def _requests(self, line: Line) -> Iterator[FhirJson]:
        """Yield an authorisation per period, and its supplies."""
        before = ""
        for number, period in enumerate(line.periods):
            id = f"r{line.number}.{number}"
            yield self._request(line, period, id, before)
            yield from self._supplies(line, period, id)
            before = id

    def _request(self, line: Line, period: Period, id: str, before: str) -> FhirJson:
        calendar, product = self._calendar, product_of(line.medicine, period.strength)
        has_ended = period.end is not None and period.end < calendar.length
        renewed = -1 - (self._who.number + line.number) % RENEWED_WITHIN
        authored = max(period.start, renewed)
        is_last = period is line.periods[-1]
        found = self._head("MedicationRequest", id, line, line.holder)
        found["status"] = (_status(line, has_ended=True) if is_last else "stopped") if has_ended \
            else "active"  # fmt: skip
        if found["status"] == "stopped":
            why = line.stop_reason if is_last else "replaced by another strength"
            found["statusReason"] = {"text": why or "stopped"}
        found |= {
            "intent": "order",
            "category": OUTPATIENT if line.holder == "hospital" else COMMUNITY,
            "medicationCodeableConcept": product.concept,
            "subject": self._patient,
            "authoredOn": calendar.iso(authored),
            "requester": self._by(line.holder),
            **self._reason(line),
            "courseOfTherapyType": SHORT if line.days else LONG,
            "dosageInstruction": product.dosage,
            "dispenseRequest": self._dispensing(line, product, authored),
        }
        if authored in self._visits and line.holder == "practice":
            found["encounter"] = to("Encounter", self._visits[authored])
        if before:
            found["priorPrescription"] = to("MedicationRequest", f"{self._who.id}-{before}")
        return found

    def _dispensing(self, line: Line, product: Product, authored: int) -> FhirJson:
        days = line.days or self._days
        repeats = 0 if line.days else max(365 // days - 1, 0)
        valid = (
            28 if line.days else 365 + RENEWED_WITHIN
        )  # Not clinical: days in which it may be supplied
        return {
            "validityPeriod": {"start": self._calendar.iso(authored),
                               "end": self._calendar.iso(authored + valid)},
            "numberOfRepeatsAllowed": repeats,
            "quantity": product.supply(days),
            "expectedSupplyDuration": quantity(days, "day", "d"),
        }  # fmt: skip

    def _supplies(self, line: Line, period: Period, request: str) -> Iterator[FhirJson]:
        """Yield what was collected within the year."""
        if not line.is_collected:
            return
        chance, length = self._chance, self._calendar.length
        days = line.days or self._days
        end = min(period.end if period.end is not None else length, length)
        due = period.start if period.start >= 0 else period.start % days
        share = self._rules.collected if line.is_taken_well else self._rules.collected_badly
        product = product_of(line.medicine, period.strength)
        number = 0
        while due < end:
            day = due + chance.whole(*WAIT)
            if chance.happens(share) and day < length:
                yield self._supply(line, product, (request, number, day, days))
                number += 1
            due += days

    def _supply(self, line: Line, product: Product, what: tuple[str, int, int, int]) -> FhirJson:
        request, number, day, days = what
        who, when = self._who, self._calendar.iso(day)
        found = self._head("MedicationDispense", f"d{request[1:]}.{number}", line, "pharmacy")
        found |= {
            "status": "completed",
            "medicationCodeableConcept": product.concept,
            "subject": self._patient,
            "performer": [{"actor": to("Organization", f"pharmacy-{who.pharmacy}")}],
            "authorizingPrescription": [to("MedicationRequest", f"{who.id}-{request}")],
            "quantity": product.supply(days),
            "daysSupply": quantity(days, "day", "d"),
            "whenHandedOver": when,
            "dosageInstruction": product.dosage,
        }
        return found

    def _decided(self, line: Line, event: Event, number: int, stay: Stay) -> Iterator[FhirJson]:
        """Yield what the hospital says of a line at discharge, and its prescription."""
        who, iso = self._who, self._calendar.iso
        product = product_of(line.medicine, event.strength)
        is_stop = event.act == "stop"
        found = self._head("MedicationStatement", f"h{line.number}.{number}", line, "hospital")
        found["status"] = "stopped" if is_stop else "active"
        if is_stop:
            found["statusReason"] = [{"text": "stopped in hospital"}]
        found |= {
            "category": LISTED,
            "medicationCodeableConcept": product.concept,
            "subject": self._patient,
            "context": to("Encounter", f"{who.id}-a{stay.number}"),
            "effectivePeriod": {"end" if is_stop else "start": iso(event.day)},
            "dateAsserted": iso(event.day),
            "informationSource": self._by("hospital"),
            **self._reason(line),
            "dosage": product.dosage,
        }
        yield found
        if not is_stop:
            yield self._to_take_home(line, event, number, stay)

    def _to_take_home(self, line: Line, event: Event, number: int, stay: Stay) -> FhirJson:
        """Return the discharge prescription: a supply of two weeks."""
        who, product = self._who, product_of(line.medicine, event.strength)
        found = self._head("MedicationRequest", f"q{line.number}.{number}", line, "hospital")
        found |= {
            "status": "completed",
            "intent": "order",
            "category": DISCHARGE,
            "medicationCodeableConcept": product.concept,
            "subject": self._patient,
            "encounter": to("Encounter", f"{who.id}-a{stay.number}"),
            "authoredOn": self._calendar.iso(event.day),
            "requester": self._by("hospital"),
            **self._reason(line),
            "courseOfTherapyType": LONG,
            "dosageInstruction": product.dosage,
            "dispenseRequest": {"quantity": product.supply(14),
                                "expectedSupplyDuration": quantity(14, "day", "d")},
        }  # fmt: skip
        return found


def _status(line: Line, *, has_ended: bool) -> str:
    if not has_ended:
        return "active"
    return "completed" if line.days else "stopped"
