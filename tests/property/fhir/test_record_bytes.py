"""Whatever the layout of the JSON: what is read, served and rewritten is what was sent."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrod.adapters.fhir.record.codec import FhirCodec
from garrod.adapters.fhir.record.parse import parse
from garrod.adapters.fhir.record.scan import members
from garrod.adapters.fhir.record.splice import rewritten, slice_entries
from garrod.adapters.packs.load import load_pack
from garrod.core.errors import FhirError
from garrod.core.resource import Version
from garrod.knowledge.shelf import Shelf
from tests.house.source_tree import PACKS

CODEC = FhirCodec(Shelf([load_pack(next((PACKS / "fhir-r4-search").iterdir()))]))
AT = datetime(2026, 1, 1, tzinfo=UTC)
SPACE = st.sampled_from(["", "", " ", "\n", "\t "])
LETTERS = 'ab"\\:{}[],/é日 \n\u0001'
PLAIN = [json.dumps(letter, ensure_ascii=False)[1:-1] for letter in LETTERS]
ESCAPED = [f"\\u{ord(letter):04x}" for letter in LETTERS]
WORDS = st.text(st.sampled_from(LETTERS), max_size=6)
NAMES = st.sampled_from(["id", "meta", "a", "b", "resourceType", "versionId", "tag", "reference"])
NUMBERS = st.sampled_from(["0", "-1", "1.50", "1e2", "-0.0", "12345678901234567890.5", "1E-7"])
STRINGS = st.lists(st.sampled_from([*PLAIN, *PLAIN, *ESCAPED]), max_size=6).map(
    lambda parts: '"' + "".join(parts) + '"'
)


@st.composite
def spelt(draw: st.DrawFn, name: str) -> str:
    """Draw a spelling of a name as JSON, its last letter as an escape now and then."""
    plain = json.dumps(name, ensure_ascii=False)
    if not name or draw(st.integers(0, 5)):
        return plain
    return json.dumps(name[:-1], ensure_ascii=False)[:-1] + f'\\u{ord(name[-1]):04x}"'


@st.composite
def objects(draw: st.DrawFn, values: st.SearchStrategy[str], most: int = 4) -> str:
    names = draw(st.lists(NAMES | WORDS, max_size=most, unique=True))
    return draw(laid_out([(name, draw(values)) for name in names]))


@st.composite
def laid_out(draw: st.DrawFn, pairs: list[tuple[str, str]]) -> str:
    """Draw a layout of an object's members."""
    texts = []
    for name, value in pairs:
        key = draw(spelt(name))
        texts.append(f"{draw(SPACE)}{key}{draw(SPACE)}:{draw(SPACE)}{value}{draw(SPACE)}")
    return "{" + ",".join(texts) + (draw(SPACE) if not texts else "") + "}"


@st.composite
def arrays(draw: st.DrawFn, values: st.SearchStrategy[str]) -> str:
    inner = [f"{draw(SPACE)}{v}{draw(SPACE)}" for v in draw(st.lists(values, max_size=3))]
    return "[" + ",".join(inner) + "]"


LEAVES = NUMBERS | STRINGS | st.sampled_from(["true", "false", "null"])
VALUES = st.recursive(LEAVES, lambda inner: arrays(inner) | objects(inner), max_leaves=6)


@st.composite
def resources(draw: st.DrawFn) -> str:
    """Draw a resource: members in any order, with or without id and meta."""
    names = draw(st.lists(WORDS.filter(lambda n: n not in ("id", "meta")), max_size=3, unique=True))
    pairs = [(name, draw(VALUES)) for name in names if name != "resourceType"]
    pairs.append(("resourceType", draw(st.sampled_from(['"Basic"', '"Basi\\u0063"']))))
    if draw(st.booleans()):
        pairs.append(("id", draw(STRINGS)))
    if draw(st.booleans()):
        pairs.append(("meta", draw(objects(VALUES))))
    return draw(SPACE) + draw(laid_out(draw(st.permutations(pairs)))) + draw(SPACE)


def outside(body: bytes) -> list[tuple[str, bytes]]:
    return [(m.name, body[m.start : m.end]) for m in members(body) if m.name not in ("id", "meta")]


@given(resources())
def test_parsing_reads_what_a_plain_parser_reads(text: str) -> None:
    assert parse(text.encode()) == json.loads(text, parse_float=Decimal)


@given(resources())
def test_served_bytes_differ_in_id_and_meta_alone(text: str) -> None:
    body = text.encode()
    draft = CODEC.drafted(body, kind="Basic", id="new")
    served = CODEC.served(Version("Basic", "new", 4, AT, "PUT", 1, body, draft.splice))
    assert outside(served) == outside(body)
    before, after = json.loads(text), json.loads(served)
    assert after.pop("id") == "new"
    meta, kept = after.pop("meta"), before.pop("meta", {})
    before.pop("id", None)
    assert after == before
    assert (meta.pop("versionId"), meta.pop("lastUpdated")) == ("4", "2026-01-01T00:00:00.000Z")
    assert meta == {k: v for k, v in kept.items() if k not in ("versionId", "lastUpdated")}
    parse(served)


@given(resources(), st.data())
def test_a_planted_second_key_is_always_found(text: str, data: st.DataObject) -> None:
    body = text.encode()
    name, found = data.draw(st.sampled_from([(m.name, m) for m in members(body)]))
    key, value = data.draw(spelt(name)), data.draw(VALUES)
    planted = body[: found.end] + f",{key}:{value}".encode() + body[found.end :]
    with pytest.raises(FhirError) as told:
        parse(planted)
    assert told.value.code in ("FHR102", "FHR105")  # a second resourceType may be no text


@given(st.lists(resources(), max_size=3))
def test_entries_are_cut_out_as_they_were_sent(texts: list[str]) -> None:
    bodies = [text.strip(" \t\r\n") for text in texts]
    bundle = '{"entry" : [' + ",".join(f'{{"resource":{body} }}' for body in bodies) + "]}"
    assert slice_entries(bundle.encode()) == tuple(body.encode() for body in bodies)


@given(resources())
def test_rewriting_changes_references_and_nothing_else(text: str) -> None:
    body = text.encode()
    assert rewritten(body, {}) == body
    changed = json.loads(rewritten(body, {"a": "Patient/1"}))
    assert changed == _changed(json.loads(text))


def _changed(value: Any) -> Any:
    if isinstance(value, list):
        return [_changed(inner) for inner in value]
    if isinstance(value, dict):
        return {k: "Patient/1" if (k, v) == ("reference", "a") else _changed(v)
                for k, v in value.items()}  # fmt: skip
    return value


@given(st.binary(max_size=40))
def test_bytes_that_are_no_resource_are_refused_with_our_own_error(body: bytes) -> None:
    with pytest.raises(FhirError):
        parse(body)


@given(resources(), st.integers(0, 200), st.sampled_from(b'{}[]",:\\x\xff\n'))
def test_a_spoilt_byte_is_refused_or_read_as_a_plain_parser_reads_it(
    text: str, at: int, byte: int
) -> None:
    body = bytearray(text.encode())
    body[at % len(body)] = byte
    try:
        found = parse(bytes(body))
    except FhirError:
        return
    assert found == json.loads(bytes(body), parse_float=Decimal)
