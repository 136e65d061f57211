"""Other people's FHIR through XML and JSON: what is said stays said, to the letter and the digit.

Every XML file -> JSON: each value, narrative and type is there as a reader that knows no FHIR
(ElementTree) sees it; the JSON passes the check of FHIR R4; back to XML and again, it is the same.
Every JSON file -> XML -> JSON: the same, numbers as they are written, the order of keys ignored.
Files that HL7 gives in both: the JSON that we make is HL7's own.
What is refused or differs stands in fhir_xml.csv with the reason that was looked up in the file.
"""

from __future__ import annotations

import csv
import json
import statistics
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from garrod.adapters.fhir.xml import XmlFormat
from garrod.adapters.packs.load import load_shelf
from garrod.core.errors import FhirError
from validation.fhir_defects import checker
from validation.fhir_examples import FHIR, errors, files
from validation.figures import Figure, none_of, share, show

LISTED = Path(__file__).with_suffix(".csv")
SPACE = "{http://hl7.org/fhir}"
XHTML = "{http://www.w3.org/1999/xhtml}"
NO_RESOURCE = ("FHR105", "FHR155")  # JSON or XML of another kind that lies among the examples
PAIRS = "fhir-test-cases-r4/examples"
SIDES = ("hl7-r4-examples", PAIRS)
SHOWN = 40  # of what nobody explained


@dataclass(slots=True)
class Tally:
    """What was counted of one source in one direction."""

    whole: int = 0
    other: int = 0  # files that are no FHIR
    found: list[tuple[str, str, str]] = field(default_factory=list)  # file, cause, what was said


@cache
def form() -> XmlFormat:
    """Return the format over the packs that are shipped."""
    return XmlFormat(load_shelf())


def exact(body: bytes) -> Any:
    """Return JSON with numbers told from texts, as they are written."""
    return json.loads(body, parse_float=lambda t: ("n", t), parse_int=lambda t: ("n", t))


def said_by_xml(root: ElementTree.Element) -> Counter[tuple[str, str]]:
    """Return every value, narrative and resource type of XML, by the name that holds it."""
    told: Counter[tuple[str, str]] = Counter()
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if element.tag.startswith(XHTML):
            told["div", _canonical(_alone(element))] += 1
            continue
        name = element.tag.removeprefix(SPACE)
        if name[:1].isupper():
            told["resourceType", name] += 1
        for key, value in element.attrib.items():
            told[name if key == "value" else key, value] += 1
        waiting += element
    return told


def _alone(element: ElementTree.Element) -> str:
    element.tail = None
    return ElementTree.tostring(element, encoding="unicode")


def _canonical(div: str) -> str:
    return ElementTree.canonicalize(div, rewrite_prefixes=True)


