"""Every class of defect is refused with its place and its kind; what is valid is not."""

import json

import pytest

from validation.fhir_defects import DEFECTS, VALID, Defect, checker, errors, is_caught, written


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda d: d.name)
def test_defect_is_refused_where_it_stands(defect: Defect) -> None:
    assert is_caught(defect), errors(written(defect))


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda d: d.name)
def test_little_more_is_said_of_a_defect(defect: Defect) -> None:
    # where a reference to what is contained leads nowhere, nothing leads to what is contained
    most = 2 if defect.rule == "ref-1" else 1
    assert len({issue.path for issue in errors(written(defect))}) == most


def test_classes_are_forty_seven() -> None:
    assert len({d.name for d in DEFECTS}) == 47


@pytest.mark.parametrize("kind", VALID)
def test_valid_resource_is_accepted(kind: str) -> None:
    assert errors(json.dumps(VALID[kind]).encode()) == []


def test_no_message_repeats_what_was_sent() -> None:
    for defect in DEFECTS:
        for issue in errors(written(defect)):
            assert "Example" not in issue.message
            assert "9434765918" not in issue.message


def test_every_rule_of_the_pack_can_be_compiled() -> None:
    rules = checker()._compiler.rules
    for name in rules._facts._rules:
        rules.check(name)
    assert checker().unchecked == set()
