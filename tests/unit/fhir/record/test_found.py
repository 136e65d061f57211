"""Given a resource and a search: is it found? From the URL to the plain oracle of the stores."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from garrod.adapters.fhir.record.url import UrlReader
from garrod.adapters.store.memory import MemoryStore
from garrod.care.record.ports import Tx
from tests.unit.fhir.record.codecs import BASE, Json, bytes_of, codec

AT = datetime(2026, 3, 11, 9, tzinfo=UTC)
READER = UrlReader(codec().facts, BASE, clock=lambda: AT)
UCUM = "http://unitsofmeasure.org"
NHS = "https://fhir.nhs.uk/Id/nhs-number"


def resource(kind: str, **members: Any) -> Json:
    return {"resourceType": kind, **members}


ANN = resource(
    "Patient",
    id="ann",
    identifier=[{"system": NHS, "value": "999 000 0018"}],
    name=[{"family": "Ordóñez", "given": ["Ann Marie"]}],
    gender="female",
    birthDate="1970-05",
    managingOrganization={"reference": "Organization/o"},
)
BEN = resource("Patient", id="ben", name=[{"family": "Ord"}], active=True)
TRUST = resource("Organization", id="o", name="A Trust")
DOSE = resource(
    "Observation",
    id="dose",
    status="final",
    code={
        "coding": [{"system": "http://loinc.org", "code": "1-8", "display": "Dose of X"}],
        "text": "Dose",
    },
    subject={"reference": "Patient/ann"},
    effectivePeriod={"start": "2026-03-01", "end": "2026-03-05"},
    valueQuantity={"value": 100, "unit": "mg", "system": UCUM, "code": "mg"},
    meta={"profile": ["http://p|1"], "tag": [{"system": "t", "code": "x"}]},
)
LOW = resource(
    "Observation",
    id="low",
    status="amended",
    subject={"identifier": {"system": NHS, "value": "9990000018"}},
    effectiveDateTime="2026-03-03T10:00:00+01:00",
    valueQuantity={"value": 5, "comparator": "<", "unit": "mg", "system": UCUM, "code": "mg"},
)
PRESSURE = resource(
    "Observation",
    id="bp",
    status="final",
    code={"coding": [{"system": "http://loinc.org", "code": "85354-9"}]},
    subject={"reference": "https://there.example/fhir/Patient/7"},
    component=[
        {"code": {"coding": [{"code": "sys"}]}, "valueQuantity": {"value": 150}},
        {"code": {"coding": [{"code": "dia"}]}, "valueQuantity": {"value": 90}},
    ],
)
RISK = resource(
    "RiskAssessment",
    id="r",
    status="final",
    subject={"identifier": {"system": NHS, "value": "999 000 0018"}},
    prediction=[{"probabilityDecimal": 0.1}],
)
LOT = resource("Medication", id="lot", batch={"lotNumber": "Lot-9a"})
SET = resource("ValueSet", id="v", url="http://a.example/sets/one", status="draft")
ALL = (ANN, BEN, TRUST, DOSE, LOW, PRESSURE, RISK, LOT, SET)


@pytest.fixture(scope="module")
def store() -> MemoryStore:
    held = MemoryStore(lambda: AT)

    async def work(tx: Tx) -> None:
        for each in ALL:
            draft = codec().drafted(bytes_of(each), kind=each["resourceType"], id=each["id"])
            await tx.put(draft, method="PUT")

    asyncio.run(held.transact(work))
    return held


@pytest.mark.parametrize(
    ("question", "ids"),
    [
        # token
        ("Patient?gender=female", "ann"),
        ("Patient?gender=http://hl7.org/fhir/administrative-gender|female", "ann"),
        ("Patient?gender=|female", "ann"),
        ("Patient?gender=FEMALE", ""),
        ("Patient?gender:not=female", "ben"),
        ("Patient?gender:missing=true", "ben"),
        ("Patient?active=true", "ben"),
        ("Patient?deceased=false", "ann ben"),
        (f"Patient?identifier={NHS}|9990000018", "ann"),
        (f"Patient?identifier={NHS}|999 000 0018", "ann"),
        ("Patient?identifier=9990000018", "ann"),
        (f"Patient?identifier={NHS}|", "ann"),
        ("Patient?identifier=|9990000018", ""),
        ("Observation?code=1-8", "dose"),
        ("Observation?code=http://loinc.org|1-8,http://loinc.org|85354-9", "dose bp"),
        ("Observation?code=http://snomed.info/sct|1-8", ""),
        ("Observation?code:text=dose of", "dose"),
        ("Observation?code:text=dose", "dose"),
        ("Observation?code:missing=true", "low"),
        ("Observation?combo-code=sys", "bp"),
        ("Observation?_tag=t|x", "dose"),
        ("Patient?_id=ann,ben,cid", "ann ben"),
        ("Patient?_id=ANN", ""),
        ("Medication?lot-number=LOT-9A", "lot"),
        ("Medication?lot-number:not=lot-9a", ""),
        ("Medication?lot-number=Lot-9", ""),
        # string
        ("Patient?family=ord", "ann ben"),
        ("Patient?family=ORDÓÑEZ", "ann"),
        ("Patient?family:exact=Ordonez", ""),
        ("Patient?family:exact=Ordóñez", "ann"),
        ("Patient?name:contains=marie", "ann"),
        ("Patient?name=marie", ""),
        ("Patient?given=ann&family=ord", "ann"),
        ("Patient?given=ann&family=x", ""),
        # date
        ("Patient?birthdate=1970", "ann"),
        ("Patient?birthdate=1970-05-01", ""),
        ("Patient?birthdate=ge1970-05", "ann"),
        ("Patient?birthdate=gt1970-05", ""),
        ("Patient?birthdate=ne1970", ""),
        ("Observation?date=2026-03", "dose low"),
        ("Observation?date=2026-03-03", "low"),
        ("Observation?date=ge2026-03-04", "dose"),
        ("Observation?date=lt2026-03-02", "dose"),
        ("Observation?date=sa2026-02", "dose low"),
        ("Observation?date=eb2026-03-06", "dose low"),
        ("Observation?date=2026-03-03T09:00:00Z", "low"),
        ("Observation?date=gt2026-03-01&date=lt2026-03-04", "dose low"),
        ("Observation?_lastUpdated=2026-03-11", "dose low bp"),
        ("Observation?_lastUpdated=lt2026-03-11", ""),
        # reference
        ("Observation?subject=Patient/ann", "dose"),
        ("Observation?subject=ann", "dose"),
        ("Observation?patient=ann", "dose"),
        (f"Observation?patient={BASE}/Patient/ann", "dose"),
        ("Observation?subject=https://there.example/fhir/Patient/7", "bp"),
        (f"Observation?subject:identifier={NHS}|9990000018", "low"),
        (f"Observation?patient:identifier={NHS}|9990000018", "low"),
        (f"Observation?subject:identifier={NHS}|999 000 0018", "low"),
        (f"Observation?subject:identifier={NHS}|", "low"),
        ("Observation?subject:identifier=https://other.example|", ""),
        (f"RiskAssessment?subject:identifier={NHS}|9990000018", "r"),
        ("RiskAssessment?subject:identifier=|9990000018", ""),
        ("Observation?subject:missing=false", "dose low bp"),
        # quantity and number
        ("Observation?value-quantity=100", "dose"),
        ("Observation?value-quantity=100.00", "dose"),
        ("Observation?value-quantity=1e2", "dose"),
        ("Observation?value-quantity=99.6", ""),
        ("Observation?value-quantity=gt100", ""),
        ("Observation?value-quantity=ge100", "dose"),
        ("Observation?value-quantity=lt100", "low"),
        (f"Observation?value-quantity=0.1|{UCUM}|g", "dose"),
        (f"Observation?value-quantity=gt0.09|{UCUM}|g", "dose"),
        (f"Observation?value-quantity=100|{UCUM}|g", ""),
        (f"Observation?value-quantity=100|{UCUM}|mL", ""),
        ("Observation?value-quantity=100||mg", "dose"),
        ("Observation?value-quantity=ap105", "dose"),
        ("RiskAssessment?probability=0.1", "r"),
        ("RiskAssessment?probability=gt0.1", ""),
        ("RiskAssessment?probability=le0.1", "r"),
        # uri
        ("ValueSet?url=http://a.example/sets/one", "v"),
        ("ValueSet?url=http://a.example/sets", ""),
        ("ValueSet?url:below=http://a.example/sets", "v"),
        ("ValueSet?url:above=http://a.example/sets/one/two", "v"),
        ("Observation?_profile=http://p", "dose"),
        ("Observation?_profile=http://p|1", "dose"),
        ("Observation?_profile=http://p|2", ""),
        # composite
        ("Observation?component-code-value-quantity=sys$gt140", "bp"),
        ("Observation?component-code-value-quantity=dia$gt140", ""),
        ("Observation?combo-code-value-quantity=1-8$100", "dose"),
        (f"Observation?code-value-quantity=http://loinc.org|1-8$0.1|{UCUM}|g", "dose"),
        # chain and _has
        ("Observation?patient.family=ordonez", "dose"),
        ("Observation?subject:Patient.organization.name=a trust", "dose"),
        ("Observation?patient.family=x", ""),
        ("Patient?_has:Observation:patient:status=final", "ann"),
        ("Patient?_has:Observation:patient:status=amended", ""),
        ("Organization?_has:Patient:organization:_has:Observation:patient:code=1-8", "o"),
    ],
)
def test_found(store: MemoryStore, question: str, ids: str) -> None:
    kind, _, rest = question.partition("?")
    query = READER.read((kind,), rest.replace(" ", "%20")).query
    page = asyncio.run(store.search(query))
    assert [version.id for version in page.versions] == ids.split()
