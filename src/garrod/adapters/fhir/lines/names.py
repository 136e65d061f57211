"""Names under which the medication list says what FHIR has no element for."""

from __future__ import annotations

ROOT = "https://garrod.health/fhir"
TREATMENT = f"{ROOT}/treatment"
# Other systems whose identifiers name a treatment: that of the synthetic world.
TREATMENTS = (TREATMENT, "https://garrod.example/world/treatment-id")
_DEFINITION = f"{ROOT}/StructureDefinition"
LINE = f"{_DEFINITION}/medication-line"
HISTORY = f"{_DEFINITION}/medication-line-history"
RESUMES = f"{_DEFINITION}/medication-line-resumes"
WORDS = f"{_DEFINITION}/dose-words-differ"
BY_INR = f"{_DEFINITION}/dose-by-inr"
CONFIRMED = f"{_DEFINITION}/medication-list-confirmed"
OVERRIDE = f"{_DEFINITION}/medication-list-override"
NUMBER = f"{_DEFINITION}/medication-list-line-version"
COMPLETENESS = f"{_DEFINITION}/medication-list-source"
RECEIPT = f"{_DEFINITION}/receipt"
MERGE = f"{_DEFINITION}/merge"
SETTING = f"{_DEFINITION}/care-setting"
FLAGS = f"{ROOT}/medication-list-flag"
CODES = f"{ROOT}/record-code"
METHODS = f"{ROOT}/dose-method"
ROUTES = f"{ROOT}/dose-route"
UNITS = f"{ROOT}/dose-unit"
RECONCILED = f"{_DEFINITION}/medication-list-reconciled"
CASE = f"{_DEFINITION}/reconciliation"
HANDOVER = f"{_DEFINITION}/handover"
