"""The acts of the medication list over a server's record, and who writes there: for every door.

who is signed in -> Author (their setting as their token says it); record -> Medicines
"""

from __future__ import annotations

from garrod.adapters.fhir.lines.codec import FhirCases, FhirLines
from garrod.adapters.fhir.lines.merging import FhirMerges
from garrod.care.govern.access import Actor
from garrod.care.record.medication.line import Author, Setting
from garrod.care.record.medicines import Medicines
from garrod.care.record.medicines_reconcile import Reconciling
from garrod.care.record.service import Record
from garrod.core.errors import InputError
from garrod.entry.housing import DrugsPack, clock

_LINES, _PACK = FhirLines(), DrugsPack()  # shared: what was read once is not read again
# Where those work, as a rule, whose token names no setting; it decides on nothing that is private.
USUAL = {
    "prescriber": Setting.GP.value,
    "nurse": Setting.GP.value,
    "pharmacist": Setting.COMMUNITY_PHARMACY.value,
    "laboratory-scientist": Setting.HOSPITAL.value,
    "geneticist": Setting.HOSPITAL.value,
    "system": Setting.HOSPITAL.value,
}


def medicines_over(record: Record) -> Medicines:
    """Return the acts of the medication list over a record."""
    return Medicines(record, _LINES, clock, _PACK, FhirMerges())


def reconciling_over(record: Record) -> Reconciling:
    """Return the acts of reconciliation over a record."""
    return Reconciling(medicines_over(record), FhirCases())


def signed_in(actor: Actor) -> Author:
    """Return who writes by what their token says.  Raises: InputError API009 (no setting)."""
    named = actor.setting or (
        Setting.PERSON.value if actor.role in ("patient", "proxy") else USUAL.get(actor.role, "")
    )
    if named not in set(Setting):
        raise InputError(
            f"the token names no care setting that is known here: expected one of "
            f"{', '.join(Setting)}.",
            code="API009",
        )
    return Author(
        who=actor.id,
        role=actor.role,
        organisation=actor.organisation,
        setting=Setting(named),
        on_behalf_of="",
    )
