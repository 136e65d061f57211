"""Genomic results of other people's bundles, in each of the ways that they are written."""

import json
from pathlib import Path
from typing import Any

import pytest

from garrod.adapters.fhir.genomics_codes import FINDING_URL, IMPLICATION, TBD
from garrod.adapters.fhir.person import Read, read_person
from garrod.adapters.report.fhir import report_bundle
from garrod.core.errors import FhirError
from garrod.core.finding import Candidate, Status
from tests.unit.fhir.test_genomics_out import (
    ALL,
    CALLED,
    IM,
    OPEN,
    PM,
    SILENT,
    UNASKED,
    finding,
    genotypes,
    report,
)
from tests.unit.fhir.test_person import LOINC, PATIENT, bundle, genotype, phenotype

Json = dict[str, Any]


def coded(code: str, system: str = LOINC) -> Json:
    return {"coding": [{"system": system, "code": code}]}


def haplotype(gene: str, allele: str, **more: Any) -> Json:
    return {**genotype(gene, allele), "code": coded("84414-2"), **more}


def implication(value: Json, *, gene: str = "", code: Json | None = None, **more: Any) -> Json:
    parts = [{"code": code or coded(IMPLICATION, TBD), "valueCodeableConcept": value}]
    named = genotype(gene, "")["component"] if gene else []
    return {
        "resourceType": "Observation", "status": "final", "code": coded(IMPLICATION, TBD),
        "component": [*named, *parts], **more,
    }  # fmt: skip


def diagnostic(*results: str, status: str = "final", **more: Any) -> Json:
    return {
        "resourceType": "DiagnosticReport", "status": status,
        "result": [{"reference": r} for r in results], **more,
    }  # fmt: skip


def said(read: Read) -> list[tuple[str, str, str]]:
    return [(r.gene, r.diplotype, r.phenotype) for r in read.rows]


def read(tmp_path: Path, *resources: Json) -> Read:
    return read_person(bundle(tmp_path, PATIENT, *resources))


def test_pair_of_haplotypes_without_a_genotype_is_a_diplotype(tmp_path: Path) -> None:
    found = read(tmp_path, haplotype("CYP2C19", "CYP2C19*2"), haplotype("CYP2C19", "*17"))
    assert said(found) == [("CYP2C19", "*2/*17", "")]
    assert found.person.notes == ()


def test_lone_haplotype_leaves_the_other_strand_open(tmp_path: Path) -> None:
    found = read(tmp_path, haplotype("CYP2C19", "*2"))
    assert said(found) == [("CYP2C19", "*2/.", "")]
    assert "1 variants or haplotypes" in found.person.notes[0]


def test_three_haplotypes_are_no_pair(tmp_path: Path) -> None:
    found = read(tmp_path, *[haplotype("CYP2C19", a) for a in ("*1", "*2", "*3")])
    assert said(found) == []
    assert "3 variants or haplotypes" in found.person.notes[0]


def test_haplotypes_beside_their_genotype_say_nothing_more(tmp_path: Path) -> None:
    found = read(tmp_path, haplotype("CYP2C19", "*2"), genotype("CYP2C19", "*2/*17"))
    assert said(found) == [("CYP2C19", "*2/*17", "")]
    assert found.person.notes == ()


@pytest.mark.parametrize("reference", ["#a", "Observation/a"])
def test_genotype_without_a_value_is_made_of_its_haplotypes(tmp_path: Path, reference: str) -> None:
    strands = [{**haplotype("CYP2D6", f"*{n}"), "id": i} for n, i in ((4, "a"), (10, "b"))]
    made = genotype("", "")
    made = {k: v for k, v in made.items() if k not in ("valueCodeableConcept", "component")}
    made["derivedFrom"] = [{"reference": reference}, {"reference": reference[:-1] + "b"}]
    inside = reference.startswith("#")
    resources = [{**made, "contained": strands}] if inside else [made, *strands]
    found = read(tmp_path, *resources)
    assert said(found) == [("CYP2D6", "*4/*10", "")]


def test_genotype_of_haplotypes_of_two_genes_is_not_read(tmp_path: Path) -> None:
    strands = [{**haplotype("CYP2D6", "*4"), "id": "a"}, {**haplotype("CYP2C19", "*2"), "id": "b"}]
    made = {**genotype("", ""), "component": [], "contained": strands}
    made["derivedFrom"] = [{"reference": "#a"}, {"reference": "#b"}]
    assert said(read(tmp_path, made)) == []


ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
ABSENT_EXTENSION = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"


