"""Every class of error has its own exit code, and each instance a stable code."""

import pytest

from garrod.core import errors


@pytest.mark.parametrize(
    ("kind", "exit_code", "code"),
    [
        (errors.UsageError, 2, "USE001"),
        (errors.VcfError, 10, "VCF001"),
        (errors.FhirError, 10, "FHR001"),
        (errors.KnowledgeError, 11, "KNO001"),
        (errors.AccessDenied, 12, "ACC001"),
        (errors.ConflictError, 13, "CON001"),
        (errors.OutsideError, 14, "EXT001"),
        (errors.InternalFault, 19, "GAR001"),
    ],
)
def test_error_has_the_exit_code_of_who_must_act(
    kind: type[errors.GarrodError], exit_code: int, code: str
) -> None:
    raised = kind("what to do")
    assert (raised.exit_code, raised.code, raised.message) == (exit_code, code, "what to do")


def test_error_keeps_a_code_of_its_own() -> None:
    assert errors.VcfError("x", code="VCF007").code == "VCF007"
