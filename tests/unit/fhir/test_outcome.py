"""An OperationOutcome says what and where, is itself valid, and repeats nothing that was sent."""

import json

import pytest

from garrod.adapters.fhir.outcome import outcome, outcome_of
from garrod.adapters.fhir.validate.issue import Issue, Severity
from garrod.core.errors import (
    AccessDenied,
    ConflictError,
    FhirError,
    GarrodError,
    InputError,
    InternalFault,
    KnowledgeError,
    OutsideError,
    VersionConflict,
)
from validation.fhir_defects import DEFECTS, Defect, checker, errors, written


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda d: d.name)
def test_outcome_of_a_defect_is_a_valid_resource(defect: Defect) -> None:
    found = json.loads(outcome(errors(written(defect))))
    assert checker().check(found) == ()
    assert {i["severity"] for i in found["issue"]} == {"error"}


def test_issue_is_told_with_code_text_rule_and_path() -> None:
    issue = Issue(Severity.ERROR, "min", "Patient.name", "name is missing", "https://x.example/p")
    assert json.loads(outcome([issue]))["issue"] == [
        {
            "severity": "error",
            "code": "required",
            "details": {"text": "name is missing"},
            "diagnostics": "rule min of https://x.example/p",
            "expression": ["Patient.name"],
        }
    ]


def test_nothing_found_is_said() -> None:
    issue = json.loads(outcome([]))["issue"][0]
    assert (issue["severity"], issue["code"]) == ("information", "informational")
    assert "expression" not in issue


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (FhirError("line 1, column 2: a comma was expected", code="FHR100"), "structure"),
        (InputError("x"), "invalid"),
        (InputError("x", code="REC001"), "not-found"),
        (InputError("x", code="REC002"), "deleted"),
        (ConflictError("x", code="REC004"), "multiple-matches"),
        (InputError("x", code="API002"), "not-supported"),
        (InputError("x", code="API007"), "too-long"),
        (InputError("x", code="CDS010"), "not-found"),
        (AccessDenied("x", code="ACC002"), "login"),
        (AccessDenied("no"), "forbidden"),
        (VersionConflict("Patient", "1", expected=1, current=2), "conflict"),
        (OutsideError("away"), "transient"),
        (KnowledgeError("no pack"), "not-supported"),
    ],
)
def test_error_of_ours_is_told(error: GarrodError, code: str) -> None:
    found = json.loads(outcome_of(error))
    assert checker().check(found) == ()
    issue = found["issue"][0]
    assert (issue["severity"], issue["code"]) == ("error", code)
    assert issue["details"]["text"] == error.message
    assert issue["diagnostics"] == error.code


def test_internal_fault_is_not_explained_outside() -> None:
    for error in (InternalFault("row 7 of Ann Example"), GarrodError("Ann Example")):
        body = outcome_of(error)
        assert b"Example" not in body
        assert json.loads(body)["issue"][0]["severity"] == "fatal"


@pytest.mark.parametrize("number", ["9000000009", "900 000 0009", "900-000-0009"])
def test_number_that_can_be_a_persons_is_not_told_wherever_it_stood(number: str) -> None:
    fault = InputError(f"there is no Patient/{number} here ('{number}').")
    issue = Issue(Severity.ERROR, "x", f"Patient.{number}", f"{number} is not known")
    for told in (outcome_of(fault), outcome([issue])):
        assert number not in told.decode()
        assert told.count(b"(a number)") == 2
        json.loads(told)


@pytest.mark.parametrize("number", ["9000000008", "19000000009", "20260303090000", "a9000000009"])
def test_number_that_is_none_is_told(number: str) -> None:
    assert number in outcome_of(InputError(f"there is no Patient/{number} here.")).decode()
