"""ValueSet/$expand: the codes of a value set, page by page.

Source: HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/valueset-operation-expand.html
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import msgspec

from garrod.adapters.terminology.model import Concept, NotDone, Unknown
from garrod.adapters.terminology.service import Terminology
from garrod.adapters.terminology.valuesets import Wish
from garrod.entry.api.exchange import Answer, Asked
from garrod.entry.api.operations.terminology import CODE_SYSTEM, VALUE_SET, value_set_of
from garrod.entry.api.operations.terminology_asking import (
    current,
    given_in,
    saying_what_is_unknown,
)
from garrod.entry.api.rooms import Rooms
from garrod.entry.housing import clock, new_id

Json = dict[str, Any]
EXPAND = frozenset(("url", "valueSet", "valueSetVersion", "filter", "count", "offset",
                    "includeDesignations", "activeOnly", "includeDefinition"))  # fmt: skip
_ENCODER = msgspec.json.Encoder(decimal_format="number")  # 1.50 stays 1.50
MOST = 10_000  # Not clinical: codes of one page; more must be asked for page by page
COUNTED = 10_000  # Not clinical: codes that are walked through to tell the total
FARTHEST = 100_000  # Not clinical: where a page may end; beyond it, a filter is quicker


@dataclass(frozen=True, slots=True)
class Page:
    """Which codes of an expansion are wanted."""

    wish: Wish
    offset: int
    count: int | None
    has_designations: bool


@saying_what_is_unknown
async def expand(rooms: Rooms, asked: Asked) -> Answer:
    """Return a value set with the codes that it has now."""
    given = given_in(rooms, asked, EXPAND)
    terminology = await current(rooms, asked, VALUE_SET, CODE_SYSTEM)
    value_set = value_set_of(terminology, asked, given)
    page = Page(
        Wish(given.text("filter"), given.flag("activeOnly")),
        given.number("offset") or 0,
        given.number("count"),
        given.flag("includeDesignations"),
    )
    if page.count is not None and page.count > MOST:
        raise NotDone(f"count: expected {MOST} at most; ask for the next with offset.")
    if page.offset > FARTHEST:
        raise NotDone(f"offset: expected {FARTHEST} at most; ask for fewer codes with filter.")
    found, total = await asyncio.to_thread(_walked, terminology, value_set, page)
    expansion: Json = {
        "identifier": f"urn:uuid:{new_id()}",
        "timestamp": clock().isoformat(timespec="seconds").replace("+00:00", "Z"),
        "total": total,
        "offset": page.offset,
        "parameter": [*_parameters(terminology, page, found)],
        "contains": [_contained(terminology, c, page.has_designations) for c in found],
    }
    kept = {k: v for k, v in expansion.items() if v is not None and v != []}
    dropped = {"expansion", "text", *(() if given.flag("includeDefinition") else ("compose",))}
    told = {k: v for k, v in value_set.items() if k not in dropped}
    told.setdefault("status", "active")
    return Answer(200, _ENCODER.encode({**told, "expansion": kept}))


def _walked(
    terminology: Terminology, value_set: Json, page: Page
) -> tuple[list[Concept], int | None]:
    """Return a page of codes, and how many there are; None where they were not counted."""
    found: list[Concept] = []
    number, limit = 0, page.offset + (MOST if page.count is None else page.count)
    for number, concept in enumerate(terminology.sets.codes(value_set, page.wish), 1):
        if page.offset < number <= limit:
            found.append(concept)
        elif number > limit and page.count is None:
            raise NotDone(
                f"the value set has more than {MOST} codes: ask for a page with count and offset, "
                "or for fewer with filter."
            )
        if number > max(COUNTED, limit):
            return found, None
    return found, number


def _parameters(terminology: Terminology, page: Page, found: list[Concept]) -> list[Json]:
    said: list[Json] = []
    if page.wish.words:
        said.append({"name": "filter", "valueString": page.wish.words})
    if page.wish.active_only:
        said.append({"name": "activeOnly", "valueBoolean": True})
    if page.count is not None:
        said.append({"name": "count", "valueInteger": page.count})
    for url in dict.fromkeys(c.system for c in found):
        try:
            version = terminology.system(url).version
        except Unknown:
            continue
        said.append({"name": "version", "valueUri": f"{url}|{version}" if version else url})
    return said


def _contained(terminology: Terminology, concept: Concept, has_designations: bool) -> Json:
    said: Json = {"system": concept.system, "code": concept.code}
    if not concept.is_active:
        said["inactive"] = True
    if concept.is_abstract:
        said["abstract"] = True
    if concept.display:
        said["display"] = concept.display
    if has_designations:
        listed = _designations(terminology, concept)
        if listed:
            said["designation"] = listed
    return said


def _designations(terminology: Terminology, concept: Concept) -> list[Json]:
    try:
        system = terminology.system(concept.system)
        if system.find(concept.code) is None:
            return []
        found = system.designations(concept.code)
    except Unknown:
        return []
    listed = []
    for said in found:
        use = {"system": said.use_system, "code": said.use, "display": said.use_display}
        one = {"language": said.language, "use": {k: v for k, v in use.items() if v}}
        listed.append({**{k: v for k, v in one.items() if v}, "value": said.term})
    return listed
