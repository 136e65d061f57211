"""Reads the cells of an .xlsx sheet as text, with the standard library alone."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def cells(path: Path, sheet: str = "xl/worksheets/sheet1.xml") -> Iterator[dict[str, str]]:
    """Yield each row as column letter -> text, blank cells left out."""
    with zipfile.ZipFile(path) as book:
        words = [
            "".join(part.text or "" for part in item.iter(f"{SPACE}t"))
            for item in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        ]
        root = ElementTree.fromstring(book.read(sheet))
    for row in root.iter(f"{SPACE}row"):
        found = {}
        for cell in row:
            value = cell.findtext(f"{SPACE}v") or ""
            text = words[int(value)] if cell.get("t") == "s" and value else value
            if text.strip():
                found[re.sub(r"\d", "", cell.get("r", ""))] = text.strip()
        yield found
