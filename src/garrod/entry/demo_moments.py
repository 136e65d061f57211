"""People who are planted for the moments that the demo walks through: made up, and marked so.

one row a moment -> a person's resources, what the story says of them, which medicine to try
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from garrod.adapters.fhir.genomics_out.bundle import Told, bundle_of
from garrod.core.finding import GeneFinding, Status
from garrod.core.person import Person
from garrod.entry.demo_story import FOLDER, MARK, READ_ON, marked
from garrod.entry.wire import Services
from garrod.science.pgx.outside import OutsideRow
from garrod.science.pgx.people import Sample

FhirJson = dict[str, Any]
ATC, SNOMED, LOINC = "http://www.whocc.no/atc", "http://snomed.info/sct", "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
ALLERGIC = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
VERIFIED = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"
SEEN = "2026-11-02"  # Not clinical: the day of every planted result


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment: who it is about, what to try, and what it shows. All of it is made up."""

    id: str
    name: str
    sex: str
    born: str
    drug: str  # id of the pack drugs
    title: str
    shows: str
    takes: tuple[tuple[str, str], ...] = ()  # ATC code, words
    has: tuple[tuple[str, str], ...] = ()  # SNOMED CT code, words
    genes: tuple[OutsideRow, ...] = ()
    file: str = ""  # a file of the folder `story`: a test of some genes
    values: tuple[tuple[str, str, float, str], ...] = ()  # LOINC code, words, value, UCUM unit
    allergy: tuple[str, str, str] = ("", "", "")  # ATC code, words, reaction


STORY = Moment(
    "demo-1",
    "Ada Example-Synthetic",
    "female",
    "1958-03-14",
    "clopidogrel",
    "A genome that changes the choice",
    "Clopidogrel after a stent, where CYP2C19 *2/*2 was read from a file: down to its line",
)
PLANTED = (
    Moment(
        "demo-2",
        "Bert Example-Synthetic",
        "male",
        "1961-07-02",
        "clopidogrel",
        "The same medicine, never tested",
        "Nothing is known of CYP2C19: that is said, and never passes for normal",
        has=(("394659003", "Acute coronary syndrome"),),
    ),
    Moment(
        "demo-3",
        "Cleo Example-Synthetic",
        "female",
        "1974-01-23",
        "codeine",
        "A medicine that changes what a gene does",
        "Codeine where paroxetine holds CYP2D6 back, though its genes are normal",
        takes=(("N06AB05", "Paroxetine 20 mg tablets"),),
        has=(("35489007", "Depressive disorder"),),
        genes=(OutsideRow("CYP2D6", diplotype="*1/*1", source="planted"),),
    ),
    Moment(
        "demo-4",
        "Dov Example-Synthetic",
        "male",
        "1955-10-09",
        "capecitabine",
        "A dose that would be too much",
        "Capecitabine where DPYD works in part, and one of its positions could not be read",
        has=(("363406005", "Malignant neoplasm of colon"),),
        file="dpyd.vcf",
    ),
    Moment(
        "demo-5",
        "Esi Example-Synthetic",
        "female",
        "1949-05-30",
        "ibuprofen",
        "Two medicines that bleed together",
        "Ibuprofen on top of warfarin",
        takes=(("B01AA03", "Warfarin 3 mg tablets"),),
        has=(("49436004", "Atrial fibrillation"),),
    ),
    Moment(
        "demo-6",
        "Finn Example-Synthetic",
        "male",
        "1988-12-11",
        "amoxicillin",
        "An allergy that stops the hand",
        "Amoxicillin after anaphylaxis to penicillin: a hard stop, two people to overrule it",
        allergy=("J01CE01", "Benzylpenicillin", "Anaphylaxis"),
    ),
    Moment(
        "demo-7",
        "Gwen Example-Synthetic",
        "female",
        "1941-08-18",
        "metformin",
        "Kidneys that cannot keep up",
        "Metformin with a creatinine of 210 µmol/L",
        has=(("44054006", "Type 2 diabetes mellitus"),),
        values=(
            ("14682-9", "Creatinine", 210, "umol/L"),
            ("29463-7", "Body weight", 58, "kg"),
        ),
    ),
)
MOMENTS = (STORY, *PLANTED)


