"""What tests of FHIR XML share: the format over the shipped pack, and bodies in few words."""

import json
from functools import cache
from typing import Any

from garrod.adapters.fhir.xml import XmlFormat
from garrod.adapters.packs.load import load_pack
from garrod.knowledge.shelf import Shelf
from tests.house.source_tree import PACKS

FHIR = 'xmlns="http://hl7.org/fhir"'
XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'
Json = dict[str, Any]


@cache
def xml_format() -> XmlFormat:
    """Return the format over the shipped pack."""
    (folder,) = (PACKS / "fhir-r4").iterdir()
    return XmlFormat(Shelf([load_pack(folder)]))


def exact(body: bytes) -> Any:
    """Return JSON with its numbers as they are written."""
    return json.loads(body, parse_float=lambda t: ("number", t), parse_int=lambda t: ("number", t))


def read(inner: str, kind: str = "Patient", **options: Any) -> Any:
    """Return the JSON of a resource of which the elements are given."""
    return exact(xml_format().from_xml(f"<{kind} {FHIR}>{inner}</{kind}>".encode(), **options))


def written(resource: Json | str) -> str:
    """Return the XML of a resource, without the line that says so."""
    body = resource if isinstance(resource, str) else json.dumps(resource)
    return xml_format().to_xml(body.encode()).decode().partition("\n")[2]
