"""What was measured: size, blood pressure, habits, pregnancy, and the laboratory's panels.

A panel is ordered (ServiceRequest), answered (DiagnosticReport with its observations), or not yet.
"""

from __future__ import annotations

from collections.abc import Iterator

from garrod.adapters.fhir.genomics_codes import LOINC
from garrod.adapters.world.course import Line
from garrod.adapters.world.health import ADULT, SEEN_AFTER, TERM, Health
from garrod.adapters.world.model import Panel, Result
from garrod.adapters.world.parts import (
    HL7,
    META,
    FhirJson,
    coded,
    hl7,
    loinc,
    quantity,
    to,
)
from garrod.adapters.world.places import LABORATORY, doctor_id
from garrod.adapters.world.scene import Scene

VITAL = [hl7("observation-category", "vital-signs")]
SOCIAL = [hl7("observation-category", "social-history")]
BLOOD = [hl7("observation-category", "laboratory")]
EXAM = [hl7("observation-category", "exam")]
LAB = [coded(f"{HL7}/v2-0074", "LAB")]
WEIGHT, HEIGHT = loinc("29463-7", "Body weight"), loinc("8302-2", "Body height")
PRESSURE = loinc("85354-9", "Blood pressure")
SYSTOLIC, DIASTOLIC = loinc("8480-6", "Systolic"), loinc("8462-4", "Diastolic")
INR = loinc("6301-6", "International normalised ratio")
HABIT = loinc("72166-2", "Tobacco smoking status")
PREGNANCY = loinc("82810-3", "Pregnancy status")
FEEDING = loinc("63895-7", "Breastfeeding status")
# Answers. Source: LOINC answer lists of those observations.
HABITS = {
    "smokes": coded(LOINC, "LA18976-3", "Current every day smoker"),
    "smoked": coded(LOINC, "LA15920-4", "Former smoker"),
    "never": coded(LOINC, "LA18978-9", "Never smoker"),
}
PREGNANT = coded(LOINC, "LA15173-0", "Pregnant")
NOT_PREGNANT = coded(LOINC, "LA26683-5", "Not pregnant")
FEEDS = coded(LOINC, "LA29252-6", "Breastfeeding")
LABORATORY_DAYS = (0, 2)  # assumed: from the sample to the report
# Source: CKD-EPI 2009 without its coefficient of race, as NICE NG203 asks: Levey and others, Ann
# Intern Med 2009;150:604-12. By sex: kappa, alpha, factor. 88.4: umol/L of a mg/dL of creatinine.
CKD_EPI = {"female": (0.7, -0.329, 1.018), "male": (0.9, -0.411, 1.0)}
SCALE, ABOVE, PER_YEAR, MICROMOL = 141, -1.209, 0.993, 88.4
AGEING_FROM = 30
KIDNEY, SUGAR = ("ckd", "kidney-transplant"), ("type-1-diabetes", "type-2-diabetes")


def creatinine_of(egfr: float, *, age: int, sex: str) -> float:
    """Return the creatinine (umol/L) at which CKD-EPI gives an eGFR.

    Source: Levey and others 2009, solved for creatinine.
    """
    kappa, alpha, factor = CKD_EPI[sex]
    ratio = egfr / (SCALE * PER_YEAR**age * factor)
    return float(kappa * ratio ** (1 / (ABOVE if ratio < 1 else alpha)) * MICROMOL)


