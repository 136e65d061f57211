"""A Bundle becomes a person; what is not theirs, or cannot be read, is said and not used."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from garrod.adapters.fhir.bundle import Own, own_of
from garrod.adapters.fhir.draft import draft_order
from garrod.adapters.fhir.medicine import latest_date, read_order
from garrod.adapters.fhir.person import read_person
from garrod.core.advice import Option
from garrod.core.errors import FhirError
from garrod.core.person import Person

PATIENT = {"resourceType": "Patient", "id": "p1", "gender": "male", "birthDate": "1980"}
LOINC = "http://loinc.org"


def bundle(tmp_path: Path, *resources: dict[str, Any]) -> Path:
    entries = [{"fullUrl": f"urn:{i}", "resource": r} for i, r in enumerate(resources)]
    path = tmp_path / "person.json"
    path.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}))
    return path


def medicine(words: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationStatement",
        "id": words,
        "status": "active",
        "subject": {"reference": "Patient/p1"},
        "medicationCodeableConcept": {"text": words},
        **more,
    }


def genotype(gene: str, value: str) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": "84413-4"}]},
        "valueCodeableConcept": {"text": value},
        "component": [
            {
                "code": {"coding": [{"system": LOINC, "code": "48018-6"}]},
                "valueCodeableConcept": {"coding": [{"code": "HGNC:2621", "display": gene}]},
            }
        ],
    }


def test_bundle_gives_medicines_sex_and_youngest_age_of_a_partial_date(tmp_path: Path) -> None:
    person = read_person(bundle(tmp_path, PATIENT, medicine("codeine"))).person
    assert (person.sex, person.birth_date) == ("male", date(1980, 12, 31))
    assert [m.text for m in person.medicines] == ["codeine"]
    assert person.age_on(date(2000, 12, 30)) == 19


@pytest.mark.parametrize("status", ["stopped", "entered-in-error", "not-taken", "completed"])
def test_medicines_no_longer_taken_are_left_out(tmp_path: Path, status: str) -> None:
    read = read_person(bundle(tmp_path, PATIENT, medicine("codeine", status=status)))
    assert read.person.medicines == ()


def test_medicine_of_another_person_is_not_used_and_is_said(tmp_path: Path) -> None:
    other = medicine("codeine", subject={"reference": "Patient/p2"})
    person = read_person(bundle(tmp_path, PATIENT, other)).person
    assert person.medicines == ()
    assert "another person" in person.notes[0]


def test_medication_reference_inside_the_bundle_is_followed(tmp_path: Path) -> None:
    drug = {"resourceType": "Medication", "id": "m", "code": {"text": "simvastatin"}}
    line = medicine("x", medicationReference={"reference": "Medication/m"})
    del line["medicationCodeableConcept"]
    person = read_person(bundle(tmp_path, PATIENT, drug, line)).person
    assert person.medicines[0].text == "simvastatin"


def test_refuted_allergy_is_left_out_and_others_kept(tmp_path: Path) -> None:
    def allergy(words: str, status: str) -> dict[str, Any]:
        return {
            "resourceType": "AllergyIntolerance",
            "patient": {"reference": "Patient/p1"},
            "code": {"text": words},
            "verificationStatus": {"coding": [{"code": status}]},
        }

    path = bundle(tmp_path, PATIENT, allergy("aspirin", "refuted"), allergy("codeine", "confirmed"))
    assert [a.text for a in read_person(path).person.allergies] == ["codeine"]


@pytest.mark.parametrize("written", ["*2/*2", "CYP2C19*2/*2", "CYP2C19 *2/CYP2C19 *2"])
def test_genotype_observation_becomes_a_row_of_its_gene(tmp_path: Path, written: str) -> None:
    rows = read_person(bundle(tmp_path, PATIENT, genotype("CYP2C19", written))).rows
    assert [(r.gene, r.diplotype) for r in rows] == [("CYP2C19", "*2/*2")]


@pytest.mark.parametrize(
    ("gene", "written", "read"),
    [
        ("HLA-B", "hla#3.23.0#HLA-B*57:01:01G+HLA-B*15:01:01G", ["*15:01/*57:01"]),
        ("HLA-B", "HLA-B*57:01/HLA-B*57:02+HLA-B*15:01", ["*15:01/*57:01", "*15:01/*57:02"]),
        ("MT-RNR1", "NC_012920.1:m.1555A>G", ["m.1555A>G"]),
        ("DPYD", "NM_000110.4:c.1905+1G>A/Reference", ["c.1905+1G>A/Reference"]),
    ],
)
def test_genotype_is_read_as_laboratories_write_it(
    tmp_path: Path, gene: str, written: str, read: list[str]
) -> None:
    rows = read_person(bundle(tmp_path, PATIENT, genotype(gene, written))).rows
    assert [r.diplotype for r in rows] == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("HLA-B*57:01 negative", "*57:01 negative"),
        ("HLA-B*57:01: Not detected", "*57:01 negative"),
        ("*57:01 present", "*57:01 positive"),
    ],
)
def test_hla_allele_found_or_not_is_a_status_and_no_diplotype(
    tmp_path: Path, written: str, read: str
) -> None:
    (row,) = read_person(bundle(tmp_path, PATIENT, genotype("HLA-B", written))).rows
    assert (row.diplotype, row.phenotype) == ("", read)


def phenotype(gene: str, value: str) -> dict[str, Any]:
    code = {"coding": [{"system": LOINC, "code": "53040-2"}]}
    return {**genotype(gene, value), "code": code}


def test_every_phenotype_that_is_stated_is_kept(tmp_path: Path) -> None:
    path = bundle(
        tmp_path,
        PATIENT,
        phenotype("CYP2C19", "Poor metabolizer"),
        phenotype("CYP2C19", "Normal metabolizer"),
        phenotype("HLA-B", "*57:01 negative"),
        phenotype("HLA-B", "*15:02 positive"),
    )
    assert [(r.gene, r.phenotype) for r in read_person(path).rows] == [
        ("CYP2C19", "Poor metabolizer"),
        ("CYP2C19", "Normal metabolizer"),
        ("HLA-B", "*57:01 negative; *15:02 positive"),
    ]


@pytest.mark.parametrize(
    ("component", "value"),
    [
        ({"coding": [{"code": "HGNC:2625"}]}, "CYP2D6 *4/*4"),
        ({"coding": [{"display": "CYP2D6 (cytochrome P450 2D6)"}]}, "*4/*4"),
        ({"text": "CYP2D6"}, "CYP2D6*4/CYP2D6*4"),
    ],
)
def test_gene_is_found_where_it_is_written(
    tmp_path: Path, component: dict[str, Any], value: str
) -> None:
    seen = genotype("", value)
    seen["component"][0]["valueCodeableConcept"] = component
    (row,) = read_person(bundle(tmp_path, PATIENT, seen)).rows
    assert (row.gene, row.diplotype) == ("CYP2D6", "*4/*4")


def test_result_that_is_awaited_is_said(tmp_path: Path) -> None:
    path = bundle(tmp_path, PATIENT, {**genotype("CYP2D6", "*4/*4"), "status": "registered"})
    read = read_person(path)
    assert read.rows == ()
    assert "1 genomic results are awaited" in read.person.notes[0]


def test_variants_that_are_not_read_are_said(tmp_path: Path) -> None:
    code = {"coding": [{"system": LOINC, "code": "69548-6"}]}
    path = bundle(tmp_path, PATIENT, {**genotype("DPYD", "Present"), "code": code})
    assert "1 variants" in read_person(path).person.notes[0]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("not json", "FHR001"),
        ("[]", "FHR002"),
        ('{"resourceType": "Patient"}', "FHR002"),
        ('{"resourceType": "Bundle"}', "FHR003"),
    ],
)
def test_wrong_file_is_refused_with_its_code(tmp_path: Path, content: str, code: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(content)
    with pytest.raises(FhirError) as raised:
        read_person(path)
    assert raised.value.code == code
    assert str(path) in raised.value.message


def test_two_patients_in_a_bundle_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FhirError, match="2 Patient resources"):
        read_person(bundle(tmp_path, PATIENT, {**PATIENT, "id": "p2"}))


OWN = own_of("urn:uuid:5", {"resourceType": "Patient", "id": "p1"}, ())


@pytest.mark.parametrize("who", ["Patient/p2", "Patient/xp1", "https://x.example/Patient/zp1"])
def test_order_for_another_person_is_refused_without_naming_them(tmp_path: Path, who: str) -> None:
    order = {
        "resourceType": "MedicationRequest",
        "subject": {"reference": who},
        "medicationCodeableConcept": {"text": "codeine"},
    }
    path = tmp_path / "order.json"
    path.write_text(json.dumps(order))
    with pytest.raises(FhirError) as raised:
        read_order(path, OWN)
    assert raised.value.code == "FHR006"
    assert who not in raised.value.message
    assert "p1" not in raised.value.message


def test_order_without_a_medicine_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "order.json"
    path.write_text('{"resourceType": "MedicationRequest"}')
    with pytest.raises(FhirError) as raised:
        read_order(path, Own())
    assert raised.value.code == "FHR005"


def test_draft_order_is_a_draft_for_the_person_with_codes() -> None:
    order = draft_order(Option("prasugrel", "why", ("urn:s|c",)), Person("Patient/p1"))
    assert (order["status"], order["intent"]) == ("draft", "proposal")
    assert order["medicationCodeableConcept"]["coding"][0]["code"] == "c"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("", None),
        ("x", None),
        ("1990-13", None),
        ("1990", date(1990, 12, 31)),
        ("1990-01", date(1990, 1, 31)),
        ("1990-02", date(1990, 2, 28)),
        ("1990-02-03", date(1990, 2, 3)),
    ],
)
def test_partial_dates_are_read_as_their_last_day(written: str, expected: date | None) -> None:
    assert latest_date(written) == expected


def test_repr_of_a_person_shows_no_name_and_no_birth_date() -> None:
    shown = repr(Person("Patient/p1", name="Ada Example", birth_date=date(1980, 1, 2)))
    assert "Ada" not in shown
    assert "1980" not in shown


@pytest.mark.parametrize("who", ["Patient/p1", "urn:uuid:5", "https://x.example/fhir/Patient/p1"])
def test_order_may_name_the_patient_as_the_bundle_does(tmp_path: Path, who: str) -> None:
    path = tmp_path / "order.json"
    order = {**medicine("codeine"), "resourceType": "MedicationRequest"}
    path.write_text(json.dumps({**order, "status": "draft", "subject": {"reference": who}}))
    assert read_order(path, OWN).text == "codeine"


@pytest.mark.parametrize("said", [{"status": "cancelled"}, {"doNotPerform": True}])
def test_order_that_proposes_nothing_is_refused(tmp_path: Path, said: dict[str, Any]) -> None:
    path = tmp_path / "order.json"
    path.write_text(
        json.dumps({**medicine("codeine"), "resourceType": "MedicationRequest", **said})
    )
    with pytest.raises(FhirError) as raised:
        read_order(path, OWN)
    assert raised.value.code == "FHR007"


def test_order_finds_its_medicine_and_its_reason_in_the_bundle(tmp_path: Path) -> None:
    drug = {"resourceType": "Medication", "id": "p1", "code": {"text": "Plavix"}}  # Patient's id
    why = {"resourceType": "Condition", "id": "c", "code": {"text": "NSTEMI"}}
    own = read_person(bundle(tmp_path, PATIENT, drug, why)).own
    order = {**medicine("x"), "resourceType": "MedicationRequest", "status": "draft"}
    del order["medicationCodeableConcept"]
    order["medicationReference"] = {"reference": "Medication/p1"}
    order["reasonReference"] = [{"reference": "Condition/c"}]
    path = tmp_path / "order.json"
    path.write_text(json.dumps(order))
    line = read_order(path, own)
    assert (line.text, [r.display for r in line.reasons]) == ("Plavix", ["NSTEMI"])


def test_condition_is_known_by_its_text_beside_its_coding(tmp_path: Path) -> None:
    code = {"coding": [{"code": "I63", "display": "Brain disorder"}], "text": "Stroke 2019"}
    person = read_person(bundle(tmp_path, PATIENT, {"resourceType": "Condition", "code": code}))
    assert [c.display for c in person.person.conditions[0].codings] == [
        "Brain disorder",
        "Stroke 2019",
    ]


def test_procedure_that_was_not_done_is_left_out(tmp_path: Path) -> None:
    stent = {"resourceType": "Procedure", "status": "not-done", "code": {"text": "stent"}}
    assert read_person(bundle(tmp_path, PATIENT, stent)).person.conditions == ()


def test_weight_is_the_newest_that_stands(tmp_path: Path) -> None:
    def weight(kilograms: float, day: str, status: str = "final") -> dict[str, Any]:
        return {
            "resourceType": "Observation",
            "status": status,
            "code": {"coding": [{"system": LOINC, "code": "29463-7"}]},
            "effectiveDateTime": day,
            "valueQuantity": {"value": kilograms, "unit": "kilogram", "code": "kg"},
        }

    wrong = weight(450, "2026-03-01", "entered-in-error")
    path = bundle(tmp_path, PATIENT, weight(12, "2012-01-01"), weight(45, "2026-01-01"), wrong)
    assert read_person(path).person.weight_kg == 45


def test_medicines_only_dispensed_and_results_without_a_gene_are_said(tmp_path: Path) -> None:
    given = {**medicine("codeine"), "resourceType": "MedicationDispense"}
    nameless = {**genotype("", "*2/*2"), "component": []}
    notes = read_person(bundle(tmp_path, PATIENT, given, nameless)).person.notes
    assert len(notes) == 2
    assert "1 dispensed" in notes[0]
    assert "1 genomic results" in notes[1]


def test_bundle_saved_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = bundle(tmp_path, PATIENT, medicine("codeine"))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(read_person(path).person.medicines) == 1
