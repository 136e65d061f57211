"""What tests of the record's FHIR share: one codec, and resources in few words."""

import json
from functools import cache
from typing import Any

from garrod.adapters.fhir.record.codec import FhirCodec
from garrod.adapters.packs.load import load_pack
from garrod.core.resource import Draft, Rows
from garrod.knowledge.shelf import Shelf
from tests.house.source_tree import PACKS

BASE = "https://here.example/fhir"
Json = dict[str, Any]


@cache
def codec() -> FhirCodec:
    """Return the codec over the shipped pack."""
    (folder,) = (PACKS / "fhir-r4-search").iterdir()
    return FhirCodec(Shelf([load_pack(folder)]), BASE)


def bytes_of(resource: Json) -> bytes:
    return json.dumps(resource).encode()


def draft_of(resource: Json) -> Draft:
    return codec().drafted(bytes_of(resource), kind=resource["resourceType"], id="x1")


def rows_of(kind: str, **members: Any) -> Rows:
    return draft_of({"resourceType": kind, **members}).rows
