"""A value is told to be of a slice as its discriminators say, and keeps what the slice asks."""

from typing import Any

import pytest

from garrod.adapters.fhir.validate.definitions import Definitions
from garrod.adapters.fhir.validate.walk import Validator
from tests.unit.fhir.small_guide import (
    BASE,
    BUNDLE,
    EXTENSION,
    GUIDE,
    KINDS,
    OWN,
    Json,
    bundle,
    check,
    concept,
    element,
    faults,
    profile,
    thing,
)
from tests.unit.fhir.small_guide import OTHER as OTHER_TYPE

HERE = {"reference": "#o"}
THIS = {"type": "value", "path": "$this"}
OTHER = {"resourceType": "Other", "id": "o"}


def sliced(by: Json, *slices: Json, rules: str = "open", path: str = "Thing.part") -> Json:
    """Return a profile that slices the parts of a Thing."""
    slicing = {"discriminator": [by], "rules": rules}
    return profile(element(path, "BackboneElement", most="*", slicing=slicing), *slices)


def part_slice(name: str, *below: tuple[str, Json], **more: Any) -> list[Json]:
    """Return a slice of the parts, and elements below it."""
    stem = f"Thing.part:{name}"
    top = element("Thing.part", "BackboneElement", id=stem, sliceName=name, base="*", **more)
    inner = [
        element(f"Thing.part.{path}", rest.pop("kind", "CodeableConcept"), id=f"{stem}.{path}",
                **rest)
        for path, rest in ((p, dict(r)) for p, r in below)
    ]  # fmt: skip
    return [top, *inner]


A = {"code": concept("a")}
B = {"code": concept("b")}
BY_CODE = {"type": "value", "path": "code"}
PATTERN_A = ("code", {"patternCodeableConcept": concept("a")})


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([A, B], []),
        ([B], [("min", "Thing.part")]),
        ([A, A], [("max", "Thing.part")]),
    ],
)
def test_slice_is_told_by_its_pattern_and_counted(
    parts: list[Json], expected: list[tuple[str, str]]
) -> None:
    by_code = sliced(BY_CODE, *part_slice("a", PATTERN_A, least=1))
    assert faults(check(thing(part=parts), by_code)) == expected


def test_value_in_a_slice_keeps_what_the_slice_asks() -> None:
    by_code = sliced(
        BY_CODE, *part_slice("a", PATTERN_A, ("size", {"kind": "integer", "least": 1}))
    )
    assert faults(check(thing(part=[A]), by_code)) == [("min", "Thing.part[0].size")]
    assert faults(check(thing(part=[B]), by_code)) == []


def test_closed_slicing_allows_no_other() -> None:
    closed = sliced(BY_CODE, *part_slice("a", PATTERN_A), rules="closed")
    assert faults(check(thing(part=[A, B]), closed)) == [("slice", "Thing.part[1]")]


@pytest.mark.parametrize(
    ("stated", "value", "is_in"),
    [
        ({"fixedCodeableConcept": concept("a")}, A, True),
        ({"fixedCodeableConcept": concept("a")}, {"code": {"text": "x", **concept("a")}}, False),
        ({"binding": {"strength": "required", "valueSet": KINDS["url"]}}, A, True),
        ({"binding": {"strength": "required", "valueSet": KINDS["url"]}}, {"size": 1}, False),
        ({}, A, False),
    ],
)  # fmt: skip
def test_slice_is_told_by_what_it_states_of_a_value(stated: Json, value: Json, is_in: bool) -> None:
    by_code = sliced(BY_CODE, *part_slice("a", ("code", stated), least=1))
    counted = ("min", "Thing.part") not in faults(check(thing(part=[value]), by_code))
    assert counted == is_in


def test_slice_is_told_by_codes_stated_below_the_path() -> None:
    below = part_slice("a", ("code", {}), ("code.coding", {"kind": "Coding", "most": "*",
                       "patternCoding": {"code": "a"}}), least=1)  # fmt: skip
    by_code = sliced(BY_CODE, *below)
    assert faults(check(thing(part=[A]), by_code)) == []
    assert ("min", "Thing.part") in faults(check(thing(part=[B]), by_code))


@pytest.mark.parametrize(("most", "value"), [("0", {"code": {"text": "x"}}), ("1", {"size": 1})])
def test_slice_is_told_by_what_exists(most: str, value: Json) -> None:
    by_size = sliced(
        {"type": "exists", "path": "size"},
        *part_slice("a", ("size", {"kind": "integer", "most": most}), least=1),
    )
    assert ("min", "Thing.part") not in faults(check(thing(part=[value]), by_size))
    other = {"size": 1} if most == "0" else {"code": {"text": "x"}}
    assert ("min", "Thing.part") in faults(check(thing(part=[other]), by_size))


