"""Visits and stays, and the conditions that they are about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from garrod.adapters.world.course import Course, Line
from garrod.adapters.world.health import Health, Problem, at_age
from garrod.adapters.world.parts import HL7, META, FhirJson, diagnosis, hl7, to
from garrod.adapters.world.places import doctor_id
from garrod.adapters.world.scene import Scene

ACT = f"{HL7}/v3-ActCode"
ON_SITE = {"system": ACT, "code": "AMB", "display": "ambulatory"}
REMOTE = {"system": ACT, "code": "VR", "display": "virtual"}
INPATIENT = {"system": ACT, "code": "IMP", "display": "inpatient encounter"}
ACTIVE, RESOLVED = hl7("condition-clinical", "active"), hl7("condition-clinical", "resolved")
CONFIRMED = hl7("condition-ver-status", "confirmed")
ON_LIST = [hl7("condition-category", "problem-list-item")]
AT_VISIT = [hl7("condition-category", "encounter-diagnosis")]
HOME = hl7("discharge-disposition", "home")
OPENS, LAST_START, EVERY, LASTS = 8 * 60, 60, 10, 10  # Not clinical: minutes of a day
ARRIVES, LEAVES = 14 * 60, 11 * 60  # Not clinical: minutes of a day


def conditions(scene: Scene, health: Health, course: Course) -> Iterator[FhirJson]:
    """Yield the Condition resources: those that last, and the episodes of the year."""
    for problem in health.problems:
        yield _condition(scene, problem, is_lasting=True)
    for problem in course.episodes:
        yield _condition(scene, problem, is_lasting=False)


def _condition(scene: Scene, problem: Problem, *, is_lasting: bool) -> FhirJson:
    who, calendar = scene.who, scene.calendar
    illness, onset = problem.illness, calendar.iso(problem.onset)
    has_ended = problem.end is not None and problem.end < calendar.length
    found: FhirJson = {
        "resourceType": "Condition",
        "id": f"{who.id}-c{problem.number}",
        "meta": META["hospital" if illness.is_hospitals else "practice"],
        "clinicalStatus": RESOLVED if has_ended else ACTIVE,
        "verificationStatus": CONFIRMED,
        "category": ON_LIST if is_lasting else AT_VISIT,
        "code": diagnosis(illness.name, illness.snomed, illness.icd10),
        "subject": scene.patient,
        "onsetDateTime": onset,
        "recordedDate": onset,
    }
    if has_ended and problem.end is not None:
        found["abatementDateTime"] = calendar.iso(problem.end)
    return found


def plan_visits(scene: Scene, course: Course) -> dict[int, str]:
    """Return the days on which the person sees the practice, with the id of each visit.

    A visit stands on each day on which a line begins or an episode does, and on others by chance.
    """
    rules, who, length = scene.profile.visits, scene.who, scene.calendar.length
    days = {p.onset for p in course.episodes} - {s.start for s in course.stays}
    days |= set(_starts(course.lines))
    inside = {day for day in days if 0 <= day < length}
    mean = at_age(rules.ages, rules.curves[who.sex], who.age) * rules.recorded
    for _ in range(scene.chance.count(max(mean - len(inside), 0))):
        inside.add(scene.chance.whole(0, length - 1))
    return {day: f"{who.id}-e{number}" for number, day in enumerate(sorted(inside))}


def _starts(lines: Iterable[Line]) -> Iterator[int]:
    for line in lines:
        if line.holder == "practice":
            for period in line.periods:
                yield period.start


def encounters(scene: Scene, course: Course, visits: dict[int, str]) -> Iterator[FhirJson]:
    """Yield the visits to the practice."""
    who, chance, calendar = scene.who, scene.chance, scene.calendar
    reasons: dict[int, list[FhirJson]] = {}
    for problem in course.episodes:
        reasons.setdefault(problem.onset, []).append(scene.own("Condition", f"c{problem.number}"))
    doctor = to("Practitioner", doctor_id("practice", who.practice, who.doctor))
    for day, id in visits.items():
        is_remote = chance.happens(scene.profile.visits.by_telephone)
        start = OPENS + EVERY * chance.whole(0, LAST_START - 1)
        found: FhirJson = {
            "resourceType": "Encounter",
            "id": id,
            "meta": META["practice"],
            "status": "finished",
            "class": REMOTE if is_remote else ON_SITE,
            "subject": scene.patient,
            "participant": [{"individual": doctor}],
            "period": {"start": calendar.at(day, start), "end": calendar.at(day, start + LASTS)},
            "serviceProvider": to("Organization", f"practice-{who.practice}"),
        }
        if day in reasons:
            found["reasonReference"] = reasons[day]
        yield found


def stays(scene: Scene, course: Course) -> Iterator[FhirJson]:
    """Yield the stays in hospital."""
    who, calendar = scene.who, scene.calendar
    doctor = to("Practitioner", doctor_id("hospital", who.hospital))
    for stay in course.stays:
        yield {
            "resourceType": "Encounter",
            "id": f"{who.id}-a{stay.number}",
            "meta": META["hospital"],
            "status": "finished",
            "class": INPATIENT,
            "subject": scene.patient,
            "participant": [{"individual": doctor}],
            "period": {"start": calendar.at(stay.start, ARRIVES),
                       "end": calendar.at(stay.end, LEAVES)},
            "reasonReference": [scene.own("Condition", f"c{stay.problem.number}")],
            "hospitalization": {"dischargeDisposition": HOME},
            "serviceProvider": to("Organization", f"hospital-{who.hospital}"),
        }  # fmt: skip