class Results:
    """Writes what was measured of one person in the year."""

    def __init__(self, scene: Scene, health: Health) -> None:
        self._scene, self._health = scene, health
        self._levels: dict[str, float] = {}
        self._number = 0

    def write(self, lines: list[Line]) -> Iterator[FhirJson]:
        """Yield observations, requests and reports."""
        wanted = self._wanted(lines)
        yield from self._size(wanted.pop("weight", 0))
        yield from self._pressure(wanted.pop("bp", 0))
        yield from self._said()
        yield from self._goal(lines)
        for key, often in wanted.items():
            last = self._missed_from()
            for day in self._days(often):
                if day < last:
                    yield from self._panel(self._scene.profile.panels[key], day)

    def _missed_from(self) -> int:
        """Return the day from which a kind of test is no longer asked for; the year's end else."""
        chance, length = self._scene.chance, self._scene.calendar.length
        is_missed, day = chance.happens(self._scene.profile.missed), chance.whole(0, length - 1)
        return day if is_missed else length

    def _wanted(self, lines: list[Line]) -> dict[str, float]:
        """Return how often a year each test is asked for: by the one who asks most often."""
        found: dict[str, float] = {}
        asked = [p.illness.tests for p in self._health.problems]
        asked += [line.medicine.tests for line in lines if not line.days and line.periods]
        for tests in asked:
            for key, often in tests.items():
                found[key] = max(often, found.get(key, 0))
        if self._scene.who.age < ADULT:
            found.pop("ue", None)  # the formula of the eGFR is for adults
        return found

    def _days(self, often: float) -> list[int]:
        """Return days of the year, about evenly apart."""
        chance, length = self._scene.chance, self._scene.calendar.length
        count = int(often + chance.uniform())
        return [int((n + chance.uniform()) / count * length) for n in range(count)]

    def _head(self, day: int, code: FhirJson, category: list[FhirJson], setting: str) -> FhirJson:
        """Return the head of an observation."""
        who, self._number = self._scene.who, self._number + 1
        by = (
            to("Organization", LABORATORY)
            if setting == "laboratory"
            else to("Practitioner", doctor_id("practice", who.practice, who.doctor))
        )
        return {
            "resourceType": "Observation",
            "id": f"{who.id}-o{self._number}",
            "meta": META[setting],
            "status": "final",
            "category": category,
            "code": code,
            "subject": self._scene.patient,
            "effectiveDateTime": self._scene.calendar.iso(day),
            "performer": [by],
        }

    def _size(self, often: float) -> Iterator[FhirJson]:
        chance, health = self._scene.chance, self._health
        days = self._days(often)
        if not days and health.is_weighed:
            days = [chance.whole(0, self._scene.calendar.length - 1)]
        for number, day in enumerate(days):
            kg = round(health.weight * (1 + 0.02 * (chance.uniform() - 0.5)), 1)
            found = self._head(day, WEIGHT, VITAL, "practice")
            yield {**found, "valueQuantity": quantity(kg, "kg")}
            if number == 0:
                found = self._head(day, HEIGHT, VITAL, "practice")
                yield {**found, "valueQuantity": quantity(health.height, "cm")}

    def _pressure(self, often: float) -> Iterator[FhirJson]:
        chance = self._scene.chance
        top = 118 + self._scene.who.age * 0.25  # assumed: rises with age
        for day in self._days(often):
            high = round(max(chance.normal(top, 13), 80))
            low = round(max(min(chance.normal(78, 9), high - 20), 40))
            found = self._head(day, PRESSURE, VITAL, "practice")
            yield {
                **found,
                "component": [
                    {"code": SYSTOLIC, "valueQuantity": quantity(high, "mmHg", "mm[Hg]")},
                    {"code": DIASTOLIC, "valueQuantity": quantity(low, "mmHg", "mm[Hg]")},
                ],
            }

    def _said(self) -> Iterator[FhirJson]:
        """Yield what was asked: smoking, pregnancy, feeding."""
        health, length = self._health, self._scene.calendar.length
        if health.smoking:
            day = self._scene.chance.whole(0, length - 1)
            found = self._head(day, HABIT, SOCIAL, "practice")
            yield {**found, "valueCodeableConcept": HABITS[health.smoking]}
        if health.pregnant_from is None:
            return
        seen, born = health.pregnant_from + SEEN_AFTER, health.pregnant_from + TERM
        if seen < length:
            found = self._head(seen, PREGNANCY, EXAM, "practice")
            yield {**found, "valueCodeableConcept": PREGNANT}
        if 0 <= born < length:
            found = self._head(born, PREGNANCY, EXAM, "hospital")
            yield {**found, "valueCodeableConcept": NOT_PREGNANT}
            if health.feeds:
                found = self._head(born, FEEDING, EXAM, "hospital")
                yield {**found, "valueCodeableConcept": FEEDS}

    def _goal(self, lines: list[Line]) -> Iterator[FhirJson]:
        """Yield the INR that an anticoagulant aims at."""
        aims = [ln for ln in lines if ln.medicine.target_inr and ln.periods and ln.end is None]
        for number, line in enumerate(aims):
            target = line.medicine.target_inr
            yield {
                "resourceType": "Goal",
                "id": f"{self._scene.who.id}-l{number}",
                "meta": META["practice"],
                "lifecycleStatus": "active",
                "description": {"text": f"INR {target:g}"},
                "subject": self._scene.patient,
                "target": [{"measure": INR, "detailQuantity": {"value": target}}],
            }

    def _panel(self, panel: Panel, day: int) -> Iterator[FhirJson]:
        """Yield an order of a panel, and its answer where it has come."""
        scene, chance = self._scene, self._scene.chance
        fate, done = chance.uniform(), day + chance.whole(*LABORATORY_DAYS)
        is_cancelled = fate >= 1 - scene.profile.cancelled
        is_pending = fate < scene.profile.pending or done >= scene.calendar.length
        self._number += 1
        key, code = f"b{self._number}", loinc(panel.loinc, panel.name)
        order: FhirJson = {
            "resourceType": "ServiceRequest",
            "id": f"{scene.who.id}-{key}",
            "meta": META["practice"],
            "status": "revoked" if is_cancelled else "active" if is_pending else "completed",
            "intent": "order",
            "code": code,
            "subject": scene.patient,
            "authoredOn": scene.calendar.iso(day),
            "requester": to(
                "Practitioner", doctor_id("practice", scene.who.practice, scene.who.doctor)
            ),
        }
        yield order
        if is_pending or is_cancelled:
            return
        found = list(self._values(panel, done))
        yield from found
        yield {
            "resourceType": "DiagnosticReport",
            "id": f"{scene.who.id}-p{self._number}",
            "meta": META["laboratory"],
            "basedOn": [scene.own("ServiceRequest", key)],
            "status": "final",
            "category": LAB,
            "code": code,
            "subject": scene.patient,
            "effectiveDateTime": scene.calendar.iso(done),
            "performer": [to("Organization", LABORATORY)],
            "result": [to("Observation", o["id"]) for o in found],
        }

    def _values(self, panel: Panel, day: int) -> Iterator[FhirJson]:
        seen: dict[str, float] = {}
        for result in sorted(panel.results, key=lambda r: r.key == "creatinine"):
            if result.key == "creatinine":
                who = self._scene.who
                value = creatinine_of(seen["egfr"], age=who.age, sex=who.sex)
            else:
                value = self._value(result)
            seen[result.key] = value = round(value, result.digits)
            found = self._head(day, loinc(result.loinc, result.name), BLOOD, "laboratory")
            yield {**found, "valueQuantity": quantity(value, result.unit)}

    def _value(self, result: Result) -> float:
        """Return a value about the person's own level."""
        chance = self._scene.chance
        level = self._levels.get(result.key)
        if level is None:
            level = self._levels[result.key] = self._level(result)
        value = chance.normal(level, result.within * level)
        return min(max(value, result.low), result.high)

    def _level(self, result: Result) -> float:
        age = max(self._scene.who.age - AGEING_FROM, 0)
        mean, sd = result.mean + result.per_year * age, result.sd
        moved = {"egfr": KIDNEY, "hba1c": SUGAR}.get(result.key, ())
        if moved and self._health.has(*moved):
            mean, sd = result.ill
        return min(max(self._scene.chance.normal(mean, sd), result.low), result.high)
