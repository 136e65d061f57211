"""The validator finds what a definition forbids, where it stands, and says what it skipped."""

import pytest

from garrod.adapters.fhir.validate.definitions import Definitions
from garrod.adapters.fhir.validate.issue import Issue, Outcome, Severity
from garrod.adapters.fhir.validate.walk import Validator
from tests.unit.fhir.small_guide import (
    BASE,
    GUIDE,
    OWN,
    Json,
    bundle,
    check,
    concept,
    element,
    faults,
    invariant,
    profile,
    structure,
    thing,
)
from tests.unit.fhir.small_guide import OTHER as OTHER_TYPE

HERE = {"reference": "#o"}
THIS = {"type": "value", "path": "$this"}
OTHER = {"resourceType": "Other", "id": "o"}


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
        {"day": "2028-02-29"},
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
    assert faults(check(thing(kind={"text": "x"}), odd)) == []


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
    other = [{"url": f"{OWN}other", "valueString": "x"}]
    marked = structure("mark", element("mark.value", kinds=[{"code": "x", "extension": other}]))
    assert Definitions([marked]).shape("mark") == ""


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
