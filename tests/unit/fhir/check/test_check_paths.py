"""Compiled FHIRPath gives what the interpreter gives, and says nothing where it cannot tell."""

from typing import Any

import pytest

from garrod.adapters.fhir.check.faults import Run
from garrod.adapters.fhir.check.functions import FUNCTIONS
from garrod.adapters.fhir.check.paths import PathCompiler, Place
from garrod.adapters.fhir.check.times import compared
from garrod.adapters.fhir.validate.fhirpath import PathError, parse
from garrod.adapters.fhir.validate.fhirpath_calls import FUNCTIONS as INTERPRETED
from garrod.adapters.fhir.validate.fhirpath_run import At, evaluate
from garrod.adapters.fhir.validate.instance import Scope

THING: dict[str, Any] = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"coding": [{"system": "s", "code": "a"}, {"system": "s", "code": "b"}]},
    "valueQuantity": {"value": 5, "code": "kg"},
    "component": [{"code": {"text": "x"}}, {"code": {"text": "y"}}],
    "note": [{"text": "n"}],
    "_issued": {"extension": [{"url": "u", "valueCode": "unknown"}]},
}
COMPILER = PathCompiler(frozenset({"value"}), FUNCTIONS)
EXPRESSIONS = """
status = 'final'
status != 'final'
status = 'x' or value.exists()
(status = 'x' or value.empty()).not()
value.exists() xor status.exists()
missing = 'x'
missing = 'x' or status = 'final'
missing = 'x' and status = 'final'
missing = 'x' implies status = 'final'
status.exists() = code.exists()
component.count() = 2
component.code.text.isDistinct()
component.all(code.exists())
component.where(code.text = 'x').exists()
component.exists(code.text = 'z')
component.select(code.text)
code.coding.code contains 'a'
'c' in code.coding.code
code.coding.where(system = 's' and code = 'b').code
code.coding.first().code & '-' & code.coding.last().code
value.value > 4 and value.value <= 5
value.value + 1
1 - 2
-3
issued.hasValue()
status.hasValue()
status.startsWith('fi') and status.length() = 5
status.substring(1, 2)
status.matches('^f.*l$')
status.replace('f', 'g')
iif(status = 'final', 'yes', 'no')
descendants().code.count() > 0
$this.status
component[1].code.text
component.tail().code.text
code.coding.code.combine(note.text).isDistinct()
code.coding.code.union(note.text).count()
code.coding.code.intersect('a' | 'q')
%resource.status
Observation.status
(code | note).count()
""".strip().splitlines()


def run(expression: str, thing: Any = THING) -> list[Any]:
    return COMPILER.part(parse(expression))([thing], Place(thing, Run(thing)))


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_compiled_gives_what_the_interpreter_gives(expression: str) -> None:
    at = At(THING, THING, Scope(THING), 0, INTERPRETED)
    assert run(expression) == evaluate(expression, at)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_truth_is_that_of_the_items(expression: str) -> None:
    items = run(expression)
    told = COMPILER.test(parse(expression))([THING], Place(THING, Run(THING)))
    wanted = None if not items else items[0] if isinstance(items[0], bool) else True
    assert told is wanted


def test_type_of_a_choice_is_told_by_its_name() -> None:
    assert run("value is Quantity") == [True]
    assert run("value is string") == [False]
    assert run("(value as Quantity).value") == [5]
    assert run("missing is string") == []


@pytest.mark.parametrize(
    "expression", ["status.memberOf('x')", "%unknown", "status.id", "value < note"]
)
def test_what_cannot_be_told_is_an_error_and_no_answer(expression: str) -> None:
    with pytest.raises(PathError):
        run(expression)


@pytest.mark.parametrize(
    ("one", "other", "is_before"),
    [
        ("2020", "2021", [True]),
        ("2020-05", "2020", []),
        ("2020-05-01", "2020-04-30", [False]),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00+01:00", [False]),
        ("2026-01-01T00:00:00Z", "2026-01-02", []),
        ("2026-01-01T00:00:00Z", "2026-02-02", [True]),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z", []),
        ("2026-01-01T00:00:00Z", "2026-01", []),
        ("2026-01-01T00:00:00Z", "2026", []),
        ("2025-06-01T00:00:00Z", "2027", [True]),
    ],
)
def test_times_are_compared_as_far_as_they_are_known(
    one: str, other: str, is_before: list[bool]
) -> None:
    assert compared(one, other, lambda a, b: a < b) == is_before