@pytest.mark.parametrize(
    "value",
    [
        {"valueCodeableConcept": coded("LA11884-6")},
        {"valueCodeableConcept": {**coded("LA18198-4"), "text": "no call"}},
        {"valueCodeableConcept": coded("unknown", ABSENT)},
        {"valueCodeableConcept": {"extension": [{"url": ABSENT_EXTENSION, "valueCode": "error"}]}},
        {"_valueString": {"extension": [{"url": ABSENT_EXTENSION, "valueCode": "error"}]}},
        {"dataAbsentReason": coded("unknown", ABSENT)},
    ],
)
def test_genotype_without_a_result_is_a_no_call_and_no_unread_one(
    tmp_path: Path, value: Json
) -> None:
    made = genotype("CYP2D6", "")
    del made["valueCodeableConcept"]
    found = read(tmp_path, {**made, **value})
    assert said(found) == [("CYP2D6", "", "")]
    assert found.person.notes == ()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (coded("LA10315-2"), "Ultrarapid Metabolizer"),
        (coded("LA25390-8"), "Rapid Metabolizer"),
        (coded("LA25391-6"), "Normal Metabolizer"),
        (coded("LA10317-8"), "Intermediate Metabolizer"),
        (coded("LA9657-3"), "Poor Metabolizer"),
        (coded("LA25395-7"), "Decreased Function"),
        ({"text": "Intermediate metaboliser"}, "Intermediate metabolizer"),
        ({"text": "Likely poor metabolizer"}, "Likely poor metabolizer"),
        ({"text": "ultra-rapid metabolizer"}, "Ultrarapid metabolizer"),
        ({"coding": [{"display": "Poor metabolizer", "code": "x"}]}, "Poor metabolizer"),
    ],
)
def test_phenotype_of_an_implication_is_read_by_code_and_by_words(
    tmp_path: Path, value: Json, expected: str
) -> None:
    assert said(read(tmp_path, implication(value, gene="CYP2C19"))) == [("CYP2C19", "", expected)]


def test_effect_on_metabolism_is_read_by_its_answer_alone(tmp_path: Path) -> None:
    told = {**phenotype("CYP2C19", ""), "valueCodeableConcept": coded("LA9657-3")}
    assert said(read(tmp_path, told)) == [("CYP2C19", "", "Poor Metabolizer")]
    silent = {**phenotype("CYP2C19", ""), "valueCodeableConcept": coded("LA0-0")}
    assert "1 genomic results" in read(tmp_path, silent).person.notes[0]


def test_phenotype_as_context_of_treatment_is_read(tmp_path: Path) -> None:
    context = implication({"text": "CYP2D6 poor metabolizer"}, code=coded("81259-4"))
    assert said(read(tmp_path, context)) == [("CYP2D6", "", "poor metabolizer")]


def test_implication_speaks_of_the_gene_that_it_is_derived_from(tmp_path: Path) -> None:
    made = {**genotype("CYP2C19", "*2/*2"), "id": "g"}
    told = implication(coded("LA9657-3"), derivedFrom=[{"reference": "Observation/g"}])
    assert said(read(tmp_path, made, told)) == [("CYP2C19", "*2/*2", "Poor Metabolizer")]


def test_implication_of_two_genes_or_without_a_phenotype_states_none(tmp_path: Path) -> None:
    made = [{**genotype("CYP2C9", "*1/*1"), "id": "g"}, {**genotype("VKORC1", "C/T"), "id": "h"}]
    both = [{"reference": "Observation/g"}, {"reference": "Observation/h"}]
    told = implication(coded("LA9657-3"), derivedFrom=both)
    advised = implication({"text": "medium sensitivity to warfarin"}, gene="VKORC1")
    assert [r.phenotype for r in read(tmp_path, *made, told, advised).rows] == ["", ""]


@pytest.mark.parametrize("status", ["amended", "corrected", "preliminary", "final"])
def test_result_that_stands_is_read(tmp_path: Path, status: str) -> None:
    assert len(read(tmp_path, {**genotype("CYP2D6", "*4/*4"), "status": status}).rows) == 1


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled", "registered", "unknown"])
def test_result_that_does_not_stand_is_not_read(tmp_path: Path, status: str) -> None:
    assert read(tmp_path, {**genotype("CYP2D6", "*4/*4"), "status": status}).rows == ()


