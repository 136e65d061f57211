"""The cases are judged by the engine: each has a choice that fits, and they differ."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from garrod.entry.web.learn.cases import (
    AS_IS,
    CASES,
    LOWER,
    OTHER,
    TEST,
    Case,
    case_named,
    fitting,
    judged,
)
from garrod.entry.web.learn.presenter import rows_of, shown_of, tally
from garrod.entry.web.learn.progress import Done
from garrod.entry.wire import Services

FITTING = {"1": OTHER, "2": TEST, "3": OTHER, "4": LOWER, "5": AS_IS}


@pytest.fixture(scope="module")
def consult() -> Any:
    now = datetime(2026, 11, 28, tzinfo=UTC)
    return SimpleNamespace(services=Services(), clock=lambda: now)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_engine_says_what_fits(consult: Any, case: Case) -> None:
    looked = judged(consult, case)
    assert fitting(looked) == FITTING[case.id]
    told = shown_of(case, looked, FITTING[case.id], fitting(looked), "http://x").told
    assert told is not None
    assert told.is_fitting
    assert told.notes


def test_other_choice_is_told_what_the_engine_says(consult: Any) -> None:
    looked = judged(consult, CASES[0])
    told = shown_of(CASES[0], looked, AS_IS, OTHER, "http://x").told
    assert told is not None
    assert "prescribe another medicine" in told.words
    assert told.options


def test_nothing_is_told_before_a_choice(consult: Any) -> None:
    shown = shown_of(CASES[0], judged(consult, CASES[0]), "", OTHER, "http://x")
    assert shown.told is None
    assert shown_of(CASES[0], judged(consult, CASES[0]), "odd", OTHER, "http://x").told is None
    assert shown.after == "2"


def test_progress_is_told_in_words() -> None:
    done = {"1": Done(OTHER, True, 1, ""), "2": Done(AS_IS, False, 3, "")}
    rows = rows_of(done)
    assert [row.state for row in rows[:3]] == ["Done", "Try again", "Not tried yet"]
    assert rows[1].more == "3 tries"
    assert tally(done) == "1 of 5 cases done"
    assert case_named("9") is None
