"""Genotypes by ancestry, and the tests that read them: there, awaited, ordered, or never asked.

Genotypes are drawn for everybody; only those whom a test reads have them in the record. They are
written as our own bundles write them, so that our own reader reads them again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from garrod.adapters.fhir.genomics_codes import GENOTYPE, PROFILE
from garrod.adapters.fhir.genomics_out.parts import CATEGORIES, gene_component
from garrod.adapters.world.chance import Chance
from garrod.adapters.world.course import Course
from garrod.adapters.world.health import Health
from garrod.adapters.world.identity import Identity
from garrod.adapters.world.model import GeneTest, Profile
from garrod.adapters.world.parts import META, FhirJson, coded, loinc, to
from garrod.adapters.world.places import LABORATORY, doctor_id
from garrod.adapters.world.scene import Scene

CATEGORY = [coded(system, code) for system, code in CATEGORIES]
CODE = loinc(GENOTYPE, "Genotype")
KIND = [coded(*CATEGORIES[1])]
REPORT_PROFILE = f"{PROFILE}/genomic-report"
GENOTYPE_PROFILE = f"{PROFILE}/genotype"
TURNAROUND = (7, 28)  # assumed: days from a sample to its result
NUMBER = re.compile(r"\d+")
BEFORE = 700  # Not clinical: days before the year's end in which a test may have been done


def genotypes(profile: Profile, chance: Chance, who: Identity) -> dict[str, str]:
    """Return the true diplotype of each gene, tested or not.

    Source: the profile's frequencies, each strand from its own population.
    """
    found = {}
    for gene, by in profile.strands.items():
        strands = [chance.pick(by[p]) for p in who.ancestry]
        allele = profile.carried.get(gene)
        found[gene] = _carries(strands, allele) if allele else diplotype(strands)
    return found


def _carries(strands: list[str], allele: str) -> str:
    """Return whether a person carries the one allele that is looked for."""
    return f"{allele} {'positive' if allele in strands else 'negative'}"


def diplotype(strands: list[str]) -> str:
    """Return the name of two strands: the reference or the lower number first."""
    return "/".join(sorted(strands, key=_order))


def _order(allele: str) -> tuple[bool, int, str]:
    number = NUMBER.search(allele)
    return ("eference" not in allele, int(number[0]) if number else 0, allele)


def gene_tests(scene: Scene, health: Health, course: Course) -> Iterator[FhirJson]:
    """Yield orders, reports and genotypes of the tests that the person had."""
    chance, profile = scene.chance, scene.profile
    truth = genotypes(profile, chance, scene.who)
    taken = {line.medicine.name for line in course.lines if line.periods}
    ill = {problem.illness.key for problem in health.problems}
    told: set[str] = set()
    for number, test in enumerate(profile.gene_tests):
        is_had, state = chance.happens(test.share), chance.pick(test.states)
        day = scene.calendar.length - 1 - int(chance.uniform() * BEFORE)
        is_for = not (test.medicines or test.conditions) or (
            bool(test.medicines & taken) or bool(test.conditions & ill)
        )
        genes = [gene for gene in test.genes if gene not in told]
        if is_had and is_for and scene.who.age >= test.from_age and genes:
            told.update(genes)
            found = {gene: truth[gene] for gene in genes}
            yield from _Test(scene, test, number, _day(scene, state, day)).write(state, found)


def _day(scene: Scene, state: str, day: int) -> int:
    """Return the day of the order: lately, where there is no result yet."""
    last = scene.calendar.length - 1
    return last - (last - day) % TURNAROUND[1] if state != "present" else day - TURNAROUND[1]


class _Test:
    """Writes one genetic test of one person."""

    def __init__(self, scene: Scene, test: GeneTest, number: int, day: int) -> None:
        self._scene, self._test, self._key, self._day = scene, test, f"g{number}", day
        self._done = day + scene.chance.whole(*TURNAROUND)

    def write(self, state: str, found: dict[str, str]) -> Iterator[FhirJson]:
        """Yield what the record holds of the test in its state."""
        yield self._order(state)
        if state == "ordered":
            return
        is_final = state == "present"
        seen = [
            self._genotype(gene, name, number, is_final=is_final)
            for number, (gene, name) in enumerate(found.items())
        ]
        yield from seen
        yield self._report(seen, is_final=is_final)

    def _order(self, state: str) -> FhirJson:
        scene = self._scene
        return {
            "resourceType": "ServiceRequest",
            "id": f"{scene.who.id}-{self._key}",
            "meta": META["practice"],
            "status": "completed" if state == "present" else "active",
            "intent": "order",
            "category": KIND,
            "code": {"text": self._test.name},
            "subject": scene.patient,
            "authoredOn": scene.calendar.iso(self._day),
            "requester": to(
                "Practitioner", doctor_id("practice", scene.who.practice, scene.who.doctor)
            ),
        }

    def _genotype(self, gene: str, name: str, number: int, *, is_final: bool) -> FhirJson:
        scene = self._scene
        found: FhirJson = {
            "resourceType": "Observation",
            "id": f"{scene.who.id}-{self._key}.{number}",
            "meta": {**META["laboratory"], "profile": [GENOTYPE_PROFILE]},
            "basedOn": [scene.own("ServiceRequest", self._key)],
            "status": "final" if is_final else "registered",
            "category": CATEGORY,
            "code": CODE,
            "subject": scene.patient,
            "performer": [to("Organization", LABORATORY)],
            "component": [gene_component(gene)],
        }
        if is_final:
            found["effectiveDateTime"] = scene.calendar.iso(self._done)
            found["valueCodeableConcept"] = {"text": f"{gene} {name}"}
        return found

    def _report(self, seen: list[FhirJson], *, is_final: bool) -> FhirJson:
        scene = self._scene
        found: FhirJson = {
            "resourceType": "DiagnosticReport",
            "id": f"{scene.who.id}-{self._key}.r",
            "meta": {**META["laboratory"], "profile": [REPORT_PROFILE]},
            "basedOn": [scene.own("ServiceRequest", self._key)],
            "status": "final" if is_final else "registered",
            "category": KIND,
            "code": loinc("51969-4", self._test.name),
            "subject": scene.patient,
            "performer": [to("Organization", LABORATORY)],
            "result": [to("Observation", o["id"]) for o in seen],
        }
        if is_final:
            found["effectiveDateTime"] = scene.calendar.iso(self._done)
            found["conclusion"] = f"Synthetic result, of no real person: {self._test.name}."
        return found
