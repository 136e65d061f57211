"""Cuts the value of a search parameter at its commas, pipes and dollars, escaped ones excepted.

Source: HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/search.html#escaping
"""

from __future__ import annotations

import re

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def cut(text: str, sign: str) -> list[str]:
    """Return the parts between signs that no backslash precedes; escapes stay as they are."""
    if sign not in text:
        return [text]
    parts, start, at = [], 0, 0
    while at < len(text):
        if text[at] == "\\":
            at += 2
            continue
        if text[at] == sign:
            parts.append(text[start:at])
            start = at + 1
        at += 1
    return [*parts, text[start:]]


def plain(text: str) -> str:
    r"""Return a part with \, \| \$ and \\ as the signs that they stand for."""
    return _ESCAPE.sub(r"\1", text) if "\\" in text else text