def planted_people(services: Services) -> Iterator[list[FhirJson]]:
    """Yield the resources of each planted person, every one marked.  Raises: GarrodError."""
    for moment in PLANTED:
        made = [*_person(moment), *_results(services, moment)]
        yield [marked(resource) for resource in made]


def _person(moment: Moment) -> Iterator[FhirJson]:
    own = {"reference": f"Patient/{moment.id}"}
    yield {
        "resourceType": "Patient",
        "id": moment.id,
        "meta": {"security": [MARK]},
        "name": [{"text": moment.name}],
        "gender": moment.sex,
        "birthDate": moment.born,
    }
    for number, (code, words) in enumerate(moment.has, 1):
        yield {
            "resourceType": "Condition",
            "id": f"{moment.id}-c{number}",
            "clinicalStatus": {"coding": [{"system": CLINICAL, "code": "active"}]},
            "subject": own,
            "code": _concept(SNOMED, code, words),
        }
    for number, (code, words) in enumerate(moment.takes, 1):
        yield {
            "resourceType": "MedicationStatement",
            "id": f"{moment.id}-m{number}",
            "status": "active",
            "subject": own,
            "medicationCodeableConcept": _concept(ATC, code, words),
            "dosage": [{"text": "Take 1 tablet by mouth, once a day"}],
        }
    yield from _measured(moment, own)
    if moment.allergy[0]:
        yield _allergy(moment, own)


def _measured(moment: Moment, own: FhirJson) -> Iterator[FhirJson]:
    for number, (code, words, value, unit) in enumerate(moment.values, 1):
        yield {
            "resourceType": "Observation",
            "id": f"{moment.id}-o{number}",
            "status": "final",
            "code": _concept(LOINC, code, words),
            "subject": own,
            "effectiveDateTime": SEEN,
            "valueQuantity": {"value": value, "unit": unit, "system": UCUM, "code": unit},
        }


def _allergy(moment: Moment, own: FhirJson) -> FhirJson:
    code, words, reaction = moment.allergy
    return {
        "resourceType": "AllergyIntolerance",
        "id": f"{moment.id}-a1",
        "clinicalStatus": {"coding": [{"system": ALLERGIC, "code": "active"}]},
        "verificationStatus": {"coding": [{"system": VERIFIED, "code": "confirmed"}]},
        "type": "allergy",
        "criticality": "high",
        "code": _concept(ATC, code, words),
        "patient": own,
        "reaction": [{"manifestation": [{"text": reaction}], "severity": "severe"}],
    }


def _results(services: Services, moment: Moment) -> Iterator[FhirJson]:
    """Yield a planted genetic result, as our own bundles write it."""
    if not (moment.genes or moment.file):
        return
    person = Person(f"Patient/{moment.id}", name=moment.name, sex=moment.sex)
    told = Told(moment.id, READ_ON, "planted", person, findings=_findings(services, moment))
    made = bundle_of(told)
    text = orjson.dumps(made).decode()
    for entry in made["entry"]:
        resource = entry["resource"]
        kind, id = resource["resourceType"], resource["id"]
        there = f"Patient/{moment.id}" if kind == "Patient" else f"{kind}/{id}"
        text = text.replace(f'"{entry["fullUrl"]}"', f'"{there}"')
    for entry in orjson.loads(text)["entry"]:
        if entry["resource"]["resourceType"] != "Patient":
            yield entry["resource"]


def _findings(services: Services, moment: Moment) -> tuple[GeneFinding, ...]:
    """Return what is known of somebody's genes: read from their file, or as another reported it."""
    if not moment.file:
        return tuple(services.outside_findings((), moment.genes, sex=moment.sex).values())
    table = services.read(FOLDER / moment.file)
    _, every = next(iter(services.call(table, [Sample(table.samples[0], moment.sex)])))
    return tuple(one for one in every if one.status in (Status.CALLED, Status.AMBIGUOUS))


def _concept(system: str, code: str, words: str) -> FhirJson:
    return {"coding": [{"system": system, "code": code, "display": words}], "text": words}
