"""Draft orders of a call: at the hook for repeats each says that it is one."""

from garrod.adapters.cds.model import Call
from garrod.adapters.cds.orders import REPEATED, drafts_of
from garrod.core.medicine import ANY_LINE

PATIENT = frozenset(("Patient/p1",))
ORDER = {
    "resourceType": "MedicationRequest",
    "id": "d1",
    "status": "draft",
    "subject": {"reference": "Patient/p1"},
    "medicationCodeableConcept": {"text": "Ramipril 5 mg capsules"},
    "priorPrescription": {"reference": "MedicationRequest/r1"},
}


def renews(hook: str) -> tuple[str, ...]:
    call = Call(hook, "", "p1", orders={"entry": [{"resource": ORDER}]})
    (draft,) = drafts_of(call, PATIENT).drafts
    return draft.line.renews


def test_order_at_the_hook_for_repeats_is_a_repeat() -> None:
    assert renews("order-sign") == ("MedicationRequest/r1",)
    assert renews(REPEATED) == ("MedicationRequest/r1", ANY_LINE)
