"""The validator finds what a definition forbids, where it stands, and says what it skipped."""

from typing import Any

import pytest

from garrod.adapters.fhir.validate.definitions import Definitions
from garrod.adapters.fhir.validate.issue import Issue, Outcome, Severity
from garrod.adapters.fhir.validate.walk import Validator
from tests.unit.fhir.small_guide import (
    BASE,
    BUNDLE,
    EXTENSION,
    GUIDE,
    KINDS,
    OWN,
    Json,
    concept,
    element,
    invariant,
    profile,
    structure,
    thing,
)
from tests.unit.fhir.small_guide import OTHER as OTHER_TYPE

HERE = {"reference": "#o"}
THIS = {"type": "value", "path": "$this"}
OTHER = {"resourceType": "Other", "id": "o"}


def check(resource: Any, *profiles: Json, extra: tuple[Json, ...] = ()) -> Outcome:
    """Return what is wrong, by the small guide and some profiles, all of which are asked for."""
    validator = Validator(Definitions([*GUIDE, *profiles, *extra]))
    return validator.validate(resource, [p["url"] for p in profiles])


def faults(outcome: Outcome) -> list[tuple[str, str]]:
    return [(i.rule, i.path) for i in outcome.errors]


@pytest.mark.parametrize(
    ("more", "rule", "path"),
    [
        ({"status": None}, "value", "Thing.status"),
        ({"statuss": "on"}, "unknown", "Thing.statuss"),
        ({"_colour": {"id": "x"}}, "unknown", "Thing._colour"),
        ({"status": "off"}, "binding", "Thing.status"),
        ({"status": "old"}, "binding", "Thing.status"),
        ({"status": ["on"]}, "shape", "Thing.status"),
        ({"name": "x"}, "shape", "Thing.name"),
        ({"name": []}, "shape", "Thing.name"),
        ({"name": ["x", ""]}, "value", "Thing.name[1]"),
        ({"name": [1]}, "value", "Thing.name[0]"),
        ({"name": ["a", "b", "c"]}, "thg-1", "Thing"),
        ({"day": "2026-02-30"}, "value", "Thing.day"),
        ({"day": "yesterday"}, "value", "Thing.day"),
        ({"day": {"text": "x"}}, "value", "Thing.day"),
        ({"day": {}}, "value", "Thing.day"),
        ({"count": True}, "value", "Thing.count"),
        ({"count": "1"}, "value", "Thing.count"),
        ({"size": "1"}, "value", "Thing.size"),
        ({"flag": "true"}, "value", "Thing.flag"),
        ({"id": "a b"}, "value", "Thing.id"),
        ({"kind": "a"}, "shape", "Thing.kind"),
        ({"kind": {}}, "shape", "Thing.kind"),
        ({"kind": {"code": "a"}}, "unknown", "Thing.kind.code"),
        ({"valueString": "x", "valueInteger": 1}, "max", "Thing"),
        ({"valueBoolean": True}, "unknown", "Thing.valueBoolean"),
        ({"part": [{"size": 1}]}, "thg-2", "Thing.part[0]"),
        ({"part": [{"code": {"text": "x"}, "part": [{"size": 1}]}]}, "thg-2",
         "Thing.part[0].part[0]"),
        ({"part": [{"code": {"text": "x"}, "part": [{"size": "1"}]}]}, "value",
         "Thing.part[0].part[0].size"),
        ({"about": {"reference": "Thing/1"}}, "reference", "Thing.about"),
        ({"about": HERE}, "reference", "Thing.about"),
        ({"contained": [{"resourceType": "Nothing"}]}, "type", "Thing.contained[0]"),
        ({"contained": ["x"]}, "type", "Thing.contained[0]"),
        ({"extension": [{"valueString": "x"}]}, "min", "Thing.extension[0].url"),
        ({"modifierExtension": [{"url": f"{OWN}y", "valueBoolean": True}]}, "extension",
         "Thing.modifierExtension[0]"),
    ],
)  # fmt: skip
def test_fault_is_found_with_its_rule_and_place(more: Json, rule: str, path: str) -> None:
    assert (rule, path) in faults(check(thing(**more)))


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"status": "nested"},
        {"name": ["x", "y"], "_name": [None, {"id": "n"}]},
        {"name": [None, "y"], "_name": [{"extension": [{"url": f"{OWN}e", "valueString": "x"}]}]},
        {"_day": {"extension": [{"url": f"{OWN}e", "valueBoolean": False}]}},
        {"day": "2026"},
        {"size": 1, "count": -1},
        {"valueInteger": 1},
        {"kind": {"text": "x"}},
        {"about": {"reference": "https://y.example/fhir/Other/1"}},
        {"about": {"reference": "https://y.example/unknown"}},
        {"about": {"display": "x"}},
        {"about": HERE, "contained": [OTHER]},
        {"any": {"reference": "#"}},
        {"extension": [{"url": f"{OWN}y", "extension": [{"url": "part", "valueString": "x"}]}]},
        {"part": [{"code": {"text": "x"}, "part": [{"code": {"text": "y"}}]}]},
    ],
)  # fmt: skip
def test_what_is_allowed_is_no_fault(more: Json) -> None:
    assert faults(check(thing(**more))) == []


