"""What this server does, made from what is really there: types, parameters, operations.

Source: HL7 FHIR R4 (4.0.1), CapabilityStatement, https://hl7.org/fhir/R4/capabilitystatement.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import orjson

from garrod.adapters.fhir.rest.checked import CheckedCodec
from garrod.care.record.subscriptions import Topic

INTERACTIONS = (
    "read",
    "vread",
    "update",
    "patch",
    "delete",
    "history-instance",
    "history-type",
    "create",
    "search-type",
)
SYSTEM = ("transaction", "batch", "history-system", "search-system")
FORMATS = ("application/fhir+json", "application/fhir+xml", "json", "xml")
PATCHES = ("application/json-patch+json", "application/fhir+json", "application/fhir+xml")
OPERATION = "https://garrod.health/fhir/OperationDefinition"
BACKPORT = "http://hl7.org/fhir/uv/subscriptions-backport"
BACKPORTED = ("status", "events", "get-ws-binding-token")  # operations that the guide defines
TOPIC_LIST = f"{BACKPORT}/StructureDefinition/capabilitystatement-subscriptiontopic-canonical"
WEBSOCKET = "http://hl7.org/fhir/StructureDefinition/capabilitystatement-websocket"
GUIDE = "hl7.fhir.uv.subscriptions-backport"
RELEASED = "2026-11-28"  # of this statement


class Offered(Protocol):
    """An operation, as the statement names it."""

    @property
    def name(self) -> str:
        """Its name without "$"."""
        ...

    @property
    def levels(self) -> frozenset[str]:
        """Where it may be asked: system, type, instance."""
        ...

    @property
    def kinds(self) -> frozenset[str]:
        """The types that it is asked of; none: every type."""
        ...


def capability(
    codec: CheckedCodec,
    base: str,
    operations: Iterable[Offered],
    *,
    version: str,
    security: Mapping[str, Any],
) -> bytes:
    """Return the CapabilityStatement as JSON."""
    offered = sorted(operations, key=lambda o: o.name)
    everywhere = [_operation(o) for o in offered if not o.kinds and "system" in o.levels]
    return orjson.dumps(
        {
            "resourceType": "CapabilityStatement",
            "status": "active",
            "date": RELEASED,
            "publisher": "Garrod",
            "kind": "instance",
            "software": {"name": "Garrod", "version": version},
            "implementation": {"description": "A medication record", "url": base},
            "fhirVersion": "4.0.1",
            "implementationGuide": [f"{BACKPORT}/ImplementationGuide/{GUIDE}"],
            "format": list(FORMATS),
            "patchFormat": list(PATCHES),
            "rest": [
                {
                    "extension": [{"url": WEBSOCKET, "valueUri": _socket(base)}],
                    "mode": "server",
                    "security": dict(security),
                    "resource": [_resource(codec, kind, offered) for kind in sorted(codec.kinds)],
                    "interaction": [{"code": code} for code in SYSTEM],
                    **({"operation": everywhere} if everywhere else {}),
                }
            ],
        }
    )


def _resource(codec: CheckedCodec, kind: str, offered: Iterable[Offered]) -> dict[str, Any]:
    parameters = sorted(codec.facts.parameters(kind).values(), key=lambda p: p.name)
    references = [p.name for p in parameters if p.type.value == "reference"]
    said: dict[str, Any] = {
        "type": kind,
        "interaction": [{"code": code} for code in INTERACTIONS],
        "versioning": "versioned-update",
        "readHistory": True,
        "updateCreate": True,
        "conditionalCreate": True,
        "conditionalRead": "full-support",
        "conditionalUpdate": True,
        "conditionalDelete": "single",
        "searchParam": [{"name": p.name, "type": p.type.value} for p in parameters if p.is_served],
    }
    if kind == "Subscription":
        said["extension"] = [{"url": TOPIC_LIST, "valueCanonical": t.url} for t in Topic]
        said["supportedProfile"] = [f"{BACKPORT}/StructureDefinition/backport-subscription"]
    if references:
        said["searchInclude"] = [f"{kind}:{name}" for name in references]
    own = [_operation(o) for o in offered if not o.kinds or kind in o.kinds]
    return {**said, **({"operation": own} if own else {})}


def _operation(offered: Offered) -> dict[str, str]:
    if "Subscription" in offered.kinds and offered.name in BACKPORTED:
        guide = f"{BACKPORT}/OperationDefinition/backport-subscription-{offered.name}"
        return {"name": offered.name, "definition": guide}
    return {"name": offered.name, "definition": f"{OPERATION}/{offered.name}"}


def _socket(base: str) -> str:
    return f"{base.replace('http', 'ws', 1)}/ws"