def test_results_are_read_in_the_order_of_the_report(tmp_path: Path) -> None:
    made = [{**genotype(g, "*1/*2"), "id": i} for g, i in (("CYP2D6", "a"), ("CYP2C19", "b"))]
    told = diagnostic("Observation/b", "Observation/a", "Observation/lost")
    assert [r.gene for r in read(tmp_path, *made, told).rows] == ["CYP2C19", "CYP2D6"]


def test_result_contained_in_its_report_is_read(tmp_path: Path) -> None:
    inside = {**genotype("CYP2D6", "*4/*4"), "id": "g"}
    told = diagnostic("#g", contained=[inside])
    assert said(read(tmp_path, told)) == [("CYP2D6", "*4/*4", "")]


def test_result_of_a_withdrawn_report_alone_is_not_read_and_said(tmp_path: Path) -> None:
    made = [{**genotype(g, "*1/*2"), "id": i} for g, i in (("CYP2D6", "a"), ("CYP2C19", "b"))]
    gone = diagnostic("Observation/a", "Observation/b", status="entered-in-error")
    stands = diagnostic("Observation/b", status="amended")
    found = read(tmp_path, *made, gone, stands)
    assert [r.gene for r in found.rows] == ["CYP2C19"]
    assert "1 genomic reports were withdrawn" in found.person.notes[0]


def test_newest_version_of_a_result_is_read(tmp_path: Path) -> None:
    def version(number: str, value: str) -> Json:
        return {**genotype("CYP2D6", value), "id": "g", "meta": {"versionId": number}}

    url = "https://x.example/Observation/g"
    made = [version("10", "*4/*4"), version("9", "*1/*1"), {**genotype("CYP2C19", "*1/*1")}]
    entries = [
        {"fullUrl": f"{url}/_history/10", "resource": made[0]},
        {"fullUrl": url, "resource": made[1]},
        {"resource": made[2]},
        {"resource": PATIENT},
    ]
    path = tmp_path / "b.json"
    path.write_text(json.dumps({"resourceType": "Bundle", "entry": entries}))
    assert [r.diplotype for r in read_person(path).rows] == ["*4/*4", "*1/*1"]
    made[0]["meta"] = "broken"
    path.write_text(json.dumps({"resourceType": "Bundle", "entry": entries}))
    assert [r.diplotype for r in read_person(path).rows] == ["*1/*1", "*1/*1"]


SNOMED = "http://snomed.info/sct"


@pytest.mark.parametrize(
    ("concept", "expected"),
    [
        (coded("738542003", SNOMED), ("DPYD", "Poor metabolizer")),
        (
            {"text": "Dihydropyrimidine dehydrogenase intermediate metabolizer (finding)"},
            ("DPYD", "intermediate metabolizer"),
        ),
        ({"text": "Cytochrome P450 2C19 poor metabolizer"}, ("CYP2C19", "poor metabolizer")),
        ({"text": "CYP2D6 poor metabolizer"}, ("CYP2D6", "poor metabolizer")),
        ({"text": "TPMT normal metabolizer"}, ("TPMT", "normal metabolizer")),
    ],
)
def test_conclusion_of_a_report_states_a_phenotype(
    tmp_path: Path, concept: Json, expected: tuple[str, str]
) -> None:
    found = read(tmp_path, diagnostic(conclusionCode=[concept]))
    assert [(r.gene, r.phenotype) for r in found.rows] == [expected]


@pytest.mark.parametrize("words", ["Poor metabolizer", "Some enzyme poor metabolizer", "Positive"])
def test_conclusion_without_a_known_enzyme_states_none(tmp_path: Path, words: str) -> None:
    assert read(tmp_path, diagnostic(conclusionCode=[{"text": words}])).rows == ()


def test_report_that_is_a_document_only_is_said(tmp_path: Path) -> None:
    told = diagnostic(presentedForm=[{"contentType": "application/pdf"}])
    del told["result"]
    assert "1 reports are documents only" in read(tmp_path, told).person.notes[0]


@pytest.mark.shared
def test_report_of_dpyd_as_the_nhs_guide_writes_it_is_read(tmp_path: Path, shared: Path) -> None:
    folder = shared / "fhir" / "nhs-iops-NHSEnglandFHIRGenomicsImplementationGuide" / "backup"
    path = folder / "DiagnosticReport" / "UKCore-DiagnosticReport-MichaelJonesReport-Example.json"
    told = json.loads(path.read_text())
    told["subject"] = {"reference": "Patient/p1"}
    assert [(r.gene, r.phenotype) for r in read(tmp_path, told).rows] == [
        ("DPYD", "poor metabolizer")
    ]


