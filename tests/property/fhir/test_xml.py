"""Any resource of any type, written as XML and read back, is the same to the last digit."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garrod.adapters.fhir.check.facts import Facts
from garrod.adapters.fhir.xml import XmlFormat
from garrod.adapters.fhir.xml.layout import Layout, Layouts, Part, Sort
from garrod.adapters.packs.load import load_pack
from garrod.core.errors import FhirError
from garrod.knowledge.shelf import Shelf
from tests.house.source_tree import PACKS
from tests.making.desk_time import drawn

XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'
SHELF = Shelf([load_pack(next((PACKS / "fhir-r4").iterdir()))])
FORMAT = XmlFormat(SHELF)
LAYOUTS = Layouts(Facts(SHELF))
KINDS = sorted(Facts(SHELF).resource_kinds())
NUMBERS = st.from_regex(
    r"-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,12})?([eE][+-]?[0-9]{1,3})?", fullmatch=True
)
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff")
    | st.sampled_from("&<>\"'\t\r\n\x7f\x85 "),
    max_size=12,
)
DIVS = st.sampled_from(
    (
        f"<div {XHTML}>one</div>",
        f"<div {XHTML}>\r\n<p title='a > b'>&lt;&#160;é</p><br /><!-- c --></div >",
        f'<div  {XHTML} lang="en"><![CDATA[<x>]]></div>',
        f"<div {XHTML}/>",
    )
)


class Number(str):
    """A number as it is written."""

    __slots__ = ()


def exact(body: bytes) -> Any:
    """Return JSON in which numbers are told from texts, and are as they were written."""
    return json.loads(body, parse_float=lambda t: ("n", t), parse_int=lambda t: ("n", t))


def dumped(value: Any) -> str:
    """Return JSON text with numbers as they are written."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return f"{{{','.join(f'{json.dumps(k)}:{dumped(v)}' for k, v in value.items())}}}"
    if isinstance(value, list):
        return f"[{','.join(dumped(item) for item in value)}]"
    return json.dumps(value, ensure_ascii=False)


VALUES = {
    Sort.TEXT: TEXTS,
    Sort.NUMBER: NUMBERS.map(Number),
    Sort.BOOLEAN: st.booleans(),
    Sort.XHTML: DIVS,
}


@st.composite
def objects(draw: st.DrawFn, layout: Layout, depth: int) -> dict[str, Any]:
    """Return an object with some of a layout's parts, in any order."""
    parts = sorted(layout.parts.values(), key=lambda part: part.name)
    if depth <= 0:
        parts = [p for p in parts if p.is_primitive]
    found: dict[str, Any] = {}
    for part in draw(st.lists(st.sampled_from(parts), max_size=4, unique=True)) if parts else ():
        found.update(draw(members(part, depth)))
    return found


@st.composite
def members(draw: st.DrawFn, part: Part, depth: int) -> dict[str, Any]:
    """Return a part under its name, with what stands beside it."""
    count = draw(st.integers(1, 3)) if part.is_list else 1
    if part.is_attribute or not part.is_primitive:
        values = [draw(single(part, depth)) for _ in range(count)]
        return {part.name: values if part.is_list else values[0]}
    beside = objects(LAYOUTS.element, min(depth - 1, 1)).filter(bool)
    pairs = draw(
        st.lists(
            st.tuples(VALUES[part.sort], st.none())
            | st.tuples(st.none() | VALUES[part.sort], beside),
            min_size=count,
            max_size=count,
        )
    )
    found: dict[str, Any] = {}
    for name, items in zip((part.name, f"_{part.name}"), zip(*pairs, strict=True), strict=True):
        if any(item is not None for item in items):
            found[name] = list(items) if part.is_list else items[0]
    return found


def single(part: Part, depth: int) -> st.SearchStrategy[Any]:
    if part.sort is Sort.RESOURCE:
        return st.sampled_from(KINDS).flatmap(lambda kind: resources(kind, depth - 1))
    if part.sort is Sort.COMPLEX:
        return objects(LAYOUTS.of(part.path), depth - 1)
    return VALUES[part.sort]


def resources(kind: str, depth: int = 3) -> st.SearchStrategy[dict[str, Any]]:
    return objects(LAYOUTS.of(kind), depth).map(lambda found: {"resourceType": kind, **found})


ANY = st.sampled_from(KINDS).flatmap(resources)


@settings(max_examples=drawn(400), deadline=None)
@given(ANY)
def test_resource_comes_back_from_xml_as_it_was(resource: dict[str, Any]) -> None:
    body = dumped(resource).encode()
    xml = FORMAT.to_xml(body)
    back = FORMAT.from_xml(xml)
    assert exact(back) == exact(body)
    assert FORMAT.to_xml(back) == xml


@pytest.mark.parametrize("kind", KINDS)
def test_every_part_of_every_type_comes_back(kind: str) -> None:
    layout = LAYOUTS.of(kind)
    whole: dict[str, Any] = {"resourceType": kind}
    for part in layout.parts.values():
        value: Any = {
            Sort.TEXT: "x", Sort.NUMBER: Number("1.50"), Sort.BOOLEAN: True, Sort.COMPLEX: {},
            Sort.RESOURCE: {"resourceType": "Basic"}, Sort.XHTML: f"<div {XHTML}>x</div>",
        }[part.sort]  # fmt: skip
        whole[part.name] = [value, value] if part.is_list else value
    body = dumped(whole).encode()
    assert exact(FORMAT.from_xml(FORMAT.to_xml(body))) == exact(body)


def tried(convert: Callable[[], bytes]) -> tuple[bytes, str]:
    """Return what was converted, or the code of the refusal."""
    try:
        return convert(), ""
    except FhirError as error:
        return b"", error.code


@settings(max_examples=drawn(300), deadline=None)
@given(ANY, st.data())
def test_damaged_xml_is_read_or_refused_and_nothing_else(
    resource: dict[str, Any], data: st.DataObject
) -> None:
    xml = bytearray(FORMAT.to_xml(dumped(resource).encode()))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(xml) - 1))
        piece = data.draw(st.binary(max_size=3) | st.sampled_from((b"<a>", b"&x;", b"</", b">")))
        xml[at : at + data.draw(st.integers(0, 4))] = piece
    found, code = tried(lambda: FORMAT.from_xml(bytes(xml)))
    if code:
        assert code.startswith("FHR15")
    else:
        assert json.loads(found)["resourceType"] in KINDS


THINGS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["resourceType", "id", "_id", "extension", "url", "value", "div"]), inner
    ),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=drawn(300), deadline=None)
@given(st.sampled_from(KINDS), THINGS, st.data())
def test_no_json_breaks_the_writer(kind: str, thing: Any, data: st.DataObject) -> None:
    names = sorted(LAYOUTS.of(kind).parts)
    name = data.draw(st.sampled_from([*names, *(f"_{n}" for n in names)]))
    body = json.dumps({"resourceType": kind, name: thing}).encode()
    xml, code = tried(lambda: FORMAT.to_xml(body))
    if code:
        assert code.startswith("FHR1")
    else:
        FORMAT.from_xml(xml)
