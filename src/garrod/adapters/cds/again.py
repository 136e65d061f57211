"""The command that asks a question again, to be printed beside its answer.

base address, person, draft orders · a call of a hook -> one line for a shell
The token is not in it: the shell puts it in from GARROD_DEV_TOKEN.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from garrod.adapters.cds.model import Call
from garrod.adapters.fhir.json import Resource, many, one, text

LONGEST = 16_000  # Not clinical: characters of orders; longer ones are not printed once more
MOST = 50  # Not clinical: as many orders as `$advise` is asked about at once
ASK = 'curl -H "Authorization: Bearer $GARROD_DEV_TOKEN"'
ALONE = frozenset(("patient-view", "encounter-discharge", "order-select", "order-sign"))


def command(base: str, patient: str, orders: Sequence[Mapping[str, Any]] = ()) -> str:
    """Return the command that asks `$advise` about orders; about everything taken without any."""
    parts = [{"name": "order", "resource": order} for order in orders]
    sent = orjson.dumps({"resourceType": "Parameters", "parameter": parts}).decode()
    body = f"-H 'Content-Type: application/fhir+json' -d {shlex.quote(sent)}"
    address = shlex.quote(f"{base}/fhir/Patient/{patient}/$advise?shape=plain")
    return f"{ASK} {body if orders else '-X POST'} {address}"


def command_of(call: Call, base: str, service: str, *, is_recorded: bool) -> str:
    """Return the command that gives the advice of a call again.

    `is_recorded` says that the answer rests on the record here alone: then the command stands by
    itself. Otherwise it sends the call once more, which whoever called has (`call.json`).
    """
    orders = [r for e in many(call.orders, "entry") if (r := one(e, "resource"))]
    if is_recorded and call.hook in ALONE and len(orders) <= MOST and all(map(_is_whole, orders)):
        said = command(base, call.patient, orders)
        if len(said) <= LONGEST:
            return said
    address = shlex.quote(f"{base}/cds-services/{service}")
    return f"{ASK} -H 'Content-Type: application/json' -d @call.json {address}"


def _is_whole(order: Resource) -> bool:
    """Return whether an order is one for a medicine that says all of itself."""
    return text(order, "resourceType") == "MedicationRequest" and "medicationReference" not in order