def said_by_json(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield every value, narrative and resource type of JSON, by the name that holds it."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from said_by_json(item, key.removeprefix("_"))
    elif isinstance(value, list):
        for item in value:
            yield from said_by_json(item, name)
    elif isinstance(value, tuple):
        yield name, value[1]
    elif name == "div":
        yield name, _canonical(value)
    elif isinstance(value, bool):
        yield name, str(value).lower()
    elif value is not None:
        yield name, value


def wrong_of_xml(body: bytes) -> tuple[str, str] | None:
    """Return what is wrong with the JSON of XML: the cause, and what was said."""
    try:
        made = form().from_xml(body)
    except FhirError as error:
        if error.code != "FHR157":
            return error.code, error.message
        made = form().from_xml(body, is_strict=False)  # an import bears it; the rest is compared
        return _differs(body, made) or (error.code, error.message)
    return _differs(body, made) or _refused_by_check(made)


def _differs(body: bytes, made: bytes) -> tuple[str, str] | None:
    root = ElementTree.fromstring(body)
    said, kept = said_by_xml(root), Counter(said_by_json(exact(made)))
    if said != kept:
        lost, more = (said - kept).most_common(2), (kept - said).most_common(2)
        return "values", f"lost {lost}, invented {more}"
    again = form().from_xml(form().to_xml(made))
    return None if exact(again) == exact(made) else ("again", "differs when read again")


def _refused_by_check(made: bytes) -> tuple[str, str] | None:
    wrong = errors(checker(), made)
    return (wrong[0].rule, f"{wrong[0].path}: {wrong[0].message}") if wrong else None


def wrong_of_json(body: bytes) -> tuple[str, str] | None:
    """Return what is wrong with JSON that went through XML: the cause, and what was said."""
    try:
        back = form().from_xml(form().to_xml(body))
    except FhirError as error:
        return error.code, error.message
    return None if exact(back) == exact(body) else ("differs", "is not what it was")


def sources() -> tuple[str, ...]:
    """Return the folders of the reference data."""
    return tuple(sorted(p.name for p in FHIR.iterdir() if p.is_dir()))


def tally_xml(source: str) -> Tally:
    """Return the count of a source's XML files."""
    tally = Tally()
    for path in sorted((FHIR / source).rglob("*.xml")):
        _count(tally, path.relative_to(FHIR).as_posix(), wrong_of_xml(path.read_bytes()))
    return tally


def tally_json(source: str) -> Tally:
    """Return the count of a source's JSON files."""
    tally = Tally()
    for name, body in files(source):
        _count(tally, f"{source}/{name}", wrong_of_json(body))
    return tally


def _count(tally: Tally, file: str, wrong: tuple[str, str] | None) -> None:
    if wrong and wrong[0] in NO_RESOURCE:
        tally.other += 1
        return
    tally.whole += 1
    if wrong:
        tally.found.append((file, *wrong))


def tally_pairs() -> Tally:
    """Return the count of HL7's XML files whose JSON HL7 gives too."""
    tally = Tally()
    own: dict[tuple[str, str], list[tuple[str, Any]]] = {}
    for side in SIDES:
        for name, body in files(side):
            if name.endswith(".json"):
                found = exact(body)
                key = found.get("resourceType", ""), found.get("id", "")
                own.setdefault(key, []).append((f"{side}/{name}", found))
    for path in sorted((FHIR / PAIRS).glob("*.xml")):
        made = exact(form().from_xml(path.read_bytes()))
        for other, found in own.get((made["resourceType"], made["id"]), ()):
            cause = _difference(made, found)
            wrong = ("pair", f"{other}: {cause}") if cause else None
            _count(tally, f"{PAIRS}/{path.name}", wrong)
    return tally


def _difference(made: Any, found: Any, place: str = "") -> str:
    """Return the first place at which two values differ; "" where they are the same."""
    if isinstance(made, dict) and isinstance(found, dict):
        if made.keys() != found.keys():
            return f"{place} has {sorted(made.keys() ^ found.keys())} on one side alone"
        told = (_difference(made[key], found[key], f"{place}.{key}") for key in made)
    elif isinstance(made, list) and isinstance(found, list) and len(made) == len(found):
        pairs = enumerate(zip(made, found, strict=True))
        told = (_difference(a, b, f"{place}[{n}]") for n, (a, b) in pairs)
    elif place.endswith(".div"):
        same = _canonical(made) == _canonical(found)
        return "" if same else f"{place}: {made[:40]!r} is not {found[:40]!r}"
    else:
        return "" if made == found else f"{place}: {made} is not {found}"
    return next((cause for cause in told if cause), "")


def listed() -> dict[tuple[str, str], str]:
    """Return the reasons that were looked up, by file and cause."""
    with LISTED.open(encoding="utf-8", newline="") as file:
        return {(row["file"], row["cause"]): row["reason"] for row in csv.DictReader(file)}


def speed(source: str = "hl7-r4-examples") -> list[Figure]:
    """Return how long one resource takes each way, over a source."""
    times: dict[str, list[float]] = {"JSON to XML": [], "XML to JSON": []}
    size = 0
    for _, body in files(source):
        begun = time.perf_counter()
        made = form().to_xml(body)
        middle = time.perf_counter()
        form().from_xml(made)
        times["JSON to XML"].append(middle - begun)
        times["XML to JSON"].append(time.perf_counter() - middle)
        size += len(body)
    found = []
    for way, taken in times.items():
        slow = statistics.quantiles(taken, n=100)[-1]
        told = f"median {1000 * statistics.median(taken):.2f} ms, 99 % within {1000 * slow:.1f} ms"
        found.append(Figure(f"{way}, a resource of {size // len(taken):,} bytes on average", told))
    return found


def measure() -> tuple[list[Figure], list[str]]:
    """Return the figures by source, and what nobody explained."""
    reasons = listed()
    figures, unexplained, seen = [], [], 0
    for way, count in (("XML", tally_xml), ("JSON", tally_json)):
        for source in sources():
            tally = count(source)
            if not tally.whole + tally.other:
                continue
            seen += tally.whole
            unexplained += [row for row in tally.found if not reasons.get(row[:2])]
            other = f" ({tally.other} no FHIR)" if tally.other else ""
            name = f"{way} of {source}: refused or different{other}"
            figures.append(share(name, len(tally.found), tally.whole))
    pairs = tally_pairs()
    unexplained += [row for row in pairs.found if not reasons.get(row[:2])]
    figures.append(share("HL7's XML whose JSON is not HL7's", len(pairs.found), pairs.whole))
    figures.append(none_of("without a reason looked up", len(unexplained), seen + pairs.whole))
    notes = [f"- {file}: {cause} {words[:200]}" for file, cause, words in unexplained[:SHOWN]]
    return figures + speed(), notes


def main() -> int:
    """Print the figures."""
    return show("FHIR XML", *measure())


if __name__ == "__main__":
    raise SystemExit(main())
