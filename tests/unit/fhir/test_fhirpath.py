"""FHIRPath as far as invariants use it: evaluated right, or refused, never guessed."""

from typing import Any

import pytest

from garrod.adapters.fhir.validate.fhirpath import PathError, parse
from garrod.adapters.fhir.validate.fhirpath_calls import FUNCTIONS
from garrod.adapters.fhir.validate.fhirpath_run import At, evaluate
from garrod.adapters.fhir.validate.instance import Scope, type_named
from garrod.adapters.fhir.validate.matching import holds, is_fixed

OTHER = {"resourceType": "Other", "id": "o"}
RESOURCE: dict[str, Any] = {
    "resourceType": "Thing",
    "id": "t",
    "name": ["a", "b", "a"],
    "flag": True,
    "count": 2,
    "valueString": "x",
    "_day": {"extension": [{"url": "u", "valueString": "asked"}]},
    "low": {"value": 1, "unit": "mg"},
    "high": {"value": 2, "unit": "mg"},
    "gram": {"value": 1, "unit": "g"},
    "part": [{"code": "p", "size": 1}, {"code": "q", "part": [{"code": "r"}]}],
    "about": {"reference": "#o"},
    "lost": {"reference": "#z"},
    "bare": 7,
    "contained": [OTHER],
    "div": "<div xmlns='x'>words</div>",
    "script": "<div><script>x</script></div>",
    "start": "2026-01-01T10:00:00+01:00",
    "gap": [None, "x"],
}


