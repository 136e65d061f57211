"""The FHIRPath that the validator evaluates against HL7's own suite: right, not evaluated, wrong.

Reference: HL7 FHIRPath test suite for R4 (tests-fhir-r4.xml), those of the patient and observation.
An expression that is not evaluated here counts as not checked; one evaluated wrongly is a fault.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from typing import Any

import orjson

from garrod.adapters.fhir.validate.fhirpath import PathError
from garrod.adapters.fhir.validate.fhirpath_calls import FUNCTIONS
from garrod.adapters.fhir.validate.fhirpath_run import At, evaluate
from garrod.adapters.fhir.validate.instance import Scope
from validation.fhir_definitions import FHIR
from validation.figures import Figure, none_of, share, show

SUITE = FHIR / "fhir-test-cases-r4"
INPUTS = ("patient-example", "observation-example", "questionnaire-example")
# Their input has an extension that stands in the XML file only, and not in its JSON.
OTHER_INPUT = tuple(f"testFHIRPathIsFunction{number}" for number in (8, 9, 10))
Case = tuple[str, str, str, tuple[str, ...], bool]


def cases() -> Iterator[Case]:
    """Yield name, input, expression, outputs and whether it is invalid."""
    tree = ET.parse(SUITE / "fhirpath" / "tests-fhir-r4.xml")
    for test in tree.iter("test"):
        source = test.get("inputfile", "").removesuffix(".xml")
        expression = test.find("expression")
        if test.get("name") in OTHER_INPUT:
            continue
        if source in INPUTS and expression is not None and test.get("mode") != "strict":
            outputs = tuple((o.text or "").removeprefix("@") for o in test.findall("output"))
            is_invalid = expression.get("invalid") is not None
            if test.get("predicate") == "true":
                continue  # of the answer's truth, not of the answer
            yield test.get("name", ""), source, expression.text or "", outputs, is_invalid


def spoken(item: Any) -> str:
    """Return an item as the suite writes it."""
    return str(item).lower() if isinstance(item, bool) else str(item)


def outcome_of(case: Case, resources: dict[str, Any]) -> tuple[str, str]:
    """Return "right", "not evaluated" or "wrong", and a note."""
    name, source, expression, outputs, is_invalid = case
    resource = resources[source]
    try:
        found = evaluate(expression, At(resource, resource, Scope(resource), 0, FUNCTIONS))
    except (PathError, TypeError, ValueError, LookupError, AttributeError):
        return ("right" if is_invalid else "not evaluated"), ""
    if is_invalid:
        return "lenient", ""  # the suite wants an error: an invariant in force is never such
    plain = tuple(spoken(f) for f in found if not isinstance(f, dict))
    is_right = len(found) == len(outputs) and (len(plain) < len(found) or plain == outputs)
    return ("right" if is_right else "wrong"), f"- {name}: {expression} gives {found}"


def measure() -> tuple[list[Figure], list[str]]:
    """Return the figures and what was wrong."""
    resources = {n: orjson.loads((SUITE / "examples" / f"{n}.json").read_bytes()) for n in INPUTS}
    counts: Counter[str] = Counter()
    notes = []
    for case in cases():
        what, note = outcome_of(case, resources)
        counts[what] += 1
        notes += [note[:160]] if what == "wrong" else []
    whole = sum(counts.values())
    figures = [share(f"expressions {w}", counts[w], whole) for w in ("right", "not evaluated")]
    figures.append(share("expressions accepted that the suite refuses", counts["lenient"], whole))
    return [*figures, none_of("expressions evaluated wrongly", counts["wrong"], whole)], notes


def main() -> int:
    """Print the figures."""
    return show("FHIRPath", *measure())


if __name__ == "__main__":
    raise SystemExit(main())