@pytest.mark.shared
def test_file_of_the_nhs_guide_that_is_not_json_is_refused(shared: Path) -> None:
    folder = shared / "fhir" / "nhs-iops-NHSEnglandFHIRGenomicsImplementationGuide" / "backup"
    path = folder / "Observation" / "Observation-NoTransfusionProbandFather-Example.json"
    with pytest.raises(FhirError, match="is not JSON") as raised:
        read_person(path)
    assert raised.value.code == "FHR001"


@pytest.mark.shared
def test_bundle_of_the_guide_states_its_genotype(shared: Path) -> None:
    folder = shared / "fhir" / "hl7-genomics-reporting-3.0.0" / "example"
    found = read_person(folder / "Bundle-bundle-pgxexample.json")
    assert [(r.gene, r.diplotype) for r in found.rows] == [("CYP2C9", "*4/*35B")]


# Our own bundles -------------------------------------------------------------------------------


def written(tmp_path: Path, made: Json) -> Read:
    path = tmp_path / "own.json"
    path.write_text(json.dumps(made))
    return read_person(path)


def test_own_bundle_gives_the_findings_whole_and_no_row(tmp_path: Path) -> None:
    found = written(tmp_path, report_bundle(report(*ALL)))
    assert found.findings == ALL
    assert found.rows == ()
    assert found.person.notes == ()


def without_ours(made: Json) -> Json:
    for entry in made["entry"]:
        held = entry["resource"].get("extension", [])
        entry["resource"]["extension"] = [e for e in held if e["url"] != FINDING_URL]
    return made


def test_own_bundle_without_our_extension_is_read_as_anybodys(tmp_path: Path) -> None:
    found = written(tmp_path, without_ours(report_bundle(report(CALLED, OPEN, SILENT, UNASKED))))
    assert found.findings == ()
    assert said(found) == [("CYP2C19", "*2/*2", PM), ("CYP2D6", "", ""), ("F5", "", "")]


def test_value_changed_beside_the_extension_is_read_and_said(tmp_path: Path) -> None:
    made = report_bundle(report(CALLED))
    genotypes(made)["CYP2C19"]["valueCodeableConcept"] = {"text": "CYP2C19 *1/*1"}
    found = written(tmp_path, made)
    assert found.findings == ()
    assert [r.diplotype for r in found.rows] == ["*1/*1"]
    assert "structured part of a result of CYP2C19" in found.person.notes[0]


@pytest.mark.parametrize("told", [CALLED, UNASKED])
def test_own_result_that_was_withdrawn_takes_its_parts_with_it(tmp_path: Path, told: Any) -> None:
    made = report_bundle(report(told))
    genotypes(made)[told.gene]["status"] = "entered-in-error"
    found = written(tmp_path, made)
    assert found.findings == ()
    assert found.rows == ()


def test_extension_on_another_kind_of_observation_is_not_believed(tmp_path: Path) -> None:
    made = report_bundle(report(CALLED))
    genotypes(made)["CYP2C19"]["code"] = coded("53040-2")
    assert written(tmp_path, made).findings == ()


def test_two_own_results_of_a_gene_that_differ_stand_side_by_side(tmp_path: Path) -> None:
    other = finding("CYP2C19", Candidate("*1/*2", 1.0, IM))
    made = report_bundle(report(CALLED))
    again = report_bundle(report(other))
    again["entry"] = [e for e in again["entry"] if e["resource"]["resourceType"] == "Observation"]
    for entry in again["entry"]:
        entry["fullUrl"] = entry["fullUrl"].replace("urn:uuid:", "urn:uuid:f")
        entry["resource"]["subject"] = {}
    made["entry"] += again["entry"]
    (found,) = written(tmp_path, made).findings
    assert found.status is Status.AMBIGUOUS
    assert [c.name for c in found.candidates] == ["*2/*2", "*1/*2"]


def test_same_own_result_twice_is_one(tmp_path: Path) -> None:
    made = report_bundle(report(CALLED))
    twin = next(e for e in made["entry"] if e["resource"] is genotypes(made)["CYP2C19"])
    made["entry"].append({"fullUrl": "urn:uuid:f", "resource": twin["resource"]})
    assert written(tmp_path, made).findings == (CALLED,)