def test_value_without_a_type_in_its_definition_is_let_be() -> None:
    odd = profile(element("Thing.kind", kinds=[]))
    assert faults(check(thing(kind={"x": 1}), odd)) == []


def test_what_is_not_a_resource_is_refused() -> None:
    assert faults(check({"status": "on"})) == [("type", "None")]


def test_missing_element_is_counted() -> None:
    found = check({"resourceType": "Thing", "flag": True}).errors
    assert [(i.rule, i.message) for i in found] == [
        ("min", "status is there 0 times, at least 1 expected")
    ]


def test_warning_does_not_make_a_resource_invalid() -> None:
    outcome = check({"resourceType": "Thing", "status": "on"})
    assert [(i.rule, i.severity) for i in outcome.issues] == [("thg-5", Severity.WARNING)]
    assert outcome.is_valid


def test_code_outside_an_extensible_set_is_a_warning() -> None:
    outcome = check(thing(kind=concept("z")))
    assert [(i.rule, i.severity.value) for i in outcome.issues] == [("binding", "warning")]
    assert check(thing(kind=concept("a"))).issues == ()


def test_rules_that_are_not_evaluated_are_counted_by_name() -> None:
    outcome = check(thing(part=[{"code": {"text": "x"}}], day="2026"))
    assert outcome.unchecked == {"thg-3": 1, "thg-4": 1}


def test_unknown_extension_is_said_and_no_fault() -> None:
    outcome = check(thing(extension=[{"url": f"{OWN}y", "valueString": "x"}]))
    assert [(i.severity.value, i.rule) for i in outcome.issues] == [("information", "extension")]


def test_outcome_is_an_operation_outcome() -> None:
    shown = check(thing(name=["a", "b", "c"], statuss="x")).as_fhir()
    assert [(i["severity"], i["code"], i["expression"]) for i in shown["issue"]] == [
        ("error", "structure", ["Thing.statuss"]),
        ("error", "invariant", ["Thing"]),
    ]
    assert Outcome().as_fhir()["issue"][0]["severity"] == "information"
    assert Issue(Severity.ERROR, "odd", "", "x").as_fhir()["code"] == "invalid"


def test_profile_narrows_what_the_type_allows() -> None:
    narrow = profile(
        element("Thing.status", "code", fixedCode="on"),
        element("Thing.flag", "boolean", least=1),
        element("Thing.name", most="0", base="*"),
        element("Thing.kind", "CodeableConcept", patternCodeableConcept=concept("a")),
    )
    bad = {"resourceType": "Thing", "status": "nested", "name": ["x"], "kind": concept("b")}
    assert {i.rule for i in check(bad, narrow).errors if i.profile == f"{OWN}p"} == {
        "fixed", "min", "max", "pattern",
    }  # fmt: skip
    good = thing(kind={"text": "x", **concept("a")})
    assert faults(check(good, narrow)) == []


def test_claimed_profile_is_checked_and_an_unknown_one_said() -> None:
    narrow = profile(element("Thing.flag", "boolean", least=1))
    claims = {"meta": {"profile": [f"{OWN}p|1.0"]}}
    bad = {"resourceType": "Thing", "status": "on", **claims}
    outcome = Validator(Definitions([*GUIDE, narrow])).validate(bad)
    assert faults(outcome) == [("min", "Thing.flag")]
    unknown = check({"resourceType": "Thing", "status": "on", "flag": True, **claims})
    assert [(i.rule, i.severity.value) for i in unknown.issues] == [("profile", "warning")]


def test_profile_of_another_type_is_refused() -> None:
    assert faults(check(thing(), profile(of=OTHER_TYPE))) == [("profile", "Thing")]


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


def bundle(*resources: Json) -> Json:
    entries = [{"fullUrl": f"urn:uuid:{n}", "resource": r} for n, r in enumerate(resources, 1)]
    return {"resourceType": "Bundle", "entry": entries}


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


