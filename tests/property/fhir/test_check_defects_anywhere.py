"""Wherever a defect of a class is planted, it is refused; the resource before it was not."""

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garrod.adapters.fhir.check.engine import Checker
from garrod.adapters.fhir.record.parse import parse
from garrod.adapters.fhir.validate.issue import Severity
from garrod.core.errors import FhirError
from tests.conftest import SHARED
from tests.making.desk_time import drawn
from validation.fhir_defects import VALID, checker

Json = dict[str, Any]
Place = tuple[Any, Any]  # what holds, and the key or number in it
SOME = ("hl7-r4-examples", "nhs-eps", "hl7-genomics-reporting-3.0.0/example")
MOMENTS = ("lastUpdated", "timestamp")
LARGEST = 12_000  # bytes of an example, so that many can be tried


def places(value: Any) -> Iterator[tuple[Place, Any]]:
    """Yield each place inside a resource with what stands there."""
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        if key != "resourceType":
            yield (value, key), item
        if isinstance(item, dict | list):
            yield from places(item)


def is_of(*kinds: type) -> Callable[[Place, Any], bool]:
    return lambda place, item: type(item) in kinds


def put(value: Any) -> Callable[[Place, Any], None]:
    def change(place: Place, _: Any) -> None:
        place[0][place[1]] = value

    return change


def in_list(place: Place, item: Any) -> None:
    place[0][place[1]] = [item]


def first_only(place: Place, item: Any) -> None:
    place[0][place[1]] = item[0]


def renamed(place: Place, item: Any) -> None:
    place[0][f"{place[1]}Wrong"] = place[0].pop(place[1])


def is_response(owner: dict[str, Any]) -> bool:
    """Return whether it is a Bundle entry's response, whose status is a text and no code."""
    return owner.keys() <= {"status", "location", "etag", "lastModified", "outcome"}


def is_named(*names: str) -> Callable[[Place, Any], bool]:
    return lambda place, item: place[1] in names and type(item) is str


def is_member(place: Place, item: Any) -> bool:
    return type(place[0]) is dict


# What is planted, and where it can be.
CLASSES: dict[str, tuple[Callable[[Place, Any], bool], Callable[[Place, Any], None]]] = {
    "unknown element": (is_of(dict), lambda place, item: item.update(unheard="x")),
    "renamed element": (is_member, renamed),
    "null": (is_member, put(None)),
    "empty string": (is_of(str), put("")),
    "blank string": (is_of(str), put("  ")),
    "empty array": (is_of(list), put([])),
    "empty object": (is_of(dict), put({})),
    "number for string": (is_of(str), put(7)),
    "string for number": (is_of(int, float), put("7")),
    "string for boolean": (is_of(bool), put("true")),
    "object for a value": (is_of(str, int, float, bool), put({"x": 1})),
    "array for object": (lambda p, i: type(i) is dict and type(p[0]) is dict, in_list),
    "object for array": (is_of(list), first_only),
    "impossible day": (is_named("birthDate", "authoredOn", "start", "end"), put("2025-02-30")),
    "impossible hour": (is_named(*MOMENTS), put("2025-02-03T25:00:00Z")),
    "no zone": (is_named(*MOMENTS), put("2025-02-03T10:00:00")),
    "no time": (is_named(*MOMENTS), put("2025-02-03")),
    "code of no list": (
        lambda p, i: is_named("status", "intent", "gender", "use")(p, i) and not is_response(p[0]),
        put("x-x"),
    ),
    "code with a space": (is_named("code"), put(" x")),
    "uri with a space": (is_named("system", "url"), put("http://x y")),
    "illegal id": (lambda p, i: p[1] == "id" and "resourceType" in p[0], put("a_b")),
    "over-long id": (lambda p, i: p[1] == "id" and "resourceType" in p[0], put("a" * 65)),
    "dangling": (is_named("reference"), put("#nothing-of-that-name")),
    "active content": (is_named("div"), put("<div><script>x</script></div>")),
    "two choices": (
        lambda p, i: p[1] == "valueQuantity" and "url" not in p[0],
        lambda place, _: place[0].update(valueBoolean=True),
    ),
}  # fmt: skip


def is_refused(check: Checker, resource: Json) -> bool:
    return any(issue.severity is Severity.ERROR for issue in check.check(resource))


def plant(data: st.DataObject, resource: Json) -> str | None:
    """Return the class of a defect that was planted somewhere, None where none fits."""
    name = data.draw(st.sampled_from(sorted(CLASSES)))
    fits, change = CLASSES[name]
    found = [(place, item) for place, item in places(resource) if fits(place, item)]
    if not found:
        return None
    place, item = data.draw(st.sampled_from(found))
    change(place, item)
    return name


@settings(max_examples=drawn(300), deadline=None)
@given(st.data())
def test_defect_is_refused_anywhere(data: st.DataObject) -> None:
    resource = copy.deepcopy(VALID[data.draw(st.sampled_from(sorted(VALID)))])
    if name := plant(data, resource):
        assert is_refused(checker(), resource), (name, resource)


def _examples() -> list[Json]:
    found = []
    for folder in SOME:
        for path in sorted((SHARED / "fhir" / folder).rglob("*.json")):
            if path.stat().st_size < LARGEST:
                try:
                    resource = parse(path.read_bytes())
                except FhirError:
                    continue
                if not is_refused(checker(), resource):
                    found.append(resource)
    return found


@pytest.mark.shared
def test_defect_is_refused_anywhere_in_other_peoples_resources(shared: Path) -> None:
    examples = _examples()
    assert len(examples) > 500

    @settings(max_examples=drawn(600), deadline=None)
    @given(st.data())
    def run(data: st.DataObject) -> None:
        resource = copy.deepcopy(data.draw(st.sampled_from(examples)))
        if name := plant(data, resource):
            assert is_refused(checker(), resource), (name, resource)

    run()


@settings(max_examples=drawn(150), deadline=None)
@given(st.data())
def test_name_written_twice_is_refused_anywhere(data: st.DataObject) -> None:
    resource = VALID[data.draw(st.sampled_from(sorted(VALID)))]
    objects = [item for _, item in places({"x": resource}) if isinstance(item, dict)]
    chosen = data.draw(st.sampled_from(objects))
    name = data.draw(st.sampled_from(sorted(chosen)))
    whole, part = orjson.dumps(resource), orjson.dumps(chosen)
    member = orjson.dumps({name: chosen[name]})[1:-1]
    twice = whole.replace(part, part[:-1] + b"," + member + b"}", 1)
    with pytest.raises(FhirError, match="twice"):
        parse(twice)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["resourceType", "id", "contained", "extension", "url", "value", "name"]
            )
            | st.text(max_size=6),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=drawn(400), deadline=None)
@given(st.sampled_from(sorted(checker().kinds)), st.dictionaries(st.text(max_size=8), JSON), JSON)
def test_no_json_breaks_the_check(kind: str, members: Json, thing: Any) -> None:
    resource = {
        **members,
        "resourceType": kind,
        "contained": thing,
        "extension": [thing],
        "text": thing,
        "meta": thing,
        "code": thing,
        "identifier": thing,
        "entry": [{"resource": thing}, thing],
    }
    for is_strict in (True, False):
        assert len(checker().check(resource, is_strict=is_strict)) <= 50
