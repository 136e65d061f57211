"""What is kept of a request with an idempotency key, as a Basic of the person."""

from __future__ import annotations

import orjson

from garrod.adapters.fhir.json import Resource, many, one, text
from garrod.adapters.fhir.lines.names import CODES, RECEIPT
from garrod.adapters.fhir.lines.nested import named, part, tree, within, words
from garrod.adapters.fhir.lines.statement import written
from garrod.care.record.medicines_ports import RECEIPT as KIND
from garrod.care.record.medicines_ports import Kept
from garrod.core.resource import Version


def kept_body(kept: Kept) -> bytes:
    """Return a receipt as the bytes of a Basic."""
    return written(
        {
            "resourceType": KIND,
            "extension": tree(
                RECEIPT,
                part("key", "String", kept.key),
                part("fingerprint", "String", kept.fingerprint),
                part("list", "Integer", kept.number),
                part("detail", "String", kept.detail),
            ),
            "code": {"coding": [{"system": CODES, "code": "receipt"}]},
            "subject": {"reference": f"Patient/{kept.patient}"},
        }
    )


def kept_of(version: Version) -> Kept:
    """Return the receipt that a version holds."""
    resource = orjson.loads(version.body)
    found = within(resource, RECEIPT)
    number = within(found, "list").get("valueInteger")
    return Kept(
        text(one(resource, "subject"), "reference").removeprefix("Patient/"),
        words(found, "key"),
        words(found, "fingerprint"),
        number if isinstance(number, int) else 0,
        words(found, "detail"),
    )


def is_kept(resource: Resource) -> bool:
    """Return whether a Basic is a receipt."""
    return any(named(many(resource, "extension"), RECEIPT))
