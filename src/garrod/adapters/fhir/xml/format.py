"""FHIR XML at the door: turned into the JSON that the rest works on, and back.

Source: HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/xml.html
"""

from __future__ import annotations

from garrod.adapters.fhir.check.facts import Facts
from garrod.adapters.fhir.json import BYTE_ORDER_MARK, LARGEST
from garrod.adapters.fhir.xml.layout import Layouts
from garrod.adapters.fhir.xml.read import Reader
from garrod.adapters.fhir.xml.write import Writer
from garrod.core.errors import FhirError
from garrod.knowledge.shelf import Shelf


class XmlFormat:
    """Turns FHIR XML into FHIR JSON and back, by the facts on a shelf. It judges form alone."""

    def __init__(self, shelf: Shelf) -> None:
        """Raises: KnowledgeError KNO002, KNO004 without the pack fhir-r4."""
        self._layouts = Layouts(Facts(shelf))

    def from_xml(self, body: bytes, *, largest: int = LARGEST, is_strict: bool = True) -> bytes:
        """Return the JSON of a resource in XML; `is_strict` False bears elements out of order.

        Raises: FhirError FHR153 (not well formed, not UTF-8, or with a DOCTYPE), FHR154 (too deep
        or too large), FHR155 (no resource), FHR156 (unknown), FHR157 (order, twice), FHR158
        (value), FHR159 (narrative), each with line and element.
        """
        if len(body) > largest:
            raise FhirError(
                f"{len(body):,} bytes were sent, and {largest:,} are read at most: send less at "
                "once.",
                code="FHR154",
            )
        content = body.removeprefix(BYTE_ORDER_MARK)
        return Reader(self._layouts, content, is_strict=is_strict).json()

    def to_xml(self, body: bytes) -> bytes:
        """Return the XML of a resource in JSON.

        Raises: FhirError FHR100 to FHR105 (not one resource in JSON), FHR155 (no resource), FHR156
        (unknown), FHR158 (value), FHR159 (narrative), each with the path.
        """
        return Writer(self._layouts).xml(body)
