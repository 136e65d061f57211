"""A patch as something that can be done to a resource's bytes."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, DecimalException
from typing import Any

import msgspec

from garrod.adapters.fhir.record.parse import parse
from garrod.adapters.fhir.rest import jsonpatch, pathpatch
from garrod.adapters.fhir.rest.places import Places
from garrod.core.errors import FhirError

JSON_PATCH = "application/json-patch+json"
FHIR_JSON = ("application/fhir+json", "application/json")
FHIR_XML = ("application/fhir+xml", "application/xml")  # turned into JSON at the door
_DECODER = msgspec.json.Decoder(float_hook=Decimal)
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def patched_by(patch: bytes, media_type: str, places: Places) -> Callable[[bytes], bytes]:
    """Return what a patch does to the bytes of a resource; numbers stay exact.

    `places` finds what a FHIRPath names.

    Raises: FhirError FHR130 (no patch that is known), later FHR131 (it cannot be done).
    """
    name = media_type.partition(";")[0].strip().lower()
    if name == JSON_PATCH:
        operations = _read(patch)
        return lambda body: written(jsonpatch.apply(parse(body), operations))
    if name in FHIR_JSON + FHIR_XML:
        parameters = parse(patch)
        return lambda body: written(pathpatch.apply(parse(body), parameters, places))
    raise FhirError(
        f"a patch of type {name[:60]!r} is not known: expected {JSON_PATCH}, or Parameters "
        "(FHIRPath Patch) as application/fhir+json or application/fhir+xml.",
        code="FHR130",
    )


def _read(patch: bytes) -> Any:
    try:
        return _DECODER.decode(patch)
    except msgspec.DecodeError as error:
        raise FhirError(f"the patch is no JSON ({error}).", code="FHR130") from error
    except (RecursionError, ValueError, DecimalException) as error:  # no words of the patch itself
        raise FhirError(
            "the patch is no JSON that can be read: it lies too deep in itself, or a number in it "
            "is larger or finer than can be read.",
            code="FHR130",
        ) from error


def written(resource: Any) -> bytes:
    """Return a resource as JSON, decimals as they were."""
    return _ENCODER.encode(resource)
