"""Which resources state a gene's result, and how they are withdrawn."""

from __future__ import annotations

from typing import Any

import pytest

from garrod.adapters.fhir.genomics_stated import (
    amended,
    is_stated,
    replaced_by,
    stating,
    with_replaced,
    withdrawn,
)

LOINC = "http://loinc.org"
Json = dict[str, Any]


def observed(id: str, code: str, value: str, gene: str = "CYP2C19", **more: Any) -> Json:
    studied = {
        "code": {"coding": [{"system": LOINC, "code": "48018-6"}]},
        "valueCodeableConcept": {"text": gene},
    }
    return {
        "resourceType": "Observation",
        "id": id,
        "status": "final",
        "subject": {"reference": "Patient/p"},
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "valueString": value,
        "component": [studied] if gene else [],
        **more,
    }


GENOTYPE = observed("g", "84413-4", "*2/*2")
PHENOTYPE = observed("f", "53040-2", "Poor Metabolizer")
OTHER = observed("o", "84413-4", "*1/*1", "TPMT")
GONE = observed("e", "84413-4", "*1/*1", status="entered-in-error")
HALVES = [observed("h", "84414-2", "*2"), observed("i", "84414-2", "*17")]
PARTS = [{"reference": "Observation/h"}, {"reference": "Observation/i"}]
MADE_OF = observed("m", "84413-4", "*2/*17", "", derivedFrom=PARTS)
REPORT: Json = {
    "resourceType": "DiagnosticReport",
    "id": "r",
    "status": "final",
    "subject": {"reference": "Patient/p"},
    "result": [{"reference": "Observation/g"}],
}


@pytest.mark.parametrize(
    ("resources", "ids"),
    [
        ([GENOTYPE, PHENOTYPE, OTHER, GONE], {"g", "f"}),
        ([*HALVES, MADE_OF], {"h", "i", "m"}),
        ([OTHER], set()),
    ],
)
def test_what_states_a_gene_is_found_and_is_all_of_it(resources: list[Json], ids: set[str]) -> None:
    assert {r["id"] for r in stating(resources, "CYP2C19")} == ids
    assert not is_stated(resources, "CYP2C19", but=ids)
    assert is_stated(resources, "CYP2C19", but=()) is bool(ids)


def test_conclusion_of_a_report_states_a_gene_beside_its_observations() -> None:
    coded = {"coding": [{"system": "http://snomed.info/sct", "code": "738542003"}]}
    report = {**REPORT, "conclusionCode": [coded]}
    assert stating([report], "DPYD") == ()
    assert is_stated([report], "DPYD", but=())


def test_what_is_withdrawn_says_why_and_by_whom() -> None:
    found = withdrawn({**GENOTYPE, "note": [{"text": "old"}]}, "swapped", "Practitioner/x", "2026")
    assert found["status"] == "entered-in-error"
    assert found["note"] == [
        {"text": "old"},
        {"authorReference": {"reference": "Practitioner/x"}, "time": "2026", "text": "swapped"},
    ]
    assert withdrawn(GENOTYPE, "x", "local", "2026")["note"][0]["authorString"] == "local"


def test_report_of_what_is_withdrawn_is_amended_and_no_other() -> None:
    assert (amended(REPORT, {"g"}) or {})["status"] == "amended"
    assert amended(REPORT, {"f"}) is None
    assert amended({**REPORT, "status": "entered-in-error"}, {"g"}) is None


def test_what_replaces_another_names_it_once() -> None:
    one = with_replaced(GENOTYPE, ["Observation/e"])
    assert replaced_by(one) == ("Observation/e",)
    assert with_replaced(one, ["Observation/e"]) is one
    assert replaced_by(GENOTYPE) == ()
