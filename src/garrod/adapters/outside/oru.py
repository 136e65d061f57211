"""Reads a laboratory's HL7 v2 results (ORU^R01): discrete observations of pharmacogenes.

Version: 2.3 to 2.8.  Source: HL7 v2.5.1; LOINC clinical genomics panels (see `adapters.hl7v2`).
"""

from __future__ import annotations

from collections.abc import Iterator

from garrod.adapters.hl7v2.codes import CHARSETS
from garrod.adapters.hl7v2.er7 import BEGINNING, messages
from garrod.adapters.hl7v2.results import results
from garrod.adapters.outside.content import Content, Told
from garrod.core.errors import OutsideCallError


def is_it(content: Content) -> bool:
    """Return whether a file is HL7 v2, whole or cut."""
    return bool(BEGINNING.match(content.text))


def told(content: Content) -> Iterator[Told]:
    """Yield the rows of each patient.  Raises: OutsideCallError OUT001, OUT003."""
    for result in results(_text(content), str(content.path)):
        yield Told(result.row, result.patient)


def _text(content: Content) -> str:
    """Return the text by the character set that the first header names (MSH-18)."""
    if content.is_utf8:
        return content.text
    first = next((m.header for m in messages(content.text, str(content.path))), None)
    name = first.text(18).upper() if first else ""
    encoding = CHARSETS.get(name, "")
    if encoding in ("", "utf-8"):
        raise OutsideCallError(
            f"{content.path}: MSH on line {first.line if first else 1} names a character set "
            "(MSH-18) that its bytes are not in, or that is not known; send it as UTF-8",
            code="OUT003",
        )
    if encoding == "cp1252":
        return content.text
    return content.path.read_bytes().decode(encoding, errors="replace")