def test_slice_of_a_choice_is_told_by_its_type() -> None:
    slicing = {"discriminator": [{"type": "type", "path": "$this"}], "rules": "closed"}
    kinds = [{"code": "string"}, {"code": "integer"}]
    by_type = profile(
        element("Thing.value[x]", kinds=kinds, slicing=slicing),
        element("Thing.value[x]", id="Thing.value[x]:valueString", sliceName="valueString",
                fixedString="yes"),
    )  # fmt: skip
    assert faults(check(thing(valueString="yes"), by_type)) == []
    assert faults(check(thing(valueString="no"), by_type)) == [("fixed", "Thing.valueString")]
    assert faults(check(thing(valueInteger=1), by_type)) == [("slice", "Thing.valueInteger")]


def test_slice_of_extensions_is_told_by_url_and_its_profile_kept() -> None:
    own = profile(
        element("Extension.extension", "Extension", most="0", base="*"),
        element("Extension.url", "uri", least=1, fixedUri=f"{OWN}e"),
        element("Extension.value[x]", kinds=[{"code": "boolean"}], least=1),
        of=EXTENSION, url=f"{OWN}e",
    )  # fmt: skip
    slicing = {"discriminator": [{"type": "value", "path": "url"}], "rules": "open"}
    needs = profile(
        element("Thing.extension", "Extension", most="*", slicing=slicing),
        element("Thing.extension", id="Thing.extension:e", sliceName="e", least=1, base="*",
                kinds=[{"code": "Extension", "profile": [f"{OWN}e"]}]),
    )  # fmt: skip
    good = {"url": f"{OWN}e", "valueBoolean": True}
    assert faults(check(thing(extension=[good]), needs, extra=(own,))) == []
    assert faults(check(thing(), needs, extra=(own,))) == [("min", "Thing.extension")]
    wrong = {"url": f"{OWN}e", "valueString": "x"}
    found = {rule for rule, _ in faults(check(thing(extension=[wrong]), needs, extra=(own,)))}
    assert found == {"unknown", "min"}
    found = {rule for rule, _ in faults(check(thing(extension=[wrong]), extra=(own,)))}
    assert found == {"unknown", "min"}  # by its own URL, where no profile asks for it


def test_slice_of_references_is_told_by_where_they_lead() -> None:
    target = profile(element("Other.id", STRING_ID, least=1), of=OTHER_TYPE, url=f"{OWN}o")
    slicing = {"discriminator": [{"type": "profile", "path": "resolve()"}], "rules": "closed"}
    leads = profile(
        element("Thing.about", "Reference", slicing=slicing),
        element("Thing.about", id="Thing.about:o", sliceName="o",
                kinds=[{"code": "Reference", "targetProfile": [f"{OWN}o"]}]),
    )  # fmt: skip
    first = thing(about={"reference": "urn:uuid:2"}, meta={"profile": [f"{OWN}p"]})
    good = bundle(first, OTHER)
    nameless = bundle(first, {"resourceType": "Other", "meta": {"profile": ["https://u.example"]}})
    validator = Validator(Definitions([*GUIDE, target, leads]))
    assert faults(validator.validate(good)) == []
    place = "Bundle.entry[0].resource.about"
    assert faults(validator.validate(nameless)) == [("slice", place)]
    assert ("slice", "Thing.about") in faults(validator.validate(first))


STRING_ID = "string"


def test_slice_of_resources_is_told_by_their_type() -> None:
    slicing = {"discriminator": [{"type": "type", "path": "resource"}], "rules": "closed"}
    entries = profile(
        element("Bundle.entry", "BackboneElement", most="*", slicing=slicing),
        element("Bundle.entry", "BackboneElement", id="Bundle.entry:o", sliceName="o", base="*",
                least=1),
        element("Bundle.entry.fullUrl", "uri", id="Bundle.entry:o.fullUrl"),
        element("Bundle.entry.resource", "Other", id="Bundle.entry:o.resource", least=1),
        of=BUNDLE, url=f"{OWN}b",
    )  # fmt: skip
    assert faults(check(bundle(OTHER), entries)) == []
    place = "Bundle.entry[0]"
    assert faults(check(bundle(thing()), entries)) == [("slice", place), ("min", "Bundle.entry")]


def test_slice_of_references_is_told_by_the_type_that_they_lead_to() -> None:
    slicing = {"discriminator": [{"type": "type", "path": "resolve()"}], "rules": "closed"}
    leads = profile(
        element("Thing.any", "Reference", slicing=slicing),
        element("Thing.any", id="Thing.any:o", sliceName="o",
                kinds=[{"code": "Reference", "targetProfile": [f"{BASE}Other"]}]),
    )  # fmt: skip
    assert faults(check(thing(any=HERE, contained=[OTHER]), leads)) == []
    inside = thing(any={"reference": "#t"}, contained=[thing(id="t")])
    assert faults(check(inside, leads)) == [("slice", "Thing.any")]
    assert faults(check(thing(any={"display": "x"}), leads)) == [("slice", "Thing.any")]


