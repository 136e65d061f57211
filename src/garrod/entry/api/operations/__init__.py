"""The operations of the FHIR door, by name. Each is registered here and nowhere else."""

from __future__ import annotations

from garrod.entry.api.operations.everything import everything
from garrod.entry.api.operations.validating import validate
from garrod.entry.api.rooms import Named

INSTANCE, TYPE, SYSTEM = "instance", "type", "system"

OPERATIONS = {
    named.name: named
    for named in (
        Named("validate", validate, frozenset((SYSTEM, TYPE, INSTANCE))),
        Named("everything", everything, frozenset((INSTANCE,)), frozenset(("Patient",))),
    )
}