def run(expression: str, this: Any = RESOURCE) -> list[Any]:
    return evaluate(expression, At(this, RESOURCE, Scope(RESOURCE), 0, FUNCTIONS))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("name", ["a", "b", "a"]), ("Thing.name", ["a", "b", "a"]), ("nothing", []),
        ("gap", ["x"]), ("value", ["x"]), ("day.extension.url", ["u"]), ("name.where($this = 'a')",
        ["a", "a"]), ("name[1]", ["b"]), ("name[9]", []), ("name[{}]", []),
        ("name.select($this & '!')", ["a!", "b!", "a!"]), ("name.select($index)", [0, 1, 2]),
        ("name.exists()", [True]), ("name.exists($this = 'z')", [False]), ("name.empty()", [False]),
        ("name.all($this.length() = 1)", [True]), ("name.count()", [3]), ("{}.not()", []),
        ("flag.not()", [False]), ("flag.hasValue()", [True]), ("about.hasValue()", [False]),
        ("name.first()", ["a"]), ("name.last()", ["a"]), ("name.tail()", ["b", "a"]),
        ("name.skip(2)", ["a"]), ("name.take(1)", ["a"]), ("flag.single()", [True]),
        ("name.distinct()", ["a", "b"]), ("name.isDistinct()", [False]),
        ("name | 'c'", ["a", "b", "c"]), ("name.union('c')", ["a", "b", "c"]),
        ("name.combine('c').count()", [4]), ("name.intersect('b' | 'c')", ["b"]),
        ("('a').subsetOf(name)", [True]), ("'z' in name", [False]), ("name contains 'b'", [True]),
        ("{} in name", []), ("(flag | flag).allTrue()", [True]), ("flag.anyTrue()", [True]),
        ("flag.trace('x')", [True]), ("count.toString()", ["2"]), ("flag.toString()", ["true"]),
        ("'12'.toInteger()", [12]), ("'x'.toInteger()", []), ("flag.toInteger()", [1]),
        ("'abc'.startsWith('a')", [True]), ("'abc'.endsWith('a')", [False]),
        ("'abc'.contains('b')", [True]), ("'abc'.matches('^a.c$')", [True]),
        ("'abc'.indexOf('c')", [2]), ("'abc'.replace('b', 'x')", ["axc"]),
        ("'abc'.substring(1)", ["bc"]), ("'abc'.substring(1, 1)", ["b"]),
        ("'abc'.substring(9)", []), ("{}.length()", []), ("'a'.upper()", ["A"]),
        ("'A'.lower()", ["a"]), ("part.repeat(part).code", ["r"]), ("children().count() > 10",
        [True]), ("part.descendants().count()", [5]), ("part.children().count()", [4]),
        ("iif(flag, 'y', 'n')", ["y"]), ("iif(flag.not(), 'y')", []),
        ("about.resolve().id", ["o"]), ("contained.is(Other)", [True]), ("contained is FHIR.Other",
        [True]), ("contained as Thing", []), ("contained.ofType(Other).id", ["o"]),
        ("contained.as(Resource).id", ["o"]), ("{} is Other", []), ("flag is boolean", [True]),
        ("flag is integer", [False]), ("valueString is integer", [False]),
        ("day.extension('u').value", ["asked"]), ("div.htmlChecks()", [True]),
        ("script.htmlChecks()", [False]), ("1 + 2 * 3", [7]), ("1.8 - 1.2", [0.6]), ("-count",
        [-2]),
        ("+count", [2]), ("count - 1", [1]), ("count > 1 and flag", [True]), ("{} and false",
        [False]), ("{} and true", []), ("false and {}", [False]), ("true or {}", [True]),
        ("{} or {}", []), ("false or false", [False]), ("true xor true", [False]),
        ("true xor {}", []), ("false implies {}", [True]), ("true implies false", [False]),
        ("{} implies true", [True]), ("{} implies {}", []), ("true implies {}", []), ("1 = {}", []),
        ("{} ~ {}", [True]), ("1 ~ {}", [False]), ("{} !~ {}", [False]), ("1 ~ 1", [True]),
        ("1 != 2", [True]), ("true = 1", [False]), ("low <= high", [True]), ("'a' < 'b'", [True]),
        ("@2026 = @2026-01", []), ("@2026-01 < @2027", [True]), ("@2026-01-01 != @2026-02-01",
        [True]), ("@2026-01-01T10:00:00Z = @2026-01-01T11:00:00+01:00", [True]),
        ("start < @2026-01-01T10:00:00Z", [True]), ("%resource.id", ["t"]),
        ("%context.id", ["t"]),
        ("%rootResource.id", ["t"]), ("%sct", ["http://snomed.info/sct"]),
        ("'\\u0041\\n'", ["A\n"]),
        ("'it\\'s'", ["it's"]), ("`name`.count() // words", [3]), ("name.where(true)[0]", ["a"]),
        ("Other.id", []), ("name.nothing", []), ("bare.children()", []), ("bare", [7]),
    ],
)  # fmt: skip
def test_expression_gives_its_collection(expression: str, expected: list[Any]) -> None:
    assert run(expression) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "name.", "name[0", "name.where(", "§", "{1}", "1 +", "name name", "day.memberOf('x')",
        "value is Quantity", "part.first() is Quantity", "count is decimal", "valueString is code",
        "part < 1", "'a' < 1", "name ~ 'a'", "6 / 2", "7 mod 2", "%unknown", "lost.resolve()",
        "part.resolve()", "-valueString", "count.startsWith('x')", "bare.extension('u')",
        "flag is Boolean",
        "$total", "low < gram", "@2026-01-01T10:00:00Z < @2026-01-01", "value.is(System.String)",
        "name.where($this.id = 'x')",
    ],
)  # fmt: skip
def test_what_is_not_evaluated_is_refused(expression: str) -> None:
    with pytest.raises(PathError):
        run(expression)


def test_a_tree_is_read_once() -> None:
    assert parse("name.count() > 1") is parse("name.count() > 1")


def test_pattern_holds_in_a_value_that_says_more() -> None:
    assert holds({"coding": [{"code": "a"}, {"code": "b", "system": "s"}]},
                 {"coding": [{"code": "b"}]})  # fmt: skip
    assert not holds({"coding": [{"code": "a"}]}, {"coding": [{"code": "b"}]})
    assert not holds(["a"], {"coding": []})
    assert not holds({}, [1])


def test_true_is_not_one() -> None:
    assert not is_fixed(True, 1)
    assert is_fixed("a", "a")


@pytest.mark.parametrize(
    ("reference", "kind"),
    [("Patient/1", "Patient"), ("https://x.example/fhir/Patient/1/_history/2", "Patient"),
     ("urn:uuid:1", ""), ("x/1", "")],
)  # fmt: skip
def test_type_of_a_reference_is_what_it_names(reference: str, kind: str) -> None:
    assert type_named(reference) == kind