def test_slice_of_resources_is_told_by_a_profile_that_they_keep() -> None:
    narrow = profile(element("Other.id", STRING_ID, least=1), of=OTHER_TYPE, url=f"{OWN}o")
    slicing = {"discriminator": [{"type": "profile", "path": "$this"}], "rules": "closed"}
    holds = profile(
        element("Thing.contained", "Resource", most="*", slicing=slicing),
        element("Thing.contained", id="Thing.contained:o", sliceName="o", base="*",
                kinds=[{"code": "Other", "profile": [f"{OWN}o"]}]),
    )  # fmt: skip
    assert faults(check(thing(contained=[OTHER]), holds, extra=(narrow,))) == []
    nameless = {"resourceType": "Other", "meta": {"profile": ["https://u.example"]}}
    found = faults(check(thing(contained=[nameless]), holds, extra=(narrow,)))
    assert found == [("slice", "Thing.contained[0]")]


def test_slice_on_a_path_that_the_profile_does_not_know_takes_nothing() -> None:
    odd = sliced({"type": "value", "path": "colour"}, *part_slice("a", least=1))
    assert faults(check(thing(part=[A]), odd)) == [("min", "Thing.part")]


def test_slicing_without_a_discriminator_is_left_alone() -> None:
    plain = profile(
        element("Thing.part", "BackboneElement", most="*", slicing={"rules": "open"}),
        *part_slice("a"),
    )
    assert faults(check(thing(part=[A]), plain)) == []


def test_circle_of_references_comes_to_an_end() -> None:
    slicing = {"discriminator": [{"type": "profile", "path": "resolve()"}], "rules": "closed"}
    circle = profile(
        element("Thing.any", "Reference", slicing=slicing),
        element("Thing.any", id="Thing.any:t", sliceName="t",
                kinds=[{"code": "Reference", "targetProfile": [f"{OWN}p"]}]),
    )  # fmt: skip
    assert faults(check(thing(any={"reference": "#"}), circle)) == []


def test_slices_by_value_of_a_part_that_is_no_object_take_nothing() -> None:
    by_deep = sliced({"type": "value", "path": "code.text"}, *part_slice("a", least=1))
    rules = {rule for rule, _ in faults(check(thing(part=["x", {"code": 1}]), by_deep))}
    assert rules == {"shape", "min"}


@pytest.mark.parametrize(("path", "is_in"), [("value", True), ("colour", False)])
def test_slice_is_told_by_the_type_of_a_choice_below(path: str, is_in: bool) -> None:
    slicing = {"discriminator": [{"type": "type", "path": path}], "rules": "closed"}
    by_type = profile(
        element("Thing.extension", "Extension", most="*", slicing=slicing),
        element("Thing.extension", "Extension", id="Thing.extension:b", sliceName="b", base="*"),
        element("Thing.extension.url", "uri", id="Thing.extension:b.url"),
        element("Thing.extension.value[x]", id="Thing.extension:b.value[x]",
                kinds=[{"code": "boolean"}]),
    )  # fmt: skip
    flag = {"url": f"{OWN}e", "valueBoolean": True}
    words = {"url": f"{OWN}e", "valueString": "x"}
    assert (faults(check(thing(extension=[flag]), by_type)) == []) is is_in
    assert ("slice", "Thing.extension[0]") in faults(check(thing(extension=[words]), by_type))


@pytest.mark.parametrize("of", [THIS, {"type": "value", "path": "code"}])
def test_slice_is_told_by_a_bound_coding_or_code(of: Json) -> None:
    bound = {"strength": "required", "valueSet": KINDS["url"]}
    slicing = {"discriminator": [of], "rules": "open"}
    if of is THIS:
        sliced_codes = profile(
            element("Thing.part", "BackboneElement", most="*"),
            element("Thing.name", most="*", slicing=slicing),
            element("Thing.name", id="Thing.name:a", sliceName="a", least=1, base="*",
                    fixedString="a"),
        )  # fmt: skip
        assert faults(check(thing(name=["a"]), sliced_codes)) == []
        assert faults(check(thing(name=["b"]), sliced_codes)) == [("min", "Thing.name")]
        return
    by_code = sliced(of, *part_slice("a", ("code", {"binding": bound, "kind": "Coding"}), least=1))
    coding = {"system": f"{OWN}kind", "code": "a"}
    found = faults(check(thing(part=[{"code": coding}]), by_code))
    assert ("min", "Thing.part") not in found