def test_reference_by_uuid_that_leads_nowhere_in_its_bundle_is_found() -> None:
    lost = bundle(thing(about={"reference": "urn:uuid:9"}))
    assert faults(check(lost)) == [("reference", "Bundle.entry[0].resource.about")]
    by_name = bundle(thing(about={"reference": "Other/o/_history/2"}), OTHER)
    assert faults(check(by_name)) == []


def test_contained_resource_may_refer_to_its_siblings_and_its_holder() -> None:
    inner = thing(id="t", about=HERE, any={"reference": "#"})
    assert faults(check(thing(contained=[inner, OTHER]))) == []


def test_value_set_by_system_alone_is_checked_by_its_system() -> None:
    systems = {
        "resourceType": "ValueSet",
        "url": f"{OWN}systems",
        "compose": {"include": [{"system": f"{OWN}not-at-hand"}]},
    }
    binding = {"strength": "required", "valueSet": f"{OWN}systems"}
    bound = profile(element("Thing.kind", "CodeableConcept", binding=binding))
    good = thing(kind=concept("z", f"{OWN}not-at-hand"))
    assert faults(check(good, bound, extra=(systems,))) == []
    assert faults(check(thing(kind=concept("z")), bound, extra=(systems,))) == [
        ("binding", "Thing.kind")
    ]


@pytest.mark.parametrize(
    "include",
    [
        {"system": f"{OWN}kind", "filter": [{"property": "x", "op": "=", "value": "y"}]},
        {"valueSet": [f"{OWN}unknown"]},
        {"valueSet": [f"{OWN}some"]},
        {},
    ],
)
def test_value_set_that_cannot_be_listed_is_counted_as_not_checked(include: Json) -> None:
    some = {"resourceType": "ValueSet", "url": f"{OWN}some", "compose": {"include": [include]}}
    binding = {"strength": "required", "valueSet": f"{OWN}some"}
    bound = profile(element("Thing.kind", "CodeableConcept", binding=binding))
    outcome = check(thing(kind=concept("z")), bound, extra=(some,))
    assert outcome.unchecked[f"binding {OWN}some"] == 1
    assert outcome.is_valid


def test_value_set_of_a_value_set_is_listed() -> None:
    whole = {"resourceType": "ValueSet", "url": f"{OWN}whole",
             "compose": {"include": [{"valueSet": [f"{OWN}kinds"]}]}}  # fmt: skip
    found = Definitions([*GUIDE, whole]).codes(f"{OWN}whole")
    assert found == frozenset({(f"{OWN}kind", "a")})


def test_type_that_is_not_defined_is_a_fault() -> None:
    odd = profile(element("Thing.kind", "Strange"))
    assert ("type", "Thing.kind") in faults(check(thing(kind={"x": 1}), odd))


def test_broken_expression_is_not_checked_and_never_kept() -> None:
    odd = profile()
    odd["snapshot"]["element"][0]["constraint"] = [invariant("odd-1", "name.where(")]
    assert check(thing(), odd).unchecked["odd-1"] == 1


def test_definitions_know_what_a_type_is_made_from() -> None:
    age = structure("Age", baseDefinition=f"{BASE}Coding")
    found = Definitions([*GUIDE, age])
    assert list(found.ancestry("Age")) == ["Age", "Coding"]
    assert found.type_of(f"{BASE}Unknown") == ""
    assert found.shape("Coding") == ""


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


def test_elements_without_a_parent_or_a_sibling_are_left_out() -> None:
    odd = structure("Odd", element("Odd.a.b"), element("Odd.c", id="Odd.c:d", sliceName="d"))
    tree = Definitions([odd]).tree(odd["url"])
    assert tree is not None
    assert tree.children == {}


def test_what_no_definition_is_does_not_count() -> None:
    nothing = {"resourceType": "Patient", "url": "x"}
    bare = {"resourceType": "StructureDefinition", "url": "y", "type": "Y"}
    found = Definitions([nothing, bare])
    assert found.tree("x") is None
    assert found.tree("y") is None


def test_bundle_with_broken_entries_is_walked() -> None:
    broken = {"resourceType": "Bundle", "entry": ["x", {"fullUrl": 1, "resource": OTHER},
              {"resource": thing(about={"reference": "Other/o"})}]}  # fmt: skip
    places = [path for _, path in faults(check(broken))]
    assert places == ["Bundle.entry[0]", "Bundle.entry[1].fullUrl"]


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
