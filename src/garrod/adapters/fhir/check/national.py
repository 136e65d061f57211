"""Check digits and shapes of national identifiers and codes, beside what FHIR itself asks.

A code of SNOMED CT or dm+d that is not digits alone (an expression) is left to a terminology.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from garrod.adapters.fhir.check.faults import Fault, Found, Run
from garrod.adapters.fhir.validate.issue import Severity
from garrod.core.errors import CodeError
from garrod.core.identifiers import Dmd, NhsNumber, OdsCode, Snomed, read_nhs_number

CODES = {Snomed.system: Snomed, Dmd.system: Dmd}
NHS_NUMBER, ODS = NhsNumber.system, OdsCode.system
DIGIT = "check-digit"


@lru_cache(maxsize=65536)
def _is_code(system: str, code: str) -> bool:
    try:
        CODES[system](code)
    except CodeError:
        return False
    return True


def coding(value: dict[str, Any], run: Run) -> Found:
    """Return the fault of a coding (or coded quantity) whose check digit is wrong."""
    system = value.get("system")
    if type(system) is not str or system not in CODES:
        return None
    code = value.get("code")
    if type(code) is not str or not code.isdecimal() or _is_code(system, code):
        return None
    return [Fault(DIGIT, f"a code of {system} is {CODES[system].expected}").at("code")]


def identifier(value: dict[str, Any], run: Run) -> Found:
    """Return the fault of an NHS number or ODS code that cannot be one."""
    system, text = value.get("system"), value.get("value")
    if type(text) is not str or type(system) is not str:
        return None
    if system == NHS_NUMBER:
        return _nhs_number(text)
    if system == ODS:
        return _ods(text)
    return None


@lru_cache(maxsize=4096)
def _is_ods(text: str) -> bool:
    try:
        OdsCode(text)
    except CodeError:
        return False
    return True


def _ods(text: str) -> Found:
    if _is_ods(text):
        return None
    return [Fault("shape-of-code", f"an ODS code is {OdsCode.expected}").at("value")]


def _nhs_number(text: str) -> Found:
    try:
        number = read_nhs_number(text)
    except CodeError:
        return [Fault(DIGIT, f"an NHS number is {NhsNumber.expected}").at("value")]
    if number.value == text:
        return None
    told = "an NHS number is written without spaces or hyphens"
    return [Fault("spaces", told, Severity.WARNING).at("value")]
