"""What is left of a stopped medicine, what is not known of it, and what builds up."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from garrod.core.errors import KnowledgeError
from garrod.core.finding import Modulation
from garrod.science.pgx.fading import (
    NO_TIMES,
    HalfLives,
    Stopped,
    Times,
    days_until,
    fading,
    left_after,
    untold_of,
)
from garrod.science.pgx.modulators import rules_of
from garrod.science.pgx.phenoconversion import acting, behaving
from tests.making.conversions import FACTS, IM, NM, PM, SHELF, result, taking

TODAY = date(2026, 11, 25)
ROWS = SHELF.rows("policy-england", "phenoconversion")


def gone(drug: str, days: int | None, today: date = TODAY) -> Times:
    ended = None if days is None else today - timedelta(days=days)
    return Times(today, (Stopped(drug, drug, ended),))


def faded(drug: str, enzyme: str, days: int) -> tuple[Modulation, ...]:
    return fading(FACTS.modulators, FACTS.rules, FACTS.lives, enzyme, gone(drug, days))


def untold(drug: str, enzyme: str, days: int | None) -> tuple[str, ...]:
    return untold_of(FACTS.modulators, FACTS.rules, FACTS.lives, enzyme, gone(drug, days))


@pytest.mark.parametrize(
    ("hours", "days", "left"), [(24, 0, 1), (24, 1, 0.5), (48, 4, 0.25), (24, -3, 1)]
)
def test_half_is_left_after_each_half_life(hours: float, days: int, left: float) -> None:
    assert left_after(hours, days) == left


@pytest.mark.parametrize(("hours", "share", "day"), [(24, 0.5, 2), (70, 0.5, 3), (70, 1 / 32, 15)])
def test_first_day_with_less_than_a_share(hours: float, share: float, day: int) -> None:
    assert days_until(hours, share) == day
    assert left_after(hours, day) < share <= left_after(hours, day - 1)


def test_stopped_inhibitor_tells_its_course() -> None:
    (found,) = faded("paroxetine", "CYP2D6", 3)
    assert (found.strength, found.name) == ("moderate", "paroxetine")
    told = found.fading
    assert told is not None
    assert (told.was, told.stopped, told.is_read) == ("strong", date(2026, 11, 22), True)
    assert (told.next_on, told.until, told.days) == (date(2026, 12, 1), date(2026, 12, 7), 12)
    assert "liston-2002" in found.evidence
    assert told.source.startswith("Liston")


def test_destroyed_enzyme_is_made_anew_more_slowly_than_the_medicine_leaves() -> None:
    (found,) = faded("clarithromycin", "CYP3A", 1)
    assert found.fading is not None
    assert (found.fading.half_life_hours, found.fading.of) == (36, "CYP3A itself")


def test_medicine_that_stays_longer_than_the_enzyme_governs() -> None:
    (found,) = faded("ticlopidine", "CYP2C19", 1)
    assert found.fading is not None
    assert found.fading.half_life_hours == 96


def test_inducer_without_a_turnover_of_the_enzyme_is_not_guessed() -> None:
    lives = HalfLives(FACTS.lives.by, {}, FACTS.lives.sources)
    assert lives.of("rifampicin", "CYP3A", "induces") is None
    assert lives.of("paroxetine", "CYP2D6", "inhibits") is not None


def test_of_several_stopped_the_strongest_comes_first() -> None:
    stopped = tuple(Stopped(d, d, TODAY) for d in ("duloxetine", "paroxetine"))
    times = Times(TODAY, stopped)
    found = fading(FACTS.modulators, FACTS.rules, FACTS.lives, "CYP2D6", times)
    assert [m.drug for m in found] == ["paroxetine", "duloxetine"]


def test_medicine_that_acts_on_nothing_is_passed_over() -> None:
    assert faded("codeine", "CYP2D6", 0) == ()
    assert untold("codeine", "CYP2D6", None) == ()
    assert faded("paroxetine", "CYP2C9", 0) == ()


@pytest.mark.parametrize(
    ("drug", "days", "words"),
    [
        ("paroxetine", None, "the day is not recorded"),
        ("dacomitinib", 3, "how long its effect lasts is not on the shelf"),
    ],
)
def test_what_is_not_known_of_an_end_is_said(drug: str, days: int | None, words: str) -> None:
    (said,) = untold(drug, "CYP2D6", days)
    assert words in said
    found = behaving(FACTS, "CYP2D6", result("CYP2D6", NM, "2.0"), {}, times=gone(drug, days))
    assert found is not None
    assert found.conversion is not None
    assert found.conversion.notes == (said,)
    assert found.phenotype == NM


@pytest.mark.parametrize(
    ("drug", "days"), [("paroxetine", 3), ("dacomitinib", 29), ("celecoxib", None)]
)
def test_nothing_is_said_of_what_is_known_long_past_or_weak(drug: str, days: int | None) -> None:
    assert untold(drug, "CYP2D6", days) == ()


def test_medicine_taken_again_is_counted_as_taken() -> None:
    found = acting(FACTS, "CYP2D6", taking("paroxetine"), times=gone("paroxetine", 3))
    assert [(m.strength, m.fading) for m in found] == [("strong", None)]


def test_assessed_medicine_is_no_modulator_of_its_own_advice_after_it_was_stopped() -> None:
    was = result("CYP2D6", NM, "2.0")
    times = gone("paroxetine", 0)
    found = behaving(FACTS, "CYP2D6", was, {}, about="paroxetine", times=times)
    assert found is not None
    assert found.phenotype == NM


def test_stopped_and_taken_inhibitors_add_up_by_the_policy() -> None:
    was = result("CYP2D6", NM, "2.0")
    times = gone("paroxetine", 4)
    found = behaving(FACTS, "CYP2D6", was, taking("duloxetine"), times=times)
    assert found is not None
    assert found.phenotype == PM
    alone = behaving(FACTS, "CYP2D6", was, {}, times=times)
    assert alone is not None
    assert alone.phenotype == IM


def test_without_a_result_a_strong_inhibitor_still_tells_while_it_counts_as_strong() -> None:
    found = behaving(FACTS, "CYP2D6", None, {}, times=gone("paroxetine", 2))
    assert found is not None
    assert found.phenotype == PM
    assert behaving(FACTS, "CYP2D6", None, {}, times=gone("paroxetine", 3)) is None


def test_policy_without_steps_counts_no_stopped_medicine() -> None:
    rows = [row for row in ROWS if row["rule"] != "fades"]
    facts = replace(FACTS, rules=rules_of(rows, "p", "p@1"))
    was = result("CYP2D6", NM, "2.0")
    assert behaving(facts, "CYP2D6", was, {}, times=gone("paroxetine", 0)) is was


@pytest.mark.parametrize(
    ("column", "value"), [("from", "0"), ("from", "half"), ("to", "gone"), ("effect", "soothes")]
)
def test_step_that_nobody_understands_is_refused(column: str, value: str) -> None:
    rows = [{**row, column: value} if row["rule"] == "fades" else row for row in ROWS]
    with pytest.raises(KnowledgeError) as caught:
        rules_of(rows, "p", "p@1")
    assert caught.value.code == "KNO006"


@pytest.mark.parametrize(("days", "full"), [(0, date(2026, 12, 9)), (13, date(2026, 11, 26))])
def test_new_inducer_says_from_when_it_acts_in_full(days: int, full: date) -> None:
    times = Times(TODAY, (), {"rifampicin": TODAY - timedelta(days=days)})
    (found,) = acting(FACTS, "CYP2C19", taking("rifampicin"), times=times)
    assert (found.strength, found.full_on) == ("strong", full)


@pytest.mark.parametrize(("drug", "days"), [("rifampicin", 14), ("fluvoxamine", 0)])
def test_inhibitor_and_an_inducer_of_long_standing_have_no_such_day(drug: str, days: int) -> None:
    times = Times(TODAY, (), {drug: TODAY - timedelta(days=days)})
    found = acting(FACTS, "CYP2C19", taking(drug), times=times)
    assert {m.full_on for m in found} == {None}


def test_times_without_a_medicine() -> None:
    times = gone("paroxetine", 3)
    assert times.without("paroxetine").stopped == ()
    assert times.without("codeine") is times
    assert NO_TIMES.stopped == ()
