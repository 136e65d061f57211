"""Our bundles against the profiles of the guide, faults planted in them, and the guide's examples.

Reference: HL7 FHIR R4 4.0.1 and Genomics Reporting 3.0.0, definitions and examples.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from garrod.adapters.fhir.validate.issue import Outcome
from garrod.adapters.fhir.validate.walk import Validator
from validation.fhir_definitions import definitions, examples, official_examples
from validation.fhir_faults import Fault, general_faults, meant_faults
from validation.fhir_people import bundles
from validation.figures import Figure, at_least, none_of, show

GENERAL = 140
PEOPLE = 100
Seen = Sequence[tuple[str, Outcome]]


def of_examples(validator: Validator) -> tuple[list[Figure], list[str]]:
    """Return how many examples pass by type, and what is said of the others."""
    passed: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    notes = []
    for name, resource in examples():
        outcome = validator.validate(resource)
        kind = str(resource["resourceType"])
        whole[kind] += 1
        passed[kind] += outcome.is_valid
        notes += [f"- {name}: {i.path} {i.message}" for i in outcome.errors[:2]]
    figures = [
        at_least(f"examples of the guide that pass: {kind}", passed[kind], count, 100)
        for kind, count in whole.most_common()
    ]
    return figures, notes


def of_official(validator: Validator) -> tuple[Figure, list[str]]:
    """Return how many of HL7's own R4 examples pass, and what is said of the others."""
    found = [(name, validator.validate(resource)) for name, resource in official_examples()]
    said = [f"- R4 {n}: {i.path} {i.message}" for n, o in found for i in o.errors[:1]]
    passed = sum(outcome.is_valid for _, outcome in found)
    return at_least("R4 examples of HL7 that pass", passed, len(found), 98), said


def of_faults(validator: Validator, faults: Sequence[Fault]) -> tuple[Figure, list[str]]:
    """Return how many planted faults are found, and the names of those that are not."""
    missed = [f.name for f in faults if validator.validate(f.bundle).is_valid]
    figure = at_least("planted faults found", len(faults) - len(missed), len(faults), 100)
    return figure, [f"- not found: {name}" for name in missed]


def main() -> int:
    """Print the figures."""
    validator = Validator(definitions())
    figures, notes = of_examples(validator)
    official, said = of_official(validator)
    figures.append(official)
    notes += said
    made = [b for _, b in bundles(PEOPLE)]
    outcomes = [validator.validate(b) for b in made]
    bad = [o for o in outcomes if not o.is_valid]
    figures.append(none_of("our bundles that are not valid", len(bad), len(made)))
    notes += [f"- ours: {i.path} {i.message}" for o in bad[:5] for i in o.errors[:2]]
    small = min((b for _, b in bundles(3, is_ahead=False)), key=lambda b: len(b["entry"]))
    faults = [*meant_faults(small), *general_faults(small, GENERAL)]
    figure, missed = of_faults(validator, faults)
    unchecked = outcomes[0].unchecked
    notes += [*missed, f"rules not evaluated on a bundle of ours: {sorted(unchecked)}"]
    return show("FHIR profiles", [*figures, figure], notes)


if __name__ == "__main__":
    raise SystemExit(main())
