"""The operations of the FHIR door, by name. Each is registered here and nowhere else."""

from __future__ import annotations

from garrod.entry.api.operations import subscriptions
from garrod.entry.api.operations.advise import advise
from garrod.entry.api.operations.break_glass import break_glass, mend_glass
from garrod.entry.api.operations.bulk import BULK
from garrod.entry.api.operations.everything import everything
from garrod.entry.api.operations.medication_duplicates import duplicates
from garrod.entry.api.operations.medication_list import confirm, line, medication_list
from garrod.entry.api.operations.merge import merge, unmerge
from garrod.entry.api.operations.reconcile import reconcile
from garrod.entry.api.operations.subject_access import subject_access
from garrod.entry.api.operations.terminology import lookup, subsumes, translate, validate_code
from garrod.entry.api.operations.terminology_expand import expand
from garrod.entry.api.operations.validating import validate
from garrod.entry.api.rooms import Named

POST = frozenset(("POST",))
GET = frozenset(("GET",))
INSTANCE, TYPE, SYSTEM = "instance", "type", "system"
_ONE, _PATIENT = frozenset((INSTANCE,)), frozenset(("Patient",))
_SUBSCRIPTION = frozenset(("Subscription",))
_TYPE_OR_ONE, _SYSTEMS = frozenset((TYPE, INSTANCE)), frozenset(("CodeSystem",))

OPERATIONS = {
    named.name: named
    for named in (
        *BULK,
        Named("advise", advise, _ONE, _PATIENT),
        Named("break-glass", break_glass, _ONE, _PATIENT, POST),
        Named("mend-glass", mend_glass, _ONE, _PATIENT, POST),
        Named("validate", validate, frozenset((SYSTEM, TYPE, INSTANCE))),
        Named("medication-list", medication_list, _ONE, _PATIENT, GET),
        Named("confirm-medication-list", confirm, _ONE, _PATIENT, POST),
        Named("line", line, _ONE, _PATIENT, POST),
        Named("reconcile", reconcile, _ONE, _PATIENT),
        Named("medication-duplicates", duplicates, _ONE, _PATIENT),
        Named("merge", merge, frozenset((TYPE,)), _PATIENT, POST),
        Named("unmerge", unmerge, frozenset((TYPE,)), _PATIENT, POST),
        Named("subject-access", subject_access, _ONE, _PATIENT, GET),
        Named("everything", everything, frozenset((INSTANCE,)), frozenset(("Patient",))),
        Named("status", subscriptions.status, frozenset((TYPE, INSTANCE)), _SUBSCRIPTION),
        Named("events", subscriptions.events, _ONE, _SUBSCRIPTION),
        Named(
            "get-ws-binding-token",
            subscriptions.binding_token,
            frozenset((TYPE, INSTANCE)),
            _SUBSCRIPTION,
        ),
        Named("lookup", lookup, _TYPE_OR_ONE, _SYSTEMS),
        Named("subsumes", subsumes, _TYPE_OR_ONE, _SYSTEMS),
        Named("validate-code", validate_code, _TYPE_OR_ONE, frozenset((*_SYSTEMS, "ValueSet"))),
        Named("expand", expand, _TYPE_OR_ONE, frozenset(("ValueSet",))),
        Named("translate", translate, _TYPE_OR_ONE, frozenset(("ConceptMap",))),
        Named("hook-secret", subscriptions.hook_secret, _ONE, _SUBSCRIPTION, GET),
    )
}
