"""Our bundles keep the guide's profiles, and what breaks them is found (on the shared data)."""

from typing import Any

import pytest

from garrod.adapters.fhir.validate.walk import Validator
from tests.making.desk_time import part
from validation.fhir_definitions import definitions, examples
from validation.fhir_faults import MEANT, general_faults, meant_faults
from validation.fhir_people import bundles

pytestmark = [pytest.mark.shared, pytest.mark.slow]


@pytest.fixture(scope="module")
def validator(shared: Any) -> Validator:
    return Validator(definitions())


@pytest.fixture(scope="module")
def small(shared: Any) -> dict[str, Any]:
    """Return the smallest of three people's bundles, without advice for other medicines."""
    return min((b for _, b in bundles(3, is_ahead=False)), key=lambda b: len(b["entry"]))


def test_our_bundles_are_valid(validator: Validator) -> None:
    for _, made in bundles(3):
        assert validator.validate(made).errors == ()


def test_every_meant_fault_is_found(validator: Validator, small: dict[str, Any]) -> None:
    missed = [f.name for f in part([*meant_faults(small)]) if validator.validate(f.bundle).is_valid]
    assert missed == []
    assert len(MEANT) > 50


def test_faults_of_any_place_are_found(validator: Validator, small: dict[str, Any]) -> None:
    missed = [f.name for f in general_faults(small, 20) if validator.validate(f.bundle).is_valid]
    assert missed == []


def test_examples_of_the_guide_are_valid(validator: Validator) -> None:
    found = {name: validator.validate(resource).errors for name, resource in examples()}
    assert {name: errors for name, errors in found.items() if errors} == {}
    assert len(found) == 124
