"""Reads the saved FDA table of associations: the web page (HTML), or its rows as CSV or JSON.

file -> Association (section, drug, gene, subgroup, description), with the place it was read at
The web page has one table a section, below the section's name; CSV and JSON have a column for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from garrod.adapters.packs.importers.reading import read_bytes, read_json, read_table
from garrod.core.errors import InputError

COLUMNS = ("Drug", "Gene", "Affected Subgroups", "Description of Gene-Drug Interaction")
MANAGEMENT, SAFETY, KINETICS = "therapeutic-management", "safety-or-response", "pharmacokinetics"
# How a section is told: by the words of its heading, or the word that a scraped table has for it
HEADINGS = {
    "support therapeutic management": MANAGEMENT,
    "potential impact on safety or response": SAFETY,
    "impact on pharmacokinetic properties only": KINETICS,
}
WORDS = {"recommendation": MANAGEMENT, "impact": SAFETY, "pk": KINETICS}
SUFFIXES = (".html", ".htm", ".csv", ".json")
_FOOTNOTE = re.compile(r"[\s+*†‡]+$")


@dataclass(frozen=True, slots=True)
class Association:
    """One row of the FDA table as it is written, and the place it was read at."""

    section: str
    drug: str
    gene: str
    subgroup: str
    description: str
    place: str


def read_associations(source: Path) -> list[Association]:
    """Return the rows of a saved table: a file, or a folder that holds one such file.

    Raises: InputError INP051 when it cannot be read as the table.
    """
    path = _file_of(source)
    kind = path.name.removesuffix(".gz").rpartition(".")[2].lower()
    readers = {"csv": _from_csv, "json": _from_json}
    found = list(readers.get(kind, _from_html)(path))
    if not found:
        raise InputError(
            f"{path}: holds no table with the columns {', '.join(COLUMNS)}; save the whole page "
            "of the FDA table of pharmacogenetic associations",
            code="INP051",
        )
    return found


def _file_of(source: Path) -> Path:
    if not source.is_dir():
        return source
    found = sorted(p for p in source.iterdir() if p.name.removesuffix(".gz").endswith(SUFFIXES))
    if len(found) != 1:
        raise InputError(
            f"{source}: holds {len(found)} files that end in {', '.join(SUFFIXES)}; expected one, "
            "the saved FDA table: name the file itself",
            code="INP051",
        )
    return found[0]


def section_of(text: str) -> str:
    """Return the section that a heading, or a word for one, stands for; nothing when none."""
    plain = " ".join(text.split()).casefold()
    for words, section in HEADINGS.items():
        if words in plain:
            return section
    return WORDS.get(plain, plain if plain in WORDS.values() else "")


def _from_csv(path: Path) -> Iterator[Association]:
    for line, row in enumerate(read_table(path, ("Section", *COLUMNS)), 2):
        yield _association(row, row["Section"], f"{path}: line {line}")


def _from_json(path: Path) -> Iterator[Association]:
    data = read_json(path)
    rows = data.get("table") if isinstance(data, dict) else data
    if not isinstance(rows, list):
        raise InputError(f"{path}: has no list of rows under “table”", code="INP051")
    for number, row in enumerate(rows, 1):
        place = f"{path}: row {number}"
        if not isinstance(row, dict):
            raise InputError(f"{place}: is not an object", code="INP051")
        yield _association(_plain(row), str(row.get("table", "")), place)


def _from_html(path: Path) -> Iterator[Association]:
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not UTF-8 ({error}); save it again", code="INP051") from error
    page = _Page()
    page.feed(text)
    page.close()
    for number, (heading, rows) in enumerate(page.tables, 1):
        head = [_FOOTNOTE.sub("", cell) for cell in rows[0]] if rows else []
        if head != list(COLUMNS):
            continue
        for line, cells in enumerate(rows[1:], 2):
            place = f"{path}: table {number}, row {line}"
            if len(cells) != len(COLUMNS):
                raise InputError(
                    f"{place}: has {len(cells)} cells, expected {len(COLUMNS)} "
                    f"({', '.join(COLUMNS)}); save the page again",
                    code="INP051",
                )
            yield _association(dict(zip(COLUMNS, cells, strict=True)), heading, place)


def _plain(row: Mapping[Any, Any]) -> dict[str, str]:
    return {_FOOTNOTE.sub("", str(name)): str(value) for name, value in row.items()}


def _association(row: Mapping[str, str], heading: str, place: str) -> Association:
    section = section_of(heading)
    if not section:
        raise InputError(
            f"{place}: the section {heading!r} is none of the three of the FDA table "
            f"({', '.join(WORDS.values())})",
            code="INP051",
        )
    cells = [" ".join(row.get(name, "").split()) for name in COLUMNS]
    if not all(cells):
        empty = [name for name, cell in zip(COLUMNS, cells, strict=True) if not cell]
        raise InputError(f"{place}: nothing stands under {', '.join(empty)}", code="INP051")
    drug, gene, subgroup, description = cells
    return Association(section, drug, gene, subgroup, description, place)


class _Page(HTMLParser):
    """Gathers the tables of a page, each with the last section named before its rows."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[tuple[str, list[list[str]]]] = []
        self._heading = ""
        self._said = ""  # text since the last block began, in which a section may be named
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: Iterable[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append((self._heading, []))
        elif tag == "tr" and self.tables:
            self.tables[-1][1].append([])
        elif tag in ("td", "th") and self.tables and self.tables[-1][1]:
            self._cell = []
        elif tag in ("br", "p", "li") and self._cell is not None:
            self._cell.append(" ")
        elif tag in ("h1", "h2", "h3", "h4", "h5", "li", "caption", "p"):
            self._said = ""

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self._cell is not None:
            self.tables[-1][1][-1].append(" ".join("".join(self._cell).split()))
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)
            return
        self._said += data
        if section_of(self._said):
            self._heading = self._said
            if self.tables and not self.tables[-1][1]:  # a caption
                self.tables[-1] = (self._heading, [])
