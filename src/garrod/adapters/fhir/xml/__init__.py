"""FHIR XML in and out: `XmlFormat(shelf)` has `from_xml` and `to_xml`."""

from garrod.adapters.fhir.xml.format import XmlFormat

__all__ = ["XmlFormat"]
